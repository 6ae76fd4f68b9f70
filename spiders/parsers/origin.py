"""What the page itself says that its text was taken from: one answer out of its claims."""

from spiders.parsers.own import Own
from storage.identity import label, site
from storage.outlets import folded_name
from storage.records import Claim, ClaimKind, Origin

# Which statement is believed first: what is said in words, then machine signals.
ORDER: tuple[ClaimKind, ...] = (
    "original_source", "republished_from", "first_published_by", "link_to_original", "byline",
    "syndication_source", "counter_pixel", "canonical", "based_on",
)  # fmt: skip


def origin(claims: list[Claim], own: Own) -> Origin | None:
    """The origin that the page claims, or None where it claims none or only itself."""
    others = [one for one in claims if one.kind in ORDER and one.about == "other"]
    if not others:
        return None
    chosen = min(others, key=lambda one: ORDER.index(one.kind))
    name = chosen.target_name
    urls = [one.target_url for one in [chosen, *others] if one.target_url and _same(one, chosen)]
    away = [url for url in urls if not own.is_url(url)]
    deep = [url for url in away if len(url.split("/", 3)[-1]) > 1 and url.count("/") >= 3]
    url = next(iter(deep or away), None)
    if name is None and url is not None:
        known = own.outlets.by_url(url)
        name = known.name if known else site(url)
    return Origin(name, url) if name or url else None


def _same(one: Claim, other: Claim) -> bool:
    """Whether two claims name the same outlet."""
    if one is other:
        return True
    if one.target_url and other.target_url and site(one.target_url) == site(other.target_url):
        return True
    if one.target_name and other.target_name:
        if folded_name(one.target_name) == folded_name(other.target_name):
            return True
        # A name and a site: `The Grayzone` and thegrayzone.com.
        name = folded_name(label(one.target_url)) if one.target_url else ""
        return bool(name) and name == folded_name(other.target_name)
    return one.target_url is not None and one.target_url == other.target_url
