"""WARC files of any tool into a run: copied byte for byte, for they are evidence as they are.

Only where several records share a gzip member, so that none could be reached by itself, are the
same records written anew, each in a member of its own.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.settings import Settings
from flows.packages import ZIP_MAGIC, BadPackage, is_package, safe_name, unpacked
from storage.catalog import Catalog
from storage.warcrepack import repack
from storage.warcstream import WarcError, file_chunks, records


class ImportRefused(Exception):
    """A file cannot be imported; nothing was changed. The message names it and says why."""


def check_files(files: Sequence[Path]) -> None:
    """Raises ImportRefused for a file that is missing, empty or no WARC by its first bytes."""
    for path in files:
        if not path.is_file():
            raise ImportRefused(f"{path}: no such file")
        with path.open("rb") as file:
            head = file.read(8)
        # WARC 1.1 §4: a record begins with "WARC/"; Annex D: or it is a gzip member (RFC 1952).
        # Or it is a WACZ package, a ZIP file that holds some.
        if not head.startswith((b"WARC/", b"\x1f\x8b", ZIP_MAGIC)):
            raise ImportRefused(f"{path}: not a WARC or WACZ file (it begins with {head!r})")


def warcs_in(path: Path, folder: Path) -> Iterator[Path]:
    """The WARC files to import: those of a package, each in `folder` until the next is asked for;
    or the file itself. Raises ImportRefused, OSError."""
    if not is_package(path):
        yield path
        return
    try:
        yield from unpacked(path, folder)
    except BadPackage as error:
        raise ImportRefused(str(error)) from error


def digest(path: Path) -> str:
    """SHA-256 of the file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def imported_before(catalog: Catalog, file_digest: str) -> str | None:
    """The run that imported this file, byte for byte."""
    for _, run in catalog.runs():
        if run.kind == "import" and run.asked.get("sha256") == file_digest:
            return run.id
    return None


def take_in(path: Path, folder: Path, run: str, settings: Settings, file_digest: str) -> None:
    """Put the file into a run's folder.

    Raises ImportRefused if it has not this SHA-256 any more, WarcError where a file that must be
    written anew is damaged (all before that place is then there), OSError or WarcFull if there is
    no room.
    """
    if _shares_members(path):
        about = {"software": "copytrail", "imported-as": file_digest}
        rotate = settings.warc_rotate_bytes
        repack(path, folder, run, rotate_bytes=rotate, warcinfo=about)
    else:
        _copy(path, folder, file_digest)


def _shares_members(path: Path) -> bool:
    """Whether the first records are in one gzip member, as `gzip` makes of a plain WARC."""
    try:
        first = next(records(file_chunks(path), path.name, keep=0), None)
    except WarcError:
        return False
    return first is not None and not first.alone


def _copy(path: Path, folder: Path, file_digest: str) -> None:
    copy = folder / safe_name(path.name)
    shutil.copyfile(path, copy)
    if digest(copy) != file_digest:
        raise ImportRefused(f"{path}: changed while it was copied. Import it once it is complete.")
