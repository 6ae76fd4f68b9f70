"""The short lines around an article's text: bylines, dates, where it is filed.

They stand around the headline, or after the text (block themes of WordPress, many newspapers): in
the part of the page that holds both, before comments and before the headings of other stories.
"""

from itertools import takewhile
from typing import NamedTuple

from spiders.parsers.base import Element
from spiders.parsers.blocks import Block
from spiders.parsers.body import Body, inside
from spiders.parsers.furniture import AUTHOR_NAME, HEADINGS

# Blocks before the headline, and characters of a block, in which bylines and dates stand.
BEFORE, LINE_CHARS = 8, 200
# Blocks after the text that are looked at: share buttons and an author's note come between.
AFTER = 40
# Other stories, other people's words, and what is not seen.
FOREIGN = frozenset(("nav", "related", "comments", "hidden", "sidebar"))
# After the text, what only looks like a date or a name of the article.
APART = FOREIGN | {
    "teaser",
    "newsletter",
    "advert",
    "donate",
    "cookie",
    "dialog",
    "caption",
    "box",
    "aside",
}


class Lines(NamedTuple):
    """The short lines around a text."""

    header: list[Block]
    after: list[Block]


def header(blocks: list[Block], found: Body) -> list[Block]:
    """Short blocks around the headline: bylines, dates, labels."""
    # Bylines also stand between a lead and the text.
    first = found.kept[min(3, len(found.kept) - 1)].at if found.kept else len(blocks)
    chosen = {block.at for block in found.kept}
    top = found.headline.at if found.headline else max(0, first - BEFORE)
    return [
        block
        for block in blocks[max(0, top - BEFORE) : max(first, top) + 1]
        if _short(block)
        and block is not found.headline
        and block.at not in chosen
        and block.why not in FOREIGN
    ]


def after(blocks: list[Block], found: Body) -> list[Block]:
    """Short blocks after the text that are still of the article."""
    top = whole(found)
    if not found.kept or top is None:
        return []
    out = []
    for block in blocks[found.kept[-1].at + 1 :][:AFTER]:
        heading = block.tag in HEADINGS and block.why in (None, "related")
        if block.why == "comments" or heading or not inside(block.element, top):
            break
        if _short(block) and block.why not in APART and _of_the_article(block, found):
            out.append(block)
    return out


def ending(found: Body) -> list[str]:
    """The two lines after the last paragraph, where signatures stand; none of another story's."""
    last = found.kept[-1].at if found.kept else 0
    lines = [one for one in found.boilerplate if last < one.at <= last + 2]
    mine = takewhile(lambda one: one.tag not in HEADINGS and _of_the_article(one, found), lines)
    return [one.text for one in mine]


def whole(found: Body) -> Element | None:
    """The least element that holds both the headline and the text; where there is no headline,
    what the text's own element stands in."""
    box = found.container
    if box is None:
        return None
    top = box.getparent() if box.getparent() is not None else box
    if found.headline is not None:
        while not inside(found.headline.element, top) and top.getparent() is not None:
            top = top.getparent()
    return top


def marked_author(link: Element) -> bool:
    """Whether a link is marked as the author's (HTML `rel=author`, hCard `fn`)."""
    if "author" in str(link.get("rel") or "").lower().split():
        return True
    return bool(AUTHOR_NAME.search(str(link.get("class") or "")))


def _short(block: Block) -> bool:
    return 0 < len(block.text) <= LINE_CHARS or (not block.text and bool(block.times))


def _of_the_article(block: Block, found: Body) -> bool:
    """Not in another story's `<article>`, and not in the site's footer."""
    card = next(block.element.iterancestors("article"), None)
    if card is not None and not inside(found.container, card):
        return False
    if block.why != "footer":
        return True
    around = (
        one
        for one in block.element.iterancestors()
        if one.tag in ("article", "main") or _entry(one)
    )
    return any(inside(found.container, one) for one in around)


def _entry(element: Element) -> bool:
    """Whether it is a whole entry (https://microformats.org/wiki/h-entry, and hAtom before it)."""
    return bool({"hentry", "h-entry"} & set(str(element.get("class") or "").split()))
