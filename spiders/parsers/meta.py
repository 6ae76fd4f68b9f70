"""OpenGraph, meta tags and link relations, as one flat reading of the head."""

from dataclasses import dataclass, field

from spiders.parsers.base import Document, fold

# A page with 100,000 meta tags is an attack, not a page; real ones have under 150.
MAX_TAGS = 1_000


@dataclass
class Meta:
    """What a page's head says: meta by lower-case name, link relations."""

    names: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
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


def read(doc: Document) -> Meta:
    """The head of a page. Values folded, the order kept."""
    meta = Meta(language=str(doc.tree.get("lang") or doc.tree.get("xml:lang") or ""))
    for count, element in enumerate(doc.tree.iter("meta")):
        if count >= MAX_TAGS:
            doc.notes.append(f"only the first {MAX_TAGS} meta tags were read")
            break
        said = dict(element.items())  # many times as fast as to ask the tree for each
        value = fold(said.get("content", ""))
        for attribute in ("property", "name", "http-equiv"):
            if name := said.get(attribute):
                meta.names.setdefault(name.strip().lower(), []).append(value)
    for element in list(doc.tree.iter("link"))[:MAX_TAGS]:
        for rel in str(element.get("rel") or "").lower().split():
            meta.links.setdefault(rel, []).append(str(element.get("href") or ""))
        if "rss" in str(element.get("type")) or "atom" in str(element.get("type")):
            meta.feeds.append(fold(str(element.get("title") or "")))
    return meta
