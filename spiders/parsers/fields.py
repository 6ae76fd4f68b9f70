"""Dates, authors and language of one page, out of all its layers."""

import re
from functools import partial
from itertools import islice
from urllib.parse import urlsplit

from spiders.parsers import authors as author_names
from spiders.parsers import body as bodies
from spiders.parsers import dates, jsonld, titles
from spiders.parsers.base import Element, fold
from spiders.parsers.blocks import Block
from spiders.parsers.bylines import BY_ALONE, DATED, JOINED, REPORTING
from spiders.parsers.furniture import AUTHOR_NAME, of_author
from spiders.parsers.languages import language_told
from spiders.parsers.near import Lines, ending, marked_author
from spiders.parsers.phrases import LABELS
from spiders.parsers.provenance import NAMES_JOINED, first_of, same_names
from spiders.parsers.reading import Reading
from spiders.parsers.subtitles import shown
from spiders.parsers.targets import place
from spiders.parsers.taxonomy import terms_of
from storage.identity import canonical_url
from storage.outlets import folded_name
from storage.records import Claim, FieldSource, PrintedDate

PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "date",
    "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date", "pubdate", "publishdate",
    "publish-date",
    "publication_date", "parsely-pub-date", "sailthru.date", "article.published",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate", "last-published", "rnews:datepublished", "og:published_time",
)  # fmt: skip

AUTHOR_TAGS = (
    "parsely-author", "dc.creator", "byl", "sailthru.author", "cxenseparse:author",
    "article:author", "og:article:author", "citation_author",
)  # fmt: skip
# What Yoast and others put beside `twitter:data1` in the site's language ("Written by").
WRITTEN_BY = re.compile(
    r"written|verfasst|écrit|rédig|escrit|scritt|geschreven|skrevet|skriv|napisa|автор|написа|yaz|ditulis|作成|作者|글쓴",
    re.IGNORECASE,
)
MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)


def dates_of(reading: Reading, lines: Lines, claims: list[Claim]) -> list[PrintedDate]:
    """Every date that the page gives for the text, the most trusted layer first."""
    node, item, meta = reading.node, reading.item, reading.meta
    printed = partial(dates.printed, american=_american(reading))
    of_page = jsonld.of_page(reading.nodes) if not node.get("datePublished") else {}
    stated = [
        *reading.ruled.dates(_american(reading)),
        printed(jsonld.text(node.get("datePublished")), "published", "jsonld:datePublished"),
        printed(jsonld.text(item.get("datePublished")), "published", "microdata:datePublished"),
        *(printed(meta.first(name), "published", f"meta:{name}") for name in PUBLISHED),
        printed(jsonld.text(of_page.get("datePublished")), "published", "jsonld:WebPage"),
        printed(jsonld.text(node.get("dateModified")), "updated", "jsonld:dateModified"),
        printed(jsonld.text(item.get("dateModified")), "updated", "microdata:dateModified"),
        *(printed(meta.first(name), "updated", f"meta:{name}") for name in MODIFIED),
    ]
    found = [one for one in stated if one is not None]
    origins = {folded_name(one.target_name or "") for one in claims if one.about == "other"} - {""}
    shown = [one for block in lines.header for one in _text_dates(reading, block, origins)]
    if not any(one.value and one.says == "published" for one in found + shown):
        shown += [one for block in lines.after for one in _text_dates(reading, block, origins)]
    if not any(one.value and one.says == "published" for one in found + shown):
        shown += [one for one in [dates.of_address(urlsplit(reading.url).path)] if one]
    out: dict[tuple[str, str, str], PrintedDate] = {}
    for one in found + shown:
        out.setdefault((one.raw, one.says, one.where), one)
    return list(out.values())[:40]


def _american(reading: Reading) -> bool:
    """Whether the page's language writes 3/4/2020 for March 4th."""
    language = reading.meta.language.lower()
    return not re.match(r"en-(?:gb|au|nz|za|in|ie)|(?!en)[a-z]{2}", language)


def _text_dates(reading: Reading, block: Block, origins: set[str]) -> list[PrintedDate]:
    """Dates in a line of the article's head, with what they say and for whom."""
    american = _american(reading)
    changed = {fold("".join(one.itertext())) for one in block.times if _is_change(one, block)}
    out = []
    shown = [(line, *one) for line in block.lines for one in dates.find(line, american)]
    for line, raw, value, start, end in shown:
        before = line[:start]
        label = dates.UPDATED.search(before[-40:])
        rest = re.sub(r"^[\W\d]+|\W+$", "", before).strip() or re.sub(r"^\W+|\W+$", "", line[end:])
        says, by = "published", None
        if label or raw in changed:
            says = "updated"
        elif rest and len(rest) <= 60:
            known = reading.outlets.by_name(rest)
            if reading.own.is_name(rest):
                by = rest
            elif known is not None or folded_name(rest) in origins:
                says, by = "original", rest
        out.append(PrintedDate(
            raw=raw, value=value, precision=dates.precision(value), says=says, where="text", by=by,  # type: ignore[arg-type]
            zone=dates.zone(raw, value),
        ))  # fmt: skip
    times = [block.element] if block.element.tag == "time" else block.times[:3]
    for time in times:
        kind_of = "updated" if _is_change(time, block) or _labelled_change(block) else "published"
        one = dates.printed(str(time.get("datetime") or ""), kind_of, "time:datetime")  # type: ignore[arg-type]
        out += [one] if one and one.value else []
    return out


