"""Candidates: which known articles are worth aligning with a new one.

The catalog answers one question for a whole batch ("who has any of these hashes?"); the rest is
counting. Measured in DESIGN §7: recall 1.0 on whole copies and on excerpts.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from flows.text.boilerplate import PAGES, Postings, Sighting, repeated

MIN_SHARED = 3
"""Hashes in common. Two meet by a stock phrase of ten words or so."""

MIN_CONTAINMENT = 0.1
"""Of the shorter's hashes. An excerpt has 0.15 of the shorter's own words (DESIGN §7.2), but this
is an estimate from a sample, and speech and boilerplate still count in it: with 0.15 here, one
true pair in a hundred was never aligned. The alignment decides; it takes 4 ms."""

MAX_PAGES = 50
"""A hash that more pages have is a phrase of the language or of the trade, not of a text."""

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

    `postings` should hold the new articles too: a copy may be in the same batch, and their outlets'
    boilerplate is known from the third page on, whichever visit brought it.
    """

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self.boilerplate: dict[str, frozenset[int]] = repeated(postings)
        """By source; for `alignment.align`."""
        hot = (value for value, found in postings.items() if _pages(found) > MAX_PAGES)
        self.ignored: frozenset[int] = frozenset(hot).union(*self.boilerplate.values())

    def candidates(self, new: Fingerprinted) -> list[Candidate]:
        """The articles of other pages that share enough with `new`, most shared hashes first."""
        usable = [value for value in new.hashes if value not in self.ignored]
        shared: Counter[str] = Counter()
        sizes: dict[str, int] = {}
        for value in usable:
            for one in set(self._postings.get(value, ())):
                if one.page != new.page:
                    shared[one.article] += 1
                    sizes[one.article] = one.hashes
        found = [
            Candidate(article=article, shared=count, containment=share)
            for article, count in shared.items()
            if count >= MIN_SHARED
            and (share := min(1.0, count / min(len(usable), max(sizes[article], count))))
            >= MIN_CONTAINMENT
        ]
        found.sort(key=lambda one: (-one.shared, one.article))
        return found[:MAX_CANDIDATES]


def _pages(sightings: Iterable[Sighting]) -> int:
    return len({one.page for one in sightings})


def candidates(new: Fingerprinted, postings: Postings) -> list[Candidate]:
    """`Index(postings).candidates(new)`, for a single article."""
    return Index(postings).candidates(new)


__all__ = [
    "MAX_PAGES",
    "MIN_CONTAINMENT",
    "MIN_SHARED",
    "PAGES",
    "Candidate",
    "Fingerprinted",
    "Index",
    "Postings",
    "Sighting",
    "candidates",
]
