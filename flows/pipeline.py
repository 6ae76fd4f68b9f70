"""The way of the data, once through: crawl or import, read, compare, seal.

Plain functions: the Prefect flows and the command line both call these.
"""

import errno
import platform
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from config.registry import Source
from flows import importing, sealing, workplace
from flows.comparing import compare
from flows.context import Context
from flows.crawling import CrawlFailed, crawl
from flows.reading import Reading, read_run
from flows.workplace import Busy, Workplace
from spiders.job import AnyEvent, Job, KnownPage
from storage import layout, warc
from storage.identity import canonical_url, days_before, now, sha256_hex
from storage.objects import StoreError, Unavailable
from storage.records import Match, Problem, Run
from storage.schema import CatalogError

OnEvent = Callable[[AnyEvent], None]
ShouldStop = Callable[[], bool]
OnStage = Callable[[str], None]
# A full disk, a full quota, and the size limit of a process's files (ulimit -f).
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
VERSIONED = ("copytrail", "scrapy", "twisted", "lxml", "py3langid", "isal", "msgspec")


class Asked(Struct, frozen=True, kw_only=True):
    """What a run is to do; kept in the work folder, so that a crash does not lose it."""

    kind: Literal["archive", "follow", "import"]
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
        super().__init__(
            f"{why} What was captured is kept in {place.folder}; the next `copytrail run` seals it."
        )
        self.run = place.run


class Leftover(Struct, frozen=True, kw_only=True):
    """What became of a run that ended before it was sealed."""

    run: str
    done: "Done | None" = None
    """Set where it is sealed now."""
    note: str = ""
    """Else what became of it, for people."""
    lost: bool = False
    """Whether something that was captured or asked for is not in the archive."""


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
    should_stop: ShouldStop = lambda: False


QUIET = Watch()


def archive(
    context: Context,
    source: Source,
    *,
    since: str | None = None,
    until: str | None = None,
    watch: Watch = QUIET,
) -> Done:
    """Crawl one source in a window (ISO dates; None is open), and seal what came of it.

    Raises Busy where the source is being crawled by another process; StoreError and CatalogError
    before anything is fetched; then NotSealed: what was captured stays in the work folder, and
    `recover` seals it.
    """
    _catch_up(context)
    asked = _asked(context, "archive", source.id, {"since": since, "until": until}, source)
    locks = context.settings.home / "locks"
    with (
        workplace.locked(locks / f"{source.id}.lock", f"source {source.id}") as source_lock,
        workplace.new(context.settings.home) as place,
    ):
        _write_asked(place, asked)
        _write_known(context, place, source.id)
        job = _job(context, place, source=source, since=since, until=until, known=place.known)
        with _kept(place):
            outcome = _crawl(job, watch, (place.lock, source_lock))
            return _finish(context, place, asked, outcome, watch)


def follow(context: Context, url: str, *, watch: Watch = QUIET) -> Done:
    """Archive one page, find and archive its original, and seal both. Errors as `archive`."""
    _catch_up(context)
    key = context.outlets.key(url)
    asked = _asked(context, "follow", key, {"url": url}, None)
    with workplace.new(context.settings.home) as place:
        _write_asked(place, asked)
        _write_known(context, place, key)
        source = context.outlets.by_url(url)
        job = _job(context, place, kind="follow", source=source, urls=(url,), known=place.known)
        with _kept(place):
            outcome = _crawl(job, watch, (place.lock,))
            return _finish(context, place, asked, outcome, watch)


def import_file(context: Context, path: Path, *, watch: Watch = QUIET) -> Done:
    """Take a WARC file in as it is, and read and match what it holds. Errors as `archive`.

    A damaged file is archived, too, and read as far as it goes; the run is then `partial`. Raises
    also ImportRefused where the file changes meanwhile, OSError where it cannot be copied.
    """
    _catch_up(context)
    digest = importing.digest(path)
    what = {"file": path.name, "sha256": digest}
    asked = _asked(context, "import", "import", what, None)
    with workplace.new(context.settings.home) as place:
        _write_asked(place, asked)
        try:
            importing.copy_in(path, place.warcs, digest)
        except (OSError, importing.ImportRefused):
            place.remove()  # the file is still where it was
            raise
        with _kept(place):
            return _finish(context, place, asked, Outcome(), watch)


def recover(
    context: Context, *, watch: Watch = QUIET, skip: Collection[str] = ()
) -> Iterator[Leftover]:
    """Seal what earlier runs left when they were killed or could not seal; not those in `skip`.

    What keeps one of them from being sealed is told, and the others go on. Raises CatalogError.
    """
    for place in workplace.leftovers(context.settings.home):
        if place.run not in skip:
            yield _recovered(context, place, watch)


