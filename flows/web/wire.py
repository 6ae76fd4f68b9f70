"""A capture as it lies in the archive: its bytes as they were on the wire, and what seals them.

Memory is bounded: of a record that is long, the beginning is read; downloads go through in pieces.
"""

import base64
import binascii
import itertools
import re
import zlib
from collections.abc import Iterator

from msgspec import Struct

from flows.context import Context
from storage import layout, log
from storage.identity import sha256_hex
from storage.message import http_parts
from storage.objects import Store, StoreError
from storage.records import Capture
from storage.warcfields import Fields, bare_id, parse_fields
from storage.warcread import read_page
from storage.warcstream import GZIP_MAGIC, Record, WarcError, records

GZIP = 31  # zlib's window bits for a gzip member
PIECE = 1024 * 1024  # bytes read at a time
SHORT = 8 * PIECE  # of a record in the archive; a longer one is a film, and only its head is read
BESIDE = 1024 * 1024  # bytes behind a response in which its request and metadata are looked for
HEAD = 256 * 1024  # bytes of a block that are shown at most
SHOWN = 24 * 1024  # characters of a body that are shown; the rest is in the download
DUMPED = 2048  # bytes that are shown as hex: 128 lines
BELL = 32  # below it are the controls
TEXT_CONTROLS = b"\t\n\r\f"
LENGTH = re.compile(r"[0-9]{1,15}")  # of a block in bytes, in a WARC header


class Body(Struct, frozen=True, kw_only=True):
    """Bytes, to be looked at: as text, or as hex where they are none."""

    length: int
    text: str | None
    hex: tuple[tuple[str, str, str], ...]
    """Offset, sixteen bytes, and the same as ASCII."""
    cut: bool


class Sealed(Struct, frozen=True, kw_only=True):
    """What binds the bytes: the run's list of sums, and the log entry."""

    key: str
    sha256: str | None
    """Of the WARC file, as `SHA256SUMS` has it."""
    sums_key: str
    sums_sha256: str | None
    entry: log.Entry | None
    entry_key: str | None
    entry_sha256: str | None
    trouble: str | None


class Wire(Struct, frozen=True, kw_only=True):
    """An exchange."""

    fields: Fields
    """The WARC headers of the response."""
    head: str
    """Status line and headers as sent, Latin-1 decoded."""
    body: Body
    """Behind the head, as on the wire: codings kept."""
    plain: Body | None
    """The body without its codings; None where it is the same."""
    request: str | None
    metadata: Fields
    certificates: tuple[tuple[str, str], ...]
    """Subject and SHA-256 of each certificate of the chain, the server's own first."""
    trouble: str | None


def key_of(capture: Capture) -> str:
    """The object that holds the capture."""
    return layout.object_key(capture.warc.run, f"warc/{capture.warc.file}")


def wire(context: Context, capture: Capture) -> Wire:
    """The exchange behind a capture. Trouble with the store or its bytes is told, not raised."""
    trouble, block, length = None, b"", 0
    fields: Fields = []
    beside: list[Record] = []
    try:
        fields, block, length = _response(context.store, capture)
        beside = list(_beside(context.store, capture))
    except (StoreError, WarcError, ValueError) as error:
        trouble = str(error)
    parts = http_parts(block)
    head = block[: len(block) - len(parts.body)] if parts.complete else block
    metadata = _of_kind(beside, "metadata")
    if capture.status is None:  # the capture is the metadata record itself
        metadata_fields, head = parse_fields(block), b""
    else:
        metadata_fields = parse_fields(metadata.block) if metadata else []
    request = _of_kind(beside, "request")
    return Wire(
        fields=fields,
        head=head.decode("latin-1"),
        body=look_at(parts.body, max(length - len(head), 0) if capture.status else 0),
        plain=_unpacked(context, capture, parts.body) if not trouble else None,
        request=request.block.decode("latin-1") if request else None,
        metadata=[pair for pair in metadata_fields if pair[0] != "certificate"],
        certificates=tuple(_certificates(metadata_fields)),
        trouble=trouble,
    )


def _of_kind(beside: list[Record], kind: str) -> Record | None:
    return next((one for one in beside if one.kind == kind), None)


def _response(store: Store, capture: Capture) -> tuple[Fields, bytes, int]:
    """WARC headers, the first bytes of the block, and its whole length."""
    place = capture.warc
    if place.length <= SHORT:
        member = store.get_range(key_of(capture), place.offset, place.length)
        one = next(records([member], place.file, keep=HEAD), None)
        if one is None or one.id != capture.id:
            raise WarcError(place.file, place.offset, f"record {capture.id} is not there")
        return one.fields, one.block, one.block_length
    fields, length, pieces = _opened(store, capture)
    block = b""
    while len(block) < HEAD and (piece := next(pieces, b"")):
        block += piece
    return fields, block[:HEAD], length


