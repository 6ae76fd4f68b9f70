"""One exchange through Scrapy's downloader, with the run's limits, told to the parent."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

from config.settings import Settings
from spiders.job import Fetched, KnownPage
from spiders.politeness import LeftAlone, NotAllowed, Unreachable
from spiders.report import CannotKeep, Reporter
from spiders.wire import SETTING, Wiring
from spiders.wire_tap import describe
from storage.identity import canonical_url, host
from storage.records import Capture, Page, Route
from storage.warc import WarcFull

# On loopback, 16 connections bring 100 MB in this time; on the web hardly ever 10.
WATCH_SECONDS = 0.1
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
STOP_SECONDS = (
    10.0  # writing what was cut takes a tenth of a second; the child ends itself after 20
)


class Reply(Struct, frozen=True, kw_only=True):
    """What came of one request, redirects followed."""

    url: str
    """The address that answered."""
    page: Page | None = None
    status: int | None = None
    error: str | None = None
    """In words, where no page came."""
    forbidden: bool = False
    """We may not ask for it (robots.txt, a public host without `contact`)."""

    unreachable: bool = False
    """The host refused, let us wait, or has no address: asking again soon will not help."""

    @property
    def ok(self) -> bool:
        """Whether there is a page to read."""
        return self.page is not None and self.status == 200


class Bounds(Struct, frozen=True, kw_only=True):
    """How much one answer may be, where it is not as a page's."""

    max_bytes: int
    max_seconds: float
    unread: bool
    """Whether the body is archived only: the reply's page is then empty. A second try is not made
    either: a long film that breaks off would come three times."""


class LimitReached(Exception):
    """The run may fetch no more. The message is the setting's name."""


