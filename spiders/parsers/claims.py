"""What a page says about where its text comes from, and what may be done with it.

Visible text first, with the link in it or next to it (also a linked logo), then meta, JSON-LD and
the canonical link. Each claim keeps its words and its place; the traps of DESIGN §8 are told apart
by kind and by `about`.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from spiders.parsers.base import Document, Element, fold
from spiders.parsers.blocks import Block, Link
from spiders.parsers.claim_phrases import (
    ARTICLE,
    CLAIMS,
    COPYRIGHT,
    CREDIT_LINE,
    DATE_START,
    GENERIC,
    HINT,
    HOSTS,
    NAME_END,
    PERMISSION,
    REPORTED,
    RIGHTS,
    SOURCE_LINE,
    STARTS,
    VIA,
)  # fmt: skip
from storage.identity import host, label, site
from storage.outlets import Outlets, folded_name
from storage.records import Claim, ClaimKind

# A statement about the text stands in a short block, or at its start or end.
LONG_BLOCK = 700
# A block up to this length that makes a claim is a note and no part of the text.
STATEMENT = 300
EXCERPT = 40
"""Words that make a quoted passage an excerpt (DESIGN §7)."""
MAX_CLAIMS = 100
"""A page with more has been made to have them."""
MAX_NAME = 80
LONG_NAME = 5
"""Letters of a name by which longer names start; `The Sun` starts too many."""
MAX_HREF = 4096
"""Characters; as long as an address may be that is followed (`base.absolute`)."""
OWNED = re.compile(
    r"\s+(?P<name>[A-Z][^,.;]{1,60}?)(?:['’]s?)?\s+(?:articles?|stories|posts|content|material|texts)\b"
)
LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÝА-Я“\"(©])|\n")


@dataclass
class Own:
    """The page's own outlet: every name it goes by, and its sites."""

    url: str
    outlets: Outlets
    names: set[str] = field(default_factory=set)

    def is_name(self, name: str) -> bool:
        """Whether a name is the page's own outlet's."""
        folded = folded_name(name)
        if not folded:
            return False
        known = self.outlets.by_name(name)
        mine = self.outlets.by_url(self.url)
        if known is not None:
            return (mine is not None and known.id == mine.id) or folded in self.names
        if "." in name.strip(". ") and " " not in name.strip():
            bare = "http://" + re.sub(r"^https?://", "", name.strip(" ."))
            if site(bare) == site(self.url):
                return True
        return folded in self.names

    def owns(self, name: str) -> bool:
        """Whether a name is a longer form of the outlet's own (`North Post Media Ltd`)."""
        folded = folded_name(name)
        return any(len(own) >= LONG_NAME and folded.startswith(own) for own in self.names)

    def is_url(self, url: str) -> bool:
        """Whether an address is on one of the outlet's own sites."""
        if self.outlets.same(url, self.url):
            return True
        name = label(url)  # bbc.com and bbc.co.uk are one publisher's
        return bool(name) and (name == label(self.url) or folded_name(name) in self.names)

    def about(self, name: str | None, url: str | None) -> bool:
        """Whether a claim about this name and address is about the outlet itself."""
        if name:
            if self.is_name(name):
                return True
            if self.outlets.by_name(name) is not None:
                return False
            # A deep link on the same site is a page about the one that is named (`/writer/grist`).
            here = url is not None and site(url) == site(self.url) and _deep(url)
            return bool(url and self.is_url(url) and not here)
        return bool(url and self.is_url(url))


def _deep(url: str) -> bool:
    return bool(re.sub(r"^https?://[^/]+/?", "", url))


def place(element: Element) -> str:
    """The XPath of an element in the page."""
    return str(element.getroottree().getpath(element))


class Target(NamedTuple):
    """Whom a statement names."""

    name: str | None = None
    url: str | None = None
    """Absolute; None where the link leads nowhere."""
    href: str | None = None
    """The link as written."""
    shown: bool = True
    """Whether the name stands in the words of the statement's own block."""


