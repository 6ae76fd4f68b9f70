"""Trails: from matches and claims to who took which text from whom.

A pure function: the same articles and matches give the same trails, in whatever order they came.
Versions of one page are one node; matches are edges between pages of different outlets; each edge
is directed and each copy keeps one original, or several where it takes different text from each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from flows.crossposts.credits import Credit, attribution, credits_of, names, same_target
from flows.crossposts.directions import ORDER, Direction, direct, side
from flows.crossposts.verdicts import Elsewhere, Taken, judge, unmet
from flows.text.unicode import norms
from storage.identity import canonical_url, sha256_hex
from storage.outlets import Outlets
from storage.records import Article, Copy, CopyKind, Match, Trail, TrailArticle

LIVE = ("copy", "excerpt", "embedded", "digest")
"""Kinds of match that are copying; a shared quotation is not."""

WHOLE = 0.8
"""Share of the original that makes a page carry the whole of it (`alignment.WHOLE_SHARE`)."""

ABOUT_AS_LONG = 0.7
"""A copy that has at least this share of the original's length was edited; a shorter one is an
excerpt, which leaves parts out."""

NEW_WORDS = 40
"""Words of a further original that the first one lacks, for the copy to be from both: as many as
make an excerpt (`alignment.EXCERPT_WORDS`)."""

TRUSTED = 0.8
"""Confidence of a credit that counts although no page bears it out: a copyright line or a byline
alone may be that of a picture."""

TIE_WORDS, TIE_SHARE = 8, 0.02
"""Two possible originals that differ by no more than this in shared words are equally good."""


class Seen(Struct, frozen=True, kw_only=True):
    """One version of a page, and what became of the page."""

    article: Article
    first_seen: str
    """When the page was first captured."""
    versions: int
    state: Literal["live", "edited", "gone"]
    gone_at: str | None = None


class _Page(Struct):
    """All versions of one page, the newest last."""

    key: str
    versions: list[Seen]
    first_seen: str

    @property
    def newest(self) -> Seen:
        return self.versions[-1]


class _Edge(Struct):
    """Text that went from one page to another, by the best-matching versions."""

    copy: _Page
    original: _Page
    match: Match
    direction: Direction

    @property
    def copy_is_a(self) -> bool:
        return self.direction.copy.article.id == self.match.a

    def taken(self, kind: CopyKind | None = None) -> Taken:
        of_a, of_b = self.match.a_contained, self.match.b_contained
        of_copy, of_original = (of_a, of_b) if self.copy_is_a else (of_b, of_a)
        return Taken(
            kind=kind or _kind(of_copy, of_original),
            words=self.match.words,
            of_copy=of_copy,
            of_original=of_original,
        )

    @property
    def covered(self) -> set[int]:
        """The copy's words in the shared spans."""
        spans = self.match.spans
        if self.copy_is_a:
            return {i for span in spans for i in range(span.a_start, span.a_end)}
        return {i for span in spans for i in range(span.b_start, span.b_end)}

    @property
    def strength(self) -> float:
        """How sure the direction is: the rank of the signal that decided, then its confidence."""
        deciding = [one for one in self.direction.signals if one.name == self.direction.decided_by]
        if not deciding or self.direction.decided_by is None:
            return 0.0
        rank = len(ORDER) - ORDER.index(self.direction.decided_by)
        return rank + max(one.confidence for one in deciding)


