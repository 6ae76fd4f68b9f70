"""The first page: the outlets and how they are, what came in, the newest trails, the last audit."""

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from msgspec import Struct

from flows.status_of import SourceStatus, status_of
from flows.web.answers import page
from flows.web.audits import kept_reports
from flows.web.room import Room
from flows.web.telling import WORDS
from storage.identity import now

DAYS = 30  # of the picture: a month is what a glance takes in
HOUR = len("2020-07-19T10")  # for so long the state of the outlets is good
TRAILS = 12  # a screen or two
OUTLETS = 60  # that are listed: those first that need a look
BAR = 24  # from one day to the next
HEIGHT = 90  # of the highest bar


class Outlet(Struct, frozen=True, kw_only=True):
    """An outlet that has articles here, and how it fares where it is watched."""

    id: str
    name: str
    articles: int
    status: SourceStatus | None


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
        outlets = room.once(("outlets", now()[:HOUR]), lambda: _outlets(room))
        days = room.once("days", lambda: _days(room))
        return page(
            "overview.html",
            outlets=outlets[:OUTLETS],
            more_outlets=max(len(outlets) - OUTLETS, 0),
            days=days,
            width=BAR * len(days) + 40,
            volume=room.once("volume", room.catalog.volume),
            trails=room.newest_trails(0, TRAILS),
            families=len(room.shelf().families),
            **WORDS,
            audit=next(iter(kept_reports(room.context.settings.home, 1)), None),
        )

    return router


def _outlets(room: Room) -> list[Outlet]:
    """The outlets that are watched or have articles: those first that need a look, then those that
    are watched, then those with most articles."""
    counts, known = room.catalog.per_source(), {source.id: source for source in room.sources}
    wanted = [one for one in room.sources if one.enabled or one.id in counts]
    settings = room.context.settings
    found = status_of(room.catalog, room.registry, settings, now=now(), wanted=wanted)
    watched = {one.source: one for one in found}
    every = [
        Outlet(
            id=one,
            name=known[one].name if one in known else one,
            articles=counts.get(one, 0),
            status=watched.get(one),
        )
        for one in sorted(set(counts) | set(watched))
    ]
    return sorted(every, key=_urgency)


def _urgency(one: Outlet) -> tuple[bool, bool, int, str]:
    status = one.status
    return (not (status and status.says), not (status and status.enabled), -one.articles, one.id)


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
