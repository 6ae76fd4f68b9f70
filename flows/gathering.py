"""From the catalog to trails: what the reading commands show."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from config.registry import Source
from flows.crossposts.dating import interval
from flows.crossposts.judgments import Pair, by_pair, is_confirmed, pair_of
from flows.crossposts.network import Network, PageOf, network
from flows.crossposts.trails import FORM, LIVE, QUOTATION, Seen, components, gather
from storage.catalog import Catalog
from storage.findings import FirstPublished, Trail
from storage.histories import History
from storage.identity import canonical_url
from storage.lookup import Sights
from storage.outlets import Outlets
from storage.records import Article, Match

AT_ONCE = 200
"""Pages whose trails are gathered together: some megabytes of articles."""


class Family(NamedTuple):
    """Pages (canonical URLs) that hang together: those of one trail, or of some that touch."""

    pages: tuple[str, ...]
    newest: str
    """When the last of them was captured."""


def trails(catalog: Catalog, sources: Sequence[Source]) -> list[Trail]:
    """All trails, by their ids: a pure function of the matches and claims in the catalog."""
    found = every_trail(catalog, sources, families(catalog))
    return sorted(found, key=lambda trail: trail.id)


def every_trail(
    catalog: Catalog, sources: Sequence[Source], among: Sequence[Family]
) -> Iterator[Trail]:
    """The trails of these families, some at a time, so that memory stays flat."""
    some: list[str] = []
    for family in among:
        some += family.pages
        if len(some) >= AT_ONCE:
            yield from trails_among(catalog, sources, some)
            some = []
    if some:
        yield from trails_among(catalog, sources, some)


def trail_of(catalog: Catalog, sources: Sequence[Source], page: str) -> Trail | None:
    """The trail that a page (canonical URL) is in."""
    pages, fresh, confirmed = {page}, {page}, _confirmed(catalog)
    while fresh:
        judged = {end for pair in confirmed if not fresh.isdisjoint(pair) for end in pair}
        fresh = (catalog.tied_to(fresh, LIVE) | judged) - pages
        pages |= fresh
    found = trails_among(catalog, sources, sorted(pages))
    return next((trail for trail in found if page in pages_of(trail)), None)


def pages_of(trail: Trail) -> set[str]:
    """The canonical URLs of a trail's pages."""
    return {canonical_url(article.url) for article in trail.articles}


def families(catalog: Catalog) -> list[Family]:
    """All pages that share text with others or say that they are from elsewhere, those that hang
    together in one family. The family with the newest article comes first."""
    newest: dict[str, str] = {}
    pairs = []
    confirmed = _confirmed(catalog)
    for tie in catalog.ties((*LIVE, FORM)):
        if tie.kind == FORM and pair_of(tie.one, tie.other) not in confirmed:
            continue
        pairs.append((tie.one, tie.other))
        for page in (tie.one, tie.other):
            newest[page] = max(newest.get(page, ""), tie.newest)
    for page, at in catalog.crediting():
        pairs.append((page, page))
        newest[page] = max(newest.get(page, ""), at)
    found = [
        Family(tuple(group), max(newest[page] for page in group)) for group in components(pairs)
    ]
    return sorted(found, key=lambda family: (family.newest, family.pages), reverse=True)


def trails_among(catalog: Catalog, sources: Sequence[Source], pages: Sequence[str]) -> list[Trail]:
    """The trails of pages of which none shares text with others than these. What is archived of the
    pages that they credit is looked at, too; trails of those alone are left out."""
    own = catalog.histories(pages)
    versions = [version for history in own.values() for version in history.versions]
    credited = _credited(versions)
    linked = {canonical_url(url) for article in versions for url in article.links}
    redirects = catalog.redirects(credited | linked)
    between = catalog.matches_of(version.id for version in versions)
    matches = [between[pair] for pair in sorted(between)]
    others = {redirects.get(page, page) for page in credited} | _beside(catalog, versions, matches)
    found = seen(catalog, [*sorted(own), *sorted(others - set(own))])
    gathered = gather(found, matches, Outlets(sources, redirects), catalog.judgments())
    return [trail for trail in gathered if not pages_of(trail).isdisjoint(own)]


def seen(catalog: Catalog, pages: Sequence[str]) -> list[Seen]:
    """Every version of these pages, with what became of the page and what is said of its date."""
    notices, sights = catalog.notices(pages), catalog.first_sights(pages)
    unknown = Sights()
    return [
        Seen(
            article=version,
            first_seen=sights.get(history.page, unknown).ours or history.first_seen,
            last_seen=history.last_seen[version.id],
            versions=len(history.versions),
            state=state(history),
            gone_at=history.gone_at,
            others=sights.get(history.page, unknown).others,
            whose=sights.get(history.page, unknown).whose,
            notices=notices.get(history.page, ()),
            sights=history.sights,
        )
        for history in catalog.histories(pages).values()
        for version in history.versions
    ]


def first_published(catalog: Catalog, page: str) -> FirstPublished | None:
    """When a page was first published, by its first version; None for an unknown page."""
    versions = seen(catalog, [page])
    if not versions:
        return None
    first = min(versions, key=lambda one: (one.article.captured_at, one.article.id))
    found = interval(
        first.article, first.first_seen,
        notices=first.notices, others=first.others, whose=first.whose,
    )  # fmt: skip
    return found.record()


def copying(
    catalog: Catalog, sources: Sequence[Source], since: str | None, until: str | None
) -> Network:
    """Who copies whom in a period (ISO days, both included; None is open)."""
    pages = [
        PageOf(page, source, outlet, published or first_seen)
        for page, source, outlet, published, first_seen in catalog.pages()
    ]
    return network(
        every_trail(catalog, sources, families(catalog)), pages, Outlets(sources), since, until
    )


def state(history: History) -> Literal["live", "edited", "gone"]:
    """Whether a page is there as it was first seen."""
    if history.gone_at:
        return "gone"
    return "edited" if len(history.versions) > 1 else "live"


def _confirmed(catalog: Catalog) -> set[Pair]:
    """The pairs of which a person says that they share the text: of a form, too."""
    judged = by_pair(catalog.judgments())
    return {pair for pair in judged if is_confirmed(pair, judged)}


def _beside(catalog: Catalog, versions: Iterable[Article], matches: Iterable[Match]) -> set[str]:
    """The pages that are like one that credits somebody, and are no copies: forms, and those with
    a quotation. They can be what a credit means that names an outlet alone."""
    crediting = {one.id for one in versions if one.republished_from}
    ends = {
        end
        for match in matches
        if match.kind in (FORM, QUOTATION) and not crediting.isdisjoint((match.a, match.b))
        for end in (match.a, match.b)
    }
    return {one.canonical_url for one in catalog.articles_by_id(ends).values()}


def _credited(articles: Iterable[Article]) -> set[str]:
    """The pages that these articles credit: one that lacks the text contradicts the credit."""
    urls = {claim.target_url for article in articles for claim in article.claims}
    urls |= {article.republished_from.url for article in articles if article.republished_from}
    return {canonical_url(url) for url in urls if url}
