"""First published, as an interval: no earlier than, no later than, and why.

A page says when it was published; how exactly, depends on what it prints. A day without a zone
began at one moment in Tonga and ended at another in Samoa. Nothing is made more precise than it is.
"""

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from storage.records import Article, Precision, PrintedDate

EAST = timedelta(hours=13)
WEST = timedelta(hours=11)
"""Clocks run from UTC-11 (Samoa) to UTC+13 (Tonga) wherever an outlet is at home; so printed days
that lie two apart never overlap. UTC-12 and UTC+14 are a few islets."""

_WIDTH: dict[Precision, timedelta] = {
    "day": timedelta(days=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}


class Interval(Struct, frozen=True, kw_only=True):
    """When a page was first published: in [earliest, latest)."""

    earliest: datetime | None
    """None: it could have been at any time before `latest`."""
    latest: datetime
    basis: str
    """What the interval rests on, in words."""
    precision: Precision | None = None
    """Of the printed date; None where only our own first sight is known."""
    zoned: bool = False
    printed: datetime | None = None
    """The date as the page prints it, in its own local time; without a zone."""
    conflict: str | None = None
    """What on the page or in our captures is at odds with the interval, in words."""

    def before(self, other: "Interval") -> bool:
        """Whether this is certainly earlier than the other."""
        return other.earliest is not None and self.latest <= other.earliest

    def likely_before(self, other: "Interval") -> bool:
        """Whether both ends are earlier, and by no less than half of the shorter interval."""
        if self.earliest is None or other.earliest is None or self.precision is None:
            return False
        ahead = min(other.earliest - self.earliest, other.latest - self.latest)
        shorter = min(self.latest - self.earliest, other.latest - other.earliest)
        return ahead > timedelta(0) and ahead >= shorter / 2


def interval(article: Article, first_seen: str) -> Interval:
    """When `article` was first published, from its printed dates and from when we first saw it.

    `first_seen` is ISO 8601; raises ValueError if it is not. A printed date that lies after our
    first sight cannot be right and is reported as a conflict.
    """
    seen = _moment(first_seen)
    ranges = [one for date in _own_dates(article) if (one := span(date))]
    if not ranges:
        return Interval(
            earliest=None, latest=seen, basis="our own first sight; the page prints no date"
        )
    best, conflict = _narrowed(ranges)
    if best.earliest is not None and best.earliest >= seen:
        return Interval(
            earliest=None,
            latest=seen,
            basis="our own first sight; the printed date lies after it",
            conflict=f"{best.basis}, but we saw the page on {seen:%-d %B %Y}",
        )
    return Interval(
        earliest=best.earliest,
        latest=min(best.latest, seen),
        basis=best.basis,
        precision=best.precision,
        zoned=best.zoned,
        printed=best.printed,
        conflict=conflict,
    )


def span(date: PrintedDate) -> Interval | None:
    """The time that a printed date covers; None if it could not be understood."""
    if date.value is None:
        return None
    try:
        start, precision = _parsed(date.value, date.precision)
    except ValueError:
        return None
    zoned = start.tzinfo is not None
    printed = start.replace(tzinfo=None)
    try:
        start = start.astimezone(UTC) if zoned else start.replace(tzinfo=UTC)
        end = _end(start, precision)
        early = start if zoned else start - EAST
        late = end if zoned else end + WEST
    except (OverflowError, ValueError):  # beyond the years 1 to 9999
        return None
    return Interval(
        earliest=early,
        latest=late,
        basis=f"printed date {date.raw or date.value}",
        precision=precision,
        zoned=zoned,
        printed=printed,
    )


def shown(moment: Interval) -> str | None:
    """A day as a reader says it ("17 July 2020"), from the printed date; None if none is known."""
    printed = moment.printed
    if printed is None:
        return None
    if moment.precision == "year":
        return f"{printed:%Y}"
    return f"{printed:%B %Y}" if moment.precision == "month" else f"{printed:%-d %B %Y}"


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


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _parsed(value: str, precision: Precision | None) -> tuple[datetime, Precision]:
    if re.fullmatch(r"\d{4}", value):
        return datetime(int(value), 1, 1), "year"
    if re.fullmatch(r"\d{4}-\d{2}", value):
        return datetime(int(value[:4]), int(value[5:]), 1), "month"
    start = datetime.fromisoformat(value)
    if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", value):
        return start, precision if precision in ("year", "month") else "day"
    return start, precision or ("second" if start.second else "minute")


def _end(start: datetime, precision: Precision) -> datetime:
    if precision == "year":
        return start.replace(month=1, day=1, year=start.year + 1)
    if precision == "month":
        month = start.replace(day=1) + timedelta(days=32)
        return month.replace(day=1)
    return start + _WIDTH[precision]
