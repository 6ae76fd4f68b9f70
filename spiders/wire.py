"""The only door to a capture: Scrapy's download handler that archives each exchange exactly.

How a crawl uses it: merge `wire_settings(wiring)` into the Scrapy settings. A request may
carry `why`, `via`, `route` and `source` in its `meta`; without them robots.txt requests get the why
`robots`, redirects get `redirect` and the URL before as via, and the rest comes from the Wiring.
`max_body_bytes` in `meta` is the limit for that request alone; with `unread` its body is archived,
and Scrapy gets an empty one, so that a film need not fit into memory.
The Capture is in `response.meta["capture"]`, and after a failure in `failure.request.meta`; it is
on disk before Scrapy sees either. Where a download took several exchanges it is the last one.

A body that is too long, or a head, is cut, kept, marked and not given to Scrapy
(DownloadCancelledError, which is not retried); so is one that took too long (DownloadTimeoutError).

Proxies are refused: behind one, the address that we connect to says nothing about where the request
goes, so the address guard would mean nothing. Variables such as `http_proxy` are not used, and a
warning says so.
"""

import asyncio
import logging
import os
from asyncio import CancelledError
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self
from urllib.parse import urldefrag, urlsplit

from msgspec import structs
from scrapy import Request
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import deferred_from_coro
from twisted.web import _newclient as newclient
from twisted.web.client import HTTPConnectionPool
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from spiders.wire_protocol import tap_factory
from spiders.wire_tap import HEADER, Tap, Taps, WireError
from storage.exchange import Exchange
from storage.identity import site
from storage.records import FILES, Capture, Route
from storage.warc import WarcFull, WarcWriter, no_room

__all__ = ["WireError", "WireHandler", "Wiring", "wire_settings"]

SETTING = "COPYTRAIL_WIRING"
PRIVATE = (
    (HTTPConnectionPool, "_factory"),
    (newclient.Request, "writeTo"),
    (newclient.HTTP11ClientProtocol, "_finishResponse"),
    (newclient.HTTP11ClientProtocol, "_giveUp"),
    (newclient.HTTP11ClientProtocol, "_disconnectParser"),
    (newclient.HTTP11ClientProtocol, "_parser"),
    (newclient.HTTP11ClientProtocol, "_state"),
    (newclient.HTTP11ClientProtocol, "_currentRequest"),
    (newclient.HTTPClientParser, "MAX_LENGTH"),
)
"""What the tap rests on that Twisted does not promise."""

# Codings that every WARC tool can read. Scrapy would ask for br and zstd, too: few readers know
# zstd, and warcio 1.8.1 crashes on br. Servers that send them all the same are understood.
ACCEPT_ENCODING = b"gzip, deflate"

# Characters of an address that may be asked for: what RFC 9110 §4.1 wants everybody to be able to
# take. A redirect may name longer ones; as WARC-Target-URI they are more than tools read.
MAX_URL = 8000

logger = logging.getLogger(__name__)


