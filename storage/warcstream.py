"""Records out of a WARC, one after the other, in bounded memory: gzip or plain, of any tool.

It reads with zlib, not with the library that our writer uses, so that what is read and sealed does
not rest on the same code twice. Who only asks whether a file is sound may have isal, see `records`.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from isal import isal_zlib
from msgspec import Struct

from storage.message import has_header, head_length
from storage.warcfields import Fields, bare_id, digest_equals, parse_fields

PIECE = 256 * 1024  # bytes read and unpacked at a time
FED = 32 * 1024
"""Bytes that zlib gets at a time: it copies what it leaves of them at the end of each member."""
HEAD_LIMIT = 1024 * 1024  # bytes of named fields in one record; ours have under 10 KB
VERSIONS = (b"WARC/1.1", b"WARC/1.0", b"WARC/0.18", b"WARC/0.17")
GZIP_MAGIC = b"\x1f\x8b"
PLAIN_MEMBER = GZIP_MAGIC + b"\x08\x00"
"""How a gzip member without flags begins (RFC 1952 §2.3.1); nearly all do. isal would take flags
that zlib refuses."""
UNSOUND: tuple[type[Exception], ...] = (zlib.error, isal_zlib.error)  # type: ignore[assignment]
EMPTY_LINE = re.compile(rb"\n\r?\n")
ALGORITHMS = {
    "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512, "md5": hashlib.md5,
}  # fmt: skip


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
    """Unpacked bytes, and where in the file they lie. A plain file counts as one member.

    What is unpacked is handed out where it lies, without a copy: copies cost as much as all the
    rest of the work on a record.
    """

    def __init__(self, chunks: Iterable[bytes], name: str, swift: bool) -> None:
        self.name = name
        self._swift = swift
        self._chunks = iter(chunks)
        self._raw = b""
        self._at = 0
        self._taken = 0
        self._out = b""
        self._used = 0
        self._has(len(GZIP_MAGIC))
        self.gzip = self._raw.startswith(GZIP_MAGIC)
        self._inflater: zlib._Decompress | None = None
        self.member_start = 0

    def _pull(self) -> bool:
        chunk = next(self._chunks, b"")
        self._raw = self._raw[self._at :] + chunk
        self._at = 0
        self._taken += len(chunk)
        return bool(chunk)

    def _has(self, size: int) -> bool:
        """Whether the file has so many bytes more."""
        while len(self._raw) - self._at < size:
            if not self._pull():
                return False
        return True

    def fail(self, reason: str, offset: int | None = None) -> WarcError:
        return WarcError(self.name, self.member_start if offset is None else offset, reason)

    def offset(self) -> int:
        """In the file: of the member at work (gzip), or of the next byte (plain)."""
        return self.member_start if self.gzip else self.file_position()

    def file_position(self) -> int:
        """Up to where the file has been used; exact between members and in plain files."""
        used = self._taken - len(self._raw) + self._at
        return used if self.gzip else used - len(self._out) + self._used

    def next_member(self) -> bool:
        """Go to the next gzip member; False at the end of the file."""
        if not self._has(1):
            return False
        self.member_start = self._taken - len(self._raw) + self._at
        if self.gzip:
            plain = self._swift and self._has(4) and self._raw.startswith(PLAIN_MEMBER, self._at)
            self._inflater = (isal_zlib if plain else zlib).decompressobj(16 + zlib.MAX_WBITS)
        return True

    def _more(self) -> bool:
        """Unpack some more; False at the end of the member."""
        inflater = self._inflater
        if inflater is None:
            if self.gzip or not self._has(1):
                return False
            data = self._raw[self._at :]
            self._at = len(self._raw)
        else:
            if inflater.eof:
                return False
            if self._at == len(self._raw) and not self._pull():
                raise self.fail("the file ends inside a gzip member")
            end = min(self._at + FED, len(self._raw))
            try:
                data = inflater.decompress(memoryview(self._raw)[self._at : end], PIECE)
            except UNSOUND as error:
                raise self.fail(f"not a sound gzip member ({error})") from error
            self._at = end - len(inflater.unused_data if inflater.eof else inflater.unconsumed_tail)
        if self._used == len(self._out):
            self._out, self._used = data, 0
        elif data:
            self._out, self._used = self._out[self._used :] + data, 0
        return True

    def at_end(self) -> bool:
        """Whether the member has no byte left."""
        while self._used == len(self._out):
            if not self._more():
                return True
        return False

    def read(self, size: int) -> memoryview:
        """At most `size` bytes; none only at the member's end."""
        self.at_end()
        piece = memoryview(self._out)[self._used : self._used + size]
        self._used += len(piece)
        return piece

    def exactly(self, size: int) -> bytes:
        """`size` bytes, or fewer at the member's end."""
        while len(self._out) - self._used < size and self._more():
            pass
        return bytes(self.read(size))

    def head(self) -> bytes:
        """Up to the next empty line, it included; or what there is: to the member's end, or some
        more than `HEAD_LIMIT`."""
        searched = 0
        while (found := EMPTY_LINE.search(self._out, self._used + searched)) is None:
            there = len(self._out) - self._used
            searched = max(0, there - len(b"\n\r"))
            if searched > HEAD_LIMIT:
                return bytes(self.read(searched))
            if not self._more():
                return bytes(self.read(there or 1))
        return bytes(self.read(found.end() - self._used))

    def skip_line_ends(self) -> None:
        """Go over CR and LF."""
        while not self.at_end() and self._out[self._used] in b"\r\n":
            self._used += 1


