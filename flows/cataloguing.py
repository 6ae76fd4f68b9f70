"""The catalog against the archive: it is made anew in a folder of its own, and compared.

The catalog that is made then gives the texts of all articles, for the checks that need them.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from flows import sealing
from flows.checks import completeness
from flows.checks.report import Fault
from flows.context import Context
from flows.status_of import status_of
from storage.catalog import Catalog, open_catalog
from storage.identity import now
from storage.log import parse_entry, stored_entries
from storage.records import Article

Show = Callable[[int, int, str], None]
BEATS = 11  # heartbeats that are looked at: ten distances


class Catalogued:
    """The catalog in use, and one that is made out of the archive. Close it in the end."""

    def __init__(self, context: Context, folder: Path) -> None:
        """`folder`: for the catalog that is made; the size of the one in use, without hashes."""
        self._context = context
        self._folder = folder
        self._made: Catalog | None = None
        self.is_complete = False
        """Whether `texts` knows every article that the archive has."""

    def close(self) -> None:
        """Let the databases go."""
        if self._made is not None:
            self._made.close()

    def check(self, show: Show) -> tuple[int, list[Fault]]:
        """How many rows were compared, and what is wrong. Raises StoreError, CatalogError."""
        made = open_catalog(f"sqlite:///{(self._folder / 'made.sqlite').absolute()}")
        self._made = made
        context, kept = self._context, self._context.catalog
        last = kept.last_seq()
        found: list[Fault] = []
        rows = 0
        left_out: tuple[str, ...] = ()
        if last and not sealing.is_of(context.store, kept):
            found.append(completeness.foreign(last))
        elif last:
            left_out = self._catch_up(made, show, last)
            if left_out:
                found.append(completeness.not_comparable(left_out))
            else:
                found += completeness.told(kept.unlike(made))
                found += completeness.fingerprints(*kept.fingerprints())
                rows = made.size()
        left_out += self._catch_up(made, show, None)
        self.is_complete = not left_out
        found += self._log(last)
        if last:
            found += self._sources()
        return rows, found

    def texts(self, ids: Collection[str]) -> Mapping[str, Article]:
        """Articles by id, those too that were read otherwise since."""
        return (self._made or self._context.catalog).readings_by_id(ids)

    def _catch_up(self, made: Catalog, show: Show, until: int | None) -> tuple[str, ...]:
        done = sealing.catch_up(
            self._context.store, made, lambda run: show(0, 0, run), until=until, fingerprinted=False
        )
        return done.left_out

    def _sources(self) -> list[Fault]:
        catalog, registry = self._context.catalog, self._context.registry
        at = now()
        found = status_of(catalog, registry, self._context.settings, now=at)
        # Pages of a source also come by imports and follows; those are no visits of its schedule.
        visited = {run.source for _, run in catalog.runs() if run.kind == "archive"}
        return list(completeness.sources(found, visited, datetime.fromisoformat(at)))

    def _log(self, last: int) -> list[Fault]:
        """What the log says beside its runs."""
        beats: list[datetime] = []
        newest: datetime | None = None
        behind = 0
        for seq, data in stored_entries(self._context.store):
            entry = parse_entry(data)
            if entry is None:
                continue
            behind += seq > last and entry.type == "run"
            try:
                newest = datetime.fromisoformat(entry.time)
            except ValueError:
                continue
            if entry.type == "heartbeat":
                beats = [*beats[1 - BEATS :], newest]
        found = [completeness.behind(behind)] if behind else []
        return found + list(completeness.heartbeat(beats, newest, datetime.fromisoformat(now())))
