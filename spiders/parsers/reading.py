"""One page being read: its layers, computed once."""

import re
from functools import cached_property
from html import unescape
from urllib.parse import unquote, urlsplit

from config.registry import Source
from spiders.parsers import jsonld, microdata, states, titles
from spiders.parsers import meta as metas
from spiders.parsers.base import Document, document, fold
from spiders.parsers.blocks import blocks, masthead
from spiders.parsers.body import is_prose
from spiders.parsers.own import Own
from spiders.parsers.provenance import Given
from spiders.parsers.ruled import Ruled
from storage import identity
from storage.outlets import Outlets, folded_name
from storage.records import Page

# What WordPress and others call a site's feed: its name, a sign, the word.
FEED = re.compile(r"(.+?)\s*[»|:–—-]\s*(?:rss|atom|feed)\b", re.IGNORECASE)


OG_TITLES = ("og:title", "twitter:title", "dc.title")


class Reading:
    """One page being read: the layers, computed once."""

    def __init__(self, page: Page, source: Source | None, outlets: Outlets) -> None:
        self.page, self.source, self.outlets = page, source, outlets
        self.doc: Document = document(page)
        self.url = self.doc.url
        self.nodes = jsonld.nodes(self.doc)
        self.known = jsonld.by_id(self.nodes)
        self.meta = metas.read(self.doc)
        head = self.doc.tree.find(".//title")
        shown = (self.meta.first(*OG_TITLES), (head.text or "") if head is not None else "")
        self.node = (
            jsonld.article(self.nodes, self.url, fold(unescape(" ".join(shown))).casefold()) or {}
        )
        self.item = microdata.article(self.doc)
        self.blocks = blocks(self.doc.tree)
        self.ruled = Ruled(source, self.doc)
        prose = sum(len(block.text) for block in self.blocks if is_prose(block))
        stated = jsonld.text(self.node.get("articleBody"))
        if states.graft(self.doc, list(self.titles.values()), stated, prose):
            self.blocks = blocks(self.doc.tree)
        self.ruled.mark(self.blocks)
        self.own = self._own()

    @property
    def stated(self) -> bool:
        """Whether the page says of itself that it is an article."""
        return bool(self.node.get("headline") or self.node.get("datePublished")) or (
            self.meta.first("og:type").lower() == "article"
            and bool(self.meta.first("article:published_time"))
        )

    def outlet(self) -> list[Given]:
        """The publisher's name as each layer has it: the source's, the page's, else the site."""
        publisher = jsonld.names(self.node.get("publisher"), self.known)
        layers = [
            ("source:name", self.source.name if self.source is not None else ""),
            self.meta.which("og:site_name"),
            ("jsonld:publisher", fold(publisher[0]) if publisher else ""),
            ("microdata:publisher", next(iter(jsonld.names(self.item.get("publisher"), {})), "")),
            ("text", next(iter(self._shown_names()), "")),
        ]
        stated = [(place, name[:100]) for place, name in layers if name]
        return stated or [("url", identity.site(self.url))]

    def _shown_names(self) -> list[str]:
        """The site's name as its feeds, its masthead and the end of its `<title>` have it."""
        feeds = [match[1] for title in self.meta.feeds[:5] if (match := FEED.match(title))]
        heads = [block.text for block in self.blocks[:60] if masthead(block)]
        suffix = titles.suffix(self.titles, [b.text for b in self.blocks if b.tag == "h1"][:3])
        return [name for name in [*feeds[:1], *heads[:1], suffix] if 1 < len(name) <= 60]

    def _own(self) -> Own:
        names = [identity.site(self.url), identity.label(self.url)]
        names += [self.meta.first("og:site_name", "application-name")]
        names += jsonld.names(self.node.get("publisher"), self.known)
        names += jsonld.names(self.item.get("publisher"), {})
        names += [self.meta.first("publisher", "dc.publisher", "twitter:site").lstrip("@")]
        names += self._shown_names()
        source = self.source or self.outlets.by_url(self.url)
        if source is not None:
            names += [source.name, source.id, *source.aliases]
        folded = {folded_name(name) for name in names if name}
        return Own(self.url, self.outlets, folded - {""})

    def title_place(self, layer: str) -> str:
        """Where a layer of `titles` stands."""
        if layer == "og":
            return self.meta.which(*OG_TITLES)[0]
        places = {"rule": "rule:title", "jsonld": "jsonld:headline", "title": "/html/head/title"}
        return places.get(layer, f"{layer}:headline")

    @cached_property
    def titles(self) -> dict[str, str]:
        """What each layer gives as the title, the most trusted first."""
        element = self.doc.tree.find(".//title")
        return {
            "rule": titles.readable(self.ruled.first("title")),
            "jsonld": titles.readable(jsonld.text(self.node.get("headline"))),
            "og": titles.readable(self.meta.first(*OG_TITLES)),
            "microdata": titles.readable(_first(self.item, "headline", "name")),
            "title": titles.readable(element.text or "") if element is not None else "",
        }

    def filed(self) -> list[str]:
        """Under what the page is filed: its stated sections, and the folders of its address. Longer
        ones first, for one can be another's end."""
        terms = jsonld.names(self.node.get("articleSection"), {})
        terms += jsonld.names(self.item.get("articleSection"), {})
        terms += self.meta.names.get("article:section", [])
        folders = unquote(urlsplit(self.url).path).split("/")[1:-1]
        terms += [name.replace("-", " ") for name in folders]
        found = {fold(term) for term in terms[:50] if 1 < len(term) <= 60} - {""}
        found |= {f"{term} {word}" for term in found for word in ("News", "Nachrichten")}
        return sorted(found, key=lambda term: (-len(term), term))

    def descriptions(self) -> list[str]:
        """What the page gives as its summary."""
        stated = jsonld.text(self.node.get("description"))
        named = [self.meta.first(name) for name in ("description", "og:description")]
        alternative = jsonld.text(self.node.get("alternativeHeadline"))
        marked = jsonld.text(self.item.get("description"))
        return [text for text in [stated, *named, alternative, marked] if text]


def _first(item: jsonld.Node, *names: str) -> str:
    """The first of these properties that says something."""
    return next((text for name in names if (text := jsonld.text(item.get(name)))), "")
