"""Pages and the text between them: what trails are gathered from.

A node is a page with all its versions; an edge is the best match between two pages of different
outlets, with its direction.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Literal

from msgspec import Struct

from flows.crossposts.credits import (
    Credit,
    agency_credits,
    leads_to_outlet,
    names,
    same_target,
)
from flows.crossposts.directions import ORDER, Direction, Side, direct, side
from flows.crossposts.judgments import (
    NONE_JUDGED,
    Judgments,
    is_confirmed,
    is_rejected,
    pair_of,
)
from flows.crossposts.parts import any_part, kind_of_part
from flows.crossposts.verdicts import Elsewhere, Taken
from flows.crossposts.versions import up_at
from storage.evidence import Whose
from storage.findings import Compared, CopyKind
from storage.histories import Sight
from storage.outlets import Outlets
from storage.records import Article, Match, Notice

LIVE = ("copy", "excerpt", "embedded", "digest")
"""Kinds of match that are copying; a shared quotation is not."""

FORM = "form"
"""This is copying only where a person confirmed it."""

QUOTATION = "quotation"
"""Both have a passage of some length, as speech or as too small a part to be an excerpt."""

WHOLE = 0.8
"""Share of the original that makes a page carry the whole of it (`alignment.WHOLE_SHARE`)."""

ABOUT_AS_LONG = 0.7
"""A copy that has at least this share of the original's length was edited; a shorter one is an
excerpt, which leaves parts out."""

TRUSTED = 0.8
"""Confidence of a credit that counts although no page bears it out: a copyright line or a byline
alone may be that of a picture."""


class Seen(Struct, frozen=True, kw_only=True):
    """One version of a page, and what became of the page."""

    article: Article
    first_seen: str
    """When the page was first captured."""
    last_seen: str
    """When this version was seen last."""
    versions: int
    state: Literal["live", "edited", "gone"]
    gone_at: str | None = None
    others: str | None = None
    """The earliest capture of the page by somebody else."""
    whose: Whose = "import"
    """Who that is."""
    notices: tuple[Notice, ...] = ()
    """What feeds, sitemaps, APIs and web archives say of the page."""
    sights: tuple[Sight, ...] = ()
    """What the captures of the page showed, in the order of time."""


class Page(Struct):
    """All versions of one page, the one that was seen last at the end."""

    key: str
    versions: list[Seen]
    first_seen: str
    sides: dict[str, Side]
    """By the id of the version."""

    @property
    def newest(self) -> Seen:
        """The version that was seen last."""
        return self.versions[-1]

    @property
    def sights(self) -> tuple[Sight, ...]:
        """What the captures of the page showed; at least, when each version was seen last."""
        given = self.newest.sights
        return given or tuple(
            Sight(one.last_seen, one.article.capture, one.article.id) for one in self.versions
        )

    @property
    def articles(self) -> dict[str, Article]:
        """The versions by their ids."""
        return {one.article.id: one.article for one in self.versions}


class Edge(Struct):
    """Text that went from one page to another: the copy as it was first seen, the original as it
    was up then."""

    copy: Page
    original: Page
    match: Match
    direction: Direction
    compared: Compared
    """How it is known that this version of the original is the one that was copied."""

    @property
    def copy_is_a(self) -> bool:
        """Whether the copy is the match's `a`."""
        return self.direction.copy.article.id == self.match.a

    def taken(self, kind: CopyKind | None = None) -> Taken:
        """How much was taken; `kind` where it is not what the shares alone say."""
        of_a, of_b = self.match.a_contained, self.match.b_contained
        of_copy, of_original = (of_a, of_b) if self.copy_is_a else (of_b, of_a)
        copy, original = self.direction.copy.article, self.direction.original.article
        if kind is None and any_part(copy, original):
            kind = kind_of_part(copy, original, of_copy, of_original)
        return Taken(
            kind=kind or kind_of(of_copy, of_original),
            words=self.match.words,
            of_copy=of_copy,
            of_original=of_original,
        )

    @property
    def covered(self) -> set[int]:
        """The copy's words in the shared spans."""
        spans = self.match.spans
        if self.copy_is_a:
            return {i for span in spans for i in range(span.a_start, span.a_end)}
        return {i for span in spans for i in range(span.b_start, span.b_end)}

    @property
    def strength(self) -> float:
        """How sure the direction is: the rank of the signal that decided, then its confidence."""
        deciding = [one for one in self.direction.signals if one.name == self.direction.decided_by]
        if not deciding or self.direction.decided_by is None:
            return 0.0
        rank = len(ORDER) - ORDER.index(self.direction.decided_by)
        return rank + max(one.confidence for one in deciding)


