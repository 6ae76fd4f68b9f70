"""The generic reader: all layers of one page into one `Article`, or the reason why there is none."""

import re

from config.registry import Source
from spiders.parsers import authors as author_names
from spiders.parsers import body as bodies
from spiders.parsers import dates, jsonld, kind, media, titles
from spiders.parsers import meta as metas
from spiders.parsers.base import Document, document, fold
from spiders.parsers.blocks import Block, blocks
from spiders.parsers.claims import Own, Reader, canonical, place
from spiders.parsers.origin import origin
from storage import identity
from storage.outlets import Outlets, folded_name
from storage.records import Article, Claim, NotAnArticle, Page, PrintedDate

PARSER = "generic/1"
# Blocks around the headline in which bylines and dates stand.
BEFORE, HEADER_CHARS = 8, 200


class Reading:
    """One page being read: the layers, computed once."""

    def __init__(self, page: Page, source: Source | None, outlets: Outlets) -> None:
        self.page, self.source, self.outlets = page, source, outlets
        self.doc: Document = document(page)
        self.url = self.doc.url
        self.nodes = jsonld.nodes(self.doc)
        self.known = jsonld.by_id(self.nodes)
        self.node = jsonld.article(self.nodes, self.url) or {}
        self.meta = metas.read(self.doc)
        self.blocks = blocks(self.doc.tree)
        self.own = self._own()

    @property
    def stated(self) -> bool:
        """Whether the page says of itself that it is an article."""
        return bool(self.node.get("headline") or self.node.get("datePublished")) or (
            self.meta.first("og:type").lower() == "article"
            and bool(self.meta.first("article:published_time"))
        )

    def outlet(self) -> str:
        """The publisher's name: the source's, the page's, else the site."""
        if self.source is not None:
            return self.source.name
        publisher = jsonld.names(self.node.get("publisher"), self.known)
        stated = self.meta.first("og:site_name") or (fold(publisher[0]) if publisher else "")
        return stated[:100] or identity.site(self.url)

    def _own(self) -> Own:
        site = identity.site(self.url)
        names = [site, site.partition(".")[0], self.meta.first("og:site_name", "application-name")]
        names += jsonld.names(self.node.get("publisher"), self.known)
        names += [self.meta.first("publisher", "dc.publisher", "twitter:site").lstrip("@")]
        source = self.source or self.outlets.by_url(self.url)
        if source is not None:
            names += [source.name, source.id, *source.aliases]
        folded = {folded_name(name) for name in names if name}
        return Own(self.url, self.outlets, folded - {""})

    def titles(self) -> dict[str, str]:
        """What each layer gives as the title, the most trusted first."""
        element = self.doc.tree.find(".//title")
        return {
            "jsonld": fold(jsonld.text(self.node.get("headline"))),
            "og": self.meta.first("og:title", "twitter:title", "dc.title"),
            "microdata": self.meta.item("headline"),
            "title": fold(element.text or "") if element is not None else "",
        }

    def descriptions(self) -> list[str]:
        """What the page gives as its summary."""
        stated = jsonld.text(self.node.get("description"))
        named = [self.meta.first(name) for name in ("description", "og:description")]
        alternative = jsonld.text(self.node.get("alternativeHeadline"))
        return [text for text in [stated, *named, alternative] if text]


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
    claims = _claims(reading, found, header)
    published = _dates(reading, header, claims)
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
    return [b for b in near if b.text and len(b.text) <= HEADER_CHARS and b is not found.headline and b.at not in chosen
            and b.why not in ("nav", "related", "comments", "hidden", "sidebar")]  # fmt: skip


def _claims(reading: Reading, found: bodies.Body, header: list[Block]) -> list[Claim]:
    reader = Reader(reading.doc, reading.own)
    area = {id(block): block for block in [*header, *found.boilerplate, *found.kept]}
    chosen = sorted(area.values(), key=lambda block: block.at)
    last = found.kept[-1].at if found.kept else 0
    everything = reading.blocks
    for block in chosen:
        if block.why in ("caption", "picture", "player"):
            continue
        if block.why == "footer" and block.at not in {one.at for one in found.kept}:
            continue
        following = everything[block.at + 1 : block.at + 3]
        reader.block(block, following, last=block.at >= last)
    _credit_lines(reader, header)
    _bylines(reader, header + [b for b in found.boilerplate if b.at > last])
    _machine(reader, reading)
    for block in everything:
        if block.why == "footer" and "©" in block.text[:400]:
            reader.footer(block)
    _set_apart(found, reader.statements)
    return list(reader.found.values())


