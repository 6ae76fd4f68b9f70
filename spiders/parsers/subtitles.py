"""The line below a headline that carries it on: deck, standfirst, chapeau, Unterzeile."""

import re

from spiders.parsers.appeals import appeal
from spiders.parsers.blocks import Block
from spiders.parsers.body import Body, head_line, words
from spiders.parsers.phrases import BOILERPLATE

# What content systems call it, in class, id or itemprop. `lead` is the text's start, not this.
NAMES = re.compile(
    r"(?<![a-z])(?:sub-?_?(?:title|headline|heading|head)|alternative-?headline|dek|deck|stand-?first"
    r"|chapeau|entradilla|bajada|sottotitolo|catenaccio|unterzeile|untertitel|vorspann|under-?rubrik"
    r"|sous-?titre|subtítulo|ondertitel|spot)(?![a-z])"
)
LEAST, MOST = 15, 500
"""Characters: shorter ones are labels, longer ones paragraphs."""
NEAR = 6
"""Blocks below the headline among which byline, date and share buttons stand, too."""


def shown(blocks: list[Block], body: Body) -> Block | None:
    """The subtitle in sight, by its name, or as the first heading below the headline."""
    head = body.headline
    if head is None:
        return None
    first = next((b.at for b in body.kept if b.tag == "p" and b.at > head.at), head.at + NEAR)
    below = blocks[head.at + 1 : head.at + 1 + NEAR]
    named = (block for block in below if _named(block) and _is_line(block, head))
    early = (block for block in below if block.why is None and block.at < first)
    heading = (block for block in early if block.tag in ("h2", "h3") and _is_line(block, head))
    return next(named, None) or next(heading, None)


def _is_line(block: Block, head: Block) -> bool:
    text = block.text
    if not LEAST <= len(text) <= MOST or block.density > 0.5 or words(text) == words(head.text):
        return False
    return not (head_line(text) or BOILERPLATE.match(text) or appeal(text))


def _named(block: Block) -> bool:
    names = [block.element, block.element.getparent()]
    said = " ".join(
        f"{one.get('class', '')} {one.get('id', '')} {one.get('itemprop', '')}"
        for one in names
        if one is not None
    )
    return bool(NAMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", said).lower()))
