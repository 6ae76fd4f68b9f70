"""Two texts side by side: paragraph beside paragraph, each as it is printed on its own page, with
quoted speech and the words marked that the other lacks."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from flows.crossposts.differences import Change, diff
from flows.crossposts.edits import Edit, classify, counted
from flows.text.quotes import quoted
from flows.text.unicode import placed
from storage.records import Article

Op = Literal["same", "removed", "added"]
JOINT = "\n\n"  # between paragraphs, where speech is looked for


class Run(Struct, frozen=True):
    """Printed text that is marked in one way."""

    op: Op
    text: str
    speech: bool = False


class Pair(Struct, frozen=True, kw_only=True):
    """One part of both pages; a side is None where it has nothing there."""

    what: str
    kind: str
    left: tuple[Run, ...] | None
    right: tuple[Run, ...] | None
    edits: tuple[str, ...]


class Sides(Struct, frozen=True, kw_only=True):
    """Both pages."""

    left: Article
    right: Article
    pairs: tuple[Pair, ...]
    edits: dict[str, int]
    same: int
    """Parts that are the same."""


class _Side:
    """The paragraphs of one article as they come, with the places of speech in each."""

    def __init__(self, article: Article) -> None:
        self._paragraphs = iter(article.paragraphs)
        self._speech = iter(_speech(article.paragraphs))

    def next(self) -> tuple[str, list[tuple[int, int]]]:
        return next(self._paragraphs, ""), next(self._speech, [])


def sides(left: Article, right: Article) -> Sides:
    """What `show-diff` says of two articles, with each side in its own print."""
    changes = diff(left, right)
    edits = classify(changes, left.language if left.language == right.language else None)
    one, other = _Side(left), _Side(right)
    pairs = tuple(
        _pair(change, some, one, other) for change, some in zip(changes, edits, strict=True)
    )
    return Sides(
        left=left,
        right=right,
        pairs=pairs,
        edits=counted(edits),
        same=sum(pair.kind == "same" for pair in pairs),
    )


def _pair(change: Change, edits: Sequence[Edit], one: _Side, other: _Side) -> Pair:
    left = right = None
    if change.kind != "added":
        left = tuple(_runs(change, "removed", one))
    if change.kind != "removed":
        right = tuple(_runs(change, "added", other))
    kinds = tuple(dict.fromkeys(edit.kind for edit in edits))
    # Pieces within one paragraph that only one side has are a change of it on both.
    if change.kind in ("added", "removed") and any(piece.op == "same" for piece in change.pieces):
        left = left or tuple(_runs(change, "removed", one))
        right = right or tuple(_runs(change, "added", other))
    return Pair(what=change.what, kind=change.kind, left=left, right=right, edits=kinds)


def _runs(change: Change, own: Literal["removed", "added"], side: _Side) -> Iterator[Run]:
    pieces = [piece for piece in change.pieces if piece.op in ("same", own)]
    if change.what != "paragraph":
        yield from (Run(piece.op, piece.of(own)) for piece in pieces)
        return
    printed, speech = side.next()
    starts, _ = placed(printed)
    at = word = 0
    for number, piece in enumerate(pieces):
        word += len(placed(piece.text)[0])
        last = number == len(pieces) - 1
        end = len(printed) if last or word >= len(starts) else starts[word]
        yield from _marked(printed, at, end, piece.op, speech)
        at = end


def _marked(
    text: str, start: int, end: int, op: Op, speech: Sequence[tuple[int, int]]
) -> Iterator[Run]:
    """A stretch of a paragraph, cut where speech begins and ends."""
    edges = {start, end}
    for piece in speech:
        edges |= {place for place in piece if start < place < end}
    places = sorted(edges)
    for one, other in itertools.pairwise(places):
        inside = any(begin <= one and other <= stop for begin, stop in speech)
        yield Run(op, text[one:other], inside)


def _speech(paragraphs: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Where quoted speech stands in each paragraph."""
    found: list[list[tuple[int, int]]] = []
    pieces = quoted(JOINT.join(paragraphs))
    at = 0
    for paragraph in paragraphs:
        end = at + len(paragraph)
        inside = [(max(one, at) - at, min(other, end) - at) for one, other in pieces]
        found.append([piece for piece in inside if piece[0] < piece[1]])
        at = end + len(JOINT)
    return found
