"""RSS and Atom feeds."""

import re
import time
from calendar import timegm
from datetime import UTC, datetime
from email.utils import parsedate
from io import BytesIO
from itertools import islice
from typing import Any

from msgspec import Struct

from spiders import markup
from spiders.crawlers.found import FoundPage, Reading, absolute, notice
from storage.records import Notice, Page

MAX_ENTRIES = 2000  # a hundred times what outlets usually give
MAX_BYTES = 8 * 1024 * 1024  # of one feed; those with whole articles have 1 MB
# Tags outside CDATA; feedparser takes up to 80 µs for each, so this is the bound of its time: 16 s.
# A feed of 2,000 entries has half as many.
MAX_TAGS = 200_000
TAG = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<", re.DOTALL)
DAY = re.compile(r"\d{4}-?\d\d-?\d\d|[\w, .-]*\d{4}")  # no time of day
# RFC 822 §5.1 and RFC 3339 §5.6.
ZONE = re.compile(r"(?:\d ?(?:Z|UTC?|GMT|[ECMP][SD]T)|[+-]\d\d:?\d\d)$", re.IGNORECASE)


class FeedAbout(Struct, frozen=True):
    """What a feed says of itself. `version` is "" where the bytes are no feed."""

    version: str
    title: str | None
    language: str | None
    homepage: str | None
    entries: int


def read(page: Page, why: str = "feed") -> Reading:
    """The entries of a feed. What cannot be parsed gives none."""
    feed = _parsed(page)
    found = []
    for number, entry in enumerate(feed.get("entries", [])[:MAX_ENTRIES], start=1):
        url = absolute(page.capture.url, _link(entry))
        if url:
            found.append(
                FoundPage(
                    url=url,
                    why=why,
                    via=page.capture.url,
                    published=_time(entry.get("published_parsed")),
                    # As a plain dict: feedparser gives "published" where "updated" is missing.
                    modified=_time(dict(entry).get("updated_parsed")),
                    title=entry.get("title"),
                    notices=_notices(page, url, dict(entry), f"entry {number}"),
                )
            )
    return Reading(tuple(found))


def about(page: Page) -> FeedAbout:
    """What the feed says of itself."""
    feed = _parsed(page)
    head = feed.get("feed", {})
    return FeedAbout(
        feed.get("version") or "",
        head.get("title") or None,
        head.get("language") or None,
        head.get("link") or None,
        len(feed.get("entries", [])),
    )


def _parsed(page: Page) -> Any:
    import feedparser  # here: the crawl that only names this module need not wait for it

    # Given as a file: feedparser takes a text that looks like an address or a path for one.
    headers = {name.lower(): value for name, value in page.headers}
    headers.pop("content-encoding", None)
    # What it would clean is the HTML of descriptions, which nobody reads here.
    try:
        return feedparser.parse(
            BytesIO(markup.sound(_bounded(page.body))),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, OverflowError):  # references that are no characters, in UTF-16 or deeper
        return {}


def _bounded(body: bytes) -> bytes:
    """As much of a feed as is read; the newest entries stand first."""
    body = body[:MAX_BYTES]
    over = next(islice(TAG.finditer(body), MAX_TAGS, None), None)
    return body[: over.start()] if over else body


def _link(entry: Any) -> str:
    """FeedBurner keeps the article's own address beside its redirect."""
    link = entry.get("feedburner_origlink") or entry.get("link") or ""
    if not link and entry.get("guidislink"):
        link = entry.get("id") or ""
    return str(link)


def _notices(page: Page, url: str, entry: dict[str, Any], place: str) -> tuple[Notice, ...]:
    found: tuple[Notice, ...] = ()
    for says in ("published", "updated"):
        raw, parsed = entry.get(says), entry.get(f"{says}_parsed")
        if not isinstance(raw, str):
            continue
        # feedparser gives none where an RSS date has no zone.
        if when := _time(parsed or _zoneless(raw)):
            value = _as_precise(raw.strip(), when)
            found += notice(page, url, "feed", says, raw, value, f"{place}: {says}")
    return found


def _zoneless(raw: str) -> time.struct_time | None:
    try:
        parts = parsedate(raw)
        return time.struct_time(parts) if parts else None
    except (ValueError, TypeError, IndexError):
        return None


def _as_precise(raw: str, when: str) -> str:
    """feedparser takes what has no zone, or one that it does not know, for UTC."""
    if DAY.fullmatch(raw):
        return when[: len("2020-07-19")]
    return when if ZONE.search(raw) else when.removesuffix("Z")


def _time(parsed: time.struct_time | None) -> str | None:
    if parsed is None:
        return None
    try:
        when = datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
