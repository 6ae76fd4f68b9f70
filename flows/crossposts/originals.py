"""Of all that a copy shares text with, what it is from.

A copy keeps one original, or several where it takes different text from each. What remains has no
circles.
"""

from collections import defaultdict
from itertools import combinations

from flows.crossposts.graph import Edge
from flows.text.unicode import norms
from storage.findings import CopyKind

NEW_WORDS = 40
"""Words of a further original that the first one lacks, for the copy to be from both: as many as
make an excerpt (`alignment.EXCERPT_WORDS`)."""

TIE_WORDS, TIE_SHARE = 8, 0.02
"""Two possible originals that differ by no more than this in shared words are equally good."""


def originals(edges: list[Edge], all_edges: list[Edge]) -> list[tuple[Edge, CopyKind | None]]:
    """For each copy the edges that stay, and their kind where it is not their own (digests)."""
    incoming: dict[str, list[Edge]] = defaultdict(list)
    related = {frozenset((one.copy.key, one.original.key)) for one in all_edges}
    for edge in edges:
        incoming[edge.copy.key].append(edge)
    kept: list[tuple[Edge, CopyKind | None]] = []
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


def _is_digest(chosen: list[Edge], related: set[frozenset[str]]) -> bool:
    """Whether a page takes different texts from several: originals that are not each other's, and
    not the pages of one article (`…/2/`)."""
    return any(
        frozenset((one.original.key, other.original.key)) not in related
        and _article(one) != _article(other)
        for one, other in combinations(chosen, 2)
    )


def _article(edge: Edge) -> tuple[str, list[str]]:
    original = edge.direction.original.article
    return original.source, norms(original.title) or [edge.original.key]


def _first_choice(found: list[Edge]) -> Edge:
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


def _credit_rank(edge: Edge) -> tuple[bool, bool, bool, float]:
    direction = edge.direction
    late = direction.copy.when.before(direction.original.when)
    credit = direction.credit
    return (credit is not None, not late, direction.exact, credit.confidence if credit else 0.0)


def without_circles(
    chosen: list[tuple[Edge, CopyKind | None]],
) -> list[tuple[Edge, CopyKind | None]]:
    """Leave out, of each circle of copies, the edge that is least sure; of equals, that of the page
    published first, where the circle must have begun."""
    left_out = set()
    circle = _circle([edge for edge, _ in chosen])
    while circle:
        weakest = min(
            circle, key=lambda one: (one.strength, one.direction.copy.when.latest, one.copy.key)
        )
        left_out.add(id(weakest))
        circle = _circle([edge for edge in circle if edge is not weakest])
    return [pair for pair in chosen if id(pair[0]) not in left_out]


def _circle(edges: list[Edge]) -> list[Edge]:
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
