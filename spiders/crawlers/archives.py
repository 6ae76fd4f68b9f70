"""Back over the past by what web archives have: asking them, and copies out of one.

An archive's trouble is never taken for an empty archive: whatever is not a sound answer is told,
and leaves its pages to the next backfill.
"""

import asyncio
from collections.abc import Mapping

from config.registry import Source
from spiders.crawlers import cdx
from spiders.crawlers.article import why_not
from spiders.crawlers.backfill import BackfillSpider
from spiders.crawlers.base import together
from spiders.crawlers.fetch import NO_HEADERS, Bounds, Reply
from spiders.crawlers.found import FoundPage, looks_like_article, merged
from spiders.job import KnownPage
from spiders.parsers.base import header
from spiders.politeness import BUSY, wanted_rest
from storage.httpfields import leads_to
from storage.identity import canonical_url, host, site
from storage.mementos import REPLAY
from storage.records import Article, Page

MAX_REST = 120.0
"""Seconds that an archive is waited for, when it asks for that. For longer it is left alone: the
next backfill goes on where this one ended."""
TRIES = 3
FIRST_REST = 2.0  # seconds after the first failure, without a word from the archive; then doubled
TROUBLED = (*BUSY, 500, 502, 504)
MOVED = (301, 302, 303, 307, 308)
MAX_MOVES = 5  # to the nearest capture, and through archived redirects


class ArchiveSpider(BackfillSpider):
    """Asks an archive, and stops asking once it is plain that it does not answer."""

    archive = "the archive"
    """Its name, for people."""

    def prepare(self) -> None:
        """Nothing is known of the archive's health yet."""
        super().prepare()
        self._ended = False

    def _has(self, page: FoundPage) -> bool:
        """An archive fills gaps: what anybody's capture shows already is not asked for."""
        known = self.known.get(canonical_url(page.url))
        return known is not None and not known.gone

    def outlets_of(self, source: Source) -> list[str]:
        """The sites whose pages are asked for."""
        return sorted({site(source.homepage), *source.domains})

    async def ask(
        self,
        url: str,
        *,
        why: str,
        via: str | None,
        accept: str = "*/*",
        bounds: Bounds | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Reply:
        """One question, again after a rest where the archive is busy or failed.

        Retry-After is obeyed (RFC 9110 §10.2.3). An archive that stays in trouble ends the route.
        """
        if self._ended:
            return Reply(url=url, error=f"left out, for {self.archive} does not answer")
        rest = FIRST_REST
        for number in range(1, TRIES + 1):
            reply = await self.fetcher.get(
                url, why=why, via=via, route=self.route, accept=accept, bounds=bounds,
                headers=headers, alone=True,
            )  # fmt: skip
            if not _is_trouble(reply):
                return reply
            asked = wanted_rest(header(reply.page, "retry-after")) if reply.page else 0.0
            if number == TRIES or reply.forbidden or asked > MAX_REST:
                break
            await asyncio.sleep(max(rest, asked))
            rest *= 2
        self._end(reply, asked)
        return reply

    def _end(self, reply: Reply, asked: float) -> None:
        """Ask for nothing more on this route."""
        if self._ended:
            return
        self._ended = True
        self.reporter.count("route_ended")
        later = f"; it asks to be left alone for {asked:.0f} s" if asked else ""
        left = f", {len(self._queue)} pages that waited were left out" if self._queue else ""
        self._queue.clear()
        self.reporter.problem(
            f"{self.archive} does not answer: {why_not(reply)}{later}{left}. The next backfill "
            "goes on from here",
            reply.url,
        )

    async def _document(self, url: str, via: str | None) -> Reply:
        return await self.ask(url, why="discovery", via=via)

    def _lists_nothing(self, why: str, reply: Reply) -> bool:
        if reply.page is None:
            return self._ended  # told already
        return self._ended or (reply.status == 404 and cdx.says_none(reply.page))

    def _pages_of(self, source: Source, found: list[FoundPage]) -> list[FoundPage]:
        """The articles among the addresses of a site, each once: an index has all that it was ever
        asked for."""
        if source.articles.include:
            return merged(found)
        return merged(page for page in found if looks_like_article(page.url))

    def _is_within(self, page: FoundPage) -> bool:
        """The index was asked for captures of the window."""
        return True

    async def _want_files(self, page: Page, article: Article) -> None:
        """None: what a copy of then names is not what is there now."""


class WaybackSpider(ArchiveSpider):
    """Copies out of an archive that has a CDX server and `id_` replays: bodies as they came."""

    name = route = "backfill-wayback"
    archive = "the web archive"

    async def _find(self, source: Source) -> list[FoundPage]:
        index = self.job.settings.cdx_url
        found = await together(
            *(
                self._read(
                    cdx.wayback_url(index, outlet, self.window), "index", cdx.read, cdx.MAX_PAGES
                )
                for outlet in self.outlets_of(source)
            )
        )
        return self._pages_of(source, [page for pages in found for page in pages])

    async def _get(self, page: FoundPage, known: KnownPage | None) -> Reply:
        base = self.job.settings.wayback_url
        url, via = f"{base.rstrip('/')}/{page.archived}id_/{page.url}", page.via
        reply = await self.ask(url, why=page.why, via=via)
        for _ in range(MAX_MOVES):
            to = _moved_to(reply)
            # Never out of the archive: what lies there would be taken for a copy of then.
            if to is None or host(to) != host(base) or REPLAY.search(to) is None:
                break
            reply = await self.ask(to, why="redirect", via=reply.url)
        copied = reply.page.capture.memento_of if reply.page else None
        if reply.ok and copied is None:
            return Reply(url=reply.url, error="it came without Memento-Datetime, so it is no copy")
        if copied is not None and not self._admits(copied):
            return Reply(url=reply.url, error=f"its copy is of another site: {copied}")
        return reply

    def _missed(self, page: FoundPage, reply: Reply, known: bool) -> None:
        """A copy of a 404 is the outlet's word; a 404 without Memento-Datetime is the archive's."""
        if reply.page is not None and reply.page.capture.memento_of is None:
            reply = Reply(
                url=reply.url, error=f"the archive listed it, and then answered {reply.status}"
            )
        if not self._ended:
            super()._missed(page, reply, known)


def _is_trouble(reply: Reply) -> bool:
    if reply.page is None:
        return True
    # A copy of an error page of the outlet's is a copy.
    return reply.status in TROUBLED and reply.page.capture.memento_of is None


def _moved_to(reply: Reply) -> str | None:
    if reply.page is None or reply.status not in MOVED:
        return None
    location = header(reply.page, "location")
    return leads_to(reply.url, location) if location else None
