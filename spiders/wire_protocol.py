"""Twisted's HTTP protocol with a tap in it.

`tap_factory` wraps the protocol factory of a connection pool: it refuses addresses that are not
public, and turns each protocol into one that copies what passes and minds the limits.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from OpenSSL import crypto
from twisted.internet.defer import fail
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.internet.protocol import Protocol, connectionDone
from zope.interface import implementer  # type: ignore[import-untyped]

from spiders.guard import AddressRefused, check_address
from spiders.wire_tap import DRAIN_SECONDS, LINGER_SECONDS, MAX_HEAD, Attempt, Taps, WireError
from storage.exchange import Tls

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2


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
            if tap.unread:
                answer.addCallback(_deaf)
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
            if attempt.over_at is not None:
                self._linger(attempt)
            elif not attempt.draining:
                super().dataReceived(kept)
            if attempt.cut or attempt.surplus_cut:
                self.transport.abortConnection()

        def _finishResponse(self, rest: bytes) -> None:
            attempt = self.attempt
            if attempt and not attempt.ended:
                attempt.over_at = attempt.size - len(rest)
                if rest and self._currentRequest is not None:
                    # What comes next here might be taken for the answer to another request.
                    self._currentRequest.persistent = False
            super()._finishResponse(rest)

        def _giveUp(self, reason: Any) -> None:
            attempt = self.attempt
            if attempt is None or attempt.ended:
                super()._giveUp(reason)
            elif attempt.over_at is not None:
                self._linger(attempt)
                self._disconnectParser(reason)
            elif reason.check(ConnectionDone):
                super()._giveUp(reason)
            else:
                attempt.drain(DRAIN_SECONDS)
                self._disconnectParser(reason)
                self.transport.resumeProducing()

        def _linger(self, attempt: Attempt) -> None:
            """The message is whole, and no other request will be made here: keep what still comes
            until the server closes. Closing first would lose it."""
            self._state = "ABORTING"  # so that the pool leaves it alone
            attempt.drain(LINGER_SECONDS)
            self.transport.resumeProducing()

        def connectionLost(self, reason: Any) -> None:
            if not self.tls_ready:
                # Refused, as by a certificate that is not valid: what was shown is evidence, too.
                shown = _tls(self.transport.getHandle())
                self.tls = shown if shown.chain else None
            if self.attempt:
                self.attempt.closed(bool(reason.check(ConnectionDone)))
            super().connectionLost(reason)

    return Tapped


class _Deaf(Protocol):
    """Hears that a body began and ended, and nothing of what is in it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def connectionMade(self) -> None:
        self._reader.makeConnection(self.transport)

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self._reader.connectionLost(reason)


def _deaf(response: Any) -> Any:
    """The body need not be read: it is on its way to the WARC, and may be too long for memory."""
    deliver = response.deliverBody
    response.deliverBody = lambda reader: deliver(_Deaf(reader))
    return response


def _lenient(receive: Callable[[bytes, bytes], None]) -> Callable[[bytes, bytes], None]:
    """Go over a header whose name is none, as browsers do; Twisted would drop the response."""

    def header_received(name: bytes, value: bytes) -> None:
        if _is_identity(name, value):
            return  # RFC 2616 had it, and servers still send it: no coding at all
        if TOKEN.fullmatch(name.strip()):
            receive(name.strip(), value)

    return header_received


def _is_identity(name: bytes, value: bytes) -> bool:
    coding = value.strip().lower() == b"identity"
    return coding and name.strip().lower() == b"transfer-encoding"


def _tls(connection: Any) -> Tls:
    chain = connection.get_peer_cert_chain() or []
    return Tls(
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        chain=tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, one) for one in chain),
    )
