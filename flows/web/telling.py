"""What is told of a trail, on its page and in its report."""

from typing import Any

from msgspec import Struct

from flows.commands.changes import FOLLOWED, NOT_KNOWN, tally
from flows.commands.views import MEANING, WHAT
from flows.crossposts.lifelines import Lifeline, lifeline
from flows.web.display import page_id
from flows.web.graph import SIGN
from flows.web.timeline import Timeline, interval_words, timeline
from storage.catalog import Catalog
from storage.findings import Trail
from storage.identity import canonical_url
from storage.records import Article


class Told(Struct, frozen=True, kw_only=True):
    """All that is shown of a trail."""

    trail: Trail
    timeline: Timeline
    lines: dict[str, Lifeline]
    """By canonical URL."""
    articles: dict[str, Article]
    """The versions that were compared and the newest ones, by their ids."""


WORDS: dict[str, Any] = {
    "SIGN": SIGN, "MEANING": MEANING, "WHAT": WHAT, "FOLLOWED": FOLLOWED, "NOT_KNOWN": NOT_KNOWN,
    "tally": tally, "interval_words": interval_words, "page_id": page_id,
}  # fmt: skip
"""What templates of trails say of their terms: the words of the reading commands."""


def told(catalog: Catalog, trail: Trail) -> Told:
    """All that is shown of a trail."""
    pages = [canonical_url(article.url) for article in trail.articles]
    histories = catalog.histories(pages)
    lines = {page: lifeline(history) for page, history in histories.items()}
    wanted = {article.article for article in trail.articles}
    for copy in trail.copies:
        wanted |= {copy.copy_article, copy.original_article or copy.copy_article}
    return Told(
        trail=trail,
        timeline=timeline(trail, histories, lines),
        lines=lines,
        articles=catalog.articles_by_id(sorted(wanted)),
    )
