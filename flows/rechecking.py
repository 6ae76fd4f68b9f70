"""Archived pages fetched again, through the crawl that every page comes through, and sealed."""

from collections.abc import Callable

from msgspec import structs

from config.registry import Source
from flows import pipeline
from flows.checks import live
from flows.checks.report import Fault, LivePage
from flows.context import Context
from flows.finishing import Watch
from flows.gathering import trails
from spiders.job import Fetched
from storage.findings import Copy
from storage.identity import canonical_url
from storage.records import Article, Capture

Show = Callable[[int, int, str], None]


def recheck(context: Context, limit: int, show: Show) -> tuple[list[LivePage], list[Fault]]:
    """Fetch the pages again that were not fetched for longest, each with those that it is a copy
    or the original of; at most `limit`. What came is sealed as a run of the kind `recheck`.

    Raises Busy, StoreError, CatalogError; NotSealed where it waits for the next run.
    """
    copies = [copy for trail in trails(context.catalog, _sources(context)) for copy in trail.copies]
    pages = _chosen(context.catalog.longest_unseen(limit), copies, limit)
    then = _then(context, pages)
    if not then:
        return [], []
    done = 0

    def heard(event: object) -> None:
        nonlocal done
        if isinstance(event, Fetched):
            done += 1
            show(min(done, len(then)), len(then), event.url)

    urls = [one.url for one in then]
    run = pipeline.recheck(context, urls, watch=Watch(on_event=heard)).run
    captures = list(context.catalog.captures(run=run.id))
    now = live.Now(captures, _shown(context, captures), run.problems)
    found = live.states(then, now)
    return _with_pairs(found, copies, then, now), live.faults(found)


def _sources(context: Context) -> list[Source]:
    return list(context.registry.sources.values())


def _chosen(oldest: list[str], copies: list[Copy], limit: int) -> list[str]:
    """Each page with its partners behind it, so that both sides are looked at in one hour."""
    partners: dict[str, list[str]] = {}
    for copy in copies:
        one, other = canonical_url(copy.copy_url), canonical_url(copy.original_url or "")
        if copy.original_article:
            partners.setdefault(one, []).append(other)
            partners.setdefault(other, []).append(one)
    chosen: dict[str, None] = {}
    for page in oldest:
        chosen.update(dict.fromkeys((page, *partners.get(page, ()))))
    return list(chosen)[:limit]


def _then(context: Context, pages: list[str]) -> list[live.Then]:
    histories = context.catalog.histories(pages)
    return [
        live.Then(history.current.url, history.current, history.last_seen[history.current.id])
        for page in pages
        if (history := histories.get(page))
    ]


def _shown(context: Context, captures: list[Capture]) -> dict[str, Article]:
    """Capture → the article on it."""
    pages = {canonical_url(one.url) for one in captures}
    ids = {
        sight.capture: sight.article
        for history in context.catalog.histories(pages).values()
        for sight in history.sights
        if sight.article
    }
    mine = {one.id: ids[one.id] for one in captures if one.id in ids}
    articles = context.catalog.articles_by_id(mine.values())
    return {capture: articles[of] for capture, of in mine.items() if of in articles}


def _with_pairs(
    found: list[LivePage], copies: list[Copy], then: list[live.Then], now: live.Now
) -> list[LivePage]:
    before = {canonical_url(one.url): one.article for one in then}
    after = {canonical_url(one.url): now.shown.get(one.capture or "") for one in found}
    pairs = live.pairs(copies, before, after)
    return [
        structs.replace(
            one,
            pairs=tuple(pair for pair in pairs if one.url in (pair.copy_url, pair.original_url)),
        )
        for one in found
    ]
