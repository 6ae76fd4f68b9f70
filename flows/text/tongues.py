"""In which language and script a text is: told from itself, for pages declare what their template
says."""

import unicodedata
from collections import Counter
from itertools import islice

from spiders.parsers.languages import language_told
from storage.records import Article

CLOSE = (
    frozenset({"bs", "hr", "sr"}),
    frozenset({"da", "nb", "nn"}),
    frozenset({"id", "ms"}),
    frozenset({"xh", "zu"}),
)
"""Written languages that a text does not tell apart for sure: most of their words are the same."""

SAME = {"no": "nb"}
"""Norwegian with no more said is Bokmål, as nine of ten write it."""

LETTERS = 500
"""Of a text's, by which its script is told: a page has a foreign name or two."""

ONE_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Japanese is written in three at once."""


def apart(one: Article, other: Article) -> str | None:
    """What keeps two texts from having words in common though one may be made from the other:
    "language" or "script"; None where nothing does.

    Their own words decide. What the pages declare counts where those do not tell: where the two
    halves of a text are told as different languages, and among close ones.
    """
    first, second = _told(one.text), _told(other.text)
    if first and second and first != second:
        return "language"
    if _script(one.text) != _script(other.text):
        return "script"
    declared = _code(one.language), _code(other.language)
    if not all(declared) or declared[0] == declared[1]:
        return None
    sure = first and second and not first.issuperset(declared)
    return None if sure else "language"


def _told(text: str) -> frozenset[str] | None:
    """The language that both halves of a text are told by, with those that are close to it."""
    middle = len(text) // 2
    halves = {_family(_code(language_told(half))) for half in (text[:middle], text[middle:])}
    return halves.pop() if len(halves) == 1 else None


def _family(language: str) -> frozenset[str]:
    return next((some for some in CLOSE if language in some), frozenset({language}))


def _code(language: str | None) -> str:
    return SAME.get(language or "", language or "")


def _script(text: str) -> str:
    letters = islice(filter(str.isalpha, text), LETTERS)
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in letters)
    (found,) = Counter(ONE_SCRIPT.get(name, name) for name in names).most_common(1) or [("", 0)]
    return found[0]
