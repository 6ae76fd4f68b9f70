"""Verdicts: what a copy's claims are worth, and one sentence of reason that can be quoted.

confirmed: the copy credits this original, and the archived bytes of both bear it out.
contradicted: what it claims is at odds with the archive: it holds itself out as the source of a
text that another published before; or the page that it credits does not have the text.
unverifiable: it credits a source that is not archived, or nothing shows who was first.
unclaimed: text was taken, and nothing on the page credits it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from flows.crossposts.credits import (
    Credit,
    claims_to_be_source,
    mentions,
)
from flows.crossposts.directions import Direction, Side
from flows.crossposts.moments import Interval, shown, to_the_minute
from flows.text.tongues import apart
from flows.text.unicode import norms, weight
from storage.findings import CopyKind, Verdict
from storage.outlets import Outlets
from storage.records import Article, Judgment

_COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


SHORT = 40.0
"""Words. A text with fewer can be in another and no match says so: of an excerpt that is the least
(`alignment.EXCERPT_WORDS`)."""
LONG = 4000  # characters: no text of so many is short


class Taken(Struct, frozen=True, kw_only=True):
    """How much was taken."""

    kind: CopyKind
    words: int
    of_copy: float
    """Share of the copy's words that the original has."""
    of_original: float
    """Share of the original's words that the copy has."""


class Elsewhere(Struct, frozen=True):
    """A credit to another outlet than that of the original, and what is archived of it."""

    credit: Credit
    page: Article | None
    """The page that is credited, or one of that outlet that has the text."""
    has_text: bool
    late: bool = False
    """Whether that page was certainly published after the copy."""
    rejected: Judgment | None = None
    """What a person said who holds that page for no original of the copy."""
    form: Article | None = None
    """A page of that outlet with the same words and other names and numbers."""


class Judged(Struct, frozen=True):
    """A verdict and the sentence that gives its reason."""

    verdict: Verdict
    reason: str


def judge(
    direction: Direction, taken: Taken, elsewhere: "Elsewhere | None", outlets: Outlets
) -> Judged:
    """The verdict on one copy. `elsewhere`: what became of its credit to another outlet than that
    of the original; None where it gives no such credit."""
    copy, original = direction.copy.article, direction.original.article
    held = _held(taken, copy, original)
    if direction.credit is not None or direction.linked is not None:
        return _credited(direction, held)
    if elsewhere is not None:
        return _credits_another(direction, held, elsewhere)
    if claims_to_be_source(copy, outlets) is not None:
        return _claims_itself(direction, held)
    if mentions(copy, original, outlets):
        return _named_in_passing(direction, held)
    return Judged("unclaimed", f"{held}; nothing on its page credits it{_order(direction)}.")


def unmet(copy: Article, elsewhere: Elsewhere, siblings: Sequence[Article] = ()) -> Judged:
    """The verdict on a credit for which no archived page has the text.

    `siblings`: other pages with the same text that credit the same unknown original.
    """
    credit, page = elsewhere.credit, elsewhere.page
    whose = f"{_outlet(copy)}'s {_title(copy)}"
    says = credit.says(_target(credit))
    if page is not None and (said := elsewhere.rejected):
        day = f"{datetime.fromisoformat(said.at):%-d %B %Y}"
        return Judged(
            "unverifiable",
            f"{whose} credits a source: {says}, but {said.name} judged on {day} that it is not "
            f"from {page.url} (“{said.reason.rstrip('.')}”).",
        )
    if page is not None and (why := _cannot_tell(copy, page)):
        return Judged(
            "unverifiable", f"{whose} credits a source that cannot be checked: {says}, but {why}."
        )
    if page is not None:
        return Judged(
            "contradicted",
            f"{whose} is not borne out: {says}, but the archived page {page.url} does not have "
            "the text.",
        )
    also = ""
    if siblings:
        others = sorted({_outlet(one) for one in siblings})
        carry, name = ("carries", "names") if len(others) == 1 else ("carry", "name")
        also = (
            f"; {' and '.join(others)} {carry} the same text and {name} the same source, so that "
            "all may be from an original that is not archived"
        )
    return Judged(
        "unverifiable",
        f"{whose} credits a source that cannot be checked: {says}, {_not_there(elsewhere)}{also}.",
    )


