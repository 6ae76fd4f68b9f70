"""Candidates: which known articles are worth aligning with a new one.

The catalog answers one question for a whole batch ("who has any of these hashes?"); the rest is
counting. Measured in DESIGN §7: recall 1.0 on whole copies and on excerpts. Whether a pair is
worth it depends on the two articles and their outlets' boilerplate alone, and not on which of the
two came first.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from flows.crossposts.holders import NOBODY, Hashes, Holders, as_hashes, union
from flows.text.boilerplate import Sketches, outlets
from storage.records import Posting

MIN_SHARED = 3
"""Hashes in common. Two meet by a stock phrase of ten words or so."""

MIN_CONTAINMENT = 0.05
"""Of the shorter's hashes. An excerpt has 0.15 of the shorter's own words (DESIGN §7.2), and a page
has 0.4 words of its own in one at least; this is an estimate from a sample besides. The alignment
decides; it takes 4 ms."""

MAX_PAGES = 50
"""A hash that more pages have is a phrase of the language or of the trade, not of a text."""

WIDE = 0.2
"""Share of such hashes from which on an article is no sum of phrases: its text itself is carried by
many. Of the hashes of the language's phrases an article has a tenth at most."""

MAX_CANDIDATES = 500
"""Aligned at most for one article, best first: a text that hundreds carry is told by the best."""


class Fingerprinted(Struct, frozen=True, kw_only=True):
    """An article as far as candidates go."""

    article: str
    page: str
    """Its canonical URL."""
    source: str
    hashes: tuple[int, ...]


class Candidate(Struct, frozen=True, kw_only=True):
    """An article that may share text with the new one."""

    article: str
    shared: int
    containment: float
    """Shared hashes over those of the shorter, 0 to 1."""


class Index:
    """The answer of the catalog for a batch of new articles, made ready to be asked.

    `found` should hold the new articles too: a copy may be in the same batch, and their outlets'
    boilerplate is known from the third text on, whichever visit brought it.
    """

    def __init__(self, found: Holders, asked: Hashes, sketches: Sketches) -> None:
        """`asked`: the hashes that were asked for, also those that nobody else has."""
        self._found = found
        self._asked = asked
        self.sketches = sketches
        """Of the articles behind the hashes; whoever asks elsewhere need not read them again."""
        self._outlets = outlets(found.lists, sketches)
        self._boilerplate = _repeated(found, self._outlets)
        self._few: dict[int, bool] = {}
        self._own: dict[str, list[int]] = defaultdict(list)
        for number, sources in enumerate(self._outlets):
            for source in sources:
                self._own[source].append(number)

    def unasked(self, hashes: Hashes) -> Hashes:
        """Those (each once) of which nothing is known yet."""
        return hashes[np.isin(hashes, self._asked, assume_unique=True, invert=True)]

    def add(self, found: Holders, asked: Hashes) -> None:
        """Know more hashes: those of the articles that the new ones are aligned with."""
        self._asked = union(self._asked, asked)
        for source, hashes in _repeated(found, outlets(found.lists, self.sketches)).items():
            self._boilerplate[source] = self.boilerplate(source) | hashes

    def boilerplate(self, source: str) -> frozenset[int]:
        """The outlet's boilerplate, among the hashes that are known; for `alignment.align`."""
        return self._boilerplate.get(source, frozenset())

    def outlets(self, value: int) -> Sequence[str]:
        """Whose boilerplate a hash is."""
        (number,) = self._found.numbers_of(np.array([value]))
        return self._outlets[number] if number != NOBODY else ()

    def candidates(self, new: Fingerprinted) -> list[Candidate]:
        """The articles of other pages that share enough with `new`, most shared hashes first."""
        # How many of its hashes have which list.
        groups = Counter(self._found.numbers_of(as_hashes(new.hashes)).tolist())
        own = sum(groups.pop(number, 0) for number in self._own.get(new.source, ()))
        del groups[NOBODY]
        few = {one: count for one, count in groups.items() if self._is_of_few(one)}
        if groups.total() - sum(few.values()) < WIDE * (len(new.hashes) - own):
            groups = Counter(few)
        shared: defaultdict[str, int] = defaultdict(int)
        met: dict[str, Posting] = {}
        for number, count in groups.items():
            theirs = self._outlets[number]
            for one in {one.article: one for one in self._found.lists[number]}.values():
                if one.page != new.page and one.source not in theirs:
                    shared[one.article] += count
                    met[one.article] = one
        found = [
            Candidate(article=article, shared=count, containment=share)
            for article, count in shared.items()
            if (share := containment(count, len(new.hashes), met[article].hashes)) is not None
        ]
        found.sort(key=lambda one: (-one.shared, one.article))
        return found[:MAX_CANDIDATES]

    def _is_of_few(self, number: int) -> bool:
        """Whether `MAX_PAGES` at most have what has this list; many articles ask of one phrase."""
        if (few := self._few.get(number)) is None:
            some = self._found.lists[number]
            few = len(some) <= MAX_PAGES or len({one.page for one in some}) <= MAX_PAGES
            self._few[number] = few
        return few


def _repeated(found: Holders, whose: Sequence[Sequence[str]]) -> dict[str, frozenset[int]]:
    """For each outlet that has any, the hashes that are its boilerplate; `whose` the lists are."""
    of: dict[str, set[int]] = defaultdict(set)
    order = np.argsort(found.numbers, kind="stable")
    ends = np.cumsum(np.bincount(found.numbers, minlength=len(whose))).tolist()
    for sources, start, end in zip(whose, [0, *ends], ends, strict=False):
        for source in sources:
            of[source].update(found.hashes[order[start:end]].tolist())
    return {source: frozenset(hashes) for source, hashes in of.items()}


def containment(shared: int, hashes_a: int, hashes_b: int) -> float | None:
    """The share of the shorter's hashes that both have; None where it is too little to align."""
    share = min(1.0, shared / max(min(hashes_a, hashes_b), 1))
    return share if shared >= MIN_SHARED and share >= MIN_CONTAINMENT else None
