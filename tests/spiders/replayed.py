"""A page with style and pictures, captured: what other people's players are given to replay."""

import base64
from pathlib import Path

from tests.spiders.rawserver import OK, Answer, RawServer, whole
from tests.spiders.test_wire import crawl
from tests.spiders.wire_crawl import Job

HTML = (
    b"<!doctype html><html><head><link rel=stylesheet href=/replay.css></head>"
    b"<body><h1>The ferry stops</h1><img src=/replay.png></body></html>"
)
CSS = b'@import "/colours.css"; body { background: url(/replay.png) }'
COLOURS = b"h1 { color: rgb(18, 52, 86) }"
# One red pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJg"
    "gg=="
)
_STYLE = OK + b"Content-Type: text/css\r\n"
PAGES: dict[str, tuple[bytes, bytes]] = {
    "/replay": (
        b"HTTP/1.1 200 Rather Fine\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/\r\n",
        HTML,
    ),
    "/replay.css": (_STYLE, CSS),
    "/colours.css": (_STYLE, COLOURS),
    "/replay.png": (OK + b"Content-Type: image/png\r\n", PNG),
}


def captured_site(folder: Path) -> tuple[Path, str]:
    """Capture `PAGES` into a WARC under `folder`: its path, and the site's address.

    The site is gone afterwards, so whatever a player shows comes from the WARC.
    """
    answers: dict[str, Answer] = {path: whole(head, body) for path, (head, body) in PAGES.items()}
    server = RawServer(answers=answers)
    try:
        outcome = crawl(Job(folder=str(folder), urls=[server.url + path for path in PAGES]))
    finally:
        server.stop()
    assert outcome.reason == "finished"
    (path,) = folder.glob("*.warc.gz")
    return path, server.url
