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
from storage.records import CharsetFrom, Page

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


# libxml2 compares each attribute of a tag with all before it: 20,000 took 9 s. Real tags have under
# 100. A tag ends at a `>` outside of quotes, and quotes count only after `=`, as libxml2 has it;
# `a<b` in a script is no tag. All parts are possessive: one pass over any page, in linear time.
ATTRIBUTES = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
TAG = re.compile(
    rb"<!--(?:[^-]++|-(?!->))*+"
    rb"|<((?:script|style)\b" + ATTRIBUTES + rb")>(?:[^<]++|<(?!/(?:script|style)))*+"
    rb"|<([a-z]" + ATTRIBUTES + rb")",
    re.IGNORECASE,
)
NAME = re.compile(rb"[a-zA-Z][a-zA-Z0-9]{0,20}")
QUOTED = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")
BETWEEN = re.compile(rb"[\s/]+")
MAX_ATTRIBUTES = 200
# The shortest tag that could have more: a blank and a letter each.
LONG_TAG = 2 * MAX_ATTRIBUTES


def bounded(data: bytes) -> tuple[bytes, int]:
    """A page without the attributes of tags that have more than any real one, and how many."""
    pieces, done, count = [], 0, 0
    for match in TAG.finditer(data):
        inside = match[1] or match[2] or b""
        if len(inside) < LONG_TAG:
            continue
        if len(BETWEEN.findall(QUOTED.sub(b"=", inside))) > MAX_ATTRIBUTES:
            start = match.start() + 1
            name = NAME.match(inside)
            pieces += [data[done:start], name[0] if name else b"p"]
            done, count = start + len(inside), count + 1
    return (b"".join([*pieces, data[done:]]) if count else data), count


def document(page: Page) -> Document:
    """Decode and parse a page. Never raises on what the page holds, but MemoryError."""
    read = decode(page, MAX_BYTES)
    notes = list(read.notes)
    if len(page.body) > MAX_BYTES:
        notes.append(f"only the first {MAX_BYTES} of {len(page.body)} bytes were read")
    data = read.text.encode("utf-8", "replace").translate(CONTROLS)
    data, cut = bounded(data)
    if cut:
        notes.append(f"{cut} tags had more than {MAX_ATTRIBUTES} attributes, which were left out")
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True, remove_comments=True)
    tree = None
    try:
        tree = etree.fromstring(data, parser=parser) if data.strip() else None
    except (etree.XMLSyntaxError, ValueError) as error:
        notes.append(f"the markup could not be parsed: {str(error)[:120]}")
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError  # a tree that lacks what there was no room for is no reading of the page
    if tree is None:
        tree = etree.fromstring("<html><body/></html>", parser=etree.HTMLParser())
    if any("xcessive depth" in entry.message for entry in parser.error_log[-20:]):
        notes.append("nested too deeply; what lies below was not read")
    return Document(page, page.capture.url, tree, read.charset, read.origin, notes)
