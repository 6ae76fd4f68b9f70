"""Is the catalog what the archive says, and did the log go on as it should?"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from statistics import median

from config.timetable import fires
from flows.checks.report import Fault
from flows.status_of import WINDOW, SourceStatus
from storage.likeness import Unlike

MOST = 20  # rows told one by one of each table and kind of fault
REBUILD = "`copytrail rebuild` makes the catalog anew from the archive."
FEWEST = 3  # runs, or heartbeats, from which on there is something usual
MISSED = 3  # visits in a row
LATE = 3.0  # times the usual distance: one visit may be left out, and one may be late


def told(rows: Iterable[Unlike]) -> Iterator[Fault]:
    """The rows of the catalog that do not follow from the archive."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        name = (row.table, row.what)
        counts[name] = counts.get(name, 0) + 1
        if counts[name] <= MOST:
            yield _row(row)
    for (table, what), number in sorted(counts.items()):
        if number > MOST:
            yield _catalog(f"{number - MOST} more rows of `{table}` are {what}")


def _row(row: Unlike) -> Fault:
    says = {
        "missing": "lacks a row that the archive gives",
        "added": "has a row that nothing in the archive gives",
    }.get(row.what, f"has other {', '.join(row.columns)} than the archive gives")
    return _catalog(f"the catalog {says}: {row.table} {row.key:.200}")


def fingerprints(wanted: int, there: int) -> Iterator[Fault]:
    """Whether copies can be found: the articles' hashes are in the catalog."""
    if wanted != there:
        yield Fault(
            check="completeness", key="", message="the catalog's fingerprints are not complete",
            expected=f"{wanted} hashes", found=f"{there} hashes", next_step=REBUILD,
        )  # fmt: skip


def sources(
    found: Iterable[SourceStatus], visited: Collection[str], now: datetime
) -> Iterator[Fault]:
    """Sources that did not run as they should, or stopped giving articles. `visited`: those that
    were ever visited; of another one nothing can be missing."""
    for one in found:
        if not one.enabled or one.source not in visited:
            continue
        if fault := _not_run(one, now):
            yield fault
        elif one.quiet:
            usual = "some" if one.usual is None else f"{one.usual:g} a day"
            last = f"the last one came {one.last_new}" if one.last_new else "none of late"
            yield _source(
                one, "gives no new articles any more", f"new articles, {usual}", last,
                f"`copytrail sources check {one.source}` says whether its feeds still work.",
            )  # fmt: skip


def _not_run(one: SourceStatus, now: datetime) -> Fault | None:
    """By its schedule and by its own usual: who visits by hand is not late each day."""
    step = f"See why nothing runs; `copytrail sources disable {one.source}` where that is meant."
    if one.last_run is None:
        wanted = f"a visit by its schedule, {one.schedule}"
        return _source(one, f"did not run for {WINDOW} days", wanted, "none", step)
    since = datetime.fromisoformat(one.last_run.ended_at)
    missed = sum(1 for _ in takewhile(lambda at: at < now, islice(_fires(one, since), MISSED)))
    usual = timedelta(days=WINDOW) / one.runs if one.runs else timedelta(days=WINDOW)
    if missed < MISSED or now - since < LATE * usual:
        return None
    return _source(
        one, f"did not run for {_long(now - since)}", f"a visit by its schedule, {one.schedule}",
        f"the last one ended {one.last_run.ended_at}", step,
    )  # fmt: skip


def _fires(one: SourceStatus, since: datetime) -> Iterator[datetime]:
    return fires(one.schedule, since.astimezone(UTC))


def _source(one: SourceStatus, what: str, expected: str, found: str, step: str) -> Fault:
    return Fault(
        check="completeness", key=f"sources/{one.source}", message=f"source {one.source} {what}",
        expected=expected, found=found, next_step=step,
    )  # fmt: skip


def heartbeat(beats: Sequence[datetime], last: datetime | None, now: datetime) -> Iterator[Fault]:
    """A sign of life that is missing. `beats`: the last heartbeats, oldest first; `last`: when the
    newest log entry of any kind was made, which is as good a sign."""
    if len(beats) < FEWEST or last is None:
        return
    usual = _distance(beats)
    if now - last > LATE * usual:
        yield Fault(
            check="completeness",
            key="log/",
            message=f"no entry was made for {_long(now - last)}, though heartbeats came",
            expected=f"a heartbeat every {_long(usual)}",
            found=f"the newest entry is of {_when(last)}",
            next_step="See whether the machine that writes it is alive; compare with a noted head.",
        )


def behind(entries: int) -> Fault:
    """A catalog that has not taken in all that is sealed: the next run does so."""
    return Fault(
        check="completeness", severity="note", key="",
        message=f"the catalog has not taken in the {entries} newest entries of the log",
        next_step="The next `copytrail run` takes them in, or `copytrail rebuild` now.",
    )  # fmt: skip


def foreign(seq: int) -> Fault:
    """A catalog that knows of what the log does not have."""
    return Fault(
        check="completeness",
        key="",
        message=f"the catalog took in log entry {seq}, which the log does not have so",
        next_step="The log was cut or replaced, or catalog and store do not belong together: see "
        "`copytrail config`, and compare the log with a noted head.",
    )


def not_comparable(reasons: Sequence[str]) -> Fault:
    """An archive of which not all can be read back."""
    return Fault(
        check="completeness", severity="unverifiable", key="",
        message=f"the catalog cannot be compared with the archive: {'; '.join(reasons[:3])}",
        next_step="Restore what is damaged, then audit again.",
    )  # fmt: skip


def _catalog(message: str) -> Fault:
    return Fault(check="completeness", key="", message=message, next_step=REBUILD)


def _distance(times: Sequence[datetime]) -> timedelta:
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    return timedelta(seconds=median(gap.total_seconds() for gap in gaps))


def _long(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    if hours < 1:
        return f"{time / timedelta(minutes=1):.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def _when(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
