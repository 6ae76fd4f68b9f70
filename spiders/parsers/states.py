"""Text that a page holds only as data for its own scripts: Next.js, Nuxt, Arc XP, Apollo and kin.

Read only where the markup has next to no prose. No script is run: JSON that stands in one is
decoded, and the text whose neighbour is the page's own headline is taken. It is put into the page's
tree as `<x-state>`, so that all other layers read it like any text; places of claims in it say so.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from spiders.parsers import richtext, scriptdata
from spiders.parsers.base import CONTROLS, Document, Element, fold
from spiders.parsers.bounds import bounded
from spiders.parsers.titles import key

TAG = "x-state"
# Characters of prose below which a page's markup may be a shell, and those that its data must have.
SHELL, ENOUGH = 500, scriptdata.LEAST
# Objects and texts that are looked at, and how deep; the largest real state had 20,000, 25 deep.
MAX_NODES, MAX_DEPTH = 50_000, 40
HEADLINE = re.compile(
    r"headlines?|(?:article|seo|main|basic|news|page)?_?titles?|name|basic", re.IGNORECASE
)
PUBLISHED = re.compile(
    r"(?:first_?)?publish(?:ed|ing|ation)?_?(?:at|date|time|on|datetime)?|date_?published|display_?date",
    re.IGNORECASE,
)
AUTHORS = re.compile(r"authors?|byline|writers?|by|reporters?", re.IGNORECASE)
LEAD = re.compile(r"sub_?(?:title|headline|heading)s?|dek|standfirst|lede?", re.IGNORECASE)
TAGS_OF_TEXT = re.compile(r"<[^>]{0,2000}>")
# XML has no place for them (XML 1.0, 2.2).
CONTROLS_TEXT = dict.fromkeys((*range(32), 65534, 65535, *range(55296, 57344)), " ")
# Titles that could be any page's are no sign.
LEAST_TITLE = 12


class Found(NamedTuple):
    """A text in a page's data, and what stands beside it."""

    markup: str
    size: int
    near: dict[str, Any] | None
    """The object whose headline is the page's own; None where the text stands alone."""


def graft(doc: Document, titles: list[str], stated: str, prose: int) -> bool:
    """Put the article of a page's data into its tree, where the markup has hardly any prose.

    `titles`: what the page calls itself; `stated`: JSON-LD's `articleBody`; `prose`: characters of
    prose in the markup. Returns whether there was one.
    """
    if prose >= SHELL:
        return False
    names = [name for title in titles if len(name := key(title)) >= LEAST_TITLE]
    found = Found(richtext.plain(stated), len(stated), None) if len(stated) >= ENOUGH else None
    found = found or _best(doc, names)
    if found is None or found.size < max(ENOUGH, 2 * prose):
        return False
    body = doc.tree.find("body")
    (doc.tree if body is None else body).append(_element(found, names))
    doc.notes.append("the text was read from data in a script")
    return True


def _element(found: Found, names: list[str]) -> Element:
    """The text as markup, below the headline, the date and the authors that stand beside it."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    data, _ = bounded(f"<html><body>{found.markup}</body></html>".encode("utf-8", "replace"))
    tree = etree.fromstring(data.translate(CONTROLS), parser=parser)
    root = etree.Element(TAG)
    for said, tag in ((_headline(found.near, names), "h1"), *_beside(found.near)):
        if said:
            line = etree.SubElement(root, tag)
            if tag == "time":
                line.set("datetime", said)
            elif tag == "a":
                line.set("rel", "author")
                line.set("href", "#")
            elif tag == "p":
                line.set("class", "standfirst")
            line.text = fold(said.translate(CONTROLS_TEXT))
    box = etree.SubElement(root, "div")
    body = tree.find("body") if tree is not None else None
    for child in list(body) if body is not None else ():
        box.append(child)
    return root


def _best(doc: Document, names: list[str]) -> Found | None:
    """The text beside the page's headline; else the only long one, where the headline is known."""
    found: list[Found] = []
    known = False
    left = MAX_NODES
    for data in scriptdata.values(doc):
        for node, near in _walk(data, names):
            left -= 1
            if left < 0:
                break
            known = known or near is not None
            markup = richtext.markup(node)
            size = len(TAGS_OF_TEXT.sub("", markup))
            if size >= ENOUGH:
                found.append(Found(markup, size, near))
    mine = [one for one in found if one.near is not None]
    if mine:
        return max(mine, key=lambda one: one.size)
    longest = sorted(found, key=lambda one: -one.size)
    alone = len(longest) == 1 or (len(longest) > 1 and longest[0].size > 2 * longest[1].size)
    return longest[0] if known and alone else None


def _walk(data: Any, names: list[str]) -> Iterator[tuple[Any, dict[str, Any] | None]]:
    """Values that may be texts, each with the nearest object above that has the page's headline."""
    stack: list[tuple[Any, dict[str, Any] | None, int, int]] = [(data, None, 0, 0)]
    while stack:
        node, near, since, depth = stack.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(node, dict):
            if _headline(node, names):
                near, since = node, 0
            elif any(isinstance(node.get(name), str) for name in ("headline", "title")):
                near = None  # another story
            children = list(node.values())
        elif isinstance(node, list):
            children = node
        else:
            children = []
        if isinstance(node, list | str) or richtext.is_document(node):
            yield node, near if since <= 3 else None  # the article's own, not its section's
        stack += [
            (one, near, since + 1, depth + 1)
            for one in children
            if isinstance(one, dict | list | str)
        ]


def _headline(node: dict[str, Any] | None, names: list[str]) -> str:
    """The value of an object that is the page's headline; the page may add its outlet's name."""
    for name, value in (node or {}).items():
        if isinstance(value, dict) and HEADLINE.fullmatch(name):
            value = value.get("basic") or value.get("rendered")  # Arc XP; WordPress' REST API
        if isinstance(value, str) and len(value) < 1000 and HEADLINE.fullmatch(name):
            mine = key(value)
            if len(mine) >= LEAST_TITLE and any(one.startswith(mine) for one in names):
                return fold(value)
    return ""


def _beside(node: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Date, lead and authors of an object, each with the tag that shows what it is."""
    out: list[tuple[str, str]] = []
    for name, value in (node or {}).items():
        if (
            isinstance(value, str)
            and PUBLISHED.fullmatch(name)
            and not any(t == "time" for _, t in out)
        ):
            out.append((value[:100], "time"))
        elif LEAD.fullmatch(name):
            said = value.get("basic") if isinstance(value, dict) else value
            for line in TAGS_OF_TEXT.split(said[:2000]) if isinstance(said, str) else ():
                if line.strip():
                    out.append((line, "p"))
        elif AUTHORS.fullmatch(name) or name == "credits":
            value = value.get("by", value) if isinstance(value, dict) else value
            for one in value[:20] if isinstance(value, list) else [value]:
                said = one.get("name") if isinstance(one, dict) else one
                if isinstance(said, str) and 1 < len(said) <= 80:
                    out.append((fold(said), "a"))
    return out
