"""Who wrote it: people, and agencies where a page names them."""

import re

from spiders.parsers import agencies
from spiders.parsers.base import fold
from storage.outlets import folded_name

BY = re.compile(
    r"^\W{0,20}(?:(?:written|authored|reported|posted|published|story|article|words|text)\s+)?"
    r"(?:by|von|par|por|di|da|od|door|av|af|автор(?:ы)?|текст|yazan|autor(?:es)?|auteur|author|"
    r"autore|tekst|text)\s*[:–—-]?\s+(?=\S)",
    re.IGNORECASE,
)
# A block of its own before the name.
BY_ALONE = re.compile(
    r"\W{0,5}(?:(?:written|posted|published)\s+)?(?:by|von|par|por|di|автор|text)\s*:?",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"\s*(?:[,;/|&]|\s(?:and|und|et|y|e|og|och|en|ve|и|та|with|mit|oraz)\s)\s*", re.IGNORECASE
)
JUNK = re.compile(
    r"https?:|www\.|@|\d{3}|^(?:admin|administrator|editor|webmaster|staff|author|unknown|none|null|"
    r"guest|user|redaction|news desk|view all posts|by|von|"
    r"(?:(?:post|view|show|leave|read|add|all|\d+)\s+)*(?:a\s+)?comments?)$",
    re.IGNORECASE,
)
WORDS_OF_ROLES = (
    r"\b(?:editor|reporter|correspondent|writer|journalist|redakteur\w*|korrespondent\w*|producer|"
    r"columnist|contributor|staff|chief|analyst|photographer|fotograf\w*|rédact\w+|journaliste)\b"
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
# Link words run together (`US-MilitärDonald TrumpVenezuela`); names have two at most (`McDiarmid`).
GLUED = re.compile(r"[a-zà-ÿ](?=[A-ZÀ-Þ])")
MAX_AUTHORS = 30
"""The longest real list of authors had 11."""


def clean(name: str) -> str:
    """One name, without `By` and role; "" where it is none."""
    name = fold(name)
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
    text = BY.sub("", fold(text)[:500])
    if "://" in text or PICTURE.search(text):
        return []
    parts = [one for part in COMMA.split(text) for one in _several(part)]
    people = [part for at, part in enumerate(parts) if at == 0 or not A_ROLE.fullmatch(part)]
    named = [name for part in people if (name := clean(part))]
    return [name for at, name in enumerate(named) if at == 0 or not _town(name, named[0], text)]


def _town(name: str, first: str, text: str) -> bool:
    """Whether it is where the author writes from (`Ann Lee, Berlin`): one word after a comma, when
    the first name has two. A town of two words cannot be told from a person."""
    alone = len(name.split()) == 1 and len(first.split()) > 1 and name[:1].isupper()
    agency = agencies.is_one(name) or name.isupper() or "." in name
    return alone and not agency and bool(re.search(rf",\s*{re.escape(name)}\s*$", text))


def _several(part: str) -> list[str]:
    """`A B and C D` as two names; `Le Figaro et AFP` stays as it is printed."""
    names = [name for name in SPLIT.split(part) if name]
    return [part] if any(len(name.split()) < 2 for name in names) else names


# One of two to five words with capitals, no sentence: how a person's name looks where names stand.
PERSON = re.compile(
    r"(?:[A-ZÀ-ÞĀ-ŽА-ЯЁ][\w’'.-]*|de|van|von|der|den|di|da|la|el|al|bin|ben)(?:\s+(?:[A-ZÀ-ÞĀ-ŽА-ЯЁ][\w’'.-]*|de|van|von|der|den|di|da|la|el|al|bin|ben)){1,4}"
)
SEGMENT = re.compile(r"\s*[|•·\n]\s*|\s+[–—-]\s+|\s+via\s+|,?\s*\d[\d./:]*\s*")


def in_line(line: str, marked: bool) -> list[str]:
    """Names in a line of an article's head: after `By`, or persons where the markup says author."""
    out = []
    for part in SEGMENT.split(line):
        if BY.match(part):
            out += split(part)
        elif marked:
            out += [name for name in split(part) if PERSON.fullmatch(name)]
    return out


def names(values: list[str]) -> list[str]:
    """Cleaned names in order, each once."""
    out: dict[str, str] = {}
    for value in values:
        found = split(value)
        for name in found:
            out.setdefault(folded_name(name), name)
    out.pop("", None)
    return list(out.values())[:MAX_AUTHORS]
