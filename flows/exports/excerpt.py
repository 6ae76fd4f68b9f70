"""Records out of the archive's WARC files into one of their own, byte for byte.

Each record is a gzip member of its own, so its bytes can be copied as they lie; those of plain
files are packed. A response comes with the request and metadata records that follow it and name it
(WARC 1.1 §5.8); of each file that something was taken from, the warcinfo record comes, too.
"""

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from msgspec import Struct

from storage import layout
from storage.objects import NotThere, StoreError
from storage.records import Capture, WarcPlace
from storage.repaired import Repaired
from storage.warcfields import bare_id
from storage.warcstream import GZIP_MAGIC, Record, WarcError, records

PIECE = 1024 * 1024  # bytes asked of the store at a time
SPOOL = 8 * PIECE  # bytes of a record that stay in memory; a film goes through a file
GZIP = 31  # zlib's window bits for a gzip member
ROOM = 16 * 1024  # asked with a record, for the two small ones behind it


class Copied(Struct, frozen=True):
    """A record that was copied: its id and kind, from where, and to where."""

    id: str
    kind: str
    source: WarcPlace
    to: WarcPlace


def copy(
    store: Repaired, captures: Iterable[Capture], out: BinaryIO, name: str
) -> Iterator[Copied]:
    """Write the captures' records to `out`, a file `name`, in the order of run, file and place.

    Raises StoreError where a record is not there, or is not what its own digests say.
    """
    files: set[tuple[str, str]] = set()
    taken: set[str] = set()
    for one in sorted(captures, key=lambda one: (one.warc.run, one.warc.file, one.warc.offset)):
        place = one.warc
        if (place.run, place.file) not in files:
            files.add((place.run, place.file))
            beginning = WarcPlace(place.run, place.file, 0, 0)
            yield from _copy(store, beginning, None, taken, out, name)
        yield from _copy(store, place, one.id, taken, out, name)


def _copy(
    store: Repaired,
    place: WarcPlace,
    wanted: str | None,
    taken: set[str],
    out: BinaryIO,
    name: str,
) -> Iterator[Copied]:
    """One record and those that belong to it. Without `wanted`, the file's warcinfo record."""
    key = layout.object_key(place.run, f"warc/{place.file}")
    with tempfile.SpooledTemporaryFile(SPOOL) as file:
        raw = cast(BinaryIO, file)
        try:
            for one in records(_read(store, key, place, raw), place.file, keep=0):
                if not _belongs(one, wanted, first=one.offset == 0) or one.id in taken:
                    break
                if one.faults or not one.alone:
                    raise WarcError(place.file, place.offset + one.offset, "; ".join(one.faults))
                taken.add(one.id)
                begin, at = out.tell(), raw.tell()
                _append(raw, one, out)
                raw.seek(at)
                yield Copied(
                    one.id,
                    one.kind,
                    WarcPlace(place.run, place.file, place.offset + one.offset, one.length),
                    WarcPlace("", name, begin, out.tell() - begin),
                )
        except WarcError as error:
            raise StoreError(f"{key}: {error}. `copytrail audit` says more.") from error
    if wanted and wanted not in taken:
        raise StoreError(
            f"{key}: record {wanted} is not at byte {place.offset}. `copytrail audit` says more."
        )


def _append(raw: BinaryIO, one: Record, out: BinaryIO) -> None:
    """Write the record's bytes; packed, where they lie plain in another tool's file: a file that
    holds both cannot be read."""
    raw.seek(one.offset)
    packer, left = None, one.length
    while left and (piece := raw.read(min(PIECE, left))):
        if left == one.length and not piece.startswith(GZIP_MAGIC):
            packer = zlib.compressobj(wbits=GZIP)
        left -= len(piece)
        out.write(packer.compress(piece) if packer else piece)
    if packer:
        out.write(packer.flush())


def _belongs(one: Record, wanted: str | None, first: bool) -> bool:
    if wanted is None:
        return first and one.kind == "warcinfo"
    if first:
        return one.id == wanted
    tied = {bare_id(value) for value in one.all("WARC-Concurrent-To")}
    return one.kind in ("request", "metadata") and wanted in tied


def _read(store: Repaired, key: str, place: WarcPlace, out: BinaryIO) -> Iterator[bytes]:
    """The object from this place to its end, written to `out` as it comes by."""
    size, offset = _size(store, key), place.offset
    length = min(place.length + ROOM, PIECE)
    while offset < size:
        piece = store.get_range(key, offset, min(length, size - offset))
        out.write(piece)
        offset += len(piece)
        length = PIECE
        yield piece


def _size(store: Repaired, key: str) -> int:
    at = store.repairs.get(key, key)
    for one in store.raw.list(at):
        if one.key == at:
            return one.size
    raise NotThere(f"{store.name}/{key}: not there. `copytrail audit` says more.")
