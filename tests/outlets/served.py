"""A server on 127.0.0.1 that answers by a function of the address and the headers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Query = list[tuple[str, str]]


@dataclass(frozen=True)
class Said:
    """An answer."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


NOTHING = Said(b"nothing here", 404, "text/plain")
Answers = Callable[[str, Query, dict[str, str]], Said]


class Served:
    """`answers(path, query, headers)`, header names in small letters; all that was asked for is in
    `asked`. `faults` are answers that are given first, each once."""

    def __init__(self, answers: Answers | None = None) -> None:
        self.answers: Answers = answers or (lambda *_: NOTHING)
        self.asked: list[str] = []
        self.faults: list[Said] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                served.asked.append(self.path)
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                if path == "/robots.txt":
                    said = NOTHING
                elif served.faults:
                    said = served.faults.pop(0)
                else:
                    asked = parse_qsl(query, keep_blank_values=True)
                    said = served.answers(path, asked, headers)
                self.send_response(said.status)
                for name, value in {"Content-Type": said.kind, **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}/"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def host_of(url: str) -> str:
    """Host and port."""
    return urlsplit(url).netloc
