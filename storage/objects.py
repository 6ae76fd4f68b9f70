"""The port to an object store, and its errors. `local.py` and `s3.py` keep it.

A store is create-only: an object is put once, never overwritten and never deleted through this
port. All keys are relative, `/`-separated ASCII made by `layout`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from msgspec import Struct

CHUNK = 1024 * 1024  # bytes read at a time: memory stays at this, whatever an object's size


class StoreError(Exception):
    """A store could not do what was asked. The message names the object and the next step."""


class NotThere(StoreError):
    """No object has this key."""


class NotAnObject(StoreError):
    """What has this key is a link, a pipe, or far too long; others may be sound."""


class AlreadyThere(StoreError):
    """An object with this key and other content exists; nothing was written."""


class Refused(StoreError):
    """The store said no: wrong bucket, credentials or rights. Trying again will not help."""


class Unavailable(StoreError):
    """The store did not answer in time, or is out of order. Trying again later may help."""


class Full(StoreError):
    """There is no room left."""


class Stored(Struct, frozen=True):
    """What is known of a stored object: key, size in bytes, and its SHA-256 in lower-case hex."""

    key: str
    size: int
    sha256: str


class Listed(Struct, frozen=True):
    """One line of a listing."""

    key: str
    size: int


class Protection(Struct, frozen=True):
    """What a store does against deletion, beside what the credentials forbid."""

    versioning: bool | None
    """Whether what is deleted stays beneath as a version; None: we may not ask."""
    locks: bool | None
    """Whether it has Object Lock, so that nobody can delete what is retained."""
    retained_days: int | None = None
    """Days for which new objects are retained without our asking."""
    mode: str | None = None
    """How: `COMPLIANCE` (nobody can undo it) or `GOVERNANCE`."""


@runtime_checkable
class Protecting(Protocol):
    """A store that knows how it protects what is in it."""

    def protection(self) -> Protection:
        """Raises StoreError."""
        ...


Known = Callable[[Mapping[str, Stored]], None]
"""Gets, by key, what objects will be."""


@runtime_checkable
class Several(Protocol):
    """A store that takes several objects at once."""

    def put_each(self, files: Mapping[str, Path], known: Known) -> list[Stored]:
        """As `put_if_absent` of each, in any order; at the end all are there, or it raises.

        `known` is called once, when all files are read and before any object can be seen; what it
        raises ends all.
        """
        ...


def several(store: "Store") -> Several | None:
    """The store, or what lies beneath it, if it takes several objects at once."""
    beneath = getattr(store, "raw", store)
    return beneath if isinstance(beneath, Several) else None


def describe(key: str, content: Path | bytes) -> Stored:
    """What the object of this content is, or would be. Reads a file in pieces; raises OSError."""
    if isinstance(content, bytes):
        return Stored(key, len(content), hashlib.sha256(content).hexdigest())
    with content.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Stored(key, file.tell(), digest)


class Store(Protocol):
    """Where the archive is kept."""

    @property
    def name(self) -> str:
        """For people: the folder or the `s3://` URL."""
        ...

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        """Create the object, durably, and read its checksum back.

        If the key exists with the same SHA-256, that is success. Raises AlreadyThere if its
        content differs, and any other StoreError.
        """
        ...

    def get(self, key: str, limit: int = 64 * CHUNK) -> bytes:
        """The whole of a small object. Raises NotThere, and NotAnObject above `limit` bytes."""
        ...

    def chunks(self, key: str) -> Iterator[bytes]:
        """The object from start to end, in pieces of at most `CHUNK` bytes. Raises NotThere."""
        ...

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`. Raises NotThere; StoreError if they are not all there."""
        ...

    def head(self, key: str) -> Stored:
        """Size and SHA-256 without reading where the store keeps it, else by reading."""
        ...

    def list(self, prefix: str) -> Iterator[Listed]:
        """All objects whose key begins with `prefix`, in the order of their keys' bytes."""
        ...


def fetch(store: Store, key: str, path: Path) -> Stored:
    """Copy an object into a file, in bounded memory; what was read. Raises StoreError."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in store.chunks(key):
            digest.update(chunk)
            size += file.write(chunk)
    return Stored(key, size, digest.hexdigest())


def open_store(url: str, lock_days: int = 0) -> Store:
    """The keeper for a folder's path or an `s3://bucket/prefix` URL.

    In a bucket, new objects are retained for `lock_days` days (Object Lock, COMPLIANCE). Raises
    StoreError for a URL of another kind.
    """
    if url.startswith("s3://"):
        from storage.s3 import S3Store  # boto3 takes 0.5 s to import; only S3 users wait for it

        return S3Store(url, lock_days)
    if "://" in url:
        raise StoreError(f"{url}: not a store. Use a folder's path or s3://bucket/prefix.")
    from storage.local import LocalStore

    return LocalStore(Path(url))
