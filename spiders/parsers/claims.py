"""What a page says about where its text comes from, and what may be done with it.

Visible text first, with the link in it or next to it (also a linked logo), then meta, JSON-LD and
the canonical link. Each claim keeps its words and its place; the traps of DESIGN §8 are told apart
by kind and by `about`.
"""

import re
from collections.abc import Iterable

from spiders.parsers.base import Document
from spiders.parsers.blocks import Block
from spiders.parsers.bylines import BY
from spiders.parsers.claim_names import DATE_START
from spiders.parsers.claim_phrases import (
    CLAIMS,
    CREDIT_LINE,
    HINTS,
    OF_A_PICTURE,
    REPORTED,
    SOURCE_AFTER,
    SOURCE_LINE,
    SOURCE_WORD,
    STARTS,
    SURE,
    VIA,
    WEAK,
)  # fmt: skip
from spiders.parsers.ledger import Ledger
from spiders.parsers.own import Own
from spiders.parsers.rights import COPYRIGHT, PERMISSION, copyrights, permissions
from spiders.parsers.targets import Target, href_of, is_deep, link_after, place, sentence_at
from storage.identity import host
from storage.records import ClaimKind

# A statement about the text stands in a short block, or at its start or end.
LONG_BLOCK = 700
# A block up to this length that makes a claim is a note and no part of the text.
STATEMENT = 300
EXCERPT = 40
"""Words that make a quoted passage an excerpt (DESIGN §7)."""


class Reader(Ledger):
    """Reads the claims of one page."""

    def __init__(self, doc: Document, own: Own, titles: Iterable[str] = ()) -> None:
        """`titles`: what the page calls itself; a link of these words names no outlet."""
        super().__init__(doc, own, titles)
        self.statements: set[int] = set()
        """Places in the page of the short blocks that are nothing but a claim."""

    def block(self, block: Block, following: list[Block], last: bool) -> None:
        """All claims of one block; `following` are the blocks after it, for linked logos."""
        if block.text.endswith(":"):
            self._excerpt(block, following)
        lowered = block.text[: 8 * LONG_BLOCK].lower()
        bracket = last and lowered.startswith("(")
        if not bracket and not any(hint in lowered for hint in HINTS):
            return
        text = "\n".join(block.lines)  # a claim ends with its line
        where = place(block.element)
        if COPYRIGHT.search(text[:400]):
            copyrights(self, text, block, where)
        if PERMISSION.search(text):
            permissions(self, text, block, where)
        if len(text) > 4 * LONG_BLOCK:
            return
        before = len(self.found)
        self._phrases(text, block, following, where)
        if last and len(text) <= 300:
            self._source_line(text, block, where)
            self._source_link(text, block, where)
            self._credit_line(text, block, where)
        if (via := VIA.search(text)) and len(text) <= 200:
            name = via["name"]
            link = self.link(block, name)
            self.add("byline", text, name, self.address(link), where, href_of(link))
        if len(self.found) > before and len(text) <= STATEMENT:
            self.statements.add(block.at)

    def footer(self, block: Block) -> None:
        """A site-wide footer says who owns the site, and nothing about the article."""
        copyrights(self, block.text[:400], block, place(block.element))

    def _phrases(self, text: str, block: Block, following: list[Block], where: str) -> None:
        taken: list[tuple[int, int]] = []
        # Inside long prose only what speaks of its own text, at the block's start or end.
        inner = range(201, len(text) - 400) if len(text) > LONG_BLOCK else range(0)
        starts = [one.end() for one in STARTS.finditer(text) if one.end() not in inner]
        if BY.match(text) and len(text) <= STATEMENT:  # `By Ann Marsh, originally published by X`
            starts += [one.end() for one in re.finditer(r",\s+", text)]
        for phrase in CLAIMS:
            for at in starts:
                match = phrase.pattern.match(text, at)
                if match is None:
                    continue
                start, end = match.span()
                if any(start < other and one < end for one, other in taken):
                    continue
                if OF_A_PICTURE.search(text[max(0, at - 60) : at]) or _cited(text, start, end):
                    continue
                taken.append((start, end))
                self._statement(phrase.kind, text, match, block, following, where)

    def _statement(
        self, kind: ClaimKind, text: str, match: re.Match[str], block: Block,
        following: list[Block], where: str,
    ) -> None:  # fmt: skip
        rest = text[match.end() :]
        sentence = sentence_at(text, match.start())
        if DATE_START.match(rest.lstrip(" :,")) and kind != "reprinted_on":
            named = _after_date(rest, match[0], block)
            if named is None:
                self.add("first_published_on", sentence, None, None, where)
                return
            rest = named
        target = self.deepest(self.target(rest, block, following), block, sentence)
        target = self.around(target, match[0], block)
        sure = SURE.search(match[0]) and not WEAK.search(match[0])
        if kind == "republished_from" and not sure and not self.credible(target):
            return
        name, url, href, shown = target
        if kind == "link_to_original" and (url is None or not shown):
            said = next((one for one in block.links if one.text and one.text in sentence), None)
            url, href = self.address(said), href_of(said)
            if url is None or self.own.is_url(url):
                return
            name = name if shown and name else self.name_of(url)
            shown = True
        if name is None and url is None:
            return
        if kind == "republished_from" and re.match(r"\W*(?:as|here)\b", rest) and url is None:
            return
        words = sentence if shown else f"{sentence} {name or ''}"
        self.add(kind, words, name, url, where, href)

    def _source_link(self, text: str, block: Block, where: str) -> None:
        """`Source` as a link to a page elsewhere, and nothing beside it."""
        link = block.links[0] if len(block.links) == 1 else None
        url = self.address(link)
        if url and is_deep(url) and not self.own.is_url(url) and SOURCE_WORD.fullmatch(text):
            self.add("original_source", text, self.name_of(url), url, where, href_of(link))

    def _source_line(self, text: str, block: Block, where: str) -> None:
        match = SOURCE_LINE.match(text) or SOURCE_AFTER.search(text)
        if match is None:
            return
        target = self.target(text[match.end() :], block, [])
        target = self.deepest(target, block, text)
        if match.start() and not self.credible(target):
            return
        # `Sources: X, Y, interviews` is what a piece rests on.
        if text.lower().lstrip().startswith("sources") and not self.credible(target):
            return
        if target.name or target.url:
            self.add("original_source", text, target.name, target.url, where, target.href)

    def _credit_line(self, text: str, block: Block, where: str) -> None:
        match = CREDIT_LINE.match(text)
        if match is None:
            return
        # A last line `via X` whose X leads to a page elsewhere can be nothing else.
        target = self.target(match["name"], block, []) if match["name"] else Target()
        if target.name and target.url and is_deep(target.url) and self.credible(target):
            self.add("original_source", text, target.name, target.url, where, target.href)
        else:
            self._outlet("original_source", text, match["name"] or match["in"], block, where)

    def _excerpt(self, block: Block, following: list[Block]) -> None:
        """`As X reported:` before a quoted passage of an excerpt's length."""
        match = REPORTED.search(block.text[-200:])
        size = 0
        for near in following:
            if not _quoted(near):
                break
            size += len(near.text.split())
        if match is not None and size >= EXCERPT:
            text = sentence_at(block.text, len(block.text) - 1)
            self._outlet("republished_from", text, match["name"], block, place(block.element))

    def _outlet(self, kind: ClaimKind, text: str, name: str, block: Block, where: str) -> None:
        """A claim only where the name is a known outlet's or is linked to a site of that name."""
        link = self.link(block, name)
        url = self.address(link)
        linked = url is not None and not self.own.is_url(url) and self.names_site(name, url)
        if linked or self.own.outlets.by_name(name) is not None:
            self.add(kind, text, name, url, where, href_of(link))


