"""The generic reader: all layers of one page into one `Article`, or why there is none."""

import re

from config.registry import Source
from spiders.parsers import PARSER, dates, jsonld, kind, media, near, taxonomy, titles
from spiders.parsers import body as bodies
from spiders.parsers.base import Element
from spiders.parsers.blocks import Block
from spiders.parsers.credited import credited
from spiders.parsers.fields import (
    authors_of,
    canonical_of,
    dates_of,
    language_of,
    subtitle_of,
    word_count,
)
from spiders.parsers.furniture import HEADINGS
from spiders.parsers.origin import origin
from spiders.parsers.provenance import first_of, same_names
from spiders.parsers.reading import Reading
from spiders.parsers.sources import date_source, text_source, title_source
from spiders.parsers.statements import claims_of
from spiders.parsers.unread import unread
from storage import identity
from storage.outlets import Outlets
from storage.readers import parser_name
from storage.records import Article, Claim, Medium, NotAnArticle, Page, PrintedDate

MAX_HEADS = 60
"""Titles and headings that a title is compared with; the headline is among the first."""


def read(page: Page, source: Source | None, outlets: Outlets) -> Article | NotAnArticle:
    """Read one capture. Pure: the same bytes, source and outlets give the same record."""
    reason = kind.not_html(page) or kind.address_reason(page.capture.page_url)
    if reason:
        return NotAnArticle(reason)
    reading = Reading(page, source, outlets)
    shown = reading.titles
    names = list(shown.values())
    filed = reading.filed()
    others = [*names, *(block.text for block in reading.blocks if block.tag in HEADINGS)][
        :MAX_HEADS
    ]
    stripped = [titles.bare(name, reading.own.names, others, filed) for name in names if name]
    found = bodies.select(
        reading.blocks, reading.doc.tree, [*names, *stripped, *_without_prefix(stripped)],
        reading.descriptions(), jsonld.text(reading.node.get("articleBody")),
        reading.ruled.body(),
    )  # fmt: skip
    candidates = {"h1": found.headline.text if found.headline else "", **shown}
    layer, plain = titles.choose(candidates, reading.own.names, filed)
    title = plain.get(layer, "")
    lines = near.Lines(near.header(reading.blocks, found), near.after(reading.blocks, found))
    claims = claims_of(reading, found, lines)
    published = dates_of(reading, lines, claims)
    prose = sum(len(block.text) for block in found.kept)
    dated = any(one.value for one in published)
    wanted = source is not None and any(
        re.search(p, page.capture.page_url) for p in source.articles.include
    )
    reason = kind.page_reason(
        page.capture.page_url, reading.doc.tree, title, prose, reading.stated or wanted, dated
    )
    if reason is None and kind.is_list(found.kept, reading.blocks, reading.stated or wanted):
        reason = "a list of links to articles"
    if reason is None and kind.is_cards(found.kept, reading.stated or wanted):
        reason = "a list of cards"
    if reason is None and not title:
        reason = "no title"
    notes = unread(reading, candidates.values(), published)
    if reason:
        return NotAnArticle("; ".join((reason, *notes)))
    return _article(reading, found, (layer, plain), lines, claims, published, notes)


def _without_prefix(names: list[str]) -> list[str]:
    return [bare for name in names for prefix, bare in [titles.split_prefix(name)] if prefix]


def _parser(reading: Reading) -> str:
    if reading.source is None or reading.ruled.version is None:
        return PARSER
    return parser_name(PARSER, reading.source.id, reading.ruled.version)


def _media(reading: Reading, found: bodies.Body) -> tuple[Medium, ...]:
    """The article's media; the picture that the source's rules name before all others."""
    all_media = media.media(reading, found, near.whole(found))
    first = reading.ruled.image()
    if first is None:
        return all_media
    named = [one for one in all_media if one.url == first] or [Medium(kind="image", url=first)]
    return (*named, *(one for one in all_media if one.url != first))


def _below_quotations(found: bodies.Body) -> list[Block]:
    """What stands in a quotation of the text and is none, for it is a link: whose words those are
    (HTML 4.4.4: an attribution in a `<cite>` or `<footer>`)."""
    quotations = {one for block in found.kept for one in _around(block) if one.tag == "blockquote"}
    return [one for one in found.boilerplate if not quotations.isdisjoint(_around(one))]


def _around(block: Block) -> list[Element]:
    return [block.element, *block.element.iterancestors()]


def _article(
    reading: Reading, found: bodies.Body, headline: tuple[str, dict[str, str]], lines: near.Lines,
    claims: list[Claim], published: list[PrintedDate], notes: list[str],
) -> Article:  # fmt: skip
    capture = reading.page.capture
    title = headline[1][headline[0]]
    prefix, bare = titles.split_prefix(title, reading.ruled.prefix)
    if prefix is None and headline[0] != "rule":
        prefix, bare = titles.kicker(title, headline[1].values())
    kept = [block for block in found.kept if not media.bare_medium(block.text)]
    paragraphs = tuple(block.text for block in kept)
    who, said_who = authors_of(reading, lines, found, claims)
    outlet = reading.outlet()
    subtitle, said_below = subtitle_of(reading, found)
    canonical, said_canonical = canonical_of(reading)
    language, said_language = language_of(reading, paragraphs)
    terms = taxonomy.taxonomy(reading, lines, found)
    sources = [
        first_of("outlet", outlet, same_names), said_canonical,
        title_source(reading, found, *headline), said_below, said_who, date_source(published),
        said_language, *terms.sources(), text_source(reading, found, paragraphs),
    ]  # fmt: skip
    said = [(one.raw, one.value, one.says) for one in published]
    made = [(c.kind, c.text, c.target_name, c.target_url) for c in claims]
    return Article(
        id=identity.article_id(capture.page_url, [title, paragraphs, who, said, made]),
        capture=capture.id,
        source=reading.source.id if reading.source else identity.site(capture.page_url),
        outlet=outlet[0][1],
        url=capture.page_url,
        canonical_url=identity.canonical_url(capture.page_url),
        stated_canonical=canonical,
        title=bare,
        title_prefix=prefix,
        subtitle=subtitle,
        authors=who,
        credited=tuple(credited(reading, found, who, claims)),
        published_at=dates.best(published),
        published=tuple(published),
        language=language,
        taxonomy={kind: tuple(all_of) for kind, all_of in sorted(terms.kinds.items()) if all_of},
        paragraphs=paragraphs,
        words=word_count(paragraphs),
        boilerplate=tuple(b.text for b in found.boilerplate if b.text)[:300],
        media=_media(reading, found),
        links=media.links(reading.doc, [*kept, *_below_quotations(found)]),
        claims=tuple(claims),
        republished_from=origin(claims, reading.own),
        captured_at=capture.shown_at,
        parser=_parser(reading),
        charset=reading.doc.charset,
        charset_from=reading.doc.charset_from,
        notes=tuple(notes),
        provenance=tuple(one for one in sources if one is not None),
        warc=capture.warc,
    )
