"""The headline: chosen among what the page says, the outlet's name off, a prefix kept apart."""

import re
from collections import Counter
from html import unescape

from spiders.parsers.base import fold
from storage.outlets import folded_name

# `ㅣ` is a letter that Korean sites write for a bar.
SEPARATORS = re.compile(r"\s+[|•·–—»«:/-]\s+|\s*[|｜»ㅣ]\s*|\s+::\s+")
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


# What editors' markup leaves in titles for machines.
MARKS = re.compile(
    r"</?(?:i|em|b|strong|span|small|sup|sub|br|u|q|mark|wbr)\b[^<>]{0,200}/?>", re.IGNORECASE
)


def readable(title: str) -> str:
    """A title as it is read: entities that were escaped twice and tags resolved."""
    text = unescape(title) if "&" in title else title
    return fold(MARKS.sub("", text) if "<" in text else text)


def key(title: str) -> str:
    """A title as compared."""
    return re.sub(r"[^\w]+", " ", title).casefold().strip()


def same(one: str, other: str) -> bool:
    """Whether two titles differ in signs, white space and case alone."""
    return key(one) == key(other)


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


def suffix(layers: dict[str, str], heads: list[str]) -> str:
    """What `<title>` has after the headline that another layer (or an `<h1>`) shows; its last part
    (`Headline | World | Outlet`); "" where there is no such thing."""
    whole = fold(layers.get("title", ""))[:MAX_TITLE]
    others = [text for layer, text in layers.items() if layer != "title"] + heads
    known = {key(text) for text in others} - {""}
    parts = list(SEPARATORS.finditer(whole))
    if any(key(whole[: one.start()]) in known for one in parts):
        return whole[parts[-1].end() :]
    return ""


def split_prefix(title: str, own: re.Pattern[str] | None = None) -> tuple[str | None, str]:
    """`Video: A title` as its prefix and its title; `own` are an outlet's prefixes beside the
    usual ones."""
    match = PREFIX.match(title) or (own.match(title) if own else None)
    if match is None:
        return None, title
    return title[: match.end()].strip(), title[match.end() :]


def choose(candidates: dict[str, str], outlets: set[str]) -> tuple[str, dict[str, str]]:
    """The headline among what the layers say (`rule`, `og`, `jsonld`, `h1`, `microdata`, `title`):
    the layer that has it, "" where there is none, and what each says without the outlet's name.

    og:title is what a publisher writes to be quoted, and alone was right on 107 of 128 pages (h1:
    97, JSON-LD: 89). Two things correct it: an outlet's name or section that other layers lack,
    and a pair of headline and JSON-LD against a pair of og:title and `<title>` made for search.
    """
    folded = {layer: fold(text)[:MAX_TITLE] for layer, text in candidates.items() if fold(text)}
    plain = {
        layer: bare(text, outlets, [one for other, one in folded.items() if other != layer])
        for layer, text in folded.items()
    }
    return _chosen(folded, plain), plain


def _chosen(folded: dict[str, str], plain: dict[str, str]) -> str:
    """The layer that has the headline."""
    if "rule" in plain:
        return "rule"
    keys = {layer: key(text) for layer, text in plain.items()}
    if "og" not in plain:
        return _most(keys)
    pair = keys.get("jsonld", "")
    if pair and pair == keys.get("h1") and keys["og"] == keys.get("title"):
        return "jsonld"
    if whole := _whole(plain["og"], plain):
        return whole
    for layer in ("jsonld", "h1"):
        if keys.get(layer) and len(keys[layer]) > 15 and _extends(folded["og"], folded[layer]):
            return layer
    return "og"


def _whole(cut: str, plain: dict[str, str]) -> str:
    """The layer that has the whole of a title that is cut with an ellipsis; else ""."""
    stem = key(cut)
    if not cut.endswith(("…", "...")) or len(stem) <= 15:
        return ""
    keys = {layer: key(text) for layer, text in plain.items()}
    return next((one for one, text in keys.items() if text.startswith(stem) and text != stem), "")


def _extends(long: str, short: str) -> bool:
    """Whether a title is another one and then, after a sign that divides, something else."""
    rest = long[len(short) :].strip()
    return (
        long.startswith(short)
        and bool(rest)
        and not rest[0].isalnum()
        and rest[0] not in ",.?!'\"’”)"
    )


def _most(keys: dict[str, str]) -> str:
    """The layer whose title most agree on; the order of the layers decides a draw."""
    votes = Counter(keys.values())
    most = max(votes.values(), default=0)
    return next((layer for layer, said in keys.items() if votes[said] == most), "")
