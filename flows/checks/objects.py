"""Reading sealed objects, several at once: each one time, for its sums and its structure or for one
of these.

Sums alone are taken in threads, for hashing leaves Python's lock free. Records are taken apart in
child processes that can be killed, so an object that hangs or breaks the reader costs itself only.
"""

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct, structs

from config.settings import Settings
from flows.checks import structure
from flows.checks.structure import Places
from spiders.reader import Reader, Unreadable
from storage.objects import NotThere, Refused, Store, StoreError, Unavailable
from storage.outlets import Outlets
from storage.repaired import open_archive

MAX_HANDS = 8  # beyond it the disk is what one waits for
FEW_BYTES = 8 * 1024 * 1024
"""Read right here: a child needs twice as long to start as these take."""
AHEAD = 16  # objects in the hands of each: a large one must not let the others wait
LEAST_SECONDS = 600.0
LEAST_RATE = 256 * 1024
"""An object gets ten minutes, and a second more for each 256 KiB: S3's own time-outs and tries take
three minutes, and a disk that gives less is broken."""
Owner = TypeVar("Owner")


class Work(Struct, frozen=True):
    """One object to read."""

    key: str
    run: str
    path: str
    size: int
    """Bytes, as listed."""
    sums: bool
    structure: bool


class Inspected(Struct, frozen=True, kw_only=True):
    """What was read; `trouble` where it could not be."""

    size: int = 0
    sha256: str = ""
    """Empty where it was read for its structure alone, and nothing is wrong with that."""
    faults: tuple[str, ...] = ()
    """What is wrong with its structure, in words."""
    places: Places | None = None
    """Of a WARC that could be read to its end: where each of its records lies."""
    trouble: StoreError | None = None


def inspect(store: Store, work: Work) -> Inspected:
    """Read one object. Raises nothing that a store says."""
    try:
        pieces = _Hashed(store.chunks(work.key), work, work.sums)
        found = structure.Found()
        if work.structure:
            found = structure.look(work.key, work.run, work.path, pieces, swift=True)
        if found.faults:  # told by the library that wrote the file: not by it alone
            pieces = _Hashed(store.chunks(work.key), work, sums=True)
            found = structure.look(work.key, work.run, work.path, pieces)
        if pieces.digest:
            for _ in pieces:  # what the structure's check did not need
                pass
    except StoreError as error:
        return Inspected(trouble=error)
    return Inspected(
        size=pieces.size,
        sha256=pieces.digest.hexdigest() if pieces.digest else "",
        faults=found.faults,
        places=found.places,
    )


class Crew:
    """Those who read objects. Close it in the end."""

    def __init__(self, store: Store, url: str | None = None, settings: Settings | None = None):
        """`url`, `settings`: for child processes, which open the store anew. Without them all is
        read here, one after the other."""
        self._store = store
        self._url = url
        self._settings = settings
        self._stack = ExitStack()
        self._hands: list[_Hand] = []
        self._threads: ThreadPoolExecutor | None = None
        self._here = 0

    def close(self) -> None:
        """Let everybody go, whatever they are doing."""
        self._stack.close()

    def each(self, works: Iterable[tuple[Owner, Work]]) -> Iterator[tuple[Owner, Work, Inspected]]:
        """What is read of each, in order."""
        waiting: deque[tuple[Owner, Work, Future[Inspected]]] = deque()
        for owner, work in works:
            waiting.append((owner, work, self._begin(work)))
            while waiting and (waiting[0][2].done() or len(waiting) > AHEAD * self._number()):
                yield _ended(*waiting.popleft())
        while waiting:
            yield _ended(*waiting.popleft())

    def _begin(self, work: Work) -> Future[Inspected]:
        if self._url is None or self._settings is None:
            return _done(inspect(self._store, work))
        if not work.structure:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_cores(), "audit")
                self._stack.callback(self._threads.shutdown, cancel_futures=True)
            return self._threads.submit(inspect, self._store, work)
        self._here += work.size
        if self._here <= FEW_BYTES:
            return _done(inspect(self._store, work))
        if not self._hands:
            self._hands = [self._hire(self._url, self._settings) for _ in range(_cores())]
        return min(self._hands, key=_Hand.owes).read(work)

    def _hire(self, url: str, settings: Settings) -> "_Hand":
        patient = structs.replace(settings, max_parse_seconds=10 * LEAST_SECONDS)
        reader = Reader(Outlets(()), patient, pages=False)
        return _Hand(url, self._stack.enter_context(closing(reader)))

    def _number(self) -> int:
        return max(len(self._hands), _cores() if self._threads else 1)


class _Hand:
    """A child process, and what it was given and has not read yet."""

    def __init__(self, url: str, reader: Reader) -> None:
        self._url = url
        self._reader = reader
        self._given: list[tuple[int, Future[Inspected]]] = []

    def owes(self) -> int:
        """Bytes. Whoever owes least gets the next object, so that all are busy to the end."""
        self._given = [one for one in self._given if not one[1].done()]
        return sum(size for size, _ in self._given)

    def read(self, work: Work) -> Future[Inspected]:
        """Have an object read, after all before it."""
        future = self._reader.submit(inspect_at, self._url, work)
        self._given.append((work.size, future))
        return future


def inspect_at(url: str, work: Work) -> Inspected:
    """`inspect` in a process of its own."""
    return inspect(_store(url), work)


@lru_cache(maxsize=1)
def _store(url: str) -> Store:
    return open_archive(url)


def is_silent(error: StoreError) -> bool:
    """Whether it says nothing of the object, only of the way to it."""
    return isinstance(error, Unavailable | Refused)


def is_missing(error: StoreError) -> bool:
    """Whether the object is not there."""
    return isinstance(error, NotThere)


def _ended(owner: Owner, work: Work, future: Future[Inspected]) -> tuple[Owner, Work, Inspected]:
    try:
        return owner, work, future.result()
    except Unreadable as error:
        return owner, work, Inspected(trouble=Unavailable(f"{work.key}: {error}"))


def _done(result: Inspected) -> Future[Inspected]:
    future: Future[Inspected] = Future()
    future.set_result(result)
    return future


def _cores() -> int:
    return min(os.cpu_count() or 1, MAX_HANDS)


class _Hashed:
    """An object's pieces as they come by, and the size and, for sums, digest of those that did."""

    def __init__(self, chunks: Iterable[bytes], work: Work, sums: bool) -> None:
        self._until = time.monotonic() + LEAST_SECONDS + work.size / LEAST_RATE
        self._key = work.key
        self._pieces = self._through(chunks)
        self.digest = hashlib.sha256() if sums else None
        self.size = 0

    def _through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.digest:
                self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk
            if time.monotonic() > self._until:
                raise Unavailable(f"{self._key}: drips; after {self.size} bytes it was left")

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces
