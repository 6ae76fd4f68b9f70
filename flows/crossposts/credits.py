"""Credits: which outlet an article says, or shows, that its text is from."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from flows.text.unicode import norms
from spiders.parsers import agencies
from storage.findings import Attribution
from storage.outlets import Outlets, folded_name
from storage.records import Article, Claim, ClaimKind, Origin

CONFIDENCE: dict[ClaimKind, float] = {
    "original_source": 0.95,
    "republished_from": 0.95,
    "first_published_by": 0.9,
    "counter_pixel": 0.9,
    "syndication_source": 0.9,
    "based_on": 0.9,
    "link_to_original": 0.8,
    # Lines that stand on pages for other reasons too: agency pictures, house styles.
    "copyright": 0.6,
    "byline": 0.6,
}
"""The claims that credit somebody, and how far each is to be trusted."""

ORIGIN = 0.9
"""What the parser made of all claims together: `Article.republished_from`."""

SIGNED = 0.8
"""An agency in the author's place; one that another line names may have sent a picture."""

LINKED = 0.5
"""A bare link from the text to the very page; it may as well be a link to further reading."""

SHORTEST_NAME = 4
"""Letters of a name that is looked for in running text; shorter ones are words (`RT`, `Sun`)."""

SAYS: dict[ClaimKind, str] = {
    "original_source": "it names {name} as its original source",
    "republished_from": "it says that the text is from {name}",
    "first_published_by": "it says that {name} published it first",
    "counter_pixel": "it carries {name}'s republication counter",
    "syndication_source": "its markup names {name} as the source",
    "based_on": "its markup says that it is based on {name}'s page",
    "link_to_original": "it links to {name} for the original",
    "copyright": "it prints {name}'s copyright line",
    "byline": "it is signed with {name}'s name",
    "canonical": "its markup points to {name}'s page (rel=canonical)",
}

SELF_SOURCE: tuple[ClaimKind, ...] = ("original_source", "first_published_by", "republished_from")
"""Claims by which an outlet, naming itself, holds itself out as the source of a text."""


class Credit(Struct, frozen=True, kw_only=True):
    """One statement of an article that its text is from an outlet."""

    kind: ClaimKind
    text: str
    name: str | None
    url: str | None
    confidence: float
    href: str | None = None
    """The link as printed, also where it leads nowhere."""

    def says(self, name: str) -> str:
        """The statement in words, for a reason: `name` is the outlet's."""
        return SAYS[self.kind].format(name=name)


def credits_of(article: Article, outlets: Outlets) -> list[Credit]:
    """What the article credits to others, the most trustworthy first."""
    found = [_credit(claim) for claim in article.claims if claim.kind in CONFIDENCE]
    origin = article.republished_from
    if origin is not None and not any(
        (one.name, one.url) == (origin.name, origin.url) and one.confidence >= ORIGIN
        for one in found
    ):
        text = origin.name or origin.url or ""
        found.append(
            Credit(
                kind=_kind_of(origin, article.claims),
                text=text,
                name=origin.name,
                url=origin.url,
                confidence=ORIGIN,
            )
        )
    found += agency_credits(article)
    others = [one for one in found if (one.name or one.url) and not names(one, article, outlets)]
    return sorted(others, key=lambda one: (-one.confidence, one.text, one.url or ""))


def _kind_of(origin: Origin, claims: Sequence[Claim]) -> ClaimKind:
    """What kind of claim the parser made the origin of, so that it is told as what it is."""
    made_of = [
        one.kind
        for one in claims
        if one.about == "other"
        and one.kind in SAYS
        and ((one.target_url and one.target_url == origin.url) or one.target_name == origin.name)
    ]
    sure = CONFIDENCE | {"canonical": 0.0}  # it stands on pages for other reasons, too
    return max(made_of, key=lambda kind: sure[kind], default="republished_from")


def agency_credits(article: Article) -> list[Credit]:
    """The agencies that sign an article: what they wrote is on the pages of all their clients."""
    kinds = {one.name: one.kind for one in article.credited}
    return [
        Credit(kind="byline", text=name, name=name, url=None, confidence=SIGNED)
        for name in article.authors
        if kinds.get(name) == "agency"
    ]


def _credit(claim: Claim) -> Credit:
    # What the parser holds to be about the page's own outlet names nobody else.
    other = claim.about == "other"
    return Credit(
        kind=claim.kind,
        text=claim.text,
        name=claim.target_name if other else None,
        url=claim.target_url if other else None,
        href=claim.href if other else None,
        confidence=CONFIDENCE[claim.kind],
    )


@lru_cache(maxsize=65_536)  # a page's address is asked for once for each credit of its neighbours
def outlet_key(url: str, outlets: Outlets) -> str:
    """`outlets.key(url)`, remembered."""
    return outlets.key(url)


@lru_cache(maxsize=65_536)
def _known_as(name: str, outlets: Outlets) -> tuple[str | None, str]:
    """The id of the outlet that goes by this name, and the name as it is compared."""
    known = outlets.by_name(name)
    return known.id if known else None, folded_name(name)


def names(credit: Credit, original: Article, outlets: Outlets) -> bool:
    """Whether a credit means the outlet of `original`, by its name or by its link."""
    if credit.url and leads_to_outlet(credit.url, original, outlets):
        return True
    return bool(credit.name) and is_named(credit.name or "", original, outlets)


def same_target(one: Credit, other: Credit, outlets: Outlets) -> bool:
    """Whether two credits mean one outlet."""
    if one.url and other.url and outlet_key(one.url, outlets):
        return outlet_key(one.url, outlets) == outlet_key(other.url, outlets)
    if not one.name or not other.name:
        return False
    first, second = _known_as(one.name, outlets), _known_as(other.name, outlets)
    if agencies.called(one.name) == agencies.called(other.name):
        return True
    return first[0] == second[0] if first[0] and second[0] else first[1] == second[1]


def is_named(name: str, article: Article, outlets: Outlets) -> bool:
    """Whether `name` is the name of the article's outlet, one of its aliases, or its site."""
    known, folded = _known_as(name, outlets)
    key = outlet_key(article.url, outlets)
    if known is not None and known == key:
        return True
    own = (article.outlet, article.source, key)
    return bool(folded) and any(folded == _known_as(one, outlets)[1] for one in own)


def leads_to_outlet(url: str, article: Article, outlets: Outlets) -> bool:
    """Whether a link leads to the outlet of the article, to whichever page."""
    key = outlet_key(url, outlets)
    return bool(key) and key == outlet_key(article.url, outlets)


def leads_to_article(url: str, article: Article, outlets: Outlets) -> bool:
    """Whether a link leads to the very page."""
    return outlets.page(url) == article.canonical_url


def links_to(article: Article, original: Article, outlets: Outlets) -> str | None:
    """The link in the article's text to the very page of `original`, if there is one."""
    return next((url for url in article.links if leads_to_article(url, original, outlets)), None)


def mentions(article: Article, original: Article, outlets: Outlets) -> bool:
    """Whether the article's own words name the outlet of `original` ("As X reported").

    A name that the original's text has as often came with the text, and names nobody.
    """
    source = outlets.by_url(original.url)
    known = (original.outlet, *((source.name, *source.aliases) if source else ()))
    here, there = _spoken(article), _spoken(original)
    return any(
        here.count(name) > there.count(name)
        for name in {_phrase(one) for one in known if len(folded_name(one)) >= SHORTEST_NAME}
    )


def _spoken(article: Article) -> str:
    return _phrase("\n\n".join(article.paragraphs))


def _phrase(text: str) -> str:
    """Words in their normal form between spaces, so that whole words are found."""
    return f" {' '.join(norms(text))} "


def canonical_elsewhere(article: Article, outlets: Outlets) -> list[Claim]:
    """rel=canonical claims that point to another publisher's site."""
    return [
        claim
        for claim in article.claims
        if claim.kind == "canonical"
        and claim.target_url
        and not leads_to_outlet(claim.target_url, article, outlets)
    ]


def claims_to_be_source(article: Article, outlets: Outlets) -> Claim | None:
    """The claim by which the article's outlet names itself as the source of the text, if any."""
    for claim in article.claims:
        if claim.kind in SELF_SOURCE and (
            claim.about == "self" or is_named(claim.target_name or "", article, outlets)
        ):
            return claim
    return None


def attribution(copy: Article, original: Article | None, outlets: Outlets) -> Attribution:
    """How the copy credits its original, as facts. Without an archived original, how it credits
    the one that it names."""
    given = credits_of(copy, outlets)
    meant = given if original is None else [one for one in given if names(one, original, outlets)]
    link = _hyperlink(copy, original, meant, outlets)
    return Attribution(
        source_named=any(one.name for one in meant)
        or (original is not None and mentions(copy, original, outlets)),
        copyright_line=_copyright_line(copy),
        hyperlink=link,
        hyperlink_leads_to=_leads_to(link, original, meant, outlets),
        author_kept=_author_kept(copy, original, outlets),
        terms_of_copy=terms(copy),
        terms_of_original=terms(original) if original else (),
    )


def terms(article: Article) -> tuple[str, ...]:
    """What the page states about permission and copyright, verbatim, in its order."""
    stated = (claim.text for claim in article.claims if claim.kind in ("permission", "copyright"))
    return tuple(dict.fromkeys(stated))


def _copyright_line(copy: Article) -> str | None:
    """The line for somebody else; the outlet's own is among the terms."""
    found = (c.text for c in copy.claims if c.kind == "copyright" and c.about == "other")
    return next(found, None)


def _hyperlink(
    copy: Article, original: Article | None, meant: Sequence[Credit], outlets: Outlets
) -> str | None:
    links = [one.url for one in meant if one.url]
    if original is None:
        return links[0] if links else None
    links += [claim.target_url for claim in copy.claims if claim.target_url]
    links += copy.links
    for url in links:
        if leads_to_article(url, original, outlets):
            return url
    return next((url for url in links if leads_to_outlet(url, original, outlets)), None)


def _leads_to(
    link: str | None, original: Article | None, meant: Sequence[Credit], outlets: Outlets
) -> Literal["article", "elsewhere", "nowhere", "unknown"] | None:
    if link is None:
        # A link that is printed and leads nowhere (`#`) is not the same as no link.
        return "nowhere" if any(one.href is not None and not one.url for one in meant) else None
    if original is None:
        return "unknown"
    return "article" if leads_to_article(link, original, outlets) else "elsewhere"


def _author_kept(copy: Article, original: Article | None, outlets: Outlets) -> bool | None:
    if original is None:
        return None
    # An outlet that signs with its own name names no author.
    people = [name for name in original.authors if not is_named(name, original, outlets)]
    if not people:
        return None
    bylines = [claim.text for claim in copy.claims if claim.kind == "byline"]
    there = " ".join(folded_name(text) for text in [*copy.authors, *bylines])
    return all(folded_name(name) in there for name in people)
