"""Texts as content systems keep them in JSON, as markup: HTML, plain text, and trees of blocks.

Trees: Arc XP's `content_elements`, ProseMirror and TipTap (`type`, `content`), Contentful
(`nodeType`, `value`), Slate (`children`, `text`), Sanity's Portable Text (`_type`, `style`).
"""

import re
from html import escape
from typing import Any

PARAGRAPH = re.compile(r"</?p\b|<br\b", re.IGNORECASE)
KIND = ("type", "nodeType", "_type", "__typename", "kind", "name")
TEXT = ("text", "value", "content", "html", "body", "paragraph", "markup")
CHILDREN = ("content", "children", "spans", "nodes", "elements")
PROSE = re.compile(
    r"text|paragraph|block|body|html|copy|lead|intro|^p$|span|content|link|anchor", re.IGNORECASE
)
HEADING = re.compile(r"head(?:ing|er|line)?|sub-?title|^h[2-6]$", re.IGNORECASE)
# Blocks that are no text, by their kinds.
OTHER = re.compile(
    r"image|video|audio|gallery|embed|oembed|related|promo|newsletter|advert|^ad$|social|interstitial|"
    r"divider|caption|credit|correction_?box|link_?list|teaser|raw_?html|custom|iframe|image_?block",
    re.IGNORECASE,
)  # fmt: skip
MAX_DEPTH, MAX_BLOCKS = 12, 2_000


def plain(text: str) -> str:
    """Plain text as paragraphs, by its lines; HTML stays."""
    if len(PARAGRAPH.findall(text[:20_000])) >= 2:
        return text
    return "".join(f"<p>{escape(line)}</p>" for line in re.split(r"\s*\n\s*", text) if line.strip())


def is_document(node: Any) -> bool:
    """Whether an object is the root of a tree of blocks."""
    return isinstance(node, dict) and kind_of(node) in ("doc", "document", "root")


def markup(node: Any) -> str:
    """A value as markup; "" where it is no text of several paragraphs."""
    if isinstance(node, str):
        several = len(PARAGRAPH.findall(node)) >= 3 or node.count("\n") >= 3
        return (
            plain(node)
            if several and " " in node and not node.lstrip().startswith(("{", "["))
            else ""
        )
    if isinstance(node, dict):
        node = next((node[name] for name in CHILDREN if isinstance(node.get(name), list)), [])
    if not isinstance(node, list) or len(node) < 2:
        return ""
    if all(isinstance(one, str) for one in node):  # paragraphs as they are
        long = sum(len(one) > 60 for one in node) > len(node) / 2
        return (
            "".join(f"<p>{one if '<' in one else escape(one)}</p>" for one in node[:MAX_BLOCKS])
            if long
            else ""
        )
    blocks = [one for one in node[:MAX_BLOCKS] if isinstance(one, dict)]
    if len(blocks) < len(node) / 2 or not any(kind_of(one) for one in blocks):
        return ""
    return "".join(map(_block, blocks))


def kind_of(node: dict[str, Any]) -> str:
    """What an object says that it is, in small letters."""
    return next((value.lower() for name in KIND if isinstance(value := node.get(name), str)), "")


def _block(node: dict[str, Any]) -> str:
    kind = kind_of(node)
    style = node.get("style")
    if isinstance(style, str) and HEADING.search(style):
        kind = style
    if OTHER.search(kind) or not (
        PROSE.search(kind) or HEADING.search(kind) or kind.startswith("h")
    ):
        return ""
    inner = _inline(node, 0)
    if not inner.strip():
        return ""
    if HEADING.search(kind):
        return f"<h2>{inner}</h2>"
    return inner if PARAGRAPH.search(inner) else f"<p>{inner}</p>"


def _inline(node: Any, depth: int) -> str:
    """The words of a block and of what it holds, links kept."""
    if depth > MAX_DEPTH:
        return ""
    if isinstance(node, str):
        return node if "<" in node else escape(node)
    if isinstance(node, list):
        return "".join(_inline(one, depth + 1) for one in node[:MAX_BLOCKS])
    if not isinstance(node, dict):
        return ""
    for name in (*TEXT, *CHILDREN):
        value = node.get(name)
        if isinstance(value, list) or (isinstance(value, str) and value):
            inner = _inline(value, depth + 1)
            address = _address(node)
            return f'<a href="{escape(address)}">{inner}</a>' if address else inner
    return ""


def _address(node: dict[str, Any]) -> str:
    """Where a link leads: ProseMirror keeps it in a mark, Contentful in `data`, Slate beside."""
    holders = (
        [node, node.get("attrs"), node.get("data"), *(node.get("marks") or ())]
        if isinstance(node.get("marks") or [], list)
        else [node]
    )
    for one in holders:
        for holder in (one, one.get("attrs")) if isinstance(one, dict) else ():
            for name in ("href", "url", "uri"):
                value = holder.get(name) if isinstance(holder, dict) else None
                if isinstance(value, str) and value.startswith(("http", "/")):
                    return value
    return ""
