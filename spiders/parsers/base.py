"""From hostile bytes to one tree: charset, bounded sizes, links made absolute.

Nothing here raises on bad input: what could not be read is said in `Document.notes`.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from lxml import etree

from spiders.charsets import decode
from spiders.parsers.bounds import MAX_ATTRIBUTES, MAX_DEPTH, bounded, breaks_off, flat
from storage.records import CUT_OFF, CharsetFrom, Page

# What lxml gives a private name, and no types, under ours.
Element: TypeAlias = Any

# Ten times the largest of 258 real pages (2.2 MB); beyond it only the first part is read.
MAX_BYTES = 20_000_000
# C0 controls but tab, newline, return are no text; NUL would end libxml2's reading.
CONTROLS = bytes.maketrans(bytes({*range(32)} - {9, 10, 13} | {127}), b" " * 30)
# Direction overrides and isolates, which can make a name or date read as another, and signs that
# are not seen: zero-width space, word joiner, soft hyphen, byte order mark.
UNSEEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u200b\u2060\xad"
                    r"\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")  # fmt: skip
OVERRIDES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # the same in UTF-8


@dataclass
class Document:
    """One page, decoded and parsed: what all layers read from."""

    page: Page
    url: str
    tree: Element
    charset: str
    charset_from: CharsetFrom
    notes: list[str] = field(default_factory=list)

    @cached_property
    def base(self) -> str:
        """What relative links start from: `<base href>` or the page's own address."""
        for element in self.tree.iterfind(".//base[@href]"):
            return absolute(str(element.get("href")), self.url) or self.url
        return self.url

    def link(self, href: str | None) -> str | None:
        """Absolute http(s) address of a link; None where it leads nowhere (`#`, empty, script)."""
        return absolute(href or "", self.base)


def fold(text: str) -> str:
    """White space folded, invisible and direction characters off."""
    folded = " ".join(text.split())
    return folded if folded.isprintable() else " ".join(UNSEEN.sub("", folded).split())


def absolute(href: str, base: str) -> str | None:
    """An absolute http(s) address, or None."""
    href = href.strip()
    if not href or href.startswith("#") or len(href) > 4096:
        return None
    try:
        joined = urljoin(base, href)
        parts = urlsplit(joined)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return joined


def header(page: Page, name: str) -> str:
    """The first header of this name, or ""."""
    return next((value for key, value in page.headers if key.lower() == name.lower()), "")


def document(page: Page) -> Document:
    """Decode and parse a page. Never raises on what the page holds, but MemoryError."""
    read = decode(page, MAX_BYTES)
    notes = [*_transfer(page), *read.notes]
    data = read.text.encode("utf-8", "replace")
    plain = data.translate(CONTROLS)
    if plain != data:
        notes.append("control characters were read as blanks")
    if OVERRIDES.search(plain):
        notes.append("characters that turn the direction of text were left out")
    if len(page.body) > MAX_BYTES:
        notes.append(f"only the first {MAX_BYTES} of {len(page.body)} bytes were read")
    elif fault := breaks_off(plain):
        notes.append(fault)
    plain, cut = bounded(plain)
    if cut:
        notes.append(f"{cut} tags had more than {MAX_ATTRIBUTES} attributes, which were left out")
    return Document(
        page, page.capture.page_url, _tree(plain, notes), read.charset, read.origin, notes
    )


def _transfer(page: Page) -> list[str]:
    """What was wrong with the page before it was markup."""
    cut = page.capture.truncated
    return [*page.notes, *([f"{CUT_OFF} ({cut})"] if cut else [])]


def _tree(data: bytes, notes: list[str]) -> Element:
    tree, deep = _parsed(data, notes)
    if deep:
        tree, _ = _parsed(flat(data), [])
        notes.append(f"nested too deeply; tags below the {MAX_DEPTH}th level were left out")
    return tree if tree is not None else _parsed(b"<html><body/></html>", [])[0]


def _parsed(data: bytes, notes: list[str]) -> tuple[Element | None, bool]:
    """The tree, and whether libxml2 stopped at its own limit of depth."""
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True)
    tree = None
    try:
        tree = etree.fromstring(data, parser=parser) if data.strip() else None
    except (etree.XMLSyntaxError, ValueError) as error:
        notes.append(f"the markup could not be parsed: {str(error)[:120]}")
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError  # a tree that lacks what there was no room for is no reading of the page
    return tree, any("xcessive depth" in entry.message for entry in parser.error_log[-20:])
