"""Who wrote it: people, and agencies where a page names them."""

import re

from spiders.parsers import agencies
from spiders.parsers.base import fold
from spiders.parsers.bylines import BY, DESK, EASTERN, GREEK
from spiders.parsers.towns import TOWNS
from storage.outlets import folded_name

SPLIT = re.compile(
    r"\s*(?:[,;/|&]|\s(?:and|und|et|y|e|og|och|en|ve|и|та|with|mit|oraz)\s)\s*", re.IGNORECASE
)
JUNK = re.compile(
    r"https?:|www\.|@|\d{3}|^(?:admin|administrator|editor|webmaster|staff|author|unknown|none|null|"
    r"guest|user|thứ\s+\w+|chủ\s+nhật|redaction|news desk|view all posts|by|von|"
    r"(?:(?:post|view|show|leave|read|add|all|\d+)\s+)*(?:a\s+)?comments?)$",
    re.IGNORECASE,
)
WORDS_OF_ROLES = (
    r"\b(?:editor|reporter|correspondent|writer|journalist|redakteur\w*|korrespondent\w*|producer|"
    r"columnist|contributor|staff|chief|analyst|photographer|fotograf\w*|rédact\w+|journaliste|"
    r"envoyée?s?\s+spécia\w+|correspondante?s?|corresponsal\w*|enviad[oa]\s+especial|inviat[oa]|"
    r"correspondente|jornalista|repórter|giornalista|periodista|корреспондент\w*|обозревател\w*|"
    r"журналист\w*|muhabiri?|verslaggever|dziennikar\w+)\b"
)
ROLE = re.compile(rf"\s*[,|(–—-]\s*(?:.*{WORDS_OF_ROLES}.*)$", re.IGNORECASE)
# Between the names of a list, also before its last (`A B, C D, and E F`).
COMMA = re.compile(r"\s*[,;/|]\s*(?:(?:and|und|et|y|e|og|och|en|ve|и|та|oraz)\s+)?")
# What Korean and Japanese bylines add to a name.
ROLE_AFTER = re.compile(r"\s*(?:기자|특파원|논설위원|記者|特派員)$")
A_ROLE = re.compile(rf"(?:[a-z\s-]*{WORDS_OF_ROLES}[a-z\s-]*)", re.IGNORECASE)
# Whose picture it is, where a page states it as an author.
PICTURE = re.compile(
    r"\b(?:image|photo|foto|bild|picture|credit)s?\s*:|getty images", re.IGNORECASE
)
# What is said beside a name, of those who also delivered.
AGENCIES = re.compile(
    r"\s+(?:with|mit|avec|con)\s+(?:agenc\w+|agentur\w*|wires?|wire services)$", re.IGNORECASE
)
# Degrees and the like, which stand behind a name and are none.
DEGREES = re.compile(
    r",?\s+(?:Ph\.?\s?D\.?|M\.?D\.?|M\.?A\.?|M\.?Sc\.?|B\.?A\.?|J\.?D\.?|R\.?N\.?|MBA|MPH|Esq\.?)(?=,|;|\s|$)"
)
GENERATION = re.compile(r",\s+(?=(?:Jr|Sr)\b\.?|I{2,3}\b|IV\b)")
# Where somebody writes from (`Ann Marsh in New York`), after a name of two words at least; in
# languages in which the word is not a part of names.
PLACE = re.compile(r"^((?:\S+\s+){1,4}\S+?),?\s+(?:in|aus|from|à)\s+(?=[A-ZÀ-Þ])[^,;]*$")
# A role behind the name without a sign, as papers of British towns print it.
BEATS = re.compile(
    r"^((?:\S+\s+){1,2}\S+?)\s+(?:(?:political|politics|sports?|science|health|education|business|crime|court|royal|consumer"
    r"|technology|environment|senior|chief|staff|special|digital|news|deputy|associate|local\s+democracy|content|features?"
    r"|showbiz|transport|defence|foreign|home\s+affairs|economics?|diplomatic|trainee)\s+)+(?:editor|reporter|correspondent|writer)$",
    re.IGNORECASE,
)
# Whose the reporter is, before the name.
OUR = re.compile(r"^(?:unser\w*|our|notre|nuestr[oa]|onze)\s+[\w-]+\s+(?=\S+\s+\S)", re.IGNORECASE)
BRACKETS = re.compile(r"\s*[(（]([^()（）]{0,80})[)）]")
# A person's name, and behind it without a sign the agency's (`ANN MARSH Associated Press`).
OF_AGENCY = re.compile(
    r"^((?:(?!(?:and|und|et|y|e)\s)[^\W\d_][\w’'.-]*\s+){2,4})(?=(?:The\s+)?(?:Associated\s+Press|Canadian\s+Press|Press\s+Association|Agence\s+France|Reuters|Bloomberg)\b)",
    re.IGNORECASE,
)
# Shorthands of a desk with an agency's (`dpa/lno`), printed as one.
SIGNS = re.compile(r"[a-zäöü]{2,8}(?:/[a-zäöü]{2,8})+")
# Link words run together (`US-MilitärDonald TrumpVenezuela`); names have two at most (`McDiarmid`).
GLUED = re.compile(r"[a-zà-ÿ](?=[A-ZÀ-Þ])")
# Who did something else.
OTHERS = re.compile(
    r"(?:edited|editing|translat\w+|photos?|photography|illustrat\w+|produced|reviewed)\b(?:\s+by\b|\s*:)",
    re.IGNORECASE,
)
MAX_AUTHORS = 30
"""The longest real list of authors had 11."""


