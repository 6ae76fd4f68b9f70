"""Edits: what the differences between two texts amount to.

A pure function of the aligned changes (`differences.diff`), for a copy against its original and
for a version of a page against the one before. What the bytes cannot tell is not guessed: scripts
without capital letters show no names, and neither does German, where every noun has one; there a
changed name is a changed word.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from msgspec import Struct

from flows.crossposts.differences import Change, Piece
from flows.text.names import NEAR, NO_CASE_FOR_NAMES, begins_sentence
from flows.text.numbers import numbers, without_numbers
from flows.text.unicode import norms

EditKind = Literal[
    "headline",
    "author",
    "date",
    "intro-added",
    "paragraph-added",
    "paragraph-removed",
    "paragraph-moved",
    "paragraphs-merged",
    "paragraph-split",
    "note-added",
    "number",
    "name",
    "word",
    "medium-added",
    "medium-dropped",
    "link-added",
    "link-dropped",
]

SAME_WORDS = 0.9
"""Share of words in common from which on a paragraph that is gone is the same as one that came."""

MAX_PAIRS = 40_000
"""Paragraphs gone times paragraphs come that are compared word by word; of more, only equal ones
are found."""

MAX_JOINED = 20
"""Paragraphs on either side of one that can have gone into it."""

# How an editor's note begins, in the languages in which we have seen one: its name with a colon or
# a dash after it, or a sentence that says what became of the text.
_NOTE = re.compile(
    r"""\W*(?:
    (?:correction|clarification|update[ds]?|editor(?:['’]?s|s['’])?\ note|retraction|amendment
      |korrektur|berichtigung|update|aktualisierung|anmerkung\ der\ redaktion|nachtrag
      |hinweis\ der\ redaktion|correctif|rectificatif|mise\ à\ jour|note\ de\ la\ rédaction
      |corrección|rectificación|actualización|nota\ del\ editor|nota\ de\ la\ redacción
      |correzione|rettifica|aggiornamento|correção|atualização|nota\ da\ redação|rectificatie
      |исправление|поправка|обновление|обновлено|уточнение|от\ редакции
      |更正|更新|编者按|訂正|追記)[^.!?:：\n]{0,60}[:：—–]
    |(?:updated|corrected|amended)\ (?:on|at|to)\b
    |(?:an\ earlier|a\ previous)\ version\ of\ this\b
    |this\ (?:article|story|post|piece|report|headline)\ (?:was|has\ been|is)\ (?:\w+\ )?
      (?:amended|corrected|updated|edited|clarified|changed)\b
    |in\ einer\ früheren\ (?:version|fassung)\b
    |une\ version\ précédente\ de\ cet\ article\b
    |una\ versión\ anterior\ de\ (?:este|esta)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CAPITAL = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER_BEFORE = re.compile(r"\d[\d.,'’\u00a0\u202f]*[.,'’\u00a0\u202f]$")
_NUMBER_AFTER = re.compile(r"^[\d.,'’\u00a0\u202f]*\d")


class Edit(Struct, frozen=True, kw_only=True):
    """One edit, with the printed text on either side; empty where there is none."""

    kind: EditKind
    before: str = ""
    after: str = ""


def counted(edits: Sequence[Sequence[Edit]]) -> dict[str, int]:
    """How many edits there are of each kind, in the order of `EditKind`."""
    found = Counter(edit.kind for some in edits for edit in some)
    return {kind: found[kind] for kind in get_args(EditKind) if kind in found}


def classify(changes: Sequence[Change], language: str | None = None) -> list[tuple[Edit, ...]]:
    """For each change, the edits that it amounts to; none for what is the same.

    `language`: of the texts, two letters; None where it is not known.
    """
    place = _places(changes)
    words = _Words(changes, language)
    first = _first_common(changes)
    return [
        place[index]
        if index in place
        else tuple(dict.fromkeys(_edits(change, words, index < first)))
        for index, change in enumerate(changes)
    ]


def _edits(change: Change, words: "_Words", leads: bool) -> Iterator[Edit]:
    if change.kind == "same":
        return
    before, after = _text(change, "removed"), _text(change, "added")
    if change.what in ("author", "date"):
        yield Edit(kind="author" if change.what == "author" else "date", before=before, after=after)
    elif change.what in ("medium", "link"):
        yield _address(change, before, after)
    elif change.what == "headline":
        yield Edit(kind="headline", before=_side(change, "removed"), after=_side(change, "added"))
        yield from (one for one in _inside(change, words) if one.kind == "number")
    elif change.kind == "added":
        kind: EditKind = "intro-added" if leads else "paragraph-added"
        yield Edit(kind="note-added" if _NOTE.match(after) else kind, after=after)
    elif change.kind == "removed":
        yield Edit(kind="paragraph-removed", before=before)
    else:
        yield from _inside(change, words)


def _address(change: Change, before: str, after: str) -> Edit:
    if change.what == "medium":
        kind: EditKind = "medium-added" if change.kind == "added" else "medium-dropped"
    else:
        kind = "link-added" if change.kind == "added" else "link-dropped"
    return Edit(kind=kind, before=before, after=after)


def _inside(change: Change, words: "_Words") -> Iterator[Edit]:
    """The edits within a paragraph, replacement by replacement."""
    for before, after, left, right in _replacements(change.pieces):
        if not before and _NOTE.match(after):
            yield Edit(kind="note-added", after=after.strip())
            continue
        one, other = _whole_numbers(before, left, right), _whole_numbers(after, left, right)
        was, now = numbers(one, words.language), numbers(other, words.language)
        old, new = words.names(before, left), words.names(after, left)
        kinds: dict[EditKind, bool] = {
            "number": was != now,
            "name": old != new,
            "word": words.others(before, old) != words.others(after, new),
        }
        for kind, there in kinds.items():
            if there:
                yield Edit(kind=kind, before=one.strip(), after=other.strip())


def _replacements(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str, str]]:
    """What was removed and added at one place, and the text that stands before and after it."""
    left, before, after = "", "", ""
    for piece in (*pieces, Piece("same", "")):
        if piece.op == "removed":
            before += piece.text
        elif piece.op == "added":
            after += piece.text
        else:
            if before or after:
                yield before, after, left, piece.text
            left, before, after = (left + before + piece.text)[-NEAR:], "", ""


