"""HTTP/1 messages as bytes: head, framing and codings (RFC 9112, RFC 9110 §8.4).

Pure functions over bytes that a stranger sent. They are as lenient as browsers, never raise on a
bad message, and never make more bytes than they are told.
"""

import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]
from isal import igzip_lib, isal_zlib

from storage.chunks import Dechunker

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Lines end with LF, an optional CR before it (RFC 9112 §2.2); an empty line ends the head.
HEAD_END = re.compile(rb"\n\r?\n")
STATUS = re.compile(rb"HTTP/\d+\.\d+ +(\d{3})(?!\d)")
NO_BODY = (204, 304)  # RFC 9110 §6.4.1; 1xx and HEAD besides
# RFC 9659 §3: a zstd window for the web is at most 8 MiB, 2^23. More would be memory for a bomb.
ZSTD_WINDOW_LOG = 23
PIECE = 64 * 1024  # bytes that a decoder is fed at a time
# Flags that no gzip header may have (RFC 1952 §2.3.1.2); isal does not mind them, zlib does.
GZIP_RESERVED = 0xE0
LONGEST_HEAD = 1024 * 1024  # bytes that are looked through where no head ends; live ones have less

Headers = tuple[tuple[str, str], ...]


class Parts(NamedTuple):
    """A message cut at the end of its head. `body` still has its transfer coding."""

    status_line: str
    headers: Headers
    body: bytes
    complete: bool
    """Whether the head ended; if not, `body` is empty."""

    @property
    def status(self) -> int | None:
        """The status code; None where the first line is no HTTP status line."""
        found = STATUS.match(self.status_line.encode("latin-1"))
        return int(found[1]) if found else None

    def get(self, name: str) -> str | None:
        """The first value of a header, its name without regard to case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def tokens(self, name: str) -> list[str]:
        """The comma-separated items of a header, lower-case, all its lines together."""
        return _items(",".join(v for n, v in self.headers if n.lower() == name.lower()))


class Entity(NamedTuple):
    """A body without its transfer coding; content coding kept."""

    body: bytes
    complete: bool
    """Whether all came that the framing announced."""
    surplus: int
    """Bytes that followed the message."""


def head_length(raw: bytes | memoryview, start: int = 0) -> int | None:
    """Where the head that begins at `start` ends, its empty line included; None if it does not."""
    found = HEAD_END.search(raw, start)
    return found.end() if found else None


def http_parts(raw: bytes) -> Parts:
    """Cut a message. Names and values are Latin-1 (RFC 9110 §5.5), in order, duplicates kept;
    folded lines are joined by one space, lines without a colon are left out."""
    end = head_length(raw)
    lines = raw[: LONGEST_HEAD if end is None else end].decode("latin-1").split("\n")
    headers = parse_lines(lines[1:])
    body = b"" if end is None else raw[end:]
    return Parts(lines[0].removesuffix("\r"), tuple(headers), body, end is not None)


def has_header(head: bytes, name: str) -> bool:
    """Whether a message's head has a header of this (lower-case) name."""
    # Most heads have not, and this says so without taking them apart.
    return name.encode("latin-1") in head.lower() and http_parts(head).get(name) is not None


def parse_lines(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Names and values out of `Name: value` lines."""
    found: list[tuple[str, str]] = []
    folded: dict[int, list[str]] = {}
    for line in lines:
        if line[:1] in (" ", "\t") and found:
            folded.setdefault(len(found) - 1, []).append(line.strip())
        elif ":" in line:
            name, _, value = line.partition(":")
            found.append((name.strip(), value.strip()))
    for at, more in folded.items():
        name, value = found[at]
        found[at] = (name, " ".join([value, *more]).strip())
    return found


def entity(parts: Parts, method: str = "GET", *, trust_length: bool = True) -> Entity:
    """Take the transfer coding off and mind the framing (RFC 9112 §6.3).

    `trust_length` is False for records of other tools, some of which keep a Content-Length that
    their stored body no longer has; then a longer body is taken whole.
    """
    body = parts.body
    if not _has_body(parts, method):
        return Entity(b"", True, len(body))
    if "chunked" in parts.tokens("transfer-encoding"):
        dechunker = Dechunker()
        whole = dechunker.feed(body) + dechunker.end()
        return Entity(whole, dechunker.complete, dechunker.surplus)
    length = _length(parts)
    if length is None:
        return Entity(body, not parts.tokens("content-length"), 0)
    if trust_length or len(body) <= length:
        return Entity(body[:length], len(body) >= length, max(0, len(body) - length))
    return Entity(body, True, 0)


def entity_pieces(parts: Parts, method: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What `entity` gives as its body, of a message whose body comes in `pieces`: it may be longer
    than memory. `parts` need only hold the head."""
    if not _has_body(parts, method):
        return
    if "chunked" in parts.tokens("transfer-encoding"):
        dechunker = Dechunker()
        yield from map(dechunker.feed, pieces)
        yield dechunker.end()
        return
    left = _length(parts)
    for piece in pieces:
        yield piece[:left]
        if left is not None:
            left = max(0, left - len(piece))


def _has_body(parts: Parts, method: str) -> bool:
    status = parts.status
    return method != "HEAD" and (status is None or (status >= 200 and status not in NO_BODY))


def _length(parts: Parts) -> int | None:
    """Content-Length; None where it is missing or cannot be relied on."""
    lengths = set(parts.tokens("content-length"))
    if len(lengths) != 1 or not (text := lengths.pop()).isascii() or not text.isdigit():
        return None
    return int(text[:18])  # 18 digits are an exabyte, and spare int() a megabyte of them


def _items(text: str) -> list[str]:
    """The items of a list in a header (RFC 9110 §5.6.1), lower-case."""
    return [item.strip().lower() for item in text.split(",") if item.strip()]


def decoded(parts: Parts, body: bytes, limit: int) -> tuple[bytes, str | None]:
    """The body of a message without the content codings that its head names; see `unpacked`."""
    return unpacked(",".join(parts.tokens("content-encoding")), body, limit)


def unpacked(codings: str, body: bytes, limit: int) -> tuple[bytes, str | None]:
    """Take content codings, named as in Content-Encoding, off `body` (RFC 9110 §8.4.1); with a note
    on what went wrong.

    A coding that is unknown or not really there leaves the bytes as they are. A body that ends
    early or breaks off gives what could be read. One that unpacks to more than `limit` bytes gives
    nothing.
    """
    for coding in reversed(_items(codings)):
        if coding == "identity" or not body:
            continue
        unpack = CODINGS.get(coding)
        if unpack is None:
            return body, f"content coding {coding[:40]!r} is not known; bytes kept as they came"
        plain, fault = unpack(body, limit)
        if len(plain) > limit:
            return b"", f"unpacks to more than {limit} bytes ({coding}); not read"
        if fault and not plain:
            return body, f"is not {coding} as its headers say; bytes kept as they came"
        if fault:
            return plain, f"{coding} broke off: {fault}"
        body = plain
    if len(body) > limit:
        return b"", f"longer than {limit} bytes; not read"
    return body, None


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, str | None]:
    """One sound gzip stream in one go, with isal, which needs under half of zlib's time; all that
    is not just that with zlib, which tells how far a broken one can be read. isal is the laxer of
    the two about damage, so it is not asked where no CRC would show it."""
    if wbits <= zlib.MAX_WBITS or (len(body) > 3 and body[3] & GZIP_RESERVED):
        return _inflate_by_pieces(body, limit, wbits)
    fast = isal_zlib.decompressobj(wbits)
    try:
        plain: bytes = fast.decompress(body, limit + 1)
    except igzip_lib.IsalError:  # type: ignore[misc]  # its stub calls it an instance
        return _inflate_by_pieces(body, limit, wbits)
    if len(plain) > limit or (fast.eof and not fast.unused_data):
        return plain, None
    del plain
    return _inflate_by_pieces(body, limit, wbits)


