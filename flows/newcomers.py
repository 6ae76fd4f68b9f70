"""The articles of one run by their hashes, before the catalog has them.

A run can bring twenty thousand articles with three million hashes. As arrays they take 60 MB; as a
dict of lists they took ten times as much.
"""

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from flows.crossposts.alignment import sample
from flows.crossposts.candidates import Fingerprinted
from storage.identity import SKETCH, sketch
from storage.records import Article, Posting


class Newcomers:
    """Which of these articles have a hash."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._postings: list[Posting] = []
        self._hashes: dict[str, NDArray[np.int64]] = {}
        for one in articles:
            hashes = self._hashes[one.id] = sample(one)
            least = sketch(hashes[:SKETCH].tolist())  # they rise
            self._postings.append(
                Posting(one.id, one.canonical_url, one.source, len(hashes), least)
            )
        of_each = list(self._hashes.values())
        values = np.concatenate([np.empty(0, dtype=np.int64), *of_each])
        owners = np.repeat(np.arange(len(of_each), dtype=np.int32), list(map(len, of_each)))
        order = np.argsort(values, kind="stable")
        self._values, self._owners = values[order], owners[order]
        self._of = {one.article: one for one in self._postings}

    def fingerprinted(self, article: str) -> Fingerprinted:
        """One of the articles, as far as candidates go."""
        one = self._of[article]
        hashes = tuple(self._hashes[article].tolist())
        return Fingerprinted(article=article, page=one.page, source=one.source, hashes=hashes)

    def hashes(self, ids: Iterable[str]) -> list[int]:
        """The hashes of these articles, each once, rising."""
        found: list[int] = np.unique(np.concatenate([self._hashes[one] for one in ids])).tolist()
        return found

    def of(self, hashes: Collection[int], known: Collection[int]) -> dict[int, list[Posting]]:
        """For each of these hashes that several of the articles have, or one of them and an article
        that is `known`: those of the articles, in the order in which they were given. Hashes that
        the same articles have, share one list."""
        asked = np.sort(np.fromiter(hashes, dtype=np.int64, count=len(hashes)))
        low = np.searchsorted(self._values, asked, side="left")
        count = np.searchsorted(self._values, asked, side="right") - low
        high = low + count
        others = np.isin(asked, np.fromiter(known, dtype=np.int64, count=len(known)))
        there = np.flatnonzero(count + others > 1)
        ranges = zip(asked[there].tolist(), low[there].tolist(), high[there].tolist(), strict=True)
        # An outlet's footer is hundreds of hashes on all its pages, which may be the whole run.
        lists: dict[bytes, list[Posting]] = {}
        found: dict[int, list[Posting]] = {}
        for value, start, end in ranges:
            owners = self._owners[start:end]
            key = owners.tobytes()
            if key not in lists:
                lists[key] = [self._postings[owner] for owner in owners.tolist()]
            found[value] = lists[key]
        return found


def fingerprinted(article: Article) -> Fingerprinted:
    """An article as far as candidates go."""
    return Fingerprinted(
        article=article.id,
        page=article.canonical_url,
        source=article.source,
        hashes=tuple(sample(article).tolist()),
    )