class _Book:
    """All pages and edges, to look things up in."""

    def __init__(self, pages: dict[str, _Page], edges: list[_Edge], outlets: Outlets) -> None:
        self.pages = pages
        self.outlets = outlets
        self._near: dict[str, list[_Page]] = defaultdict(list)
        for edge in edges:
            self._near[edge.copy.key].append(edge.original)
            self._near[edge.original.key].append(edge.copy)

    def elsewhere(self, copy: Article, original: Article | None) -> Elsewhere | None:
        """The copy's best credit to another outlet than that of `original`, and what is archived
        of it; a page that has the text before one that has not."""
        found = [
            self._followed(copy, credit)
            for credit in credits_of(copy, self.outlets)
            if credit.confidence >= TRUSTED
            and (original is None or not names(credit, original, self.outlets))
        ]
        return min(found, key=lambda one: not one.has_text, default=None)

    def _followed(self, copy: Article, credit: Credit) -> Elsewhere:
        for page in self._near[copy.canonical_url]:
            if names(credit, page.newest.article, self.outlets):
                return Elsewhere(credit, page.newest.article, True)
        there = self.pages.get(canonical_url(credit.url)) if credit.url else None
        return Elsewhere(credit, there.newest.article if there else None, False)

    def common_source(self, edge: _Edge) -> bool:
        """Whether both pages say that they took the text from one third outlet, of which nothing
        that has the text is archived: then neither is known to be from the other."""
        direction = edge.direction
        if direction.credit or direction.linked or direction.mutual:
            return False
        copy, original = direction.copy.article, direction.original.article
        if copy.republished_from is None or original.republished_from is None:
            return False
        one, other = self.elsewhere(copy, None), self.elsewhere(original, None)
        if one is None or other is None or one.has_text or other.has_text:
            return False
        return same_target(one.credit, other.credit, self.outlets)


def gather(articles: Sequence[Seen], matches: Sequence[Match], outlets: Outlets) -> list[Trail]:
    """The trails among these pages, by their ids.

    `articles`: every version of every page that has a match or a `republished_from`, and the
    archived pages that such claims lead to. Matches of unknown articles are left out.
    """
    pages = _pages(articles)
    edges = _edges(pages, matches, outlets)
    book = _Book(pages, edges, outlets)
    siblings = [one for one in edges if book.common_source(one)]
    apart = {id(one) for one in siblings}
    chosen = _without_circles(_originals([one for one in edges if id(one) not in apart], edges))
    rows = [(one.copy.key, one.original.key, _row(one, kind, book)) for one, kind in chosen]
    rows += [(page.key, page.key, row) for page, row in _unmet(book, chosen, siblings)]
    groups = _components([(one.copy.key, one.original.key) for one in edges], rows)
    return sorted((_trail(group, pages, rows) for group in groups), key=lambda trail: trail.id)


def _pages(articles: Sequence[Seen]) -> dict[str, _Page]:
    versions: dict[str, dict[str, Seen]] = defaultdict(dict)
    for seen in articles:
        versions[seen.article.canonical_url][seen.article.id] = seen
    pages = {}
    for key, found in versions.items():
        ordered = sorted(found.values(), key=lambda one: (one.article.captured_at, one.article.id))
        pages[key] = _Page(key, ordered, min(one.first_seen for one in ordered))
    return pages


def _edges(pages: dict[str, _Page], matches: Sequence[Match], outlets: Outlets) -> list[_Edge]:
    """One directed edge for each pair of pages of different outlets."""
    page_of = {seen.article.id: page for page in pages.values() for seen in page.versions}
    best: dict[tuple[str, str], Match] = {}
    for match in matches:
        if match.kind not in LIVE or match.a not in page_of or match.b not in page_of:
            continue
        a, b = page_of[match.a], page_of[match.b]
        if a.key == b.key or _same_outlet(a, b, outlets):
            continue
        pair = (min(a.key, b.key), max(a.key, b.key))
        if pair not in best or _goodness(match) > _goodness(best[pair]):
            best[pair] = match
    return [_edge(best[pair], page_of, outlets) for pair in sorted(best)]


def _goodness(match: Match) -> tuple[float, int, str, str]:
    return (match.a_contained + match.b_contained, match.words, match.a, match.b)


def _same_outlet(a: _Page, b: _Page, outlets: Outlets) -> bool:
    one, other = a.newest.article, b.newest.article
    return one.source == other.source or outlets.same(one.url, other.url)


def _edge(match: Match, page_of: dict[str, _Page], outlets: Outlets) -> _Edge:
    sides = []
    for article_id in (match.a, match.b):
        page = page_of[article_id]
        article = next(one.article for one in page.versions if one.article.id == article_id)
        sides.append(side(article, page.first_seen))
    direction = direct(sides[0], sides[1], outlets)
    return _Edge(
        copy=page_of[direction.copy.article.id],
        original=page_of[direction.original.article.id],
        match=match,
        direction=direction,
    )


