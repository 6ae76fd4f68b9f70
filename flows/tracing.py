"""From an article to its original, and to the bytes: the chain that `trace` shows."""

from collections.abc import Iterator

from msgspec import Struct

from flows.context import Context
from flows.crossposts.judgments import of_page
from flows.crossposts.lifelines import Lifeline, lifeline
from flows.crossposts.versions import Event
from flows.gathering import first_published, trail_of
from storage.findings import Copy, FirstPublished, Trail
from storage.identity import canonical_url
from storage.records import Article, Capture, Judgment, Medium, Run


class KeptMedium(Struct, frozen=True, kw_only=True):
    """A medium of an article, and the file of it that the archive has."""

    medium: Medium
    capture: Capture | None
    """The newest full answer that its address, another file of it or a redirect of theirs gave;
    failing that what else came; None where it was never asked for."""


class Step(Struct, frozen=True, kw_only=True):
    """One article of the chain, with its captures and the run that seals the newest version."""

    article: Article
    captures: tuple[Capture, ...]
    media: tuple[KeptMedium, ...]
    requisites: tuple[Capture, ...]
    """Styles, pictures and fonts that this page was the first to ask for in the run that captured
    its newest version, and what its stylesheets asked for."""
    run: Run | None
    log_entry: int | None
    first_published: FirstPublished | None = None
    events: tuple[Event, ...] = ()
    """What happened to the page: edits, changed dates, removal and return."""
    read_in: str | None = None
    """The run in whose records the article stands, where that is another one: a later reading."""
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
    shown = [*chain, open_end]
    others = tuple(copy for copy in trail.copies if copy not in shown) if trail else ()
    return Trace(
        url=url,
        trail=trail.id if trail else None,
        steps=tuple(steps),
        open_end=open_end,
        others=others,
        judgments=tuple(of_page(context.catalog.judgments(), url)),
    )


def whole(context: Context, url: str) -> tuple[Trail | None, list[Step]] | None:
    """The trail that a page is in, and a step for each of its pages, this one first; None where the
    catalog does not have the page."""
    newest = _newest(context, url)
    if newest is None:
        return None
    trail = _trail_of(context, newest)
    urls = [newest.url, *(one.url for one in trail.articles)] if trail else [newest.url]
    pages = dict.fromkeys(canonical_url(one) for one in urls)
    articles = [one for page in pages if (one := _newest(context, page))]
    return trail, [_step(context, article, None) for article in articles]


def pair(
    context: Context, copy_url: str, original_url: str | None
) -> tuple[Article, Article] | None:
    """(original, copy): the two versions to set side by side, or None."""
    copy = _newest(context, copy_url)
    if copy is None:
        return None
    trail = _trail_of(context, copy)
    if original_url is not None:
        rows = trail.copies if trail else ()
        ends = (copy.canonical_url, canonical_url(original_url))
        chain = [one for one in rows if _ends(one) == ends]
    else:
        chain, _ = _chain(trail, copy.canonical_url)
    if chain:
        ids = (chain[0].original_article or "", chain[0].copy_article)
        found = context.catalog.articles_by_id(ids)
        return (found[ids[0]], found[ids[1]]) if len(found) == 2 else None
    # Two pages of which neither is known to be from the other: as they were seen last.
    original = _newest(context, original_url) if original_url else None
    return (original, copy) if original else None


def _ends(copy: Copy) -> tuple[str, str]:
    return canonical_url(copy.copy_url), canonical_url(copy.original_url or "")


def line_of(context: Context, url: str) -> Lifeline | None:
    """The versions of a page and what happened between them; None where it is not known."""
    page = canonical_url(url)
    history = context.catalog.histories([page]).get(page)
    return lifeline(history) if history else None


def _newest(context: Context, url: str) -> Article | None:
    page = canonical_url(url)
    history = context.catalog.histories([page]).get(page)
    return history.current if history else None


def _trail_of(context: Context, article: Article) -> Trail | None:
    sources = list(context.registry.sources.values())
    return trail_of(context.catalog, sources, article.canonical_url)


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
    line = line_of(context, article.url)
    seq, run = context.catalog.run(article.warc.run) or (None, None)
    recorded = context.catalog.recorded_in(article.id)
    return Step(
        article=article,
        captures=tuple(context.catalog.captures(page=article.canonical_url)),
        media=tuple(_media(context, article)),
        requisites=tuple(_requisites(context, article)),
        run=run,
        log_entry=seq,
        first_published=first_published(context.catalog, article.canonical_url),
        events=line.events if line else (),
        read_in=recorded if recorded != article.warc.run else None,
        copied_by=copied_by,
    )


def _media(context: Context, article: Article) -> Iterator[KeptMedium]:
    files = {one.url: (one.url, *one.others) for one in article.media}
    pages = {canonical_url(url) for urls in files.values() for url in urls}
    moved = context.catalog.redirects(pages)
    captures: dict[str, list[Capture]] = {}
    for capture in context.catalog.captures_of(pages | set(moved.values())):
        captures.setdefault(canonical_url(capture.url), []).append(capture)
    for medium in article.media:
        names = [canonical_url(url) for url in files[medium.url]]
        found = [
            one for name in names for end in {name, moved.get(name, name)}
            for one in captures.get(end, ())
        ]  # fmt: skip
        # Of equals the latest; a full answer before a 304, and any answer before none.
        best = max(found, key=lambda one: (one.status == 200, one.fetched_at), default=None)
        yield KeptMedium(medium=medium, capture=best)


def _requisites(context: Context, article: Article) -> list[Capture]:
    askers = {article.url}
    found = []
    for capture in context.catalog.captures(run=article.warc.run):  # a stylesheet before its own
        if capture.why == "requisite" and capture.via in askers:
            askers.add(capture.url)
            found.append(capture)
    return found
