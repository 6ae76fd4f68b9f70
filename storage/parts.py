"""Large content in parts: how it is cut, and its digests as S3 has them."""

import base64
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

MULTIPART = 8 * 1024 * 1024  # above this in parts, as `aws s3 cp` has it; each may be tried again
PART = 8 * 1024 * 1024  # held in memory; S3 wants at least 5 MiB
PARTS = 10_000  # as many as S3 allows


def size_of(content: Path | bytes) -> int:
    """Bytes. Raises OSError."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def pieces(content: Path | bytes) -> Iterator[bytes]:
    """The parts of content, in order. Raises OSError, also if a file changed while it was read."""
    length = max(PART, -(-size_of(content) // PARTS))
    if isinstance(content, bytes):
        yield from (content[at : at + length] for at in range(0, len(content), length))
        return
    with content.open("rb") as file:
        before = _state(os.fstat(file.fileno()))
        while data := file.read(length):
            yield data
    if _state(content.stat()) != before:
        raise OSError(0, "changed while it was read. Nothing is kept of it", str(content))


def _state(found: os.stat_result) -> tuple[int, ...]:
    """What another content, or another file in its place, has otherwise."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def checksum(data: bytes) -> str:
    """SHA-256 in base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def composite(checksums: Sequence[str]) -> str:
    """What S3 keeps as the SHA-256 of an object of these parts: the digest of their digests, and
    their number (AWS S3 user guide, "Checking object integrity": composite checksums)."""
    return f"{checksum(b''.join(map(base64.b64decode, checksums)))}-{len(checksums)}"
