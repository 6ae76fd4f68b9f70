"""A web server made of raw sockets: it sends what no proper server would, and logs each byte that
it read and wrote."""

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
import zlib
from dataclasses import dataclass, field
from typing import Literal

import brotli

from storage.message import zstd

PAGE = b"<!doctype html><title>A page</title><p>" + b"Some words of a page. " * 40
OK = b"HTTP/1.1 200 OK\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"

Piece = bytes | float
Then = Literal["keep", "close", "reset"]


@dataclass(frozen=True)
class Answer:
    """What an endpoint sends: bytes, and pauses in seconds; then what becomes of the connection."""

    pieces: tuple[Piece, ...]
    then: Then = "keep"


def whole(head: bytes, body: bytes = PAGE, then: Then = "keep") -> Answer:
    """`head` with a right Content-Length, and `body`."""
    return Answer((head + b"Content-Length: %d\r\n\r\n" % len(body) + body,), then)


def plain(*pieces: Piece, then: Then = "close") -> Answer:
    return Answer(pieces, then)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", head: bytes = OK + HTML) -> Answer:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return Answer((head + b"Transfer-Encoding: chunked\r\n\r\n" + body + end,))


def coded(name: bytes, body: bytes) -> Answer:
    return whole(OK + HTML + b"Content-Encoding: " + name + b"\r\n", body)


GZIPPED = gzip.compress(PAGE)
ENDLESS = 600  # pieces at the tenth of a second: a minute, were there no limit

