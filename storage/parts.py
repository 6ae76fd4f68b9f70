"""What content is, measured once before it goes anywhere; and how large content goes in parts."""

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from storage.objects import describe

MULTIPART = 8 * 1024 * 1024  # above this in parts, as `aws s3 cp` has it; each may be tried again
PART = 8 * 1024 * 1024  # held in memory; S3 wants at least 5 MiB
PARTS = 10_000  # as many as S3 allows


class Measured(Struct, frozen=True, kw_only=True):
    """What content was when it was read."""

    size: int
    """Bytes."""
    sha256: str
    """Lower-case hex."""
    parts: tuple[str, ...] = ()
    """SHA-256 of each part in base64, as S3 has it; none of up to `MULTIPART` bytes."""


def measure(content: Path | bytes) -> Measured:
    """Read content once for all its digests. Raises OSError."""
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size <= MULTIPART:
        about = describe("", content)
        return Measured(size=about.size, sha256=about.sha256)
    whole, seen, parts = hashlib.sha256(), 0, []
    # Hashing leaves Python's lock free: with a second core both digests take the time of one.
    with ThreadPoolExecutor(1, "parts") as other:
        for data in pieces(content, size):
            part = other.submit(_checksum, data)
            whole.update(data)
            seen += len(data)
            parts.append(part.result())  # so that no more than this part is in memory
    return Measured(size=seen, sha256=whole.hexdigest(), parts=tuple(parts))


def pieces(content: Path | bytes, size: int) -> Iterator[bytes]:
    """The parts of content of so many bytes."""
    length = max(PART, -(-size // PARTS))
    source: BinaryIO = BytesIO(content) if isinstance(content, bytes) else content.open("rb")
    with source:
        while data := source.read(length):
            yield data


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
