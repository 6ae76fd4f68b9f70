"""New articles against each other and against all that is known: fingerprints, candidates, matches.

Nothing is dropped as a duplicate: a match is evidence beside the articles, which all stay.

The outcome does not depend on the order in which articles arrive. A pair is judged by its two texts
and by their outlets' boilerplate, whichever of the two is new; and where new articles show that
something is boilerplate, the known articles that have it are compared anew. What comes out
otherwise than before is a new match of the same pair: it counts from then on, and the old one stays
sealed in its run.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set

import numpy as np

from flows.crossposts.alignment import align, sample
from flows.crossposts.candidates import Fingerprinted, Index, containment
from flows.crossposts.fingerprints import distinct
from flows.crossposts.holders import (
    NO_HASHES,
    NOBODY,
    Hashes,
    Holders,
    as_hashes,
    joined,
    paired,
)
from flows.newcomers import Newcomers, fingerprinted
from flows.text.boilerplate import TEXTS, outlets
from storage.catalog import Catalog
from storage.records import Article, Match, Posting

# Articles whose postings are in memory at once. A batch of 500 with 150 hashes each, and ten
# articles behind a hash, is some 100 MB.
BATCH = 500

# Known articles that a run compares anew at most, those with most new boilerplate first: a second
# or two of work. An outlet's template touches a few texts, for from the third on it is known; the
# rest are phrases of five words that an outlet of ten thousand articles has used for a third time.
COMPARED_ANEW = 200

Pair = tuple[str, str]
Apart = tuple[Article, Article, frozenset[int], frozenset[int]]
"""Two articles, and of each the hashes that are its outlet's boilerplate."""
Aligner = Callable[[Sequence[Apart]], list[Match | None]]


def align_all(pairs: Sequence[Apart]) -> list[Match | None]:
    """What each of the pairs has in common."""
    return [align(*pair) for pair in pairs]


def compare(
    articles: Sequence[Article],
    catalog: Catalog,
    anew: Collection[str] = (),
    without: Collection[str] = (),
    aligner: Aligner = align_all,
) -> list[Match]:
    """The matches that these articles bring, each pair once: those of their own, and those of known
    articles that read otherwise now. `anew`: known articles that were never compared with each
    other (ids); `without`: those that are known no more once this run is sealed; `aligner`: what
    aligns them, here or on other machines."""
    unseen = {article.id: place for place, article in enumerate(articles)}
    for known in catalog.known(unseen):
        del unseen[known]
    comparing = _Comparing(catalog, articles, unseen, frozenset(anew), frozenset(without), aligner)
    ids = list(unseen)
    for start in range(0, len(ids), BATCH):
        comparing.batch(ids[start : start + BATCH])
    comparing.again()
    return [comparing.found[pair] for pair in sorted(comparing.found)]


