"""The articles of one run by their hashes, before the catalog has them.

A run can bring twenty thousand articles with three million hashes. As arrays they take 60 MB; as a
dict of lists they took ten times as much.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from flows.crossposts.alignment import sample
from flows.crossposts.candidates import Fingerprinted
from flows.crossposts.fingerprints import distinct
from flows.crossposts.holders import Hashes, Holders
from storage.identity import SKETCH, sketch
from storage.records import Article, Posting


class Newcomers:
    """Which of these articles have a hash."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._postings: list[Posting] = []
        self._hashes: dict[str, NDArray[np.int64]] = {}
        for one in articles:
            hashes = self._hashes[one.id] = sample(one)
            self._postings.append(Posting(one.id, one.canonical_url, one.source, len(hashes)))
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

    def sketches(self, ids: Iterable[str]) -> dict[str, bytes]:
        """As `Catalog.sketches`, of those that are among these articles."""
        return {
            one: sketch(self._hashes[one][:SKETCH].tolist())  # they rise
            for one in ids
            if one in self._hashes
        }

    def hashes(self, ids: Iterable[str]) -> Hashes:
        """The hashes of these articles, each once, rising."""
        return distinct(np.concatenate([self._hashes[one] for one in ids]))

    def of(self, hashes: Hashes, known: Hashes) -> Holders:
        """For each of these hashes that several of the articles have, or one of them and an article
        that is `known` (both rising): those of the articles, in the order in which they were
        given."""
        low = np.searchsorted(self._values, hashes, side="left")
        count = np.searchsorted(self._values, hashes, side="right") - low
        there = np.flatnonzero(count + np.isin(hashes, known, assume_unique=True) > 1)
        low, count = low[there], count[there]
        # Most are of one of the articles; the others are footers and copies within the run, and an
        # outlet's footer is hundreds of hashes on all its pages, which may be the whole run.
        single = count == 1
        owners, numbers = np.unique(self._owners[low[single]], return_inverse=True)
        lists = [[self._postings[owner]] for owner in owners.tolist()]
        of_each = np.empty(len(there), dtype=np.int64)
        of_each[single] = numbers
        seen: dict[bytes, int] = {}
        for place in np.flatnonzero(~single).tolist():
            some = self._owners[low[place] : low[place] + count[place]]
            number = seen.setdefault(some.tobytes(), len(lists))
            if number == len(lists):
                lists.append([self._postings[owner] for owner in some.tolist()])
            of_each[place] = number
        return Holders(hashes[there], of_each, lists)


def fingerprinted(article: Article) -> Fingerprinted:
    """An article as far as candidates go."""
    return Fingerprinted(
        article=article.id,
        page=article.canonical_url,
        source=article.source,
        hashes=tuple(sample(article).tolist()),
    )
