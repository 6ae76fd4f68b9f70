"""Following a page's claims: fetch the original that it names, or look for it by its headline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from config.registry import Listing
from config.settings import Settings
from spiders.crawlers import api, feed, listing, sitemap
from spiders.crawlers.fetch import Fetcher, Reply
from spiders.crawlers.found import FoundPage, Reading
from spiders.crawlers.leads import Lead, is_home, leads
from spiders.crawlers.titles import SIMILAR, overlap, query, similarity, slug_similarity
from spiders.job import KnownPage
from spiders.report import Reporter
from storage.identity import canonical_url, host, untracked
from storage.outlets import Outlets
from storage.records import Article, Page

MAX_HOPS = 3
"""A → B → C → D: the longest chain that we met had two copies before the page."""
MAX_LOOKUPS = 6
"""Requests by which one original is searched for: API, search page, two feeds, two sitemaps."""
API = "wp-json/wp/v2/"
PASSAGES = 2
"""Paragraphs that an API is asked for, where the headline was changed; two more requests."""
SHARED = 0.15
"""Share of the shorter text that makes a page found by a passage the original: an excerpt's."""


@dataclass
class Lookup:
    """One search at one outlet, and how much of it is left."""

    article: Article
    lead: Lead
    left: int = MAX_LOOKUPS
    tried: set[str] = field(default_factory=set)
    has_api: bool = False


