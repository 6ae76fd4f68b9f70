"""From the catalog to trails: what the reading commands show."""

from collections.abc import Iterable, Sequence
from typing import Literal

from config.registry import Source
from flows.crossposts.dating import interval
from flows.crossposts.network import Network, PageOf, network
from flows.crossposts.trails import Seen, gather
from storage.catalog import Catalog
from storage.findings import FirstPublished, Trail
from storage.identity import canonical_url
from storage.lookup import History, Sights
from storage.outlets import Outlets
from storage.records import Article, Match


def trails(catalog: Catalog, sources: Sequence[Source]) -> list[Trail]:
    """All trails: a pure function of the matches and claims in the catalog."""
    matches = list(catalog.matches())
    matched = catalog.articles_by_id({end for match in matches for end in (match.a, match.b)})
    claiming = [article for article in catalog.articles() if article.republished_from]
    involved = [*matched.values(), *claiming]
    credited = _credited(involved)
    linked = {canonical_url(url) for article in involved for url in article.links}
    redirects = catalog.redirects(credited | linked)
    pages = {article.canonical_url for article in involved}
    pages |= {redirects.get(page, page) for page in credited}
    outlets = Outlets(sources, redirects)
    found, between = seen(catalog, sorted(pages)), _between(matches, matched)
    return gather(found, between, outlets, catalog.judgments())


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
    found = interval(first.article, first.first_seen, notices=first.notices, others=first.others)
    return found.record()


def copying(
    catalog: Catalog, sources: Sequence[Source], since: str | None, until: str | None
) -> Network:
    """Who copies whom in a period (ISO days, both included; None is open)."""
    pages = [
        PageOf(page, source, outlet, published or first_seen)
        for page, source, outlet, published, first_seen in catalog.pages()
    ]
    return network(trails(catalog, sources), pages, Outlets(sources), since, until)


def state(history: History) -> Literal["live", "edited", "gone"]:
    """Whether a page is there as it was first seen."""
    if history.gone_at:
        return "gone"
    return "edited" if len(history.versions) > 1 else "live"


def _credited(articles: Iterable[Article]) -> set[str]:
    """The pages that these articles credit: one that lacks the text contradicts the credit."""
    urls = {claim.target_url for article in articles for claim in article.claims}
    urls |= {article.republished_from.url for article in articles if article.republished_from}
    return {canonical_url(url) for url in urls if url}


def _between(matches: Sequence[Match], articles: dict[str, Article]) -> list[Match]:
    """Matches whose two articles are in the catalog; a lost run must not break the others."""
    return [match for match in matches if match.a in articles and match.b in articles]
