"""What differs between an original and a copy, or between two versions of a page: headline, authors
and date, paragraphs word by word, media, links.

Paragraphs are aligned first and words only within aligned ones (DESIGN §11: difflib took 5.7 s on
one article of 32 kB). Words are compared in their normal form, so other quotes are no change.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal

import fast_diff_match_patch
from msgspec import Struct

from flows.text.unicode import norms, words
from storage.identity import canonical_url
from storage.records import Article

SECONDS = 2.0
"""For one comparison; what is left then is given as removed and added, coarser but right."""

ALIKE = 0.4
"""Share of words in common from which on two paragraphs are one, edited: half of a paragraph's
words can be rewritten; two paragraphs on one subject share a quarter."""

MAX_PAIRS = 40_000
"""Paragraph pairs that are weighed in one stretch of changes; longer ones are paired in order."""

_FIRST_SURROGATE, _SURROGATES = 0xD800, 0x800


What = Literal["headline", "author", "date", "paragraph", "medium", "link"]


class Piece(Struct, frozen=True, omit_defaults=True):
    """Printed text that is in both, only in the original, or only in the copy."""

    op: Literal["same", "removed", "added"]
    text: str
    copy: str | None = None
    """The same words as the copy prints them, where it uses other signs or spaces."""

    def of(self, side: Literal["removed", "added"]) -> str:
        """As the original (`removed`) or the copy (`added`) prints it; "" where it has it not."""
        if self.op == "same" and side == "added" and self.copy is not None:
            return self.copy
        return self.text if self.op in ("same", side) else ""


class Change(Struct, frozen=True, kw_only=True):
    """One part of an article, and what became of it in the copy."""

    what: What
    kind: Literal["same", "added", "removed", "changed"]
    pieces: tuple[Piece, ...]


def diff(original: Article, copy: Article) -> list[Change]:
    """The parts of both articles in reading order: headline, authors and date of publication (where
    either has one), paragraphs, media, links."""
    changes = [_changed("headline", original.title, copy.title)]
    changes += _fields("author", ", ".join(original.authors), ", ".join(copy.authors))
    changes += _fields("date", original.published_at or "", copy.published_at or "")
    changes += _paragraphs(original.paragraphs, copy.paragraphs)
    changes += _addresses(
        "medium", [one.url for one in original.media], [one.url for one in copy.media]
    )
    changes += _addresses("link", original.links, copy.links)
    return changes


def _fields(what: Literal["author", "date"], before: str, after: str) -> Iterator[Change]:
    """A field that changes as a whole."""
    if before and norms(before) == norms(after):
        yield _whole(what, "same", before, after)
    elif before and after:
        pieces = (Piece("removed", before), Piece("added", after))
        yield Change(what=what, kind="changed", pieces=pieces)
    elif before or after:
        yield _whole(what, "removed" if before else "added", before or after)


def _paragraphs(original: Sequence[str], copy: Sequence[str]) -> Iterator[Change]:
    keys = [tuple(norms(one)) for one in original], [tuple(norms(one)) for one in copy]
    i = j = 0
    removed: list[str] = []
    added: list[str] = []
    for op, count in _operations(*keys):
        if op == "=":
            yield from _stretch(removed, added)
            removed, added = [], []
            for text, there in zip(original[i : i + count], copy[j : j + count], strict=True):
                yield _whole("paragraph", "same", text, there)
            i, j = i + count, j + count
        elif op == "-":
            removed += original[i : i + count]
            i += count
        else:
            added += copy[j : j + count]
            j += count
    yield from _stretch(removed, added)


def _stretch(removed: Sequence[str], added: Sequence[str]) -> Iterator[Change]:
    """Paragraphs between two that are the same: pairs of edited ones, and what is left over."""
    i = j = 0
    for one, other in _pairs(removed, added):
        yield from (_whole("paragraph", "removed", text) for text in removed[i:one])
        yield from (_whole("paragraph", "added", text) for text in added[j:other])
        yield _changed("paragraph", removed[one], added[other])
        i, j = one + 1, other + 1
    yield from (_whole("paragraph", "removed", text) for text in removed[i:])
    yield from (_whole("paragraph", "added", text) for text in added[j:])


def _pairs(removed: Sequence[str], added: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of alike paragraphs in order, such that they have most words in common in all."""
    if not removed or not added:
        return []
    bags = [Counter(norms(one)) for one in removed], [Counter(norms(one)) for one in added]
    if len(removed) * len(added) > MAX_PAIRS:
        in_order = range(min(len(removed), len(added)))
        return [(k, k) for k in in_order if _common(bags[0][k], bags[1][k])]
    common = [[_common(one, other) for other in bags[1]] for one in bags[0]]
    # best[i][j]: most words in common of removed[i:] and added[j:].
    best = [[0] * (len(added) + 1) for _ in range(len(removed) + 1)]
    for i in reversed(range(len(removed))):
        for j in reversed(range(len(added))):
            paired = common[i][j] and common[i][j] + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    found, i, j = [], 0, 0
    while i < len(removed) and j < len(added):
        if common[i][j] and best[i][j] == common[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _common(one: Counter[str], other: Counter[str]) -> int:
    """Words in common, or 0 where the paragraphs are not alike."""
    shared = (one & other).total()
    return shared if 2 * shared >= ALIKE * (one.total() + other.total()) else 0


def _changed(what: Literal["headline", "paragraph"], original: str, copy: str) -> Change:
    before, after = _printed_words(original), _printed_words(copy)
    pieces: list[Piece] = []
    i = j = 0
    for op, count in _operations([norm for norm, _ in before], [norm for norm, _ in after]):
        if op == "=":
            one, other = (
                "".join(text for _, text in words)
                for words in (before[i : i + count], after[j : j + count])
            )
            pieces.append(_same(one, other))
        elif op == "-":
            pieces.append(Piece("removed", "".join(text for _, text in before[i : i + count])))
        else:
            pieces.append(Piece("added", "".join(text for _, text in after[j : j + count])))
        i += count if op != "+" else 0
        j += count if op != "-" else 0
    ops = {piece.op for piece in pieces}
    if ops <= {"same"}:
        return _whole(what, "same", original, copy)
    if len(ops) == 1:
        return Change(
            what=what, kind="added" if "added" in ops else "removed", pieces=tuple(pieces)
        )
    return Change(what=what, kind="changed", pieces=tuple(pieces))


def _printed_words(text: str) -> list[tuple[str, str]]:
    """Each word as compared, and as printed with what stands up to the next one."""
    found = words(text)
    starts = [0, *(word.start for word in found[1:]), len(text)]
    return [(word.norm, text[starts[k] : starts[k + 1]]) for k, word in enumerate(found)]


def _addresses(
    what: Literal["medium", "link"], original: Sequence[str], copy: Sequence[str]
) -> Iterator[Change]:
    before = {canonical_url(url): url for url in original}
    after = {canonical_url(url): url for url in copy}
    for key, url in before.items():
        yield _whole(what, "same" if key in after else "removed", url)
    for key, url in after.items():
        if key not in before:
            yield _whole(what, "added", url)


def _whole(
    what: What,
    kind: Literal["same", "added", "removed"],
    text: str,
    copy: str | None = None,
) -> Change:
    piece = Piece(kind, text) if copy is None else _same(text, copy)
    return Change(what=what, kind=kind, pieces=(piece,))


def _same(original: str, copy: str) -> Piece:
    return Piece("same", original, None if original == copy else copy)


def _operations(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[str, int]]:
    """("=" | "-" | "+", count) in order: each value is made one character and the strings are
    compared, as diff-match-patch does with lines."""
    numbers: dict[Hashable, str] = {}

    def encoded(values: Sequence[Hashable]) -> str:
        return "".join(numbers.setdefault(value, _character(len(numbers))) for value in values)

    found: list[tuple[str, int]] = fast_diff_match_patch.diff(
        encoded(before), encoded(after), timelimit=SECONDS, checklines=False, cleanup="No"
    )
    return found


def _character(number: int) -> str:
    point = number + 1
    return chr(point if point < _FIRST_SURROGATE else point + _SURROGATES)
