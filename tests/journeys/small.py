"""A small archive that needs no outlets: made-up pages in a WARC file of another tool."""

from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.flows.crossposts_made import HARBOUR, TRAMS
from tests.journeys.copytrail import Copytrail

NORTH = "https://northquay.example/ice"
RELAY = "https://relay.example/taken"
ECHO = "https://echo.example/borrowed"
ALONE = "https://echo.example/trams"
Document = tuple[str, str, str]
"""Address, type and body."""


def article(title: str, day: str, text: tuple[str, ...], after: str = "") -> str:
    """A page as an outlet serves it."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    return (
        f"<html><head><title>{title}</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='{day}'></head>"
        f"<body><article><h1>{title}</h1>{body}{after}</article></body></html>"
    )


def documents() -> list[Document]:
    """One original, a copy that credits it, one that does not, and a page of its own."""
    credit = f"<p>The original source of this article is <a href='{NORTH}'>North Quay</a></p>"
    html = "text/html; charset=utf-8"
    feed = (
        f"<rss version='2.0'><channel><item><link>{RELAY}</link>"
        "<pubDate>Mon, 23 Feb 2026 10:02:00 GMT</pubDate></item>"
        f"<item><link>{NORTH}</link><pubDate>Sun, 01 Feb 2026 10:02:00 GMT</pubDate></item>"
        "</channel></rss>"
    )
    return [
        (NORTH, html, article("The ice comes back", "2026-02-17", HARBOUR)),
        (RELAY, html, article("Ice again", "2026-02-19", HARBOUR, credit)),
        (ECHO, html, article("Ice", "2026-02-24", HARBOUR)),
        (ALONE, html, article("Trams", "2026-02-25", TRAMS)),
        ("https://relay.example/feed", "application/rss+xml", feed),
    ]


def small(folder: Path, found: list[Document] | None = None) -> Copytrail:
    """An archive that holds these documents, by an import."""
    copytrail = Copytrail(folder)
    path = folder / "pages.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, kind, body in found or documents():
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body.encode()), http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2026-03-01T08:00:00Z"},
                )
            )  # fmt: skip
    copytrail.well("import", str(path))
    return copytrail
