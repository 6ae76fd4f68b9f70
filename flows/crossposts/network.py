"""Who copies whom, over all trails: how often, how fast, and with or without credit. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from msgspec import Struct

from storage.findings import Copy, Trail, TrailArticle, Verdict
from storage.outlets import Outlets

UNKNOWN = "?"
"""Stands for the outlets of originals of which neither a page is archived nor an address given."""


class Hours(Struct, frozen=True):
    """How long a text took. Medians of what is known of each copy: the truth lies in between."""

    least: float
    most: float
    copies: int
    """Of so many copies; of the others one date at least bounds one side only."""


class Outlet(Struct, frozen=True, kw_only=True):
    """One outlet, as source and as taker."""

    id: str
    """Of its source, or its site."""
    name: str
    archived: bool
    """False: only named by others."""
    pages: int
    """Archived article pages in the period."""
    copied: int
    """Of these, pages with text from other outlets."""
    credited: int
    """Of those, pages that credit each outlet that they are from."""
    taken: int
    """Of its pages, those that others took from, whenever these were published."""
    share_original: float | None
    """Share of its pages that are not from others, as far as the archive tells."""
    share_copied: float | None
    share_credited: float | None
    """Of the copied ones."""


class Flow(Struct, frozen=True, kw_only=True):
    """What one outlet took from another."""

    original: str
    copier: str
    copies: int
    credited: int
    verdicts: dict[Verdict, int]
    hours: Hours | None


class Network(Struct, frozen=True, kw_only=True):
    """Outlets by id, and flows by their two outlets."""

    since: str | None
    until: str | None
    outlets: tuple[Outlet, ...]
    flows: tuple[Flow, ...]


class PageOf(NamedTuple):
    """An archived article page."""

    page: str
    source: str
    outlet: str
    day: str
    """That its article prints, else that of its first capture: ISO 8601."""


def network(
    trails: Iterable[Trail],
    pages: Iterable[PageOf],
    outlets: Outlets,
    since: str | None = None,
    until: str | None = None,
) -> Network:
    """The network of the copies made in a period (ISO days, both included; None is open)."""
    names: dict[str, str] = {}
    count: Counter[str] = Counter()
    for page in pages:
        names[page.source] = max(names.get(page.source, ""), page.outlet)
        count[page.source] += _within(page.day, since, until)
    rows: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for trail in trails:
        known = {article.url: article for article in trail.articles}
        for copy in trail.copies:
            made = _row(copy, known, outlets)
            if _within(made.day, since, until):
                rows[made.original, made.copier].append(made)
    every = [row for found in rows.values() for row in found]
    involved = sorted({end for pair in rows for end in pair} | set(+count))
    return Network(
        since=since,
        until=until,
        outlets=tuple(_outlet(one, names, count[one], every) for one in involved),
        flows=tuple(_flow(pair, rows[pair]) for pair in sorted(rows)),
    )


class _Row(NamedTuple):
    original: str
    original_page: str | None
    copier: str
    copy_page: str
    day: str
    credited: bool
    verdict: Verdict
    hours: tuple[float, float] | None


def _row(copy: Copy, known: dict[str, TrailArticle], outlets: Outlets) -> _Row:
    taker, source = known[copy.copy_url], known.get(copy.original_url or "")
    if source is not None:
        original = source.source
    else:
        original = outlets.key(copy.original_url) if copy.original_url else UNKNOWN
    facts = copy.attribution
    return _Row(
        original=original or UNKNOWN,
        original_page=source.url if source else None,
        copier=taker.source,
        copy_page=taker.url,
        day=taker.published or taker.captured,
        credited=facts.source_named or facts.hyperlink is not None,
        verdict=copy.verdict,
        hours=_hours(source, taker) if source else None,
    )


def _hours(original: TrailArticle, copy: TrailArticle) -> tuple[float, float] | None:
    """At least and at most so many hours; None where a date is bounded on one side only."""
    first, second = original.first_published, copy.first_published
    if not (first and second and first.earliest and second.earliest):
        return None
    return _between(first.latest, second.earliest), _between(first.earliest, second.latest)


def _between(one: str, other: str) -> float:
    return (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds() / 3600


def _within(day: str, since: str | None, until: str | None) -> bool:
    return (since is None or day[: len(since)] >= since) and (
        until is None or day[: len(until)] <= until
    )


def _outlet(one: str, names: dict[str, str], pages: int, rows: Sequence[_Row]) -> Outlet:
    by_page: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row.copier == one:
            by_page[row.copy_page].append(row.credited)
    copied, credited = len(by_page), sum(all(found) for found in by_page.values())
    taken = {row.original_page for row in rows if row.original == one and row.original_page}
    name = "originals that are not archived" if one == UNKNOWN else names.get(one) or one
    return Outlet(
        id=one,
        name=name,
        archived=one in names,
        pages=pages,
        copied=copied,
        credited=credited,
        taken=len(taken),
        share_original=round(1 - copied / pages, 4) if pages else None,
        share_copied=round(copied / pages, 4) if pages else None,
        share_credited=round(credited / copied, 4) if copied else None,
    )


def _flow(pair: tuple[str, str], rows: Sequence[_Row]) -> Flow:
    verdicts = Counter(row.verdict for row in rows)
    known = [row.hours for row in rows if row.hours]
    return Flow(
        original=pair[0],
        copier=pair[1],
        copies=len(rows),
        credited=sum(row.credited for row in rows),
        verdicts={verdict: verdicts[verdict] for verdict in sorted(verdicts)},
        hours=Hours(
            round(median(least for least, _ in known), 2),
            round(median(most for _, most in known), 2),
            len(known),
        )
        if known
        else None,
    )