def _credited(direction: Direction, held: str) -> Judged:
    copy, original = direction.copy, direction.original
    name = _outlet(original.article)
    says = direction.credit.says(name) if direction.credit else f"its text links to {name}'s page"
    if direction.mutual and direction.decided_by not in ("canonical", "published"):
        return Judged(
            "unverifiable",
            f"{held}; {says}, but {name} credits {_outlet(copy.article)} in turn, and the printed "
            "dates do not show which was first.",
        )
    also = f"; {name} credits {_outlet(copy.article)} in turn" if direction.mutual else ""
    if copy.when.before(original.when) or copy.when.likely_before(original.when):
        return Judged(
            "confirmed",
            f"{held}; {says}, and {name}'s archived page has the text, although the copy is dated "
            f"{_apart(copy.when, original.when)} ({_dates(copy, original)}){also}.",
        )
    if original.when.before(copy.when) or original.when.likely_before(copy.when):
        return Judged(
            "confirmed",
            f"{held}; {says}, and {name}'s page printed the text "
            f"{_apart(original.when, copy.when)} ({_dates(original, copy)}){also}.",
        )
    return Judged("confirmed", f"{held}; {says}, and {name}'s archived page has the text{also}.")


def _named_in_passing(direction: Direction, held: str) -> Judged:
    """ "As X reported", before what X had written."""
    name = _outlet(direction.original.article)
    says = f"its own words name {name}"
    return Judged(
        "confirmed", f"{held}; {says}, and {name}'s archived page has the text{_order(direction)}."
    )


def _credits_another(direction: Direction, held: str, elsewhere: Elsewhere) -> Judged:
    original, copy = direction.original, direction.copy
    name = _target(elsewhere.credit)
    says = elsewhere.credit.says(name)
    order = _order(direction)
    if elsewhere.page is None:
        return Judged("unverifiable", f"{held}; {says}, {_not_there(elsewhere)}{order}.")
    why = _cannot_tell(copy.article, elsewhere.page)
    if not elsewhere.has_text and why is not None:
        return Judged("unverifiable", f"{held}; {says}, but {why}{order}.")
    if not elsewhere.has_text:
        return Judged(
            "contradicted",
            f"{held}; {says}, but the archived page {elsewhere.page.url} does not have the "
            f"text{order}.",
        )
    if elsewhere.late and original.when.before(copy.when):
        return Judged(
            "contradicted",
            f"{held}; {says}, but {_outlet(original.article)}'s page printed the text "
            f"{_apart(original.when, copy.when)} ({_dates(original, copy)}), and {name}'s only "
            "after both.",
        )
    return Judged(
        "unverifiable",
        f"{held}; {says} instead, and the printed dates do not show whom it took it from.",
    )


def _claims_itself(direction: Direction, held: str) -> Judged:
    copy, original = direction.copy, direction.original
    claims = "its page claims to be the source itself"
    if original.when.before(copy.when):
        return Judged(
            "contradicted",
            f"{held}; {claims}, but {_outlet(original.article)}'s page printed the text "
            f"{_apart(original.when, copy.when)} ({_dates(original, copy)}).",
        )
    return Judged("unverifiable", f"{held}; {claims}{_order(direction)}.")


def _cannot_tell(copy: Article, page: Article) -> str | None:
    """Why it contradicts nothing that no match shows the copy's text on a page, if it does not."""
    if page.broke_off:
        return f"of {page.url} only a part is archived, which does not have the text"
    if copy.broke_off:
        return f"only a part of it is archived, which {page.url} does not have"
    for one, whose in ((copy, "its own page has"), (page, f"{page.url} has")):
        if _is_short(one.text):
            return f"{whose} too little text to compare"
    another = apart(copy, page)
    return f"{page.url} is in another {another}" if another else None