def _set_apart(found: bodies.Body, statements: set[int]) -> None:
    """Notes about the text are boilerplate, not text."""
    notes = [block for block in found.kept if block.at in statements]
    found.kept = [block for block in found.kept if block.at not in statements]
    found.boilerplate = sorted([*found.boilerplate, *notes], key=lambda block: block.at)


def _credit_lines(reader: Reader, header: list[Block]) -> None:
    """A dated line that names and links another outlet: `Max Blumenthal, The Grayzone, 14 May`."""
    for block in header:
        shown = dates.find(block.text)
        if not shown:
            continue
        name = block.text[: shown[0][2]].strip(" ,|·–—-")
        if reader.own.outlets.by_name(name) is not None and not reader.own.is_name(name):
            reader.add("byline", block.text, name, reader._url(block, name), place(block.element))
        for link in block.links:
            url = reader.doc.link(link.href)
            if (
                url
                and link.text
                and not reader.own.is_url(url)
                and reader.names_site(link.text, url)
            ):
                reader.add("byline", block.text, link.text, url, place(block.element))


BYLINE = re.compile(
    r"^\W{0,20}(?:by|von|par|por|articles?\s+by|written\s+by|authored\s+by)\s*:?\s+(?P<name>.{2,80})$",
    re.I,
)


def _bylines(reader: Reader, near: list[Block]) -> None:
    """`By X`, where X is an outlet and not a person."""
    for block in near:
        match = BYLINE.match(block.text)
        if match is None:
            continue
        name = match["name"].strip(" .,")
        known = reader.own.outlets.by_name(name)
        origins = {
            folded_name(one.target_name or "")
            for one in reader.found.values()
            if one.kind != "copyright"
        }
        if known is not None or folded_name(name) in origins:
            reader.add("byline", block.text, name, reader._url(block, name), place(block.element))


def _machine(reader: Reader, reading: Reading) -> None:
    """Claims that machines read: meta, JSON-LD, canonical, counters."""
    for name in ("syndication-source", "original-source"):
        for value in reading.meta.names.get(name, [])[:3]:
            if url := reading.doc.link(value):
                reader.add("syndication_source", value, reader._name_of(url), url, f"meta:{name}")
    for value in [reading.node.get("isBasedOn")] if reading.node.get("isBasedOn") else []:
        url = reading.doc.link(jsonld.url_of(value))
        named = jsonld.names(value, reading.known)
        if url or named:
            name = named[0] if named else reader._name_of(url)
            reader.add("based_on", url or str(name), name, url, "jsonld:isBasedOn")
    for element in reading.doc.tree.xpath("//img[contains(@src, '//counter.theconversation.')]")[
        :3
    ]:
        src = str(element.get("src"))
        reader.add("counter_pixel", src, "The Conversation", None, "xpath:" + _path(element))
    canonical(reader, reading.meta.links.get("canonical", []))


def _path(element: object) -> str:
    return str(element.getroottree().getpath(element))  # type: ignore[attr-defined]


def _dates(reading: Reading, header: list[Block], claims: list[Claim]) -> list[PrintedDate]:
    node, meta = reading.node, reading.meta
    stated = [
        dates.printed(jsonld.text(node.get("datePublished")), "published", "jsonld:datePublished"),
        *(dates.printed(meta.first(name), "published", f"meta:{name}") for name in PUBLISHED),
        dates.printed(meta.item("datePublished"), "published", "microdata:datePublished"),
        dates.printed(jsonld.text(node.get("dateModified")), "updated", "jsonld:dateModified"),
        *(dates.printed(meta.first(name), "updated", f"meta:{name}") for name in MODIFIED),
        dates.printed(meta.item("dateModified"), "updated", "microdata:dateModified"),
    ]
    found = [one for one in stated if one is not None]
    origins = {folded_name(one.target_name or "") for one in claims if one.about == "other"} - {""}
    shown = [one for block in header for one in _text_dates(reading, block, origins)]
    out: dict[tuple[str, str, str], PrintedDate] = {}
    for one in found + shown:
        out.setdefault((one.raw, one.says, one.where), one)
    return list(out.values())[:40]


PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued",
    "dc.date", "dcterms.created", "dcterms.date", "pubdate", "publishdate", "publish-date",
    "publication_date", "parsely-pub-date", "sailthru.date", "article.published", "cxenseparse:recs:publishtime",
    "originalpublicationdate", "last-published", "rnews:datepublished", "og:published_time",
)  # fmt: skip
MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)


def _text_dates(reading: Reading, block: Block, origins: set[str]) -> list[PrintedDate]:
    """Dates in a line of the article's head, with what they say and for whom."""
    american = not re.match(
        r"en-(?:gb|au|nz|za|in|ie)|(?!en)[a-z]{2}", reading.meta.language.lower()
    )
    out = []
    for raw, value, start, end in dates.find(block.text, american):
        before = block.text[:start]
        label = dates.UPDATED.search(before[-40:])
        rest = re.sub(r"^[\W\d]+|\W+$", "", before).strip() or re.sub(
            r"^\W+|\W+$", "", block.text[end:]
        )
        says, by = "published", None
        if label:
            says = "updated"
        elif rest and len(rest) <= 60:
            known = reading.outlets.by_name(rest)
            if reading.own.is_name(rest):
                by = rest
            elif known is not None or folded_name(rest) in origins:
                says, by = "original", rest
        out.append(PrintedDate(
            raw=raw, value=value, precision=dates.precision(value), says=says, where="text", by=by,  # type: ignore[arg-type]
        ))  # fmt: skip
    stated = block.element.get("datetime") if block.element.tag == "time" else None
    times = [stated] if stated else [t.get("datetime") for t in block.element.iter("time")][:3]
    for time in times:
        kind_of = "updated" if dates.UPDATED.search(block.text) else "published"
        one = dates.printed(str(time or ""), kind_of, "time:datetime")  # type: ignore[arg-type]
        out += [one] if one and one.value else []
    return out


def _authors(reading: Reading, header: list[Block], body: bodies.Body) -> tuple[str, ...]:
    stated = jsonld.names(reading.node.get("author"), reading.known)
    layers = [stated, reading.meta.names.get("author", []), _shown(reading, header)]
    layers += [
        reading.meta.names.get(name, [])
        for name in ("parsely-author", "dc.creator", "byl", "sailthru.author", "cxenseparse:author")
    ]
    layers += [reading.meta.items.get("author", []), _signed(body)]
    for values in layers:
        names = [n for n in author_names.names(values) if not reading.own.is_name(n)]
        if names:
            return tuple(names)
    for values in layers:
        if names := author_names.names(values):
            return tuple(names)
    return ()


def _shown(reading: Reading, header: list[Block]) -> list[str]:
    """Names in sight: marked as author, or after `By` in a line of the head."""
    marked = reading.doc.tree.xpath(
        "//a[@rel='author']|//*[@itemprop='author']//*[@itemprop='name']"
    )
    found = [fold("".join(one.itertext())) for one in marked[:10]]
    for block in header:
        if len(block.text) <= 160:
            dated = bool(dates.find(block.text))
            found += author_names.in_line(block.text, block.why == "author" or dated)
    return found


def _signed(found: bodies.Body) -> list[str]:
    """A name alone after the last paragraph."""
    last = found.kept[-1].at if found.kept else 0
    after = [b.text for b in found.boilerplate if last < b.at <= last + 2]
    return [text for text in after if author_names.PERSON.fullmatch(text)]


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
    who = _authors(reading, header, found)
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
        subtitle=_subtitle(reading),
        authors=who,
        published_at=dates.best(published),
        published=tuple(published),
        language=_language(reading, paragraphs),
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


def _subtitle(reading: Reading) -> str | None:
    return fold(jsonld.text(reading.node.get("alternativeHeadline")))[:500] or None


def _language(reading: Reading, paragraphs: tuple[str, ...]) -> str | None:
    declared = jsonld.text(reading.node.get("inLanguage")) or reading.meta.language
    declared = declared or reading.meta.first("og:locale", "content-language", "language")
    match = re.match(r"[a-z]{2,3}(?=$|[-_])", declared.strip().lower())
    if match:
        return match[0]
    if reading.source is not None and reading.source.language:
        return reading.source.language
    text = " ".join(paragraphs)[:4000]
    if len(text) < 40:
        return None
    from py3langid import classify

    return str(classify(text)[0])
