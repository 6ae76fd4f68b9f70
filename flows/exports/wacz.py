"""One article with its trail as a WACZ 1.1.1 (https://specs.webrecorder.net/wacz/1.1.1/).

archive/data.warc.gz        the archive's own records of all pages of the trail, byte for byte
indexes/index.cdx           CDXJ of it
pages/pages.jsonl           every version of every page
trail/trail.json            what copytrail says of the trail
trail/records.json          where in the archive each record lies: run, file, offset, length
datapackage.json            SHA-256 of all of these
datapackage-digest.json     SHA-256 of that, signed (see `waczsigning`)
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import msgspec

from flows.exports import cdxj
from flows.exports.appearing import appearing
from flows.exports.dossier import Dossier
from flows.exports.excerpt import Copied, copy
from flows.exports.memento import mementos
from flows.exports.waczsigning import signed
from storage.records import Capture
from storage.repaired import Repaired
from storage.signing import Signer

VERSION = "1.1.1"
WARC = "data.warc.gz"
PIECE = 1024 * 1024  # bytes copied at a time
SPOOL = 64 * 1024 * 1024  # bytes of the WARC that stay in memory; more go to a file


def write(
    path: Path,
    found: Dossier,
    store: Repaired,
    *,
    software: str,
    created: str,
    signer: Signer | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the package; how many records it holds. `created` is UTC in ISO 8601.

    Raises StoreError where a record cannot be had as it was archived, OSError where the file cannot
    be written; no file is left then.
    """
    created = f"{created[:19]}Z"  # as the specification's examples: whole seconds
    with (
        appearing(path) as temporary,
        tempfile.SpooledTemporaryFile(SPOOL) as warc,
        zipfile.ZipFile(temporary, "w") as packed,
    ):
        copied = _copied(found, store, cast(BinaryIO, warc), progress)
        package = _Package(packed, created)
        _fill(package, found, copied, warc)
        package.seal(_about(found, software, created), software, signer)
    return len(copied)


class _Package:
    """A ZIP file, and the list of what is in it."""

    def __init__(self, packed: zipfile.ZipFile, created: str) -> None:
        self._zip = packed
        self._time = datetime.fromisoformat(created)
        self._resources: list[dict[str, Any]] = []

    def add(self, path: str, pieces: Iterator[bytes], size: int = 0) -> None:
        """Add a file. `size` in bytes must be given of one that may be larger than 2 GiB."""
        digest, written = hashlib.sha256(), 0
        about = zipfile.ZipInfo(path, self._time.timetuple()[:6])
        about.compress_type = (
            zipfile.ZIP_STORED
        )  # a WARC must not be packed again; the rest is small
        # Whether the entry must be ZIP64 hangs on this; a small one that is it does not read.
        about.file_size = size
        about.external_attr = 0o644 << 16
        with self._zip.open(about, "w") as out:
            for piece in pieces:
                digest.update(piece)
                written += out.write(piece)
        name = path.rpartition("/")[2].lower()  # as Frictionless Data Package wants it
        hashed = f"sha256:{digest.hexdigest()}"
        self._resources.append({"name": name, "path": path, "hash": hashed, "bytes": written})

    def seal(self, about: dict[str, Any], software: str, signer: Signer | None) -> None:
        """Add the manifest, and its digest."""
        manifest = _json(about | {"resources": list(self._resources)})
        self.add("datapackage.json", iter([manifest]))
        digest = signed(manifest, about["created"], software, signer)
        self.add("datapackage-digest.json", iter([_json(digest)]))


def _copied(
    found: Dossier, store: Repaired, warc: BinaryIO, progress: Callable[[str], None]
) -> list[Copied]:
    captures = {one.id: one for page in found.pages for one in page.captures}
    copied = []
    for one in copy(store, captures.values(), warc, WARC):
        progress(one.id)
        copied.append(one)
    return copied


def _fill(package: _Package, found: Dossier, copied: Sequence[Copied], warc: IO[bytes]) -> None:
    package.add(f"archive/{WARC}", _pieces(warc), size=warc.tell())
    places = {one.id: one.to for one in copied}
    # Not the 304s: a player that took one for the page would show nothing.
    shown = mementos(one for page in found.pages for one in page.captures)
    lines = sorted({cdxj.line(one, places[one.id]) for one in shown})
    package.add("indexes/index.cdx", (f"{one}\n".encode() for one in lines))
    package.add("pages/pages.jsonl", (_json(one, 0) for one in _pages(found)))
    package.add("trail/trail.json", iter([_json(found.trail)]))
    package.add("trail/records.json", iter([_json([_source(one) for one in copied])]))


def _source(one: Copied) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(one.source)
    return {"id": one.id, "kind": one.kind} | row


def _pages(found: Dossier) -> Iterator[dict[str, Any]]:
    yield {"format": "json-pages-1.0", "id": "pages", "title": "The article and its trail"}
    for page in found.pages:
        titles = {one.capture: one.title for one in page.versions}
        for capture in mementos(page.step.captures):
            if capture.status == 200:  # a redirect or an error is in the index, and no page
                title = titles.get(capture.id, page.step.article.title)
                yield {
                    "id": capture.id, "url": capture.url, "ts": capture.fetched_at, "title": title,
                }  # fmt: skip


def _about(found: Dossier, software: str, created: str) -> dict[str, Any]:
    first = found.pages[0].step.article
    return {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": found.title,
        "description": f"{first.url} with its trail, {len(found.pages)} pages in all",
        "created": created,
        "software": software,
        "mainPageUrl": first.url,
        "mainPageDate": _shown(found).fetched_at,
    }


def _shown(found: Dossier) -> Capture:
    """The capture that the newest version was read from, or else the newest of its page."""
    step = found.pages[0].step
    same = [one for one in step.captures if one.id == step.article.capture]
    return (same or list(step.captures))[-1]


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _json(value: Any, indent: int = 2) -> bytes:
    data = msgspec.json.encode(value)
    return (msgspec.json.format(data, indent=indent) if indent else data) + b"\n"
