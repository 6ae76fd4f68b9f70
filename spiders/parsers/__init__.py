"""Reading: archived bytes to articles. Pure: no network, no clock, no Scrapy.

Layers: JSON-LD, microdata and meta (`jsonld`, `microdata`, `meta`), the page itself
(`blocks`, `body`, `dates`, `authors`, `titles`, `claims`), brought together in `article`.
"""

from config.registry import Source
from spiders.parsers.article import read
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle, Page

__all__ = ["parse"]


def parse(page: Page, source: Source | None, outlets: Outlets) -> Article | NotAnArticle:
    """Read one captured page. Never raises on what the page holds."""
    return read(page, source, outlets)
