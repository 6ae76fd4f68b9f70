"""From an article's claims to the places where its original may be. Pure."""

from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from config.registry import Source
from spiders.crawlers.titles import SIMILAR, slug_similarity
from storage.identity import canonical_url, site
from storage.outlets import Outlets, folded_name
from storage.records import Article

# What says where a text was taken from. `reprinted_on` points the other way,
# `first_published_on` names a date, `permission` and `counter_pixel` name no article.
STRONG = (
    "original_source",
    "republished_from",
    "first_published_by",
    "link_to_original",
    "canonical",
    "syndication_source",
    "based_on",
)
# What names an owner; followed only to outlets that we watch, as agencies sign everywhere.
WEAK = ("copyright", "byline")
MAX_LEADS = 3
"""Outlets that one page is followed to; pages that claim more are digests of links."""

Named = tuple[str | None, str | None]
"""An outlet's name and a link to it, as one claim gives them."""


class Lead(Struct, frozen=True, kw_only=True):
    """One outlet that a page names as the origin of its text."""

    name: str
    urls: tuple[str, ...]
    """Links that may be the original's address, the surest first."""
    homepage: str | None
    """Where to search by title."""
    source: Source | None


def leads(article: Article, outlets: Outlets) -> list[Lead]:
    """The outlets that the article names, the surest first, at most MAX_LEADS."""
    named: list[Named] = []
    if article.republished_from:
        named.append((article.republished_from.name, article.republished_from.url))
    for kinds in (STRONG, WEAK):
        for claim in article.claims:
            if claim.kind in kinds and claim.about == "other":
                name, url = claim.target_name, claim.target_url
                if kinds is STRONG or _registered(outlets, name, url):
                    named.append((name, url))
    wanted = [pair for pair in map(_web, named) if any(pair) and not _own(article, outlets, *pair)]
    groups = _grouped(outlets, wanted)
    return [_lead(article, outlets, group) for group in groups[:MAX_LEADS]]


def is_home(url: str) -> bool:
    """Whether the address is a site's front page, which is no article."""
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def root(url: str) -> str:
    """The front page of the address's host."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))


def _registered(outlets: Outlets, name: str | None, url: str | None) -> Source | None:
    return (outlets.by_url(url) if url else None) or (outlets.by_name(name) if name else None)


def _own(article: Article, outlets: Outlets, name: str | None, url: str | None) -> bool:
    if url and outlets.same(url, article.url):
        return True
    source = _registered(outlets, name, url)
    own = outlets.by_url(article.url)
    if source is not None and own is not None:
        return source.id == own.id
    return bool(name and folded_name(name) == folded_name(article.outlet))


def _web(pair: Named) -> Named:
    name, url = pair
    return name, url if url and url.startswith(("http://", "https://")) else None


def _grouped(outlets: Outlets, named: list[Named]) -> list[list[Named]]:
    """Claims by outlet. `South Front` and a link to southfront.org are one, registered or not;
    so are a name and a site that one claim gives together."""
    keys: dict[str, str] = {}
    for name, url in named:
        if name and url:
            source = _registered(outlets, name, url)
            key = source.id if source else folded_name(name)
            keys.setdefault(folded_name(name), key)
            keys.setdefault(folded_name(site(url)), key)
    groups: dict[str, list[Named]] = {}
    for name, url in named:
        source = _registered(outlets, name, url)
        plain = folded_name(name) if name else folded_name(site(url or ""))
        key = source.id if source else keys.get(plain, plain)
        groups.setdefault(key, []).append((name, url))
    return list(groups.values())


def _lead(article: Article, outlets: Outlets, group: list[Named]) -> Lead:
    names = [name for name, _ in group if name]
    urls = [url for _, url in group if url]
    source = next((found for pair in group if (found := _registered(outlets, *pair))), None)
    homepage = source.homepage if source else (root(urls[0]) if urls else None)
    # A link in the text whose address is the headline's, at the outlet that is named.
    urls += [
        url
        for url in article.links
        if homepage
        and outlets.same(url, homepage)
        and slug_similarity(article.title, url) >= SIMILAR
    ]
    articles: dict[str, str] = {}
    for url in urls:
        if not is_home(url):
            articles.setdefault(canonical_url(url), url)
    return Lead(
        name=source.name if source else (names[0] if names else site(urls[0])),
        urls=tuple(articles.values()),
        homepage=homepage,
        source=source,
    )
