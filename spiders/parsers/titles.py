"""The headline: chosen among what the page says, the outlet's name off, a prefix kept apart."""

import re
from collections import Counter

from spiders.parsers.base import fold
from storage.outlets import folded_name

SEPARATORS = re.compile(r"\s+[|•·–—»«:/-]\s+|\s*[|｜»]\s*|\s+::\s+")
# Labels before a headline that say what kind of thing it is, not what it is about.
PREFIX = re.compile(
    r"^(?P<prefix>(?:videos?|watch|photos?|in pictures|pictures|gallery|podcast|audio|exclusive|"
    r"breaking(?: news)?|update|updated|live|opinion|analysis|video report|selected articles|"
    r"vidéos?|vídeos?|en vivo|opinión|bildergalerie|видео|аудио|фото|мнение|foto|fotos))"
    r"\s*[:|–—]\s+(?=\S)",
    re.IGNORECASE,
)
MAX_TITLE = 1_000
"""Characters; the longest of 258 real headlines had 187."""


def key(title: str) -> str:
    """A title as compared."""
    return re.sub(r"[^\w]+", " ", title).casefold().strip()


def bare(title: str, outlets: set[str], others: list[str]) -> str:
    """A title without the outlet's name (or what other layers leave off) at either end."""
    title = fold(title)[:MAX_TITLE]
    for _ in range(3):  # `Title | Section | Outlet`
        parts = list(SEPARATORS.finditer(title))
        if not parts:
            return title
        head, tail = title[: parts[-1].start()], title[parts[-1].end() :]
        first, rest = title[: parts[0].start()], title[parts[0].end() :]
        if head and (_names(tail, outlets) or key(head) in map(key, others)):
            title = head
        elif rest and (_names(first, outlets) or key(rest) in map(key, others)):
            title = rest
        else:
            return title
    return title


def _names(text: str, outlets: set[str]) -> bool:
    name = folded_name(text)
    return bool(name) and (name in outlets)


def split_prefix(title: str) -> tuple[str | None, str]:
    """`Video: A title` as its prefix and its title."""
    match = PREFIX.match(title)
    if match is None:
        return None, title
    return title[: match.end()].strip(), title[match.end() :]


def choose(candidates: dict[str, str], outlets: set[str]) -> str:
    """The title that most layers agree on; the order of the layers decides a draw."""
    folded = {layer: fold(text)[:MAX_TITLE] for layer, text in candidates.items() if fold(text)}
    if not folded:
        return ""
    plain = {
        layer: bare(text, outlets, [one for other, one in folded.items() if other != layer])
        for layer, text in folded.items()
    }
    votes = Counter(key(text) for text in plain.values())
    most = max(votes.values())
    if most > 1:
        return next(text for text in plain.values() if votes[key(text)] == most)
    return next(iter(plain.values()))
