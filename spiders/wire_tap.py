"""The tap: what one download sent and received on its connections, byte for byte.

Scrapy's Response has lost much of what came (reason phrase, header case and order, chunk framing,
cut bodies, Twisted's silent retry); only the Twisted protocol sees the bytes. `wire_protocol` makes
each protocol copy what passes into an `Attempt`; a `Tap` holds the attempts of one download.
"""

import asyncio
from collections.abc import Callable
from typing import IO, Any

from scrapy.exceptions import DownloadTimeoutError
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred

from spiders.guard import AddressRefused
from storage.exchange import Exchange, Rest, Truncated
from storage.identity import now
from storage.message import HEAD_END, STATUS, entity, http_parts

HEADER = b"X-Copytrail-Tap"
"""Ties a request on the wire to its download; taken off before anything is sent."""
# Bytes of status line and headers, interim responses with them. Browsers stop at 256 KiB.
MAX_HEAD = 256 * 1024
# Bytes of a response that stay in memory; what follows goes to a file. Above MAX_HEAD, and above
# nearly all pages, so that only long bodies cost the way through a file.
HELD = 1024 * 1024
# Seconds for which we go on reading what Twisted's parser rejects. Such answers are small; the
# server has already begun to send.
DRAIN_SECONDS = 5.0
# Seconds for which we wait, after the end of a message, for the server to close the connection: for
# one that said it would, and one that went on sending. Half the usual rest between two requests.
LINGER_SECONDS = 0.5
# Bytes that are kept of what follows a message. Servers that count wrongly send less.
MAX_SURPLUS = 256 * 1024
TOO_LONG = "longer than the limit"


def _reactor() -> Any:
    from twisted.internet import reactor  # Scrapy chooses which; importing it at top installs one

    return reactor


class WireError(Exception):
    """An exchange cannot be made as it has to be. The message says what to do."""


class Attempt:
    """One request on one connection, and what came back."""

    def __init__(self, tap: "Tap", protocol: Any) -> None:
        peer = protocol.transport.getPeer()
        self.ip: str = peer.host
        self.port: int = peer.port
        self.fetched_at = now()
        self.sent = bytearray()
        self.received = bytearray()
        """The first bytes that came, at most HELD."""
        self.size = 0
        """Of all that came."""
        self.fault: OSError | None = None
        """Why what came could not be kept."""
        self.over_at: int | None = None
        """Where Twisted saw the end of the message; the bytes that follow are surplus."""
        self.ended = False
        """Nothing more belongs to this exchange."""
        self.cut = ""
        """Why we stopped it, in words."""
        self.gone = False
        """The connection is closed."""
        self.clean = False
        """It was closed in good order."""
        self.surplus_cut = False
        """More followed the message than MAX_SURPLUS."""
        self.draining: Deferred[None] | None = None
        self.unread = tap.unread
        self._protocol = protocol
        self._max_body = tap.max_body
        self._spool = tap.spool
        self._file: IO[bytes] | None = None
        self._head_at = 0
        self._body_at: int | None = None
        self._searched = 0
        self._timer: Any = None

    def take(self, data: bytes) -> bytes:
        """Keep `data`, or as much of it as the limits allow; returns what was kept."""
        before, room = self.size, HELD - len(self.received)
        self.received += data[:room]
        self._find_body()
        kept = data[: max(0, self._limit() - before)]
        if len(kept) < len(data):
            if self.over_at is None:
                self.cut = TOO_LONG
            self.surplus_cut = self.over_at is not None
            del self.received[before + len(kept) :]
        self.size += len(kept)
        if len(kept) > room:
            self._spill(memoryview(kept)[room:])
        return kept

    def _limit(self) -> int:
        """Bytes that are kept at most."""
        if self.over_at is not None:
            return self.over_at + MAX_SURPLUS
        return MAX_HEAD if self._body_at is None else self._body_at + self._max_body

    def _spill(self, data: memoryview) -> None:
        """Keep what has no room in memory. If the disk has none either, the exchange ends."""
        try:
            if self._file is None:
                self._file = self._spool()
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            self.fault = error
            self.cut = "there was no room to keep it"

    def _find_body(self) -> None:
        """Note where interim responses end and the body begins, looking at each byte once."""
        while self._body_at is None:
            # 3 bytes back: the end of a head may have come in two pieces.
            found = HEAD_END.search(self.received, max(self._head_at, self._searched - 3))
            if not found:
                self._searched = len(self.received)
                return
            status = STATUS.match(self.received, self._head_at)
            if status and status[1][:1] == b"1" and status[1] != b"101":
                self._head_at = self._searched = found.end()
            else:
                self._body_at = found.end()

    def stop(self, why: str) -> None:
        """Take no more of it."""
        if not self.ended and not self.cut:
            self.cut = why
            self._protocol.transport.abortConnection()

    def drain(self, seconds: float) -> None:
        """Go on reading though the parser does not, until the server is done or time is up."""
        if self.gone or self.draining:
            return
        self.draining = Deferred()
        abort = self._protocol.transport.abortConnection
        self._timer = _reactor().callLater(seconds, abort)

    def closed(self, clean: bool) -> None:
        """The connection is gone."""
        self.gone, self.clean = True, clean
        if self.draining and not self.draining.called:
            if self._timer.active():
                self._timer.cancel()
            self.draining.callback(None)

    def exchange(self, tap: "Tap", error: str | None, timed_out: bool) -> Exchange:
        """What was kept. Later bytes no longer belong to it."""
        self.ended = True
        interim, response = bytes(self.received[: self._head_at]), self.received[self._head_at :]
        # Before the handshake was over the request waited inside the TLS layer.
        sent = bytes(self.sent) if self._protocol.tls_ready else b""
        return Exchange(
            url=tap.url,
            method=tap.method,
            fetched_at=self.fetched_at,
            request=sent,
            response=bytes(response),
            rest=Rest(self._file, self.size - len(self.received)) if self._file else None,
            interim=interim,
            ip=self.ip,
            port=self.port,
            tls=self._protocol.tls,
            verify_tls=tap.verify_tls,
            error=error,
            truncated=self._truncated(bytes(response), tap.method, timed_out),
        )

    def _truncated(self, response: bytes, method: str, timed_out: bool) -> Truncated | None:
        if self.surplus_cut:
            return "length"
        if self.cut:
            return "length" if self.cut == TOO_LONG else "unspecified"
        parts = http_parts(response)
        framed = parts.get("content-length") or parts.get("transfer-encoding")
        if self._file and (self.over_at is not None if framed else self.clean):
            return None
        if parts.complete and not self._file:
            body = entity(parts, method)
            if body.complete and (framed or self.clean or not body.body):
                return None
        if timed_out:
            return "time"
        return "disconnect"


