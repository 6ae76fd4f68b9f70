"""All claims of one page: of its words, its head, its footer."""

import re

from spiders.parsers import body as bodies
from spiders.parsers import dates, jsonld
from spiders.parsers.blocks import Block
from spiders.parsers.claims import Reader, canonical, place
from spiders.parsers.reading import Reading
from storage.outlets import folded_name
from storage.records import Claim

BYLINE = re.compile(
    r"^\W{0,20}(?:by|von|par|por|articles?\s+by|written\s+by|authored\s+by)\s*:?\s+(?P<name>.{2,80})$",
    re.I,
)


def claims_of(reading: Reading, found: bodies.Body, header: list[Block]) -> list[Claim]:
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
            reader.add("byline", block.text, name, reader.url(block, name), place(block.element))
        for link in block.links:
            url = reader.doc.link(link.href)
            if (
                url
                and link.text
                and not reader.own.is_url(url)
                and reader.names_site(link.text, url)
            ):
                reader.add("byline", block.text, link.text, url, place(block.element))


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
            reader.add("byline", block.text, name, reader.url(block, name), place(block.element))


def _machine(reader: Reader, reading: Reading) -> None:
    """Claims that machines read: meta, JSON-LD, canonical, counters."""
    for name in ("syndication-source", "original-source"):
        for value in reading.meta.names.get(name, [])[:3]:
            if url := reading.doc.link(value):
                reader.add("syndication_source", value, reader.name_of(url), url, f"meta:{name}")
    based = reading.node.get("isBasedOn")
    based_url = reading.doc.link(jsonld.url_of(based))
    named = jsonld.names(based, reading.known)
    if based_url or named:
        based_name = named[0] if named else reader.name_of(based_url)
        reader.add(
            "based_on", based_url or str(based_name), based_name, based_url, "jsonld:isBasedOn"
        )
    for element in reading.doc.tree.xpath("//img[contains(@src, '//counter.theconversation.')]")[
        :3
    ]:
        src = str(element.get("src"))
        reader.add("counter_pixel", src, "The Conversation", None, "xpath:" + _path(element))
    canonical(reader, reading.meta.links.get("canonical", []))


def _path(element: object) -> str:
    return str(element.getroottree().getpath(element))  # type: ignore[attr-defined]
