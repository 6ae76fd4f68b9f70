"""A trail in time, as a picture: when each page was first published, and what happened to it since.

A first publication is an interval and drawn as one. Between two moments that follow each other the
axis is as long as the logarithm of the time between them: years lie before a trail's hours, and
both are to be seen. The order is true, the lengths are not, and the picture says so.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from flows.crossposts.lifelines import Lifeline
from storage.findings import Trail, TrailArticle
from storage.histories import History
from storage.identity import canonical_url

WIDTH, LEFT, RIGHT = 960, 250, 24
ROW, TOP = 44, 34
SHOWN = 60  # pages; a longer picture is no picture, and the tables have them all
MARKS = 200  # captures of a page that are drawn, the first ones; the page's own list has all
TICKS = 6  # dates below the axis, as many as fit beside each other
LONGEST = 34  # letters of a name beside the axis


class Mark(Struct, frozen=True):
    """Something at one moment, or between two."""

    kind: Literal["capture", "edit", "date", "gone", "returned"]
    x: float
    to: float
    says: str


class Row(Struct, frozen=True, kw_only=True):
    """One page."""

    y: float
    outlet: str
    day: str
    begin: float
    end: float
    open: bool
    """Nothing says that it was not there long before."""
    decided: bool
    says: str
    marks: tuple[Mark, ...]
    url: str


class Timeline(Struct, frozen=True, kw_only=True):
    """The picture, to be put out by `timeline.svg`."""

    width: int
    height: int
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    left_out: int


_KINDS: dict[str, Literal["edit", "date", "gone", "returned"]] = {
    "edit": "edit", "silent-edit": "edit", "revert": "edit", "other": "edit",
    "date-changed": "date", "gone": "gone", "returned": "returned",
}  # fmt: skip


class _Axis:
    """Moments → places."""

    def __init__(self, moments: Iterable[datetime]) -> None:
        self.moments = sorted(set(moments))
        pairs = zip(self.moments, self.moments[1:], strict=False)
        steps = [math.log1p((later - one).total_seconds() / 60) for one, later in pairs]
        whole = sum(steps) or 1.0
        room = WIDTH - LEFT - RIGHT
        self._place = {self.moments[0]: float(LEFT)} if self.moments else {}
        x = 0.0
        for moment, step in zip(self.moments[1:], steps, strict=True):
            x += step
            self._place[moment] = round(LEFT + room * x / whole, 1)

    def __call__(self, moment: datetime) -> float:
        return self._place[moment]

    def ticks(self) -> list[tuple[float, str]]:
        """Dates that have room beside each other."""
        least = (WIDTH - LEFT - RIGHT) / TICKS
        found: list[tuple[float, str]] = []
        for moment in self.moments:
            x = self._place[moment]
            text = f"{moment:%-d %b %Y}"
            if not found or (x - found[-1][0] >= least and text != found[-1][1]):
                found.append((x, text))
        return found


def timeline(
    trail: Trail, histories: Mapping[str, History], lines: Mapping[str, Lifeline]
) -> Timeline:
    """`histories` and `lines` by canonical URL."""
    shown = trail.articles[:SHOWN]
    moments: list[datetime] = []
    for article in shown:
        moments += _moments(article, histories, lines)
    axis = _Axis(moments)
    rows = tuple(
        _row(number, article, axis, histories, lines) for number, article in enumerate(shown)
    )
    return Timeline(
        width=WIDTH,
        height=TOP + ROW * len(rows) + 40,
        rows=rows,
        ticks=tuple(axis.ticks()),
        left_out=len(trail.articles) - len(shown),
    )


def _moments(
    article: TrailArticle, histories: Mapping[str, History], lines: Mapping[str, Lifeline]
) -> Iterable[datetime]:
    first = article.first_published
    if first:
        yield from (time(at) for at in (first.earliest, first.latest) if at)
    page = canonical_url(article.url)
    if page in histories:
        yield from (time(sight.at) for sight in histories[page].sights[:MARKS])
    if page in lines:
        for event in lines[page].events:
            yield from (time(event.after.at), time(event.before.at))
    yield time(article.captured)


def _row(
    number: int, article: TrailArticle, axis: _Axis, histories: Mapping[str, History],
    lines: Mapping[str, Lifeline],
) -> Row:  # fmt: skip
    page = canonical_url(article.url)
    first = article.first_published
    end = axis(time(first.latest)) if first else axis(time(article.captured))
    begin = axis(time(first.earliest)) if first and first.earliest else float(LEFT)
    return Row(
        y=TOP + ROW * number + ROW / 2,
        outlet=_short(article.outlet),
        day=(article.published or "undated")[:10],
        begin=begin,
        end=max(end, begin + 3),  # a minute is too short to be seen
        open=not (first and first.earliest),
        decided=bool(first and first.decided),
        says=interval_words(article),
        marks=tuple(_marks(page, axis, histories, lines)),
        url=article.url,
    )


def interval_words(article: TrailArticle) -> str:
    """When a page was first published, as a sentence."""
    first = article.first_published
    if first is None:
        return "not known"
    latest = _minute(first.latest)
    if first.earliest is None:
        return f"undecided: by {latest} UTC ({first.basis})"
    if first.decided and _minute(first.earliest) == latest:
        return f"on {latest[:10]} at {latest[11:]} UTC ({first.basis})"
    said = f"between {_minute(first.earliest)} and {latest} UTC ({first.basis})"
    return said if first.decided else f"undecided: {said}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _marks(
    page: str, axis: _Axis, histories: Mapping[str, History], lines: Mapping[str, Lifeline]
) -> Sequence[Mark]:
    found: list[Mark] = []
    for sight in histories[page].sights[:MARKS] if page in histories else ():
        x = axis(time(sight.at))
        if sight.article is not None:
            found.append(Mark("capture", x, x, f"captured {_minute(sight.at)} UTC"))
    for event in lines[page].events if page in lines else ():
        one, other = axis(time(event.after.at)), axis(time(event.before.at))
        found.append(Mark(_KINDS[event.kind], one, other, f"{event.kind}: {event.says}"))
    return found


def time(at: str) -> datetime:
    """A time of ours."""
    value = datetime.fromisoformat(at)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