class Wiring:
    """What the handler needs to know; one for a crawl. Leaving it, as a context manager, waits for
    what is being written; then the writer may be closed."""

    def __init__(
        self,
        writer: WarcWriter,
        *,
        allow_private: bool = False,
        max_body_bytes: int,
        max_exchange_seconds: float,
        max_decoded_bytes: int,
        source: str = "",
        route: Route = "live",
        unverified_sites: frozenset[str] = frozenset(),
    ) -> None:
        """`unverified_sites`, as `identity.site` writes them, need no valid certificate."""
        self.writer = writer
        self.allow_private = allow_private
        self.max_body_bytes = max_body_bytes
        self.max_exchange_seconds = max_exchange_seconds
        self.max_decoded_bytes = max_decoded_bytes
        self.source = source
        self.route = route
        self.unverified_sites = unverified_sites
        self.thread = ThreadPoolExecutor(1, "warc")
        """Where exchanges are written, one after the other."""
        self.body_bytes = 0
        """Of all exchanges that were written, cut and failed ones too."""
        self.taps: list[Taps] = []
        """One of each handler: http and https."""
        self.under_way = 0
        """Downloads that have begun and are not archived yet."""
        self.stopped = ""
        """Why nothing more is to be fetched, in words."""
        self.refuse: Callable[[Request], None] = lambda request: None
        """Asked before each download, once its turn has come; raises what forbids it."""
        self.broken: Exception | None = None
        """Why nothing can be written any more."""

    def stop(self, why: str) -> None:
        """Fetch no more, and cut what is under way; what came of it is kept. `why` in words."""
        self.stopped = self.stopped or why
        for taps in self.taps:
            taps.stop(why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.thread.shutdown()

    def __deepcopy__(self, memo: dict[int, object]) -> "Wiring":
        return self  # Scrapy copies its settings; an open file cannot be copied


def wire_settings(wiring: Wiring) -> dict[str, Any]:
    """The Scrapy settings that belong to the wire.

    Raises WireError where Twisted is not as the tap needs it: then nothing may be crawled.
    """
    check_twisted()
    handler = "spiders.wire.WireHandler"
    others = dict.fromkeys(("data", "file", "ftp", "s3"))
    return {
        SETTING: wiring,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, **others},
        "DOWNLOAD_TIMEOUT": wiring.max_exchange_seconds,
        # For Scrapy this is the limit on unpacked bodies; the wire has its own for raw ones.
        "DOWNLOAD_MAXSIZE": wiring.max_decoded_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "HTTPPROXY_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,  # it executes Python that is sent to it
        "TELNETCONSOLE_ENABLED": False,
        "HTTPCACHE_ENABLED": False,  # an answer from a cache is no exchange
        "RETRY_ENABLED": True,
        "RETRY_TIMES": 2,
    }


def check_twisted() -> None:
    """Raises WireError if a private part of Twisted that the tap rests on is missing."""
    missing = [f"{owner.__name__}.{name}" for owner, name in PRIVATE if not hasattr(owner, name)]
    if missing:
        raise WireError(
            f"This Twisted lacks {', '.join(missing)}, without which exchanges cannot be kept "
            "exactly. Install the locked versions: make install"
        )


