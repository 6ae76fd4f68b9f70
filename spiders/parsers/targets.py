"""Whom a statement names: by the words after it, the link in them, a bare address, a logo."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from spiders.parsers.base import Document, Element, fold
from spiders.parsers.blocks import Block, Link
from spiders.parsers.claim_names import ARTICLE, GENERIC, NAME_END, NOT_NAMED
from spiders.parsers.own import Own
from storage.identity import label, site
from storage.outlets import folded_name

MAX_NAME = 80
"""Characters; the longest name that a real credit gave had 61."""
MAX_NAME_WORDS = 7
"""Link texts of more are headlines; `The Journal of the American Medical Association` has 7."""
OF_SITE = re.compile(r"\bof\s+(?P<site>(?:www\.)?[\w-]+(?:\.[\w-]+)+)$", re.IGNORECASE)
LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÝА-Я“\"(©])|\n")


class Target(NamedTuple):
    """Whom a statement names."""

    name: str | None = None
    url: str | None = None
    """Absolute; None where the link leads nowhere."""
    href: str | None = None
    """The link as written."""
    shown: bool = True
    """Whether the name stands in the words of the statement's own block."""


class Finder:
    """Finds whom the statements of one page name."""

    def __init__(self, doc: Document, own: Own, titles: Iterable[str] = ()) -> None:
        self.doc = doc
        self.own = own
        self.titles = {folded_name(title) for title in titles} - {""}

    def target(self, rest: str, block: Block, following: list[Block]) -> Target:
        """Who stands after a phrase, by words, link, bare address, or a linked logo below."""
        plain = rest.strip(" :,\n\"“'‘«–—-")
        if NOT_NAMED.match(rest):
            return Target()
        named = name_at(plain)
        if named and LINK.match(named):
            named = None
        link = link_after(block, rest)
        if link is not None:
            url = self.address(link)
            label = None if self._is_headline(link.text) else link.text
            if label is None and named and overlap(link.text, named):
                named = None
            if label and len(label) <= MAX_NAME and (named is None or overlap(label, named)):
                return Target(label.strip(" .,:;"), url, link.href)
            if named is None and label is None and url:
                return Target(self.name_of(url), url, link.href)
            return Target(named, url, link.href)
        address = LINK.match(plain) and re.match(r"https?://\S+", plain)
        if address:
            url = address[0].rstrip(".,;)")
            return Target(self.name_of(url), url, url)
        if named:
            of_site = OF_SITE.search(named)  # `Contributed by Ann Marsh of www.example.com`
            return Target(of_site["site"] if of_site else named)
        if len(plain) <= 3:
            for one in block.links[-1:]:
                seen = one.text and one.text in block.text  # else a logo's alt text, or none
                if not seen and (url := self.address(one)):
                    return Target(logo(one.text) or self.name_of(url), url, one.href, False)
            # A sentence that has ended names nobody in the next block.
            for near in following[:2] if not rest.rstrip().endswith(".") else ():
                for one in near.links[:2]:
                    url = self.address(one)
                    label = one.text if one.text and not GENERIC.match(one.text) else None
                    if url or label:
                        return Target(logo(label) or self.name_of(url), url, one.href, False)
                if near.text:
                    short = len(near.text) <= MAX_NAME
                    return Target(name_at(near.text) if short else None, shown=False)
        return Target()

    def _is_headline(self, text: str) -> bool:
        """Whether the words of a link are a headline (or `here`) and no outlet's name."""
        own = folded_name(text) in self.titles
        return own or len(text.split()) > MAX_NAME_WORDS or bool(GENERIC.match(text))

    def around(self, target: Target, phrase: str, block: Block) -> Target:
        """The target with the link that stands on the phrase or the sentence, not on the name."""
        if target.url is not None or target.name is None:
            return target
        said = fold(phrase).strip(" :,.").casefold()
        for link in block.links:
            words = link.text.casefold()
            url = self.address(link) if words and (words in said or said in words) else None
            if url and len(words) > 3 and not self.own.is_url(url):
                return target._replace(url=url, href=link.href)
        return target

    def deepest(self, target: Target, block: Block, sentence: str) -> Target:
        """The target with the link to its page, where the sentence links home page and page."""
        if target.url is None or is_deep(target.url):
            return target
        for link in block.links:
            url = self.address(link) if link.text and link.text in sentence else None
            if url and is_deep(url) and site(url) == site(target.url):
                return target._replace(url=url, href=link.href)
        return target

    def credible(self, target: Target) -> bool:
        """Whether a target is surely an outlet: one that is known, or a link to another site."""
        if target.name and self.own.outlets.by_name(target.name) is not None:
            return True
        return target.url is not None and not self.own.is_url(target.url)

    def names_site(self, name: str, url: str) -> bool:
        """Whether a name is that of the outlet an address belongs to."""
        known = self.own.outlets.by_url(url)
        if known is not None and known is self.own.outlets.by_name(name):
            return True
        return bool(label(url)) and folded_name(name) == folded_name(label(url))

    def name_of(self, url: str | None) -> str | None:
        """The name of the outlet that an address belongs to: the source's, else the site."""
        if not url:
            return None
        known = self.own.outlets.by_url(url)
        return known.name if known else site(url)

    def link(self, block: Block, name: str) -> Link | None:
        """The link behind a name in a block."""
        return next((one for one in block.links if one.text and overlap(one.text, name)), None)

    def address(self, link: Link | None) -> str | None:
        """Where a link leads; None where it leads nowhere."""
        return self.doc.link(link.href) if link is not None else None


def is_deep(url: str) -> bool:
    """Whether an address is more than a site's home page."""
    return bool(url.split("/", 3)[3:] and url.split("/", 3)[3].strip("/#?"))


def place(element: Element) -> str:
    """The XPath of an element in the page."""
    return str(element.getroottree().getpath(element))


def href_of(link: Link | None) -> str | None:
    return link.href if link is not None else None


def logo(label: str | None) -> str | None:
    """A logo's alt text without the word for what it is."""
    return (
        re.sub(r"\s*\b(?:logo|homepage|banner)\b\s*", "", label, flags=re.I) or None
        if label
        else None
    )


def sentence_at(text: str, at: int) -> str:
    """The sentence that a position lies in."""
    start = 0
    for match in SENTENCE.finditer(text):
        if match.start() > at:
            return text[start : match.start()]
        start = match.end()
    return text[start:]


def name_at(text: str) -> str | None:
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


def overlap(one: str, other: str) -> bool:
    left, right = folded_name(one), folded_name(other)
    return bool(left and right) and (left in right or right in left)


def link_after(block: Block, rest: str) -> Link | None:
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
