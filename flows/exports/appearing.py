"""A file appears when it is whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """The path to write to; the file has its name when the block has ended without an error."""
    if path.exists() and not path.is_file():  # `/dev/stdout`
        yield path
        return
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
