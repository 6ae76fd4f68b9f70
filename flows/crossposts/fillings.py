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
from itertools import pairwise

from flows.text.names import begins_sentence
from flows.text.unicode import placed

MIN_CHANGED = 2
"""Facts that are others. One is a correction."""

CHANGED_SHARE = 1 / 3
"""Of the facts. Copies have a tenth at most and fillings half and more (measured): between them."""

WORDS_FOR_EACH = 40.0
"""Shared words for each fact that is another, at most: an update of a long report changes many
numbers, and leaves whole paragraphs as they were. As many as `WORDS_FOR_PLACE`, for at a place
where fillings differ, a fact does. (Of 93 copies and excerpts that were edited by hand none had so
many changes in 40 words, and forms with long fixed parts had one in 25 to 37.)"""

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
    return len(runs) > 1 and (len(runs) + 1) * WORDS_FOR_PLACE >= shared


def filled_in(a: Facts, b: Facts, runs: Sequence[Run], shared: float, *, named: bool) -> bool:
    """Whether two texts are fillings of one form, and no copies.

    `runs`: the words that both have, in order of a; `shared`: how many words those are; `named`:
    whether a capital letter can be that of a name in their language.
    """
    within, around = _Changed(), _Changed()
    for here, there, at_edge in _places(a, b, runs):
        some = around if at_edge else within
        some.add(a.within(here, named=named), b.within(there, named=named))
    least = max(MIN_CHANGED, shared / WORDS_FOR_EACH)
    kept = within.kept | around.kept
    if _both(within, around, kept) < least:
        return False  # of nearly all copies no more need be looked at
    for i, _, n in runs:
        kept |= a.within((i, i + n), named=named)
    changed = _both(within, around, kept)
    return changed >= max(least, CHANGED_SHARE * (changed + len(kept)))


class _Changed:
    """Facts that one text has in place of others."""

    def __init__(self) -> None:
        self.a: set[str] = set()
        self.b: set[str] = set()
        self.kept: set[str] = set()

    def add(self, a: set[str], b: set[str]) -> None:
        """What the texts have at one place."""
        self.kept |= a & b
        if a - b and b - a:
            self.a |= a - b
            self.b |= b - a

    def count(self, kept: set[str]) -> int:
        """How many are others, and stand nowhere in both."""
        return min(len(self.a - kept), len(self.b - kept))


def _both(within: _Changed, around: _Changed, kept: set[str]) -> int:
    """Those around count as far as those within bear them out: an excerpt may be cut anywhere."""
    inner = within.count(kept)
    return inner + min(inner, around.count(kept))


def _places(a: Facts, b: Facts, runs: Sequence[Run]) -> Iterator[tuple[Piece, Piece, bool]]:
    """Where the texts differ: between two runs, and (True) from the first and last of several to
    where their sentences end. One run by itself is a piece of text, wherever it was cut."""
    for some in _stretches(runs):
        if len(some) < 2:
            continue
        (i, j, _), (k, m, n) = some[0], some[-1]
        yield a.before(i), b.before(j), True
        for run, following in pairwise(some):
            yield (run[0] + run[2], following[0]), (run[1] + run[2], following[1]), False
        yield a.after(k + n), b.after(m + n), True


def _stretches(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs that follow each other closely in both texts."""
    some: list[Run] = []
    for run in runs:
        if some and not _near(some[-1], run):
            yield some
            some = []
        some.append(run)
    yield some


def _near(run: Run, following: Run) -> bool:
    between = (following[0] - run[0] - run[2], following[1] - run[1] - run[2])
    return all(0 <= one <= REACH for one in between)
