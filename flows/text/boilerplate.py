"""What an outlet prints on page after page: its boilerplate, told by repetition alone.

A sequence of words that three texts of one outlet have is not the text of any of them (measured:
without this rule precision on a small archive fell to .033). Texts are counted, not addresses: a
piece that stands at several of them (print view, mobile host, one path for each category, a re-run)
counts once, however many there are.

Each hash is judged by the articles that have it and by nothing else, so that the answer is the same
in whatever order articles arrive.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
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

SOURCE = attrgetter("source")


def outlets(sightings: Collection[Posting]) -> tuple[str, ...]:
    """Whose boilerplate it is that these articles have."""
    often = {source for source, count in Counter(map(SOURCE, sightings)).items() if count >= TEXTS}
    if not often:
        return ()
    of: dict[str, list[Posting]] = defaultdict(list)
    for one in sightings:
        if one.source in often:
            of[one.source].append(one)
    return tuple(source for source, some in of.items() if _are_different(_sketches(some)))


def _sketches(sightings: Iterable[Posting]) -> tuple[bytes, ...]:
    """The sketch of each page (of its longest version), in the order of the pages."""
    longest: dict[str, Posting] = {}
    for one in sightings:
        other = longest.setdefault(one.page, one)
        if (other.hashes, other.article) < (one.hashes, one.article):
            longest[one.page] = one
    return tuple(longest[page].sketch for page in sorted(longest))


def _are_different(sketches: tuple[bytes, ...]) -> bool:
    """Whether there are `TEXTS` that do not resemble each other; mostly the first are."""
    return _different(sketches[:TEXTS]) or _different(sketches)


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
