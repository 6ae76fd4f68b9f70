"""What one source does differently, for a stretch of time: how its pages are read.

Rules are data in the source's file, so that an outlet is added without code. They hold for captures
of `from` up to, not including, `until`; so an archived copy of 2009 is read by the rules of 2009.
"""

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from itertools import pairwise

import msgspec
from msgspec import Struct

SELECTORS = ("title", "subtitle", "authors", "published", "updated", "section", "body", "image")
"""Fields that are a CSS selector each (Selectors Level 3, as cssselect has them)."""


class Rules(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True,
    rename={"since": "from"},
):  # fmt: skip
    """How pages of a source were made in one stretch of time. What is left out is read as on any
    page, and so is a field whose selector finds nothing."""

    since: date | None = None
    """`from` in the file: the first day on which they hold; None is the beginning of time."""
    until: date | None = None
    """The first day on which they no longer hold; None is the end of time."""
    title: str = ""
    """Each of these is a CSS selector of the elements whose text the field is."""
    subtitle: str = ""
    authors: str = ""
    published: str = ""
    updated: str = ""
    section: str = ""
    image: str = ""
    body: str = ""
    """The element that holds the text. Of several the first counts."""
    leave_out: tuple[str, ...] = ()
    """CSS selectors of what in it is no text: boxes, appeals, pictures' words."""
    boilerplate: tuple[str, ...] = ()
    """Regular expressions, case ignored: a paragraph in which one is found is no text."""
    title_prefix: str = ""
    """Regular expression, case ignored, of what the outlet puts before a title: `Video|Photos`."""

    @property
    def version(self) -> str:
        """Since when, and eight hex digits of SHA-256 over all that they say: nobody can change
        rules and forget to give them another version."""
        said = sha256(msgspec.json.encode(self)).hexdigest()[:8]
        return f"{self.since or '0000'}.{said}"

    def holds(self, day: str) -> bool:
        """Whether they are for a page of this time (ISO 8601, of which the day counts)."""
        since, until = str(self.since or ""), str(self.until or "9999-99-99")
        return since <= day[:10] < until


def holding(rules: Sequence[Rules], day: str) -> Rules | None:
    """The rules for a page of this time, if there are any."""
    return next((one for one in rules if one.holds(day)), None)


def check_rules(rules: Sequence[Rules]) -> None:
    """Raises ValueError that names the field and says what is wrong with it."""
    for at, one in enumerate(rules):
        place = f"rules[{at}]"
        for name in SELECTORS:
            _check_selector(f"{place}.{name}", getattr(one, name))
        for n, selector in enumerate(one.leave_out):
            _check_selector(f"{place}.leave_out[{n}]", selector or " ")
        for n, pattern in enumerate(one.boilerplate):
            _check_pattern(f"{place}.boilerplate[{n}]", pattern)
        _check_pattern(f"{place}.title_prefix", one.title_prefix or "-")
        if one.since and one.until and one.since >= one.until:
            raise ValueError(f"{place}: from {one.since} is not before until {one.until}")
    ordered = sorted(rules, key=lambda one: str(one.since or ""))
    for before, after in pairwise(ordered):
        if before.until is None or after.since is None or before.until > after.since:
            raise ValueError(
                f"rules: those from {before.since or 'the beginning'} and those from "
                f"{after.since or 'the beginning'} hold on the same days; give the earlier an "
                "`until` that is the later's `from`"
            )


def _check_selector(place: str, selector: str) -> None:
    """Raises ValueError if this is no CSS selector; "" is none and passes."""
    if not selector:
        return
    import cssselect  # 0.02 s; most sources have no selector

    try:
        cssselect.HTMLTranslator().css_to_xpath(selector)
    except cssselect.SelectorError as error:
        raise ValueError(f"{place}: `{selector}` is not a CSS selector: {error}") from error


def _check_pattern(place: str, pattern: str) -> None:
    try:
        found = re.compile(pattern).search("")
    except re.error as error:
        raise ValueError(f"{place}: `{pattern}` is not a regular expression: {error}") from error
    if found:
        raise ValueError(f"{place}: `{pattern}` fits every text, an empty one too")
