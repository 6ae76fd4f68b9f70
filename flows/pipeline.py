"""The way of the data, once through: crawl or import, read, compare, seal.

Plain functions: the Prefect flows and the command line both call these.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from config.registry import Source
from flows import importing, workplace
from flows.context import Context
from flows.crawling import CrawlFailed, crawl
from flows.duties import Due
from flows.finishing import QUIET, Asked, Done, Outcome, Watch, catch_up, finish, kept
from flows.knowing import known_pages
from flows.workplace import Workplace
from spiders.job import Job, KnownPage
from storage import warc
from storage.identity import canonical_url, now, sha256_hex
from storage.records import Problem
from storage.warcstream import WarcError


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
    catch_up(context, watch)
    asked = asked_for(context, "archive", source.id, {"since": since, "until": until}, source)
    locks = context.settings.home / "locks"
    with (
        workplace.locked(locks / f"{source.id}.lock", f"source {source.id}") as source_lock,
        workplace.new(context.settings.home) as place,
    ):
        write_asked(place, asked)
        write_known(place, known_pages(context, source.id, source))
        job = job_of(context, place, source=source, since=since, until=until, known=place.known)
        with kept(place):
            outcome = crawled(job, watch, (place.lock, source_lock))
            return finish(context, place, asked, outcome, watch)


def follow(context: Context, url: str, *, watch: Watch = QUIET) -> Done:
    """Archive one page, find and archive its original, and seal both. Errors as `archive`."""
    catch_up(context, watch)
    key = context.outlets.key(url)
    asked = asked_for(context, "follow", key, {"url": url}, None)
    with workplace.new(context.settings.home) as place:
        write_asked(place, asked)
        source = context.outlets.by_url(url)
        write_known(place, known_pages(context, key, source))
        job = job_of(context, place, kind="follow", source=source, urls=(url,), known=place.known)
        with kept(place):
            outcome = crawled(job, watch, (place.lock,))
            return finish(context, place, asked, outcome, watch)


def recheck(context: Context, urls: Sequence[str], *, watch: Watch = QUIET) -> Done:
    """Fetch archived pages again, whatever they are now, and seal what came. Nothing is followed.
    Errors as `archive`."""
    catch_up(context, watch)
    asked = asked_for(context, "recheck", "recheck", {"pages": len(urls)}, None)
    with workplace.new(context.settings.home) as place:
        write_asked(place, asked)
        asked_pages = (KnownPage(url=url, canonical_url=canonical_url(url)) for url in urls)
        write_known(place, asked_pages)
        job = job_of(context, place, kind="recheck", urls=tuple(urls), known=place.known)
        with kept(place):
            outcome = crawled(job, watch, (place.lock,))
            return finish(context, place, asked, outcome, watch)


def revisit(
    context: Context, source: Source, pages: Sequence[Due], *, watch: Watch = QUIET
) -> Done:
    """Fetch pages again that are a source's duty and due, conditionally, and seal what came; no
    feed is read, and nothing is followed. Errors as `archive`.
    """
    catch_up(context, watch)
    asked = asked_for(context, "recheck", source.id, {"pages": len(pages)}, source)
    locks = context.settings.home / "locks"
    with (
        workplace.locked(locks / f"{source.id}.lock", f"source {source.id}") as source_lock,
        workplace.new(context.settings.home) as place,
    ):
        write_asked(place, asked)
        due = frozenset(one.page for one in pages)
        write_known(place, known_pages(context, source.id, source, due))
        job = job_of(context, place, kind="recheck", source=source, known=place.known)
        with kept(place):
            outcome = crawled(job, watch, (place.lock, source_lock))
            return finish(context, place, asked, outcome, watch)


def import_file(context: Context, path: Path, *, watch: Watch = QUIET) -> Done:
    """Take a WARC file in as it is, and read and match what it holds. Errors as `archive`.

    A damaged file is archived, too, and read as far as it goes; the run is then `partial`. Raises
    also ImportRefused where the file changes meanwhile, OSError where it cannot be copied.
    """
    catch_up(context, watch)
    digest = importing.digest(path)
    what = {"file": path.name, "sha256": digest}
    asked = asked_for(context, "import", "import", what, None)
    with workplace.new(context.settings.home) as place:
        write_asked(place, asked)
        try:
            importing.take_in(path, place.warcs, place.run, context.settings, digest)
            outcome = Outcome()
        except WarcError as error:
            outcome = Outcome(problems=(Problem(what=f"{error}. What stands before it was read."),))
        except (OSError, importing.ImportRefused):
            place.remove()  # the file is still where it was
            raise
        except warc.WarcFull as error:
            place.remove()
            raise importing.ImportRefused(str(error)) from error
        with kept(place):
            return finish(context, place, asked, outcome, watch)


def crawled(job: Job, watch: Watch, locks: tuple[int, ...]) -> Outcome:
    """Have the crawl child do the job, whatever comes of it. `locks` last until it has gone."""
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


def asked_for(
    context: Context,
    kind: Literal["archive", "backfill", "follow", "import", "reading", "recheck"],
    source: str,
    asked: Mapping[str, str | int | float | bool | None],
    config: Source | Sequence[Source] | None,
) -> Asked:
    """What a run is asked for, with a digest of the settings and sources that it rests on."""
    # Where things are kept may hold a password, and does not change what is captured.
    kept = msgspec.structs.replace(context.settings, home=Path(), store="", catalog="")
    digest = "sha256:" + sha256_hex(msgspec.json.encode([kept, config], enc_hook=str))
    return Asked(
        kind=kind, source=source, asked=dict(asked), started_at=now(), config_digest=digest
    )


def write_asked(place: Workplace, asked: Asked) -> None:
    """Note it in the work folder, before anything else."""
    workplace.write_synced(place.job, msgspec.json.encode(asked))


def write_known(place: Workplace, pages: Iterable[KnownPage]) -> None:
    """Tell the crawl of pages of earlier runs."""
    with place.known.open("wb") as file:
        for known in pages:
            file.write(msgspec.json.encode(known) + b"\n")


def job_of(context: Context, place: Workplace, **what: Any) -> Job:
    """A job in this work folder, with what all jobs are told."""
    return Job(
        run=place.run,
        folder=place.sealing,
        settings=context.settings,
        sources=tuple(context.registry.sources.values()),
        **what,
    )