def _kind(of_copy: float, of_original: float) -> CopyKind:
    """What the copy is, direction known. The lengths of both follow from the two shares."""
    if of_original >= WHOLE and of_copy < 0.5:
        return "embedded"
    as_long = of_original >= ABOUT_AS_LONG * of_copy
    return "copy" if of_original >= 0.5 and of_copy >= 0.5 and as_long else "excerpt"


def _originals(edges: list[_Edge], all_edges: list[_Edge]) -> list[tuple[_Edge, CopyKind | None]]:
    """For each copy the edges that stay, and their kind where it is not their own (digests)."""
    incoming: dict[str, list[_Edge]] = defaultdict(list)
    related = {frozenset((one.copy.key, one.original.key)) for one in all_edges}
    for edge in edges:
        incoming[edge.copy.key].append(edge)
    kept: list[tuple[_Edge, CopyKind | None]] = []
    for _, found in sorted(incoming.items()):
        chosen = [_first_choice(found)]
        covered = chosen[0].covered
        version = chosen[0].direction.copy.article.id
        for edge in sorted(found, key=lambda one: (-one.match.words, one.original.key)):
            fresh = edge.covered - covered
            if (
                edge is not chosen[0]
                and edge.direction.copy.article.id == version
                and len(fresh) >= NEW_WORDS
            ):
                chosen.append(edge)
                covered |= fresh
        digest = _is_digest(chosen, related)
        kept += [(edge, "digest" if digest else None) for edge in chosen]
    return kept


def _is_digest(chosen: list[_Edge], related: set[frozenset[str]]) -> bool:
    """Whether a page takes different texts from several: originals that are not each other's."""
    origins = [edge.original.key for edge in chosen]
    return any(
        frozenset((one, other)) not in related
        for index, one in enumerate(origins)
        for other in origins[index + 1 :]
    )


def _first_choice(found: list[_Edge]) -> _Edge:
    """The original that a copy is most likely from.

    A credited one before others, unless it was published after the copy and another before it; the
    one whose address is given before its outlet's other pages. Then the one that shares most words;
    of equals the earliest.
    """
    credited = [one for one in found if one.direction.credit or one.direction.linked]
    borne_out = [
        one for one in credited if not one.direction.copy.when.before(one.direction.original.when)
    ]
    others = [one for one in found if one.direction.original.when.before(one.direction.copy.when)]
    if credited and (borne_out or not others):
        best = max(_credit_rank(one) for one in credited)
        found = [one for one in credited if _credit_rank(one) == best]
    most = max(one.match.words for one in found)
    enough = most - max(TIE_WORDS, TIE_SHARE * most)
    equals = [one for one in found if one.match.words >= enough]
    return min(
        equals,
        key=lambda one: (
            one.direction.original.when.latest,
            one.original.first_seen,
            one.original.key,
        ),
    )


def _credit_rank(edge: _Edge) -> tuple[bool, bool, float]:
    direction = edge.direction
    late = direction.copy.when.before(direction.original.when)
    confidence = direction.credit.confidence if direction.credit else 0.0
    return (direction.linked is not None, not late, confidence)


def _without_circles(
    chosen: list[tuple[_Edge, CopyKind | None]],
) -> list[tuple[_Edge, CopyKind | None]]:
    """Leave out, of each circle of copies, the edge that is least sure; of equals, that of the page
    published first, where the circle must have begun."""
    while circle := _circle([edge for edge, _ in chosen]):
        weakest = min(
            circle, key=lambda one: (one.strength, one.direction.copy.when.latest, one.copy.key)
        )
        chosen = [pair for pair in chosen if pair[0] is not weakest]
    return chosen


def _circle(edges: list[_Edge]) -> list[_Edge]:
    """The edges that lie in circles: those whose original is, over others, a copy of the copy."""
    left = list(edges)
    while True:  # Pages that are only copies, or only originals, are in no circle.
        copies = {one.copy.key for one in left}
        originals = {one.original.key for one in left}
        inner = [one for one in left if one.copy.key in originals and one.original.key in copies]
        if len(inner) == len(left):
            break
        left = inner
    above: dict[str, list[str]] = defaultdict(list)
    for edge in left:
        above[edge.copy.key].append(edge.original.key)
    return [edge for edge in left if edge.copy.key in _reachable(edge.original.key, above)]


