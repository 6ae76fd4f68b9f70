"""Records out of a WARC, one after the other, in bounded memory: gzip or plain, of any tool.

It reads with zlib, not with the library that our writer uses, so that an audit does not rest on the
same code twice.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from storage.message import head_length, http_parts
from storage.warcfields import Fields, bare_id, digest_equals, parse_fields

PIECE = 256 * 1024  # bytes read and unpacked at a time
FED = 32 * 1024
"""Bytes that zlib gets at a time: it copies what it leaves of them at the end of each member."""
HEAD_LIMIT = 1024 * 1024  # bytes of named fields in one record; ours have under 10 KB
VERSIONS = (b"WARC/1.1", b"WARC/1.0", b"WARC/0.18", b"WARC/0.17")
GZIP_MAGIC = b"\x1f\x8b"
EMPTY_LINE = re.compile(rb"\n\r?\n")
ALGORITHMS = ("sha1", "sha256", "sha512", "md5")


class WarcError(Exception):
    """A WARC cannot be read on from `offset` (bytes in the file)."""

    def __init__(self, file: str, offset: int, reason: str) -> None:
        super().__init__(f"{file}: damaged at byte {offset}: {reason}")
        self.file = file
        self.offset = offset
        self.reason = reason


class Record(Struct, frozen=True, kw_only=True):
    """One record. `block` holds its first bytes only, where it is longer than was asked for."""

    kind: str
    id: str
    fields: Fields
    offset: int
    length: int
    """Bytes in the file: of the gzip member, or of the plain record."""
    alone: bool
    """False where its gzip member holds other records too; it cannot be read by itself then."""
    block: bytes
    block_length: int
    faults: tuple[str, ...] = ()
    """What is wrong with it, though it could be read."""

    def get(self, name: str) -> str:
        """The first value of a field, its name without regard to case; "" if it has none."""
        return next((v for n, v in self.fields if n.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        return [v for n, v in self.fields if n.lower() == name.lower()]

    @property
    def url(self) -> str:
        """WARC-Target-URI, without the angle brackets that wget 1.19 and others put round it."""
        return self.get("WARC-Target-URI").removeprefix("<").removesuffix(">")


def file_chunks(path: Path) -> Iterator[bytes]:
    """A file's bytes, `PIECE` at a time."""
    with path.open("rb") as file:
        while chunk := file.read(PIECE):
            yield chunk


class _Stream:
    """Unpacked bytes, and where in the file they lie. A plain file counts as one member."""

    def __init__(self, chunks: Iterable[bytes], name: str) -> None:
        self.name = name
        self._chunks = iter(chunks)
        self._raw = b""
        self._at = 0
        self._taken = 0
        self._out = bytearray()
        self._pull()
        while len(self._raw) < len(GZIP_MAGIC) and self._pull():
            pass
        self.gzip = self._raw.startswith(GZIP_MAGIC)
        self._inflater: zlib._Decompress | None = None
        self.member_start = 0

    def _pull(self) -> bool:
        chunk = next(self._chunks, b"")
        self._raw = self._raw[self._at :] + chunk
        self._at = 0
        self._taken += len(chunk)
        return bool(chunk)

    def _left(self) -> int:
        """Bytes of `_raw` that are not used yet."""
        return len(self._raw) - self._at

    def fail(self, reason: str, offset: int | None = None) -> WarcError:
        return WarcError(self.name, self.member_start if offset is None else offset, reason)

    def offset(self) -> int:
        """In the file: of the member at work (gzip), or of the next byte (plain)."""
        return self.member_start if self.gzip else self._taken - self._left() - len(self._out)

    def file_position(self) -> int:
        """Up to where the file has been used; exact between members and in plain files."""
        return self._taken - self._left() - (0 if self.gzip else len(self._out))

    def next_member(self) -> bool:
        """Go to the next gzip member; False at the end of the file."""
        if not self._left() and not self._pull():
            return False
        self.member_start = self._taken - self._left()
        if self.gzip:
            self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True

    def _more(self) -> bool:
        """Unpack some more; False at the end of the member."""
        if not self.gzip:
            if not self._left() and not self._pull():
                return False
            self._out += self._raw[self._at :]
            self._at = len(self._raw)
            return True
        inflater = self._inflater
        if inflater is None or inflater.eof:
            return False
        if not self._left() and not self._pull():
            raise self.fail("the file ends inside a gzip member")
        fed = self._raw[self._at : self._at + FED]
        try:
            self._out += inflater.decompress(fed, PIECE)
        except zlib.error as error:
            raise self.fail(f"not a sound gzip member ({error})") from error
        rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        self._at += len(fed) - len(rest)
        return True

    def at_end(self) -> bool:
        """Whether the member has no byte left."""
        while not self._out:
            if not self._more():
                return True
        return False

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" only at the member's end."""
        if self.at_end():
            return b""
        with memoryview(self._out) as whole, whole[:size] as part:
            piece = bytes(part)
        del self._out[:size]
        return piece

    def exactly(self, size: int) -> bytes:
        """`size` bytes, or fewer at the member's end."""
        while len(self._out) < size and self._more():
            pass
        return self.read(size)

    def head(self) -> bytes:
        """Up to the next empty line, it included; or what there is: to the member's end, or some
        more than `HEAD_LIMIT`."""
        searched = 0
        while (found := EMPTY_LINE.search(self._out, searched)) is None:
            searched = max(0, len(self._out) - len(b"\n\r"))
            if searched > HEAD_LIMIT:
                return self.read(searched)
            if not self._more():
                return self.read(len(self._out) or 1)
        end = found.end()
        del found  # while it is there, the bytes cannot be taken away
        return self.read(end)

    def skip_line_ends(self) -> None:
        """Go over CR and LF."""
        while not self.at_end() and self._out[0] in b"\r\n":
            del self._out[:1]


