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
