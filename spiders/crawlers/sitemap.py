"""XML sitemaps (sitemaps.org), their indexes, Google news sitemaps, and plain text ones."""

import re
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree

from spiders import markup
from spiders.crawlers.found import MAX_FOUND, MAX_URL, FoundPage, Reading, absolute, iso_utc, notice
from spiders.crawlers.windows import Window
from storage.records import Page

MAX_DEPTH = 3
"""Index in index; the protocol allows one, a few outlets have two."""
MAX_FILES = 200
"""Sitemap files that one visit reads, the newest first: at 1,000 addresses each 200,000 pages."""
MAX_INDEXED = 2000
MAX_ELEMENTS = 2_000_000
"""XML elements of one file: 50,000 pages with 40 each, pictures included. It takes 5 s."""
MAX_NAMES = 100  # different elements in one entry; sitemaps with all extensions have 20
PIECE = 256 * 1024  # bytes that the parser is given at a time

# WordPress and its plugins list people, sections, media and fixed pages ("About us") too:
# wp-sitemap-users-1.xml, wp-sitemap-posts-page-1.xml, category-sitemap2.xml, page-sitemap.xml.
NOT_ARTICLES = re.compile(
    r"(?:^|[/_-])(?:users?|authors?|taxonomies|categor(?:y|ies)|(?:post_)?tags?|pages?|images?"
    r"|videos?|attachments?|media|locations?)(?:-sitemap)?[-_]?\d*\.xml(?:\.gz)?(?:\?|$)"
    r"|sitemap-(?:users|taxonomies|tax|authors?|tags?)-",
    re.IGNORECASE,
)


def read(page: Page, max_bytes: int, why: str = "sitemap", window: Window | None = None) -> Reading:
    """The articles and the further sitemaps of one file; what cannot be parsed gives none.

    `max_bytes` bounds what a `.gz` file may unpack to. Further sitemaps that can hold nothing of
    the window are left out: they have not changed since before it, or are named for other months.
    """
    body = markup.sound(unpacked(page.body, max_bytes))
    if body.lstrip()[:1] != b"<":
        return _read_text(body, page, why)
    found: list[FoundPage] = []
    more: list[tuple[str, str]] = []
    for number, (kind, said) in enumerate(_entries(body), start=1):
        url = absolute(page.capture.url, said.get("loc", ""))
        if not url:
            continue
        if kind == "sitemap" and not NOT_ARTICLES.search(url):
            if window and not window.may_hold(url, said.get("lastmod")):
                continue
            more.append((said.get("lastmod", ""), url))
        elif kind == "url":
            found.append(_page(url, said, page, why, number))
        if len(found) >= MAX_FOUND or len(more) >= MAX_INDEXED:
            break
    return Reading(tuple(found), tuple(_newest_first(more)))


def unpacked(body: bytes, max_bytes: int) -> bytes:
    """A gzip file's content up to `max_bytes`; other bytes, and broken gzip, as far as it goes."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, max_bytes)
    except zlib.error:
        return b""


def _newest_first(more: list[tuple[str, str]]) -> list[str]:
    """By lastmod; without one, later files first, for outlets append to the last."""
    ordered = sorted(enumerate(more), key=lambda item: (item[1][0][:10], item[0]), reverse=True)
    return [url for _, (_, url) in ordered]


def _page(url: str, said: dict[str, str], page: Page, why: str, number: int) -> FoundPage:
    day, changed = said.get("publication_date"), said.get("lastmod")
    published, modified = iso_utc(day), iso_utc(changed)
    place = f"url {number}"
    return FoundPage(
        url=url,
        why=why,
        via=page.capture.url,
        published=published,
        modified=modified,
        title=said.get("title"),
        notices=notice(
            page, url, "news-sitemap", "published", day, published, f"{place}: publication_date"
        )
        + notice(page, url, "sitemap", "updated", changed, modified, f"{place}: lastmod"),
    )


def _read_text(body: bytes, page: Page, why: str) -> Reading:
    lines = body[: MAX_FOUND * 200].decode("utf-8", "replace").splitlines()[:MAX_FOUND]
    urls = [line.strip() for line in lines if re.match(r"\s*https?://\S+\s*$", line)]
    return Reading(tuple(FoundPage(url=url, why=why, via=page.capture.url) for url in urls))


class _Target:
    """Takes what the parser meets, and keeps no tree: each <url> and <sitemap> with the first text
    of each name in it. <loc> comes before <image:loc>."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, dict[str, str]]] = []
        self.elements = 0
        self._said: dict[str, str] | None = None
        self._text = ""

    def start(self, tag: str, _: object) -> None:
        self.elements += 1
        self._text = ""
        if _local(tag) in ("url", "sitemap"):
            self._said = {}

    def data(self, text: str) -> None:
        if self._said is not None and len(self._text) < MAX_URL:
            self._text += text

    def end(self, tag: str) -> None:
        name, text, self._text = _local(tag), self._text.strip(), ""
        if self._said is None:
            return
        if name in ("url", "sitemap"):
            self.entries.append((name, self._said))
            self._said = None
        elif text and len(self._said) < MAX_NAMES:
            self._said.setdefault(name, text)

    def close(self) -> None:
        self._said = None


def _entries(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each <url> and <sitemap> with the text of its children, by local name.

    No entities, no network, no tree: the file is hostile.
    """
    target = _Target()
    parser: Any = etree.XMLParser(
        target=target,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
    )
    try:
        for at in range(0, len(body), PIECE):
            parser.feed(body[at : at + PIECE])
            yield from target.entries
            target.entries.clear()
            if target.elements > MAX_ELEMENTS:
                return
        parser.close()
    except (etree.XMLSyntaxError, UnicodeDecodeError):  # the latter: half a character, in UTF-16
        pass
    yield from target.entries


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()