ENDPOINTS: dict[str, Answer] = {
    # status line
    "/plain": whole(OK + HTML),
    "/reason": whole(b"HTTP/1.1 200 Rather Fine, Thank You\r\n" + HTML),
    "/reason-latin1": whole("HTTP/1.1 200 Très bien\r\n".encode("latin-1") + HTML),
    "/reason-empty": whole(b"HTTP/1.1 200 \r\n" + HTML),
    "/reason-missing": whole(b"HTTP/1.1 200\r\n" + HTML),
    "/not-found": whole(b"HTTP/1.1 404 Gone Fishing\r\n" + HTML),
    "/error": whole(b"HTTP/1.1 500 Oh\r\n" + HTML),
    "/teapot": whole(b"HTTP/1.1 418 I'm a teapot\r\n" + HTML),
    "/code-299": whole(b"HTTP/1.1 299 Odd\r\n" + HTML),
    "/http10": plain(b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + PAGE),
    "/http10-length": whole(b"HTTP/1.0 200 OK\r\n" + HTML, then="close"),
    # headers
    "/header-case": whole(OK + b"cOnTeNt-TyPe: text/html\r\nx-lower: a\r\nX-UPPER: b\r\n"),
    "/header-order": whole(OK + b"Z: 1\r\nA: 2\r\nM: 3\r\n" + HTML + b"B: 4\r\n"),
    "/header-twice": whole(OK + HTML + b"Set-Cookie: a=1\r\nX: y\r\nSet-Cookie: b=2\r\n"),
    "/header-folded": whole(OK + HTML + b"X-Folded: one\r\n  two\r\n\tthree\r\n"),
    "/header-latin1": whole(OK + HTML + "X-Name: Köln\r\n".encode("latin-1")),
    "/header-utf8": whole(OK + HTML + "X-Name: Łódź\r\n".encode()),
    "/header-no-colon": whole(OK + b"this line has none\r\n" + HTML),
    "/header-empty-value": whole(OK + HTML + b"X-Empty:\r\nX-Space:   \r\n"),
    "/header-spaces": whole(OK + HTML + b"X-Wide   :    far   out   \r\n"),
    "/header-lf-only": plain(OK.replace(b"\r", b"") + b"Content-Length: 5\n\nhello", then="keep"),
    "/header-mixed-ends": whole(OK + b"A: 1\nB: 2\r\n" + HTML),
    "/header-100k": whole(OK + HTML + b"X-Long: " + b"l" * 100_000 + b"\r\n"),
    "/header-1000": whole(OK + HTML + b"".join(b"X-%d: v\r\n" % n for n in range(1000))),
    "/header-bad-name": whole(OK + HTML + b"X Y Z: 1\r\n\x00: 2\r\n: 3\r\n"),
    "/hop-by-hop": whole(OK + HTML + b"Keep-Alive: timeout=5\r\nConnection: keep-alive\r\n"),
    # interim responses
    "/continue": plain(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok"),
    "/early-hints": plain(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n",
        0.05,
        b"HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok",
        then="keep",
    ),
    # framing
    "/chunked": chunked(PAGE[:100], PAGE[100:]),
    "/chunk-extensions": plain(
        OK + b"Transfer-Encoding: chunked\r\n\r\n5;a=b;c\r\nhello\r\n0;last\r\n\r\n", then="keep"
    ),
    "/chunk-trailers": chunked(PAGE, end=b"0\r\nX-Digest: abc\r\nX-More: d\r\n\r\n"),
    "/chunk-upper-hex": plain(
        OK + b"Transfer-Encoding: chunked\r\n\r\n00A\r\n0123456789\r\n0\r\n\r\n", then="keep"
    ),
    "/chunked-drops": plain(OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\nonly this"),
    "/chunked-no-end": plain(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
    "/chunked-garbage": plain(OK + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n", 0.05, PAGE),
    "/coding-unknown": plain(OK + b"Transfer-Encoding: gibberish\r\n\r\n", 0.05, PAGE),
    "/te-and-length": chunked(PAGE, head=OK + HTML + b"Content-Length: 3\r\n"),
    "/pieces": plain(
        OK[:5], 0.02, OK[5:] + b"Content-Length: 10\r\n\r", 0.02, b"\n12345", 0.02, b"67890"
    ),
    "/until-close": plain(OK + HTML + b"\r\n", 0.05, PAGE),
    "/until-reset": plain(OK + HTML + b"\r\n" + PAGE, 0.2, then="reset"),
    "/length-short": plain(OK + HTML + b"Content-Length: 5000\r\n\r\n" + PAGE),
    "/length-reset": plain(OK + HTML + b"Content-Length: 5000\r\n\r\n" + PAGE, 0.2, then="reset"),
    "/length-twice": whole(OK + HTML + b"Content-Length: %d\r\n" % len(PAGE)),
    "/length-conflict": plain(
        OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 0.05, b"abcd and more"
    ),
    "/length-wrong": plain(OK + b"Content-Length: many\r\n\r\n", 0.05, b"abcd"),
    "/length-negative": plain(OK + b"Content-Length: -1\r\n\r\nabcd"),
    "/extra-bytes": plain(OK + b"Content-Length: 5\r\n\r\nhello and some more"),
    "/extra-piece": plain(OK + b"Content-Length: 5\r\n\r\nhello", b" and some more"),
    "/empty": plain(OK + HTML + b"Content-Length: 0\r\n\r\n", then="keep"),
    "/no-content": plain(b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", then="keep"),
    "/not-modified": plain(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', then="keep"),
    "/close-header": whole(OK + HTML + b"Connection: close\r\n", then="close"),
    # content codings
    "/gzip": coded(b"gzip", GZIPPED),
    "/deflate": coded(b"deflate", zlib.compress(PAGE)),
    "/br": coded(b"br", brotli.compress(PAGE)),
    "/zstd": coded(b"zstd", zstd.compress(PAGE)),
    "/gzip-chunked": chunked(
        GZIPPED[:50], GZIPPED[50:], head=OK + HTML + b"Content-Encoding: gzip\r\n"
    ),
    "/gzip-corrupt": coded(b"gzip", GZIPPED[:30] + b"XXXX" + GZIPPED[34:]),
    "/gzip-short": coded(b"gzip", GZIPPED[:-10]),
    "/gzip-not": coded(b"gzip", PAGE),
    "/coding-not-known": coded(b"rot13", PAGE),
    # nothing that could be called a response
    "/garbage": plain(b"this is no HTTP at all\r\n\r\n", 0.05, b"and goes on"),
    "/ssh": plain(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "/nothing": plain(),
    "/head-cut": plain(OK + b"Content-Ty"),
    "/binary": plain(bytes(range(256)) * 4),
    # going elsewhere
    "/redirect": whole(b"HTTP/1.1 302 Over There\r\nLocation: /plain?redirected\r\n", b"moved"),
    "/redirect-crlf": whole(
        b"HTTP/1.1 302 Found\r\nLocation: /plain?a%0d%0aWARC-Type:%20evil\r\n", b"moved"
    ),
    # once more on the same connection, which the server has given up
    "/keep-alive": whole(OK + HTML),
    "/retry": whole(OK + HTML),
    # bounds
    "/too-long": plain(
        OK + HTML + b"Content-Length: 3000000\r\n\r\n" + PAGE * 100, *[PAGE * 500] * 3
    ),
    "/too-long-chunked": plain(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"ffff\r\n" + b"c" * 0xFFFF + b"\r\n"] * 40
    ),
    "/too-long-unframed": plain(OK + b"\r\n", *[b"u" * 100_000] * 30),
    "/head-endless": plain(OK, *[b"X-More: " + b"m" * 5000 + b"\r\n"] * 100),
    "/head-one-line": plain(OK + b"X: ", *[b"m" * 50_000] * 20),
    "/silent": plain(60.0),
    "/drip-body": plain(OK + b"Content-Length: 900\r\n\r\n", *[b"d", 0.1] * ENDLESS),
    "/drip-head": plain(OK, *[b"X", 0.1] * ENDLESS),
    "/drip-interim": plain(*[b"HTTP/1.1 102 Processing\r\n\r\n", 0.1] * ENDLESS),
}
SLOW = ("/silent", "/drip-body", "/drip-head", "/drip-interim")
LONG = ("/too-long", "/too-long-chunked", "/too-long-unframed", "/head-endless", "/head-one-line")


@dataclass
class Logged:
    """One request that the server read, and what it wrote."""

    path: str
    read: bytes
    written: bytearray = field(default_factory=bytearray)


class RawServer:
    """Serves `ENDPOINTS` or other answers on 127.0.0.1, one thread a connection."""

    def __init__(
        self, tls: ssl.SSLContext | None = None, answers: dict[str, Answer] | None = None
    ) -> None:
        self.log: list[Logged] = []
        self._tls = tls
        self._answers = ENDPOINTS if answers is None else answers
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopped.set()
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            served = 0
            while head := self._read(connection):
                path = head.split(b" ")[1].decode().partition("?")[0]
                logged = Logged(path, head)
                self.log.append(logged)
                if path == "/retry" and served:
                    break
                answer = self._answers.get(path) or whole(b"HTTP/1.1 404 No\r\n", b"none")
                self._answer(connection, answer, logged)
                if answer.then != "keep":
                    break
                served += 1
            if self._tls:
                connection.unwrap()

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and (piece := connection.recv(65536)):
            data += piece
        return data

    def _answer(self, connection: socket.socket, answer: Answer, logged: Logged) -> None:
        for piece in answer.pieces:
            if isinstance(piece, float):
                if self._stopped.wait(piece):
                    return
                continue
            while piece:
                sent = connection.send(piece)
                logged.written += piece[:sent]
                piece = piece[sent:]
        if answer.then == "reset":
            time.sleep(0.05)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
