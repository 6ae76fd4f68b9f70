"""WARC files out of WACZ packages (https://specs.webrecorder.net/wacz/1.1.1/): the ones below
`archive/`. A package is a stranger's ZIP file, so what it unpacks to is bounded and counted."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

ZIP_MAGIC = b"PK\x03\x04"
MAX_RATIO = 100
"""Bytes unpacked for one of the package: plain WARC files shrink to a tenth, a bomb to a
thousandth."""
MAX_MEMBERS = 1_000  # WARC files in one package; Browsertrix makes one of each gigabyte
PIECE = 1024 * 1024
WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")


class BadPackage(Exception):
    """A package cannot be unpacked. The message names it and says why."""


def is_package(path: Path) -> bool:
    """Whether a file is a ZIP by its first bytes. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(ZIP_MAGIC)) == ZIP_MAGIC


def unpacked(path: Path, folder: Path) -> Iterator[Path]:
    """Each WARC file of the package, as a file in `folder` until the next one is asked for.

    Raises BadPackage, OSError.
    """
    room = path.stat().st_size * MAX_RATIO
    try:
        with zipfile.ZipFile(path) as package:
            names = [name for name in package.namelist() if WARC.fullmatch(name)]
            if not names or len(names) > MAX_MEMBERS:
                raise BadPackage(f"{path}: holds {len(names)} WARC files below archive/")
            for name in names:
                # The name says where it is from; in a run it must be part of an object's key.
                file = folder / f"{path.stem}-{name.rpartition('/')[2]}"
                room -= _unpack(package, name, file, room, path)
                yield file
                file.unlink()
    # What zipfile raises for a damaged file, one that is encrypted, and one of a newer kind.
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise BadPackage(f"{path}: not a sound ZIP file: {error}") from error


def _unpack(package: zipfile.ZipFile, name: str, file: Path, room: int, path: Path) -> int:
    size = 0
    with package.open(name) as source, file.open("wb") as target:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > room:
                raise BadPackage(
                    f"{path}: unpacks to more than {MAX_RATIO} times its size; unpack it yourself "
                    "and import its WARC files, if you trust it"
                )
            target.write(piece)
    return size
