"""WARC files out of WACZ packages (https://specs.webrecorder.net/wacz/1.1.1/): the ones below
`archive/`. A package is a stranger's ZIP file, so what it unpacks to is bounded and counted."""

import errno
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

ZIP_MAGIC = b"PK\x03\x04"
MAX_RATIO = 100
"""Bytes unpacked for one of the package: plain WARC files shrink to a tenth, a bomb to a
thousandth."""
MAX_MEMBERS = 1_000  # WARC files in one package; Browsertrix makes one of each gigabyte
PIECE = 1024 * 1024
WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")


# What zipfile raises for a damaged file (its names need not be UTF-8, nor its data what they say),
# one that is encrypted, and one of a newer kind.
UNSOUND = (
    zipfile.BadZipFile, RuntimeError, EOFError, ValueError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip


class BadPackage(Exception):
    """A package cannot be unpacked. The message names it and says why."""


def safe_name(name: str) -> str:
    """A name that can be part of an object key; the end is kept, for it says `.warc.gz`."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:]


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
                file = folder / safe_name(f"{path.stem}-{name.rpartition('/')[2]}")
                room -= _unpack(package, name, file, room, path)
                yield file
                file.unlink()
    except (*UNSOUND, OSError) as error:
        # bzip2's word for damage, and a seek to nowhere; others are the machine's trouble.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
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
