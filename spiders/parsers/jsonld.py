"""JSON-LD: the article's node of what a page says about itself in `application/ld+json`."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import msgspec

from spiders.parsers.base import Document, fold

Node = dict[str, Any]

# A page of 139 live-blog posts had 430 kB; what is larger than this is not metadata.
MAX_SCRIPT = 2_000_000
MAX_SCRIPTS = 40
# Nodes looked at per page; real ones have under 500.
MAX_NODES = 5_000
TYPES = re.compile(r"Article|BlogPosting|LiveBlog|Report\b|Posting|Review|Opinion", re.IGNORECASE)
LISTS = re.compile(r"CollectionPage|SearchResultsPage|ItemList|ProfilePage|AboutPage|ContactPage")
# Texts in or beside an article that have titles, dates and authors of their own (schema.org).
INNER = frozenset((
    "liveBlogUpdate", "comment", "comments", "review", "reviews", "itemListElement", "citation",
    "isRelatedTo",
))  # fmt: skip
TRAILING_COMMA = re.compile(r",\s*([\]}])")
WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|"
                      r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$")  # fmt: skip


def nodes(doc: Document) -> list[Node]:
    """All objects of all JSON-LD scripts, outer before inner, `@graph` opened."""
    found: list[Node] = []
    scripts = doc.tree.xpath("//script[contains(@type, 'ld+json')]")
    if len(scripts) > MAX_SCRIPTS:
        doc.notes.append(f"only the first {MAX_SCRIPTS} JSON-LD scripts were read")
    for script in scripts[:MAX_SCRIPTS]:
        data = _parse(script.text or "", doc)
        for node in _walk(data):
            found.append(node)
            if len(found) >= MAX_NODES:
                doc.notes.append(f"only the first {MAX_NODES} JSON-LD objects were read")
                return found
    return found


def _parse(text: str, doc: Document) -> Any:
    if len(text) > MAX_SCRIPT:
        doc.notes.append("a JSON-LD script was too large to be read")
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass
    plain = TRAILING_COMMA.sub(r"\1", WRAPPING.sub("", text.strip())).rstrip(" ;\n\t")
    try:
        return json.loads(plain, strict=False)  # raw newlines in strings are the usual fault
    except (ValueError, RecursionError):
        doc.notes.append("a JSON-LD script is not valid JSON")
        return None


def _walk(data: Any) -> Iterator[Node]:
    """Objects, breadth first, so that nesting costs no recursion."""
    queue: list[Any] = [data]
    while queue:
        item = queue.pop(0)
        if isinstance(item, list):
            queue[:0] = item[:MAX_NODES]
        elif isinstance(item, dict):
            yield item
            queue.extend(
                value
                for key, value in item.items()
                if isinstance(value, dict | list) and key not in INNER
            )


def types(node: Node) -> str:
    """A node's types in one string."""
    value = node.get("@type", "")
    return " ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def article(found: list[Node], url: str, shown: str = "") -> Node | None:
    """The node that is the page's article: typed so, with a headline, best of this address, and
    best one whose headline is in what is `shown` as the page's title."""
    best: Node | None = None
    best_score = 0
    tail = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    for node in found[:MAX_NODES]:
        if not TYPES.search(types(node)):
            continue
        score = 1 + 2 * bool(node.get("headline")) + 2 * bool(node.get("datePublished"))
        score += 2 * bool(node.get("author")) + bool(node.get("articleBody"))
        places = f"{node.get('url', '')} {node.get('@id', '')} {node.get('mainEntityOfPage', '')}"
        score += 2 if tail and tail in places else 0
        score += "NewsArticle" in types(node)
        headline = fold(unescape(text(node.get("headline")))).casefold()
        score += 2 * bool(headline and headline in shown)
        if score > best_score:  # the first of equals: outer before inner
            best, best_score = node, score
    return best


def of_page(found: list[Node]) -> Node:
    """The node of the page itself, which has dates where nothing is called an article; {} where
    there is none, or more than one."""
    pages = [node for node in found if re.search(r"(?:Web|Item)Page$", types(node))]
    return pages[0] if len(pages) == 1 else {}


def by_id(found: list[Node]) -> dict[str, Node]:
    """Nodes that have an `@id` and say more than it, for references."""
    named: dict[str, Node] = {}
    for node in found:
        key = node.get("@id")
        if isinstance(key, str) and len(node) > 1:
            named.setdefault(key, node)
    return named


def names(value: Any, known: dict[str, Node], depth: int = 0) -> list[str]:
    """Names of people or organisations: strings, objects, lists or references to either."""
    if depth > 4:  # a list of references to objects is 3 deep; a circle has no end
        return []
    if isinstance(value, list):
        return [name for one in value[:50] for name in names(one, known, depth + 1)]
    if isinstance(value, str):
        return [] if value.startswith(("http:", "https:", "#")) else [value]
    if isinstance(value, dict):
        if value.get("name"):
            return names(value["name"], known, depth + 1)
        parts = [value.get("givenName"), value.get("familyName")]
        if all(isinstance(part, str) and part for part in parts):
            return [" ".join(map(str, parts))]
        key = value.get("@id")
        if isinstance(key, str) and key in known and known[key] is not value:
            return names(known[key], known, depth + 1)
    return []


def organisations(value: Any, known: dict[str, Node]) -> list[str]:
    """Names of those that are typed as organisations, in a value as `names` reads it."""
    found = []
    for one in value[:50] if isinstance(value, list) else [value]:
        node = known.get(str(one.get("@id")), one) if isinstance(one, dict) else {}
        found += names(node, known) if "Organization" in types(node) else []
    return found


def text(value: Any) -> str:
    """A plain string of a value that should be one."""
    if isinstance(value, list):
        return text(value[0]) if value else ""
    if isinstance(value, dict):
        return text(value.get("@value") or value.get("name") or "")
    # Titles and bodies are often escaped twice.
    return (
        unescape(value)
        if isinstance(value, str) and "&" in value
        else value
        if isinstance(value, str)
        else ""
    )


def url_of(value: Any) -> str:
    """The address in a value that is one, or an object with one."""
    if isinstance(value, list):
        return url_of(value[0]) if value else ""
    if isinstance(value, dict):
        return text(value.get("url") or value.get("@id") or value.get("contentUrl") or "")
    return value if isinstance(value, str) else ""
