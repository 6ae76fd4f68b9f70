"""Stores that go wrong on purpose: the N-th call, in each of the ways that stores do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from storage.objects import Full, Listed, Store, Stored, StoreError, Unavailable

T = TypeVar("T")


class Bug(Exception):
    """What nobody has foreseen."""


def _raise(error: Exception) -> None:
    raise error


BEFORE: dict[str, Callable[[], None]] = {
    "raise": lambda: _raise(Bug("in the store's own code")),
    "time-out": lambda: _raise(Unavailable("does not answer")),
    "503": lambda: _raise(Unavailable("out of order (SlowDown)")),
    "full": lambda: _raise(Full("no room left")),
}
"""Ways to fail before anything is done."""
KINDS = (*BEFORE, "lost", "short")
"""`lost`: it was done, and the answer is lost; `short`: the answer is cut, and nobody says so."""
FAILED = (Bug, Unavailable, Full)


class Faulty:
    """A store whose N-th call (from 1) goes wrong. `calls` counts them, `done` tells if it did."""

    def __init__(self, store: Store, nth: int, kind: str) -> None:
        self._store, self._nth, self._kind = store, nth, kind
        self.calls = 0
        self.done = False

    @property
    def name(self) -> str:
        """See `objects.Store`."""
        return self._store.name

    def _do(self, what: Callable[[], T], cut: Callable[[T], T] | None = None) -> T:
        self.calls += 1
        if self.calls != self._nth:
            return what()
        self.done = True
        if fail := BEFORE.get(self._kind):
            fail()
        try:
            answer = what()
        except StoreError as error:  # "not there" is an answer, too
            raise Unavailable("the answer is lost") from error
        if self._kind == "short" and cut:
            return cut(answer)
        raise Unavailable("the answer is lost")

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        """See `objects.Store`."""
        return self._do(lambda: self._store.put_if_absent(key, content))

    def get(self, key: str, limit: int = 1 << 26) -> bytes:
        """See `objects.Store`."""
        return self._do(lambda: self._store.get(key, limit), _cut)

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `objects.Store`."""
        return iter(self._do(lambda: [b"".join(self._store.chunks(key))], _cut_last))

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `objects.Store`."""
        return self._do(lambda: self._store.get_range(key, offset, length), _cut)

    def head(self, key: str) -> Stored:
        """See `objects.Store`."""
        return self._do(lambda: self._store.head(key))

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `objects.Store`."""
        return iter(self._do(lambda: list(self._store.list(prefix))))


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _cut_last(chunks: list[bytes]) -> list[bytes]:
    return [_cut(chunk) for chunk in chunks]
