"""The archive as the pages see it, and what is worked out once for each state of the catalog.

A trail is worked out from the pages that hang together with it, when somebody looks; it is good
until a further run is taken in. So an answer costs what its trail has, not what the archive has.
The network alone rests on all trails: it is worked out beside the answers, once for each state.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from config.registry import Registry, Source, SourceError, load_registry
from flows.context import Context
from flows.crossposts.network import Network
from flows.gathering import Family, copying, families, pages_of, trail_of, trails_among
from flows.web.display import page_id
from storage.catalog import Catalog
from storage.findings import Trail
from storage.identity import canonical_url
from storage.trouble import CatalogError

KEPT, LARGE_KEPT = 256, 8
"""What is kept: trails and lists of them, some kilobytes each; and pages and searches, which can
have a megabyte. Some tens of megabytes in all, however large the archive is."""

DRAWINGS = 8  # networks, each of another period, that are kept or waited for

Value = TypeVar("Value")


class Shelf(Struct, frozen=True):
    """All families of pages, and where each page is."""

    families: tuple[Family, ...]
    place: dict[str, str]
    """`page_id` → the page (canonical URL), for each page of a family."""


class Drawing(Struct):
    """A network that is being worked out, or the reason why it could not be."""

    network: Network | None = None
    trouble: str | None = None


class Room:
    """One reading room, asked by many at once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.replay_port: int | None = None
        """Port at which captured pages are replayed; None: they are not."""
        self._lock = threading.Lock()
        self._state: tuple[int, int] = (-1, -1)
        self._kept: dict[bool, OrderedDict[Hashable, Any]] = {
            large: OrderedDict() for large in (False, True)
        }
        self._making: dict[Hashable, threading.Lock] = {}
        self._registry: Registry | None = None
        self._drawing = threading.Lock()
        self._drawings: dict[tuple[str | None, str | None], Drawing] = {}

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.context.catalog

    @property
    def registry(self) -> Registry:
        """The sources, as their files were when the newest run was taken in."""
        self._look()
        return self._registry or self.context.registry

    @property
    def sources(self) -> Sequence[Source]:
        """All of them."""
        return list(self.registry.sources.values())

    def _look(self) -> tuple[int, int]:
        """Forget what was worked out for an earlier state."""
        state = self.catalog.state()
        with self._lock:
            if state != self._state:
                self._registry = load_registry(self.context.settings.user_sources)
                for kept in self._kept.values():
                    kept.clear()
                self._making.clear()
                self._drawings = {}
                self._state = state
        return state

    def once(self, name: Hashable, work: Callable[[], Value], *, large: bool = False) -> Value:
        """What `work` gives, worked out once for each state, by one thread; `large`: it can have a
        megabyte, so that few of its kind are kept."""
        state = self._look()
        kept = self._kept[large]
        key = (state, name)
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                found: Value = kept[key]
                return found
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in kept:
                    again: Value = kept[key]
                    return again
            made = work()
            with self._lock:
                if state == self._state:
                    kept[key] = made
                    while len(kept) > (LARGE_KEPT if large else KEPT):
                        kept.popitem(last=False)
                self._making.pop(key, None)
            return made

    def shelf(self) -> Shelf:
        """All families."""
        return self.once("shelf", self._shelf)

    def _shelf(self) -> Shelf:
        found = tuple(families(self.catalog))
        return Shelf(found, {page_id(page): page for family in found for page in family.pages})

    def trail(self, url: str) -> Trail | None:
        """The trail that a page is in."""
        page = canonical_url(url)
        return self.once(("trail", page), lambda: trail_of(self.catalog, self.sources, page))

    def named_trail(self, name: str) -> Trail | None:
        """A trail by its id, or by that of any page in it."""
        page = self.shelf().place.get(name)
        return self.trail(page) if page else None

    def newest_trails(self, start: int, count: int) -> list[Trail]:
        """The trails of some families, the newest first. A family is one trail, save where pages
        of one outlet tie two together; then both are there."""
        return self.once(("trails", start, count), lambda: self._trails(start, count))

    def _trails(self, start: int, count: int) -> list[Trail]:
        some = self.shelf().families[start : start + count]
        pages = [page for family in some for page in family.pages]
        place = {page: number for number, family in enumerate(some) for page in family.pages}
        found = trails_among(self.catalog, self.sources, pages)
        return sorted(
            found, key=lambda one: (min(place.get(page, count) for page in pages_of(one)), one.id)
        )

    def network(self, since: str | None, until: str | None, patience: float) -> Drawing:
        """Who copies whom, if it is known within so many seconds; else it is known later."""
        self._look()
        with self._lock:
            drawing = self._drawings.get((since, until))
            if drawing is None:
                drawing = Drawing()
                if not self._make_place():
                    drawing.trouble = f"{DRAWINGS} others are being worked out; ask again later"
                    return drawing
                self._drawings[since, until] = drawing
                worker = threading.Thread(
                    target=self._draw, args=(drawing, since, until), daemon=True
                )
                worker.start()
            else:
                worker = None
        if worker:
            worker.join(patience)
        return drawing

    def _make_place(self) -> bool:
        """Whether one more may be worked out; the oldest one that is done gives way."""
        if len(self._drawings) >= DRAWINGS:
            done = [
                period
                for period, one in self._drawings.items()
                if one.network is not None or one.trouble is not None
            ]
            if not done:
                return False
            del self._drawings[done[0]]
        return True

    def _draw(self, drawing: Drawing, since: str | None, until: str | None) -> None:
        try:
            with self._drawing:  # one at a time: it is the one costly thing here
                drawing.network = copying(self.catalog, self.sources, since, until)
        except (CatalogError, SourceError, OSError) as error:
            drawing.trouble = str(error)
        finally:
            if drawing.network is None and drawing.trouble is None:
                drawing.trouble = "a fault in copytrail itself; where it was started it says more"
