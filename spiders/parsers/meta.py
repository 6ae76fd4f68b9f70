"""OpenGraph, meta tags, link relations and microdata, as one flat reading of the head."""

from dataclasses import dataclass, field
from itertools import islice

from spiders.parsers.base import Document, Element, fold

# A page with 100,000 meta tags is an attack, not a page; real ones have under 150.
MAX_TAGS = 1_000
# More people than sign any article.
MAX_NAMES = 10


@dataclass
class Meta:
    """What a page's head says: meta by lower-case name, link relations, microdata by itemprop."""

    names: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    items: dict[str, list[str]] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    """Names inside of elements marked as author (`itemprop="name"` in `itemprop="author"`)."""
    language: str = ""
    feeds: list[str] = field(default_factory=list)
    """Titles of the feeds that the page links to (`North Post » Feed`)."""

    def first(self, *names: str) -> str:
        """The first of these names that says something: its value."""
        return self.which(*names)[1]

    def which(self, *names: str) -> tuple[str, str]:
        """The first of these names that says something: `meta:` and the name, and its value."""
        for name in names:
            for value in self.names.get(name, ()):
                if value:
                    return f"meta:{name}", value
        return f"meta:{names[0]}", ""

    def item(self, name: str) -> str:
        """The first microdata value of this property."""
        return next((value for value in self.items.get(name, ()) if value), "")


# Microdata that the fields use; `articleBody` is read by the body layer.
ITEMS = ("headline", "datePublished", "dateModified", "author", "articleSection", "publisher")


def read(doc: Document) -> Meta:
    """The head of a page. Values folded, the order kept."""
    meta = Meta(language=str(doc.tree.get("lang") or doc.tree.get("xml:lang") or ""))
    for count, element in enumerate(doc.tree.iter("meta")):
        if count >= MAX_TAGS:
            doc.notes.append(f"only the first {MAX_TAGS} meta tags were read")
            break
        said = dict(element.items())  # many times as fast as to ask the tree for each
        value = fold(said.get("content", ""))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := said.get(attribute):
                meta.names.setdefault(name.strip().lower(), []).append(value)
        if prop := said.get("itemprop"):
            meta.items.setdefault(prop, []).append(value)
    for element in list(doc.tree.iter("link"))[:MAX_TAGS]:
        for rel in str(element.get("rel") or "").lower().split():
            meta.links.setdefault(rel, []).append(str(element.get("href") or ""))
        if "rss" in str(element.get("type")) or "atom" in str(element.get("type")):
            meta.feeds.append(fold(str(element.get("title") or "")))
    _microdata(doc, meta)
    return meta


def _microdata(doc: Document, meta: Meta) -> None:
    named: dict[Element, None] = {}
    for element in doc.tree.xpath("//*[@itemprop][not(self::meta)]")[:MAX_TAGS]:
        props = str(element.get("itemprop"))
        for prop in props.split():
            if prop in ITEMS:
                stated = element.get("datetime") or element.get("content")
                value = fold(str(stated) if stated else "".join(element.itertext())[:500])
                meta.items.setdefault(prop, []).append(value)
        if props == "author" and len(named) < MAX_NAMES:
            named |= dict.fromkeys(islice(element.iterfind(".//*[@itemprop='name']"), MAX_NAMES))
    meta.authors = [fold("".join(one.itertext())) for one in list(named)[:MAX_NAMES]]
