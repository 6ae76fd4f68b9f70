"""The second half of a run: read what was captured, compare, write the records, seal.

Live runs, imports and what a crash left all end here.
"""

import errno
import platform
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Literal

import msgspec
from msgspec import Struct, structs

from config.settings import SettingsError
from flows import sealing, workplace
from flows.apart import articles_apart
from flows.comparing import compare
from flows.context import Context
from flows.gaps import overlaps
from flows.noticing import read_notices
from flows.publication import publish
from flows.reading import Reading, read_run
from flows.spreading import aligner
from flows.workplace import Busy, Workplace
from spiders.job import AnyEvent
from storage.identity import now, sha256_hex
from storage.objects import StoreError, Unavailable
from storage.records import Article, Match, Notice, Problem, Run
from storage.spool import Spool
from storage.trouble import CatalogError

OnEvent = Callable[[AnyEvent], None]
ShouldStop = Callable[[], bool]
OnStage = Callable[[str], None]
OnNote = Callable[[str], None]
# A full disk, a full quota, and the size limit of a process's files (ulimit -f).
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
VERSIONED = ("copytrail", "scrapy", "twisted", "lxml", "py3langid", "isal", "msgspec")


class Asked(Struct, frozen=True, kw_only=True):
    """What a run is to do; kept in the work folder, so that a crash does not lose it."""

    kind: Literal["archive", "backfill", "follow", "import", "reading", "recheck"]
    source: str
    asked: dict[str, str | int | float | bool | None]
    started_at: str
    config_digest: str


class Outcome(Struct, frozen=True, kw_only=True):
    """How the looking ended, before anything was read."""

    problems: tuple[Problem, ...] = ()
    counts: dict[str, int] = {}
    limits_reached: tuple[str, ...] = ()
    finished: bool = True
    """False: it was stopped or broke off; what was captured until then is kept."""


class NotSealed(Exception):
    """A run is kept in its work folder and not sealed yet. The message says why, and where."""

    def __init__(self, place: Workplace, cause: Exception) -> None:
        why = str(cause)
        if isinstance(cause, OSError):
            room = cause.errno in NO_ROOM
            why = f"{cause.filename or place.folder}: {cause.strerror or cause}."
            why += " There is no room; make some." if room else " Mend the disk or its rights."
        super().__init__(f"{why} It is kept in {place.folder}; the next `copytrail run` seals it.")
        self.run = place.run


class Done(Struct, frozen=True, kw_only=True):
    """A sealed run."""

    run: Run
    log_entry: int
    head: str
    """SHA-256 of the run's log entry. Publish it, and nobody can rewrite the archive unseen."""
    matches: tuple[Match, ...]


class Watch(Struct, frozen=True, kw_only=True):
    """Who looks on while a run goes."""

    on_event: OnEvent = lambda event: None
    on_stage: OnStage = lambda stage: None
    on_note: OnNote = lambda note: None
    """Something that is wrong with the archive, and keeps nothing from going on."""
    should_stop: ShouldStop = lambda: False


QUIET = Watch()


@contextmanager
def kept(place: Workplace) -> Iterator[None]:
    """From here on something is captured: whoever hears of trouble hears that it is not lost."""
    try:
        yield
    except (Busy, StoreError, CatalogError, SettingsError, OSError) as error:
        raise NotSealed(place, error) from error


def finish(
    context: Context, place: Workplace, asked: Asked, outcome: Outcome, watch: Watch
) -> Done:
    workplace.write_synced(place.outcome, msgspec.json.encode(outcome))
    with Spool(place.folder, Article) as spool:
        watch.on_stage("reading")
        warcs = sorted(place.warcs.iterdir())
        reading = read_run(place.run, warcs, context.outlets, context.settings, spool=spool)
        return _compared(context, place, asked, outcome, reading, watch)


