"""New articles against each other and against all that is known: fingerprints, candidates, matches.

Nothing is dropped as a duplicate: a match is evidence beside the articles, which all stay.
"""

from collections.abc import Iterable, Sequence

from flows.crossposts.alignment import align
from flows.crossposts.candidates import Fingerprinted, Index
from flows.crossposts.fingerprints import fingerprint
from flows.text.boilerplate import Sighting
from storage.catalog import Catalog
from storage.lookup import Posting
from storage.records import Article, Match

# Articles whose postings are in memory at once. A batch of 500 with 150 hashes each, and ten
# articles behind a hash, is some 100 MB.
BATCH = 500


def compare(articles: Sequence[Article], catalog: Catalog) -> list[Match]:
    """The matches of these articles that the catalog does not have, each pair once."""
    unseen = {article.id: article for article in articles}
    for known in catalog.articles_by_id(unseen):
        del unseen[known]
    prints = [_fingerprinted(article) for article in unseen.values()]
    among_us = _Postings(prints)
    found: dict[tuple[str, str], Match] = {}
    for start in range(0, len(prints), BATCH):
        batch = prints[start : start + BATCH]
        found |= _compare_batch(batch, unseen, among_us, catalog)
    return [found[pair] for pair in sorted(found)]


def _compare_batch(
    batch: Sequence[Fingerprinted],
    unseen: dict[str, Article],
    among_us: "_Postings",
    catalog: Catalog,
) -> dict[tuple[str, str], Match]:
    hashes = {value for one in batch for value in one.hashes}
    index = Index(among_us.joined(catalog.postings(hashes), hashes))
    wanted = {one.article: [c.article for c in index.candidates(one)] for one in batch}
    old = catalog.articles_by_id(
        {other for found in wanted.values() for other in found} - set(unseen)
    )
    found: dict[tuple[str, str], Match] = {}
    for new_id, others in wanted.items():
        for other_id in others:
            pair = (min(new_id, other_id), max(new_id, other_id))
            if pair in found:
                continue
            new, other = unseen[new_id], unseen.get(other_id) or old[other_id]
            match = align(
                new,
                other,
                index.boilerplate.get(new.source, frozenset()),
                index.boilerplate.get(other.source, frozenset()),
            )
            if match is not None:
                found[pair] = match
    return found


def _fingerprinted(article: Article) -> Fingerprinted:
    return Fingerprinted(
        article=article.id,
        page=article.canonical_url,
        source=article.source,
        hashes=fingerprint(article.paragraphs),
    )


class _Postings:
    """The hashes of this run's articles, which the catalog does not have yet."""

    def __init__(self, prints: Iterable[Fingerprinted]) -> None:
        self._by_hash: dict[int, list[Sighting]] = {}
        for one in prints:
            sighting = Sighting(one.article, one.page, one.source, len(one.hashes))
            for value in one.hashes:
                self._by_hash.setdefault(value, []).append(sighting)

    def joined(
        self, known: dict[int, list[Posting]], hashes: Iterable[int]
    ) -> dict[int, list[Sighting]]:
        """With what the catalog has of the same hashes."""
        return {
            value: [Sighting(*one) for one in known.get(value, ())] + self._by_hash.get(value, [])
            for value in hashes
        }
