"""Direction: which of two articles took from the other, and how we know.

Signals in the order of DESIGN §8: credit, cross-domain canonical, claimed date of the
original, earliest publication, first sight. The first that decides, decides; all are kept.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from flows.crossposts.credits import (
    LINKED,
    Credit,
    canonical_elsewhere,
    credits_of,
    is_named,
    leads_to_article,
    leads_to_outlet,
    links_to,
    mentions,
    names,
)
from flows.crossposts.dating import interval
from flows.crossposts.moments import Interval, shown, span
from storage.findings import Signal
from storage.outlets import Outlets
from storage.records import Article, EvidenceKind, Notice

SignalName = Literal["credit", "canonical", "claimed_date", "published", "first_seen"]
ORDER: tuple[SignalName, ...] = ("credit", "canonical", "claimed_date", "published", "first_seen")

CANONICAL_PAGE, CANONICAL_SITE = 0.9, 0.7
"""rel=canonical to the very page, or to another page of its site. Of 26 on real pages 19 were true
republications and the rest one publisher's other domains (DESIGN §7), which `Outlets` knows."""

MENTIONED = 0.4
"""The outlet's name in running text, where no printed date tells more."""

CLAIMED_FITS, CLAIMED = 0.8, 0.6
"""A date that is printed for the original, and whether the other page's own date bears it out."""

PUBLISHED_SURE, PUBLISHED_LIKELY = 0.8, 0.55
"""Intervals that do not overlap; intervals that do, with both ends of one earlier."""

FIRST_SEEN = 0.3
"""When we came by says little: it is mostly the order in which we visit outlets."""


class Side(Struct, frozen=True):
    """One article of a pair, with what is needed to judge it."""

    article: Article
    first_seen: str
    when: Interval
    credits: tuple[Credit, ...]
    """What it credits to others, the most trustworthy first."""
    ours: bool = True
    """Whether we saw it first ourselves; else somebody else's capture is the first that we have."""


class Direction(Struct, frozen=True):
    """Who took from whom."""

    original: Side
    copy: Side
    signals: tuple[Signal, ...]
    decided_by: SignalName | None
    """None: nothing decides; the order is that of the URLs."""
    credit: Credit | None
    """The copy's best credit to the original."""
    linked: str | None
    """The link in the copy's text to the very page of the original."""
    exact: bool
    """Whether that credit or link leads to the very page, not only to its outlet."""
    mutual: bool
    """Whether each of the two credits the other."""


def side(
    article: Article,
    first_seen: str,
    outlets: Outlets,
    *,
    notices: Iterable[Notice] = (),
    others: str | None = None,
    whose: EvidenceKind = "import",
) -> Side:
    """An article with the interval of its first publication and its credits; see `interval`."""
    found = tuple(credits_of(article, outlets))
    when = interval(article, first_seen, notices=notices, others=others, whose=whose)
    ours = others is None or others != first_seen
    return Side(article, first_seen, when, found, ours)


def direct(x: Side, y: Side, outlets: Outlets) -> Direction:
    """The direction between two articles that share text; the same whichever comes first."""
    if (y.article.canonical_url, y.article.id) < (x.article.canonical_url, x.article.id):
        x, y = y, x
    signals = sorted(
        [*_from_claims(x, y, outlets), *_from_claims(y, x, outlets), *_from_times(x, y)],
        key=lambda one: (ORDER.index(one.name), -one.confidence, one.original, one.says),
    )
    original, decided_by = x, None
    for name in ORDER:
        weights = {
            one: max(
                (s.confidence for s in signals if s.name == name and s.original == one), default=0.0
            )
            for one in (x.article.url, y.article.url)
        }
        if weights[x.article.url] != weights[y.article.url]:
            original = x if weights[x.article.url] > weights[y.article.url] else y
            decided_by = name
            break
    if decided_by in (None, "first_seen"):
        named = [
            one for one, other in ((x, y), (y, x)) if mentions(other.article, one.article, outlets)
        ]
        if len(named) == 1:
            original, decided_by = named[0], "credit"
            says = f"its own words name {original.article.outlet}"
            signals.insert(0, _signal("credit", says, original, MENTIONED))
    copy = y if original is x else x
    by_both = {one.original for one in signals if one.name == "credit" and one.confidence > LINKED}
    credit = next((c for c in copy.credits if names(c, original.article, outlets)), None)
    linked = links_to(copy.article, original.article, outlets)
    to_page = credit and credit.url and leads_to_article(credit.url, original.article, outlets)
    return Direction(
        original=original,
        copy=copy,
        signals=tuple(signals),
        decided_by=decided_by,
        credit=credit,
        linked=linked,
        exact=bool(linked or to_page),
        mutual=len(by_both) == 2,
    )


def _from_claims(copy: Side, original: Side, outlets: Outlets) -> list[Signal]:
    """What on `copy`'s page, or on `original`'s, says that the former took from the latter."""
    signals = _credits(copy, original.article, outlets)
    for claim in canonical_elsewhere(copy.article, outlets):
        url = claim.target_url or ""
        exact = leads_to_article(url, original.article, outlets)
        if exact or leads_to_outlet(url, original.article, outlets):
            sure = CANONICAL_PAGE if exact else CANONICAL_SITE
            signals.append(_signal("canonical", f"rel=canonical to {url}", original, sure))
    for date in copy.article.published:
        if date.says != "original" or (
            date.by and not is_named(date.by, original.article, outlets)
        ):
            continue
        covered = span(date)
        fits = covered is not None and not (
            covered.before(original.when) or original.when.before(covered)
        )
        says = f"{copy.article.outlet} prints {date.raw} as the date of the original"
        signals.append(_signal("claimed_date", says, original, CLAIMED_FITS if fits else CLAIMED))
    return signals


def _credits(side: Side, original: Article, outlets: Outlets) -> list[Signal]:
    copy = side.article
    found = [
        Signal(name="credit", says=one.text, original=original.url, confidence=one.confidence)
        for one in side.credits
        if names(one, original, outlets)
    ]
    for claim in original.claims:
        # "Reprinted on X" on the original's own page.
        if claim.kind == "reprinted_on" and (
            is_named(claim.target_name or "", copy, outlets)
            or (claim.target_url and leads_to_outlet(claim.target_url, copy, outlets))
        ):
            found.append(
                Signal(name="credit", says=claim.text, original=original.url, confidence=0.9)
            )
    if url := links_to(copy, original, outlets):
        says = f"{copy.outlet} links to {url}"
        found.append(Signal(name="credit", says=says, original=original.url, confidence=LINKED))
    return found


def _from_times(x: Side, y: Side) -> list[Signal]:
    signals = []
    for one, other in ((x, y), (y, x)):
        sure, likely = one.when.before(other.when), one.when.likely_before(other.when)
        if sure or likely:
            says = (
                f"{one.article.outlet}: {_dated(one.when)}; "
                f"{other.article.outlet}: {_dated(other.when)}"
            )
            weight = PUBLISHED_SURE if sure else PUBLISHED_LIKELY
            signals.append(_signal("published", says, one, weight))
        if one.first_seen < other.first_seen:
            says = f"first captured {one.first_seen} and {other.first_seen}"
            signals.append(_signal("first_seen", says, one, FIRST_SEEN))
    return signals


def _dated(when: Interval) -> str:
    return shown(when) or f"by {when.latest:%-d %B %Y} at the latest ({when.basis})"


def _signal(name: SignalName, says: str, original: Side, confidence: float) -> Signal:
    return Signal(name=name, says=says, original=original.article.url, confidence=confidence)
