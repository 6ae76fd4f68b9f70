"""Which archived pages are due for another look, and whose duty that is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from config.registry import Registry, Source
from config.settings import Settings
from config.timetable import last_due, spans
from storage.lookup import Lookup
from storage.visits import FirstSeen

GIVEN_UP = timedelta(days=7)
"""A page that gives no answer is tried until so long after its last recheck was due."""
NOT_OURS = frozenset(("backfill", "import"))
"""Runs that bring in what is old: their pages have had their changes."""


class Due(Struct, frozen=True, kw_only=True):
    """A page that is due for another look."""

    page: str
    """Canonical URL."""
    first_seen: str
    since: str
    """When it became due, ISO 8601 UTC."""


def due(
    catalog: Lookup, registry: Registry, settings: Settings, now: str, wanted: Iterable[Source]
) -> dict[str, list[Due]]:
    """For each of the sources `wanted` (ids), its pages that are due, longest overdue first.

    A page is due when a moment of `rechecks` after its first sight has come, and it has given no
    answer since, by whatever run. A page of an outlet that is not watched is the duty of the source
    whose run found it.
    """
    moments = {one.id: spans(one.rechecks or settings.rechecks) for one in wanted}
    longest = max((after[-1] for after in moments.values() if after), default=None)
    if longest is None:
        return {name: [] for name in moments}
    at = datetime.fromisoformat(now)
    since = _text(at - longest - GIVEN_UP)
    seen = catalog.first_seen(since)
    runs = {run.id: run for run in catalog.runs_since(since)}
    watched = {one.id for one in registry.enabled()} | set(moments)
    waiting: dict[str, list[Due]] = {name: [] for name in moments}
    for one in seen:
        run = runs.get(one.run)
        if run is not None and run.kind in NOT_OURS:
            continue
        owner = one.source if one.source in watched or run is None else run.source
        found = _due(one, at, moments.get(owner, ()))
        if found is not None:
            waiting[owner].append(found)
    answers = catalog.last_answers(page.page for pages in waiting.values() for page in pages)
    return {
        name: sorted(
            (page for page in pages if answers.get(page.page, "") < page.since),
            key=lambda page: (page.since, page.page),
        )
        for name, pages in waiting.items()
    }


def _due(one: FirstSeen, now: datetime, after: tuple[timedelta, ...]) -> Due | None:
    first = datetime.fromisoformat(one.at)
    moment = last_due(first, now, after)
    if moment is None or now > first + after[-1] + GIVEN_UP:
        return None
    return Due(page=one.page, first_seen=one.at, since=_text(moment))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
