"""Trails: from matches and claims to who took which text from whom.

A pure function: the same articles and matches give the same trails, in whatever order they came.
Versions of one page are one node; matches are edges between pages of different outlets; each edge
is directed and each copy keeps one original, or several where it takes different text from each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from flows.crossposts.credits import attribution
from flows.crossposts.differences import diff
from flows.crossposts.drift import drift
from flows.crossposts.edits import classify, counted
from flows.crossposts.graph import (
    FORM,
    LIVE,
    QUOTATION,
    Book,
    Edge,
    Page,
    Seen,
    edges_of,
    pages_of,
)
from flows.crossposts.judgments import by_pair, pair_of
from flows.crossposts.originals import originals, without_circles
from flows.crossposts.parts import as_far_as_both
from flows.crossposts.verdicts import judge, unmet
from flows.crossposts.versions import events
from flows.text.unicode import norms
from storage.findings import Copy, CopyKind, Drift, Trail, TrailArticle
from storage.identity import sha256_hex
from storage.outlets import Outlets
from storage.records import Article, Judgment, Match

ORIGINAL: Literal["original"] = "original"
COPY: Literal["copy"] = "copy"

__all__ = ["FORM", "LIVE", "QUOTATION", "Seen", "components", "gather"]


def gather(
    articles: Sequence[Seen],
    matches: Sequence[Match],
    outlets: Outlets,
    judgments: Iterable[Judgment] = (),
) -> list[Trail]:
    """The trails among these pages, by their ids.

    `articles`: every version of every page that has a match or a `republished_from`, and the
    archived pages that such claims lead to or that are like it without being copies. Matches of
    unknown articles are left out, and those of pages that a person rejected.
    """
    pages = pages_of(articles, outlets)
    judged = by_pair(judgments)
    edges = edges_of(pages, matches, outlets, judged)
    book = Book(pages, edges, outlets, judged, matches)
    siblings = [one for one in edges if book.common_source(one)]
    apart = {id(one) for one in siblings}
    chosen = without_circles(originals([one for one in edges if id(one) not in apart], edges))
    met: dict[str, set[str]] = defaultdict(set)
    for edge, _ in chosen:
        met[edge.copy.key].add(edge.original.key)
    rows = [
        (one.copy.key, one.original.key, _row(one, kind, book, met[one.copy.key]))
        for one, kind in chosen
    ]
    rows += [(page.key, page.key, row) for page, row in _unmet(book, chosen, siblings)]
    copied = [(copy, original) for copy, original, _ in rows]
    groups = components([*((one.copy.key, one.original.key) for one in edges), *copied])
    of_page: dict[str, list[tuple[str, str, Copy]]] = defaultdict(list)
    for row in rows:
        of_page[row[0]].append(row)
    return sorted((_trail(group, pages, of_page) for group in groups), key=lambda one: one.id)


def _row(edge: Edge, kind: CopyKind | None, book: Book, met: set[str]) -> Copy:
    direction = edge.direction
    copy, original = direction.copy.article, direction.original.article
    taken = edge.taken(kind)
    parts = as_far_as_both(original, copy, edge.match)
    judged = judge(direction, taken, book.elsewhere(direction.copy, original, met), book.outlets)
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
        judgments=book.judgments.get(pair_of(edge.copy.key, edge.original.key), ()),
        compared=edge.compared,
        edits=counted(classify(diff(*parts), original.language)),
        drift=tuple(_drift(edge)),
    )


def _drift(edge: Edge) -> list[Drift]:
    """What was edited on either side since the copy was made, in the order of time."""
    direction = edge.direction
    made = direction.copy.when
    found: list[Drift] = []
    for name, page, side, other in (
        (ORIGINAL, edge.original, direction.original, edge.copy),
        (COPY, edge.copy, direction.copy, edge.original),
    ):
        if len(page.versions) > 1:
            happened, newest = events(page.sights, page.articles), other.newest.article
            found += drift(name, happened, page.articles, side.article, made, newest)
    return sorted(found, key=lambda one: (one.before, one.side))


def _unmet(
    book: Book, chosen: list[tuple[Edge, CopyKind | None]], siblings: list[Edge]
) -> list[tuple[Page, Copy]]:
    """Rows for pages that say they are from elsewhere while nothing archived has their text."""
    with_original = {edge.copy.key for edge, _ in chosen}
    same_source: dict[str, list[Article]] = defaultdict(list)
    for edge in siblings:
        same_source[edge.copy.key].append(edge.original.newest.article)
        same_source[edge.original.key].append(edge.copy.newest.article)
    rows = []
    for key, page in sorted(book.pages.items()):
        article = page.newest.article
        if key in with_original or not (article.republished_from or key in same_source):
            continue  # what an agency signed is from elsewhere; that alone makes no trail
        elsewhere = book.elsewhere(page.sides[article.id], None)
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


def components(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of pages that hang together (union-find)."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups: dict[str, list[str]] = defaultdict(list)
    for key in parent:
        groups[root(key)].append(key)
    return [sorted(group) for _, group in sorted(groups.items())]


def _trail(
    group: list[str], pages: dict[str, Page], rows: dict[str, list[tuple[str, str, Copy]]]
) -> Trail:
    def age(key: str) -> tuple[object, ...]:
        page = pages[key]
        oldest = page.sides[page.versions[0].article.id]
        return (oldest.when.latest, page.first_seen, key)

    ordered = sorted(group, key=age)
    place = {key: index for index, key in enumerate(ordered)}
    copies = [row for key in ordered if key in rows for row in rows[key]]
    copies.sort(key=lambda row: (place[row[0]], place[row[1]]))
    return Trail(
        # The earliest page names the trail: it is the same after a rebuild, and stays so when
        # further copies are found.
        id=sha256_hex(ordered[0].encode())[:16],
        articles=tuple(_trail_article(pages[key]) for key in ordered),
        copies=tuple(row for _, _, row in copies),
    )


def _trail_article(page: Page) -> TrailArticle:
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
        incomplete=newest.article.broke_off,
        first_published=page.sides[page.versions[0].article.id].when.record(),
    )