class Book:
    """All pages and edges, to look things up in."""

    def __init__(
        self,
        pages: dict[str, Page],
        edges: list[Edge],
        outlets: Outlets,
        judgments: Judgments = NONE_JUDGED,
        matches: Sequence[Match] = (),
    ) -> None:
        """`matches`: also those that are no copying."""
        self.pages = pages
        self._forms = _beside(pages, matches, FORM)
        """Pages that have the same words with other names and numbers."""
        self._quotations = _beside(pages, matches, QUOTATION)
        self.judgments = judgments
        self.outlets = outlets
        self._near: dict[str, list[Page]] = defaultdict(list)
        for edge in edges:
            self._near[edge.copy.key].append(edge.original)
            self._near[edge.original.key].append(edge.copy)

    def elsewhere(
        self, copy: Side, original: Article | None, met: Collection[str] = ()
    ) -> Elsewhere | None:
        """The copy's best credit to another outlet than that of `original`, and what is archived
        of it; a page that has the text before one that has not.

        `met`: pages that the copy is known to be from; a credit to one of them is spent there, and
        says nothing of further text from elsewhere.
        """
        found = [
            self._followed(copy, credit)
            for credit in copy.credits
            if credit.confidence >= TRUSTED
            and (original is None or not names(credit, original, self.outlets))
            and not self._is_of_a_quotation(copy.article, credit)
        ]
        best = min(found, key=lambda one: not one.has_text, default=None)
        if best is not None and best.page is not None and best.page.canonical_url in met:
            return None
        return best

    def _is_of_a_quotation(self, article: Article, credit: Credit) -> bool:
        """Whether a credit introduces a passage ("As X reported:") that a page of X has: it is
        right, and says nothing of the rest."""
        quoted = self._quotations.get(article.canonical_url, {}).values()
        return credit.text.endswith(":") and any(
            names(credit, page.newest.article, self.outlets) for page in quoted
        )

    def _followed(self, copy: Side, credit: Credit) -> Elsewhere:
        for page in self._near[copy.article.canonical_url]:
            article = page.newest.article
            if names(credit, article, self.outlets):
                late = copy.when.before(page.sides[article.id].when)
                return Elsewhere(credit, article, True, late)
        there = self.pages.get(self.outlets.page(credit.url)) if credit.url else None
        forms = self._forms.get(copy.article.canonical_url, {})
        if there is None:
            theirs = (one.newest.article for one in forms.values())
            form = next((one for one in theirs if names(credit, one, self.outlets)), None)
            return Elsewhere(credit, None, False, form=form)
        pair = pair_of(copy.article.canonical_url, there.key)
        said = self.judgments[pair][0] if is_rejected(pair, self.judgments) else None
        if said is None and there.key in forms:  # not the text; but nothing that speaks against
            return Elsewhere(credit, None, False, form=there.newest.article)
        return Elsewhere(credit, there.newest.article, False, rejected=said)

    def common_source(self, edge: Edge) -> bool:
        """Whether both pages say that they took the text from one third outlet, of which nothing
        that has the text is archived: then neither is known to be from the other."""
        direction = edge.direction
        if direction.credit or direction.linked or direction.mutual:
            return False
        return any(
            same_target(one, other, self.outlets)
            for one in self._from_elsewhere(direction.copy)
            for other in self._from_elsewhere(direction.original)
        )

    def _from_elsewhere(self, side: Side) -> list[Credit]:
        """The credits by which a page says that its text is another's, where nothing archived that
        has the text is theirs."""
        article = side.article
        found = self.elsewhere(side, None)
        if found is None or found.has_text:
            return []
        said = [found.credit] if article.republished_from is not None else []
        return said + agency_credits(article)


def pages_of(articles: Sequence[Seen], outlets: Outlets) -> dict[str, Page]:
    """All pages by their canonical URLs, with the versions that are given."""
    versions: dict[str, dict[str, Seen]] = defaultdict(dict)
    for seen in articles:
        versions[seen.article.canonical_url][seen.article.id] = seen
    pages = {}
    for key, found in versions.items():
        ordered = sorted(found.values(), key=lambda one: (one.last_seen, one.article.id))
        first_seen = min(one.first_seen for one in ordered)
        sides = {
            one.article.id: side(
                one.article,
                first_seen,
                outlets,
                notices=one.notices,
                others=one.others,
                whose=one.whose,
            )
            for one in ordered
        }
        pages[key] = Page(key, ordered, first_seen, sides)
    return pages