MAX_LIST = 500
"""Characters of a list of names that are read."""


def clean(name: str) -> str:
    """One name, without `By` and role; "" where it is none."""
    name = BEATS.sub(r"\1", PLACE.sub(r"\1", OUR.sub("", GREEK.sub("", fold(name)))))
    if OTHERS.match(name):
        return ""
    name = AGENCIES.sub("", ROLE.sub("", BY.sub("", ROLE_AFTER.sub("", name)))).strip(" ,;|•·–—-:")
    if (
        len(GLUED.findall(name)) > 2
        or not 2 <= len(name) <= 80
        or JUNK.search(name)
        or len(name.split()) > 7
    ):
        return ""
    return name


def split(text: str) -> list[str]:
    """The names in a byline of several; `Le Figaro et AFP` stays one, as it is printed."""
    text = fold(text)
    if len(text) > MAX_LIST:  # no half names
        text = text[:MAX_LIST].rpartition(",")[0] or text[:MAX_LIST]
    text = DEGREES.sub("", GENERATION.sub(" ", BY.sub("", text)))
    if "://" in text or PICTURE.search(text):
        return []
    text = OF_AGENCY.sub(r"\1, ", BRACKETS.sub(_bracketed, text))
    parts = [one for part in _listed(text) for one in _several(part)]
    people = [part for at, part in enumerate(parts) if at == 0 or not _role(part)]
    named = [name for part in people if (name := clean(part))]
    return [name for at, name in enumerate(named) if at == 0 or not _town(name, named[0], text)]


def _role(part: str) -> bool:
    """Whether a part of a list says what the one before it is (`envoyée spéciale à Rennes`)."""
    begins = part[:1].islower() and re.search(WORDS_OF_ROLES, part, re.IGNORECASE)
    return bool(begins or A_ROLE.fullmatch(part))


def _bracketed(found: re.Match[str]) -> str:
    """An agency in brackets is named beside a person; a place, a time, a task is no name."""
    return f", {found[1]}" if agencies.is_one(found[1]) else ""


def _listed(text: str) -> list[str]:
    """The names between commas and strokes."""
    parts = re.split(r"\s*[,;|]\s*", text) if SIGNS.search(text) else []
    if any(SIGNS.fullmatch(part) for part in parts):
        return [
            one
            for part in parts
            for one in ([part] if SIGNS.fullmatch(part) else COMMA.split(part))
        ]
    return COMMA.split(text)


