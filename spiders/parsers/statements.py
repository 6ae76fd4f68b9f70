"""All claims of one page: of its words, its head, its footer."""

import re
from itertools import islice

from spiders.parsers import body as bodies
from spiders.parsers import dates, jsonld
from spiders.parsers.base import Element
from spiders.parsers.blocks import Block
from spiders.parsers.claims import Reader, canonical
from spiders.parsers.furniture import AUTHOR_NAME
from spiders.parsers.near import Lines, marked_author
from spiders.parsers.reading import Reading
from spiders.parsers.rights import licences
from spiders.parsers.targets import place
from storage.outlets import folded_name
from storage.records import Claim

BYLINE = re.compile(
    r"^\W{0,20}(?:by|von|par|por|articles?\s+by|written\s+by|authored\s+by)\s*:?\s+(?P<name>.{2,80})$",
    re.I,
)

# Pictures that count republications: The Conversation's, ProPublica's, and those of the WordPress
# plugin Republication Tracker Tool, which lie on the original's own site.
COUNTERS = {
    "//counter.theconversation.": "The Conversation",
    "//pixel.propublica.org": "ProPublica",
}
COUNTER = re.compile(r"//counter\.theconversation\.|//pixel\.propublica\.org|republication-pixel=")


def claims_of(reading: Reading, found: bodies.Body, lines: Lines) -> list[Claim]:
    """What the page says about where its text comes from, each statement once."""
    reader = Reader(reading.doc, reading.own, _titles(reading, found))
    area = {id(block): block for block in [*lines.header, *found.boilerplate, *found.kept]}
    chosen = sorted(area.values(), key=lambda block: block.at)
    last = found.kept[-1].at if found.kept else 0
    everything = reading.blocks
    for block in chosen:
        if block.why in ("picture", "player") or (block.why == "caption" and not _credit(block)):
            continue
        if block.why == "footer" and block.at not in {one.at for one in found.kept}:
            continue
        following = everything[block.at + 1 : block.at + 6]
        reader.block(block, following, last=block.at >= last)
    _credit_lines(reader, lines.header)
    tail = {block.at: block for block in [*found.boilerplate, *lines.after] if block.at > last}
    _bylines(reader, lines.header + list(tail.values()))
    _machine(reader, reading)
    for block in everything:
        if block.why == "footer" and "©" in block.text[:400]:
            reader.footer(block)
    _set_apart(found, reader.statements)
    return list(reader.found.values())


def _titles(reading: Reading, found: bodies.Body) -> list[str]:
    head = [found.headline.text] if found.headline is not None else []
    return [*reading.titles.values(), *head]


# A note whose element is called `credit`, as picture credits are, but that speaks of the text.
NOTE = re.compile(
    r"origin|first\s+(?:published|appeared)|republish|reprint|cross-?post|erschien|initialement|впервые",
    re.IGNORECASE,
)


def _credit(block: Block) -> bool:
    """Whether a block named as a caption is a note about the text: by its words, in no figure."""
    figure = any(one.tag in ("figure", "figcaption") for one in block.element.iterancestors())
    return not figure and block.tag != "figcaption" and bool(NOTE.search(block.text[:200]))


def _set_apart(found: bodies.Body, statements: set[int]) -> None:
    """Notes about the text are boilerplate, not text."""
    notes = [block for block in found.kept if block.at in statements]
    found.kept = [block for block in found.kept if block.at not in statements]
    found.boilerplate = sorted([*found.boilerplate, *notes], key=lambda block: block.at)


def _credit_lines(reader: Reader, header: list[Block]) -> None:
    """A dated line that names and links another outlet: `Max Blumenthal, The Grayzone, 14 May`."""
    for block in header:
        shown = [(line, found[0][2]) for line in block.lines if (found := dates.find(line))]
        if not shown:
            continue
        for line, start in shown:
            for name in _named(line[:start].strip(" ,|·–—-")):
                if reader.own.outlets.by_name(name) is not None and not reader.own.is_name(name):
                    _byline(reader, block, name, line)
        for link in block.links:
            url = reader.doc.link(link.href)
            if (
                url
                and link.text
                and not reader.own.is_url(url)
                and reader.names_site(link.text, url)
            ):
                reader.add("byline", block.text, link.text, url, place(block.element), link.href)


def _bylines(reader: Reader, near: list[Block]) -> None:
    """`By X`, where X is an outlet and not a person."""
    for block in near:
        marked = next((one.text for one in block.links if marked_author(one.element)), "")
        if AUTHOR_NAME.search(str(block.element.get("class") or "")):
            marked = block.text
        signed = {match["name"]: line for line in block.lines if (match := BYLINE.match(line))}
        for signed_by, line in (signed or {marked: block.text}).items():
            origins = {
                folded_name(one.target_name or "")
                for one in reader.found.values()
                if one.kind != "copyright"
            }
            who = signed_by.strip(" .,")
            for name in _named(who):
                known = reader.own.outlets.by_name(name) is not None
                linked = reader.address(reader.link(block, name)) if name != who else None
                known = known or bool(linked and reader.names_site(name, linked))
                if known or folded_name(name) in origins - {""}:
                    _byline(reader, block, name, line)


def _named(signed: str) -> list[str]:
    """Who may be an outlet in a byline: all of it, or what follows a person (`Ann Marsh, X`)."""
    last = re.split(r"\s*[,|·–—]\s*", signed)[-1]
    return [one for one in dict.fromkeys((signed, last)) if one]


def _byline(reader: Reader, block: Block, name: str, line: str) -> None:
    link = reader.link(block, name)
    # A link on the page's own site is to its list of the author's pieces.
    url = reader.address(link)
    here = url is not None and reader.own.is_url(url)
    href = link.href if link is not None and not here else None
    reader.add("byline", line, name, None if here else url, place(block.element), href)


def _machine(reader: Reader, reading: Reading) -> None:
    """Claims that machines read: meta, JSON-LD, canonical, counters."""
    for name in ("syndication-source", "original-source"):
        for value in reading.meta.names.get(name, [])[:3]:
            if url := reading.doc.link(value):
                reader.add("syndication_source", value, reader.name_of(url), url, f"meta:{name}")
    based = reading.node.get("isBasedOn")
    based_url = reading.doc.link(jsonld.url_of(based))
    publisher = based.get("publisher") if isinstance(based, dict) else None
    named = jsonld.names(publisher, reading.known) or jsonld.names(based, reading.known)
    if based_url or named:
        based_name = named[0] if named else reader.name_of(based_url)
        reader.add(
            "based_on", based_url or str(based_name), based_name, based_url, "jsonld:isBasedOn"
        )
    counters = (one for one in reading.doc.tree.iter("img", "script") if _counted(one))
    for element in islice(counters, 3):
        _counter(reader, _counted(element), "xpath:" + place(element))
    licences(reader, jsonld.url_of(reading.node.get("license")), "jsonld:license")
    for rel in reading.meta.links.get("license", [])[:3]:
        licences(reader, rel, "link:license")
    canonical(reader, reading.meta.links.get("canonical", []))


def _counted(element: Element) -> str:
    """The address of a counter in one of an element's attributes, which lazy loading renames."""
    return next((one for one in element.values() if COUNTER.search(one)), "")


def _counter(reader: Reader, src: str, where: str) -> None:
    url = reader.doc.link(src)
    name = next((name for host, name in COUNTERS.items() if host in src), None)
    if name is None and (url is None or reader.own.is_url(url)):
        return
    reader.add("counter_pixel", src, name or reader.name_of(url), None, where)
