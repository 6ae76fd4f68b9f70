"""The tap: what one download sent and received on its connections, byte for byte.

Scrapy's Response has lost much of what came (reason phrase, header case and order, chunk framing,
cut bodies, Twisted's silent retry); only the Twisted protocol sees the bytes. `tap_factory` wraps
the protocol factory of a connection pool, so that each protocol copies what passes to an `Attempt`.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from OpenSSL import crypto
from scrapy.exceptions import DownloadTimeoutError
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from zope.interface import implementer  # type: ignore[import-untyped]

from spiders.guard import AddressRefused, check_address
from storage.exchange import Exchange, Tls, Truncated
from storage.identity import now
from storage.message import HEAD_END, STATUS, entity, http_parts

HEADER = b"X-Copytrail-Tap"
"""Ties a request on the wire to its download; taken off before anything is sent."""
# Bytes of status line and headers, interim responses with them. Browsers stop at 256 KiB.
MAX_HEAD = 256 * 1024
# Seconds for which we go on reading what Twisted's parser rejects. Such answers are small; the
# server has already begun to send.
DRAIN_SECONDS = 5.0

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2


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
        self.ended = False
        """Nothing more belongs to this exchange."""
        self.cut = False
        """We stopped it: it was too long."""
        self.clean = False
        """The connection was closed in good order."""
        self.draining: Deferred[None] | None = None
        self._protocol = protocol
        self._max_body = tap.max_body
        self._head_at = 0
        self._body_at: int | None = None
        self._searched = 0
        self._timer: Any = None

    def take(self, data: bytes) -> bytes:
        """Keep `data`, or as much of it as the limits allow; returns what was kept."""
        before = len(self.received)
        self.received += data
        self._find_body()
        limit = MAX_HEAD if self._body_at is None else self._body_at + self._max_body
        if len(self.received) > limit:
            self.cut = True
            del self.received[max(limit, before) :]
        return data[: len(self.received) - before]

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

    def drain(self) -> None:
        """Go on reading though the parser gave up, until the server is done or time is up."""
        self.draining = Deferred()
        abort = self._protocol.transport.abortConnection
        self._timer = _reactor().callLater(DRAIN_SECONDS, abort)

    def closed(self, clean: bool) -> None:
        """The connection is gone."""
        self.clean = clean
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
            interim=interim,
            ip=self.ip,
            port=self.port,
            tls=self._protocol.tls,
            verify_tls=tap.verify_tls,
            error=error,
            truncated=self._truncated(bytes(response), tap.method, timed_out),
        )

    def _truncated(self, response: bytes, method: str, timed_out: bool) -> Truncated | None:
        if self.cut:
            return "length"
        parts = http_parts(response)
        if parts.complete:
            body = entity(parts, method)
            framed = parts.get("content-length") or parts.get("transfer-encoding")
            if body.complete and (framed or self.clean or not body.body):
                return None
        if timed_out:
            return "time"
        return "disconnect"


class Tap:
    """One download of Scrapy's: its attempts, and its limits."""

    def __init__(self, url: str, method: str, max_body: int, verify_tls: bool) -> None:
        self.url = url
        self.method = method
        self.max_body = max_body
        self.verify_tls = verify_tls
        self.started = now()
        self.attempts: list[Attempt] = []

    @property
    def cut(self) -> bool:
        """Whether the last attempt was cut because it was too long."""
        return bool(self.attempts) and self.attempts[-1].cut

    async def settled(self) -> None:
        """Wait for what is still being drained."""
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
            text = f"longer than the limit; cut after {len(last.received)} bytes"
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

    def claim(self, request: Any) -> Tap | None:
        """The download of a Twisted request, its private header taken off.

        Twisted sends the same object again when it retries; so the value is kept there.
        """
        values = request.headers.getRawHeaders(HEADER) or [getattr(request, "_copytrail", b"")]
        request.headers.removeHeader(HEADER)
        request._copytrail = values[0]
        return self._open.get(values[0])


class _Tee:
    """A transport that copies what is written to it."""

    def __init__(self, transport: Any, copy: bytearray) -> None:
        self._transport = transport
        self._copy = copy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._copy += data
        self._transport.write(data)

    def writeSequence(self, pieces: Any) -> None:
        self.write(b"".join(pieces))


def tap_factory(inner: Any, taps: Taps) -> Any:
    """A subclass of the factory class `inner` whose protocols are tapped and whose addresses
    are checked: the address is the one that was really connected to."""

    class TapFactory(inner):  # type: ignore[misc]
        noisy = False

        def buildProtocol(self, addr: Any) -> Any:
            if not check_address(addr.host, taps.allow_private):
                raise AddressRefused(addr.host, addr.port)
            protocol = super().buildProtocol(addr)
            base: Any = type(protocol)
            protocol.__class__ = _tapped(base)
            protocol.taps = taps
            return protocol

    return TapFactory


@cache
def _tapped(base: Any) -> Any:
    """A subclass of the protocol class `base` that copies what passes through."""

    @implementer(IHandshakeListener)
    class Tapped(base):  # type: ignore[misc]
        taps: Taps
        attempt: Attempt | None = None
        tls: Tls | None = None
        tls_ready = False

        def connectionMade(self) -> None:
            self.tls_ready = not ISSLTransport.providedBy(self.transport)
            super().connectionMade()

        def handshakeCompleted(self) -> None:
            self.tls_ready = True
            self.tls = _tls(self.transport.getHandle())

        def request(self, request: Any) -> Any:
            tap = self.taps.claim(request)
            if tap is None:
                return fail(WireError("a request came to the wire that nothing would record"))
            attempt = self.attempt = Attempt(tap, self)
            tap.attempts.append(attempt)
            write_to = type(request).writeTo
            request.writeTo = lambda out: write_to(request, _Tee(out, attempt.sent))
            answer = super().request(request)
            if self._parser is not None:
                # Twisted stops at a line of 16 KiB; ours is the limit on the whole head.
                self._parser.MAX_LENGTH = 2 * MAX_HEAD
                self._parser.headerReceived = _lenient(self._parser.headerReceived)
            return answer

        def dataReceived(self, data: bytes) -> None:
            attempt = self.attempt
            if attempt is None or attempt.ended:
                super().dataReceived(data)
                return
            kept = attempt.take(data)
            if not attempt.draining:
                super().dataReceived(kept)
            if attempt.cut:
                self.transport.abortConnection()

        def _finishResponse(self, rest: bytes) -> None:
            if self.attempt:
                self.attempt.ended = True
            super()._finishResponse(rest)

        def _giveUp(self, reason: Any) -> None:
            attempt = self.attempt
            if attempt is None or attempt.ended or reason.check(ConnectionDone):
                super()._giveUp(reason)
                return
            attempt.drain()
            self._disconnectParser(reason)
            self.transport.resumeProducing()

        def connectionLost(self, reason: Any) -> None:
            if self.attempt:
                self.attempt.closed(bool(reason.check(ConnectionDone)))
            super().connectionLost(reason)

    return Tapped


def _lenient(receive: Callable[[bytes, bytes], None]) -> Callable[[bytes, bytes], None]:
    """Go over a header whose name is none, as browsers do; Twisted would drop the response."""

    def header_received(name: bytes, value: bytes) -> None:
        if TOKEN.fullmatch(name.strip()):
            receive(name.strip(), value)

    return header_received


def _tls(connection: Any) -> Tls:
    chain = connection.get_peer_cert_chain() or []
    return Tls(
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        chain=tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, one) for one in chain),
    )


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