def _is_change(time: Element, block: Block) -> bool:
    """Whether a `<time>` beside another is named for the last change (`updated`, hAtom); one that
    stands alone is the only date, whatever it is called."""
    names = str(time.get("class") or "").lower()
    changed = bool(re.search(r"updated|modified", names)) and "published" not in names
    return changed and len(block.times) > 1


def _labelled_change(block: Block) -> bool:
    return len(block.times) < 2 and bool(dates.UPDATED.search(block.text))


def authors_of(
    reading: Reading, lines: Lines, body: bodies.Body, claims: list[Claim]
) -> tuple[tuple[str, ...], FieldSource | None]:
    """Names of authors by the first layer that has any; outlets that the page credits are none."""
    credited = {folded_name(one.target_name or "") for one in claims if one.kind != "copyright"}
    # Nor is a rubric: some sites file the article under an "author" of its name.
    filed = {folded_name(term) for block in lines.header for _, term in terms_of(reading, block)}
    filed |= {folded_name(term) for term in reading.meta.names.get("article:section", [])}
    for node in (reading.node, reading.item):
        filed |= {folded_name(one) for one in jsonld.names(node.get("articleSection"), {})}
    credited |= filed - {""}
    layers = _author_layers(reading, lines, body)
    named = [
        (place, [one for one in _people(reading, said) if not _outlet(reading, one, credited)])
        for place, said in layers
    ]
    if not any(names for _, names in named) and reading.source is None:
        # Of a source it is known that the name is the outlet's.
        named = [
            (place, [n for n in author_names.names(said) if folded_name(n) not in credited])
            for place, said in layers
        ]
    who = next((names for _, names in named if names), [])
    given = [(place, NAMES_JOINED.join(names)) for place, names in named]
    return tuple(who), first_of("authors", given, same_names)


def _stated(node: jsonld.Node, known: dict[str, jsonld.Node]) -> list[str]:
    """The authors of a node; https://schema.org/creator says the same, where no author is named."""
    said = jsonld.names(node.get("author"), known) or jsonld.names(node.get("creator"), known)
    return [author_names.turned(name) for name in said]


def _carded(reading: Reading) -> list[str]:
    """The author's name among what a card shows beside a link to the page."""
    label, name = (reading.meta.first(f"twitter:{what}1") for what in ("label", "data"))
    return [name] if WRITTEN_BY.search(label) else []


def _author_layers(
    reading: Reading, lines: Lines, body: bodies.Body
) -> list[tuple[str, list[str]]]:
    """What stands in the author's place, layer by layer, the most trusted first."""
    meta = reading.meta.names
    return [
        ("rule:authors", reading.ruled.texts("authors")),
        ("jsonld:author", _stated(reading.node, reading.known)),
        ("microdata:author", _stated(reading.item, {})),
        ("meta:author", meta.get("author", [])),
        ("text", _shown(lines.header)),
        *(
            (f"meta:{name}", [author_names.turned(one) for one in meta.get(name, [])])
            for name in AUTHOR_TAGS
        ),
        ("meta:twitter:data1", _carded(reading)),
        ("text:after", _shown(lines.after)),
        ("text:signed", _signed(body)),
    ]


# Between a person's name and the outlet's (`Ann Marsh for The Post`, `Ann Marsh, The Post`).
FOR = re.compile(
    r"\s*(?:[,|–—-]|\b(?:for|of|special to|für|pour|para|per|для|voor)\b)\s*", re.IGNORECASE
)


def _people(reading: Reading, said: list[str]) -> list[str]:
    """The names that are said, without the outlet's own behind them."""
    return author_names.names([_without_outlet(reading, one) for one in said])


MAX_BYLINE = 300
"""Characters; a longer one is a list of many, or none."""


def _without_outlet(reading: Reading, name: str) -> str:
    for part in FOR.finditer(name) if len(name) <= MAX_BYLINE else ():
        if part.start() and reading.own.is_name(name[part.end() :]):
            return name[: part.start()]
    return name


def _outlet(reading: Reading, name: str, credited: set[str]) -> bool:
    """Whether a name in an author's place is an outlet's."""
    known = reading.own.is_name(name) or reading.outlets.by_name(name) is not None
    return known or folded_name(name) in credited or bool(dates.UPDATED.search(name))


