"""A small site on 127.0.0.1 for one test: pages by path, and what was asked of it."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple, Self

from msgspec import Struct

PARAGRAPHS = (
    "The ferry across the Lenne strait stopped at noon on Tuesday, and with it the only way to "
    "bring fresh fruit to the islands that lie behind the long sandbank in the north.",
    "Harbour master Odile Brandt told the council that the engine could be mended within a week, "
    "if the part that was ordered from the yard at Sorrel Bay came with the next train.",
    "Until then the fishing boats of the three villages carry mail, medicine and whoever must "
    "cross, at a fare that the skippers agreed on in the back room of the customs house.",
    "Nobody could say who pays for the fuel, and the minutes of the meeting leave the line for "
    "the sum empty, as they did in the two winters before this one.",
)


class Answer(Struct, frozen=True):
    """What a path gives."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = {}
    kind: str = "text/html; charset=utf-8"


class Asked(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]


Route = Answer | Callable[[dict[str, str]], Answer]


class Site:
    """`with Site({...}) as site: site.url`. Paths have their query; others give 404."""

    def __init__(self, pages: dict[str, Route] | None = None, name: str = "127.0.0.1") -> None:
        self.pages: dict[str, Route] = dict(pages or {})
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append(Asked(self.path, headers))
                route = site.pages.get(self.path, Answer("not here", 404))
                answer = route if isinstance(route, Answer) else route(headers)
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                self.send_response(answer.status)
                for name, value in {"Content-Type": answer.kind, **answer.headers}.items():
                    self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if answer.status != 304:
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://{name}:{self._server.server_port}/"

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked]

    def close(self) -> None:
        """Refuse further connections."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def article(
    title: str, outlet: str = "Lenne Courier", credit: str = "", date: str = "2024-03-05"
) -> Answer:
    """An article page as outlets make them."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return Answer(
        f"""<!DOCTYPE html><html lang="en"><head><title>{title} - {outlet}</title>
        <meta property="og:type" content="article">
        <meta property="og:site_name" content="{outlet}">
        <meta property="og:title" content="{title}">
        <meta property="article:published_time" content="{date}T09:00:00Z"></head>
        <body><article><h1>{title}</h1><time datetime="{date}">{date}</time>
        {text}{credit}</article></body></html>"""
    )


def rss(*items: tuple[str, str, str], title: str = "Lenne Courier") -> Answer:
    """A feed of (url, title, RFC 822 date)."""
    entries = "".join(
        f"<item><title>{name}</title><link>{url}</link><pubDate>{date}</pubDate></item>"
        for url, name, date in items
    )
    return Answer(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>/</link><language>en-GB</language>{entries}</channel></rss>",
        kind="application/rss+xml",
    )
