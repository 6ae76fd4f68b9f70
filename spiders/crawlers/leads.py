"""From an article's claims to the places where its original may be. Pure."""

from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from config.registry import Source
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
    named: list[tuple[str | None, str | None]] = []
    if article.republished_from:
        named.append((article.republished_from.name, article.republished_from.url))
    for kinds in (STRONG, WEAK):
        for claim in article.claims:
            if claim.kind in kinds and claim.about == "other":
                name, url = claim.target_name, claim.target_url
                if kinds is STRONG or _registered(outlets, name, url):
                    named.append((name, url))
    groups: dict[str, list[tuple[str | None, str | None]]] = {}
    for name, url in named:
        if url and not url.startswith(("http://", "https://")):
            url = None
        if (name or url) and not _own(article, outlets, name, url):
            groups.setdefault(_key(outlets, name, url), []).append((name, url))
    return [_lead(outlets, group) for group in list(groups.values())[:MAX_LEADS]]


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


def _key(outlets: Outlets, name: str | None, url: str | None) -> str:
    """`South Front` and a link to southfront.org are one outlet, registered or not."""
    source = _registered(outlets, name, url)
    if source is not None:
        return source.id
    return folded_name(site(url)) if url else folded_name(name or "")


def _lead(outlets: Outlets, group: list[tuple[str | None, str | None]]) -> Lead:
    names = [name for name, _ in group if name]
    urls = [url for _, url in group if url]
    source = next((found for pair in group if (found := _registered(outlets, *pair))), None)
    homepage = source.homepage if source else (root(urls[0]) if urls else None)
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
