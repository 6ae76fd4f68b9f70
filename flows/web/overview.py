"""The first page: the outlets and how they are, what came in, the newest trails, the last audit."""

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from msgspec import Struct

from config.registry import Source
from flows.web.answers import page
from flows.web.audits import kept_reports
from flows.web.room import Room
from flows.web.telling import WORDS
from storage.records import Run

DAYS = 30  # of the picture: a month is what a glance takes in
TRAILS = 8
BAR = 24  # from one day to the next
HEIGHT = 90  # of the highest bar


class Outlet(Struct, frozen=True, kw_only=True):
    """An outlet, and how its newest run ended."""

    id: str
    name: str
    watched: bool
    articles: int
    run: Run | None
    seq: int | None


class Day(Struct, frozen=True):
    """A bar of the picture."""

    day: str
    count: int
    x: int
    height: float


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/")
    def overview() -> HTMLResponse:
        days = room.once("days", lambda: _days(room))
        return page(
            "overview.html",
            outlets=room.once("outlets", lambda: _outlets(room)),
            days=days,
            width=BAR * len(days) + 40,
            volume=room.once("volume", room.catalog.volume),
            trails=room.newest_trails(0, TRAILS),
            families=len(room.shelf().families),
            **WORDS,
            audit=next(iter(kept_reports(room.context.settings.home)), None),
        )

    return router


def _outlets(room: Room) -> list[Outlet]:
    """The registered outlets that are watched or have articles, then others of which some are."""
    runs, counts = room.catalog.newest_runs(), room.catalog.per_source()
    known = {source.id: source for source in room.sources}
    shown = [one for one in known if known[one].enabled or one in counts or one in runs]
    others = sorted((set(counts) | set(runs)) - set(known))
    return [_outlet(one, known.get(one), counts.get(one, 0), runs.get(one)) for one in
            [*sorted(shown), *others]]  # fmt: skip


def _outlet(name: str, source: Source | None, count: int, run: tuple[int, Run] | None) -> Outlet:
    return Outlet(
        id=name,
        name=source.name if source else name,
        watched=bool(source and source.enabled),
        articles=count,
        run=run[1] if run else None,
        seq=run[0] if run else None,
    )


def _days(room: Room) -> list[Day]:
    """The last days up to the newest on which something was captured."""
    newest = room.catalog.newest_day()
    if newest is None:
        return []
    end = date.fromisoformat(newest)
    first = end - timedelta(days=DAYS - 1)
    counts = room.catalog.per_day(first.isoformat())
    most = max(counts.values(), default=1)
    days = [(first + timedelta(days=number)).isoformat() for number in range(DAYS)]
    return [
        Day(day, counts.get(day, 0), 20 + BAR * number, HEIGHT * counts.get(day, 0) / most)
        for number, day in enumerate(days)
    ]