def _not_there(elsewhere: Elsewhere) -> str:
    known = "of which no page that has the text is in the archive"
    if elsewhere.form is None:
        return known
    return f"{known}; {elsewhere.form.url} has its words with other names and numbers"


def _is_short(text: str) -> bool:
    return len(text) < LONG and sum(map(weight, norms(text))) < SHORT


def _held(taken: Taken, copy: Article, original: Article) -> str:
    who, whose = _outlet(copy), f"{_outlet(original)}'s {_title(original)}"
    share = percent(taken.of_original)
    if copy.broke_off:
        who, share = f"{who}, of whose page only a part is archived,", f"at least {share}"
    if original.broke_off:
        whose = f"{whose}, as far as that is archived"
    if taken.kind in ("copy", "embedded"):
        longer = ", inside a longer text" if taken.kind == "embedded" else ""
        return f"{who} carries {share} of the words of {whose}{longer}"
    among = " among other articles' text" if taken.kind == "digest" else ""
    return f"{who} carries {taken.words} words of {whose}{among}, {share} of it"


def _order(direction: Direction) -> str:
    """How it is known who was first, as the end of a sentence."""
    copy, original = direction.copy, direction.original
    if direction.decided_by == "published":
        sure = original.when.before(copy.when)
        said = "printed it" if sure else "is dated, without a time zone,"
        return (
            f", and {_outlet(original.article)}'s page {said} "
            f"{_apart(original.when, copy.when)} ({_dates(original, copy)})"
        )
    if direction.decided_by == "first_seen":
        name = f"{_outlet(original.article)}'s page"
        saw = f"we saw {name} first" if original.ours else f"the earliest capture is of {name}"
        return f", and which was first cannot be told from the printed dates: {saw}"
    if direction.decided_by is None:
        return ", and nothing shows which was first"
    if direction.decided_by == "credit":
        return ""  # the credit itself, which the sentence has already
    if direction.decided_by == "claimed_date":
        return ", and it prints a date of its own for the original"
    return f", and its markup points to {_outlet(original.article)}'s page"


def _apart(earlier: Interval, later: Interval) -> str:
    """How far apart two printed dates are: "two days earlier", "40 minutes earlier"."""
    if earlier.printed is None or later.printed is None:
        return "earlier"
    between = _between(earlier, later)
    if between is not None and between < timedelta(days=1):
        minutes = int(between.total_seconds() // 60)
        return _plural(minutes // 60, "hour") if minutes >= 60 else _plural(minutes, "minute")
    days = (later.printed.date() - earlier.printed.date()).days
    return _plural(days, "day") if days > 0 else "earlier"


def _between(earlier: Interval, later: Interval) -> timedelta | None:
    """The time between two dates that are printed with their zones."""
    if not (earlier.zoned and later.zoned and earlier.earliest and later.earliest):
        return None
    return later.earliest - earlier.earliest


def _plural(count: int, unit: str) -> str:
    if count == 0:
        return "earlier"
    number = _COUNTED[count] if count < len(_COUNTED) else str(count)
    return f"{number} {unit}{'s' if count > 1 else ''} earlier"


def _dates(first: Side, second: Side) -> str:
    between = _between(first.when, second.when)
    one, other = to_the_minute(first.when), to_the_minute(second.when)
    if one and other and between is not None and abs(between) < timedelta(days=1):
        return f"{one}, against {other}"  # days alone would seem to be at odds with the hours
    known = (shown(first.when), shown(second.when))
    return " against ".join(date or "no printed date" for date in known)


def percent(share: float) -> str:
    """A share as a whole percentage; 100 % only where nothing at all is missing."""
    if share >= 1:
        return "100 %"
    return f"{min(99, round(100 * share))} %"


def _target(credit: Credit) -> str:
    return credit.name or credit.url or "another outlet"


def _outlet(article: Article) -> str:
    return article.outlet or article.source


def _title(article: Article) -> str:
    return f"“{article.title}”" if article.title else article.url