class Reader:
    """Reads the claims of one page."""

    def __init__(self, doc: Document, own: Own) -> None:
        self.doc = doc
        self.own = own
        self.found: dict[tuple[str, str, str | None], Claim] = {}
        self.statements: set[int] = set()
        """Places in the page of the short blocks that are nothing but a claim."""

    def add(
        self, kind: ClaimKind, text: str, name: str | None, url: str | None, where: str,
        href: str | None = None, mine: bool = False,
    ) -> None:  # fmt: skip
        """Keep a claim, once, and see whom it is about; `mine`: that is known already."""
        hosted = site(url) if url else ""
        if hosted in HOSTS and kind not in ("permission", "canonical"):
            url = None
            host_name = folded_name(hosted.partition(".")[0])
            if name is None or LINK.match(name) or folded_name(name) == host_name:
                return
        name = fold(name or "")[:MAX_NAME] or None
        about = "self" if mine or self.own.about(name, url) else "other"
        claim = Claim(
            kind=kind, text=fold(text)[:1000], target_name=name, target_url=url,
            href=fold(href)[:MAX_HREF] if href is not None else url,
            about="self" if about == "self" else "other", place=where,
        )  # fmt: skip
        if len(self.found) < MAX_CLAIMS:
            self.found.setdefault((kind, claim.text, name), claim)

    def block(self, block: Block, following: list[Block], last: bool) -> None:
        """All claims of one block; `following` are the blocks after it, for linked logos."""
        if block.text.endswith(":"):
            self._excerpt(block, following)
        lowered = block.text[: 8 * LONG_BLOCK].lower()
        bracket = last and lowered.startswith("(")
        if not bracket and not HINT.search(lowered):
            return
        text = "\n".join(block.lines)  # a claim ends with its line
        where = place(block.element)
        if COPYRIGHT.search(text[:400]):
            self._copyright(text, block, where)
        if PERMISSION.search(text):
            self._permission(text, block, where)
        if len(text) > 4 * LONG_BLOCK:
            return
        before = len(self.found)
        self._phrases(text, block, following, where)
        if last and len(text) <= 300:
            self._source_line(text, block, where)
            self._credit_line(text, block, where)
        if (via := VIA.search(text)) and len(text) <= 200:
            name = via["name"]
            link = self.link(block, name)
            self.add("byline", text, name, self.address(link), where, _href(link))
        if len(self.found) > before and len(text) <= STATEMENT:
            self.statements.add(block.at)

    def footer(self, block: Block) -> None:
        """A site-wide footer says who owns the site, and nothing about the article."""
        self._copyright(block.text[:400], block, place(block.element))

    def _phrases(self, text: str, block: Block, following: list[Block], where: str) -> None:
        taken: list[tuple[int, int]] = []
        # Inside long prose only what speaks of its own text, at the block's start or end.
        inner = range(201, len(text) - 400) if len(text) > LONG_BLOCK else range(0)
        starts = [one.end() for one in STARTS.finditer(text) if one.end() not in inner]
        for phrase in CLAIMS:
            for at in starts:
                match = phrase.pattern.match(text, at)
                if match is None:
                    continue
                start, end = match.span()
                if any(start < other and one < end for one, other in taken):
                    continue
                taken.append((start, end))
                self._statement(phrase.kind, text, match, block, following, where)

    def _statement(
        self, kind: ClaimKind, text: str, match: re.Match[str], block: Block,
        following: list[Block], where: str,
    ) -> None:  # fmt: skip
        rest = text[match.end() :]
        sentence = _sentence(text, match.start())
        if DATE_START.match(rest.lstrip(" :,")) and kind != "reprinted_on":
            after = re.search(r"\b(?:on|in|at|by|from|bei|auf|sur|en)\s+(?=[A-Z])", rest[:80])
            if after is None or not _link_after(block, rest[after.end() :]):
                self.add("first_published_on", sentence, None, None, where)
                return
            rest = rest[after.end() :]
        name, url, href, shown = self._target(rest, block, following)
        if kind == "link_to_original" and (url is None or not shown):
            said = next((one for one in block.links if one.text and one.text in sentence), None)
            url, href = self.address(said), _href(said)
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

    def _target(self, rest: str, block: Block, following: list[Block]) -> Target:
        """Who stands after a phrase, by words, link, bare address, or a linked logo below."""
        plain = rest.strip(" :,\n\"“'‘«–—-")
        named = _name(plain)
        if named and LINK.match(named):
            named = None
        link = _link_after(block, rest)
        if link is not None:
            url = self.address(link)
            label = link.text if not GENERIC.match(link.text) else None
            if label and len(label) <= MAX_NAME and (named is None or _overlap(label, named)):
                return Target(label.strip(" .,:;"), url, link.href)
            if named is None and label is None and url:
                return Target(self.name_of(url), url, link.href)
            return Target(named, url, link.href)
        address = LINK.match(plain) and re.match(r"https?://\S+", plain)
        if address:
            url = address[0].rstrip(".,;)")
            return Target(self.name_of(url), url, url)
        if named:
            return Target(named)
        if len(plain) <= 3:
            for one in block.links[-1:]:
                if not one.text and (url := self.address(one)):
                    return Target(self.name_of(url), url, one.href, False)
            # A sentence that has ended names nobody in the next block.
            for near in following[:2] if not rest.rstrip().endswith(".") else ():
                for one in near.links[:2]:
                    url = self.address(one)
                    label = one.text if one.text and not GENERIC.match(one.text) else None
                    if url or label:
                        return Target(_logo(label) or self.name_of(url), url, one.href, False)
                if near.text:
                    short = len(near.text) <= MAX_NAME
                    return Target(_name(near.text) if short else None, shown=False)
        return Target()

    def names_site(self, name: str, url: str) -> bool:
        """Whether a name is that of the outlet an address belongs to."""
        known = self.own.outlets.by_url(url)
        if known is not None and known is self.own.outlets.by_name(name):
            return True
        return bool(label(url)) and folded_name(name) == folded_name(label(url))

    def name_of(self, url: str | None) -> str | None:
        """The name of the outlet that an address belongs to: the source\'s, else the site."""
        if not url:
            return None
        known = self.own.outlets.by_url(url)
        return known.name if known else site(url)

    def link(self, block: Block, name: str) -> Link | None:
        """The link behind a name in a block."""
        return next((one for one in block.links if one.text and _overlap(one.text, name)), None)

    def address(self, link: Link | None) -> str | None:
        """Where a link leads; None where it leads nowhere."""
        return self.doc.link(link.href) if link is not None else None

    def _source_line(self, text: str, block: Block, where: str) -> None:
        match = SOURCE_LINE.match(text)
        if match is None:
            return
        target = self._target(text[match.end() :], block, [])
        if target.name or target.url:
            self.add("original_source", text, target.name, target.url, where, target.href)

    def _credit_line(self, text: str, block: Block, where: str) -> None:
        match = CREDIT_LINE.match(text)
        if match is not None:
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
            text = _sentence(block.text, len(block.text) - 1)
            self._outlet("republished_from", text, match["name"], block, place(block.element))

    def _outlet(self, kind: ClaimKind, text: str, name: str, block: Block, where: str) -> None:
        """A claim only where the name is a known outlet's or is linked to a site of that name."""
        link = self.link(block, name)
        url = self.address(link)
        linked = url is not None and not self.own.is_url(url) and self.names_site(name, url)
        if linked or self.own.outlets.by_name(name) is not None:
            self.add(kind, text, name, url, where, _href(link))

    def _copyright(self, text: str, block: Block, where: str) -> None:
        for line in text.split("\n"):
            match = COPYRIGHT.search(line)
            if match is None:
                continue
            rest = re.sub(
                r"\b(?:19|20)\d{2}(?:\s*[-–—]\s*(?:(?:19|20)\d{2})?)?\b", "", line[match.end() :]
            )
            rest = RIGHTS.split(rest)[0]
            names = [part.strip(" .,|-–—\n") for part in rest.split(",")]
            names = [name for name in names if 1 < len(name) <= MAX_NAME]
            name = names[-1] if names and block.why == "footer" else (names[0] if names else None)
            if name or block.why == "footer":
                link = self.link(block, name) if name else None
                mine = block.why == "footer" and self.own.owns(name or "")
                self.add("copyright", line, name, self.address(link), where, _href(link), mine)

    def _permission(self, text: str, block: Block, where: str) -> None:
        for sentence in SENTENCE.split(text):
            match = PERMISSION.search(sentence)
            if match is None or block.why in ("nav", "comments", "related"):
                continue
            rest = sentence[match.end() :]
            named = re.match(r"\s*(?:from|of|by|von|vom|der|du|de)?\s*(?=[A-Z«“])", rest)
            name = _name(rest[named.end() :]) if named and named.end() else None
            grants = re.search(
                r"(?:^|\bthe\s+)([A-Z][^,.]{2,70}?)\s+(?:hereby\s+)?grants?\b", sentence
            )
            name = grants[1] if grants else name
            licence = next((one for one in block.links if "creativecommons.org" in one.href), None)
            link = licence or (self.link(block, name) if name else None)
            # "The Centre grants permission to cross-post North Post articles": who may grant that
            # is the outlet, whatever it is called there.
            owned = OWNED.search(rest) if grants else None
            mine = owned is not None and self.own.is_name(owned["name"])
            self.add("permission", sentence, name, self.address(link), where, _href(link), mine)


