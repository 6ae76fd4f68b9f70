"""Who has which hashes, as arrays: a run asks about tens of thousands, and steps of the interpreter
for each of them in each place that looks at them were a third of the time of comparing (measured).

The hashes of one footer are on the same pages, and most of a copy's are on the same two. So there
are many hashes and few lists of articles; what follows from a list is worked out once.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.crossposts.fingerprints import distinct
from storage.postings import Postings
from storage.records import Posting

Hashes = NDArray[np.int64]
Places = NDArray[np.int64]
NO_HASHES: Hashes = np.empty(0, dtype=np.int64)
NOBODY = -1
"""In the place of a list's number, where nobody has a hash."""


class Holders(NamedTuple):
    """Hashes, and the articles that have them."""

    hashes: Hashes
    """Rising, each once."""
    numbers: Places
    """Of each, its list's place in `lists`."""
    lists: Sequence[Sequence[Posting]]

    @classmethod
    def of(cls, postings: Postings) -> "Holders":
        """What the catalog says, as arrays."""
        hashes, numbers = as_hashes(postings.hashes), as_hashes(postings.numbers)
        order = np.argsort(hashes)
        return cls(hashes[order], numbers[order], postings.lists)

    def numbers_of(self, hashes: Hashes) -> Places:
        """For each of these hashes its list's number, or `NOBODY`."""
        if not len(self.hashes):
            return np.full(len(hashes), NOBODY)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.numbers[at], NOBODY)

    def hashes_of(self, lists: Iterable[int]) -> Hashes:
        """The hashes that have one of these lists, rising."""
        return self.hashes[np.isin(self.numbers, list(lists))]

    def without(self, gone: frozenset[str]) -> "Holders":
        """The same but for these articles (ids)."""
        if not gone:
            return self
        left = [[one for one in some if one.article not in gone] for some in self.lists]
        has = np.array([bool(some) for some in left], dtype=np.bool_)[self.numbers]
        return Holders(self.hashes[has], self.numbers[has], left)


def joined(known: Holders, new: Holders) -> Holders:
    """Of all the hashes, the articles of both, the known ones first."""
    hashes = union(known.hashes, new.hashes)
    pairs, numbers = paired(known.numbers_of(hashes), new.numbers_of(hashes))
    lists = [
        [*(known.lists[one] if one >= 0 else ()), *(new.lists[other] if other >= 0 else ())]
        for one, other in pairs
    ]
    return Holders(hashes, numbers, lists)


def paired(one: Places, other: Places) -> tuple[list[tuple[int, int]], Places]:
    """The different pairs of numbers that stand beside each other, and for each place its pair."""
    width = int(other.max(initial=NOBODY)) + 2
    both, numbers = np.unique((one + 1) * width + other + 1, return_inverse=True)
    firsts, seconds = np.divmod(both, width)
    return list(zip((firsts - 1).tolist(), (seconds - 1).tolist(), strict=True)), numbers


def union(one: Hashes, other: Hashes) -> Hashes:
    """The hashes of both, rising, each once."""
    return distinct(np.concatenate((one, other)))


def as_hashes(values: Collection[int]) -> Hashes:
    """Hashes as an array, in their order."""
    return np.fromiter(values, dtype=np.int64, count=len(values))