def _inflate_by_pieces(body: bytes, limit: int, wbits: int) -> tuple[bytes, str | None]:
    out = bytearray()
    at = 0
    inflater = zlib.decompressobj(wbits)
    while at < len(body) and len(out) <= limit:
        piece = body[at : at + PIECE]
        before = inflater.copy()
        try:
            out += inflater.decompress(piece, limit + 1 - len(out))
        except zlib.error as error:
            return bytes(out) + _up_to_fault(before, piece), str(error)
        at += len(piece) - len(inflater.unused_data)
        if inflater.eof:
            # gzip may have several members (RFC 1952 §2.2); other bytes after one are ignored.
            if wbits <= zlib.MAX_WBITS or body[at : at + 2] != b"\x1f\x8b":
                return bytes(out), None
            inflater = zlib.decompressobj(wbits)
    return bytes(out), None if len(out) > limit else "it ends early"


def _up_to_fault(inflater: "zlib._Decompress", piece: bytes) -> bytes:
    """What a broken piece still gives, byte by byte: at most `PIECE` bytes in."""
    out = bytearray()
    try:
        for value in piece:
            out += inflater.decompress(bytes((value,)), PIECE)
    except zlib.error:
        return bytes(out)
    return bytes(out)


def _gzip(body: bytes, limit: int) -> tuple[bytes, str | None]:
    return _inflate(body, limit, 16 + zlib.MAX_WBITS)


def _deflate(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """zlib by the book; raw deflate too, which many servers send (RFC 9110 §8.4.1.2, note)."""
    plain, fault = _inflate(body, limit, zlib.MAX_WBITS)
    return (plain, fault) if plain or not fault else _inflate(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> tuple[bytes, str | None]:
    plain, fault, at = _brotli_to(body, limit, len(body))
    if fault and at < len(body):
        # The piece in which it breaks off gave nothing; byte by byte it gives what it can.
        plain, fault, _ = _brotli_to(body[: at + PIECE], limit, at)
    return plain, fault


def _brotli_to(body: bytes, limit: int, fine: int) -> tuple[bytes, str | None, int]:
    """Unpack in pieces, from `fine` on byte by byte; also the place where it ended. Bytes after the
    end are ignored, as gzip's are."""
    decoder = brotli.Decompressor()
    out = bytearray()
    at = 0
    try:
        while at < len(body) and not decoder.is_finished():
            piece = body[at : at + (PIECE if at < fine else 1)]
            made = decoder.process(piece, output_buffer_limit=PIECE)
            # It may hold output back even when it says that it can take more input.
            while (made or not decoder.can_accept_more_data()) and len(out) <= limit:
                out += made
                made = decoder.process(b"", output_buffer_limit=PIECE)
            if len(out) > limit:
                return bytes(out), None, at
            at += len(piece)
    except brotli.error as error:
        return bytes(out), str(error), at
    return bytes(out), None if decoder.is_finished() else "it ends early", len(body)


def _zstd(body: bytes, limit: int) -> tuple[bytes, str | None]:
    out = bytearray()
    rest = body
    options = {int(zstd.DecompressionParameter.window_log_max): ZSTD_WINDOW_LOG}
    try:
        while rest and len(out) <= limit:
            decoder = zstd.ZstdDecompressor(options=options)
            out += decoder.decompress(rest, limit + 1 - len(out))
            if not decoder.eof:
                return bytes(out), None if len(out) > limit else "it ends early"
            rest = decoder.unused_data
    except zstd.ZstdError as error:
        return bytes(out), str(error)
    return bytes(out), None


CODINGS = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
