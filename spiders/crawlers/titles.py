"""Headlines and texts compared: is this the article that a copy was taken from?"""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

SIMILAR = 0.8
"""Share of words that two headlines must have in common. A copy that changed one word of six, or
dropped a word, is still found; two articles on one matter seldom share so much."""
# A label before the headline, that outlets add or leave out: "Video:", "EXCLUSIVE |", "[Watch]".
PREFIX = re.compile(
    r"^\s*(?:\[[^\]]{1,20}\]|(?:video|watch|photos?|audio|podcast|exclusive|breaking|updated?|opinion"
    r"|analysis|interview|report|must read|live)\s*[:|–—-])\s*",
    re.IGNORECASE,
)
QUERY_WORDS = 6
"""Words of a search: WordPress wants all of them, and above nine takes them for one phrase."""


def words(text: str) -> list[str]:
    """The words of a headline without its label, as they are compared."""
    plain = unicodedata.normalize("NFKC", PREFIX.sub("", text)).casefold()
    plain = re.sub(r"['’‘`´]", "", plain)
    return re.findall(r"\w+", plain)


def similarity(one: str, other: str) -> float:
    """0 to 1: twice the words in common over the words of both (Dice)."""
    a, b = set(words(one)), set(words(other))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def slug_similarity(title: str, url: str) -> float:
    """The same with the last part of an address, which leaves out small words and the end.

    0 where fewer than three words are left: too little to tell.
    """
    path = unquote(urlsplit(url).path).rstrip("/")
    slug = re.sub(r"\.\w{2,5}$", "", path.rpartition("/")[2])
    a = [word for word in words(title) if len(word) > 3]
    b = {word for word in words(re.sub(r"[-_+]", " ", slug)) if len(word) > 3}
    b -= {word for word in b if word.isdecimal()}
    if len(a) < 3 or len(b) < 3:
        return 0.0
    return min(len(b & set(a)) / len(b), 1.0) if len(b & set(a)) >= 0.6 * len(set(a)) else 0.0


def overlap(one: str, other: str) -> float:
    """0 to 1: the share of the shorter text's word 5-grams that the other has too.

    Rough, and enough to tell a find from a miss; the comparison proper is made later.
    """
    grams = []
    for text in (one, other):
        run = words(text)
        grams.append({tuple(run[at : at + 5]) for at in range(len(run) - 4)})
    shorter, longer = sorted(grams, key=len)
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def query(title: str) -> str:
    """What to search for: the longest words of a headline, in its order."""
    kept = words(title)
    longest = set(sorted(kept, key=len, reverse=True)[:QUERY_WORDS])
    return " ".join(dict.fromkeys(word for word in kept if word in longest))
