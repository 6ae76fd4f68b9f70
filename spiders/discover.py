"""Look at a site: what does it offer, which source file suits it, and does a source file work."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import urljoin

import msgspec
from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from config.registry import Listing, Politeness, Source
from spiders import markup
from spiders.crawlers import api, feed, listing, sitemap
from spiders.crawlers.base import JobSpider
from spiders.crawlers.fetch import Reply
from spiders.crawlers.found import FoundPage, Reading, absolute, admission
from spiders.homepage import (
    MAX_LINKED,
    addresses,
    api_link,
    api_name,
    feed_links,
    home_of,
    language,
    outlet_name,
    slug,
)
from spiders.job import Discovered, Finding
from spiders.politeness import LOOPBACK, is_loopback
from spiders.reader import Unreadable
from storage.identity import host, site
from storage.records import Page

FEED_PLACES = ("feed/", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml")
SITEMAP_PLACES = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
MAX_KEPT = 3
MIN_LISTED = 3  # fewer links are no list of articles


class DiscoverSpider(JobSpider):
    """Kinds `discover` and `check`."""

    name = "discover"

    def prepare(self) -> None:
        """Count the sites of the articles that feeds and API name."""
        self._named: Counter[str] = Counter()

    async def work(self) -> None:
        """Look, and tell what was seen as findings."""
        if self.job.kind == "check" and self.job.source is not None:
            await self._check(self.job.source)
        else:
            await self._discover(self.job.urls[0])

    # Discover

    async def _discover(self, address: str) -> None:
        reply = await self._first(addresses(address))
        if reply.page is None or not reply.ok:
            why = reply.error or f"HTTP status {reply.status}"
            self._say("site", reply.url, False, why)
            self.reporter.problem(why, reply.url)
            return
        page = reply.page
        home = home_of(reply.url)
        if home != reply.url:
            again = await self._get(home)
            page = again.page if again.ok and again.page is not None else page
        tree = markup.tree(page)
        self._say("site", home, True, f"answers ({len(page.body):,} bytes)")
        robots = await self._robots(home)
        root_url, wp_name = await self._api(home, page, tree)
        feeds, feed_about = await self._feeds(home, tree)
        sitemaps = await self._sitemaps(home, robots)
        name = outlet_name(tree, wp_name, feed_about, home)
        source = Source(
            id=self._id(home, name),
            name=name,
            homepage=home,
            language=language(tree, feed_about),
            feeds=feeds,
            sitemaps=sitemaps,
            api=root_url,
            politeness=LOOPBACK if is_loopback(home) else Politeness(),
        )
        source = msgspec.structs.replace(source, domains=self._elsewhere(home))
        if not (sitemaps or root_url):
            source = await self._with_listing(source, page)
        self.reporter.emit(Discovered(source=source))

    async def _first(self, urls: Iterable[str]) -> Reply:
        reply = Reply(url="", error="no address given")
        for url in urls:
            reply = await self._get(url)
            if reply.ok:
                break
        return reply

    async def _api(self, home: str, page: Page, tree: LexborHTMLParser) -> tuple[str, str | None]:
        """Root of the REST API, up to `/wp/v2/`, and the site's name there; "" without one."""
        announced = api_link(page, tree)
        at = announced or urljoin(home, "wp-json/")
        told = await self._get(at, "application/json")
        name = None
        if told.page is not None and told.ok:
            name = api_name(told.page)
        elif not announced:
            return "", None
        posts = at.rstrip("/") + "/wp/v2/"
        reply = await self._get(api.posts_url(posts), "application/json")
        if reply.page is not None and reply.ok and api.is_api(reply.page):
            self._say_read("api", posts, (await self.read_found(api.read, reply.page)).found)
            return posts, name
        self._say("api", posts, False, _why_not(reply, "no list of posts"))
        return "", name

    async def _feeds(
        self, home: str, tree: LexborHTMLParser
    ) -> tuple[tuple[str, ...], feed.FeedAbout | None]:
        announced = feed_links(tree, home)
        kept: list[str] = []
        first: feed.FeedAbout | None = None
        for url in announced or [urljoin(home, place) for place in FEED_PLACES]:
            reply = await self._get(url)
            about = await self._about(reply)
            if reply.page is not None and about is not None and about.version:
                self._say_read("feed", url, (await self.read_found(feed.read, reply.page)).found)
                first = first or about
                kept.append(url)
            elif announced:
                self._say("feed", url, False, _why_not(reply, "not a feed"))
            if len(kept) >= (MAX_KEPT if announced else 1):
                break
        return tuple(kept), first

    async def _sitemaps(self, home: str, robots: str) -> tuple[str, ...]:
        lines = re.findall(r"^\s*sitemap\s*:\s*(\S+)", robots, re.IGNORECASE | re.MULTILINE)
        announced = [url for line in lines if (url := absolute(home, line))]
        announced = [url for url in dict.fromkeys(announced) if site(url) == site(home)]
        kept: list[str] = []
        for url in announced[:MAX_LINKED] or [urljoin(home, place) for place in SITEMAP_PLACES]:
            reply = await self._get(url)
            reading = await self._sitemap(reply)
            if reading.found or reading.more:
                count = f"{len(reading.more)} further sitemaps" if reading.more else ""
                self._say_read("sitemap", url, reading.found, count)
                kept.append(url)
            elif announced:
                self._say("sitemap", url, False, _why_not(reply, "no addresses in it"))
            if len(kept) >= (MAX_KEPT if announced else 1):
                break
        return tuple(kept)

    async def _about(self, reply: Reply) -> feed.FeedAbout | None:
        if reply.page is None or not reply.ok:
            return None
        try:
            return await asyncio.wrap_future(self.reader.submit(feed.about, reply.page))
        except Unreadable as error:
            self.reporter.problem(str(error), reply.url)
            return None

    async def _sitemap(self, reply: Reply) -> Reading:
        if reply.page is None or not reply.ok:
            return Reading()
        most = self.job.settings.max_decoded_bytes
        return await self.read_found(sitemap.read, reply.page, max_bytes=most)

    def _elsewhere(self, home: str) -> tuple[str, ...]:
        """Another site where most of the articles are that its own feed and API name: a machine
        under its other name (localhost for 127.0.0.1), or an outlet that has moved."""
        if not self._named:
            return ()
        (most, count), *_ = self._named.most_common(1)
        if most == site(home) or count * 2 <= self._named.total():
            return ()
        self._say("site", home, True, f"its articles are at {most}, so that is in `domains`")
        return (most,)

    async def _with_listing(self, source: Source, page: Page) -> Source:
        """A feed has the newest only, and some sites have none: then the home page lists."""
        one = Listing(url=source.homepage)
        admits = admission(source)
        reading = await self.read_found(listing.read, page, listing=one)
        found = [each for each in reading.found if admits(each.url)]
        if len(found) < MIN_LISTED:
            if not source.feeds:
                self._say("listing", one.url, False, "no feed, sitemap, API or list of articles")
            return source
        self._say_read("listing", one.url, found)
        return msgspec.structs.replace(source, listings=(one,))

    def _id(self, home: str, name: str) -> str:
        """The domain's first label; for a machine without a name of its own, the outlet's."""
        label = site(home).partition(":")[0]
        is_name = "." in label and not re.fullmatch(r"[\d.]+", label)
        wish = slug(label.partition(".")[0] if is_name else name) or slug(host(home)) or "outlet"
        taken = {one.id for one in self.job.sources if site(one.homepage) != site(home)}
        ids = [wish, *(f"{wish[:58]}-{number}" for number in range(2, 1000))]
        return next(one for one in ids if one not in taken)

    # Check

    async def _check(self, source: Source) -> None:
        reply = await self._get(source.homepage)
        self._say("site", source.homepage, reply.ok, _why_not(reply, "answers"))
        await self._robots(source.homepage)
        admits = admission(source)
        reads: list[tuple[str, str, str, Callable[..., Reading]]] = [
            ("feed", url, url, feed.read) for url in source.feeds
        ]
        if source.api:
            reads.append(("api", source.api, api.posts_url(source.api), api.read))
        limit = self.job.settings.max_decoded_bytes
        for url in source.sitemaps:
            reads.append(("sitemap", url, url, partial(sitemap.read, max_bytes=limit)))
        for one in source.listings:
            reads.append(("listing", one.url, one.url, partial(listing.read, listing=one)))
        for what, named, url, read in reads:
            reply = await self._get(url)
            if reply.page is None or not reply.ok:
                self._say(what, named, False, _why_not(reply, ""))
                continue
            try:
                reading = await self.read_found(read, reply.page)
            except listing.SelectorError as error:
                self._say(what, named, False, str(error))
                continue
            found = [page for page in reading.found if admits(page.url)]
            more = what == "sitemap" and reading.more
            self._say_read(
                what, named, found, f"{len(reading.more)} further sitemaps" if more else ""
            )

    # Both

    async def _get(self, url: str, accept: str = "*/*") -> Reply:
        return await self.fetcher.get(url, why="discovery", accept=accept)

    async def _robots(self, home: str) -> str:
        """Tell what robots.txt says; its text, "" where there is none."""
        url = urljoin(home, "/robots.txt")
        reply = await self._get(url)
        if reply.page is None or not reply.ok:
            self._say("robots", url, not reply.error, _why_not(reply, "") + ": all is allowed")
            return ""
        text = reply.page.body[:512_000].decode("utf-8-sig", "replace")
        rules = Protego.parse(text)
        agent = self.job.settings.user_agent
        allowed = rules.can_fetch(home, agent)
        delay = rules.crawl_delay(agent)
        detail = "allows the home page" if allowed else "forbids the home page"
        self._say("robots", url, allowed, detail + (f", Crawl-delay {delay:g} s" if delay else ""))
        return text

    def _say(self, what: str, url: str, ok: bool, detail: str) -> None:
        self.reporter.emit(Finding(what=what, url=url, ok=ok, detail=detail))

    def _say_read(self, what: str, url: str, found: Iterable[FoundPage], besides: str = "") -> None:
        pages = list(found)
        if what in ("api", "feed"):
            self._named.update(site(page.url) for page in pages)
        dates = [date for page in pages if (date := page.published or page.modified)]
        parts = [f"{len(pages)} articles"] if pages or not besides else []
        parts += [besides] if besides else []
        parts += [f"newest {max(dates)[:10]}"] if dates else []
        self._say(what, url, bool(pages or besides), ", ".join(parts))


def _why_not(reply: Reply, otherwise: str) -> str:
    if reply.error:
        return reply.error
    return otherwise if reply.ok else f"HTTP status {reply.status}"
