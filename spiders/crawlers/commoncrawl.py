"""Back over the past by Common Crawl, or a crawl that is published like it.

Its index says where in which WARC file a record lies; a range request fetches that gzip member
alone (https://commoncrawl.org/get-started). The exchange is archived as any; the record besides,
byte for byte, as the import that it is: with its own date, and a note of where it came from.
"""

import asyncio

from config.registry import Source
from spiders.crawlers import cdx
from spiders.crawlers.archives import ArchiveSpider
from spiders.crawlers.base import together
from spiders.crawlers.fetch import Bounds, Reply
from spiders.crawlers.found import FoundPage
from storage.identity import canonical_url
from storage.imported import imported
from storage.records import Article

MAX_RECORD = 8 * 1024 * 1024
"""Bytes of one packed record: Common Crawl cuts bodies at 1 MiB, since 2025 at 5 MiB."""


class CommonCrawlSpider(ArchiveSpider):
    """Records out of somebody else's WARC files, by ranges."""

    name = "backfill-commoncrawl"
    route = "import"
    archive = "Common Crawl"

    async def _find(self, source: Source) -> list[FoundPage]:
        reply = await self.ask(self.job.settings.commoncrawl_url, why="discovery", via=None)
        if reply.page is None or not reply.ok:
            if not self._ended:
                self.reporter.problem(f"the list of indexes gave HTTP status {reply.status}")
            return []
        try:
            apis = cdx.indexes(reply.page, self.window)
        except cdx.NotAnIndex as error:
            self.reporter.problem(str(error), reply.url)
            return []
        reads = [
            self._read(
                cdx.commoncrawl_url(api, outlet, self.window), "index", cdx.read, cdx.MAX_PAGES
            )
            for api in apis
            for outlet in self.outlets_of(source)
        ]
        found = [page for pages in await together(*reads) for page in pages]
        found.sort(key=lambda page: page.archived or "")  # the first capture of each page
        return self._pages_of(source, found)

    async def _fetch(self, page: FoundPage) -> Article | None:
        """Fetch the record's range, keep the record, and say whether it is an article.

        What its page credits is not followed here: an import only shows what was.
        """
        place = page.record
        if place is None or not 0 < place.length <= MAX_RECORD:
            self.reporter.problem("the index names no place that a record can lie at", page.url)
            return None
        last = place.offset + place.length - 1
        settings = self.job.settings
        reply = await self.ask(
            f"{settings.commoncrawl_data_url.rstrip('/')}/{place.file.lstrip('/')}",
            why="discovery",
            via=page.via,
            # A server that does not know ranges sends the whole file: it is cut off here.
            bounds=Bounds(
                max_bytes=MAX_RECORD, max_seconds=settings.max_exchange_seconds, unread=False
            ),
            headers={"Range": f"bytes={place.offset}-{last}"},
        )
        if reply.page is None or reply.status != 206 or len(reply.page.body) != place.length:
            if not self._ended:
                self.reporter.problem(f"no such range came: {_what(reply)}", page.url)
            return None
        where = f"{reply.url}#bytes={place.offset}-{last}"
        taken = self.reader.submit(
            imported, reply.page.body, page.url, where, settings.max_decoded_bytes, page.why
        )
        members, shown = await asyncio.wrap_future(taken)
        await self.fetcher.keep(members)
        self._seen.add(canonical_url(page.url))
        look = await self._look(Reply(url=page.url, page=shown, status=shown.capture.status))
        self._silent = 0
        read = look.article if look else None
        self.reporter.count("articles" if isinstance(read, Article) else "not_articles")
        return None


def _what(reply: Reply) -> str:
    size = f", {len(reply.page.body)} bytes" if reply.page else ""
    return reply.error or f"HTTP status {reply.status}{size}"