def edges_of(
    pages: dict[str, Page],
    matches: Sequence[Match],
    outlets: Outlets,
    judgments: Judgments = NONE_JUDGED,
) -> list[Edge]:
    """One directed edge for each pair of pages of different outlets that nobody rejected."""
    page_of = {seen.article.id: page for page in pages.values() for seen in page.versions}
    found: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for match in matches:
        if match.kind not in (*LIVE, FORM) or match.a not in page_of or match.b not in page_of:
            continue
        a, b = page_of[match.a], page_of[match.b]
        if a.key == b.key or _same_outlet(a, b, outlets):
            continue
        pair = pair_of(a.key, b.key)
        counts = match.kind in LIVE or is_confirmed(pair, judgments)
        if counts and not is_rejected(pair, judgments):
            found[pair].append(match)
    return [_edge(found[pair], page_of, outlets) for pair in sorted(found)]


def _beside(
    pages: dict[str, Page], matches: Sequence[Match], kind: str
) -> dict[str, dict[str, Page]]:
    """For each page those that it has a match of this kind with, by their canonical URLs."""
    page_of = {seen.article.id: page for page in pages.values() for seen in page.versions}
    found: dict[str, dict[str, Page]] = defaultdict(dict)
    for match in matches:
        if match.kind == kind and match.a in page_of and match.b in page_of:
            one, other = page_of[match.a], page_of[match.b]
            found[one.key][other.key] = other
            found[other.key][one.key] = one
    return {key: dict(sorted(some.items())) for key, some in found.items()}


def _goodness(match: Match) -> tuple[float, int, str, str]:
    return (match.a_contained + match.b_contained, match.words, match.a, match.b)


def _same_outlet(a: Page, b: Page, outlets: Outlets) -> bool:
    one, other = a.newest.article, b.newest.article
    return one.source == other.source or leads_to_outlet(one.url, other, outlets)


def _edge(matches: list[Match], page_of: dict[str, Page], outlets: Outlets) -> Edge:
    """The best match says who took from whom; then the versions are those of that time."""
    best = max(matches, key=_goodness)
    edge = _directed(best, "only", page_of, outlets)
    if len(edge.copy.versions) == 1 == len(edge.original.versions):
        return edge
    match, compared = _at_the_time(matches, edge)
    there = _directed(match, compared, page_of, outlets)
    if there.copy is edge.copy:
        return there
    edge.compared = "no-fit"  # what those versions claim is at odds with what the best pair does
    return edge


def _directed(match: Match, compared: Compared, page_of: dict[str, Page], outlets: Outlets) -> Edge:
    a, b = page_of[match.a], page_of[match.b]
    direction = direct(a.sides[match.a], b.sides[match.b], outlets)
    return Edge(
        copy=page_of[direction.copy.article.id],
        original=page_of[direction.original.article.id],
        match=match,
        direction=direction,
        compared=compared,
    )


def _at_the_time(matches: list[Match], edge: Edge) -> tuple[Match, Compared]:
    """The copy's first version that has the text, with the version of the original that was up when
    it was made; of several that could have been, the best-matching."""
    matched = {end for one in matches for end in (one.a, one.b)}
    seen = [one.article for one in edge.copy.sights if one.article]
    made = next((one for one in seen if one in matched), edge.direction.copy.article.id)
    of_copy = [one for one in matches if made in (one.a, one.b)]
    up = up_at(edge.original.sights, edge.copy.sides[made].when)
    fitting = [one for one in of_copy if {one.a, one.b} & up.articles]
    if not fitting:
        return max(of_copy, key=_goodness), "no-fit"
    return max(fitting, key=_goodness), up.how


def kind_of(of_copy: float, of_original: float) -> CopyKind:
    """What the copy is, direction known. The lengths of both follow from the two shares."""
    if of_original >= WHOLE and of_copy < 0.5:
        return "embedded"
    as_long = of_original >= ABOUT_AS_LONG * of_copy
    return "copy" if of_original >= 0.5 and of_copy >= 0.5 and as_long else "excerpt"
