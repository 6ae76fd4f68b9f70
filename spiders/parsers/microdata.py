"""Microdata: the article's item of a page, in the shape of a JSON-LD node.

Which element gives a property's value, and to which item a property belongs, is as in the HTML
Standard (https://html.spec.whatwg.org/multipage/microdata.html, 5.2.4 and 5.2.5), without
`itemref`. Many pages leave the `itemscope` out; what belongs to no item is the article's then.
"""

import re

from spiders.parsers.base import Document, Element, fold
from spiders.parsers.jsonld import TYPES, Node

MAX_PROPERTIES = 1_000
"""Elements with `itemprop`; the most of 258 real pages had 215."""
MAX_NAMES = 10
"""People in one author's place; more sign no article."""
MAX_CHARS = 500
"""Of one text; `articleBody` is read by the body layer."""
ADDRESSES = {"a": "href", "area": "href", "link": "href", "object": "data"} | dict.fromkeys(
    ("audio", "embed", "iframe", "img", "source", "track", "video"), "src"
)
# Items whose properties are the page's own where it has no item for the article.
PAGES = re.compile(r"(?:Web|Item)Page$|/CreativeWork$")
USED = frozenset((
    "headline", "name", "alternativeHeadline", "alternateName", "description", "datePublished",
    "dateModified", "dateCreated", "author", "creator", "publisher", "articleSection", "keywords",
    "inLanguage", "url", "mainEntityOfPage",
))  # fmt: skip
PEOPLE = frozenset(("author", "creator", "publisher"))


def article(doc: Document) -> Node:
    """The properties of the page's article, each a list of values; {} where nothing is marked."""
    items: dict[Element, Node] = {}
    loose: Node = {}
    elements = doc.tree.xpath("//*[@itemprop]")
    if len(elements) > MAX_PROPERTIES:
        doc.notes.append(f"only the first {MAX_PROPERTIES} microdata properties were read")
    for element in elements[:MAX_PROPERTIES]:
        names = [name for name in str(element.get("itemprop")).split() if name in USED]
        if not names or _beside_a_name(element):
            continue
        owner = _owner(element)
        node = loose if owner is None else items.setdefault(owner, _item(owner))
        for name in names:
            node.setdefault(name, []).extend(_values(element, name, items))
    for element, node in items.items():
        if PAGES.search(str(node["@type"])) and element.get("itemprop") is None:
            loose = {**node, **loose}
    stated = [node for node in items.values() if TYPES.search(str(node["@type"]))]
    best = max(stated, key=len, default={})  # the first of equals: outer before inner
    return {**{name: value for name, value in loose.items() if name != "name"}, **best}


def _item(element: Element) -> Node:
    return {"@type": str(element.get("itemtype") or "")}


def _owner(element: Element) -> Element | None:
    """The item that a property belongs to: the nearest around it."""
    return next((one for one in element.iterancestors() if one.get("itemscope") is not None), None)


def _beside_a_name(element: Element) -> bool:
    """Whether it is a part of a property that has no item of its own: the `name` in an `author`."""
    for one in element.iterancestors():
        if one.get("itemscope") is not None:
            return False
        if one.get("itemprop") in PEOPLE:
            return True
    return False


def _values(element: Element, name: str, items: dict[Element, Node]) -> list[object]:
    if element.get("itemscope") is not None:
        node = items.setdefault(element, _item(element))
        if name in PEOPLE and element.find(".//*[@itemprop]") is None:
            node["name"] = [_text(element)]
        return [node]
    if name in PEOPLE:
        inner = list(element.iterfind(".//*[@itemprop='name']"))[:MAX_NAMES]
        if inner:
            return [_text(one) for one in inner]
    return [_text(element)]


def _text(element: Element) -> str:
    """The value of a property; `content` counts on any element, as search engines read it."""
    stated = element.get("content") or element.get("datetime")
    if stated is None and element.tag in ADDRESSES and not fold("".join(element.itertext())):
        stated = element.get(ADDRESSES[element.tag])
    return fold(str(stated) if stated is not None else "".join(element.itertext())[:MAX_CHARS])
