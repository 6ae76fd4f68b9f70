"""The crawl child: `python -m spiders.child`. One job on stdin, events on stdout, logs on stderr.

It ends in good order when its work is done, when stdin closes (its parent has gone, however), or
on SIGTERM or SIGINT. Exit status:

    0  closed in order; the last event is `closed`, and says whether all was archived
    2  the job could not be read
    3  the crawl failed; stderr says why
    4  it was told to stop, did not within STOP_SECONDS, and ended itself
    5  no room for captures; what was captured before is kept

The parent's end is `flows.crawling`.
"""

import atexit
import gc
import logging
import os
import signal
import sys
import threading
import traceback
from typing import Any

import msgspec

from spiders.job import Job, decode_job
from spiders.report import CannotKeep, Reporter
from storage.identity import site

MAX_JOB_BYTES = 64 * 1024 * 1024
"""A job holds all source files: 10,000 of them, at 2 KiB, have a third of this."""
STOP_SECONDS = 20.0
"""From being told to stop to being gone. What is under way then is cut off at the socket; the
records that were written are whole."""

BAD_JOB, FAILED, STUCK, FULL = 2, 3, 4, 5
ARTICLES = ("archive", "follow", "recheck")
"""Kinds of jobs that fetch articles."""


def main() -> int:
    """Run the job on stdin; the result is the exit status."""
    atexit.register(gc.freeze)  # the end frees all memory; no need to look for cycles in it
    events = _own_stdout()
    try:
        job = decode_job(sys.stdin.buffer.readline(MAX_JOB_BYTES))
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError, ValueError) as error:
        print(f"crawl child: the job on stdin cannot be read: {error}", file=sys.stderr)
        return BAD_JOB
    reporter = Reporter(events)
    try:
        reason = _crawl(job, reporter)
    except CannotKeep as error:
        print(error, file=sys.stderr)
        return FULL
    except Exception:
        traceback.print_exc()
        return FAILED
    if reason == "failed":
        return FAILED
    reporter.emit(reporter.closed(reason))
    return 0


def _own_stdout() -> int:
    """A descriptor for events. Whatever else writes to stdout ends up on stderr."""
    events = os.dup(1)
    os.dup2(2, 1)
    return events


def _crawl(job: Job, reporter: Reporter) -> str:
    # Scrapy takes most of a second to import; a job that cannot be read is told of before that.
    # Nothing that is imported becomes garbage, and to look for it takes a quarter of the time.
    gc.disable()
    # First, for it looks through the stack and all that is imported to learn who imports it: a
    # quarter of the imports' time where it comes last.
    import scrapy.core.downloader.contextfactory  # noqa: F401
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from spiders.crawlers.base import JobSpider
    from spiders.settings import job_settings
    from spiders.wire import Wiring, wire_settings
    from storage.warc import WarcWriter

    kind: type[JobSpider] = _spider(job)
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    folder = job.folder / "warc"
    folder.mkdir(parents=True, exist_ok=True)
    settings.setdict(job_settings(job), priority="cmdline")
    limits = job.settings
    with (
        WarcWriter(
            folder, job.run, rotate_bytes=limits.warc_rotate_bytes, warcinfo=_warcinfo(job)
        ) as writer,
        Wiring(
            writer,
            allow_private=limits.allow_private_addresses,
            max_body_bytes=limits.max_body_bytes,
            max_exchange_seconds=limits.max_exchange_seconds,
            max_decoded_bytes=limits.max_decoded_bytes,
            source=job.source.id if job.source else "",
            unverified_sites=_unverified(job),
        ) as wiring,
    ):
        settings.setdict(wire_settings(wiring), priority="cmdline")
        process = CrawlerProcess(settings)
        # Scrapy warns at each start that redirects come without a Referer, which is as we want it.
        logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)
        crawler = process.create_crawler(kind)
        gc.freeze()
        gc.enable()
        done = process.crawl(crawler, job=job, reporter=reporter)
        failures: list[Any] = []
        done.addErrback(failures.append)
        _stop_when_told(crawler)
        process.start(install_signal_handlers=False)
        if wiring.broken is not None:
            raise CannotKeep(str(wiring.broken))
    return _outcome(crawler.spider, failures)


def _spider(job: Job) -> Any:
    """Who does the work; nobody else is imported, for the sake of the start."""
    via = job.backfill.via if job.backfill is not None else None
    if via == "wayback":
        from spiders.crawlers.archives import WaybackSpider

        return WaybackSpider
    if via == "commoncrawl":
        from spiders.crawlers.commoncrawl import CommonCrawlSpider

        return CommonCrawlSpider
    if via == "site":
        from spiders.crawlers.backfill import SiteSpider

        return SiteSpider
    if job.kind in ARTICLES:
        from spiders.crawlers.article import ArticleSpider

        return ArticleSpider
    from spiders.discover import DiscoverSpider

    return DiscoverSpider


def _unverified(job: Job) -> frozenset[str]:
    """Sites whose source file says that their certificate is broken."""
    found: set[str] = set()
    for source in (*job.sources, *((job.source,) if job.source else ())):
        if not source.verify_tls:
            found |= {site(source.homepage), *source.domains}
    return frozenset(found)


def _warcinfo(job: Job) -> dict[str, str]:
    """What stands at the head of each WARC file (WARC 1.1 §6.2, Annex B)."""
    return {
        "software": job.settings.user_agent.partition(" ")[0],
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "classic",
        "http-header-user-agent": job.settings.user_agent,
        "isPartOf": job.run,
    }


def _outcome(spider: Any, failures: list[Any]) -> str:
    for failure in failures:
        failure.printTraceback(file=sys.stderr)
    if failures or spider is None:
        return "failed"
    if spider.failure is not None:
        traceback.print_exception(spider.failure)
        return "failed"
    return "stopped" if spider.stopped else "finished"


def _stop_when_told(crawler: Any) -> None:
    """Stop on the end of stdin and on signals; for certain within STOP_SECONDS."""
    from twisted.internet import reactor

    told = threading.Event()

    def stop(*_: Any) -> None:
        if told.is_set():
            return
        told.set()
        timer = threading.Timer(STOP_SECONDS, os._exit, (STUCK,))
        timer.daemon = True
        timer.start()
        reactor.callFromThread(lambda: crawler.spider and crawler.spider.stop())

    def watch() -> None:
        # The parent says nothing more; all that can come is the end.
        while os.read(0, 4096):
            pass
        stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=watch, name="stdin", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
