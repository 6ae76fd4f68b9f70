"""The crawler of articles: find what a source offers, fetch it, follow what its pages claim."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

from config.registry import Listing, Source
from spiders.crawlers import api, feed, listing, sitemap
from spiders.crawlers.base import JobSpider, together
from spiders.crawlers.fetch import LimitReached, Reply
from spiders.crawlers.files import Files
from spiders.crawlers.found import FoundPage, Reading, admission, in_window, merged
from spiders.crawlers.originals import Originals
from spiders.job import Found, KnownPage, Progress
from spiders.pagekind import Wall
from spiders.reader import Look, Unreadable
from storage.identity import canonical_url, site
from storage.records import Article, NotAnArticle, Page, Route

FOLLOWERS = 4
"""Articles whose originals are looked for at once: they are at other hosts, each with its delay."""
GONE = (404, 410)
MAX_SILENT = 5
"""Pages in a row whose host cannot be reached, after which the rest is left to the next run: each
may take `max_exchange_seconds`."""
MAX_TOTAL = 100_000
"""Addresses kept of one feed, sitemap, API or listing with all its further documents: 40 MB."""


class ArticleSpider(JobSpider):
    """Kinds `archive`, `follow` and `recheck`."""

    name = "article"
    route: Route = "live"
    """Of pages that are not visited again, and of what is read to find them."""

    def prepare(self) -> None:
        """The frontier and the follower share what has been seen."""
        self._seen: set[str] = set()
        self._queue: deque[FoundPage] = deque()
        self._pages = 0
        self._silent = 0
        self._gate = asyncio.Semaphore(FOLLOWERS)
        self._following: set[asyncio.Future[None]] = set()
        self._files = Files(self.fetcher, self.reader, self.job.settings, self.reporter)
        self._originals = Originals(
            self.fetcher,
            self.outlets,
            self.job.settings,
            self.reporter,
            self.known,
            self._seen,
            self._article,
            self.read_found,
        )

    async def work(self) -> None:
        """Asked pages first, then the source's own, then due ones; originals all the while. The
        files of all these pages come last, so that no article is left out for a film's sake."""
        pages = [FoundPage(url=url, why="asked", via="") for url in self.job.urls]
        source = self.job.source
        if self.job.kind == "archive" and source is not None:
            pages += self._wanted(await self._find(source))
        if self.job.kind in ("archive", "recheck"):
            pages += [
                FoundPage(url=page.url, why="known", via="")
                for page in self.known.values()
                if page.due
            ]
        await self._visit_all(pages, source)

    async def _visit_all(self, pages: list[FoundPage], source: Source | None) -> None:
        for page in pages:
            if canonical_url(page.url) not in self._seen:
                self._seen.add(canonical_url(page.url))
                self._queue.append(page)
        workers = source.politeness.concurrency if source else FOLLOWERS
        try:
            await together(*(self._visit() for _ in range(workers)))
            while self._following:
                await asyncio.gather(*self._following)
            await self._files.fetch()
        finally:
            for task in self._following:
                task.cancel()

    # Find

    async def _find(self, source: Source) -> list[FoundPage]:
        """What the feeds, sitemaps, API and listings offer; one that fails is a problem."""
        self._admits = admission(source)
        max_bytes = self.job.settings.max_decoded_bytes
        listings = source.listings
        if not (source.feeds or source.sitemaps or source.api or listings):
            listings = (Listing(url=source.homepage),)
        jobs = [self._read(url, "feed", feed.read, 1) for url in source.feeds]
        if source.api:
            url = api.posts_url(source.api, 1, self.job.since, self.job.until)
            jobs.append(self._read(url, "api", api.read, api.MAX_PAGES))
        for one in listings:
            read: Callable[..., Reading] = partial(listing.read, listing=one)
            jobs.append(self._read(one.url, "listing", read, listing.MAX_PAGES))
        for url in source.sitemaps:
            read = partial(sitemap.read, max_bytes=max_bytes)
            jobs.append(self._read(url, "sitemap", read, sitemap.MAX_FILES))
        return merged([page for pages in await together(*jobs) for page in pages])

    async def _read(
        self, url: str, why: str, read: Callable[..., Reading], max_documents: int
    ) -> list[FoundPage]:
        """One feed, or one sitemap, API or listing with its further documents."""
        admits = self._admits
        found: list[FoundPage] = []
        queue: deque[tuple[str, str | None, int]] = deque([(url, None, 0)])
        asked: set[str] = {url}
        fresh = 0
        max_pages = self.job.settings.max_pages
        while queue and fresh < max_pages and len(found) < MAX_TOTAL:
            at, via, depth = queue.popleft()
            reply = await self._document(at, via)
            if reply.page is None or not reply.ok:
                if not self._lists_nothing(why, reply):
                    self.reporter.problem(f"{why} could not be read: {why_not(reply)}", at)
                if reply.unreachable:
                    break
                continue
            try:
                reading = await self.read_found(read, reply.page)
            except ValueError as error:  # a selector that is no CSS, an index that is none
                self.reporter.problem(str(error), at)
                continue
            admitted = [page for page in reading.found if admits(page.url)]
            found += admitted
            fresh += sum(self._is_new(page) for page in admitted)
            if reading.found and not admitted and why in ("feed", "api"):
                self.reporter.problem(_none_admitted(reading), at)
            self.reporter.emit(Found(where=at, why=why, count=len(admitted)))
            if self._is_past(why, admitted):
                break
            if why != "sitemap" or depth < sitemap.MAX_DEPTH:
                for further in reading.more:
                    if len(asked) >= max_documents:
                        break
                    if further not in asked and site(further) == site(url):
                        asked.add(further)
                        queue.append((further, at, depth + 1))
        return found

    async def _document(self, url: str, via: str | None) -> Reply:
        """One feed, sitemap, API page, listing or index."""
        return await self.fetcher.get(url, why="discovery", via=via, accept="*/*", route=self.route)

    def _lists_nothing(self, why: str, reply: Reply) -> bool:
        """Whether an answer other than 200 says that there is nothing in the window."""
        return False

    def _is_past(self, why: str, found: list[FoundPage]) -> bool:
        """Whether further documents can only list what lies before the window."""
        return False

    def _is_new(self, page: FoundPage) -> bool:
        """Not yet archived, and in the window as far as is known."""
        known = self.known.get(canonical_url(page.url))
        return (known is None or not known.ours) and in_window(page, self.job.since, self.job.until)

    def _wanted(self, found: list[FoundPage]) -> list[FoundPage]:
        """In the window, new or changed since we saw it; newest first.

        What a feed or a listing gives without a date stands there because it is new.
        """
        wanted = []
        for page in found:
            known = self.known.get(canonical_url(page.url))
            changed = known and known.seen and page.modified and page.modified > known.seen
            if not in_window(page, self.job.since, self.job.until):
                self.reporter.count("outside_window")
            elif known and known.ours and not known.due and not changed:
                self.reporter.count("known")
            else:
                wanted.append(page)
        return sorted(wanted, key=self._rank, reverse=True)

    def _rank(self, page: FoundPage) -> tuple[bool, str]:
        """New ones before those for another visit, so that a limit costs no new article."""
        undated = "9" if page.why in ("feed", "listing") else ""
        new = canonical_url(page.url) not in self.known
        return new, page.published or page.modified or undated

    # Fetch

    async def _visit(self) -> None:
        while self._queue:
            if self._pages >= self.job.settings.max_pages:
                self.reporter.limit("max_pages")
                return
            page = self._queue.popleft()
            self._pages += 1
            try:
                article = await self.contained(self._fetch(page), page.url)
            except LimitReached as limit:  # what the others have under way is still kept
                self.reporter.limit(str(limit))
                return
            self.reporter.emit(Progress(done=self._pages, queued=len(self._queue)))
            if article is not None and self.job.kind != "recheck":
                task = asyncio.ensure_future(self._follow(article))
                self._following.add(task)
                task.add_done_callback(self._following.discard)

    async def _follow(self, article: Article) -> None:
        async with self._gate:
            try:
                await self.contained(self._originals.follow(article), article.url)
            except LimitReached as limit:
                self.reporter.limit(str(limit))

    async def _fetch(self, page: FoundPage) -> Article | None:
        known = self.known.get(canonical_url(page.url))
        reply = await self._get(page, known)
        if reply.page is not None and reply.status == 304:
            self.reporter.count("unchanged")
            return None
        seen = await self._look(reply)
        if seen is not None and seen.wall:
            self._walled(page, seen.wall)
            return None
        if seen is None or not reply.ok:
            self._missed(page, reply, known is not None)
            return None
        self._silent = 0
        self._seen.add(canonical_url(reply.url))
        read = seen.article
        if isinstance(read, NotAnArticle):
            self.reporter.count("not_articles")
            if page.why == "asked":
                self.reporter.problem(f"no article found on the page: {read.reason}", page.url)
            return None
        self.reporter.count("articles")
        if reply.page is not None and read is not None and self.job.kind != "recheck":
            await self._want_files(reply.page, read)
        return read

    async def _get(self, page: FoundPage, known: KnownPage | None) -> Reply:
        route: Route = "recheck" if known and known.ours else self.route
        return await self.fetcher.get(page.url, why=page.why, via=page.via or None, route=route)

    def _walled(self, page: FoundPage, stands: Wall) -> None:
        """What came in the page's place is archived; the page was not. A soft 404 is the outlet's
        word, as a hard one is, but for a page that somebody asked for."""
        self._silent = 0
        self.reporter.count(stands.kind.replace("-", "_"))
        text = f"a {stands.kind} page came in its place ({stands.reason})"
        if stands.kind == "soft-404" and page.why != "asked":
            self.reporter.log("info", f"{text}: {page.url}")
        else:
            self.reporter.problem(text, page.url)

    def _missed(self, page: FoundPage, reply: Reply, known: bool) -> None:
        """A known page that is gone is a finding, and what robots.txt forbids is the outlet's
        word; the rest was not archived as asked."""
        self._silent = self._silent + 1 if reply.unreachable else 0
        if self._silent >= MAX_SILENT and self._queue:
            left = len(self._queue)
            self.reporter.problem(f"{reply.error}; {left} pages that waited were left out")
            self._queue.clear()
        if known and reply.status in GONE:
            self.reporter.count("gone")
            self.reporter.log("info", f"gone ({reply.status}): {page.url}")
        elif reply.forbidden and page.why != "asked":
            if not self.reporter.counts["forbidden"]:
                self.reporter.log("warning", f"{reply.error}: {page.url}")
            self.reporter.count("forbidden")
        else:
            self.reporter.problem(why_not(reply), page.url)

    async def _look(self, reply: Reply) -> Look | None:
        """What stands there; None where nothing came. Raises Unreadable."""
        if reply.page is None:
            return None
        return await asyncio.wrap_future(self.reader.look(reply.page, reply.ok))

    async def _article(self, reply: Reply) -> Article | None:
        """The article on a page that somebody named. What is too hard to read has none."""
        try:
            seen = await self._look(reply)
        except Unreadable as error:
            self.reporter.problem(str(error), reply.url)
            return None
        if seen is None or reply.page is None or not isinstance(seen.article, Article):
            return None
        await self._want_files(reply.page, seen.article)
        return seen.article

    async def _want_files(self, page: Page, article: Article) -> None:
        """Take note of the article's files, unless earlier runs had those of this version."""
        known = self.known.get(canonical_url(page.capture.url))
        if known is None or known.version != article.id or page.capture.why == "asked":
            source = self.outlets.by_url(page.capture.url) or self.job.source
            await self._files.want(page, article, source)


def _none_admitted(reading: Reading) -> str:
    sites = sorted({site(page.url) for page in reading.found})
    return (
        f"none of its {len(reading.found)} addresses (at {', '.join(sites[:3])}) is an article of "
        "the source: see `domains` and `articles` in its file"
    )


def why_not(reply: Reply) -> str:
    """In words, why there is no page."""
    if reply.error:
        return reply.error
    return f"HTTP status {reply.status}"
