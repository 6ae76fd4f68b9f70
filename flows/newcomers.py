"""The articles of one run by their hashes, before the catalog has them.

A run can bring twenty thousand articles with three million hashes. As arrays they take 60 MB; as a
dict of lists they took ten times as much.
"""

from collections.abc import Collection, Iterable

import numpy as np

from flows.crossposts.candidates import Fingerprinted
from flows.crossposts.fingerprints import fingerprint
from flows.text.boilerplate import Sighting
from storage.identity import sketch
from storage.records import Article


class Newcomers:
    """Which of these articles have a hash."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._sightings: list[Sighting] = []
        self._hashes = {}
        for article in articles:
            one = fingerprinted(article)
            least = sketch(one.hashes)
            self._sightings.append(
                Sighting(one.article, one.page, one.source, len(one.hashes), least)
            )
            self._hashes[one.article] = np.array(one.hashes, dtype=np.int64)
        of_each = list(self._hashes.values())
        values = np.concatenate([np.empty(0, dtype=np.int64), *of_each])
        owners = np.repeat(np.arange(len(of_each), dtype=np.int32), list(map(len, of_each)))
        order = np.argsort(values, kind="stable")
        self._values, self._owners = values[order], owners[order]
        self._of = {one.article: one for one in self._sightings}

    def fingerprinted(self, article: str) -> Fingerprinted:
        """One of the articles, as far as candidates go."""
        one = self._of[article]
        hashes = tuple(self._hashes[article].tolist())
        return Fingerprinted(article=article, page=one.page, source=one.source, hashes=hashes)

    def of(self, hashes: Collection[int]) -> dict[int, list[Sighting]]:
        """For each of these hashes that any of the articles has, those that have it, in the order
        in which they were given. Hashes that the same articles have, share one list."""
        asked = np.sort(np.fromiter(hashes, dtype=np.int64, count=len(hashes)))
        low = np.searchsorted(self._values, asked, side="left")
        high = np.searchsorted(self._values, asked, side="right")
        there = np.flatnonzero(high > low)
        ranges = zip(asked[there].tolist(), low[there].tolist(), high[there].tolist(), strict=True)
        # An outlet's footer is hundreds of hashes on all its pages, which may be the whole run.
        lists: dict[bytes, list[Sighting]] = {}
        found: dict[int, list[Sighting]] = {}
        for value, start, end in ranges:
            owners = self._owners[start:end]
            key = owners.tobytes()
            if key not in lists:
                lists[key] = [self._sightings[owner] for owner in owners.tolist()]
            found[value] = lists[key]
        return found


def fingerprinted(article: Article) -> Fingerprinted:
    """An article as far as candidates go."""
    return Fingerprinted(
        article=article.id,
        page=article.canonical_url,
        source=article.source,
        hashes=fingerprint(article.paragraphs),
    )
