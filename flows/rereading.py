"""Archived runs read again, by the parsers and rules of today.

Sealed records stay as they are. What is read now, all of it, is sealed as a run of its own kind,
`reading`, with records and without WARC files; the catalog then goes by the newest reading. A run
whose records come out as they were is left alone. Runs are read one after the other, each WARC
file from a copy on this machine that has the SHA-256 that was sealed.
"""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from operator import eq
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
from storage.spool import Spool
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
    home = context.settings.home
    home.mkdir(parents=True, exist_ok=True)
    # A large run's articles take gigabytes of memory, once as they were read and once as they are.
    with Spool(home, Article) as was, Spool(home, Article) as now:
        with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
            folder = Path(name)
            fetched = SealedRun(context.store, run.id, archived.seq).fetched(WARCS, folder)
            reading = read_run(run.id, fetched, context.outlets, context.settings, spool=now)
            before = _records(SealedRun(context.store, *archived.newest), folder, was)
        found, articles = changes(was, now), len(now)
        done = None
        if not dry_run and not (before.captures == reading.captures and _same(was, now)):
            done = _seal(context, run, reading, before, watch)
    return Reread(
        run=run.id,
        source=run.source,
        captures=len(reading.captures),
        articles=articles,
        changes=tuple(found),
        problems=tuple(one for one in reading.problems if one not in run.problems),
        done=done,
    )


def _records(sealed: SealedRun, folder: Path, articles: Spool[Article]) -> Reading:
    """What stands in the records of a run; the articles are put into the spool."""
    captures: tuple[Capture, ...] = ()
    for path in sealed.fetched(RECORDS, folder):
        if path.name == "captures.parquet":
            captures = tuple(tables.read(path, Capture))
        elif path.name == "articles.parquet":
            for article in tables.read(path, Article):
                articles.append(article)
    return Reading(captures, articles, ())


def _same(one: Sequence[Article], other: Sequence[Article]) -> bool:
    return len(one) == len(other) and all(map(eq, one, other))


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