class Fetcher:
    """The crawl's only way to the network."""

    def __init__(
        self,
        crawler: Crawler,
        settings: Settings,
        reporter: Reporter,
        known: dict[str, KnownPage],
    ) -> None:
        self._crawler = crawler
        self._wiring: Wiring = crawler.settings[SETTING]
        self._settings = settings
        self._reporter = reporter
        self._known = known
        self._full = self._stopped = False

    async def get(
        self,
        url: str,
        *,
        why: str,
        via: str | None = None,
        route: Route = "live",
        accept: str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        bounds: Bounds | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        alone: bool = False,
    ) -> Reply:
        """Fetch one address; a known page conditionally. Errors are in the reply. `alone`: this one
        exchange, without redirects and second tries.

        Raises LimitReached when the run's bytes or memory are used up, CannotKeep when nothing
        can be written.
        """
        self._check_limits()
        if self._stopped:
            await asyncio.Future()  # to be cancelled
        headers = {"Accept": accept, "Accept-Language": "*", **headers}
        if why != "asked":  # who asks for a page wants it, and its original
            headers |= self._conditions(url)
        went: list[str] = []  # one list for a request and its redirects
        meta: dict[str, Any] = {"why": why, "via": via, "route": route, "went": went}
        if alone:
            meta |= {"dont_redirect": True, "dont_retry": True}
        if bounds is not None:
            meta |= {
                "max_body_bytes": bounds.max_bytes,
                "download_timeout": bounds.max_seconds,
                "unread": bounds.unread,
                "dont_retry": True,
            }
        try:
            request = Request(url, headers=headers, meta=meta, dont_filter=True)
        except ValueError as error:
            return self._failed(url, why, error, url)
        # Whatever goes wrong in an exchange ends that exchange only, so errors come as values.
        (came,) = await asyncio.gather(
            self._crawler.engine.download_async(request), return_exceptions=True
        )
        if isinstance(came, asyncio.CancelledError):
            raise came
        if self._wiring.broken is not None:
            raise CannotKeep(str(self._wiring.broken))
        if isinstance(came, NotAllowed):
            return Reply(url=url, error=str(came), forbidden=True)
        if isinstance(came, Unreachable):
            return self._failed(url, why, came.error, came.url)
        if isinstance(came, BaseException):
            return self._failed(url, why, came, went[-1] if went else url)
        return self._answered(came, why)

    async def keep(self, members: bytes) -> None:
        """Put gzip members that were made elsewhere into the run's WARC. Raises CannotKeep."""
        write = partial(self._wiring.writer.copy, BytesIO(members), len(members), stay=True)
        try:
            await asyncio.get_running_loop().run_in_executor(self._wiring.thread, write)
        except (WarcFull, OSError) as fault:
            raise CannotKeep(str(fault)) from fault

    def _answered(self, response: Response, why: str) -> Reply:
        capture: Capture | None = response.meta.get("capture")
        size = capture.body_bytes if capture else len(response.body)
        self._reporter.count("fetched")
        self._reporter.count("bytes", size)
        self._reporter.emit(Fetched(url=response.url, status=response.status, bytes=size, why=why))
        if capture is None:
            return Reply(url=response.url, error="the exchange was not captured")
        page = Page(capture=capture, headers=_headers(response), body=response.body)
        return Reply(url=response.url, page=page, status=response.status)

    def _failed(self, url: str, why: str, error: BaseException, where: str) -> Reply:
        """`where` is the address that failed: `url`, or what it led to."""
        self._reporter.count("failed")
        self._reporter.emit(Fetched(url=url, status=None, bytes=0, why=why))
        name = host(where)
        if isinstance(error, LeftAlone):
            return Reply(url=url, error=str(error), unreachable=name == host(url))
        if words := unreachable(error):
            said = f"cannot reach {name}: {words}"
            return Reply(url=url, error=said, unreachable=name == host(url))
        # Twisted's own words would be a list of failures.
        said = describe(error) if isinstance(error, DownloadFailedError) else str(error)
        text = " ".join(said.split())[:300]
        if "certificate verify failed" in text or "VerificationError" in text:
            return Reply(
                url=url,
                error=f"{name} has no valid certificate ({text}). If that is known of it, write "
                "`verify_tls: false` into its source file; its captures will say so",
            )
        return Reply(url=url, error=f"could not be fetched: {text or type(error).__name__}")

    def _conditions(self, url: str) -> dict[str, str]:
        """RFC 9110 §13.1: the server may answer 304 where nothing changed."""
        known = self._known.get(canonical_url(url))
        if known is None or known.url != url:
            return {}
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in conditions.items() if value}

    async def watch_memory(self) -> None:
        """For as long as the crawl lasts: when its memory is used up, what is under way is cut
        and kept, and nothing more is asked for."""
        while True:
            if resident_bytes() >= self._settings.max_crawl_memory:
                self._full = True
                self._reporter.limit("max_crawl_memory")
                self._wiring.stop("the crawl's memory was used up (max_crawl_memory)")
            await asyncio.sleep(WATCH_SECONDS)

    async def stop(self) -> None:
        """Ask for nothing more, cut what is under way, and see it archived."""
        self._stopped = True
        self._wiring.stop("the crawl was stopped")
        until = time.monotonic() + STOP_SECONDS
        while self._wiring.under_way and time.monotonic() < until:
            await asyncio.sleep(0.02)

    def _check_limits(self) -> None:
        if self._wiring.body_bytes >= self._settings.max_run_bytes:
            raise LimitReached("max_run_bytes")
        if self._full or resident_bytes() >= self._settings.max_crawl_memory:
            raise LimitReached("max_crawl_memory")


def unreachable(error: BaseException) -> str:
    """In words, why a host cannot be reached; "" for an error of another kind."""
    text = f"{type(error).__name__} {error}"
    for part, words in (
        ("ConnectionRefused", "connection refused"),
        ("CannotResolve", "its name cannot be resolved"),
        ("Timeout", "no complete answer in time"),
        ("NoRoute", "no route to it"),
    ):
        if part in text:
            return words
    return ""


def resident_bytes() -> int:
    """Memory that this process holds; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(fields[1]) * 4096  # Linux pages on all machines that we know


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, values in response.headers.items():
        pairs += [(_text(name), _text(value)) for value in values]
    return tuple(pairs)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