class WireHandler(HTTP11DownloadHandler):
    """Downloads as Scrapy's own handler does, and archives what passed over the wire."""

    def __init__(self, crawler: Crawler) -> None:
        check_twisted()
        super().__init__(crawler)
        wiring = crawler.settings[SETTING]
        if not isinstance(wiring, Wiring):
            raise WireError(f"{SETTING} is not set: merge wire_settings() into the settings")
        self._wiring = wiring
        self._default_maxsize = self._default_warnsize = 0
        self._taps = Taps(wiring.allow_private)
        wiring.taps.append(self._taps)
        self._pool._factory = tap_factory(self._pool._factory, self._taps)
        self._contextFactory: Any = _Policy(self._contextFactory, crawler, wiring.unverified_sites)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            if os.environ.get(name) or os.environ.get(name.upper()):
                logger.warning("%s is set, but not used: captures need direct connections", name)

    async def download_request(self, request: Request) -> Response:
        """One download. Raises what Scrapy's handler raises, AddressRefused, and IgnoreRequest
        for an address that is too long or holds a user name, and once nothing can be archived any
        more."""
        if why := self._wiring.broken or self._wiring.stopped:
            raise IgnoreRequest(f"not fetched: {why}")
        self._wiring.refuse(request)
        if len(request.url) > MAX_URL:
            raise IgnoreRequest(f"not fetched: its address has {len(request.url)} characters")
        if "@" in urlsplit(request.url).netloc:
            raise IgnoreRequest("not fetched: its address holds a user name (RFC 9110 §4.2.4)")
        self._wiring.under_way += 1
        try:
            return await self._download(request)
        finally:
            self._wiring.under_way -= 1

    async def _download(self, request: Request) -> Response:
        tap = self._tap(request)
        token = self._taps.open(tap)
        request.headers[HEADER] = token
        request.headers[b"Accept-Encoding"] = ACCEPT_ENCODING
        try:
            if request.meta.get("proxy"):
                raise WireError("proxies are refused: take `proxy` out of the request's meta")
            response = await super().download_request(request)
        except (Exception, CancelledError) as error:
            if isinstance(error, CancelledError):
                tap.stop("the crawl was stopped")
            await self._keep(request, tap, error)
            if tap.cut and isinstance(error, Exception):
                raise DownloadCancelledError(f"{tap.url}: {tap.cut}") from error
            raise
        finally:
            request.headers.pop(HEADER, None)
            self._taps.shut(token)
        await self._keep(request, tap, None)
        if tap.cut:
            raise DownloadCancelledError(f"{tap.url}: {tap.cut}")
        if tap.unread:
            response.headers.pop("Content-Encoding", None)  # nothing is there to be unpacked
        return response

    def _tap(self, request: Request) -> Tap:
        url = urldefrag(request.url)[0]
        unverified = site(url) in self._wiring.unverified_sites
        return Tap(
            url,
            request.method,
            max_body=request.meta.get("max_body_bytes", self._wiring.max_body_bytes),
            verify_tls=not unverified,
            spool=self._wiring.writer.spool,
            unread=bool(request.meta.get("unread")),
        )

    async def _keep(self, request: Request, tap: Tap, error: BaseException | None) -> None:
        """Archive the download's exchanges, and hand on the last one's Capture."""
        await tap.settled()
        try:
            if tap.fault:
                raise no_room(self._wiring.writer.folder, tap.fault)
            for exchange in tap.exchanges(error):
                full = self._with_reasons(request, exchange)
                # Hashing and packing leave Python's lock, so a thread takes them off the reactor.
                # Twisted's deferToThread needed 0.4 ms of CPU more for the way there and back.
                loop, write = asyncio.get_running_loop(), self._wiring.writer.write
                done = loop.run_in_executor(self._wiring.thread, write, full)
                # Who no longer waits for it must not keep it from being written.
                capture: Capture = await asyncio.shield(done)
                request.meta["capture"] = capture
                self._wiring.body_bytes += capture.body_bytes
        except (WarcFull, OSError) as fault:
            self._wiring.broken = fault
            logger.critical("The crawl stops: %s", fault)
            reason = "disk_full" if isinstance(fault, WarcFull) else "write_failed"
            deferred_from_coro(self._crawler.engine.close_spider_async(reason=reason))
            raise IgnoreRequest(f"not archived: {fault}") from fault

    def _with_reasons(self, request: Request, exchange: Exchange) -> Exchange:
        """The exchange, with what the request knows of where it came from."""
        meta = request.meta
        before = meta.get("redirect_urls")
        robots = request.callback is NO_CALLBACK and urlsplit(request.url).path == "/robots.txt"
        why = meta.get("why") or ("robots" if robots else "asked")
        if before and why not in FILES:
            why = "redirect"
        return structs.replace(
            exchange,
            why=why,
            via=before[-1] if before else meta.get("via"),
            route=meta.get("route") or self._wiring.route,
            source=meta.get("source") or self._wiring.source,
        )


@implementer(IPolicyForHTTPS)
class _Policy:
    """Certificates are verified, but for the sites whose source file says otherwise."""

    def __init__(self, verified: Any, crawler: Crawler, unverified_sites: frozenset[str]) -> None:
        self._verified = verified
        self._sites = unverified_sites
        self._unverified: Any = _load_context_factory_from_settings(crawler)
        self._unverified._verify_certificates = False

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        """TLS options for one host (IPolicyForHTTPS)."""
        name = hostname.decode("ascii")
        netloc = f"[{name}]" if ":" in name else name
        unverified = site(f"https://{netloc}:{port}/") in self._sites
        chosen: Any = self._unverified if unverified else self._verified
        return chosen.creatorForNetloc(hostname, port)
