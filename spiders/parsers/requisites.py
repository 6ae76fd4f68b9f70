"""What a page takes to look right: styles, pictures, fonts and icons. Pure.

Scripts are left out: what an article says stands in its markup, and in replay a script asks for
things that no crawl without a browser can foresee. Frames are pages of their own.
"""

from collections.abc import Iterator
from urllib.parse import urljoin

from msgspec import Struct

from spiders.charsets import decode
from spiders.parsers.base import Document, Element, absolute, document
from spiders.parsers.css import MAX_CSS, addresses
from spiders.parsers.srcset import candidates
from storage.records import Page

MAX_REQUISITES = 500
"""Addresses taken from one page. The largest of 258 real pages had 90 pictures; with five widths
each that is nearly all of them, and what comes last is the least important."""
LAZY = ("data-src", "data-lazy-src", "data-original")
PRELOADED = ("style", "font", "image")


class Requisite(Struct, frozen=True):
    """One file that a page or a stylesheet asks for."""

    url: str
    style: bool
    """Whether it is a stylesheet, which may ask for more."""


def of_page(page: Page) -> list[Requisite]:
    """What the markup of a page asks for, each once: styles first, then what a browser shows
    before anything else, then the other widths of pictures. Never raises."""
    doc = document(page)
    styles: list[Requisite | None] = []
    shown: list[Requisite | None] = []
    widths: list[Requisite | None] = []
    icon = False
    for element in doc.tree.iter():
        if element.tag == "link":
            rels = str(element.get("rel") or "").lower().split()
            href = str(element.get("href") or "")
            if "stylesheet" in rels and "alternate" not in rels:
                styles.append(_one(doc, href, style=True))
            elif "icon" in rels:
                icon = True
                shown.append(_one(doc, href))
            elif "preload" in rels and element.get("as") in PRELOADED:
                shown.append(_one(doc, href, style=element.get("as") == "style"))
        elif element.tag == "style":
            found = _in_css(element.text or "", doc.base)
            styles += [one for one in found if one.style]
            shown += [one for one in found if not one.style]
        else:
            shown += [_one(doc, href) for href in _shown(element)]
            widths += [_one(doc, href) for href in _widths(element)]
        if text := element.get("style"):
            shown += _in_css(str(text), doc.base)
    if not icon:  # browsers ask for it unasked
        shown.append(_one(doc, urljoin(doc.url, "/favicon.ico")))
    every = dict.fromkeys(one for one in (*styles, *shown, *widths) if one)
    return list(every)[:MAX_REQUISITES]


def of_style(page: Page) -> list[Requisite]:
    """What a stylesheet asks for, each once. Never raises."""
    return _in_css(decode(page, MAX_CSS).text, page.capture.url)


def _in_css(css: str, base: str) -> list[Requisite]:
    found = [(absolute(one.href, base), one.style) for one in addresses(css)]
    return [Requisite(_bare(url), style) for url, style in found if url]


def _one(doc: Document, href: str, style: bool = False) -> Requisite | None:
    url = doc.link(href)
    return Requisite(_bare(url), style) if url else None


def _bare(url: str) -> str:
    """Without the fragment, which is no part of a request."""
    return url.partition("#")[0]


def _shown(element: Element) -> Iterator[str]:
    names: tuple[str, ...] = ("background",) if element.tag in ("body", "table", "td") else ()
    if element.tag == "img" or (element.tag == "input" and element.get("type") == "image"):
        names = ("src", *LAZY)
    elif element.tag == "video":
        names = ("poster",)
    elif element.tag == "image":  # in an SVG drawing
        names = ("href", "xlink:href")
    yield from (str(value) for name in names if (value := element.get(name)))


def _widths(element: Element) -> Iterator[str]:
    if element.tag in ("img", "source"):
        for name in ("srcset", "data-srcset", "data-lazy-srcset"):
            yield from (url for url, _ in candidates(str(element.get(name) or "")))
