"""The objects of a sealed run as files, each held to what was sealed."""

from collections.abc import Iterator
from pathlib import Path

from storage import layout
from storage.identity import sha256_hex
from storage.log import MAX_ENTRY, MAX_SUMS, parse_entry, parse_sums
from storage.objects import Store, StoreError, fetch


class NotAsSealed(StoreError):
    """What is to be read is not what was sealed; a reading of it would be no evidence."""


class SealedRun:
    """The objects of a sealed run, each checked against what was sealed while it is fetched."""

    def __init__(self, store: Store, run: str, seq: int) -> None:
        self._store = store
        self._run = run
        entry = parse_entry(store.get(layout.log_key(seq), MAX_ENTRY))
        if entry is None or entry.run != run:
            raise _not_as_sealed(layout.log_key(seq))
        data = store.get(layout.sums_key(run), MAX_SUMS)
        if sha256_hex(data) != entry.sha256sums:
            raise _not_as_sealed(layout.sums_key(run))
        self._sums = parse_sums(data)

    @property
    def paths(self) -> list[str]:
        """Of all its objects, relative to the run's folder."""
        return sorted(self._sums)

    def fetched(self, prefix: str, folder: Path) -> Iterator[Path]:
        """Each object under a prefix, as a file that is there until the next one is asked for."""
        for path in self.paths:
            if path.startswith(prefix):
                local = folder / path.rpartition("/")[2]
                self.fetch(path, local)
                yield local
                local.unlink()

    def fetch(self, path: str, local: Path) -> None:
        """One object into a file. Raises NotAsSealed; StoreError."""
        key = layout.object_key(self._run, path)
        if fetch(self._store, key, local).sha256 != self._sums[path]:
            raise _not_as_sealed(key)


def _not_as_sealed(key: str) -> NotAsSealed:
    return NotAsSealed(
        f"{key}: is not as it was sealed, so nothing is read out of it. `copytrail audit` says more"
    )
