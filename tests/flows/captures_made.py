"""An archive of captures that are put there one by one."""

import gzip
from pathlib import Path
from typing import Any

from msgspec import structs

from config.settings import load
from flows.context import Context
from storage.records import Capture, WarcPlace
from tests.storage.catalog_made import at, capture, visit

RUN = "01KBXK8NFFP7P4S1D0ZC9T5ZZZ"


def record_of(capture: Capture, http: bytes) -> bytes:
    """A WARC record of an answer, not packed."""
    return (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{capture.id}>\r\n"
        f"WARC-Target-URI: {capture.url}\r\nWARC-Date: {at(1)}\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode() + http + b"\r\n\r\n"  # fmt: skip


class Made:
    """Captures in an archive and its catalog."""

    def __init__(self, folder: Path) -> None:
        self.context = Context(load({"COPYTRAIL_HOME": str(folder)}, folder))
        self.warcs = folder / "archive" / "runs" / RUN / "warc"
        self.warcs.mkdir(parents=True)
        self._count = 0

    def put(self, http: bytes, *, packed: bool = True, cut: int = 0, **values: Any) -> Capture:
        """Archive one answer; `cut`: bytes of its record that are lost."""
        self._count += 1
        name = f"c{self._count}"
        day = values.pop("day", self._count)
        record = record_of(capture(name, day, 1, **values), http)
        stored = gzip.compress(record, 1) if packed else record
        file = f"{name}.warc.gz" if packed else f"{name}.warc"
        (self.warcs / file).write_bytes(stored[: len(stored) - cut])
        place = WarcPlace(RUN, file, 0, len(stored))
        seen = structs.replace(capture(name, day, 1, **values), warc=place)
        visit(self.context.catalog, self._count, seen)
        return seen


def answer(body: bytes, *more: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more))
    return f"{head}\r\n\r\n".encode() + body
