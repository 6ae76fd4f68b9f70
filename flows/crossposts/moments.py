"""What one statement about a date covers: a stretch of time, whose word it is, and how exact.

A day without a zone began at one moment in Tonga and ended at another in Samoa. Nothing is made
more precise than it is.
"""

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from storage.findings import DateEvidence, FirstPublished
from storage.records import EvidenceKind, Notice, Precision, PrintedDate

EAST = timedelta(hours=13)
WEST = timedelta(hours=11)
"""Clocks run from UTC-11 (Samoa) to UTC+13 (Tonga) wherever an outlet is at home; so printed days
that lie two apart never overlap. UTC-12 and UTC+14 are a few islets."""

_WIDTH: dict[Precision, timedelta] = {
    "day": timedelta(days=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
WHOSE: dict[EvidenceKind, str] = {
    "printed": "the page prints",
    "feed": "the feed says",
    "sitemap": "the sitemap says",
    "news-sitemap": "the news sitemap says",
    "api": "the API says",
    "web-archive": "a web archive captured the page on",
    "import": "an imported capture is of",
    "first-sight": "we saw the page on",
}
"""Each kind of evidence, before its date."""


class Interval(Struct, frozen=True, kw_only=True):
    """When a page was first published: in [earliest, latest)."""

    earliest: datetime | None
    """None: it could have been at any time before `latest`."""
    latest: datetime
    basis: str
    """What the interval rests on, in words."""
    kind: EvidenceKind = "printed"
    """Whose date it is."""
    precision: Precision | None = None
    """Of the date; None where only a capture is known, or where dates contradict each other."""
    zoned: bool = False
    printed: datetime | None = None
    """The date as it stands there, in its own local time; without a zone."""
    evidence: tuple[DateEvidence, ...] = ()
    contradictions: tuple[str, ...] = ()
    """What of the evidence is at odds, in words."""

    @property
    def decided(self) -> bool:
        """Whether both ends are known, and nothing that bounds them says otherwise."""
        return self.earliest is not None and self.precision is not None

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

    def record(self) -> FirstPublished:
        """As it is stored and shown."""
        return FirstPublished(
            earliest=_iso(self.earliest) if self.earliest else None,
            latest=_iso(self.latest),
            decided=self.decided,
            basis=self.basis,
            precision=self.precision,
            evidence=self.evidence,
            contradictions=self.contradictions,
        )


def span(date: PrintedDate) -> Interval | None:
    """The time that a printed date covers; None if it could not be understood."""
    return _span(date.value, date.precision, "printed", f"printed date {date.raw or date.value}")


def said(notice: Notice) -> Interval | None:
    """The time that a notice covers."""
    what = {"published": "date", "updated": "last change", "captured": "capture"}[notice.says]
    name = "API" if notice.kind == "api" else notice.kind.replace("-", " ")
    basis = f"{name}'s {what} {notice.raw}"
    return _span(notice.value, notice.precision, notice.kind, basis)


def captured(moment: datetime, kind: EvidenceKind) -> Interval:
    """That the page was there at a moment."""
    what = {"import": "imported capture", "web-archive": "web archive's capture"}.get(
        kind, "our own first sight"
    )
    return Interval(
        earliest=None,
        latest=moment,
        basis=f"{what} of {moment:%-d %B %Y, %H:%M} UTC",
        kind=kind,
        precision="second",
        zoned=True,
        printed=moment.replace(tzinfo=None),
    )


def _span(
    value: str | None, precision: Precision | None, kind: EvidenceKind, basis: str
) -> Interval | None:
    if value is None:
        return None
    try:
        start, precision = _parsed(value, precision)
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
        basis=basis,
        kind=kind,
        precision=precision,
        zoned=zoned,
        printed=printed,
    )


def shown(moment: Interval) -> str | None:
    """A day as a reader says it ("17 July 2020"), from the date as it stands; None if none is
    known. A date that is not the page's own says whose it is."""
    printed = moment.printed
    if printed is None:
        return None
    if moment.precision == "year":
        day = f"{printed:%Y}"
    else:
        day = f"{printed:%B %Y}" if moment.precision == "month" else f"{printed:%-d %B %Y}"
    return day if moment.kind == "printed" else f"{day} by its {moment.kind.replace('-', ' ')}"


def to_the_minute(one: Interval) -> str | None:
    """A moment that is known to the minute ("17 July 2020, 10:02 UTC"); None of any other."""
    if one.earliest is None or not one.zoned or one.precision not in ("minute", "second"):
        return None
    if one.kind != "printed":
        return None
    return f"{one.earliest.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def words(one: Interval) -> str:
    """ "the feed says 17 July 2020, 10:02 UTC"."""
    day = f"{one.printed:%-d %B %Y}" if one.printed else "another date"
    if one.printed and one.precision in ("minute", "second"):
        day += f", {one.printed:%H:%M}" + (" UTC" if one.zoned and one.kind != "printed" else "")
    if one.earliest is None and one.kind not in ("web-archive", "import", "first-sight"):
        return f"{WHOSE[one.kind]} that it was changed on {day}"
    return f"{WHOSE[one.kind]} {day}"


def stated(one: Interval, raw: str, place: str = "") -> DateEvidence:
    """A date of publication or a capture, as it is stored and shown."""
    return DateEvidence(
        kind=one.kind,
        says="published" if one.earliest else "captured",
        raw=raw,
        earliest=_iso(one.earliest or one.latest),
        latest=_iso(one.latest),
        precision=one.precision or "second",
        zoned=one.zoned,
        place=place,
    )


def noticed(one: Interval, notice: Notice) -> DateEvidence:
    """The same of a notice."""
    evidence = stated(one, notice.raw, notice.place)
    return replace(evidence, says=notice.says, capture=notice.capture)


def moment(text: str) -> datetime:
    """An ISO 8601 time, taken for UTC where it has no zone. Raises ValueError."""
    value = datetime.fromisoformat(text)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _iso(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


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