def _recovered(context: Context, place: Workplace, watch: Watch) -> Leftover:
    run = place.run
    try:
        with _kept(place):
            # Without sums nothing of it is in the store: it can be compared anew with what came
            # since.
            if place.is_ready and (place.sealing / layout.SUMS).exists():
                return Leftover(run=run, done=_seal(context, place, watch))
            warc.recover(place.warcs)
            if not place.job.exists() or not any(place.warcs.glob("*")):
                place.remove()
                return Leftover(
                    run=run, note=f"run {run} was broken off before anything was captured"
                )
            asked = msgspec.json.decode(place.job.read_bytes(), type=Asked)
            if asked.kind == "import" and not place.outcome.exists():
                place.remove()  # half a copy; the file itself is where it was
                return Leftover(
                    run=run, note=f"{asked.asked['file']} was copied in part: import it again"
                )
            return Leftover(run=run, done=_finish(context, place, asked, _outcome(place), watch))
    except NotSealed as error:
        return Leftover(run=run, lost=True, note=str(error))
    except (ValueError, msgspec.MsgspecError) as error:
        note = f"run {run} cannot be read back: {error}. It stays in {place.folder}; its `run/warc`"
        return Leftover(run=run, lost=True, note=f"{note} can be taken in by `copytrail import`.")


def _outcome(place: Workplace) -> Outcome:
    """How the capturing of an earlier run ended."""
    if place.outcome.exists():
        return msgspec.json.decode(place.outcome.read_bytes(), type=Outcome)
    broken = Problem(what="the run was broken off; what was captured until then is here")
    return Outcome(problems=(broken,), finished=False)


@contextmanager
def _kept(place: Workplace) -> Iterator[None]:
    """From here on something is captured: whoever hears of trouble hears that it is not lost."""
    try:
        yield
    except (Busy, StoreError, CatalogError, OSError) as error:
        raise NotSealed(place, error) from error


def _crawl(job: Job, watch: Watch, locks: tuple[int, ...]) -> Outcome:
    watch.on_stage("crawling")
    try:
        closed = crawl(job, watch.on_event, watch.should_stop, keep_open=locks)
    except CrawlFailed as error:
        warc.recover(job.folder / "warc")
        return Outcome(problems=(Problem(what=str(error)),), finished=False)
    stopped = Problem(what="it was stopped before its end, as somebody asked")
    return Outcome(
        problems=(*closed.problems, stopped) if closed.reason == "stopped" else closed.problems,
        counts=closed.counts,
        limits_reached=closed.limits_reached,
        finished=closed.reason == "finished",
    )


def _finish(
    context: Context, place: Workplace, asked: Asked, outcome: Outcome, watch: Watch
) -> Done:
    workplace.write_synced(place.outcome, msgspec.json.encode(outcome))
    watch.on_stage("reading")
    reading = read_run(place, context.outlets, context.settings)
    # Two runs that were sealed at once would each have been compared without the other.
    lock = context.settings.home / "locks" / "sealing.lock"
    with workplace.locked(lock, "the sealing of another run", workplace.SEALING_PATIENCE):
        watch.on_stage("comparing")
        _catch_up(context)
        matches = compare(reading.articles, context.catalog)
        run = _run(place, asked, outcome, reading, matches)
        sealing.write_records(place, reading, matches, run)
        return _seal(context, place, watch)


def _catch_up(context: Context) -> None:
    """Know all that is sealed. A store that is away for now keeps nobody from capturing.

    Raises CatalogError, and other StoreErrors: those that waiting does not mend.
    """
    try:
        sealing.catch_up(context.store, context.catalog)
    except Unavailable:
        # Sealing meets the same trouble, says so, and the run waits in its work folder.
        context.catalog.last_seq()


def _seal(context: Context, place: Workplace, watch: Watch) -> Done:
    watch.on_stage("sealing")
    run, matches = sealing.read_run_folder(place)
    head = sealing.seal(place, context.store, context.catalog)
    return Done(run=run, log_entry=head.seq, head=head.sha256, matches=matches)


def _run(
    place: Workplace,
    asked: Asked,
    outcome: Outcome,
    reading: Reading,
    matches: Sequence[Match],
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
        versions={name: version(name) for name in VERSIONED}
        | {"python": platform.python_version()},
        config_digest=asked.config_digest,
        limits_reached=outcome.limits_reached,
    )


def _asked(
    context: Context,
    kind: Literal["archive", "follow", "import"],
    source: str,
    asked: Mapping[str, str | int | float | bool | None],
    config: Source | None,
) -> Asked:
    # Where things are kept may hold a password, and does not change what is captured.
    kept = msgspec.structs.replace(context.settings, home=Path(), store="", catalog="")
    digest = "sha256:" + sha256_hex(msgspec.json.encode([kept, config], enc_hook=str))
    return Asked(
        kind=kind, source=source, asked=dict(asked), started_at=now(), config_digest=digest
    )


def _write_asked(place: Workplace, asked: Asked) -> None:
    workplace.write_synced(place.job, msgspec.json.encode(asked))


def _write_known(context: Context, place: Workplace, source: str) -> None:
    """Tell the crawl which pages it knows; those first seen lately are due for another visit."""
    lately = days_before(now(), context.settings.revisit_days)
    with place.known.open("wb") as file:
        for page in context.catalog.known_pages(source):
            known = KnownPage(
                url=page.url,
                canonical_url=canonical_url(page.url),
                etag=page.etag,
                last_modified=page.last_modified,
                due=page.first_seen >= lately,
                seen=page.last_seen,
            )
            file.write(msgspec.json.encode(known) + b"\n")


def _job(context: Context, place: Workplace, **what: Any) -> Job:
    return Job(
        run=place.run,
        folder=place.sealing,
        settings=context.settings,
        sources=tuple(context.registry.sources.values()),
        **what,
    )
