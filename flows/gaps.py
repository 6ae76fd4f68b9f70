"""Whether a feed was visited often enough: some of its entries must have been there before.

A feed shows its newest entries only. Where none of them was there at the visit before, others may
have come and gone in between, and nobody would know.
"""

from collections.abc import Sequence

from msgspec import Struct

from config.registry import Source
from storage.identity import canonical_url
from storage.lookup import Lookup
from storage.records import Capture, Notice, Problem


class Overlap(Struct, frozen=True, kw_only=True):
    """What the feeds of one visit have in common with earlier ones."""

    gaps: tuple[Problem, ...] = ()
    counts: dict[str, int] = {}
    """`feed_entries` of feeds that were visited before, and `feed_repeats`: those of them that were
    known. A share between a third and two thirds means that the outlet is visited often enough,
    and not more often than that."""


def overlaps(
    catalog: Lookup, source: Source | None, captures: Sequence[Capture], notices: Sequence[Notice]
) -> Overlap:
    """Compare the feeds that a run captured with what the catalog has of earlier ones. An entry is
    known by its notice, or by the capture of its page. Feeds without dates are left out: of their
    entries a run shows only those that it fetched, and these are new."""
    gaps: list[Problem] = []
    counts = {"feed_entries": 0, "feed_repeats": 0}
    for feed in captures:
        if source is None or feed.url not in source.feeds or feed.status != 200:
            continue
        before = [
            one.fetched_at
            for one in catalog.captures(page=canonical_url(feed.url))
            if one.status == 200 and one.fetched_at < feed.fetched_at
        ]
        entries = {canonical_url(one.url) for one in notices if one.capture == feed.id}
        if not before or not entries:
            continue
        known = _known(catalog, entries, feed.fetched_at)
        counts["feed_entries"] += len(entries)
        counts["feed_repeats"] += len(known)
        if not known:
            what = (
                f"none of its {len(entries)} entries was there at the visit of {before[-1][:16]}Z: "
                "others may have been missed in between; visit it more often (`schedule`)"
            )
            gaps.append(Problem(what=what, url=feed.url))
    return Overlap(gaps=tuple(gaps), counts=counts if counts["feed_entries"] else {})


def _known(catalog: Lookup, entries: set[str], before: str) -> set[str]:
    told = catalog.notices(entries)
    known = {page for page, all_ in told.items() if any(one.seen_at < before for one in all_)}
    seen = catalog.captures_of(entries - known)
    return known | {canonical_url(one.url) for one in seen if one.fetched_at < before}
