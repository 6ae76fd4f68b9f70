"""From an article to its original, and to the bytes: the chain that `trace` shows."""

from msgspec import Struct

from flows.context import Context
from flows.crossposts.judgments import of_page
from flows.gathering import first_published, trails
from storage.identity import canonical_url
from storage.records import Article, Capture, Copy, FirstPublished, Judgment, Run, Trail


class Step(Struct, frozen=True, kw_only=True):
    """One article of the chain, with its captures and the run that seals the newest version."""

    article: Article
    captures: tuple[Capture, ...]
    run: Run | None
    log_entry: int | None
    first_published: FirstPublished | None = None
    copied_by: Copy | None = None
    """How the article before this one in the chain took its text; None for the first."""


class Trace(Struct, frozen=True, kw_only=True):
    """The chain from the article that was asked for to the earliest original that is archived."""

    url: str
    trail: str | None
    steps: tuple[Step, ...]
    open_end: Copy | None = None
    """A credit at the chain's end whose original is not archived."""
    others: tuple[Copy, ...] = ()
    """Further copies in the same trail."""
    judgments: tuple[Judgment, ...] = ()
    """What people said of matches of the page that was asked for, rejected ones too; the newest
    first."""


def trace(context: Context, url: str) -> Trace | None:
    """The chain for a page; None where the catalog does not have the page."""
    newest = _newest(context, url)
    if newest is None:
        return None
    trail = _trail_of(context, newest)
    chain, open_end = _chain(trail, newest.canonical_url)
    steps = [_step(context, newest, None)]
    for copy in chain:
        original = context.catalog.articles_by_id([copy.original_article or ""])
        steps.extend(_step(context, article, copy) for article in original.values())
    shown = {*chain, open_end}
    others = tuple(copy for copy in trail.copies if copy not in shown) if trail else ()
    return Trace(
        url=url,
        trail=trail.id if trail else None,
        steps=tuple(steps),
        open_end=open_end,
        others=others,
        judgments=tuple(of_page(context.catalog.judgments(), url)),
    )


def pair(
    context: Context, copy_url: str, original_url: str | None
) -> tuple[Article, Article] | None:
    """(original, copy): the two versions to set side by side, or None."""
    copy = _newest(context, copy_url)
    if copy is None:
        return None
    if original_url is not None:
        original = _newest(context, original_url)
        return (original, copy) if original else None
    chain, _ = _chain(_trail_of(context, copy), copy.canonical_url)
    if not chain:
        return None
    found = context.catalog.articles_by_id([chain[0].original_article or "", chain[0].copy_article])
    if len(found) < 2:
        return None
    return found[chain[0].original_article or ""], found[chain[0].copy_article]


def _newest(context: Context, url: str) -> Article | None:
    page = canonical_url(url)
    history = context.catalog.histories([page]).get(page)
    return history.current if history else None


def _trail_of(context: Context, article: Article) -> Trail | None:
    for trail in trails(context.catalog, list(context.registry.sources.values())):
        if any(canonical_url(one.url) == article.canonical_url for one in trail.articles):
            return trail
    return None


def _chain(trail: Trail | None, page: str) -> tuple[list[Copy], Copy | None]:
    """The copies from this page back to where the trail begins; of several originals, that of
    which the copy has most. A circle ends where it closes."""
    chain: list[Copy] = []
    been = {page}
    while trail is not None:
        steps = [copy for copy in trail.copies if canonical_url(copy.copy_url) == page]
        archived = [copy for copy in steps if copy.original_article]
        if not archived:
            return chain, (steps[0] if steps else None)
        best = max(archived, key=lambda copy: copy.contained_in_original or 0.0)
        page = canonical_url(best.original_url or "")
        chain.append(best)
        if page in been:
            break
        been.add(page)
    return chain, None


def _step(context: Context, article: Article, copied_by: Copy | None) -> Step:
    runs = {run.id: (seq, run) for seq, run in context.catalog.runs()}
    seq, run = runs.get(article.warc.run, (None, None))
    return Step(
        article=article,
        captures=tuple(context.catalog.captures(page=article.canonical_url)),
        run=run,
        log_entry=seq,
        first_published=first_published(context.catalog, article.canonical_url),
        copied_by=copied_by,
    )
