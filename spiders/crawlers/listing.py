"""Pages that list articles: the home page, a section, an archive, search results."""

import re
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from config.registry import Listing
from spiders import markup
from spiders.crawlers.found import FoundPage, Reading, absolute, looks_like_article
from storage.records import Page

MAX_PAGES = 50
"""Pages of one listing that a visit reads; a window further back needs a sitemap or an API."""
MAX_LINKS = 2000
MAX_TITLE = 1000  # characters of a link's text; a headline with its lead has 400
MAX_PARTS = 200  # elements and texts in one link
# Usual pagers, surest first. The last ones are words on the link.
NEXT = (
    'a[rel~="next"]',
    'link[rel~="next"]',
    "a.next",
    ".nav-previous a",  # WordPress: "previous" are the older posts, the next page
    ".pagination .next a",
    ".pager-next a",
    "li.next a",
)
NEXT_WORDS = re.compile(
    r"^\W*(?:next(?: page)?|older(?: posts| entries| articles)?|weiter|nächste(?: seite)?"
    r"|ältere(?: beiträge| artikel)?|suivante?|page suivante|siguiente|successiv[ao]|далее)\W*$",
    re.IGNORECASE,
)


class SelectorError(ValueError):
    """A CSS selector in the source file cannot be used."""


def read(page: Page, listing: Listing, why: str = "listing") -> Reading:
    """The links to articles, in the page's order, and the next page.

    Raises SelectorError for a selector that is no CSS.
    """
    tree = markup.tree(page)
    base = _base(tree, page.capture.page_url)
    found: dict[str, FoundPage] = {}
    for node in _nodes(tree, listing.links or "a[href]")[: MAX_LINKS * 4]:
        url = absolute(base, _href(node))
        if url and (listing.links or looks_like_article(url)):
            title = _text(node) or None
            old = found.get(url)
            # Picture, headline and "read more" link alike: the longest text is the title.
            if old is None or len(title or "") > len(old.title or ""):
                found[url] = FoundPage(url=url, why=why, via=page.capture.url, title=title)
        if len(found) >= MAX_LINKS:
            break
    following = _next(tree, base, listing)
    return Reading(tuple(found.values()), (following,) if following else ())


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (node and absolute(url, node.attributes.get("href") or "")) or url


def _nodes(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except SelectolaxError as error:
        raise SelectorError(f"`{selector}` is not a CSS selector: {error}") from error


def _text(node: LexborNode) -> str:
    """The text of a node, white space folded, as far as a headline may go: links that are nested
    by the thousand each hold all the text of those inside."""
    pieces: list[str] = []
    room = MAX_TITLE
    for part in islice(node.traverse(include_text=True), MAX_PARTS):
        if part.is_text_node:
            pieces.append(part.text_content or "")
            room -= len(pieces[-1])
        if room < 0:
            break
    return " ".join("".join(pieces)[:MAX_TITLE].split())


def _href(node: LexborNode) -> str:
    """A selector may name the headline; the link is then in it or around it."""
    if node.attributes.get("href"):
        return node.attributes["href"] or ""
    inner = node.css_first("a[href]")
    return (inner and inner.attributes.get("href")) or ""


def _next(tree: LexborHTMLParser, base: str, listing: Listing) -> str | None:
    here = urlsplit(base)
    for selector in (listing.next,) if listing.next else NEXT:
        for node in _nodes(tree, selector)[:1]:
            url = absolute(base, _href(node))
            if url and urlsplit(url).netloc == here.netloc and url != base:
                return url
    if listing.next:
        return None
    for node in tree.css("a[href]")[:MAX_LINKS]:
        if NEXT_WORDS.match(_text(node)[:60]):
            url = absolute(base, _href(node))
            if url and urlsplit(url).netloc == here.netloc and url != base:
                return url
    return None