def _shown(near: list[Block]) -> list[str]:
    """Names in sight: marked as author, or after `By` in a line of the head."""
    found = [link.text for block in near for link in block.links if marked_author(link.element)] + [
        block.text for block in near if AUTHOR_NAME.search(str(block.element.get("class") or ""))
    ]
    for at, block in enumerate(near):
        if block.why in ("caption", "picture"):  # whose picture it is
            continue
        if block.text and at and BY_ALONE.fullmatch(near[at - 1].text):
            found += author_names.in_line(block.text, True)
        elif parts := _parts(block):
            found += parts
        elif len(block.text) <= 160:
            named = of_author(str(block.element.get("class") or ""))
            dated = block.why == "author" or named or bool(dates.find(block.text))
            for line in block.lines:
                if not LABELS.match(line):
                    marked = dated or author_names.with_role(line)
                    found += author_names.in_line(_undated(line), marked)
    return found


MAX_PARTS = 50
"""Inline elements of a line that are looked at; of 1,319 real lines nine had more around them."""


def _parts(block: Block) -> list[str]:
    """Names in the parts of a line that are called the author's (`<span class="author">`)."""
    if len(block.text) > 160 or not len(block.element):
        return []
    found = []
    for one in islice(block.element.iter("a", "span", "strong", "b", "em", "i", "cite"), MAX_PARTS):
        names = one.get("class")
        text = fold("".join(one.itertext())) if names and of_author(names) else ""
        if 1 < len(text) <= 80 and text in block.text:  # an element can hold other blocks, too
            named = author_names.in_line(_undated(text), True)
            found += named or ([text] if ALONE.fullmatch(text) else [])
    return found


# A name of one word, where nothing else stands in the author's own element.
ALONE = re.compile(r"[^\W\d_a-z][^\W\d_]{1,20}")


def _undated(line: str) -> str:
    """A line with a bar for each of its dates and what says that they are dates, lest that or a
    month's name end an author's."""
    for _, _, start, end in reversed(dates.find(line)):
        line = f"{line[:start]}|{line[end:]}"
    return JOINED.sub("", DATED.sub("", line)) if "|" in line else line


def _signed(found: bodies.Body) -> list[str]:
    """A name alone after the last paragraph, or those who are said to have reported."""
    after = ending(found)
    said = [REPORTING.match(text) for text in after]
    signed = [part for text in after if len(text) <= 80 for part in re.split(r"\s*/\s*", text)]
    return [one["names"] for one in said if one] + [
        text for text in signed if author_names.PERSON.fullmatch(text)
    ]


def canonical_of(reading: Reading) -> tuple[str | None, FieldSource | None]:
    """The address that the page gives as its own."""
    stated = [("link:canonical", href) for href in reading.meta.links.get("canonical", [])]
    links = [
        (place, reading.doc.link(href) or "")
        for place, href in [*stated, reading.meta.which("og:url")]
    ]
    url = next((url for _, url in links if url), None)
    return url, first_of("stated_canonical", links, _one_page)


def _one_page(one: str, other: str) -> bool:
    return canonical_url(one) == canonical_url(other)


# Scripts that are written without spaces between words: kana and Han.
SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def word_count(paragraphs: tuple[str, ...]) -> int:
    """Words in a text; of scripts without spaces each sign counts."""
    return sum(
        len(SIGN.findall(text)) + len(bodies.words(SIGN.sub(" ", text))) for text in paragraphs
    )


def subtitle_of(reading: Reading, body: bodies.Body) -> tuple[str | None, FieldSource | None]:
    """The line below the headline, in sight or stated."""
    in_sight = shown(reading.blocks, body)
    layers = [
        ("rule:subtitle", reading.ruled.first("subtitle")),
        (place(in_sight.element), in_sight.text) if in_sight else ("text", ""),
        ("jsonld:alternativeHeadline", jsonld.text(reading.node.get("alternativeHeadline"))),
        ("microdata:alternativeHeadline", jsonld.text(reading.item.get("alternativeHeadline"))),
    ]
    stated = next((text for _, text in layers if text), "")
    known = {titles.key(title) for title in reading.titles.values()}
    if titles.key(stated) in known:
        return None, None
    return fold(stated)[:500] or None, first_of("subtitle", layers, titles.same)


def language_of(
    reading: Reading, paragraphs: tuple[str, ...]
) -> tuple[str | None, FieldSource | None]:
    """The language that the page declares, else the source's, else what the text is told by."""
    declared = [
        ("jsonld:inLanguage", jsonld.text(reading.node.get("inLanguage"))),
        ("microdata:inLanguage", jsonld.text(reading.item.get("inLanguage"))),
        ("/html/@lang", reading.meta.language),
        reading.meta.which("og:locale", "content-language", "language"),
        ("source:language", (reading.source.language or "") if reading.source else ""),
    ]
    layers = [(place, match[1]) for place, said in declared if (match := LANGUAGE.match(said))]
    text = " ".join(paragraphs)
    if not layers and len(text) >= 40:
        layers = [("detected:text", language_told(text))]
    layers = [(place, code.lower()) for place, code in layers]
    return next((code for _, code in layers), None), first_of("language", layers)


# A language tag's first subtag (BCP 47).
LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?=\s*$|[-_])")
