"""Where a site files an article: section, categories, tags, and labelled lines in sight."""

import re
from urllib.parse import urlsplit

from spiders.parsers.base import Element, fold
from spiders.parsers.blocks import Block, Link
from spiders.parsers.body import Body
from spiders.parsers.near import FOREIGN, Lines
from spiders.parsers.phrases import LABELS
from spiders.parsers.provenance import NAMES_JOINED, same_names, source_of
from spiders.parsers.reading import Reading
from storage.records import FieldSource

MAX_TERMS = 50
"""Terms of one kind; the most of 258 real pages had 41."""
# Labels that mean what links in sight mean, under one name.
GATHERED = {
    "filed under": "category", "category": "category", "categories": "category", "tag": "tags",
    "tags": "tags",
}  # fmt: skip
# Paths and class names under which WordPress, Drupal and others keep the two kinds of terms.
CATEGORY = re.compile(
    r"(?:^|[/\s_-])(?:category|categories|kategorien?|categor[ií]as?|categoria|cat-links|rubriques?|rubrik)(?:[/\s_-]|$)",
    re.IGNORECASE,
)  # fmt: skip
TAG = re.compile(
    r"(?:^|[/\s_-])(?:tags?|post_tag|tag-links|etiquetas?|schlagwort(?:e|er)?|mot-cle)(?:[/\s_-]|$)",
    re.IGNORECASE,
)
# Longer link texts are headlines.
TERM_CHARS = 60
# A line that files (`Written on 4 May in News`), not a sentence with a link in it.
LINE_CHARS = 80


class Terms:
    """The terms of one article, by kind, each once, and what stood where."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[str]] = {}
        self._given: dict[str, dict[str, list[str]]] = {}

    def add(self, kind: str, values: list[str], where: str) -> None:
        """Keep what a place names."""
        for value in values:
            value = fold(value)[:100].strip(" ,;|")
            terms = self.kinds.setdefault(kind, [])
            if value and (value in terms or len(terms) < MAX_TERMS):
                self._given.setdefault(kind, {}).setdefault(where, []).append(value)
                terms += [value] if value not in terms else []

    def sources(self) -> list[FieldSource]:
        """Where the terms of each kind stood first, and which places have other ones."""
        found = []
        for kind, given in sorted(self._given.items()):
            layers = [(where, NAMES_JOINED.join(terms)) for where, terms in given.items()]
            found.append(source_of(f"taxonomy.{kind}", layers[0], layers[1:], same_names))
        return found


def taxonomy(reading: Reading, lines: Lines, body: Body) -> Terms:
    """Kind to terms: `section`, `category`, `tags`, and the printed labels in small letters."""
    node, meta = reading.node, reading.meta
    found = Terms()
    found.add("section", reading.ruled.texts("section"), "rule:section")
    found.add("section", _strings(node.get("articleSection")), "jsonld:articleSection")
    marked = reading.item.get("articleSection")
    found.add("section", _strings(marked)[:1], "microdata:articleSection")
    found.add("section", meta.names.get("article:section", []), "meta:article:section")
    found.add("tags", meta.names.get("article:tag", []), "meta:article:tag")
    found.add("tags", _strings(node.get("keywords"), commas=True), "jsonld:keywords")
    last = body.kept[-1].at if body.kept else 0
    inside = [block for block in body.boilerplate if block.at < last]
    near = {b.at: b for b in [*lines.header, *inside, *lines.after]}
    linked = [one for _, block in sorted(near.items()) for one in terms_of(reading, block)]
    # Some pages have them below the article; there only what is marked as its term counts.
    for kind, term in linked or _marked(reading):
        found.add(kind, [term], "text")
    for _, block in sorted(near.items()):
        for line in block.lines if len(block.text) < 300 else ():
            if match := LABELS.match(line):
                label = match["label"].lower()
                kind = GATHERED.get(label, label)
                # Linked terms are read above, under one name whatever the label says.
                if not block.links or label not in GATHERED or not found.kinds.get(kind):
                    found.add(kind, re.split(r"\s*[,|]\s*", match["value"][:500]), "text")
    return found


def terms_of(reading: Reading, block: Block) -> list[tuple[str, str]]:
    """The terms that a block's links file the article under, each with its kind."""
    return [(kind, one.text) for one in block.links if (kind := _kind(reading, block, one))]


def _marked(reading: Reading) -> list[tuple[str, str]]:
    """Terms by `rel=tag` anywhere but in other stories and menus."""
    return [
        found
        for block in reading.blocks
        if block.why not in FOREIGN and any("tag" in _rel(link) for link in block.links)
        for found in terms_of(reading, block)
    ]


def _rel(link: Link) -> list[str]:
    return str(link.element.get("rel") or "").lower().split()


def _kind(reading: Reading, block: Block, link: Link) -> str | None:
    """What a link files the article under, if it does."""
    rel = _rel(link)
    if not 0 < len(link.text) <= TERM_CHARS or block.why in FOREIGN:
        return None
    if "category" in rel:
        return "category"
    if "tag" not in rel and not CATEGORY.search(link.href) and not TAG.search(link.href):
        return None  # most links, and looking closer costs
    named = _named(block.element)
    url = reading.doc.link(link.href)
    path = urlsplit(url).path if url else ""
    if "tag" in rel:
        filed = CATEGORY.search(path) or (CATEGORY.search(named) and not TAG.search(path))
        return "category" if filed else "tags"
    if url is None or not reading.own.is_url(url) or len(block.text) > 4 * TERM_CHARS:
        return None
    line = len(block.text) <= LINE_CHARS or block.density > 0.5
    if CATEGORY.search(path) and (line or CATEGORY.search(named)):
        return "category"
    return "tags" if TAG.search(path) and (line or TAG.search(named)) else None


def _named(element: Element) -> str:
    """The class names of an element and the two around it."""
    names = []
    for _ in range(3):
        if element is None:
            break
        names.append(str(element.get("class") or ""))
        element = element.getparent()
    return " ".join(names)


def _strings(value: object, commas: bool = False) -> list[str]:
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str)][:MAX_TERMS]
    if isinstance(value, str):
        return re.split(r"\s*,\s*", value[:5000]) if commas else [value]
    return []
