"""The layer of a source's own rules: what its file says of pages of the time of the capture.

It is asked before all other layers, and where a selector finds nothing, they answer as always.
"""

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from config.registry import Source
from config.rules import Rules, holding
from spiders.parsers import dates
from spiders.parsers.base import Document, Element, fold, header
from spiders.parsers.blocks import Block
from storage.httpfields import moment
from storage.records import DateKind, Page, PrintedDate

NONE = Rules()
MAX_FOUND = 50
"""Elements of one selector; the longest list of authors on 258 real pages had 11."""
MAX_CHARS = 1_000
"""Of one element's text: more is no title, name or date."""
MUST_FIND = ("title", "body", "published")
"""What no article is without: rules that miss one no longer fit the page."""


def time_of(page: Page) -> str:
    """When the page was as it is: for a copy out of a web archive the time of that copy
    (Memento-Datetime, RFC 7089 §2.1.1), else of the capture. ISO 8601, UTC."""
    found = moment(header(page, "memento-datetime"))
    return found.isoformat() if found else page.capture.fetched_at


class Ruled:
    """A page as the rules for it read it."""

    def __init__(self, source: Source | None, doc: Document) -> None:
        rules = holding(source.rules, time_of(doc.page)) if source is not None else None
        self.rules = rules or NONE
        self.version = rules.version if rules is not None else None
        self._doc = doc
        for name in MUST_FIND if rules is not None else ():
            if getattr(rules, name) and not self.elements(name):
                doc.notes.append(f"the source's rule `{name}` found nothing; read without it")

    def elements(self, name: str) -> list[Element]:
        """What the selector of a field finds, in the order of the page."""
        return self._select(getattr(self.rules, name))

    def _select(self, selector: str) -> list[Element]:
        return list(_compiled(selector)(self._doc.tree))[:MAX_FOUND] if selector else []

    def body(self) -> Element | None:
        """The element that holds the text."""
        return next(iter(self.elements("body")), None)

    def texts(self, name: str) -> list[str]:
        """The words of each element that a field's selector finds."""
        return [text for one in self.elements(name) if (text := _words(one))]

    def first(self, name: str) -> str:
        """The words of the first element that says something."""
        return next(iter(self.texts(name)), "")

    def dates(self, american: bool) -> list[PrintedDate]:
        """The dates where the rules say that they stand."""
        kinds: tuple[DateKind, ...] = ("published", "updated")
        found = []
        for kind in kinds:
            for element in self.elements(kind):
                found += _dates_in(element, kind, american)
        return found

    def image(self) -> str | None:
        """The address of the picture that the rules call the article's."""
        for element in self.elements("image"):
            for one in element.iter("img", "meta"):
                href = one.get("src") or one.get("data-src") or one.get("content")
                if url := self._doc.link(href):
                    return url
        return None

    def mark(self, blocks: list[Block]) -> None:
        """Set apart what the rules say is no text: blocks of the page that stay boilerplate."""
        apart = {
            id(one)
            for selector in self.rules.leave_out
            for element in self._select(selector)
            for one in element.iter()
        }
        phrases = _phrases(self.rules.boilerplate)
        for block in blocks:
            if id(block.element) in apart or (phrases and phrases.search(block.text)):
                block.why = "rule"

    @property
    def prefix(self) -> "re.Pattern[str] | None":
        """What the outlet puts before a title, with the sign that parts them."""
        if not self.rules.title_prefix:
            return None
        return re.compile(
            rf"^(?P<prefix>(?:{self.rules.title_prefix}))\s*[:|–—-]\s+(?=\S)", re.IGNORECASE
        )


@lru_cache(maxsize=512)
def _compiled(selector: str) -> Any:
    import cssselect  # 0.02 s; few sources have rules

    return etree.XPath(cssselect.HTMLTranslator().css_to_xpath(selector))


@lru_cache(maxsize=512)
def _phrases(patterns: tuple[str, ...]) -> "re.Pattern[str] | None":
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined, re.IGNORECASE) if patterns else None


def _words(element: Element) -> str:
    stated = element.get("content") if element.tag == "meta" else None
    return fold(str(stated) if stated else "".join(element.itertext())[: 2 * MAX_CHARS])[:MAX_CHARS]


def _dates_in(element: Element, kind: DateKind, american: bool) -> list[PrintedDate]:
    stated = element.get("datetime") or element.get("content")
    if stated and (one := dates.printed(str(stated), kind, f"rule:{kind}")) and one.value:
        return [one]
    return [
        PrintedDate(
            raw=raw, value=value, precision=dates.precision(value), says=kind,
            where=f"rule:{kind}", zone=dates.zone(raw, value),
        )
        for raw, value, _, _ in dates.find(_words(element), american)[:1]
    ]  # fmt: skip
