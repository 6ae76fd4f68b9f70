"""Back over the past by the outlet's own lists: sitemaps, API, listings and pages of a day."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from config.registry import Listing, Source
from spiders.crawlers import api, listing, sitemap
from spiders.crawlers.article import GONE, ArticleSpider
from spiders.crawlers.base import together
from spiders.crawlers.fetch import Reply
from spiders.crawlers.found import FoundPage, admission, merged
from spiders.crawlers.windows import SLACK, Span, Window, dated, day_of
from spiders.job import KnownPage
from storage.identity import canonical_url

MAX_LISTED = 1000
"""Pages of one listing: twenty articles each, 20,000 in all; at one a second, 17 minutes."""
MAX_DAY = 20  # pages of one day's list: 400 articles


class BackfillSpider(ArticleSpider):
    """What all routes back have in common: a window of days, and what is there already."""

    name = ""
    """Each route has its own; without one it is no spider of its own to Scrapy."""

    def prepare(self) -> None:
        """The window of the job, whose both ends are days."""
        super().prepare()
        first, last = day_of(self.job.since), day_of(self.job.until)
        if first is None or last is None:
            raise ValueError("a backfill needs a window of days")
        self.window = Window(first, last)

    async def work(self) -> None:
        """The pages of the window that are not archived yet."""
        source = self.job.source
        if source is None:
            raise ValueError("a backfill needs a source")
        self._admits = admission(source)
        await self._visit_all(self._wanted(await self._find(source)), source)

    async def _visit_all(self, pages: list[FoundPage], source: Source | None) -> None:
        try:
            await super()._visit_all(pages, source)
        finally:
            self.reporter.count("pages", self._pages)

    def _has(self, page: FoundPage) -> bool:
        """Whether it need not be fetched."""
        known = self.known.get(canonical_url(page.url))
        return known is not None and known.ours

    def _is_new(self, page: FoundPage) -> bool:
        return not self._has(page) and self._is_within(page)

    def _wanted(self, found: list[FoundPage]) -> list[FoundPage]:
        """In the window, and not archived yet; in the order in which they were found."""
        wanted = []
        for page in found:
            if not self._is_within(page):
                self.reporter.count("outside_window")
            elif self._has(page):
                self.reporter.count("known")
            else:
                wanted.append(page)
        return wanted

    def _is_within(self, page: FoundPage) -> bool:
        """Whether the page may belong to the window. What nothing dates is taken: once, for then
        it is known."""
        span = _span(page)
        return span is None or self.window.overlaps(span)

    def _missed(self, page: FoundPage, reply: Reply, known: bool) -> None:
        """What is gone since is a finding: old lists name such pages."""
        super()._missed(page, reply, known or reply.status in GONE)


class SiteSpider(BackfillSpider):
    """The outlet itself."""

    name = route = "backfill-site"

    async def _find(self, source: Source) -> list[FoundPage]:
        ways = self.job.backfill.ways if self.job.backfill else ()
        jobs = []
        if "sitemap" in ways:
            most = self.job.settings.max_decoded_bytes
            read = partial(sitemap.read, max_bytes=most, window=self.window)
            jobs += [self._read(url, "sitemap", read, sitemap.MAX_FILES) for url in source.sitemaps]
        if "api" in ways and source.api:
            # The API compares its outlet's local time; what it gives too much has its own date.
            since, until = self.window.since - SLACK, self.window.until + SLACK
            url = api.posts_url(source.api, 1, since.isoformat(), until.isoformat())
            jobs.append(self._read(url, "api", api.read, api.MAX_PAGES))
        if "listing" in ways:
            for one in source.listings:
                lists = partial(listing.read, listing=one)
                jobs.append(self._read(one.url, "listing", lists, MAX_LISTED))
        if "day" in ways:
            jobs += [self._read_day(source, day) for day in self._days()]
        return merged([page for pages in await together(*jobs) for page in pages])

    def _days(self) -> Iterator[date]:
        day = self.window.since
        while day <= self.window.until:
            yield day
            day += timedelta(days=1)

    async def _read_day(self, source: Source, day: date) -> list[FoundPage]:
        parts = {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
        url = source.day_pages
        for name, value in parts.items():
            url = url.replace("{" + name + "}", value)
        lists = partial(listing.read, listing=Listing(url=url))
        return await self._read(url, "day page", lists, MAX_DAY)

    def _lists_nothing(self, why: str, reply: Reply) -> bool:
        """WordPress and others answer 404 for a day on which nothing was published."""
        return why == "day page" and reply.status in GONE

    def _is_past(self, why: str, found: list[FoundPage]) -> bool:
        """Lists have the newest first: from a page that is all from before the window, on."""
        spans = [_span(page) for page in found]
        return why == "listing" and bool(spans) and all(self.window.is_after(one) for one in spans)

    async def _get(self, page: FoundPage, known: KnownPage | None) -> Reply:
        return await self.fetcher.get(
            page.url, why=page.why, via=page.via or None, route=self.route
        )


def _span(page: FoundPage) -> Span | None:
    """The days that a page may be of: as its outlet dates it, by its address, by its last change.

    A page that was changed after the window may have been published in it; only its address or the
    API could tell. It is left out: else the window of a week would bring years of edited pages.
    """
    if day := day_of(page.published):
        return day, day
    if span := dated(page.url):
        return span
    if day := day_of(page.modified):
        return day, day
    return None
