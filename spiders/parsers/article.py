"""The generic reader: all layers of one page into one `Article`, or why there is none."""

import re

from config.registry import Source
from spiders.parsers import body as bodies
from spiders.parsers import dates, jsonld, kind, media, titles
from spiders.parsers.blocks import Block
from spiders.parsers.fields import authors_of, dates_of, language_of, subtitle_of
from spiders.parsers.origin import origin
from spiders.parsers.reading import Reading
from spiders.parsers.statements import claims_of
from storage import identity
from storage.outlets import Outlets
from storage.records import Article, Claim, NotAnArticle, Page, PrintedDate

PARSER = "generic/1"
# Blocks before the headline, and characters of a block, in which bylines and dates stand.
BEFORE, HEADER_CHARS = 8, 200


def read(page: Page, source: Source | None, outlets: Outlets) -> Article | NotAnArticle:
    """Read one capture. Pure: the same bytes, source and outlets give the same record."""
    reason = kind.not_html(page) or kind.address_reason(page.capture.url)
    if reason:
        return NotAnArticle(reason)
    reading = Reading(page, source, outlets)
    shown = reading.titles()
    names = list(shown.values())
    stripped = [titles.bare(name, reading.own.names, names) for name in names if name]
    found = bodies.select(
        reading.blocks, reading.doc.tree, [*names, *stripped, *_without_prefix(stripped)],
        reading.descriptions(), jsonld.text(reading.node.get("articleBody")),
    )  # fmt: skip
    candidates = {"h1": found.headline.text if found.headline else "", **shown}
    title = titles.choose(candidates, reading.own.names)
    header = _header(reading, found)
    claims = claims_of(reading, found, header)
    published = dates_of(reading, header, claims)
    prose = sum(len(block.text) for block in found.kept)
    dated = any(one.value for one in published)
    wanted = source is not None and any(
        re.search(p, page.capture.url) for p in source.articles.include
    )
    reason = kind.page_reason(
        page.capture.url, reading.doc.tree, title, prose, reading.stated or wanted, dated
    )
    if reason is None and kind.is_list(found.kept, reading.blocks, reading.stated or wanted):
        reason = "a list of links to articles"
    if reason is None and not title:
        reason = "no title"
    if reason:
        return NotAnArticle(reason)
    return _article(reading, found, title, header, claims, published)


def _without_prefix(names: list[str]) -> list[str]:
    return [bare for name in names for prefix, bare in [titles.split_prefix(name)] if prefix]


def _header(reading: Reading, found: bodies.Body) -> list[Block]:
    """Short blocks around the headline: bylines, dates, labels."""
    # Bylines also stand between a lead and the text.
    first = found.kept[min(3, len(found.kept) - 1)].at if found.kept else len(reading.blocks)
    chosen = {block.at for block in found.kept}
    top = found.headline.at if found.headline else max(0, first - BEFORE)
    near = reading.blocks[max(0, top - BEFORE) : max(first, top) + 1]
    return [
        block
        for block in near
        if 0 < len(block.text) <= HEADER_CHARS
        and block is not found.headline
        and block.at not in chosen
        and block.why not in ("nav", "related", "comments", "hidden", "sidebar")
    ]


def _article(
    reading: Reading, found: bodies.Body, title: str, header: list[Block], claims: list[Claim],
    published: list[PrintedDate],
) -> Article:  # fmt: skip
    capture = reading.page.capture
    prefix, bare = titles.split_prefix(title)
    kept = [block for block in found.kept if not media.bare_medium(block.text)]
    paragraphs = tuple(block.text for block in kept)
    area = _area(found)
    labelled = [b.text for b in [*header, *found.boilerplate] if len(b.text) < 300]
    who = authors_of(reading, header, found, claims)
    said = [(one.raw, one.value, one.says) for one in published]
    made = [(c.kind, c.text, c.target_name, c.target_url) for c in claims]
    return Article(
        id=identity.article_id(capture.url, [title, paragraphs, who, said, made]),
        capture=capture.id,
        source=reading.source.id if reading.source else identity.site(capture.url),
        outlet=reading.outlet(),
        url=capture.url,
        canonical_url=identity.canonical_url(capture.url),
        title=bare,
        title_prefix=prefix,
        subtitle=subtitle_of(reading),
        authors=who,
        published_at=dates.best(published),
        published=tuple(published),
        language=language_of(reading, paragraphs),
        taxonomy=media.taxonomy(reading.doc, reading.node, reading.meta, labelled),
        paragraphs=paragraphs,
        boilerplate=tuple(b.text for b in found.boilerplate if b.text)[:300],
        media=media.media(reading.doc, reading.node, reading.meta, area, found.kept)
        if area is not None
        else (),
        links=media.links(reading.doc, kept),
        claims=tuple(claims),
        republished_from=origin(claims, reading.own),
        captured_at=capture.fetched_at,
        parser=PARSER,
        notes=tuple(reading.doc.notes),
        warc=capture.warc,
    )


def _area(found: bodies.Body):  # type: ignore[no-untyped-def]
    return found.container
