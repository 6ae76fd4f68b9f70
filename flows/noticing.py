"""The dates that a run's feeds, sitemaps and API answers give, read back from its WARC files."""

from collections.abc import Iterator, Sequence

from config.settings import Settings
from flows.workplace import Workplace
from spiders.notices import may_have, notices
from storage.identity import canonical_url, host
from storage.mementos import KNOWN
from storage.outlets import Outlets
from storage.records import Capture, Notice
from storage.warcread import WarcError, read_page


def read_notices(
    place: Workplace, captures: Sequence[Capture], outlets: Outlets, settings: Settings
) -> list[Notice]:
    """What the documents among `captures` say of pages of their own outlet.

    All that feeds, news sitemaps and APIs say is kept, also of pages that wait for the next run,
    when the feed may not list them any more. Plain sitemaps list all that an outlet ever published,
    day after day: of those, only what they say of pages captured in this run.
    """
    visited = {canonical_url(one.page_url) for one in captures}
    return [
        one
        for capture in captures
        if may_have(capture)
        for one in _of(place, capture, settings)
        if (one.kind != "sitemap" or canonical_url(one.url) in visited)
        and (
            _is_trusted(capture)
            if one.kind == "web-archive"
            else _speaks_for(capture, one, outlets)
        )
    ]


def _of(place: Workplace, capture: Capture, settings: Settings) -> Iterator[Notice]:
    where = capture.warc
    with (place.warcs / where.file).open("rb") as file:
        file.seek(where.offset)
        member = file.read(where.length)
    try:
        page = read_page(member, capture, max_decoded_bytes=settings.max_decoded_bytes)
    except WarcError:
        return  # a damaged file: reading its pages has told so
    yield from notices(page, settings.max_decoded_bytes)


def _is_trusted(capture: Capture) -> bool:
    """Whether a copy is what it says it is: of a page, not of a wall, and in a known archive."""
    known = capture.route == "backfill-wayback" or host(capture.url) in KNOWN
    return known and capture.page_kind is None


def _speaks_for(capture: Capture, one: Notice, outlets: Outlets) -> bool:
    """Anybody's feed can list anybody's page; only its own outlet knows when it was published."""
    if outlets.same(capture.url, one.url):
        return True
    source = outlets.by_url(one.url)  # a feed that a service serves for the outlet
    return source is not None and capture.url in (*source.feeds, *source.sitemaps, source.api)
