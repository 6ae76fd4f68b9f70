"""What crawlers find: addresses of articles, and what their outlet says of them."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from config.registry import Source
from storage.identity import canonical_url, site, untracked
from storage.records import Notice, NoticeKind, Page, Precision

MAX_FOUND = 50_000
"""Addresses taken from one document: the most that a sitemap may hold (sitemaps.org)."""
MAX_RAW = 100
"""Characters kept of a date as it stands in a document; the longest forms have 40."""
Says = Literal["published", "updated", "captured"]
MAX_URL = 2083
"""Characters; what Scrapy and old browsers take. Longer ones are traps more often than pages."""

# Addresses that no outlet uses for an article; the generic link rule needs to know them.
NOT_ARTICLES = re.compile(
    r"""/(?:tag|tags|category|categories|topic|topics|author|authors|user|users|page|search|feed
        |rss|login|signin|signup|register|wp-admin|wp-login|wp-json|wp-content|cdn-cgi|cart
        |checkout|account|about|about-us|contact|contact-us|privacy|privacy-policy|terms|imprint
        |impressum|donate|subscribe|newsletter|sitemap|archives?)(?:/|$|[?#.])
      |\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|pdf|zip|mp[34]|webm|avi|mov|docx?|xlsx?)$
      |^/?$""",
    re.IGNORECASE | re.VERBOSE,
)


class Place(Struct, frozen=True):
    """A record in a WARC file of somebody else's: `offset` and `length` in bytes."""

    file: str
    offset: int
    length: int


class FoundPage(Struct, frozen=True, kw_only=True):
    """An address, and what was said of it where it stood."""

    url: str
    why: str
    via: str
    """The feed, sitemap, listing or API page."""
    published: str | None = None
    """ISO 8601, UTC where a zone was given."""
    modified: str | None = None
    title: str | None = None
    archived: str | None = None
    """In the index of an archive: when it captured the page, fourteen digits (UTC)."""
    record: Place | None = None
    """And where the record lies, where the archive gives its WARC files."""
    notices: tuple[Notice, ...] = ()
    """What is said there of its dates, as it stands there."""


class Reading(Struct, frozen=True):
    """What one document gave: articles, and further documents of its kind to read."""

    found: tuple[FoundPage, ...] = ()
    more: tuple[str, ...] = ()


def absolute(base: str, link: str) -> str | None:
    """The http(s) address that `link` on `base` leads to, without fragment and tracking parameters;
    None where it leads nowhere."""
    if not link or link.startswith("#") or len(link) > MAX_URL:
        return None
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return untracked(url.partition("#")[0])


def admission(source: Source) -> Callable[[str], bool]:
    """Whether an address is an article of the source: on its site, and as `articles` says."""
    sites = {site(source.homepage), *source.domains}
    include = [re.compile(pattern) for pattern in source.articles.include]
    exclude = [re.compile(pattern) for pattern in source.articles.exclude]

    def admits(url: str) -> bool:
        if site(url) not in sites or len(url) > MAX_URL:
            return False
        if any(pattern.search(url) for pattern in exclude):
            return False
        return not include or any(pattern.search(url) for pattern in include)

    return admits


def looks_like_article(url: str) -> bool:
    """The generic rule for links on a page: a path of some substance that is no section or file.

    A long slug, a date or a number in the path is what articles have and sections lack.
    """
    parts = urlsplit(url)
    if re.search(r"(?:^|&)(?:p|id|article|story)=\d+", parts.query):
        return True
    if NOT_ARTICLES.search(parts.path or "/"):
        return False
    last = parts.path.rstrip("/").rpartition("/")[2]
    slug = len(re.split(r"[-_]", last)) >= 3
    return bool(slug or re.search(r"\d{4}/\d{1,2}|\d{4,}", parts.path))


def merged(pages: Iterable[FoundPage]) -> list[FoundPage]:
    """One of each canonical address, in order; what a later mention knows more is added."""
    kept: dict[str, FoundPage] = {}
    for page in pages:
        key = canonical_url(page.url)
        old = kept.get(key)
        kept[key] = page if old is None else _filled(old, page)
    return list(kept.values())


def _filled(old: FoundPage, new: FoundPage) -> FoundPage:
    return FoundPage(
        url=old.url,
        why=old.why,
        via=old.via,
        published=old.published or new.published,
        modified=old.modified or new.modified,
        title=old.title or new.title,
        archived=old.archived,
        record=old.record,
        notices=old.notices + new.notices,
    )


def notice(
    page: Page, url: str, kind: NoticeKind, says: Says, raw: object, value: str | None, place: str
) -> tuple[Notice, ...]:
    """What `page` says of `url`, as a record; none where the date cannot be understood."""
    if not isinstance(raw, str) or not value:
        return ()
    raw = " ".join(raw.split())[:MAX_RAW]
    return (
        Notice(
            url=url, kind=kind, says=says, raw=raw, value=value, precision=_precision(raw, value),
            place=place, capture=page.capture.id, seen_at=page.capture.fetched_at,
        ),
    )  # fmt: skip


def _precision(raw: str, value: str) -> Precision:
    if len(value) <= len("2020-07-19"):
        return "day"
    return "second" if re.search(r"\d:\d\d:\d\d", raw) else "minute"


def in_window(page: FoundPage, since: str | None, until: str | None) -> bool:
    """Whether the page may belong to the window, by the dates that are known of it.

    A page is not younger than its last change, so that alone can show it to be too old.
    """
    newest = page.published or page.modified
    if since and newest and newest[: len(since)] < since:
        return False
    return not (until and page.published and page.published[: len(until)] > until)


def iso_utc(text: str | None) -> str | None:
    """An ISO 8601 date or time with its zone turned to UTC, or None where it is none."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if len(text.strip()) <= len("2020-07-19"):
        return when.date().isoformat()
    if when.tzinfo is None:
        return when.isoformat(timespec="seconds")
    try:
        return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except OverflowError:  # the first or the last day of the calendar
        return None
