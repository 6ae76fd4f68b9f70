"""What a crawl is told of earlier runs: the pages that it knows, and the files that it need not
fetch again."""

from collections.abc import Collection, Iterator

from config.registry import Source
from flows.context import Context
from spiders.job import KnownPage
from spiders.parsers import media
from storage.identity import canonical_url, days_before, now
from storage.lookup import Known
from storage.records import FILES, Article, Capture

FILE_LIMITS = frozenset(("max_files", "max_run_bytes", "max_crawl_memory"))
"""Limits that can leave files out; the next visit asks for them again."""


def known_pages(
    context: Context, key: str, source: Source | None, rechecked: Collection[str] | None = None
) -> Iterator[KnownPage]:
    """The pages that runs over `key` (a source's id, or a site) captured; those first seen lately
    are due for another visit, or those in `rechecked` (canonical URLs), where it is given. `source`
    is the crawl's own, if it has one.

    A page whose media are not all archived yet is asked for without conditions, so that it comes
    and its files with it. Media that are archived are asked for conditionally.
    """
    pages = list(context.catalog.known_pages(key))
    lately = days_before(now(), context.settings.revisit_days)
    due = [
        page
        for page in pages
        if (
            page.first_seen >= lately if rechecked is None else canonical_url(page.url) in rechecked
        )
    ]
    names = {canonical_url(page.url) for page in due}
    versions = _with_files(context, due, source)
    wanted = {
        page: media.files(article.media, _source(context, article, source).media)
        for page, article in versions.items()
    }
    had = _newest(context, {canonical_url(url) for urls in wanted.values() for url in urls})
    lacking = {
        page
        for page, urls in wanted.items()
        if any(not _is_settled(had.get(canonical_url(url))) for url in urls)
    }
    dressed = {
        page
        for page, article in versions.items()
        if _source(context, article, source).requisites == "page"
    }
    if dressed:
        lacking |= dressed & _left_out(context, key, lately)
    for page in pages:
        name = canonical_url(page.url)
        again = name in versions and name in lacking
        version = versions.get(name)
        yield KnownPage(
            url=page.url,
            canonical_url=name,
            etag=None if again else page.etag,
            last_modified=None if again else page.last_modified,
            due=name in names,
            ours=page.ours,
            seen=page.last_seen,
            version=version.id if version and not again else None,
        )
    for name, one in had.items():
        if one.status == 200 and (one.etag or one.last_modified):
            yield KnownPage(
                url=one.url, canonical_url=name, etag=one.etag, last_modified=one.last_modified
            )
    # Pages of the outlet that only runs over other sources came by.
    for name, one in _newest(context, set(rechecked or ()) - names).items():
        yield KnownPage(
            url=one.url, canonical_url=name, etag=one.etag, last_modified=one.last_modified,
            due=True, seen=one.fetched_at,
        )  # fmt: skip


def had_pages(context: Context, key: str) -> Iterator[KnownPage]:
    """What a backfill of a source (id) need not ask for: its pages that answered once, by whatever
    run and route, and the originals elsewhere that its runs met. None of them is due."""
    for page in context.catalog.known_pages(key):
        if not page.broke_off:
            yield KnownPage(url=page.url, canonical_url=canonical_url(page.url), ours=page.ours)
    for name, one in context.catalog.had(key).items():
        yield KnownPage(url=name, canonical_url=name, ours=one.ours, gone=one.gone)


def _source(context: Context, article: Article, source: Source | None) -> Source:
    """Whose wishes hold for the files of an article: as the crawl has it."""
    found = context.outlets.by_url(article.url) or source
    return found or Source(id="", name="", homepage="")


def _with_files(context: Context, due: list[Known], source: Source | None) -> dict[str, Article]:
    """The newest version of each page of which files are wanted, by canonical URL."""
    sources = [*context.registry.sources.values(), *([source] if source else [])]
    if all(one.media == "none" and one.requisites == "none" for one in sources):
        return {}
    histories = context.catalog.histories(canonical_url(page.url) for page in due)
    found = {}
    for page, history in histories.items():
        of = _source(context, history.current, source)
        if of.media != "none" or of.requisites != "none":
            found[page] = history.current
    return found


def _newest(context: Context, pages: set[str]) -> dict[str, Capture]:
    """The newest full answer of each address; of one that has none, the newest capture."""
    found: dict[str, Capture] = {}
    for one in context.catalog.captures_of(pages):  # in the order of time
        name = canonical_url(one.url)
        if one.status == 200 or name not in found or found[name].status != 200:
            found[name] = one
    return found


def _is_settled(capture: Capture | None) -> bool:
    """Whether asking again promises nothing new: there was an answer, and if it was cut, then by a
    limit of ours."""
    return capture is not None and capture.status is not None and capture.whole


def _left_out(context: Context, key: str, lately: str) -> set[str]:
    """Pages that were last captured in full by a run that had to leave files out."""
    lacking: set[str] = set()
    limited = False
    for _, run in context.catalog.runs():
        if run.source != key or run.started_at < lately:
            continue
        cut = not FILE_LIMITS.isdisjoint(run.limits_reached)
        limited = limited or cut
        if limited:
            captures = context.catalog.captures(run=run.id)
            pages = {
                canonical_url(one.url)
                for one in captures
                if one.status == 200 and one.why not in FILES
            }
            lacking = lacking | pages if cut else lacking - pages
    return lacking
