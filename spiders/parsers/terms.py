"""Terms read into facts: what is granted, on which conditions, by which licence. No legal judgement.

Creative Commons licences are read from their address or their name: elements BY, NC, ND, SA and
version, as https://creativecommons.org/licenses/ has them.
"""

# ruff: noqa: E501  (a pattern is read whole)

import re

from storage.records import Condition, Grant, Stance, Terms

ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[cs]es/(?P<parts>(?:by|nc|nd|sa)(?:-(?:nc|nd|sa))*)|publicdomain/(?P<zero>zero|mark))(?:/(?P<version>\d\.\d))?",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\bcc[\s-]*(?P<parts>0|by(?:[\s/-]+(?:nc|nd|sa))*)\b(?:[\s-]*(?P<version>\d\.\d))?", re.I
)
SPELLED = re.compile(
    r"creative\s+commons.{0,30}?(?:attribution|namensnennung|atribución|attribuzione|paternité|reconocimiento)",
    re.I,
)
# An element by its name in the licences' own translations (en, de, fr, es, it, pt).
ELEMENTS = (
    ("NC", re.compile(r"non-?\s?commercial|nicht\s?-?kommerziell|pas\s+d['’]utilisation\s+commerciale|no\s?comercial|non\s+commerciale|não\s?comercial", re.I)),
    ("ND", re.compile(r"no[\s-]?deriv|keine\s+bearbeitung|pas\s+de\s+modification|sin\s?(?:obra\s?)?derivad|non\s+opere\s+derivate|sem\s?deriva", re.I)),
    ("SA", re.compile(r"share[\s-]?alike|weitergabe\s+unter\s+gleichen|partage\s+dans\s+les\s+mêmes|compartir\s?igual|condividi\s+allo\s+stesso|compartilha\s?igual", re.I)),
)  # fmt: skip
VERSION = re.compile(r"\b([1-4]\.0|2\.5)\b")
GRANTS: tuple[tuple[Grant, re.Pattern[str]], ...] = (
    ("republish", re.compile(r"\bre-?publi|weiterveröffentlich|wiederveröffentlich", re.I)),
    ("cross-post", re.compile(r"cross-?\s?post", re.I)),
    ("reprint", re.compile(r"re-?print|nachdruck|nachgedruckt|перепечат|reimpr", re.I)),
    ("reproduce", re.compile(r"\breprodu", re.I)),
    ("share", re.compile(r"\bshar(?:e|ed|ing)\b|re-?post|distribut|verbreit|difundir|diffus|распростран", re.I)),
    ("translate", re.compile(r"translat|übersetz|tradui|traduc|перев[ео]", re.I)),
    ("adapt", re.compile(r"\badapt|remix|build\s+upon", re.I)),
    ("use", re.compile(r"\bused?\b|verwend|utilis|использ", re.I)),
)  # fmt: skip
CONDITIONS: tuple[tuple[Condition, re.Pattern[str]], ...] = (
    ("attribution", re.compile(r"acknowledg|attribut|\bcredit(?!\s+card)|\bcit(?:ed?|ing|ation)\b|\bnam(?:ed|ing)\b|reference\s+to|quellenangabe|quelle\s+(?:genannt|angegeben)|nennung|mention(?:n|\s)|citant|citando|citar|indicando|указан|ссылк", re.I)),
    ("link", re.compile(r"hyper-?\s?link|\blink(?:s|ed|ing)?\b|verlink|\blien\b|enlace|ссылк", re.I)),
    ("unchanged", re.compile(r"unchanged|unaltered|unedited|without\s+(?:any\s+)?(?:edit|alter|modif|chang)|in\s+(?:full|(?:its|their)\s+entirety)|unverändert|ungekürzt|sans\s+modif|sin\s+modific|без\s+изменен", re.I)),
    ("non-commercial", re.compile(r"non-?\s?commercial|non-?profit|not[\s-]for[\s-]profit|nicht\s?-?kommerziell|sin\s+fines|non\s+commercial|некоммерч", re.I)),
    ("share-alike", re.compile(r"share[\s-]?alike|same\s+licen[cs]e", re.I)),
    ("ask", re.compile(r"(?:contact|ask|email|e-mail|write\s+to)\s+(?:us|the)|written\s+(?:permission|consent)|prior\s+(?:permission|consent)|on\s+request|auf\s+anfrage", re.I)),
    ("notice", re.compile(r"copyright\s+(?:notice|line|statement)|copyright\s+(?:is|are)\s+acknowledg|source\s+and\s+copyright", re.I)),
)  # fmt: skip
REFUSED = re.compile(
    r"\b(?:may|must|can)\s?not\b|prohibited|forbidden|not\s+permitted|strictly|untersagt|verboten|nicht\s+gestattet|interdite?s?\b|prohibid|запрещ|without\s+(?:the\s+)?(?:prior\s+|express\s+|written\s+){0,3}(?:permission|consent)",
    re.IGNORECASE,
)  # fmt: skip
# A permission that the page made use of: what it says of its own text, in the past.
USED = re.compile(
    r"\b(?:re-?published|reprinted|re-?posted|cross-?posted|reproduced|used|shared|excerpted|translated)\b(?!\s+(?:as\s+long|if|provided))|mit\s+(?:freundlicher\s+)?genehmigung|avec\s+l['’](?:aimable\s+)?(?:autorisation|accord)|con\s+(?:el\s+)?permiso|с\s+разрешения",
    re.IGNORECASE,
)  # fmt: skip
GIVEN = re.compile(r"\b(?:may|can)\s+(?:be\s+)?(?:freely\s+)?|\bgrants?\b|\bwelcom|\bencourag|\ballow|\bpermitted\b|\bfree\s+to\b|\blicen[cs]ed\b|erwünscht|erlaubt|gestattet|разреша|приветств|se\s+(?:permite|autoriza)", re.I)  # fmt: skip
# What may be done, in the page's words: from the verb to where the conditions begin.
WHAT = re.compile(
    r"\b(?P<what>(?:cross-?\s?post|re-?publish|re-?print|re-?post|reproduce|share|translate|use)\b[^.;]{0,160}?)(?=,?\s+(?:as\s+long|so\s+long|provided|on\s+(?:the\s+)?condition|if|with|under|when|unless)\b|[.;]|$)",
    re.IGNORECASE,
)