class _Block:
    """Takes a block as it comes by: keeps its start, and checks both digests."""

    def __init__(self, kind: str, fields: Fields, keep: int) -> None:
        self._values = {n.lower(): v for n, v in fields}
        self.kept = bytearray()
        self.length = 0
        self._keep = keep
        url = self._values.get("warc-target-uri", "").lstrip("<").lower()
        self._is_http = kind == "response" and url.startswith("http")
        self._block = self._hash("warc-block-digest")
        checked = kind in ("response", "resource") and "warc-segment-number" not in self._values
        self._payload = self._hash("warc-payload-digest") if checked else None
        self._in_payload = not self._is_http
        self._head = bytearray()

    def _hash(self, name: str) -> "hashlib._Hash | None":
        algorithm = self._values.get(name, "").partition(":")[0].lower().replace("-", "")
        if algorithm not in ALGORITHMS:
            return None
        return hashlib.new(algorithm, usedforsecurity=False)

    def feed(self, data: bytes) -> None:
        self.length += len(data)
        self.kept += data[: max(0, self._keep - len(self.kept))]
        if self._block:
            self._block.update(data)
        if self._payload is None:
            return
        if self._in_payload:
            self._payload.update(data)
        else:
            self._look_for_payload(data, self._payload)

    def _look_for_payload(self, data: bytes, payload: "hashlib._Hash") -> None:
        self._head += data
        end = head_length(bytes(self._head))
        if end is None:
            if len(self._head) > HEAD_LIMIT:
                self._payload = None
            return
        # Tools do not agree on what a payload digest covers where a transfer coding is present;
        # the block digest covers the same bytes.
        if http_parts(bytes(self._head[:end])).get("transfer-encoding") is not None:
            self._payload = None
        else:
            payload.update(self._head[end:])
        self._in_payload = True
        self._head.clear()

    def faults(self) -> list[str]:
        pairs = (("warc-block-digest", self._block), ("warc-payload-digest", self._payload))
        return [
            f"{name} does not match"
            for name, digest in pairs
            if digest is not None and digest_equals(self._values[name], digest) is False
        ]


Tee = Callable[[Literal["record", "data", "end"], bytes], None]


def records(
    chunks: Iterable[bytes],
    name: str,
    *,
    keep: int,
    keep_of_long: int | None = None,
    tee: Tee | None = None,
) -> Iterator[Record]:
    """Each record of a WARC, with at most `keep` bytes of its block; with at most `keep_of_long`
    where the block is longer than `keep`.

    `name` is for messages. `tee` gets the bytes of each record as they come by: `record` with its
    head, `data` with pieces of its block, `end`. Raises WarcError where the file cannot be read
    on, after it has yielded all records before that place.
    """
    stream = _Stream(chunks, name)
    while stream.next_member():
        first = True
        stream.skip_line_ends()
        while not stream.at_end():
            offset = stream.offset()
            raw, kind, fields, length = _head(stream)
            if tee:
                tee("record", raw)
            kept = keep if length <= keep or keep_of_long is None else keep_of_long
            block = _Block(kind, fields, kept)
            _pour(stream, block, length, tee)
            faults = block.faults()
            if stream.exactly(4) != b"\r\n\r\n":
                faults.append("is not followed by two line ends")
            if tee:
                tee("end", b"")
            size = stream.file_position() - offset
            if stream.gzip:
                stream.skip_line_ends()
            alone = not stream.gzip or (first and stream.at_end())
            if stream.gzip:
                size = stream.file_position() - offset if alone else 0
            first = False
            yield Record(
                kind=kind,
                id=bare_id(_value(fields, "warc-record-id")),
                fields=fields,
                offset=offset,
                length=size,
                alone=alone,
                block=bytes(block.kept),
                block_length=block.length,
                faults=tuple(faults),
            )
            stream.skip_line_ends()


def _value(fields: Fields, name: str) -> str:
    return next((v for n, v in fields if n.lower() == name), "")


def _head(stream: _Stream) -> tuple[bytes, str, Fields, int]:
    """The version line and named fields: as bytes, and read."""
    offset = stream.offset()
    raw = stream.head()
    version, _, lines = raw.partition(b"\n")
    if version.strip() not in VERSIONS:
        raise stream.fail(f"no WARC record begins here but {version[:40]!r}", offset)
    if not raw.endswith((b"\n\r\n", b"\n\n")) or len(raw) > HEAD_LIMIT:
        raise stream.fail("the record's fields have no end", offset)
    fields = parse_fields(lines.rstrip(b"\r\n") + b"\n")
    length = _value(fields, "content-length")
    if not length.isascii() or not length.isdigit() or len(length) > 15:
        raise stream.fail(f"Content-Length is {length[:40]!r}", offset)
    return raw, _value(fields, "warc-type").lower(), fields, int(length)


def _pour(stream: _Stream, block: _Block, length: int, tee: Tee | None) -> None:
    offset = stream.offset()
    while block.length < length:
        piece = stream.read(min(PIECE, length - block.length))
        if not piece:
            raise stream.fail(
                f"a record ends {length - block.length} bytes before its length", offset
            )
        block.feed(piece)
        if tee:
            tee("data", piece)