class Tap:
    """One download of Scrapy's: its attempts, and its limits."""

    def __init__(
        self,
        url: str,
        method: str,
        *,
        max_body: int,
        verify_tls: bool,
        spool: Callable[[], IO[bytes]],
        unread: bool = False,
    ) -> None:
        """`spool` makes the file for a long response; with `unread` Scrapy gets no body."""
        self.url = url
        self.method = method
        self.max_body = max_body
        self.verify_tls = verify_tls
        self.spool = spool
        self.unread = unread
        self.started = now()
        self.attempts: list[Attempt] = []

    @property
    def cut(self) -> str:
        """Why we stopped the last attempt, in words."""
        return self.attempts[-1].cut if self.attempts else ""

    def stop(self, why: str) -> None:
        """Take no more of it; what came is kept."""
        if self.attempts:
            self.attempts[-1].stop(why)

    @property
    def fault(self) -> OSError | None:
        """Why what came could not be kept."""
        return next((attempt.fault for attempt in self.attempts if attempt.fault), None)

    async def settled(self) -> None:
        """Wait for what is still being drained, and take what has come already. A server often
        sends what follows its message in a piece of its own."""
        for _ in range(2):  # the reactor reads in the first turn that begins after this one
            await asyncio.sleep(0)
        for attempt in self.attempts:
            if attempt.draining and not attempt.draining.called:
                await maybe_deferred_to_future(attempt.draining)

    def exchanges(self, error: BaseException | None) -> list[Exchange]:
        """All that this download put on the wire, in order; at least one exchange."""
        text = describe(error) if error else None
        timed_out = isinstance(error, DownloadTimeoutError)
        if not self.attempts:
            refused = error if isinstance(error, AddressRefused) else None
            return [
                Exchange(
                    url=self.url,
                    method=self.method,
                    fetched_at=self.started,
                    ip=refused.ip if refused else None,
                    port=refused.port if refused else None,
                    verify_tls=self.verify_tls,
                    error=text,
                )
            ]
        again = "the connection was closed before an answer came; sent again on a new one"
        *earlier, last = self.attempts
        found = [attempt.exchange(self, again, False) for attempt in earlier]
        if last.cut:
            text = f"{last.cut}; cut after {last.size} bytes"
        return [*found, last.exchange(self, text, timed_out)]


class Taps:
    """The downloads under way, by the value of their private header."""

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private
        self._open: dict[bytes, Tap] = {}
        self._count = 0

    def open(self, tap: Tap) -> bytes:
        """A value for the private header of this download."""
        self._count += 1
        token = b"%d" % self._count
        self._open[token] = tap
        return token

    def shut(self, token: bytes) -> None:
        """The download is over."""
        self._open.pop(token, None)

    def stop(self, why: str) -> None:
        """Stop all that is under way; what came of it is kept."""
        for tap in self._open.values():
            tap.stop(why)

    def claim(self, request: Any) -> Tap | None:
        """The download of a Twisted request, its private header taken off.

        Twisted sends the same object again when it retries; so the value is kept there.
        """
        values = request.headers.getRawHeaders(HEADER) or [getattr(request, "_copytrail", b"")]
        request.headers.removeHeader(HEADER)
        request._copytrail = values[0]
        return self._open.get(values[0])


def describe(error: BaseException) -> str:
    """An error in one line: what lies at its bottom, for Twisted wraps twice and Scrapy once."""
    inner: Any = error
    while True:
        reasons = getattr(inner, "reasons", None)
        if reasons:
            inner = getattr(reasons[-1], "value", reasons[-1])
        elif inner.__cause__ is not None:
            inner = inner.__cause__
        else:
            return f"{type(inner).__name__}: {inner}"[:1000].rstrip(": ")