class _Comparing:
    """One run's articles against each other and the catalog."""

    def __init__(
        self,
        catalog: Catalog,
        articles: Sequence[Article],
        unseen: Mapping[str, int],
        apart: frozenset[str],
        gone: frozenset[str],
        aligner: Aligner,
    ) -> None:
        self._aligner = aligner
        self._catalog = catalog
        self._articles = articles
        """They may lie on the disk: what is looked at anew is asked for anew."""
        self._unseen = unseen
        self._new = Newcomers(articles[place] for place in unseen.values())
        self._apart = apart - gone
        self._gone = gone
        self._noted: set[int] = set()
        """Hashes of which it is known what they change."""
        self._touched: Counter[str] = Counter()
        """Known articles → hashes of theirs that are boilerplate now, or are so no more."""
        self.found: dict[Pair, Match] = {}

    def batch(self, ids: Sequence[str]) -> None:
        """Find the matches of these new articles."""
        prints = [self._new.fingerprinted(one) for one in ids]
        index = self._index(self._new.hashes(ids))
        for pair, match in self._matched(index, self._wanted(index, prints)).items():
            if match is not None:
                self.found[pair] = match

    def again(self) -> None:
        """Compare anew the known articles that were never compared with each other, and those
        whose words are boilerplate now, or are so no more."""
        late = sorted(self._apart | self._gone)
        for start in range(0, len(late), BATCH):
            some = self._catalog.articles_by_id(late[start : start + BATCH]).values()
            self._index(_hashes_of(map(fingerprinted, some)))
        worst = sorted(self._touched, key=lambda one: (-self._touched[one], one))[:COMPARED_ANEW]
        ids = sorted({*worst, *self._apart})
        for start in range(0, len(ids), BATCH):
            self._again(ids[start : start + BATCH])

    def _again(self, ids: Sequence[str]) -> None:
        known = self._catalog.articles_by_id(ids)
        prints = [fingerprinted(article) for article in known.values()]
        index = self._index(_hashes_of(prints))
        before = {
            pair: match
            for pair, match in self._catalog.matches_of(ids).items()
            if self._gone.isdisjoint(pair)
        }
        # With those that were found when their words were on fewer pages.
        pairs = {*self._wanted(index, prints), *before} - set(self.found)
        for pair, match in self._matched(index, pairs).items():
            was = before.get(pair)
            if match is None and was is not None:
                match = _withdrawn(was)
            if match is not None and match != was:
                self.found[pair] = match

    def _wanted(self, index: Index, prints: Iterable[Fingerprinted]) -> set[Pair]:
        return {
            (min(one.article, other.article), max(one.article, other.article))
            for one in prints
            for other in index.candidates(one)
        }

    def _matched(self, index: Index, pairs: set[Pair]) -> dict[Pair, Match | None]:
        """Each pair aligned, the boilerplate of both outlets left out."""
        ends = {end for pair in pairs for end in pair}
        articles = self._catalog.articles_by_id(ends - set(self._unseen))
        articles |= {end: self._articles[self._unseen[end]] for end in ends & set(self._unseen)}
        # A lost run can leave a match whose article is not in the catalog.
        wanted = [(a, b) for a, b in sorted(pairs) if a in articles and b in articles]
        arrays = {end: sample(one) for end, one in articles.items()}
        compared = [arrays[end] for end in sorted({end for pair in wanted for end in pair})]
        hashes = index.unasked(distinct(np.concatenate([NO_HASHES, *compared])))
        known = self._known(hashes).without(self._gone)
        index.add(joined(known, self._new.of(hashes, known.hashes)), hashes)
        samples = {end: frozenset(hashes.tolist()) for end, hashes in arrays.items()}
        found: dict[Pair, Match | None] = {}
        apart: dict[Pair, Apart] = {}
        for a, b in wanted:
            of_a, of_b = (index.boilerplate(articles[end].source) for end in (a, b))
            in_a, in_b = samples[a], samples[b]
            shared = len((in_a & in_b) - of_a - of_b)
            found[a, b] = None
            if containment(shared, len(in_a), len(in_b)) is not None:
                apart[a, b] = (articles[a], articles[b], of_a & in_a, of_b & in_b)
        return found | dict(zip(apart, self._aligner(list(apart.values())), strict=True))

    def _index(self, hashes: Hashes) -> Index:
        """Who has these hashes; what they change of what is known, is noted."""
        before = self._known(hashes)
        new = self._new.of(hashes, before.hashes)
        sketches = _Sketches(self._new, self._catalog)
        index = Index(joined(before.without(self._gone), new), hashes, sketches)
        self._note_changes(before, new, index)
        return index

    def _known(self, hashes: Hashes) -> Holders:
        """What the catalog has of these hashes."""
        return Holders.of(self._catalog.postings(hashes.tolist()))

    def _note_changes(self, before: Holders, newcomers: Holders, index: Index) -> None:
        """Whose boilerplate is another now than it was to those who compared the known articles."""
        # What the same articles have, is boilerplate of the same outlets, before and now.
        pairs, numbers = paired(before.numbers, newcomers.numbers_of(before.hashes))
        changing = self._apart | self._gone
        noted: list[tuple[Sequence[Posting], set[str], list[int]]] = []
        for place, (one, other) in enumerate(pairs):
            some = before.lists[one]
            new = newcomers.lists[other] if other != NOBODY else ()
            # Nothing changes of an outlet that has no new articles.
            sources = {each.source for each in new}
            if changing:
                sources |= {each.source for each in some if each.article in changing}
            if len(some) + len(new) < TEXTS:
                continue
            if sources := {source for source in sources if _has(some, source)}:
                values = before.hashes[numbers == place].tolist()
                if fresh := [value for value in values if value not in self._noted]:
                    self._noted.update(fresh)
                    noted.append((some, sources, fresh))
        were = outlets(
            (
                [one for one in some if one.source in sources and one.article not in self._apart]
                for some, sources, _ in noted
            ),
            index.sketches,
        )
        for (some, sources, values), was in zip(noted, were, strict=True):
            changed = sources.intersection(index.outlets(values[0])) ^ set(was)
            for each in some if changed else ():
                if each.source in changed and each.article not in self._gone:
                    self._touched[each.article] += len(values)


class _Sketches:
    """The sketches of articles by their ids, each asked for once."""

    def __init__(self, new: Newcomers, catalog: Catalog) -> None:
        self._new, self._catalog = new, catalog
        self._known: dict[str, bytes] = {}

    def __call__(self, ids: Set[str]) -> Mapping[str, bytes]:
        """Those of these articles, and others."""
        wanted = ids - self._known.keys()
        new = self._new.sketches(wanted)
        self._known |= new | self._catalog.sketches(wanted - new.keys())
        return self._known


def _has(some: Sequence[Posting], source: str) -> bool:
    return any(one.source == source for one in some)


def _hashes_of(prints: Iterable[Fingerprinted]) -> Hashes:
    """Those of all these articles, rising, each once."""
    return distinct(np.concatenate([NO_HASHES, *(as_hashes(one.hashes) for one in prints)]))


def _withdrawn(match: Match) -> Match | None:
    """What a match has become of which nothing is left; None if that was said already."""
    if match.kind == "boilerplate":
        return None
    return Match(
        a=match.a,
        b=match.b,
        kind="boilerplate",
        words=0,
        a_contained=0.0,
        b_contained=0.0,
        spans=(),
        method=match.method,
    )
