"""How we behave towards hosts: who may be asked, how often, and what their robots.txt says.

Scrapy's AutoThrottle knows one delay for all hosts; here each host has the delay of its source, and
each port of a machine is a host of its own.
"""

import asyncio
import codecs
import ipaddress
import math
import os
import socket
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser

from config.registry import Politeness, Source
from config.settings import Settings
from spiders.guard import check_address
from spiders.wire import SETTING
from storage.httpfields import moment
from storage.identity import host
from storage.outlets import Outlets
from storage.records import FILES

MAX_DELAY = 60.0
"""Seconds between two requests that we back off to at most, whatever a host asks: at one page a
minute a run still ends within a day."""
LOOPBACK = Politeness(delay=0.05)  # a machine of one's own needs no second's rest
ROBOTS_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB must be read, and no more need be
BUSY = (429, 503)
MAX_BUSY = 5
"""Such answers in a row, after which a host is left to the next run: half a minute where the delay
doubles, five minutes where the host asks for MAX_DELAY each time."""


class NotAllowed(IgnoreRequest):
    """We may not ask for this. The message says who forbids it."""


class Unreachable(IgnoreRequest):
    """The host did not even give its robots.txt; `error` says why."""

    def __init__(self, error: Exception, url: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.url = url


class LeftAlone(IgnoreRequest):
    """The host is to be asked no more for now. The message says why."""


def politeness_of(sources: tuple[Source, ...]) -> dict[str, Politeness]:
    """By host, for all hosts that the source files name."""
    known: dict[str, Politeness] = {}
    for source in sources:
        urls = [source.homepage, source.api, *source.feeds, *source.sitemaps]
        for name in {host(url) for url in urls if url} | set(source.domains):
            known.setdefault(name, source.politeness)
            known.setdefault(f"www.{name}", source.politeness)
    return known


class PoliteMiddleware:
    """Gives each host its slot and delay, and labels what Scrapy itself asks for.

    It stands nearest to the network, so that robots.txt and redirects pass through it too.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._settings: Settings = crawler.settings["COPYTRAIL_SETTINGS"]
        sources = crawler.settings["COPYTRAIL_SOURCES"]
        self._outlets = Outlets(sources)
        self._known = politeness_of(sources)
        self._private: dict[str, bool] = {}
        self._resting: dict[str, float] = {}  # hosts that were busy: until when, time.monotonic()
        self._busy: Counter[str] = Counter()  # such answers in a row, each after a rest, by host
        self._left: dict[str, tuple[float, str]] = {}
        """Hosts that are left alone: until when, time.monotonic(), and why, in words."""
        self._proxies = getproxies_environment()
        crawler.settings[SETTING].refuse = self._refuse_left
        crawler.signals.connect(self._robots, signal=signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises NotAllowed where a public host is asked and nobody to contact is named, or a proxy
        is set for it; LeftAlone where a host asked for more rest than a run has."""
        name = host(request.url)
        self._refuse_left(request)
        await self._refuse_proxy(request.url)
        if not self._settings.contact and not await self._is_private(request.url):
            raise NotAllowed(
                f"{name} is a public host: set `contact` (COPYTRAIL_CONTACT, a mail address or "
                "URL that outlets can complain to) before real outlets are crawled"
            )
        if request.callback is NO_CALLBACK and "why" not in request.meta:
            request.meta.update(why="robots", route="live")
        if redirects := request.meta.get("redirect_urls"):
            why = request.meta.get("why")
            request.meta.update(why=why if why in FILES else "redirect", via=redirects[-1])
        request.meta.update(download_slot=name, source=self._outlets.key(request.url))
        if (went := request.meta.get("went")) is not None:
            went.append(request.url)
        known = self._known.get(name)
        if known is None:
            known = LOOPBACK if is_loopback(request.url) else Politeness()
            self._known[name] = known
        self._crawler.engine.downloader.per_slot_settings.setdefault(
            name, {"delay": known.delay, "concurrency": known.concurrency, "jitter": 0.0}
        )

    def process_response(self, request: Request, response: Response) -> Response:
        """Back off where the host is busy or slow, and come back step by step.

        429 and 503 double the delay, or take what Retry-After asks (RFC 9110 §10.2.3), up to
        MAX_DELAY. A host that asks for more is left alone until then, and one that is busy
        MAX_BUSY times in a row until the next run. Otherwise requests begin at least as far apart
        as the host takes to answer (AutoThrottle's rule), but for a machine of one's own; what was
        more comes down by half each time.
        """
        name = request.meta["download_slot"]
        slot = self._crawler.engine.downloader.slots.get(name)
        if slot is None:
            return response
        now = time.monotonic()  # the clock that Scrapy's slots go by
        base = self._crawler.engine.downloader.per_slot_settings[name]["delay"]
        if response.status in BUSY:
            asked = _retry_after(response)
            if self._leaves(name, asked):
                request.meta["dont_retry"] = True
                slot.delay = base  # those that wait for their turn are refused when it comes
                return response
            rest = min(max(slot.delay * 2, 1.0, asked), MAX_DELAY)
            self._resting[name] = max(self._resting.get(name, 0.0), now + rest)
            # The slot counts from the last request's start, the host from its answer.
            slot.delay = max(base, self._resting[name] - slot.lastseen)
        elif now >= self._resting.get(name, 0.0):  # answers that were under way shorten no rest
            latency = float(request.meta.get("download_latency") or 0.0)
            latency = 0.0 if base <= LOOPBACK.delay else latency
            wanted = max(latency, (slot.delay + latency) / 2)
            slot.delay = max(base, min(wanted, MAX_DELAY))
        if response.status not in BUSY:
            self._busy[name] = 0
        return response

    def _leaves(self, name: str, asked: float) -> bool:
        """Whether a busy host, which asked for that many seconds, is left alone from now on."""
        self._busy[name] += time.monotonic() >= self._resting.get(name, 0.0)
        if asked > MAX_DELAY:
            why = f"asked to be left alone for {asked:.0f} s (Retry-After)"
            self._left[name] = time.monotonic() + asked, why
        elif self._busy[name] >= MAX_BUSY:
            self._left[name] = math.inf, f"was too busy {MAX_BUSY} times in a row"
        return name in self._left

    def _refuse_left(self, request: Request) -> None:
        name = host(request.url)
        until, why = self._left.get(name, (0.0, ""))
        if time.monotonic() < until:
            raise LeftAlone(f"{name} {why}")

    async def _refuse_proxy(self, url: str) -> None:
        """Raises NotAllowed for a public host that the environment wants to be asked by a proxy.

        Asking it directly would show it an address that the user may want to hide, and behind a
        proxy the address check means nothing.
        """
        parts = urlsplit(url)
        name = parts.scheme if parts.scheme in self._proxies else "all"
        if name not in self._proxies or proxy_bypass_environment(parts.netloc, self._proxies):
            return
        if not await self._is_private(url, unknown=False):
            variable = next(one for one in os.environ if one.lower() == f"{name}_proxy")
            raise NotAllowed(
                f"{variable} is set, but captures need direct connections: behind a proxy nobody "
                f"knows which address answered. Unset it, or name {parts.hostname} in NO_PROXY, to "
                "connect directly"
            )

    def _robots(self, robotparser: RobotParser, request: Request) -> None:
        """Crawl-delay raises the delay. It is no part of RFC 9309, but outlets use it."""
        delay = robotparser.crawl_delay(self._settings.user_agent)
        downloader = self._crawler.engine.downloader
        name = host(request.url)
        if delay and (at := downloader.per_slot_settings.get(name)):
            at["delay"] = max(at["delay"], min(float(delay), MAX_DELAY))
            if name in downloader.slots:
                downloader.slots[name].delay = at["delay"]

    async def _is_private(self, url: str, unknown: bool = True) -> bool:
        """Whether all addresses of the host are private ones; `unknown` for a host that cannot be
        resolved. Such a one may be let through: connecting to it then says so."""
        name = urlsplit(url).hostname or ""
        if name not in self._private:
            loop = asyncio.get_running_loop()
            try:
                told = await loop.run_in_executor(None, socket.getaddrinfo, name, None)
                addresses = [str(one[4][0]) for one in told]
            except (OSError, UnicodeError):
                return unknown
            self._private[name] = not any(check_address(one, False) for one in addresses)
        return self._private[name]


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt by RFC 9309: what cannot be had for the host's own fault forbids everything."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: dict[str, Exception] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """What a host's robots.txt says, once it is there.

        Scrapy 2.19 lets all requests that come meanwhile wait for one Deferred; the first of them
        takes its result away, and the others went on as if there were no robots.txt (measured).
        """
        lock = self._asking.setdefault(urlsplit(request.url).netloc, asyncio.Lock())
        async with lock:
            found: RobotParser | None = await super().robot_parser(request)
            return found

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = response.body[:ROBOTS_BYTES]
        if body.startswith(
            (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        ):  # Windows editors' "Unicode"
            body = body.decode("utf-16", "replace").encode()
        # §2.3.1.4: undefined, so complete disallow. 429 is no word on robots.txt either.
        if response.status >= 500 or response.status == 429:
            body = b"User-agent: *\nDisallow: /\n"
        elif response.status >= 400:  # §2.3.1.3: unavailable, so all is allowed
            body = b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # §2.3.1.2: after that many redirects it may count as unavailable.
        lost = isinstance(exc, IgnoreRequest) and "max redirections" in str(exc)
        if not lost and not isinstance(exc, NotAllowed):
            self._unreachable[netloc] = exc
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises NotAllowed with the reason, and Unreachable (§2.3.1.4 again)."""
        if (error := self._unreachable.get(urlsplit(request.url).netloc)) is not None:
            raise Unreachable(error, request.url)
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise NotAllowed(
                f"robots.txt of {host(request.url)} forbids it (or answered with a server error)"
            ) from error


def is_loopback(url: str) -> bool:
    """Whether the address names this machine itself."""
    name = (urlsplit(url).hostname or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _retry_after(response: Response) -> float:
    return wanted_rest((response.headers.get("Retry-After") or b"").decode("latin-1"))


def wanted_rest(text: str) -> float:
    """Seconds that a Retry-After asks for; 0 where it is missing or cannot be read."""
    text = text.strip()
    if text.isdecimal():
        return float(text[:9])
    when = moment(text)
    return (when - datetime.now(UTC)).total_seconds() if when else 0.0