def _whole_numbers(text: str, left: str, right: str) -> str:
    """The text with the rest of a number whose groups stand beside it: words end at a comma."""
    if found := _NUMBER_BEFORE.search(left):
        text = found[0] + text
    if text[-1:] in ".,'’\u00a0\u202f" and (found := _NUMBER_AFTER.search(right[:NEAR])):
        text += found[0]
    return text


class _Words:
    """How words are written throughout the two texts: which only ever with a capital letter."""

    def __init__(self, changes: Sequence[Change], language: str | None) -> None:
        self.language = language
        self._small: set[str] = set()
        self._names: set[str] = set()
        for change in changes:
            if change.what == "paragraph":
                for text in {_side(change, "removed"), _side(change, "added")}:
                    self._learn(text)

    def _learn(self, text: str) -> None:
        for word in _CAPITAL.finditer(text):
            if not word[0][0].isupper():
                self._small.add(word[0].casefold())
            elif not begins_sentence(text, word.start()):
                self._names.add(word[0].casefold())

    def names(self, text: str, left: str) -> tuple[str, ...]:
        """The words in a piece of text that are names, as compared; `left` stands before it."""
        if self.language in NO_CASE_FOR_NAMES:
            return ()
        found = []
        for word in _CAPITAL.finditer(left + text, len(left)):
            key = word[0].casefold()
            if not word[0][0].isupper() or len(word[0]) < 2:
                continue
            known = key in self._names and key not in self._small
            if known or not begins_sentence(left + text, word.start()):
                found.append(key)
        return tuple(found)

    def others(self, text: str, names: Sequence[str]) -> list[str]:
        """The words that are neither numbers nor names."""
        named = {norm for name in names for norm in norms(name)}
        return [norm for norm in norms(without_numbers(text, self.language)) if norm not in named]