def _town(name: str, first: str, text: str) -> bool:
    """Whether it is where the author writes from (`Ann Lee, Berlin`): one word after a comma, when
    the first name has two, or a known town. Others of two words cannot be told from a person."""
    if name.casefold() in TOWNS:
        return True
    alone = len(name.split()) == 1 and len(first.split()) > 1 and name[:1].isupper()
    agency = agencies.is_one(name) or name.isupper() or "." in name
    return alone and not agency and bool(re.search(rf",\s*{re.escape(name)}\s*$", text))


# What begins an outlet's name and no person's (`Le Figaro et AFP`).
ARTICLE = re.compile(r"(?:the|le|la|les|l['’]|der|die|das|el|il|o|a)\b", re.IGNORECASE)


def _several(part: str) -> list[str]:
    """`A B and C D`, `A B und dpa` as two names; `Le Figaro et AFP` stays as it is printed."""
    names = [name for name in SPLIT.split(part) if name]
    short = [name for name in names if len(name.split()) < 2]
    if not short:
        return names
    first = agencies.is_one(names[0]) or PERSON.fullmatch(names[0])
    apart = first and not ARTICLE.match(names[0])
    return names if apart and all(agencies.is_one(name) for name in short) else [part]


# One of two to five words with capitals, no sentence: how a person's name looks where names stand.
# The last is no particle.
CAPITAL = r"[A-ZÀ-ÞĀ-ŽА-ЯЁІЇЄҐΑ-ΩΆ-Ώ][\w’'.-]*"
PARTICLE = (
    r"(?:de|van|von|der|den|di|da|la|el|al|bin|ben|le|du|des|dos|del|af|av|zu|ter|te|[’']t|y|mac|an"
    r"|ibn)"
)
PERSON = re.compile(rf"(?:{CAPITAL}|{PARTICLE})(?:\s+(?:{CAPITAL}|{PARTICLE})){{0,4}}\s+{CAPITAL}")
# A line's parts: between bars, dates and numbers, and before a label (`来源：… 作者：…`).
SEGMENT = re.compile(
    r"\s*[|•·\n]\s*|\s+[–—-]\s+|\s+via\s+|,?\s*\d[\d./:]*\s*"
    r"|\s+(?=(?:作者|记者|記者|来源|來源|责任编辑|责编|編集|編輯|编辑|文|图|写真|撮影|글|사진|(?i:auth?ore?s?|te[xk]t[eo]?|автор|текст|фото|fotos?"
    r"|photos?|editor|edited|haber|fotoğraf|source|quelle|fuente|fonte|źródło|penulis))\s*[:：／＝])"
)


def with_role(line: str) -> bool:
    """Whether a line is a person's name and role (`Ann Marsh, correspondent`)."""
    name = ROLE.sub("", line)
    return name != line and bool(PERSON.fullmatch(name))


def in_line(line: str, marked: bool) -> list[str]:
    """Names in a line of an article's head: after `By`, or persons where the markup says author."""
    out = [next(filter(None, found.groups())) for found in EASTERN.finditer(line[:160])]
    if out:
        return out
    for part in SEGMENT.split(line):
        if BY.match(part) or GREEK.match(part):
            out += split(part)
        elif marked and not part.endswith((":", "：")):  # a label of what follows
            found = split(part)
            people = [name for name in found if PERSON.fullmatch(name)]
            out += [name for name in found if name in people or (people and agencies.is_one(name))]
    return out


# As catalogues of libraries have it (`Marsh, Ann`; `van Rossem, Bo`).
TURNED = re.compile(rf"((?:{PARTICLE}\s+){{0,2}}{CAPITAL}),\s+({CAPITAL}(?:\s+{CAPITAL})?)")


def turned(name: str) -> str:
    """A name in metadata that has its family name first, the other way round."""
    found = TURNED.fullmatch(name)
    if found is None or any(map(agencies.is_one, found.groups())) or DESK.search(name):
        return name
    return f"{found[2]} {found[1]}"


def names(values: list[str]) -> list[str]:
    """Cleaned names in order, each once."""
    out: dict[str, str] = {}
    for value in values:
        found = split(value)
        for name in found:
            out.setdefault(folded_name(name), name)
    out.pop("", None)
    return list(out.values())[:MAX_AUTHORS]
