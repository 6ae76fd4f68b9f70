"""First published, as an interval: no earlier than, no later than, and why.

What bounds it: the dates that the page prints, what its outlet's feed, sitemap and API say,
captures by others, and our own first sight. Where statements contradict each other, all that they
cover is left open: "undecided" is an answer.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from flows.crossposts.moments import (
    Interval,
    captured,
    moment,
    noticed,
    said,
    span,
    stated,
    words,
)
from storage.records import Article, EvidenceKind, Notice, PrintedDate

NEAR = timedelta(minutes=10)
"""Dates this close are one: a post is dated when it is written into the database, and its feed when
a scheduler or a cache comes round to it."""


def interval(
    article: Article,
    first_seen: str,
    *,
    notices: Iterable[Notice] = (),
    others: str | None = None,
    whose: EvidenceKind = "import",
) -> Interval:
    """When `article` was first published.

    `first_seen`: our own first sight, or that of `others` if we never saw it; `others`: the
    earliest capture by somebody else, `whose`: a web archive's, or in an imported file. Both
    ISO 8601; raises ValueError if they are not. A date that lies after our own first sight cannot
    be right; it is reported and not used.
    """
    seen = moment(first_seen)
    ours = others is None or moment(others) != seen
    found = [
        (one, stated(one, date.raw, date.where))
        for date in _own_dates(article)
        if (one := span(date))
    ]
    other = captured(moment(others), whose) if others is not None else None
    for notice in sorted(notices, key=_rank):
        if (
            notice.says == "captured"
            and whose == "web-archive"
            and notice.value[:19] == str(others)[:19]
        ):
            other = None  # the same capture, by the header that it was read from
        if one := said(notice):
            bound = one if notice.says == "published" else replace(one, earliest=None)
            found.append((bound, noticed(one, notice)))
    if other is not None:
        found.append((other, stated(other, str(others))))
    if ours:
        own = captured(seen, "first-sight")
        found.append((own, stated(own, first_seen)))
    dates = [one for one, _ in found if one.earliest]
    best, odds = _joined(dates, seen if ours else None)
    if best is None:
        why = "the date given lies after it" if dates else "the page prints no date"
        sight = "our own first sight" if ours else "the first capture by others"
        kind: EvidenceKind = "first-sight" if ours else whose
        best = Interval(earliest=None, latest=seen, basis=f"{sight}; {why}", kind=kind)
    bounds = [one for one, _ in found if not one.earliest and one.kind != "first-sight"]
    best, more = _bounded(best, bounds)
    return replace(
        best,
        latest=min(best.latest, seen) if ours else best.latest,
        evidence=tuple(evidence for _, evidence in found),
        contradictions=(*odds, *more),
    )


def _joined(dates: list[Interval], seen: datetime | None) -> tuple[Interval | None, list[str]]:
    """The dates of publication made one, the page's own first; and those that are at odds."""
    late = [one for one in dates if seen and one.earliest and one.earliest >= seen]
    odds = [f"{words(one)}, but we saw the page on {seen:%-d %B %Y}" for one in late]
    printed = [one for one in dates if one.kind == "printed"]
    # A page whose own best date cannot be right is not dated by its second best.
    own = [] if printed and printed[0] in late else [one for one in printed if one not in late]
    best, conflict = _narrowed(own) if own else (None, None)
    odds += [conflict] if conflict else []
    quoted = own[0] if own else None
    for one in dates:
        if one in late or one.kind == "printed":
            continue
        if best is None:
            best = quoted = one
        elif best.before(one) or one.before(best):
            if not _near(best, one):
                odds.append(f"{words(one)}, {words(quoted or best)}")
            best = _hull(best, one)
        elif _length(one) < _length(best):
            best = _narrower(best, one)
    return best, odds


def _rank(notice: Notice) -> tuple[str, ...]:
    return (notice.kind, notice.says, notice.value, notice.capture, notice.place)


def _near(one: Interval, other: Interval) -> bool:
    """Whether two exact dates that do not overlap are as good as one."""
    if not (one.zoned and other.zoned):
        return False
    first, second = sorted((one, other), key=lambda date: date.latest)
    return second.earliest is not None and second.earliest - first.latest <= NEAR


def _hull(best: Interval, other: Interval) -> Interval:
    """All that either covers: nothing says which of them is right."""
    assert best.earliest is not None  # noqa: S101 - dates of publication have both ends
    assert other.earliest is not None  # noqa: S101
    near = best.precision is not None and _near(best, other)
    return replace(
        best,
        earliest=min(best.earliest, other.earliest),
        latest=max(best.latest, other.latest),
        basis=f"{best.basis}; {other.basis}"
        if near
        else f"undecided between {best.basis} and {other.basis}",
        precision="minute" if near else None,
        zoned=near,
    )


def _narrower(best: Interval, one: Interval) -> Interval:
    """The more precise one of two that agree; what the page prints stays what is quoted."""
    if best.precision is None or best.earliest is None or one.earliest is None:
        return best
    return replace(
        best,
        earliest=max(best.earliest, one.earliest),
        latest=min(best.latest, one.latest),
        basis=f"{best.basis}; {one.basis}",
        precision=one.precision,
        zoned=one.zoned,
    )


def _bounded(found: Interval, bounds: list[Interval]) -> tuple[Interval, list[str]]:
    """No later than it was changed, or captured by others; and what of that is at odds."""
    odds = []
    for one in bounds:
        if found.earliest is not None and one.latest <= found.earliest:
            odds.append(f"{words(one)}, before the date of publication ({found.basis})")
            # Either may be wrong, so the page may have been there before.
            found = replace(found, earliest=None, precision=None)
        elif one.latest < found.latest:
            basis = f"{found.basis}; {one.basis}"
            found = replace(found, latest=one.latest, basis=basis)
    return found, odds


def _own_dates(article: Article) -> list[PrintedDate]:
    """The page's own dates of publication, the one that the parser holds for best first."""
    dates = [date for date in article.published if date.says == "published" and not date.by]
    if article.published_at:
        for date in dates:
            if date.value == article.published_at:
                return [date, *(other for other in dates if other is not date)]
        best = PrintedDate(
            raw=article.published_at,
            value=article.published_at,
            precision=None,
            says="published",
            where="published_at",
        )
        return [best, *dates]
    return dates


def _narrowed(ranges: list[Interval]) -> tuple[Interval, str | None]:
    """The first date, made more precise by those that agree with it; and one that does not."""
    best, conflict = ranges[0], None
    for other in ranges[1:]:
        if best.before(other) or other.before(best):
            conflict = conflict or f"the page also gives another date ({other.basis})"
        elif _length(other) < _length(best):
            best = other
    return best, conflict


def _length(moment: Interval) -> timedelta:
    return moment.latest - moment.earliest if moment.earliest else timedelta.max
