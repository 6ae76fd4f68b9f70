"""Archived runs read again, by the parsers and rules of today.

Sealed records stay as they are. What is read now, all of it, is sealed as a run of its own kind,
`reading`, with records and without WARC files; the catalog then goes by the newest reading. A run
whose records come out as they were is left alone. Runs are read one after the other, each WARC
file from a copy on this machine that has the SHA-256 that was sealed.
"""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from flows import workplace
from flows.changes import Change, changes
from flows.context import Context
from flows.finishing import QUIET, Done, NotSealed, Outcome, Watch, conclude
from flows.pipeline import asked_for, write_asked
from flows.reading import Reading, read_run
from flows.sealedrun import SealedRun
from flows.workplace import Busy, Workplace
from storage import layout, tables
from storage.objects import StoreError
from storage.records import Article, Capture, Problem, Run
from storage.trouble import CatalogError

WARCS, RECORDS = "warc/", "records/"
CAPTURING = ("archive", "backfill", "follow", "import", "recheck")
"""Kinds of runs that hold captures."""


class Archived(Struct, frozen=True):
    """A run with captures, and where its newest records are."""

    run: Run
    seq: int
    """Number of its log entry."""
    newest: tuple[str, int]
    """The run, and its log entry, that read it last: a reading, or itself."""


class Reread(Struct, frozen=True, kw_only=True):
    """What came of reading one run again."""

    run: str
    """The run that was read."""
    source: str
    captures: int
    articles: int
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    """What could not be read, beside what could not be read the first time."""
    done: Done | None
    """The sealed reading; None where nothing changed, and in a dry run."""


def archived_runs(context: Context, sources: Collection[str] = ()) -> list[Archived]:
    """The runs that hold captures, of these sources (ids) or of all, in the order of the log."""
    wanted = context.catalog.runs_with(sources) if sources else None
    found: dict[str, Archived] = {}
    for seq, run in context.catalog.runs():
        if run.kind in CAPTURING:
            if wanted is None or run.id in wanted:
                found[run.id] = Archived(run, seq, (run.id, seq))
        elif (of := found.get(str(run.asked.get("run")))) is not None:
            found[of.run.id] = Archived(of.run, of.seq, (run.id, seq))
    return list(found.values())


def read_again(
    context: Context, archived: Archived, *, dry_run: bool = False, watch: Watch = QUIET
) -> Reread:
    """Read a run's captures again, and seal the reading if any record comes out otherwise.

    Raises NotAsSealed where the bytes are not what was sealed; StoreError and CatalogError; and
    NotSealed where the sealing was begun: the next `copytrail run` completes it.
    """
    run = archived.run
    watch.on_stage("reading")
    with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
        folder = Path(name)
        warcs = SealedRun(context.store, run.id, archived.seq)
        reading = read_run(run.id, warcs.fetched(WARCS, folder), context.outlets, context.settings)
        before = _records(SealedRun(context.store, *archived.newest), folder)
    found = changes(before.articles, reading.articles)
    done = None
    if not dry_run and (before.captures, before.articles) != (reading.captures, reading.articles):
        done = _seal(context, run, reading, before, watch)
    return Reread(
        run=run.id,
        source=run.source,
        captures=len(reading.captures),
        articles=len(reading.articles),
        changes=tuple(found),
        problems=tuple(one for one in reading.problems if one not in run.problems),
        done=done,
    )


def _records(sealed: SealedRun, folder: Path) -> Reading:
    """What stands in the records of a run."""
    captures: tuple[Capture, ...] = ()
    articles: tuple[Article, ...] = ()
    for path in sealed.fetched(RECORDS, folder):
        if path.name == "captures.parquet":
            captures = tuple(tables.read(path, Capture))
        elif path.name == "articles.parquet":
            articles = tuple(tables.read(path, Article))
    return Reading(captures, articles, ())


def _seal(context: Context, run: Run, reading: Reading, before: Reading, watch: Watch) -> Done:
    sources = list(context.registry.sources.values())
    asked = asked_for(context, "reading", run.source, {"run": run.id}, sources)
    outcome = Outcome(problems=())
    replaced = {one.id for one in before.articles} - {one.id for one in reading.articles}
    with workplace.new(context.settings.home) as place, _only_readings(place):
        write_asked(place, asked)
        return conclude(context, place, asked, outcome, reading, watch, without=replaced)


@contextmanager
def _only_readings(place: Workplace) -> Iterator[None]:
    """Of a reading that is broken off nothing has to be kept: it can be made again. Only one that
    is in the store in part must be completed."""
    try:
        yield
    except BaseException as error:
        if not (place.sealing / layout.SUMS).exists():
            place.remove()
        elif isinstance(error, Busy | StoreError | CatalogError | OSError):
            raise NotSealed(place, error) from error
        raise