def _href(link: Link | None) -> str | None:
    return link.href if link is not None else None


def _quoted(block: Block) -> bool:
    """Whether a block lies in a block quotation."""
    return block.tag == "blockquote" or any(True for _ in block.element.iterancestors("blockquote"))


def _logo(label: str | None) -> str | None:
    """A logo's alt text without the word for what it is."""
    return (
        re.sub(r"\s*\b(?:logo|homepage|banner)\b\s*", "", label, flags=re.I) or None
        if label
        else None
    )


def _sentence(text: str, at: int) -> str:
    """The sentence that a position lies in."""
    start = 0
    for match in SENTENCE.finditer(text):
        if match.start() > at:
            return text[start : match.start()]
        start = match.end()
    return text[start:]


def _name(text: str) -> str | None:
    """The name at the start of a text, or None."""
    text = ARTICLE.sub("", text.strip(" :,\n\"“'‘«–—-"))
    end = NAME_END.search(text)
    name = text[: end.start()] if end else text
    name = name.strip(" .,:;\"“”'’»«")
    if not 1 < len(name) <= MAX_NAME or not re.search(r"[^\W\d_]", name):
        return None
    # A name has a capital, a dot (domain) or no case at all.
    if name == name.lower() and name != name.upper() and "." not in name:
        return None
    return name


def _overlap(one: str, other: str) -> bool:
    left, right = folded_name(one), folded_name(other)
    return bool(left and right) and (left in right or right in left)


def _link_after(block: Block, rest: str) -> Link | None:
    """The first link of a block whose words stand in the next words of the text."""
    near = fold(rest)[:160]
    best: tuple[int, Link] | None = None
    for link in block.links:
        at = near.find(link.text) if link.text else -1
        if at < 0 or (best and at >= best[0]):
            continue
        # The link must be of this sentence.
        if re.search(r"[.!?]\s+[A-Z]", near[:at]):
            continue
        best = (at, link)
    return best[1] if best else None


def canonical(reader: Reader, hrefs: list[str]) -> None:
    """rel=canonical that leads to another site."""
    for href in hrefs[:3]:
        url = reader.doc.link(href)
        if url and not reader.own.is_url(url) and host(url):
            reader.add("canonical", url, reader.name_of(url), url, "link:canonical")
