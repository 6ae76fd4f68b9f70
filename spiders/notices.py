"""Notices: what archived feeds, sitemaps and API answers say of the dates of pages.

A pure function of the captured bytes, by the same readers that the crawl finds its pages with; so
an imported WARC gives the same, and so does a second reading.
"""

import re
from collections.abc import Iterator

from spiders.crawlers import api, feed, sitemap
from spiders.crawlers.found import notice
from storage.mementos import HEADER, REPLAY, memento
from storage.records import Capture, Notice, Page

DOCUMENTS = re.compile(r"xml|json|gzip|rss|atom|octet-stream|text/plain")
HEAD = 2000  # bytes in which a document's root element stands, comments and style sheets before it
FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)\b")
SITEMAP = re.compile(rb"<(?:\w+:)?urlset\b")


def may_have(capture: Capture) -> bool:
    """Whether a capture is worth a look: an answer that is no page for people, or a memento."""
    if capture.status != 200 or capture.method != "GET":
        return False
    kind = (capture.mime or "").lower()
    return (
        capture.why in ("discovery", "search")
        or REPLAY.search(capture.url) is not None
        or DOCUMENTS.search(kind) is not None
    )


def notices(page: Page, max_bytes: int) -> Iterator[Notice]:
    """What the document says; nothing for one of another kind.

    `max_bytes` bounds what a `.gz` file may unpack to.
    """
    yield from _memento(page)
    body = sitemap.unpacked(page.body, max_bytes).lstrip(b"\xef\xbb\xbf \t\r\n")
    head = body[:HEAD]
    if head.startswith(b"["):
        found = api.read(page).found
    elif FEED.search(head):
        found = feed.read(page).found
    elif SITEMAP.search(head):
        found = sitemap.read(page, max_bytes).found
    else:
        return
    for one in found:
        yield from one.notices


def _memento(page: Page) -> Iterator[Notice]:
    """RFC 7089 §2.1.1: when a web archive captured the page that it gives."""
    for name, raw in page.headers:
        if name.lower() == HEADER:
            if copied := memento(page.capture.url, raw):
                place = "header: Memento-Datetime"
                yield from notice(
                    page, copied.url, "web-archive", "captured", raw, copied.at, place
                )
            return
