"""What is true of the bundled outlets: every article's fields, and what it was written to show."""

from collections.abc import Mapping
from typing import Any

import yaml

from tests.outlets.content import HERE, NAMES, Article, articles


def expected(urls: Mapping[str, str] | None = None, visit: int = 1) -> dict[str, Any]:
    """The truth on a visit. Articles are named by URL; without `urls`, as "outlet:/path".

    articles    what a reader of the page finds, by name; those that are gone are left out
    cases       directed copies: copy, original, kind, verdict, note
    single      cases of one article
    not_copies  [one, other, why]
    trails      lists of articles that carry one text, by date; an outlet's re-run counts
    """
    every = articles(visit)

    def name(key: str) -> str:
        article = every[key]
        return (urls[article.outlet] if urls else f"{article.outlet}:") + article.path

    cases: dict[str, Any] = yaml.safe_load((HERE / "cases.yml").read_text("utf-8"))
    for case in [*cases["cases"].values(), *cases["single"].values()]:
        case |= {role: name(case[role]) for role in ("copy", "original", "article") if role in case}
    trails: dict[str, list[Article]] = {}
    for article in sorted(every.values(), key=lambda article: article.published):
        trails.setdefault(article.copied_from or article.key, []).append(article)
    return {
        "articles": {
            name(article.key): _fields(article, name(article.key), every, urls)
            for article in every.values()
            if article.there(visit)
        },
        "cases": cases["cases"],
        "single": cases["single"],
        "not_copies": [[name(one), name(two), why] for one, two, why in cases["not_copies"]],
        "trails": [
            [name(article.key) for article in trail] for trail in trails.values() if len(trail) > 1
        ],
    }


def _fields(
    article: Article, url: str, every: Mapping[str, Article], urls: Mapping[str, str] | None
) -> dict[str, Any]:
    source = article.source
    republished_from = None
    if source:
        original = every[source.article] if source.article and not source.dead_link else None
        link = (
            (urls[original.outlet] if urls else f"{original.outlet}:") + original.path
            if original
            else None
        )
        republished_from = {"name": source.name, "url": link}
    holder = every.get(article.copied_from or "", article)
    return {
        "outlet": article.outlet,
        "outlet_name": NAMES[article.outlet],
        "key": article.key,
        "path": article.path,
        "url": url,
        "title": article.title,
        "title_prefix": article.title_prefix,
        "authors": [author for author in article.authors if author not in NAMES.values()],
        "published_at": article.published,
        "modified_at": article.modified,
        "language": article.language,
        "standfirst": article.standfirst,
        "text": article.text,
        "taxonomy": {kind: list(terms) for kind, terms in article.taxonomy.items()},
        "media": [
            (urls[holder.outlet] if urls else f"{holder.outlet}:") + block.text
            for block in holder.blocks
            if block.kind == "media"
        ],
        "notes": [*article.notes, *filter(None, [article.update])],
        "republished_from": republished_from,
    }