# What leads from a date to a name.
AGENT = re.compile(r"\b(?P<word>on|in|at|by|from|bei|auf|sur|en|von|par|por)\s+(?=[A-Z])")


def _after_date(rest: str, phrase: str, block: Block) -> str | None:
    """The words after the date that begin with a name (`… on May 3 by X`), or None.

    Without a link only `by` leads to an outlet, and only where the phrase names the article:
    `First published on May 3 by X` may name a person.
    """
    match = AGENT.search(rest[:80])
    if match is None:
        return None
    named = rest[match.end() :]
    of_the_article = match["word"] == "by" and " " in phrase.partition("first")[0].strip()
    return named if of_the_article or link_after(block, named) is not None else None


def _cited(text: str, start: int, end: int) -> bool:
    """Whether a phrase stands in quotation marks inside a sentence that goes on after them."""
    if start == 0 or text[start - 1] not in '"“„«':
        return False
    closing = re.search(r"[\"”“»]", text[end:])
    return closing is not None and bool(re.search(r"\w", text[end + closing.end() :]))


def _quoted(block: Block) -> bool:
    """Whether a block lies in a block quotation."""
    return block.tag == "blockquote" or any(True for _ in block.element.iterancestors("blockquote"))


def canonical(reader: Reader, hrefs: list[str]) -> None:
    """rel=canonical that leads to another site."""
    for href in hrefs[:3]:
        url = reader.doc.link(href)
        if url and not reader.own.is_url(url) and host(url):
            reader.add("canonical", url, reader.name_of(url), url, "link:canonical")
