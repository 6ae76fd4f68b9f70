"""A store as one reads it after repairs: where an object was restored, its restored copy.

A damaged object is never written over. Its restored copy lies under `repairs/`, and stands in for
it wherever the archive is read; an audit holds that copy to what was sealed.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from storage import layout
from storage.objects import CHUNK, Listed, Store, Stored, open_store


class Repaired:
    """The port `objects.Store` over another store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def raw(self) -> Store:
        """The store as it is, damaged objects and all."""
        return self._store

    @property
    def name(self) -> str:
        """The store's."""
        return self._store.name

    @cached_property
    def repairs(self) -> dict[str, str]:
        """Key → the key of its newest restored copy. Raises StoreError."""
        found: dict[str, str] = {}
        for one in self._store.list(layout.REPAIRS):
            if parsed := layout.parse_repair_key(one.key):
                found[parsed[1]] = one.key  # ULIDs sort by time, so the newest stays
        return found

    def _key(self, key: str) -> str:
        return key if key.startswith(layout.REPAIRS) else self.repairs.get(key, key)

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        """See `objects.Store`."""
        return self._store.put_if_absent(key, content)

    def get(self, key: str, limit: int = 64 * CHUNK) -> bytes:
        """See `objects.Store`."""
        return self._store.get(self._key(key), limit)

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `objects.Store`."""
        return self._store.chunks(self._key(key))

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `objects.Store`."""
        return self._store.get_range(self._key(key), offset, length)

    def head(self, key: str) -> Stored:
        """See `objects.Store`."""
        return self._store.head(self._key(key))

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `objects.Store`. Lists what is there, restored copies in their own place."""
        return self._store.list(prefix)


def open_archive(url: str, lock_days: int = 0) -> Repaired:
    """The store of an archive, read through its repairs. See `open_store`. Raises StoreError."""
    return Repaired(open_store(url, lock_days))
