"""What an outlet prints on page after page: its boilerplate, told by repetition alone.

A sequence of words that three pages of one outlet have is not the text of any of them (measured:
without this rule precision on a small archive fell to .033). The one exception is a piece that the
outlet carries at several addresses (print and mobile pages, a re-run): there nearly the whole page
is repeated, and it counts as one page.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

PAGES = 3
"""Pages of one outlet that make a sequence its boilerplate (DESIGN §7)."""

RERUN = 0.8
"""A page of which this share of hashes recurs is a re-run, not an article in boilerplate. The
highest share of boilerplate that we saw on a real article page was 0.6, on a short news item."""


class Sighting(NamedTuple):
    """One article that has a hash."""

    article: str
    """Id of the version."""
    page: str
    """Its canonical URL: versions of one page count once."""
    source: str
    hashes: int
    """How many hashes that article has in all."""


Postings = Mapping[int, Collection[Sighting]]
"""For each hash asked for, the articles that have it."""


def repeated(postings: Postings) -> dict[str, frozenset[int]]:
    """For each outlet that has any, the hashes that are its boilerplate, among those asked for."""
    often: dict[str, dict[int, dict[str, int]]] = defaultdict(dict)
    for value, sightings in postings.items():
        for source, pages in _by_source(sightings).items():
            if len(pages) >= PAGES:
                often[source][value] = pages
    found = {source: _without_reruns(hashes) for source, hashes in often.items()}
    return {source: hashes for source, hashes in found.items() if hashes}


def _by_source(sightings: Iterable[Sighting]) -> dict[str, dict[str, int]]:
    """Source -> page -> hashes of the page (of its longest version)."""
    pages: dict[str, dict[str, int]] = defaultdict(dict)
    for one in sightings:
        of_source = pages[one.source]
        of_source[one.page] = max(one.hashes, of_source.get(one.page, 0))
    return pages


def _without_reruns(hashes: dict[int, dict[str, int]]) -> frozenset[int]:
    recurring: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    for pages in hashes.values():
        recurring.update(pages.keys())
        sizes.update(pages)
    reruns = {page for page, count in recurring.items() if count >= RERUN * max(sizes[page], 1)}

    def different(pages: Iterable[str]) -> int:
        again = sum(page in reruns for page in pages)
        return len(set(pages)) - max(again - 1, 0)

    return frozenset(value for value, pages in hashes.items() if different(pages) >= PAGES)
