"""A page as a flat list of text blocks in reading order, each with its place and its links.

A block is a run of inline content between two block-level boundaries (or two `<br>`), so that
`<p>`, bare `<div>` text, table cells and `<br><br>` pages all come out alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spiders.parsers.base import Element, fold
from spiders.parsers.furniture import NEVER, furniture

# Their text is never prose.
SILENT = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "math",
        "canvas",
        "object",
        "select",
        "option",
        "datalist",
        "input",
        "textarea",
        "map",
        "meta",
        "link",
        "head",
        "title",
        "iframe",
        "audio",
        "video",
        "picture",
        "source",
        "track",
        "base",
        "noscript",
    ]
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o-emoji",
        "amp-img",
    ]
)
# Deeper than any real page; libxml2 stops at 256 by itself.
# What a `<br>` leaves in a block's raw text; white space to `str.split`.
LINE = "\n\x1e"
MAX_BLOCKS = 20_000


@dataclass(slots=True)
class Link:
    """A link as it stands in a block: its address as written, its words or its image's alt."""

    href: str
    text: str
    element: Element


@dataclass(slots=True)
class Block:
    """One block of text. `why` names the furniture that it lies in; None for the page's own."""

    raw: str
    element: Element
    tag: str
    why: str | None
    links: list[Link] = field(default_factory=list)
    linked: int = 0
    text: str = ""
    at: int = 0
    times: list[Element] = field(default_factory=list)
    """Its own `<time datetime>` elements."""

    @property
    def lines(self) -> list[str]:
        """The text by its `<br>`, each line folded."""
        if LINE not in self.raw:
            return [self.text]
        return [line for one in self.raw.split(LINE) if (line := fold(one))]

    @property
    def density(self) -> float:
        """Share of the text that is linked, 0 to 1."""
        return min(1.0, self.linked / max(1, len(self.text)))


def masthead(block: Block) -> bool:
    """Whether a block is the site's own name above the page: all link to its home page, or named
    so (`site-title` in all themes of WordPress)."""
    if not 0 < len(block.text) <= 80:
        return False
    if "site-title" in str(block.element.get("class") or "").split():
        return True
    home = any("home" in str(one.element.get("rel") or "").split() for one in block.links)
    return home and block.density > 0.9


def weights(tree: Element) -> tuple[dict[Element, int], int]:
    """How much paragraph text each element holds (characters), and the whole page's. Where lines
    are broken there are paragraphs, too: Blogger's texts have `<br>` alone."""
    held: dict[Element, int] = {}
    total = 0
    broken = {one.getparent(): None for one in list(tree.iter("br"))[:MAX_BLOCKS]}
    for element in (*tree.iter("p"), *(one for one in broken if one.tag != "p")):
        size = len(element.text or "") + sum(len(child.tail or "") for child in element)
        if size < 20:  # labels, not prose
            continue
        total += size
        node = element
        while node is not None:
            held[node] = held.get(node, 0) + size
            node = node.getparent()
    return held, total


def _mostly_linked(element: Element) -> bool:
    """Whether a fifth of an element's text is in links, or it holds nothing."""
    text = len(fold("".join(element.itertext())[:20_000]))
    linked = sum(len(fold("".join(one.itertext())[:2_000])) for one in element.iter("a"))
    return 5 * linked >= text


class _Walk:
    """The walk's state: the block under way."""

    def __init__(self) -> None:
        self.out: list[Block] = []
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self.times: list[Element] = []
        self.linked = 0
        self.open_links = 0

    def add(self, text: str) -> None:
        """More text of the block under way; blanks before its first word are none."""
        if self.pieces or not text.isspace():  # between two tags there is mostly nothing else
            self.pieces.append(text)

    def flush(self, element: Element, tag: str, why: str | None) -> None:
        if not self.pieces and not self.links and not self.times:
            return
        raw = "".join(self.pieces) if len(self.pieces) != 1 else self.pieces[0]
        text = "" if not raw or raw.isspace() else fold(raw)
        if text or self.links or self.times:
            linked = len(text) if self.open_links else self.linked
            block = Block(
                raw, element, tag, why, self.links, linked, text, len(self.out), self.times
            )
            self.out.append(block)
        self.pieces, self.links, self.times, self.linked = [], [], [], 0


