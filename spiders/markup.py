"""HTML to a tree, in bounded time: for looking at pages, not for reading articles."""

import re

from selectolax.lexbor import LexborHTMLParser

from spiders.charsets import as_utf8
from storage.records import Page

MAX_BYTES = 8 * 1024 * 1024
"""Of a page; lists of 2,000 links have 1 MB."""
# Lexbor looks through all open elements at each <div>: 20,000 nested ones took it 3 s, 300,000 an
# hour. Browsers stop at 512.
MAX_DEPTH = 512
TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# No content, or an end tag that may be left out: these do not nest in themselves.
UNNESTED = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    b"tbody thead tfoot option optgroup colgroup rt rp html head body".split()
)

REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
LONGEST = 12  # signs of a number that could be a character's, some zeros in front included


def sound(body: bytes) -> bytes:
    """XML without references to what is no character (`&#xD800;`): libraries fail on them."""
    return REFERENCE.sub(_sound, body)


def _sound(reference: re.Match[bytes]) -> bytes:
    digits = reference[1] or reference[2]
    number = int(digits, 16 if reference[1] else 10) if len(digits) <= LONGEST else -1
    fine = 0 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF  # XML 1.0 §2.2
    return reference[0] if fine else b"&#xFFFD;"


def tree(page: Page, max_bytes: int = MAX_BYTES) -> LexborHTMLParser:
    """The page as far as it is neither too long nor nested too deeply."""
    body = as_utf8(page, max_bytes)
    return LexborHTMLParser(body[: too_deep(body)])


def too_deep(body: bytes) -> int | None:
    """Where the nesting goes over `MAX_DEPTH`; None if it does not."""
    depth = 0
    for tag in TAG.finditer(body):
        if tag[2].lower() in UNNESTED:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            return tag.start()
    return None
