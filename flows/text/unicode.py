"""Words of a text, in the form in which they are compared, and where each is printed.

Two outlets print one text with different quotes, dashes, soft hyphens, widths of letters and
invisible characters. Words are cut so that none of that is left in them; a word keeps its place in
the printed text, so that evidence can always be shown as it was printed.

Normal form: NFKC (Unicode Standard Annex #15), case folded (Unicode Standard §3.13).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

# Scripts that are written without spaces between words: each character is a word of its own.
# Han with its radicals and iteration marks, kana, Bopomofo, Thai, Lao, Myanmar, Khmer.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Signs that show nothing and stand anywhere: soft hyphen, zero-width space and joiners, direction
# marks, word joiner, byte order mark; and the Arabic tatweel, which only stretches a word.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)

# Signs that divide words, and stand in nearly every text that is otherwise ASCII.
TYPOGRAPHY = "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u00a0"
_ASCII_WORD = re.compile("[a-z0-9]+")
# The same by translating: letters small, all that is neither letter nor digit a blank.
_BLANKED = bytes(
    ord(chr(byte).lower()) if byte < 128 and chr(byte).isalnum() else 32 for byte in range(256)
)

# Planes 0 and 1 as far as combining marks of living scripts go.
_LAST_MARK = 0x1E944

MAX_WORDS = 200_000
"""Words of one text that are looked at; what follows is not compared. The longest article that we
know of has 60,000; a page of 32 MiB could have 6 million."""

AT_ONCE = 10 * MAX_WORDS
"""Characters of a text that is cut into words at once; all of it is some 100 MB at most."""

CHARACTER_WEIGHT = 0.6
"""What one character of an unspaced script counts beside a spaced word: a Chinese word has 1.6
characters on average (Lancaster Corpus of Mandarin Chinese), and thresholds are in words."""


class Word(NamedTuple):
    """One word: `text[start:end]` as printed, and `norm` as compared."""

    start: int
    end: int
    norm: str

    @property
    def weight(self) -> float:
        """1 for a spaced word, `CHARACTER_WEIGHT` for a character of an unspaced script."""
        return weight(self.norm)


def weight(norm: str) -> float:
    """What a word counts, by its form as compared; see `Word.weight`."""
    return CHARACTER_WEIGHT if not norm.isascii() and _unspaced().match(norm) else 1.0


def has_unspaced(text: str) -> bool:
    """Whether any of it is in a script that is written without spaces between words."""
    return not text.isascii() and _unspaced().search(text) is not None


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")


@cache
def _pattern() -> re.Pattern[str]:
    """Built at first use: finding the combining marks, which `\\w` leaves out, takes 10 ms."""
    marks = "".join(
        re.escape(chr(point))
        for point in range(0x300, _LAST_MARK + 1)
        if unicodedata.category(chr(point)) in ("Mn", "Mc", "Me")
    )
    letter = rf"[^\W_{_UNSPACED}]"
    inside = f"[{marks}{_INVISIBLE}]"
    return re.compile(rf"{letter}(?:{letter}+|{inside}+)*|(?![\W_])[{_UNSPACED}]{inside}*")


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE}]")


def fold(token: str) -> str:
    """The form in which a word is compared: NFKC, case folded, invisible signs off."""
    if token.isascii():
        return token.lower()
    plain = _invisible().sub("", token)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())


def _ascii(text: str) -> str | None:
    """The text in small letters, signs of printing blanked out; None if it is not ASCII then.

    Most English text is. A plain pattern finds the same words in the same places, ten times as fast
    (measured), and every article goes through here.
    """
    plain = _spaced(text)
    return plain.lower() if plain.isascii() else None


def _spaced(text: str) -> str:
    if not text.isascii():
        for sign in TYPOGRAPHY:
            text = text.replace(sign, " ")
    return text


def _all(text: str) -> Iterator[Word]:
    if (plain := _ascii(text)) is not None:
        for found in _ASCII_WORD.finditer(plain):
            yield Word(found.start(), found.end(), found[0])
        return
    for found in _pattern().finditer(text):
        yield Word(found.start(), found.end(), fold(found[0]))


def words(text: str) -> list[Word]:
    """The words of `text` in order, at most `MAX_WORDS`.

    A word is a run of letters and digits with their combining marks; apostrophes and hyphens of
    every kind divide, so that "don't", "don’t" and "state-of-the-art" with any dash come out alike.
    """
    return list(islice(_all(text), MAX_WORDS))


def placed(text: str) -> tuple[list[int], list[str]]:
    """Where each of `words(text)` starts, and its form as compared: for whoever needs no more, in
    half the time."""
    plain = _ascii(text)
    pattern = _pattern() if plain is None else _ASCII_WORD
    found = islice(pattern.finditer(text if plain is None else plain), MAX_WORDS)
    starts, printed = [], []
    for one in found:
        starts.append(one.start())
        printed.append(one[0])
    return starts, printed if plain is not None else [fold(word) for word in printed]


def norms(text: str) -> list[str]:
    """The words of `text` as compared, without their places."""
    if len(text) <= AT_ONCE:
        if (plain := _blanked(text)) is not None:  # by splitting: a third of a pattern's time
            return plain.decode("ascii").split()[:MAX_WORDS]
        return [fold(word) for word in _pattern().findall(text)[:MAX_WORDS]]
    return [word.norm for word in words(text)]


def encoded_norms(text: str) -> list[bytes]:
    """`norms` in UTF-8, as they are hashed."""
    if len(text) <= AT_ONCE and (plain := _blanked(text)) is not None:
        return plain.split()[:MAX_WORDS]
    found = norms(text)  # no "\n" is in any
    return "\n".join(found).encode("utf-8", "surrogatepass").split(b"\n") if found else []


def _blanked(text: str) -> bytes | None:
    """The text in small letters, all that is no word blanked out; None as with `_ascii`."""
    plain = _spaced(text)
    return plain.encode("ascii").translate(_BLANKED) if plain.isascii() else None
