"""Whose the text is, and what may be done with it: lines of copyright, and permissions."""

# ruff: noqa: E501  (a pattern is read whole)

import re

from spiders.parsers.blocks import Block
from spiders.parsers.ledger import Ledger
from spiders.parsers.targets import MAX_NAME, SENTENCE, href_of, name_at
from spiders.parsers.terms import licence as licence_of
from spiders.parsers.terms import stance, terms

PERMISSION = re.compile(
    r"""permission\s+to\s+(?:cross-?\s?post|re-?publish|re-?print|re-?post|reproduce|share|use)
    |(?:re-?published|reprinted|re-?posted|cross-?posted|reproduced|used|shared)\b[^.]{0,40}\bwith\s+(?:\w+\s+)?permission
    |(?:re-?publishing|re-?publication|reprinting|cross-?posting|reposting)\b[^.]{0,60}\b(?:welcome|encouraged|allowed|permitted|free)
    |(?:may|can)\s+(?:be\s+)?(?:freely\s+)?(?:re-?published?|reprint(?:ed)?|re-?post(?:ed)?|cross-?post(?:ed)?|reproduced?)\b
    |(?:under|with)\s+an?\s+(?:\w+\s+){0,3}(?:creative\s+commons|cc[ -]by)|creative\s+commons\s+(?:attribution|licen[cs]e)|\bcc[ -]by\b
    |free\s+to\s+(?:re-?publish|re-?post|re-?print|share|copy)\b
    |(?:this|our|the|all)\s+(?:\w+\s+)?(?:material|article|content|story|text|site)s?\b[^.]{0,60}may\s+not\s+be\s+(?:re|copied|published|distributed)
    |(?:reproduction|re-?publication|reprinting|re-?distribution|reproducción|republicación)\b[^.]{0,80}\b(?:prohibit|forbidden|without\s+permission|interdite?|prohibid|sin\s+(?:el\s+)?(?:permiso|autorización))
    |prohibid[ao]\s+(?:su|la)\s+reproducci | reproduction\s+(?:\w+\s+){0,3}(?:interdite|autorisée)
    |(?:nachdruck|weiterverbreitung|vervielfältigung)\b[^.]{0,60}\b(?:untersagt|verboten|nur\s+mit)
    |(?:использование|копирование|перепечатка)\s+(?:\w+\s+)?материалов\b[^.]{0,80}\b(?:запрещ|разреш|только|допуск|возможн) | перепечатка\b[^.]{0,60}\b(?:запрещ|только|при\s+условии)
    |mit\s+(?:freundlicher\s+)?genehmigung | (?:nachdruck|weiterverbreitung|weiterveröffentlichung)\b[^.]{0,60}\b(?:erwünscht|erlaubt|gestattet)
    |(?:publi|repri|reprodu)[^.]{0,60}\bavec\s+l['’](?:aimable\s+)?(?:autorisation|accord)\s+d | avec\s+l['’]aimable\s+(?:autorisation|accord) | licence\s+creative\s+commons
    |con\s+(?:el\s+)?permiso\s+de | licencia\s+(?:de\s+)?creative\s+commons | (?:se\s+permite|se\s+autoriza)\s+(?:la\s+)?(?:reproducci|republicaci)
    |с\s+разрешения | перепечатка\b[^.]{0,60}\b(?:разреш|приветств)
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
COPYRIGHT = re.compile(
    r"(?:copyright\s*(?:©|\(c\)|&copy;)?|©|\(c\)(?=\s*(?:\d{4}|[A-Z])))\s*", re.IGNORECASE
)
# What follows the holder's name in a line of copyright.
RIGHTS = re.compile(
    r"all rights|alle rechte|tous droits|todos los|\s(?:unless|except|sauf|außer)\b|\. ",
    re.IGNORECASE,
)
OWNED = re.compile(
    r"\s+(?P<name>[A-Z][^,.;]{1,60}?)(?:['’]s?)?\s+(?:articles?|stories|posts|content|material|texts)\b"
)


def copyrights(ledger: Ledger, text: str, block: Block, where: str) -> None:
    for line in text.split("\n"):
        match = COPYRIGHT.search(line)
        if match is None:
            continue
        rest = re.sub(
            r"\b(?:19|20)\d{2}(?:\s*[-–—]\s*(?:(?:19|20)\d{2})?)?\b", "", line[match.end() :]
        )
        rest = RIGHTS.split(rest)[0]
        names = [part.strip(" .,|-–—\n") for part in rest.split(",")]
        names = [name for name in names if 1 < len(name) <= MAX_NAME]
        name = names[-1] if names and block.why == "footer" else (names[0] if names else None)
        if name or block.why == "footer":
            link = ledger.link(block, name) if name else None
            mine = block.why == "footer" and ledger.own.owns(name or "")
            ledger.add("copyright", line, name, ledger.address(link), where, href_of(link), mine)


def permissions(ledger: Ledger, text: str, block: Block, where: str) -> None:
    """What the page says may, or may not, be done with its text or was done by permission."""
    if block.why in ("nav", "comments", "related"):
        return
    sentences = SENTENCE.split(text)
    licence = next((one for one in block.links if "creativecommons.org" in one.href), None)
    for at, sentence in enumerate(sentences):
        match = PERMISSION.search(sentence)
        if match is None:
            continue
        name, mine = _grantor(ledger, sentence, match.end())
        link = licence or (ledger.link(block, name) if name else None)
        said = sentence if stance(sentence) == "used" else " ".join(sentences[at : at + 2])
        facts = terms(sentence, said, None if mine else name, href_of(licence))
        ledger.add(
            "permission", sentence, name, ledger.address(link), where, href_of(link), mine, facts
        )


def licences(ledger: Ledger, href: str, where: str) -> None:
    """A Creative Commons licence that the page gives its text for machines to read."""
    url = ledger.doc.link(href)
    if url and licence_of("", url):
        ledger.add("permission", url, None, url, where, href, True, terms("", "", None, url))


# "Republished from The Conversation under a Creative Commons license": who grants stands before.
FROM = re.compile(r"\b(?:from|of|von|bei|de|с\s+сайта)\s+(?=[A-ZÀ-ÝА-Я«“])")
US = re.compile(
    r"\b(?:our|we|us|wir|unsere?[rn]?|nous|nos|notre|nuestr[ao]s?|наш\w*)\b", re.IGNORECASE
)


def _grantor(ledger: Ledger, sentence: str, end: int) -> tuple[str | None, bool]:
    """Who grants, as named, and whether that is the page's own outlet."""
    rest = sentence[end:]
    named = re.match(r"\s*(?:from|of|by|von|vom|der|du|de)?\s*(?=[A-Z«“])", rest)
    name = name_at(rest[named.end() :]) if named and named.end() else None
    grants = re.search(r"(?:^|\bthe\s+)([A-Z][^,.]{2,70}?)\s+(?:hereby\s+)?grants?\b", sentence)
    if grants:
        # "The Centre grants permission to cross-post North Post articles": who may grant that
        # is the outlet, whatever it is called there.
        owned = OWNED.search(rest)
        return grants[1], owned is not None and ledger.own.is_name(owned["name"])
    if stance(sentence) != "used":
        return name, name is None and bool(US.search(sentence))
    if name is None and (source := FROM.search(sentence)):
        name = name_at(sentence[source.end() :])
    return name, False
