"""Candidates: which known articles are worth aligning with a new one.

The catalog answers one question for a whole batch ("who has any of these hashes?"); the rest is
counting. Measured in DESIGN §7: recall 1.0 on whole copies and on excerpts. Whether a pair is
worth it depends on the two articles and their outlets' boilerplate alone, and not on which of the
two came first.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec import Struct

from flows.text.boilerplate import Postings, repeated
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

    `postings` should hold the new articles too: a copy may be in the same batch, and their outlets'
    boilerplate is known from the third text on, whichever visit brought it.
    """

    def __init__(self, postings: Postings, asked: Iterable[int] = ()) -> None:
        """`asked`: hashes that were asked for, also those that nobody else has."""
        self._postings = dict(postings)
        self._asked = {*postings, *asked}
        self._boilerplate = repeated(postings)

    def unasked(self, hashes: Iterable[int]) -> set[int]:
        """Those of which nothing is known yet."""
        return set(hashes) - self._asked

    def add(self, postings: Postings, asked: Iterable[int]) -> None:
        """Know more hashes: those of the articles that the new ones are aligned with."""
        self._postings |= postings
        self._asked.update(asked)
        for source, hashes in repeated(postings).items():
            self._boilerplate[source] = self.boilerplate(source) | hashes

    def boilerplate(self, source: str) -> frozenset[int]:
        """The outlet's boilerplate, among the hashes that are known; for `alignment.align`."""
        return self._boilerplate.get(source, frozenset())

    def candidates(self, new: Fingerprinted) -> list[Candidate]:
        """The articles of other pages that share enough with `new`, most shared hashes first."""
        own = self.boilerplate(new.source)
        usable = [value for value in new.hashes if value not in own]
        groups = self._alike(usable)
        few = [group for group in groups if _pages(self._postings[group[0]]) <= MAX_PAGES]
        if sum(map(len, groups)) - sum(map(len, few)) < WIDE * len(usable):
            groups = few
        shared: Counter[str] = Counter()
        met: dict[str, Posting] = {}
        for group in groups:
            for one in {one.article: one for one in self._postings[group[0]]}.values():
                if one.page != new.page and group[0] not in self.boilerplate(one.source):
                    shared[one.article] += len(group)
                    met[one.article] = one
        found = [
            Candidate(article=article, shared=count, containment=share)
            for article, count in shared.items()
            if (share := containment(count, len(new.hashes), met[article].hashes)) is not None
        ]
        found.sort(key=lambda one: (-one.shared, one.article))
        return found[:MAX_CANDIDATES]

    def _alike(self, values: Iterable[int]) -> list[list[int]]:
        """The hashes that some have, in groups of those that the same articles have: these come
        with one list, and are boilerplate of the same outlets."""
        groups: dict[int, list[int]] = {}
        for value in values:
            if some := self._postings.get(value):
                groups.setdefault(id(some), []).append(value)
        return list(groups.values())


def containment(shared: int, hashes_a: int, hashes_b: int) -> float | None:
    """The share of the shorter's hashes that both have; None where it is too little to align."""
    share = min(1.0, shared / max(min(hashes_a, hashes_b), 1))
    return share if shared >= MIN_SHARED and share >= MIN_CONTAINMENT else None


def _pages(sightings: Collection[Posting]) -> int:
    return len({one.page for one in sightings}) if len(sightings) > MAX_PAGES else 0


def candidates(new: Fingerprinted, postings: Postings) -> list[Candidate]:
    """`Index(postings).candidates(new)`, for a single article."""
    return Index(postings).candidates(new)