class _Layout:
    """What of a page's elements is furniture; what holds the text is not, whatever it is called."""

    def __init__(self, tree: Element) -> None:
        self.held, self.total = weights(tree)
        self.excused: set[str] = set()
        self.tops = {one for head in list(tree.iter("h1"))[:3] for one in head.iterancestors()}
        self.tops |= set(tree.iter("main", "body"))

    def why(self, child: Element, tag: str, inline: bool) -> str | None:
        """What kind of furniture an element is that lies in none."""
        below = furniture(child, tag)
        if below is None:
            return None
        if child in self.tops or (
            below not in NEVER and self.held.get(child, 0) > 0.4 * self.total
        ):
            # What names the element that holds the text names its layout, here and below.
            self.excused.add(below)
        if below == "teaser" and not _mostly_linked(child):
            return None  # leads and what stands before a paywall are called so too
        if below in self.excused or (inline and below != "hidden"):
            return None
        return below


def blocks(tree: Element) -> list[Block]:
    """All text blocks of a page in reading order."""
    layout, walk = _Layout(tree), _Walk()
    # Each level: element, its children still to come, its block's element and tag, furniture.
    body = tree.find("body")
    root = body if body is not None else tree
    stack: list[tuple[Element, Iterator[Element], Element, str, str | None]] = [
        (root, iter(root), root, "body", None)
    ]
    if root.text:
        walk.add(root.text)
    while stack and len(walk.out) < MAX_BLOCKS:
        element, children, block, block_tag, why = stack[-1]
        for child in children:  # goes on where it was left for what lies in the last one
            if len(walk.out) >= MAX_BLOCKS:
                break
            tag = child.tag
            if not isinstance(tag, str) or tag in SILENT:
                if tail := child.tail:
                    walk.add(tail)
                continue
            if tag == "br":
                _line_break(walk, child, block, block_tag, why)
                continue
            inline = tag in INLINE
            below = layout.why(child, tag, inline) if why is None else why
            if not inline:
                walk.flush(block, block_tag, why)
            elif below != why:  # hidden words inside a visible sentence
                if tail := child.tail:
                    walk.add(tail)
                continue
            elif tag == "a" and child.get("href") is not None:
                _link(walk, child)
            elif tag == "time" and child.get("datetime"):
                walk.times.append(child)
            if text := child.text:
                walk.add(text)
            mine, name = (block, block_tag) if inline else (child, tag)
            if len(child):
                stack.append((child, iter(child), mine, name, below))
                break
            _leave(walk, child, mine, name, below)  # a level of its own would cost
        else:
            stack.pop()
            if stack:  # what follows the root is no part of it
                _leave(walk, element, block, block_tag, why)
    walk.flush(root, "body", None)
    return walk.out


def _leave(walk: _Walk, element: Element, block: Element, tag: str, why: str | None) -> None:
    if element is block:
        walk.flush(block, tag, why)
    elif element.tag == "a" and element.get("href") is not None:
        walk.open_links -= 1
    if tail := element.tail:
        walk.add(tail)


def _line_break(walk: _Walk, element: Element, block: Element, tag: str, why: str | None) -> None:
    """One break is a line, two are a new paragraph."""
    if walk.pieces and not walk.pieces[-1].strip() and any(LINE in p for p in walk.pieces[-2:]):
        walk.flush(block, tag, why)
    else:
        walk.pieces.append(LINE)
    if tail := element.tail:
        walk.add(tail)


def _link(walk: _Walk, element: Element) -> None:
    walk.open_links += 1
    text = fold("".join(element.itertext()) if len(element) else element.text or "")
    if not text:
        image = next(element.iter("img"), None)
        text = fold(image.get("alt") or image.get("title") or "") if image is not None else ""
    else:
        walk.linked += len(text)
    walk.links.append(Link(str(element.get("href")), text, element))