def _beside(store: Store, capture: Capture) -> Iterator[Record]:
    """The request and the metadata of an exchange, which stand behind its response."""
    place = capture.warc
    start = place.offset + place.length
    key = key_of(capture)
    whole = next((one.size for one in store.list(key) if one.key == key), start)
    end = min(whole, start + BESIDE)

    def pieces() -> Iterator[bytes]:
        at = start
        while at < end:
            size = min(PIECE // 16, end - at)
            yield store.get_range(key, at, size)
            at += size

    try:
        for one in records(pieces(), place.file, keep=HEAD):
            tied = [value for value in one.all("WARC-Concurrent-To") if capture.id in value]
            if not tied:
                return
            yield one
    except WarcError:
        return  # what lies there is another capture's, and cut off by our bound


def _certificates(metadata: Fields) -> Iterator[tuple[str, str]]:
    from cryptography import x509  # 0.1 s

    for name, value in metadata:
        if name != "certificate":
            continue
        try:
            der = base64.b64decode(value)
            subject = x509.load_der_x509_certificate(der).subject.rfc4514_string()
        # A version that X.509 does not know is no ValueError.
        except (ValueError, binascii.Error, x509.InvalidVersion):
            subject, der = "not readable", value.encode()
        yield subject, sha256_hex(der)


def _unpacked(context: Context, capture: Capture, raw: bytes) -> Body | None:
    if capture.status is None or capture.warc.length > SHORT or not raw:
        return None
    limit = context.settings.max_decoded_bytes
    try:
        member = context.store.get_range(key_of(capture), capture.warc.offset, capture.warc.length)
        plain = read_page(member, capture, max_decoded_bytes=limit).body
    except (StoreError, WarcError):
        return None
    return look_at(plain, len(plain)) if plain[: len(raw)] != raw[: len(plain)] else None


def look_at(data: bytes, length: int) -> Body:
    """Some bytes of `length` in all, made fit for looking."""
    some = data[:SHOWN]
    text = _text(some)
    return Body(
        length=length,
        text=text,
        hex=() if text is not None else tuple(_hex(some[:DUMPED])),
        cut=length > (len(some) if text is not None else min(len(some), DUMPED)),
    )


def _text(data: bytes) -> str | None:
    if any(byte < BELL and byte not in TEXT_CONTROLS for byte in data[:4096]):
        return None
    return data.decode("utf-8", "replace")


def _hex(data: bytes) -> Iterator[tuple[str, str, str]]:
    for at in range(0, len(data), 16):
        some = data[at : at + 16]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in some)
        yield f"{at:08x}", some.hex(" "), shown


def sealed(context: Context, run: str, file: str | None, seq: int | None) -> Sealed:
    """What binds a file of a run (`warc/…`); None: the run itself."""
    store, trouble = context.store, None
    sums: dict[str, str] = {}
    sums_sha256 = entry = entry_sha256 = None
    try:
        data = store.get(layout.sums_key(run), log.MAX_SUMS)
        sums_sha256, sums = sha256_hex(data), log.parse_sums(data)
        if seq is not None:
            line = store.get(layout.log_key(seq), log.MAX_ENTRY)
            entry, entry_sha256 = log.parse_entry(line), sha256_hex(line)
    except (StoreError, ValueError) as error:
        trouble = str(error)
    return Sealed(
        key=layout.object_key(run, file or layout.RUN_JSON),
        sha256=sums.get(file or layout.RUN_JSON),
        sums_key=layout.sums_key(run),
        sums_sha256=sums_sha256,
        entry=entry,
        entry_key=layout.log_key(seq) if seq is not None else None,
        entry_sha256=entry_sha256,
        trouble=trouble,
    )


def record_pieces(store: Store, capture: Capture) -> Iterator[bytes]:
    """The WARC record as it lies in the archive: one gzip member. Raises StoreError."""
    place, key = capture.warc, key_of(capture)
    end = place.offset + place.length
    for at in range(place.offset, end, PIECE):
        yield store.get_range(key, at, min(PIECE, end - at))


def response_pieces(store: Store, capture: Capture) -> Iterator[bytes]:
    """The response as it was on the wire. Raises StoreError, WarcError."""
    _, left, pieces = _opened(store, capture)
    for piece in pieces:
        yield piece[:left]
        left -= min(left, len(piece))
        if not left:
            return


def _opened(store: Store, capture: Capture) -> tuple[Fields, int, Iterator[bytes]]:
    """WARC headers, the length of the block, and its bytes, with what stands behind it."""
    place = capture.warc
    pieces = _plain(store, capture)
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD and (piece := next(pieces, b"")):
        head += piece
    start, _, rest = head.partition(b"\r\n\r\n")
    fields = parse_fields(start.partition(b"\r\n")[2])
    values = {name.lower(): value for name, value in fields}
    length = values.get("content-length", "")
    if bare_id(values.get("warc-record-id", "")) != capture.id or not LENGTH.fullmatch(length):
        raise WarcError(place.file, place.offset, f"record {capture.id} is not there")
    return fields, int(length), itertools.chain([rest], pieces)


def _plain(store: Store, capture: Capture) -> Iterator[bytes]:
    """The record unpacked, if it is packed, in pieces."""
    inflater: zlib._Decompress | None = None
    for number, rest in enumerate(record_pieces(store, capture)):
        if not number and rest.startswith(GZIP_MAGIC):
            inflater = zlib.decompressobj(GZIP)
        if inflater is None:  # other tools' files need not be packed
            yield rest
            continue
        while rest and not inflater.eof:
            try:
                yield inflater.decompress(rest, PIECE)
            except zlib.error as error:
                place, reason = capture.warc, f"not a sound gzip member ({error})"
                raise WarcError(place.file, place.offset, reason) from error
            rest = inflater.unconsumed_tail