class Originals:
    """Follows claims within one run; `seen` is shared with whoever else fetches pages."""

    def __init__(
        self,
        fetcher: Fetcher,
        outlets: Outlets,
        settings: Settings,
        reporter: Reporter,
        known: dict[str, KnownPage],
        seen: set[str],
        article: Callable[[Reply], Awaitable[Article | None]],
        read: Callable[..., Awaitable[Reading]],
    ) -> None:
        self._fetcher = fetcher
        self._outlets = outlets
        self._settings = settings
        self._reporter = reporter
        self._known = known
        self._seen = seen
        self._article = article
        self._read = read
        self._dead: set[str] = set()
        self._taken: dict[str, asyncio.Future[bool]] = {}
        """Whether an address that was followed gave an article, by canonical URL."""

    async def follow(self, article: Article, hops: int = 0) -> None:
        """Fetch the originals that the article names, and theirs. Raises LimitReached."""
        for lead in leads(article, self._outlets):
            if self._reporter.counts["follows"] >= self._settings.max_follows:
                self._reporter.limit("max_follows")
                return
            self._reporter.count("follows")
            had, original = await self._by_link(article, lead)
            if not had:
                had, original = await self._by_search(article, lead)
            self._reporter.count("originals_found" if had else "originals_not_found")
            if not had:
                self._reporter.log(
                    "info", f"{article.url}: no original found at {lead.name}, which it names"
                )
            if original is not None and hops + 1 < MAX_HOPS:
                await self.follow(original, hops + 1)

    async def _by_link(self, article: Article, lead: Lead) -> tuple[bool, Article | None]:
        for url in map(untracked, lead.urls[:3]):
            if host(url) in self._dead:
                continue
            if self._is_at_hand(url):
                return True, None
            had, original = await self._take(url, "claim", article.url)
            if had:
                return True, original
        return False, None

    async def _by_search(self, article: Article, lead: Lead) -> tuple[bool, Article | None]:
        if lead.homepage is None or host(lead.homepage) in self._dead:
            return False, None
        lookup = Lookup(article, lead)
        tried: set[str] = set()
        async for page in self._candidates(lookup):
            if not self._is_new(page.url, lead.homepage, tried):
                continue
            if self._is_at_hand(page.url):
                return True, None
            had, original = await self._take(page.url, "search", article.url)
            if had and (original is None or _is_of(article, original)):
                return True, original
            if len(tried) >= 2:  # the best two; further ones are ever less like it
                break
        return await self._by_passage(lookup, lead.homepage, tried)

    async def _by_passage(
        self, lookup: Lookup, home: str, tried: set[str]
    ) -> tuple[bool, Article | None]:
        """Ask the API for posts with the words of a long paragraph: headlines get changed."""
        article = lookup.article
        lookup.left = PASSAGES if lookup.has_api else 0
        longest = sorted(article.paragraphs, key=len, reverse=True)
        for paragraph in longest[:PASSAGES]:
            url = api.search_url(_api_root(lookup), query(paragraph), 5)
            page = await self._look(lookup, url, "application/json")
            reading = await self._read(api.read, page, why="search") if page else Reading()
            for found in reading.found[:2]:
                if not self._is_new(found.url, home, tried) or self._is_at_hand(found.url):
                    continue  # what is at hand is compared anyway
                had, original = await self._take(found.url, "search", article.url)
                if had and original is not None and _is_of(article, original):
                    return True, original
        return False, None

    def _is_new(self, url: str, home: str, tried: set[str]) -> bool:
        """Whether a search result is on the outlet's site and was not yet looked at; now it is."""
        key = canonical_url(url)
        if key in tried or not self._outlets.same(url, home):
            return False
        tried.add(key)
        return True

    def _is_at_hand(self, url: str) -> bool:
        """Fetched or queued by the crawl of the source, or archived before and not due."""
        key = canonical_url(url)
        if key in self._taken:
            return False
        known = self._known.get(key)
        return key in self._seen or (known is not None and not known.due)

    async def _take(self, url: str, why: str, via: str) -> tuple[bool, Article | None]:
        """Whether the address gives an article; the article, for the first who asks."""
        key = canonical_url(url)
        if key in self._taken:
            return await self._taken[key], None
        told = self._taken[key] = asyncio.get_running_loop().create_future()
        had, original = False, None
        try:
            had, original = await self._fetch(url, why, via)
        finally:
            told.set_result(had)
        return had, original

    async def _fetch(self, url: str, why: str, via: str) -> tuple[bool, Article | None]:
        reply = await self._fetcher.get(url, why=why, via=via, route="follow")
        self._note_dead(reply)
        if reply.status == 304:
            return True, None
        if reply.page is None or not reply.ok or is_home(reply.url):
            return False, None  # many sites send dead links to their front page
        self._seen.add(canonical_url(reply.url))
        read = await self._article(reply)
        if read is None:
            return False, None
        self._reporter.count("articles")
        return True, read

    def _note_dead(self, reply: Reply) -> None:
        """A host that could not be reached is not tried again in this run."""
        if reply.unreachable:
            self._dead.add(host(reply.url))

    async def _candidates(self, lookup: Lookup) -> AsyncIterator[FoundPage]:
        """Pages of the outlet with the same headline, the best of each place first."""
        title = lookup.article.title
        async for reading in self._places(lookup):
            scored = [
                (max(similarity(title, page.title or ""), slug_similarity(title, page.url)), page)
                for page in reading.found
            ]
            good = [pair for pair in scored if pair[0] >= SIMILAR]
            for _, page in sorted(good, key=lambda pair: pair[0], reverse=True):
                yield page

    async def _places(self, lookup: Lookup) -> AsyncIterator[Reading]:
        """Where an outlet tells of its articles: API, search page, feeds, sitemaps."""
        home = (lookup.lead.homepage or "").rstrip("/") + "/"
        words = query(lookup.article.title)
        if not words:
            return
        source = lookup.lead.source
        asked = api.search_url(_api_root(lookup), words)
        if page := await self._look(lookup, asked, "application/json"):
            lookup.has_api = api.is_list(page)
            yield await self._read(api.read, page, why="search")
        by_words = Listing(url=home + "?" + urlencode({"s": words}))
        if page := await self._look(lookup, by_words.url):
            yield await self._read(listing.read, page, listing=by_words, why="search")
        for url in (source.feeds if source and source.feeds else (home + "feed/",))[:2]:
            if page := await self._look(lookup, url):
                yield await self._read(feed.read, page, why="search")
        maps = list(source.sitemaps if source and source.sitemaps else (home + "sitemap.xml",))
        while maps and lookup.left > 0:
            if page := await self._look(lookup, maps.pop(0)):
                most = self._settings.max_decoded_bytes
                reading = await self._read(sitemap.read, page, max_bytes=most, why="search")
                maps = list(reading.more) + maps
                yield reading

    async def _look(self, lookup: Lookup, url: str, accept: str = "*/*") -> Page | None:
        if lookup.left <= 0 or url in lookup.tried or host(url) in self._dead:
            return None
        lookup.left -= 1
        lookup.tried.add(url)
        via = lookup.article.url
        reply = await self._fetcher.get(
            url, why="discovery", via=via, route="follow", accept=accept
        )
        self._note_dead(reply)
        return reply.page if reply.ok else None


def _api_root(lookup: Lookup) -> str:
    """As the source file gives it; elsewhere where WordPress has it by default."""
    source = lookup.lead.source
    home = (lookup.lead.homepage or "").rstrip("/") + "/"
    return (source.api if source else "") or home + API


def _is_of(copy: Article, original: Article) -> bool:
    """Whether a page that was found is the original of the copy: by its headline or its text."""
    if similarity(original.title, copy.title) >= SIMILAR:
        return True
    return overlap(original.text, copy.text) >= SHARED
