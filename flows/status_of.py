"""How each source fares, told from the catalog alone: no server is asked, nothing is fetched.

The command `status`, the audit of completeness and the reading room all look here.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Literal

from msgspec import Struct, structs

from config.registry import Registry, Source
from config.settings import Settings
from config.timetable import fires, spread
from flows.duties import Due, due
from flows.journal import Attempt, is_late
from storage.lookup import Lookup
from storage.visits import NewPages, RunSeen

WINDOW = 28
"""Days that are looked at: four of each weekday, for outlets rest at weekends."""
ENOUGH = 7  # whole days before anything is called usual: one of each weekday
EXPECTED = 7.0
"""Articles that should have come since the last one before an outlet is called quiet: if they come
at random, e^-7, one silence in a thousand, is chance."""
QUIET_LEAST = timedelta(days=2)  # a weekend is no silence
RECENT = 8  # visits: two days of the default schedule
MISSED_WITHIN = timedelta(days=7)
VISITS = ("archive",)
"""Kinds of runs that look for new articles."""


class LastRun(Struct, frozen=True, kw_only=True):
    """A run over a source."""

    id: str
    started_at: str
    ended_at: str
    outcome: Literal["complete", "partial", "failed"]
    articles: int
    """New versions and pages that it read."""
    problems: int
    problem: str | None
    """The first of them."""


class SourceStatus(Struct, frozen=True, kw_only=True):
    """How one source fares. Times are ISO 8601 UTC, days are UTC."""

    source: str
    name: str
    enabled: bool
    schedule: str
    """The cron by which it is visited: that of its file, spread by `schedule_jitter`."""
    last_run: LastRun | None
    last_complete: str | None
    """When the last visit that lacked nothing ended, within the window."""
    next_run: str | None
    """None: switched off."""
    runs: int
    """Visits within the window."""
    failures: int
    """Those of them that failed or were partial."""
    failures_in_a_row: int
    skipped: int
    """Flow runs of the window that did not begin: another was at work, or a later one was due."""
    late: int
    """Those that began more than five minutes after their moment."""
    missed: int
    """Moments of the cron within the last seven days at which nothing began, and nothing was at
    work: the schedule itself was down. They count from the first run by schedule on."""
    last_error: str | None
    """Why the last attempt failed before anything could be sealed; None where it did not."""
    per_day: tuple[int, ...]
    """New article pages of each day of the window, today last."""
    today: int
    yesterday: int
    usual: float | None
    """Articles a day. None: too short a time to tell."""
    usual_from: Literal["expect", "median"] | None
    """Its file says so; or the median of the whole days in the window since the first visit."""
    last_new: str | None
    """When a page was last new, within the window."""
    quiet: bool
    """It gave answers, and nothing new for longer than chance explains."""
    overlap: float | None
    """Share of feed entries that were there at the visit before, 0 to 1, in the last visits. Below
    a third, visit more often; above two thirds, less often would do."""
    due: int
    """Articles that are due for another look."""
    due_since: str | None
    says: tuple[str, ...]
    """What needs a look, in words."""


def status_of(
    catalog: Lookup,
    registry: Registry,
    settings: Settings,
    *,
    now: str,
    wanted: Sequence[Source] | None = None,
    attempts: Iterable[Attempt] = (),
) -> list[SourceStatus]:
    """How each of the sources fares (default: the enabled ones), by id. `attempts` are what
    `flows.journal` noted since the window began (`since`). Raises CatalogError."""
    sources = list(registry.enabled() if wanted is None else wanted)
    at = datetime.fromisoformat(now).astimezone(UTC)
    since = window(now)
    runs: dict[str, list[RunSeen]] = defaultdict(list)
    kinds = {}
    for run in catalog.runs_since(since):
        runs[run.source].append(run)
        kinds[run.id] = run.kind
    new: dict[str, list[NewPages]] = defaultdict(list)
    for pages in catalog.new_pages(since):
        if kinds.get(pages.run, VISITS[0]) not in ("backfill", "import"):
            new[pages.source].append(pages)
    tried: dict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        if one.kind in VISITS:
            tried[one.source].append(one)
    waiting = due(catalog, registry, settings, now, sources)
    return [
        _status(
            source,
            settings,
            at,
            runs[source.id],
            new[source.id],
            waiting[source.id],
            tried[source.id],
        )
        for source in sorted(sources, key=lambda one: one.id)
    ]


def window(now: str) -> str:
    """Since when the window lasts that is looked at."""
    at = datetime.fromisoformat(now).astimezone(UTC)
    return (at - timedelta(days=WINDOW - 1)).strftime("%Y-%m-%dT00:00:00.000000Z")


def _status(
    source: Source,
    settings: Settings,
    now: datetime,
    runs: Sequence[RunSeen],
    new: Sequence[NewPages],
    waiting: Sequence[Due],
    tried: Sequence[Attempt],
) -> SourceStatus:
    visits = [run for run in runs if run.kind in VISITS]
    days = _per_day(new, now)
    whole = _watched(visits, days, now)
    usual, basis = _usual(source, whole)
    last_new = max((pages.newest for pages in new), default=None)
    schedule = spread(source.schedule, source.id, settings.schedule_jitter)
    coming = next(fires(schedule, now)) if source.enabled else None
    quiet = _silence(source, visits, whole, last_new)
    last = visits[-1] if visits else None
    complete = [run.ended_at for run in visits if run.outcome == "complete"]
    found = SourceStatus(
        source=source.id,
        name=source.name,
        enabled=source.enabled,
        schedule=schedule,
        last_run=_last_run(last) if last else None,
        last_complete=max(complete, default=None),
        next_run=coming.strftime("%Y-%m-%dT%H:%M:%SZ") if coming else None,
        runs=len(visits),
        failures=sum(run.outcome != "complete" for run in visits),
        failures_in_a_row=_in_a_row(visits),
        skipped=sum(one.what == "skipped" for one in tried),
        late=sum(map(is_late, tried)),
        missed=_missed(schedule, visits, tried, now) if source.enabled else 0,
        last_error=tried[-1].note if tried and tried[-1].what == "error" else None,
        per_day=days,
        today=days[-1],
        yesterday=days[-2],
        usual=usual,
        usual_from=basis,
        last_new=last_new,
        quiet=quiet is not None,
        overlap=_overlap(visits[-RECENT:]),
        due=len(waiting),
        due_since=waiting[0].since if waiting else None,
        says=(),
    )
    return structs.replace(found, says=tuple(_says(found, quiet)))


def _last_run(run: RunSeen) -> LastRun:
    return LastRun(
        id=run.id,
        started_at=run.started_at,
        ended_at=run.ended_at,
        outcome=run.outcome,
        articles=run.counts.get("articles", 0),
        problems=len(run.problems) + len(run.limits_reached),
        problem=next((one.what for one in run.problems), next(iter(run.limits_reached), None)),
    )


def _per_day(new: Iterable[NewPages], now: datetime) -> tuple[int, ...]:
    """New pages of each day of the window, today last."""
    counts: dict[str, int] = defaultdict(int)
    for pages in new:
        counts[pages.hour[: len("2026-01-31")]] += pages.number
    back = reversed(range(WINDOW))
    return tuple(counts[(now - timedelta(days=days)).date().isoformat()] for days in back)


def _watched(visits: Sequence[RunSeen], days: Sequence[int], now: datetime) -> Sequence[int]:
    """The whole days since the first visit in the window: the first brings what was there before,
    and today is not over."""
    if not visits:
        return ()
    first = datetime.fromisoformat(visits[0].started_at).date()
    since = (now.date() - first).days
    return days[max(0, WINDOW - since) : -1]


def _usual(
    source: Source, whole: Sequence[int]
) -> tuple[float | None, Literal["expect", "median"] | None]:
    if source.expect.articles_per_day is not None:
        return source.expect.articles_per_day, "expect"
    return (float(median(whole)), "median") if len(whole) >= ENOUGH else (None, None)


def _silence(
    source: Source,
    visits: Sequence[RunSeen],
    whole: Sequence[int],
    last_new: str | None,
) -> timedelta | None:
    """For how long nothing new came although it gave answers; None where that can be chance."""
    answered = [run for run in visits if run.outcome != "failed"]
    if not answered:
        return None
    silent = next((back for back, count in enumerate(reversed(whole)) if count), len(whole))
    rate = source.expect.articles_per_day
    if rate is None and len(whole) - silent >= ENOUGH:
        # The mean, for a median is 0 where most days have none; of the days before the silence.
        rate = sum(whole) / (len(whole) - silent)
    since = datetime.fromisoformat(last_new or answered[0].started_at)
    silence = datetime.fromisoformat(answered[-1].ended_at) - since
    if silent == WINDOW - 1:
        return silence
    if not rate or silence < max(QUIET_LEAST, timedelta(days=EXPECTED / rate)):
        return None
    return silence


def _missed(cron: str, visits: Sequence[RunSeen], tried: Sequence[Attempt], now: datetime) -> int:
    scheduled = [datetime.fromisoformat(one.scheduled) for one in tried if one.scheduled]
    if not scheduled:
        return 0
    since = max(min(scheduled), now - MISSED_WITHIN)
    begun = sorted(scheduled + [datetime.fromisoformat(run.started_at) for run in visits])
    lasted = [
        (datetime.fromisoformat(run.started_at), datetime.fromisoformat(run.ended_at))
        for run in visits
    ]
    missed, moments = 0, fires(cron, since)
    moment = next(moments)
    while (coming := next(moments)) <= now:
        at = bisect_left(begun, moment)
        came = at < len(begun) and begun[at] < coming
        if not came and not any(start <= moment <= end for start, end in lasted):
            missed += 1
        moment = coming
    return missed


def _overlap(visits: Sequence[RunSeen]) -> float | None:
    entries = sum(run.counts.get("feed_entries", 0) for run in visits)
    repeats = sum(run.counts.get("feed_repeats", 0) for run in visits)
    return round(repeats / entries, 3) if entries else None


def _in_a_row(visits: Sequence[RunSeen]) -> int:
    failed = 0
    for run in reversed(visits):
        if run.outcome == "complete":
            break
        failed += 1
    return failed


def _says(found: SourceStatus, quiet: timedelta | None) -> Iterator[str]:
    last = found.last_run
    if found.last_error is not None:
        yield f"the last attempt failed: {found.last_error}"
    if found.missed:
        visits = "visit" if found.missed == 1 else "visits"
        yield f"{found.missed} {visits} missed in a week: was the schedule down?"
    if last is None:
        yield f"no visit in {WINDOW} days"
        return
    if last.outcome != "complete":
        row = found.failures_in_a_row
        again = f", {row} in a row" if row > 1 else ""
        yield f"last visit {last.outcome}{again}: {last.problem or 'see its run.json'}"
    if quiet is not None:
        usual = f"usual are {found.usual:g} a day" if found.usual is not None else ""
        yield f"gone quiet: nothing new for {quiet.days} days" + (f"; {usual}" if usual else "")
