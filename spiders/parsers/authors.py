"""Who wrote it: people, and agencies where a page names them; never the page's own outlet's login."""

import re

from spiders.parsers.base import fold
from storage.outlets import folded_name

BY = re.compile(
    r"^\W*(?:(?:written|authored|reported|posted|published|story|article|words|text)\s+)?"
    r"(?:by|von|par|por|di|da|od|door|av|af|автор(?:ы)?|текст|yazan|autor(?:es)?|auteur|author|"
    r"autore|tekst|text)\s*[:–—-]?\s+(?=\S)",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"\s*(?:[,;/|&]|\s(?:and|und|et|y|e|og|och|en|ve|и|та|with|mit|oraz)\s)\s*", re.IGNORECASE
)
JUNK = re.compile(
    r"https?:|www\.|@|\d{3}|^(?:admin|administrator|editor|webmaster|staff|author|unknown|none|null|"
    r"guest|user|redaction|news desk|view all posts|by|von)$",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"\s*[,|(–—-]\s*(?:.*\b(?:editor|reporter|correspondent|writer|journalist|redakteur\w*|"
    r"korrespondent\w*|producer|columnist|contributor|staff|chief|analyst)\b.*)$",
    re.IGNORECASE,
)
MAX_AUTHORS = 30
"""The longest real list of authors had 11."""


def clean(name: str) -> str:
    """One name, without `By` and role; "" where it is none."""
    name = fold(name)
    name = ROLE.sub("", BY.sub("", name)).strip(" ,;|•·–—-:")
    if not 2 <= len(name) <= 80 or JUNK.search(name) or len(name.split()) > 7:
        return ""
    return name


def split(text: str) -> list[str]:
    """The names in a byline of several."""
    return [name for part in SPLIT.split(fold(text)[:500]) if (name := clean(part))]


def names(values: list[str]) -> list[str]:
    """Cleaned names in order, each once."""
    out: dict[str, str] = {}
    for value in values:
        found = split(value)
        for name in found:
            out.setdefault(folded_name(name), name)
    out.pop("", None)
    return list(out.values())[:MAX_AUTHORS]
