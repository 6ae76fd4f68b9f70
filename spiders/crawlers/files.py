"""The files that articles ask for: media, and what a page takes to look right.

They are wished for while articles are read, and fetched when no article waits any more: films and
sounds first, for stories are about them. Each address is asked for once in a run.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from config.registry import Source
from config.settings import Settings
from spiders.crawlers.base import together
from spiders.crawlers.fetch import Bounds, Fetcher, Reply
from spiders.parsers import media, requisites
from spiders.reader import Reader, Unreadable
from spiders.report import Reporter
from storage.identity import host
from storage.records import Article, Page, Route

HOSTS = 8
"""Hosts that are asked at once; each has its own delay, and one connection at a time."""
MEDIA_AT_ONCE = 2
"""Films under way at once, for each may take `max_medium_bytes` beyond the run's bytes."""
MAX_SILENT = 3
"""Files in a row that a host did not give, after which the rest of its files is left out."""
MAX_IMPORTS = 2
"""Stylesheets that import others that import others: as deep as we have seen."""
GONE = (404, 410)
HTML = ("text/html", "application/xhtml+xml")


class Wish(Struct, frozen=True, kw_only=True):
    """One file to fetch."""

    url: str
    why: Literal["medium", "requisite"]
    via: str
    route: Route
    style: bool = False
    depth: int = 0
    """Imports between the page and this stylesheet."""


class Files:
    """The files of one run."""

    def __init__(
        self, fetcher: Fetcher, reader: Reader, settings: Settings, reporter: Reporter
    ) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._settings = settings
        self._reporter = reporter
        self._wished: set[str] = set()
        self._waiting: dict[str, dict[str, deque[Wish]]] = {"medium": {}, "requisite": {}}
        """By why, then by host."""
        self._silent: Counter[str] = Counter()
        self._failed: dict[str, list[str]] = {}
        """What went wrong with the requisites of each host, in words."""

    async def want(self, page: Page, article: Article, source: Source | None) -> None:
        """Take note of what the page's source file asks for; `source` is that of the crawl where
        the page belongs to none."""
        if source is None:
            return
        via, route = page.capture.url, page.capture.route
        for url in media.files(article.media, source.media):
            self._wish(Wish(url=url, why="medium", via=via, route=route))
        if source.requisites == "page":
            for one in await self._read(requisites.of_page, page):
                wish = Wish(url=one.url, why="requisite", via=via, route=route, style=one.style)
                self._wish(wish)

    async def _read(
        self, read: Callable[[Page], list[requisites.Requisite]], page: Page
    ) -> list[requisites.Requisite]:
        """What a page or stylesheet asks for; what is too hard to read is a problem."""
        try:
            return await asyncio.wrap_future(self._reader.submit(read, page))
        except Unreadable as error:
            self._reporter.problem(str(error), page.capture.url)
            return []

    def _wish(self, wish: Wish) -> None:
        if wish.url in self._wished:
            return
        if len(self._wished) >= self._settings.max_files:
            self._reporter.limit("max_files")
            return
        self._wished.add(wish.url)
        self._waiting[wish.why].setdefault(host(wish.url), deque()).append(wish)

    async def fetch(self) -> None:
        """Fetch all that was wished for. Raises LimitReached, CannotKeep."""
        try:
            for why, at_once in (("medium", MEDIA_AT_ONCE), ("requisite", HOSTS)):
                waiting = self._waiting[why]
                while waiting:  # stylesheets ask for more
                    gate = asyncio.Semaphore(at_once)
                    await together(*(self._from_host(name, gate, waiting) for name in [*waiting]))
        finally:
            self._tell()

    async def _from_host(
        self, name: str, gate: asyncio.Semaphore, waiting: dict[str, deque[Wish]]
    ) -> None:
        async with gate:
            queue = waiting[name]
            while queue:
                await self._take(queue.popleft())
                if self._silent[name] >= MAX_SILENT and queue:
                    left = len(queue)
                    self._reporter.problem(
                        f"{left} files at {name}, which is silent, were left out"
                    )
                    queue.clear()
            del waiting[name]

    async def _take(self, wish: Wish) -> None:
        medium = wish.why == "medium"
        reply = await self._fetcher.get(
            wish.url,
            why=wish.why,
            via=wish.via,
            route=wish.route,
            accept="text/css,*/*;q=0.1" if wish.style else "*/*",
            bounds=Bounds(
                max_bytes=self._limit(wish),
                max_seconds=self._settings.max_medium_seconds
                if medium
                else self._settings.max_exchange_seconds,
                unread=not wish.style,
            ),
        )
        name = host(wish.url)
        self._silent[name] = self._silent[name] + 1 if reply.unreachable else 0
        if reply.status == 304:
            self._reporter.count("files_unchanged")
        elif reply.forbidden:
            self._forbidden(wish, reply)
        elif reply.page is None:
            self._not_had(wish, reply.error or "no answer")
        elif not reply.ok or (medium and reply.page.capture.mime in HTML):
            self._answered_otherwise(wish, reply, reply.page)
        else:
            self._reporter.count("media" if medium else "requisites")
            if wish.style and wish.depth <= MAX_IMPORTS:
                await self._wish_more(wish, reply.page)

    def _limit(self, wish: Wish) -> int:
        limits = self._settings
        return limits.max_medium_bytes if wish.why == "medium" else limits.max_requisite_bytes

    async def _wish_more(self, wish: Wish, page: Page) -> None:
        for one in await self._read(requisites.of_style, page):
            if not one.style or wish.depth < MAX_IMPORTS:
                more = Wish(
                    url=one.url,
                    why="requisite",
                    via=page.capture.url,
                    route=wish.route,
                    style=one.style,
                    depth=wish.depth + one.style,
                )
                self._wish(more)

    def _forbidden(self, wish: Wish, reply: Reply) -> None:
        """What robots.txt forbids is the host's word, as for pages."""
        if not self._reporter.counts["files_forbidden"]:
            self._reporter.log("warning", f"{reply.error}: {wish.url}")
        self._reporter.count("files_forbidden")

    def _answered_otherwise(self, wish: Wish, reply: Reply, page: Page) -> None:
        """The answer is archived. That a file is gone is a finding; what else keeps a story's film
        from us is a problem, and a page can do without one of its pictures."""
        if wish.why == "requisite":
            self._reporter.count("requisites_missing")
            return
        self._reporter.count("media_missing")
        if reply.status in GONE:
            self._reporter.log("info", f"medium gone ({reply.status}): {wish.url}")
        elif reply.ok:
            self._reporter.problem(f"a page came in the place of a medium of {wish.via}", wish.url)
        else:
            what = f"medium of {wish.via} not archived: HTTP status {page.capture.status}"
            self._reporter.problem(what, wish.url)

    def _not_had(self, wish: Wish, error: str) -> None:
        """No answer, or one that was cut."""
        if wish.why == "requisite":
            self._reporter.count("requisites_missing")
            self._failed.setdefault(host(wish.url), []).append(f"{error} ({wish.url})")
            return
        self._reporter.count("media_missing")
        self._reporter.problem(f"medium of {wish.via} not archived whole: {error}", wish.url)

    def _tell(self) -> None:
        """One problem a host: hundreds of pictures fail alike where a host does."""
        for name, errors in self._failed.items():
            count = len(errors)
            files = "1 file" if count == 1 else f"{count} files"
            self._reporter.problem(f"{files} of pages at {name} not archived whole: {errors[0]}")