def _places(changes: Sequence[Change]) -> dict[int, tuple[Edit, ...]]:
    """Paragraphs that only changed their places: moved, merged with another, split in two."""
    found: dict[int, tuple[Edit, ...]] = {}
    gone = {k: c for k, c in enumerate(changes) if _whole(c, "removed")}
    come = {k: c for k, c in enumerate(changes) if _whole(c, "added")}
    for old, new in _moved(gone, come).items():
        moved = Edit(kind="paragraph-moved", before=_text(changes[old]), after=_text(changes[new]))
        found[old], found[new] = (moved,), ()
    for index, change in enumerate(changes):
        if change.what != "paragraph" or change.kind != "changed":
            continue
        ops = {piece.op for piece in change.pieces}
        if ops == {"same", "added"}:
            found |= _joined(index, change, "added", gone, found)
        elif ops == {"same", "removed"}:
            found |= _joined(index, change, "removed", come, found)
    return found


def _moved(gone: dict[int, Change], come: dict[int, Change]) -> dict[int, int]:
    """Paragraphs that are gone here and came elsewhere, word for word or nearly so."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for new, change in come.items():
        places[tuple(norms(_text(change)))].append(new)
    found: dict[int, int] = {}
    for old, change in gone.items():
        if same := places.get(tuple(norms(_text(change)))):
            found[old] = same.pop(0)
    left = {k: Counter(norms(_text(c))) for k, c in gone.items() if k not in found}
    free = {k: Counter(norms(_text(c))) for k, c in come.items() if k not in found.values()}
    if len(left) * len(free) <= MAX_PAIRS:
        for old, bag in left.items():
            like = next((new for new, other in free.items() if _same_bag(bag, other)), None)
            if like is not None:
                found[old] = like
                del free[like]
    return found


def _joined(
    index: int,
    change: Change,
    op: Literal["added", "removed"],
    others: dict[int, Change],
    found: dict[int, tuple[Edit, ...]],
) -> dict[int, tuple[Edit, ...]]:
    """A paragraph that took up those beside it, or that gave its words to them."""
    beside: list[int] = []
    for step in (-1, 1):
        near = index + step
        while near in others and near not in found and abs(near - index) <= MAX_JOINED:
            beside.append(near)
            near += step
    for some in ([k for k in beside if k < index], [k for k in beside if k > index], beside):
        if some and _alike(" ".join(_text(others[k]) for k in sorted(some)), _text(change, op)):
            kind: EditKind = "paragraphs-merged" if op == "added" else "paragraph-split"
            edit = Edit(kind=kind, before=_side(change, "removed"), after=_side(change, "added"))
            return {index: (edit,)} | dict.fromkeys(some, ())
    return {}


def _first_common(changes: Sequence[Change]) -> int:
    """Index of the first paragraph that both texts have; 0 where there is none."""
    for index, change in enumerate(changes):
        if change.what == "paragraph" and change.kind in ("same", "changed"):
            return index
    return 0


def _whole(change: Change, kind: Literal["added", "removed"]) -> bool:
    return change.what == "paragraph" and change.kind == kind


def _alike(one: str, other: str) -> bool:
    return _same_bag(Counter(norms(one)), Counter(norms(other)))


def _same_bag(one: Counter[str], other: Counter[str]) -> bool:
    most = max(one.total(), other.total(), 1)
    return (one & other).total() >= SAME_WORDS * most


def _text(change: Change, op: Literal["added", "removed"] | None = None) -> str:
    """What was added or removed; without `op` all of it."""
    return "".join(piece.text for piece in change.pieces if op is None or piece.op == op)


def _side(change: Change, op: Literal["added", "removed"]) -> str:
    """The whole of one side: `removed` for that before."""
    return "".join(piece.of(op) for piece in change.pieces)
