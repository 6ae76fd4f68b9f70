"""The headline: chosen among what the page says, the outlet's name off, a prefix kept apart."""

import re
from collections import Counter
from collections.abc import Iterable
from html import unescape

from spiders.parsers.base import fold
from spiders.parsers.bylines import BY
from storage.outlets import folded_name

# `ㅣ` is a letter that Korean sites write for a bar. Chinese and Japanese have no blanks around it.
SIGN = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff5e]"
SEPARATORS = re.compile(
    rf"\s+[|•·–—»«:/*-]\s+|\s*[|｜ㅣ：]\s*|\s*»|\s+::\s+|(?<={SIGN})\s*[_–—-]\s*(?={SIGN})"
)
# `Title【Outlet】`, `Title (Outlet)`; and what a name before the title has behind it.
BRACKETED = re.compile(r"\s*[【\[(（〔]([^】\])）〕]{2,60})[】\])）〕]$")
BEFORE = re.compile(r"([^:]{2,60}):\s+")
# Between what a story is about and its headline.
KICKER = re.compile(r":\s+|\s+[|–—-]\s+")
# Labels before a headline that say what kind of thing it is, not what it is about.
PREFIX = re.compile(
    r"^(?P<prefix>(?:videos?|watch|photos?|in pictures|pictures|gallery|podcast|audio|exclusive|"
    r"breaking(?: news)?|update|updated|live|opinion|analysis|video report|selected articles|"
    r"vidéos?|vídeos?|en vivo|opinión|bildergalerie|видео|аудио|фото|мнение|foto|fotos))"
    r"\s*[:|–—]\s+(?=\S)",
    re.IGNORECASE,
)
LEAST_WORDS = 4
"""Words of what is taken for a headline after a kicker."""
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


def bare(title: str, outlets: set[str], others: list[str], filed: Iterable[str] = ()) -> str:
    """A title without the outlet's name (or what other layers leave off) at either end, and then
    without the section that the page is `filed` under."""
    title = fold(title)[:MAX_TITLE]
    known = set(map(key, others)) - {""}
    named = False
    for _ in range(4):  # `Title | Subsection | Section | Outlet`
        parts = _divided(title)
        if left := _without_name(title, parts, outlets) or _opened(title, outlets, known):
            title, named = left.strip(), True
        elif left := _without(title, parts, known) or (_unfiled(title, filed) if named else ""):
            title = left.strip()
        else:
            return title
    return title


def _divided(title: str) -> list[re.Match[str]]:
    """Where a title is divided. What closes a quotation divides nothing."""
    return [
        one
        for one in SEPARATORS.finditer(title)
        if "»" not in one[0] or title.count("«", 0, one.start()) <= title.count("»", 0, one.start())
    ]


def _without_name(title: str, parts: list[re.Match[str]], outlets: set[str]) -> str:
    """What is left of a title without the outlet's name, which may have separators in it; "" where
    it has none."""
    for part in parts:
        if title[: part.start()] and _names(title[part.end() :], outlets):
            return title[: part.start()]
    for part in reversed(parts):
        if title[part.end() :] and _names(title[: part.start()], outlets):
            return title[part.end() :]
    return ""


def _without(title: str, parts: list[re.Match[str]], known: set[str]) -> str:
    """A title without its last part, or its first, where that is another layer's; else ""."""
    if not parts:
        return ""
    head, tail = title[: parts[-1].start()], title[parts[-1].end() :]
    if key(tail) and key(head) in known:  # a closing quotation mark divides nothing
        return head
    first, rest = title[: parts[0].start()], title[parts[0].end() :]
    return rest if key(first) and key(rest) in known else ""


def _opened(title: str, outlets: set[str], known: set[str]) -> str:
    """What is left without the outlet's name in brackets at the end, or before a colon where
    another layer lacks it (`Outlet: who we are` can be a headline); else ""."""
    found = BRACKETED.search(title)
    if found and found.start() and _names(found[1], outlets):
        return title[: found.start()]
    before = BEFORE.match(title)
    if before and _names(before[1], outlets) and key(title[before.end() :]) in known:
        return title[before.end() :]
    return ""


def _unfiled(title: str, filed: Iterable[str]) -> str:
    """A title without a section at its end; "" where there is none."""
    for term in filed:
        head, tail = title[: -len(term)].rstrip(), title[-len(term) :]
        if term and tail.casefold() == term.casefold() and head[-1:] in "-–—|·:/,":
            return head[:-1].rstrip()
    return ""


def _names(text: str, outlets: set[str]) -> bool:
    name = folded_name(text)
    return bool(name) and (name in outlets)


def suffix(layers: dict[str, str], heads: list[str]) -> str:
    """What `<title>` has after the headline that another layer (or an `<h1>`) shows; its last part
    (`Headline | World | Outlet`); "" where there is no such thing."""
    whole = fold(layers.get("title", ""))[:MAX_TITLE]
    others = [text for layer, text in layers.items() if layer != "title"] + heads
    known = {key(text) for text in others} - {""}
    parts = _divided(whole)
    if any(key(whole[: one.start()]) in known for one in parts):
        last = whole[parts[-1].end() :]
        return "" if BY.match(last) else last  # `Headline * Outlet * by Author`
    return ""


def split_prefix(title: str, own: re.Pattern[str] | None = None) -> tuple[str | None, str]:
    """`Video: A title` as its prefix and its title; `own` are an outlet's prefixes beside the
    usual ones."""
    match = PREFIX.match(title) or (own.match(title) if own else None)
    if match is None:
        return None, title
    return title[: match.end()].strip(), title[match.end() :]


def kicker(title: str, others: Iterable[str]) -> tuple[str | None, str]:
    """`What it is about: headline` as both, where another layer has the same headline after other
    words; else None and the title."""
    found = KICKER.search(title)
    head, tail = (title[: found.end()].strip(), title[found.end() :]) if found else ("", title)
    if found is None or len(tail.split()) < LEAST_WORDS:
        return None, title
    for other in others:
        second = KICKER.search(other)
        if second and same(other[second.end() :], tail) and _apart(head, other[: second.end()]):
            return head, tail
    return None, title


def _apart(one: str, other: str) -> bool:
    """Whether two beginnings have no word in common; else it is one, in two wordings."""
    return not set(key(one).split()) & set(key(other).split())


def choose(
    candidates: dict[str, str], outlets: set[str], filed: Iterable[str] = ()
) -> tuple[str, dict[str, str]]:
    """The headline among what the layers say (`rule`, `og`, `jsonld`, `h1`, `microdata`, `title`):
    the layer that has it, "" where there is none, and what each says without the outlet's name.

    og:title is what a publisher writes to be quoted, and alone was right on 107 of 128 pages (h1:
    97, JSON-LD: 89). Two things correct it: an outlet's name or section that other layers lack,
    and a pair of headline and JSON-LD against a pair of og:title and `<title>` made for search.
    """
    folded = {layer: fold(text)[:MAX_TITLE] for layer, text in candidates.items() if fold(text)}
    if any(not _names(text, outlets) for text in folded.values()):
        # Some sites give each page their own name alone.
        folded = {layer: text for layer, text in folded.items() if not _names(text, outlets)}
    plain = {
        layer: bare(text, outlets, [o for other, o in folded.items() if other != layer], filed)
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