def _reachable(start: str, above: dict[str, list[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = set(above[waiting.pop()]) - found
        found |= fresh
        waiting += fresh
    return found


def _row(edge: _Edge, kind: CopyKind | None, book: _Book) -> Copy:
    direction = edge.direction
    copy, original = direction.copy.article, direction.original.article
    taken = edge.taken(kind)
    judged = judge(direction, taken, book.elsewhere(copy, original), book.outlets)
    return Copy(
        copy_url=copy.url,
        original_url=original.url,
        kind=taken.kind,
        contained_in_original=taken.of_copy,
        contains_of_original=taken.of_original,
        verdict=judged.verdict,
        reason=judged.reason,
        attribution=attribution(copy, original, book.outlets),
        signals=direction.signals,
        copy_article=copy.id,
        original_article=original.id,
        title_changed=norms(copy.title) != norms(original.title),
    )


def _unmet(
    book: _Book, chosen: list[tuple[_Edge, CopyKind | None]], siblings: list[_Edge]
) -> list[tuple[_Page, Copy]]:
    """Rows for pages that say they are from elsewhere while nothing archived has their text."""
    with_original = {edge.copy.key for edge, _ in chosen}
    same_source: dict[str, list[Article]] = defaultdict(list)
    for edge in siblings:
        same_source[edge.copy.key].append(edge.original.newest.article)
        same_source[edge.original.key].append(edge.copy.newest.article)
    rows = []
    for key, page in sorted(book.pages.items()):
        article = page.newest.article
        if key in with_original or article.republished_from is None:
            continue
        elsewhere = book.elsewhere(article, None)
        # Whom it credits has the text, and took it from here: told in that row.
        if elsewhere is None or elsewhere.has_text:
            continue
        judged = unmet(article, elsewhere, same_source[key])
        row = Copy(
            copy_url=article.url,
            original_url=elsewhere.credit.url,
            kind=None,
            contained_in_original=None,
            contains_of_original=None,
            verdict=judged.verdict,
            reason=judged.reason,
            attribution=attribution(article, None, book.outlets),
            copy_article=article.id,
            original_article=None,
        )
        rows.append((page, row))
    return rows


def _components(
    pairs: Iterable[tuple[str, str]], rows: Iterable[tuple[str, str, Copy]]
) -> list[list[str]]:
    """Groups of pages that hang together (union-find)."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in [*pairs, *((copy, original) for copy, original, _ in rows)]:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups: dict[str, list[str]] = defaultdict(list)
    for key in parent:
        groups[root(key)].append(key)
    return [sorted(group) for _, group in sorted(groups.items())]


def _trail(
    group: list[str], pages: dict[str, _Page], rows: Sequence[tuple[str, str, Copy]]
) -> Trail:
    def age(key: str) -> tuple[object, ...]:
        page = pages[key]
        oldest = side(page.versions[0].article, page.first_seen)
        return (oldest.when.latest, page.first_seen, key)

    ordered = sorted(group, key=age)
    place = {key: index for index, key in enumerate(ordered)}
    copies = [row for row in rows if row[0] in place]
    copies.sort(key=lambda row: (place[row[0]], place[row[1]]))
    return Trail(
        # The earliest page names the trail: it is the same after a rebuild, and stays so when
        # further copies are found.
        id=sha256_hex(ordered[0].encode())[:16],
        articles=tuple(_trail_article(pages[key]) for key in ordered),
        copies=tuple(row for _, _, row in copies),
    )


def _trail_article(page: _Page) -> TrailArticle:
    newest = page.newest
    return TrailArticle(
        url=newest.article.url,
        source=newest.article.source,
        outlet=newest.article.outlet,
        title=newest.article.title,
        published=newest.article.published_at,
        captured=page.first_seen,
        versions=newest.versions,
        state=newest.state,
        gone_at=newest.gone_at,
        article=newest.article.id,
    )
