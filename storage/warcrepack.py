"""Take in the WARC of another tool: the same records, byte for byte, each in a gzip member of its
own, so that it can be read by itself. Plain files and files in one single member become alike."""

import hashlib
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Literal

from isal import isal_zlib

from storage.warc import WarcWriter
from storage.warcfields import GZIP, LEVEL, Fields, bare_id, parse_fields
from storage.warcstream import file_chunks, records

SPOOL = 64 * 1024 * 1024  # bytes of one packed record that stay in memory; more go to a file
NEIGHBOURS = 64  # records between two of one exchange; in all WARCs that we know there is none


def repack(
    source: Path, folder: Path, run: str, *, rotate_bytes: int, warcinfo: Mapping[str, str]
) -> list[str]:
    """Write the records of `source` to `<run>-0000n.warc.gz` in `folder`; returns the file names.

    Name and SHA-256 of the source stand in the warcinfo record. Raises WarcError where the source
    is damaged, WarcFull or OSError where it cannot be written; what came before is then finished.
    """
    origin = {"imported-from": source.name, "imported-sha256": _sha256(source)}
    facts = {**warcinfo, **origin}
    with (
        WarcWriter(folder, run, rotate_bytes=rotate_bytes, warcinfo=facts) as writer,
        tempfile.SpooledTemporaryFile(SPOOL) as spool,
    ):
        packer = _Packer(writer, spool)
        for _ in records(file_chunks(source), source.name, keep=0, tee=packer.take):
            pass
    return writer.files


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in file_chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


class _Packer:
    """Packs each record as it comes by, and hands it on when it is whole.

    What is tied to a record that came shortly before stays with it in one file, since readers look
    for the parts of an exchange there.
    """

    def __init__(self, writer: WarcWriter, spool: IO[bytes]) -> None:
        self._writer = writer
        self._spool = spool
        self._packer: Any = None
        self._seen: deque[str] = deque(maxlen=NEIGHBOURS)
        self._tied = False

    def take(self, what: Literal["record", "data", "end"], data: bytes) -> None:
        if what == "record":
            self._spool.seek(0)
            self._spool.truncate()
            self._look_at(parse_fields(data))
            self._packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP)
        self._spool.write(self._packer.compress(data))
        if what == "end":
            self._spool.write(self._packer.compress(b"\r\n\r\n") + self._packer.flush())
            size = self._spool.tell()
            self._spool.seek(0)
            self._writer.copy(self._spool, size, stay=self._tied)

    def _look_at(self, fields: Fields) -> None:
        values = [(name.lower(), bare_id(value)) for name, value in fields]
        self._tied = any(n == "warc-concurrent-to" and v in self._seen for n, v in values)
        self._seen += [value for name, value in values if name == "warc-record-id"]