class _Block:
    """Takes a block as it comes by: keeps its start, and checks both digests."""

    def __init__(self, kind: str, values: dict[str, str], keep: int) -> None:
        self._values = values
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
        made = ALGORITHMS.get(algorithm)
        return made(usedforsecurity=False) if made else None

    def feed(self, data: memoryview) -> None:
        self.length += len(data)
        if len(self.kept) < self._keep:
            self.kept += data[: self._keep - len(self.kept)]
        if self._block:
            self._block.update(data)
        if self._payload is None:
            return
        if self._in_payload:
            self._payload.update(data)
        else:
            self._look_for_payload(data, self._payload)

    def _look_for_payload(self, data: memoryview, payload: "hashlib._Hash") -> None:
        if self._head:  # it came in several pieces
            self._head += data
            data = memoryview(bytes(self._head))
        end = head_length(data)
        if end is None:
            self._head[:] = data
            if len(data) > HEAD_LIMIT:
                self._payload = None
            return
        # Tools do not agree on what a payload digest covers where a transfer coding is present;
        # the block digest covers the same bytes.
        if has_header(bytes(data[:end]), "transfer-encoding"):
            self._payload = None
        else:
            payload.update(data[end:])
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
    swift: bool = False,
) -> Iterator[Record]:
    """Each record of a WARC, with at most `keep` bytes of its block; with at most `keep_of_long`
    where the block is longer than `keep`.

    `name` is for messages. `tee` gets the bytes of each record as they come by: `record` with its
    head, `data` with pieces of its block, `end`.

    `swift` unpacks with isal, which takes under half of zlib's time, and some faulty code tables
    besides that zlib refuses. Where it finds fault, zlib has the last word: read again without.

    Raises WarcError where the file cannot be read on, after it has yielded all records before that
    place.
    """
    stream = _Stream(chunks, name, swift)
    while stream.next_member():
        first = True
        stream.skip_line_ends()
        while not stream.at_end():
            offset = stream.offset()
            raw, fields = _head(stream)
            # The first of each name, as `Record.get` has it.
            values = {n.lower(): v for n, v in reversed(fields)}
            kind = values.get("warc-type", "").lower()
            length = _length(stream, offset, values.get("content-length", ""))
            if tee:
                tee("record", raw)
            kept = keep if length <= keep or keep_of_long is None else keep_of_long
            block = _Block(kind, values, kept)
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
                id=bare_id(values.get("warc-record-id", "")),
                fields=fields,
                offset=offset,
                length=size,
                alone=alone,
                block=bytes(block.kept),
                block_length=block.length,
                faults=tuple(faults),
            )
            stream.skip_line_ends()


def _head(stream: _Stream) -> tuple[bytes, Fields]:
    """The version line and named fields: as bytes, and read."""
    offset = stream.offset()
    raw = stream.head()
    version, _, lines = raw.partition(b"\n")
    if version.strip() not in VERSIONS:
        raise stream.fail(f"no WARC record begins here but {version[:40]!r}", offset)
    if not raw.endswith((b"\n\r\n", b"\n\n")) or len(raw) > HEAD_LIMIT:
        raise stream.fail("the record's fields have no end", offset)
    return raw, parse_fields(lines.rstrip(b"\r\n") + b"\n")


def _length(stream: _Stream, offset: int, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise stream.fail(f"Content-Length is {value[:40]!r}", offset)
    return int(value)


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
            tee("data", bytes(piece))
