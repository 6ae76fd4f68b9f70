"""WARC files of any tool into a run: copied byte for byte, for they are evidence as they are."""

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from storage.catalog import Catalog


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
        if not head.startswith((b"WARC/", b"\x1f\x8b")):
            raise ImportRefused(f"{path}: not a WARC file (it begins with {head!r})")


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


def copy_in(path: Path, folder: Path, file_digest: str) -> None:
    """Copy the file, under a name that is made safe for an object key.

    Raises ImportRefused if the copy has not this SHA-256, OSError if it cannot be written.
    """
    copy = folder / _safe(path.name)
    shutil.copyfile(path, copy)
    if digest(copy) != file_digest:
        raise ImportRefused(f"{path}: changed while it was copied. Import it once it is complete.")


def _safe(name: str) -> str:
    """A name that can be part of an object key; the end is kept, for it says `.warc.gz`."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:]