def _compared(
    context: Context, place: Workplace, asked: Asked, outcome: Outcome, reading: Reading,
    watch: Watch,
) -> Done:  # fmt: skip
    notices = read_notices(place, reading.captures, context.outlets, context.settings)
    if asked.kind == "archive":
        source = context.registry.sources.get(asked.source)
        overlap = overlaps(context.catalog, source, reading.captures, notices)
        outcome = structs.replace(
            outcome,
            problems=(*outcome.problems, *overlap.gaps),
            counts=outcome.counts | overlap.counts,
        )
    return conclude(context, place, asked, outcome, reading, watch, notices=notices)


def conclude(
    context: Context, place: Workplace, asked: Asked, outcome: Outcome, reading: Reading,
    watch: Watch, *, notices: Sequence[Notice] = (), without: Collection[str] = (),
) -> Done:  # fmt: skip
    """Compare what was read with all that is known but the articles `without` (ids), which it
    takes the place of, and seal."""
    # Two runs that were sealed at once would each have been compared without the other.
    lock = context.settings.home / "locks" / "sealing.lock"
    with workplace.locked(lock, "the sealing of another run", workplace.SEALING_PATIENCE):
        watch.on_stage("comparing")
        catch_up(context, watch)
        upto = context.catalog.last_seq()
        with aligner(context.settings) as aligned:
            apart = articles_apart(context.catalog)
            matches = compare(reading.articles, context.catalog, apart, without, aligned)
        run = _run(context, place, asked, outcome, reading, matches, upto)
        sealing.write_records(place, run, reading, matches=matches, notices=notices)
        return seal(context, place, watch)


def catch_up(context: Context, watch: Watch = QUIET) -> None:
    """Know all that is sealed. A store that is away for now keeps nobody from capturing.

    Raises CatalogError, and other StoreErrors: those that waiting does not mend.
    """
    try:
        left_out = sealing.catch_up(context.store, context.catalog).left_out
    except Unavailable:
        # Sealing meets the same trouble, says so, and the run waits in its work folder.
        context.catalog.last_seq()
    else:
        for reason in left_out:
            watch.on_note(f"{reason}. `copytrail audit` says more.")


def seal(context: Context, place: Workplace, watch: Watch) -> Done:
    watch.on_stage("sealing")
    run, matches = sealing.read_run_folder(place)
    head = sealing.seal(place, context.store, context.catalog, context.attestation)
    for trouble in publish(context.settings, head):
        watch.on_note(trouble)
    return Done(run=run, log_entry=head.seq, head=head.sha256, matches=matches)


def versions(context: Context) -> dict[str, str]:
    """What the result of a run rests on: programs, and as one digest what reading takes from the
    source files. When and how politely a source is visited changes no record."""
    found = {name: version(name) for name in VERSIONED}
    known = [
        (one.id, one.name, one.homepage, one.aliases, one.domains, one.articles, one.rules)
        for _, one in sorted(context.registry.sources.items())
    ]
    sources = sha256_hex(msgspec.json.encode(known))[:16]
    return found | {"python": platform.python_version(), "sources": sources}


def _run(
    context: Context,
    place: Workplace,
    asked: Asked,
    outcome: Outcome,
    reading: Reading,
    matches: Sequence[Match],
    compared_to: int,
) -> Run:
    problems = (*outcome.problems, *reading.problems)
    whole = outcome.finished and not problems and not outcome.limits_reached
    answered = any(one.status for one in reading.captures)  # none for a refused connection
    return Run(
        id=place.run,
        kind=asked.kind,
        source=asked.source,
        asked=asked.asked,
        started_at=asked.started_at,
        ended_at=now(),
        outcome="complete" if whole else ("partial" if answered else "failed"),
        counts=outcome.counts
        | {
            "captures": len(reading.captures),
            "articles": len({article.id for article in reading.articles}),
            "matches": len(matches),
        },
        problems=problems,
        versions=versions(context),
        config_digest=asked.config_digest,
        limits_reached=outcome.limits_reached,
        compared_to=compared_to,
    )
