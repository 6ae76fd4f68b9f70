"""What the crawlers share: a Scrapy spider whose whole work is one coroutine.

Looking for an original asks, reads, and asks again; as a coroutine that reads as it happens. Every
request still goes through Scrapy's downloader and its middlewares.
"""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Self, TypeVar

import scrapy
from scrapy.crawler import Crawler

from spiders.crawlers.fetch import Fetcher, LimitReached
from spiders.crawlers.found import Reading
from spiders.job import Job, KnownPage, Started, read_known
from spiders.reader import Reader, Unreadable
from spiders.report import CannotKeep, Reporter
from storage.outlets import Outlets
from storage.records import Page

T = TypeVar("T")


class JobSpider(scrapy.Spider, ABC):
    """Runs `work` for one job, until it ends or `stop` is called."""

    job: Job
    reporter: Reporter
    fetcher: Fetcher
    reader: Reader
    outlets: Outlets
    known: dict[str, KnownPage]
    """By canonical URL."""
    failure: BaseException | None = None
    """What ended `work` before its time."""
    stopped = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Takes `job` and `reporter`. Raises OSError or msgspec.DecodeError for `job.known`."""
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        job = spider.job
        spider.known = read_known(job.known)
        spider.outlets = Outlets(job.sources + ((job.source,) if job.source else ()))
        spider.fetcher = Fetcher(crawler, job.settings, spider.reporter, spider.known)
        spider.reader = Reader(spider.outlets, job.settings)
        spider.prepare()
        return spider

    def prepare(self) -> None:
        """Set up what the crawler needs besides."""

    @abstractmethod
    async def work(self) -> None:
        """The crawl."""

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's door. It yields nothing: `work` does all."""
        self.reporter.emit(Started(run=self.job.run, pid=os.getpid()))
        self._task = asyncio.ensure_future(self.work())
        watch = asyncio.ensure_future(self.fetcher.watch_memory())
        try:
            await asyncio.wait({self._task})
        finally:
            watch.cancel()
            self._task.cancel()
            self.reader.close()
        if not self._task.cancelled():
            self.failure = self._task.exception()
        if isinstance(self.failure, LimitReached):
            self.reporter.limit(str(self.failure))
            self.failure = None
        nothing: tuple[Any, ...] = ()
        for one in nothing:
            yield one

    def stop(self) -> None:
        """Ask for no more and end in good order; to be called in the reactor's thread."""
        self.stopped = True
        self._stopping = asyncio.ensure_future(self._stop())

    async def _stop(self) -> None:
        await self.fetcher.stop()
        if (task := getattr(self, "_task", None)) is not None:
            task.cancel()

    async def read_found(self, read: Callable[..., Reading], page: Page, **named: Any) -> Reading:
        """What a feed, sitemap, API or listing offers; nothing, and a problem, where it cannot be
        read. Raises listing.SelectorError."""
        try:
            return await asyncio.wrap_future(self.reader.submit(read, page, **named))
        except Unreadable as error:
            self.reporter.problem(str(error), page.capture.url)
            return Reading()

    async def contained(self, work: Coroutine[Any, Any, T], url: str) -> T | None:
        """Run the work on one page. What fails there is a problem of that page alone; its result
        is then None. Raises what ends a crawl: LimitReached, CannotKeep."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        error = task.exception()
        if isinstance(error, LimitReached | CannotKeep):
            raise error
        if isinstance(error, Unreadable):
            self.reporter.problem(str(error), url)
            return None
        if error is not None:
            self.reporter.problem(f"could not be read: {type(error).__name__}: {error}", url)
            return None
        return task.result()


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    """The results of all. When one raises, the others are cancelled first, and awaited."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
