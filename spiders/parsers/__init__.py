"""Reading: archived bytes to articles. Pure: no network, no clock, no Scrapy.

Layers: JSON-LD, microdata and meta (`jsonld`, `microdata`, `meta`), the page itself
(`blocks`, `body`, `dates`, `authors`, `titles`, `claims`), brought together in `article`.
"""

from config.registry import Source
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle, Page

__all__ = ["PARSER", "parse"]

PARSER = "generic/5"
"""Stands in each article; raise it with each change of the rules, so that records say what read
them."""


def parse(page: Page, source: Source | None, outlets: Outlets) -> Article | NotAnArticle:
    """Read one captured page. Never raises on what the page holds."""
    # 0.3 s, which the crawl and the commands that have pages read elsewhere need not wait for.
    from spiders.parsers.article import read

    return read(page, source, outlets)