def licence(text: str, href: str | None) -> str | None:
    """The Creative Commons licence that an address or the words name: `CC BY-NC-ND 4.0`."""
    match = ADDRESS.search(href or "") or ADDRESS.search(text)
    if match is not None:
        if match["zero"]:
            name = "CC0" if match["zero"].lower() == "zero" else "Public Domain Mark"
            return f"{name} {match['version']}" if match["version"] else name
        parts = match["parts"].upper()
        return f"CC {parts} {match['version']}" if match["version"] else f"CC {parts}"
    if match := NAMED.search(text):
        parts = "-".join(re.split(r"[\s/-]+", match["parts"].upper()))
        name = "CC0" if parts == "0" else f"CC {parts}"
        return f"{name} {match['version']}" if match["version"] else name
    if spelled := SPELLED.search(text):
        rest = text[spelled.start() : spelled.end() + 120]
        elements = "-".join(["BY", *(name for name, words in ELEMENTS if words.search(rest))])
        version = VERSION.search(rest)
        return f"CC {elements} {version[1]}" if version else f"CC {elements}"
    return None


def stance(text: str) -> Stance:
    """Whether a sentence gives a permission, tells of one that was used, or refuses it."""
    if REFUSED.search(text):
        return "refused"
    return "used" if USED.search(text) and not GIVEN.search(text) else "given"


def terms(text: str, around: str, by: str | None, href: str | None = None) -> Terms:
    """The facts in one sentence about what may be done with a text.

    `around`: where the conditions may stand, the sentence and what follows it; `by`: who is named
    as the one that grants; `href`: the link to a licence.
    """
    named = licence(around, href)
    grants = [name for name, words in GRANTS if words.search(text)]
    conditions = [name for name, words in CONDITIONS if words.search(around)]
    elements = set(re.split(r"[\s-]", named or ""))
    if "BY" in elements:
        grants += ["share"] if "ND" in elements else ["share", "adapt"]
        implied: tuple[tuple[str, Condition], ...] = (
            ("BY", "attribution"), ("NC", "non-commercial"), ("ND", "unchanged"), ("SA", "share-alike"),
        )  # fmt: skip
        conditions += [condition for element, condition in implied if element in elements]
    what = WHAT.search(text)
    address = href if href and ADDRESS.search(href) else None
    return Terms(
        stance=stance(text), by=by, what=what["what"].strip()[:200] if what else None,
        grants=tuple(dict.fromkeys(grants)), conditions=tuple(dict.fromkeys(conditions)),
        licence=named, licence_url=address,
    )  # fmt: skip
