"""Whether a page is an article at all: section fronts, lists, search and error pages are not."""

import re
from urllib.parse import parse_qs, urlsplit

from spiders.parsers.base import Element
from spiders.parsers.blocks import Block
from spiders.parsers.furniture import HEADINGS
from storage.records import Page

# Path parts under which sites keep lists and pages about themselves.
LISTS = re.compile(
    r"/(?:category|categories|tag|tags|topics?|thema|themen|author|authors|autor|section|sections|"
    r"archive|archives|search|suche|page|feed|etiqueta|etiquetas|categoria|rubrique|label)"
    r"(?:/[^/]+){0,3}/?$|/page/\d+/?$|/(?:search|suche)(?:\.\w+)?/?$",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"^/(?:[a-z]{2}/)?(?:about(?:-us)?|contact(?:-us)?|kontakt|impressum|datenschutz\w*|privacy(?:-policy)?|"
    r"terms(?:-[\w-]+)?|cookies?(?:-policy)?|login|register|subscribe|newsletter|donate|sitemap|"
    r"masthead|faq|help|advertise|support)(?:\.\w+)?/?$",
    re.IGNORECASE,
)
ERRORS = re.compile(
    r"\b(?:404|page not found|not found|seite nicht gefunden|page introuvable|página no encontrada|"
    r"страница не найдена|access denied|just a moment|error \d{3}|forbidden)\b",
    re.IGNORECASE,
)
BODY_CLASSES = frozenset(
    ("archive", "category", "tag", "search", "search-results", "home", "blog", "error404", "author",
     "date", "page-404")
)  # fmt: skip
SINGLE = frozenset(("single", "single-post", "singular", "postid"))
# Characters of prose below which a page of unknown kind is no article, and with a stated kind.
UNKNOWN, STATED = 250, 60
# So many headings that are links to the site's own pages make a list.
LINKED_HEADINGS = 4
# A card holds one or two lines of at most this many characters, under a headline of at least so
# many, within three elements; a list of more than a hundred has headings enough for `is_list`.
CARD_BLOCKS, TEASER, HEADLINE, CARD_DEPTH, MAX_CARDS = 2, 400, 15, 3, 100
MADE_OF_CARDS = 0.6  # share of the prose; the rest is what the list says of itself


def not_html(page: Page) -> str | None:
    """Why a response cannot be an article before its markup is read."""
    capture = page.capture
    if capture.status is not None and not 200 <= capture.status < 300:
        return f"HTTP status {capture.status}"
    mime = (capture.mime or "").partition(";")[0].strip().lower()
    if mime and "html" not in mime and mime not in ("text/plain", "application/octet-stream"):
        return f"not HTML but {mime}"
    start = page.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty response"
    if start.startswith((b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"pk\x03\x04", b"{", b"[")):
        return "not HTML by its first bytes"
    xml = start.startswith(b"<?xml") and b"<html" not in page.body[:2048].lower()
    if xml or start.startswith((b"<rss", b"<feed", b"<urlset", b"<sitemapindex")):
        return "XML, not HTML"
    return None


def address_reason(url: str) -> str | None:
    """Why an address is that of a list or the home page."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "s" in query or "q" in query:
        return "a search page"
    if parts.path in ("", "/", "/index.html", "/index.php", "/index.htm"):
        return None if {"p", "page_id", "id", "story", "article"} & set(query) else "the home page"
    if ABOUT.search(parts.path):
        return "a page about the site"
    return None


def page_reason(
    url: str, tree: Element, title: str, prose: int, stated: bool, dated: bool
) -> str | None:
    """Why a page is no article, by what it says of itself; None where it may be one."""
    body = tree.find("body")
    classes = set(str(body.get("class") or "").lower().split()) if body is not None else set()
    if ERRORS.search(title[:80]) and prose < 1_000 and not stated:
        return "an error page"
    if "error404" in classes:
        return "an error page"
    if classes & BODY_CLASSES and not classes & SINGLE and not stated:
        return f"a list ({' '.join(sorted(classes & BODY_CLASSES))})"
    if LISTS.search(urlsplit(url).path) and not stated:
        return "a list, by its address"
    if prose < (STATED if stated or dated else UNKNOWN):
        return f"too little prose ({prose} characters)"
    return None


def is_cards(kept: list[Block], stated: bool) -> bool:
    """Whether the main part is made of cards: a headline that is a link, and a line or two below.

    Lists whose address and markup say nothing of themselves are told from articles by this alone.
    """
    if stated or not kept or len(kept) > MAX_CARDS:
        return False
    prose = sum(len(block.text) for block in kept)
    teasers = sum(len(block.text) for block in kept if _is_teaser(block, kept))
    return teasers > prose * MADE_OF_CARDS


def _is_teaser(block: Block, kept: list[Block]) -> bool:
    if len(block.text) > TEASER:
        return False
    card = block.element
    for _ in range(CARD_DEPTH):
        holds = sum(1 for one in kept if one.element is card or card in one.element.iterancestors())
        if card.tag in ("body", "main") or holds > CARD_BLOCKS or card.find(".//h1") is not None:
            return False
        if _links_before(card, block):
            return True
        card = card.getparent()
        if card is None:
            return False
    return False


def _links_before(card: Element, block: Block) -> bool:
    """Whether a headline that is a link stands before the block in its card."""
    own = {id(link.element) for link in block.links}
    for element in card.iter():
        if element is block.element and element is not card:
            return False
        if element.tag == "a" and id(element) not in own:
            words = " ".join("".join(element.itertext()).split())
            if len(words) >= HEADLINE and not str(element.get("href") or "#").startswith("#"):
                return True
    return False


def is_list(kept: list[Block], blocks: list[Block], stated: bool) -> bool:
    """Whether the main part is a list of links to articles."""
    heads = [b for b in blocks if b.tag in HEADINGS and b.why is None and b.density > 0.8]
    if len({link.href for b in heads for link in b.links}) < LINKED_HEADINGS or stated:
        return False
    if not kept:
        return True
    # Headings between the first and the last paragraph: the text is made of teasers.
    between = [b for b in heads if kept[0].at - 3 <= b.at <= kept[-1].at]
    prose = sum(len(block.text) for block in kept)
    return len(between) >= LINKED_HEADINGS and prose / len(between) < 2_000
