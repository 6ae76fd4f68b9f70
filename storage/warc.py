"""Captures in: exchanges written to WARC files, and files put right after a crash.

A file is called `.open` while it is written. One exchange is one `write`: response, request and
metadata records, each its own gzip member. When `write` has returned, the bytes are with the
operating system, so that a killed process loses nothing that was acknowledged; on closing they are
synced to the disk, and the file gets its name.
"""

import errno
import fcntl
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO

from storage.exchange import Exchange, Packed, Rest, Tls, capture_of, pack
from storage.identity import now
from storage.records import Capture, WarcPlace
from storage.warcfields import (
    RECORD_END,
    clean_text,
    clean_url,
    fields_block,
    member,
    member_pieces,
    new_record_id,
    record,
)
from storage.warcstream import PIECE, WarcError, file_chunks, records

__all__ = ["OPEN", "Exchange", "Tls", "WarcFull", "WarcWriter", "recover"]

OPEN = ".open"
# EFBIG is the file size limit of a process (ulimit -f) or of a file system.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WarcFull(Exception):
    """There is no room for an exchange. The file ends after the exchange before it."""


class WarcWriter:
    """Writes exchanges to `<run>-00001.warc.gz` and so on in `folder`.

    A new file is begun before an exchange that would take the old one over `rotate_bytes`.
    `warcinfo` stands at the head of each file; put no secret there.
    """

    def __init__(
        self, folder: Path, run: str, *, rotate_bytes: int, warcinfo: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.run = run
        self.files: list[str] = []
        """Names of the files that are finished."""
        self.exchanges = 0
        self._rotate_bytes = rotate_bytes
        self._warcinfo = dict(warcinfo)
        self._number = _last_number(folder, run)
        self._fd = -1
        self._size = 0
        self._head = 0

    def __enter__(self) -> "WarcWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _name(self) -> str:
        return f"{self.run}-{self._number:05}.warc.gz"

    def write(self, exchange: Exchange) -> Capture:
        """Keep one exchange, whole or not at all, and say what was captured.

        Raises WarcFull if there is no room, OSError if the file cannot be written otherwise.
        """
        packed = pack(exchange)
        parts = (packed.response, packed.request, packed.metadata)
        if packed.rest is None:
            members = [member(raw) for raw in parts if raw]
            self._make_ready(sum(len(one) for one in members))
            lengths = [len(one) for one in members]
            offset = self._size
            self._append([b"".join(members)])
        else:
            self._make_ready(sum(len(one) for one in parts) + packed.rest.size)
            offset = self._size
            lengths = self._append_long(packed, packed.rest)
        self.exchanges += 1
        return self._capture(exchange, packed, offset, lengths)

    def _append_long(self, packed: Packed, rest: Rest) -> list[int]:
        """Write an exchange that does not fit into memory; the lengths of its members."""
        response = chain((packed.response,), rest.pieces(), (RECORD_END,))
        members = [
            member_pieces(raw)
            for raw in (response, [packed.request] if packed.request else [], [packed.metadata])
            if raw
        ]
        lengths = [0] * len(members)

        def pieces() -> Iterator[bytes]:
            for number, one in enumerate(members):
                for piece in one:
                    lengths[number] += len(piece)
                    yield piece

        self._append(pieces())
        return lengths

    def spool(self) -> IO[bytes]:
        """A new file without a name on the disk of the WARCs, for a long response: the system's
        folder for such files is often in memory. Raises OSError."""
        return tempfile.TemporaryFile(dir=self.folder, buffering=0)

    def copy(self, members: IO[bytes], size: int, *, stay: bool = False) -> None:
        """Keep `size` bytes of gzip members that were made elsewhere; with `stay`, in the file
        at work, whatever its size. Raises as `write` does."""
        self._make_ready(0 if stay else size)
        self._append(iter(lambda: members.read(PIECE), b""))

    def _make_ready(self, size: int) -> None:
        """See to it that there is a file, and that `size` bytes do not take it over its size."""
        full = size and self._size > self._head and self._size + size > self._rotate_bytes
        if self._fd >= 0 and full:
            self.close()
        if self._fd < 0:
            self._begin()

    def _capture(
        self, exchange: Exchange, packed: Packed, offset: int, lengths: list[int]
    ) -> Capture:
        if not exchange.response:
            offset += sum(lengths[:-1])
        length = lengths[0] if exchange.response else lengths[-1]
        return capture_of(
            packed.facts,
            record_id=packed.response_id if exchange.response else packed.metadata_id,
            url=clean_url(exchange.url),
            date=exchange.fetched_at,
            ip=exchange.ip,
            response=exchange.response,
            truncated=exchange.truncated if exchange.response else None,
            place=WarcPlace(self.run, self._name, offset, length),
            trust_facts=True,
        )

    def _begin(self) -> None:
        self._number += 1
        path = self.folder / (self._name + OPEN)
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        fcntl.flock(self._fd, fcntl.LOCK_EX)  # `recover` leaves the file alone while we live
        self._size = 0
        info = fields_block((clean_text(n), v) for n, v in self._warcinfo.items())
        fields = [("WARC-Filename", self._name), ("Content-Type", "application/warc-fields")]
        try:
            self._append([member(record("warcinfo", new_record_id(), now(), fields, info))])
        except (WarcFull, OSError):
            path.unlink()
            os.close(self._fd)
            self._fd = -1
            self._number -= 1
            raise
        self._head = self._size

    def _append(self, pieces: Iterable[bytes]) -> None:
        """Write all pieces, or cut the file back to where it was."""
        written = 0
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    done = os.write(self._fd, rest)
                    written += done
                    rest = rest[done:]
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
            raise no_room(self.folder, error) from error
        self._size += written

    def close(self) -> None:
        """Finish the file at work, durably. The writer can go on with a new one."""
        if self._fd < 0:
            return
        os.fsync(self._fd)
        _give_name(self.folder, self._name)
        os.close(self._fd)
        self._fd = -1
        self.files.append(self._name)


def no_room(folder: Path, error: OSError) -> WarcFull | OSError:
    """What to raise where an exchange could not be written: `error`, or that the disk is full."""
    if error.errno not in FULL:
        return error
    return WarcFull(
        f"{folder}: no room for the next exchange ({error.strerror}). "
        "What was captured before is kept. Make room, then run again."
    )


def _last_number(folder: Path, run: str) -> int:
    form = re.compile(re.escape(run) + r"-(\d{5,})\.warc\.gz(?:\.open)?")
    found = (form.fullmatch(path.name) for path in folder.iterdir())
    return max((int(one[1]) for one in found if one), default=0)


def _give_name(folder: Path, name: str) -> None:
    """`name.open` becomes `name`, never over an existing file, and the folder is synced."""
    os.link(folder / (name + OPEN), folder / name)
    (folder / (name + OPEN)).unlink()
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def recover(folder: Path) -> list[str]:
    """Put right what a killed writer left: cut torn tails, finish `.open` files.

    A file is cut after its last whole exchange (which ends with a metadata record). An exchange
    that `write` returned for lies before that, whole. Files that a living process writes are left
    alone. Returns what was done, one line for people each.
    """
    notes = []
    for path in sorted(folder.glob("*.warc.gz" + OPEN)):
        fd = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            notes.append(_finish(path, fd))
        except BlockingIOError:
            notes.append(f"{path.name}: left alone, a running crawl writes it")
        finally:
            os.close(fd)
    return notes


def _finish(path: Path, fd: int) -> str:
    name = path.name.removesuffix(OPEN)
    if (path.parent / name).exists() and (path.parent / name).samefile(path):
        path.unlink()  # killed between the two names
        return f"{name}: finished"
    good, exchanges, damage = _whole(path)
    if not exchanges:
        path.unlink()
        return f"{name}: removed, it held no whole exchange"
    cut = path.stat().st_size - good
    os.ftruncate(fd, good)
    os.fsync(fd)
    _give_name(path.parent, name)
    tail = f", {cut} bytes of an unfinished exchange cut ({damage})" if cut else ""
    return f"{name}: finished with {exchanges} exchanges{tail}"


def _whole(path: Path) -> tuple[int, int, str]:
    """Where the last whole exchange ends, how many there are, and what is wrong after it."""
    good = exchanges = 0
    try:
        for one in records(file_chunks(path), path.name, keep=0):
            if one.kind == "metadata":
                good = one.offset + one.length
                exchanges += 1
    except WarcError as error:
        return good, exchanges, error.reason
    return good, exchanges, "its last records are missing"
