"""What an outlet prints on page after page: its boilerplate, told by repetition alone.

A sequence of words that three texts of one outlet have is not the text of any of them (measured:
without this rule precision on a small archive fell to .033). Texts are counted, not addresses: a
piece that stands at several of them (print view, mobile host, one path for each category, a re-run)
counts once, however many there are.

Each hash is judged by the articles that have it and by nothing else, so that the answer is the same
in whatever order articles arrive.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from functools import lru_cache
from operator import attrgetter

from storage.identity import resemblance
from storage.records import Posting

TEXTS = 3
"""Texts of one outlet that make a sequence its boilerplate (DESIGN §7)."""

ALIKE = 2 / 3
"""Resemblance from which on two pages carry one text: what two pages of equal length have that
share 80 %. The highest share of boilerplate that we saw on a real article page was 60 %, on a short
news item; two such pages resemble each other by 3/7."""

Sketches = Callable[[Set[str]], Mapping[str, bytes]]
"""Gives the sketches (`identity.sketch`) of articles by their ids."""

SOURCE, LENGTH = attrgetter("source"), attrgetter("hashes", "article")


def outlets(lists: Iterable[Collection[Posting]], sketches: Sketches) -> list[tuple[str, ...]]:
    """Of each of these lists of articles, whose boilerplate it is that they have."""
    pages = [_pages(some) if len(some) >= TEXTS else [] for some in lists]
    # Mostly the first ones differ; all are thousands, and their sketches ten times as much.
    known = sketches({one.article for some in pages for each in some for one in each[:TEXTS]})
    unclear = {
        one.article
        for some in pages
        for each in some
        if len(each) > TEXTS and not _are_different(each[:TEXTS], known)
        for one in each
    }
    known = {**known, **sketches(unclear)} if unclear else known
    return [
        tuple(
            each[0].source
            for each in some
            if _are_different(each[:TEXTS], known) or _are_different(each, known)
        )
        for some in pages
    ]


def _pages(sightings: Collection[Posting]) -> list[list[Posting]]:
    """Of each outlet that is there often enough: its pages (their longest versions), in order."""
    found = []
    for source, count in Counter(map(SOURCE, sightings)).items():
        if count >= TEXTS:
            alone = count == len(sightings)  # as behind a footer
            theirs = sightings if alone else [one for one in sightings if one.source == source]
            of = {one.page: one for one in theirs}
            if len(of) < count:  # seldom; else each page is there once
                of = {one.page: one for one in sorted(theirs, key=LENGTH)}
            found.append([of[page] for page in sorted(of)])
    return found


def _are_different(pages: Iterable[Posting], sketches: Mapping[str, bytes]) -> bool:
    return _different(tuple(sketches.get(one.article, b"") for one in pages))


@lru_cache(maxsize=4096)  # nearly the same pages have the next one
def _different(sketches: tuple[bytes, ...]) -> bool:
    """Whether there are `TEXTS` that do not resemble each other."""
    texts: list[bytes] = []
    for sketch in sketches:
        if not _any_alike(sketch, texts):
            texts.append(sketch)
            if len(texts) == TEXTS:
                return True
    return False


def _any_alike(sketch: bytes, others: Iterable[bytes]) -> bool:
    return any(resemblance(sketch, other) >= ALIKE for other in others)
