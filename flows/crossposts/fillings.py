"""Forms that are filled in: weather, results, obituaries, market reports that a program writes.

A copy says the same of the same. Two fillings of one form say the same of something else: the words
between are the same, and the names and numbers are others. So those are counted that both texts
have, and those in place of which the other has others. An editor changes a name or a number here
and there (in copies of 98 real texts, one in a hundred words edited: of those in a passage a tenth
at most); of two fillings, half and more are others.

Names are told by their capital letters. Where those tell nothing (German, capitals throughout,
scripts without any) numbers alone are facts, and those are what most forms are made for.
"""

from collections.abc import Iterator, Sequence

from flows.text.names import begins_sentence
from flows.text.unicode import placed

MIN_CHANGED = 2
"""Facts that are others. One is a correction."""

CHANGED_SHARE = 1 / 3
"""Of the facts. Copies have a tenth at most and fillings half and more (measured): between them."""

WORDS_FOR_EACH = 20.0
"""Shared words for each fact that is another, at most: an update of a long report changes many
numbers, and leaves whole paragraphs as they were."""

WORDS_FOR_PLACE = 40.0
"""Shared words for each place where the texts differ, at most. Fillings differ every ten words or
so; longer unbroken text is no form, and need not be looked at."""

REACH = 20
"""Words on either side of a place where the texts differ: a long sentence."""

Run = tuple[int, int, int]
"""Start in a, start in b, number of words."""
Piece = tuple[int, int]
"""Words of a text, end exclusive."""


class Facts:
    """The names and numbers in a text, by the places of its words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts, self._norms = placed(text)

    def within(self, piece: Piece, *, named: bool) -> set[str]:
        """Those among some words; `named`: the names, too."""
        return {fact for place in range(*piece) if (fact := self._fact(place, named))}

    def before(self, place: int) -> Piece:
        """The words of the same sentence before this one."""
        start = place
        while start > max(0, place - REACH) and not self._begins(start):
            start -= 1
        return start, place

    def after(self, place: int) -> Piece:
        """The rest of the sentence from this word on."""
        end = place
        while end < min(len(self._starts), place + REACH) and not self._begins(end):
            end += 1
        return place, end

    def _fact(self, place: int, named: bool) -> str | None:
        norm = self._norms[place]
        if not norm.isalpha() and any(map(str.isdecimal, norm)):
            # In digits of whichever script.
            return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in norm)
        named = named and len(norm) > 1 and self._text[self._starts[place]].isupper()
        # Where all is in capitals, they say nothing.
        shouted = named and self._shouted(place) and self._shouted(place - 1)
        return norm if named and not shouted and not self._begins(place) else None

    def _shouted(self, place: int) -> bool:
        start = self._starts[max(0, place)]
        return self._text[start : start + 2].isupper() and len(self._norms[max(0, place)]) > 1

    def _begins(self, place: int) -> bool:
        """Whether a sentence begins with this word."""
        if place in (0, len(self._starts)):
            return True
        start = self._starts[place]
        # One sign of ASCII is a blank, or stands within a number or a name.
        within = self._text[start - 1].isascii() and self._text[start - 2].isalnum()
        return not within and begins_sentence(self._text, start)


def can_be_filled_in(runs: Sequence[Run], shared: float) -> bool:
    """Whether two texts differ at enough places for two fillings."""
    return (len(runs) + 1) * WORDS_FOR_PLACE >= shared


def filled_in(a: Facts, b: Facts, runs: Sequence[Run], shared: float, *, named: bool) -> bool:
    """Whether two texts are fillings of one form, and no copies.

    `runs`: the words that both have, in order of a; `shared`: how many words those are; `named`:
    whether a capital letter can be that of a name in their language.
    """
    kept: set[str] = set()
    only_a: set[str] = set()
    only_b: set[str] = set()
    for here, there in _places(a, b, runs):
        in_a, in_b = a.within(here, named=named), b.within(there, named=named)
        kept |= in_a & in_b
        if in_a - in_b and in_b - in_a:
            only_a |= in_a - in_b
            only_b |= in_b - in_a
    least = max(MIN_CHANGED, shared / WORDS_FOR_EACH)
    if min(len(only_a), len(only_b)) < least:
        return False  # of nearly all copies no more need be looked at
    for i, _, n in runs:
        kept |= a.within((i, i + n), named=named)
    changed = min(len(only_a - kept), len(only_b - kept))
    return changed >= max(least, CHANGED_SHARE * (changed + len(kept)))


def _places(a: Facts, b: Facts, runs: Sequence[Run]) -> Iterator[tuple[Piece, Piece]]:
    """Where the texts differ: between two runs, or from a run to where its sentence ends."""
    joined = False
    for run, following in zip(runs, (*runs[1:], None), strict=True):
        i, j, n = run
        if not joined:
            yield a.before(i), b.before(j)
        joined = following is not None and _near(run, following)
        if joined and following is not None:
            yield (i + n, following[0]), (j + n, following[1])
        else:
            yield a.after(i + n), b.after(j + n)


def _near(run: Run, following: Run) -> bool:
    between = (following[0] - run[0] - run[2], following[1] - run[1] - run[2])
    return all(0 <= one <= REACH for one in between)
