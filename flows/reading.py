"""From the WARC to records: everything that is stored comes from reading the archived bytes back.

So a record can be derived again at any time, and an imported WARC goes the same way as a crawl.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from msgspec import Struct, structs

from config.settings import Settings
from spiders.reader import Look, Reader, Unreadable
from storage.outlets import Outlets
from storage.records import FILES, LOOKS, Article, Capture, Page, Problem
from storage.spool import Spool
from storage.warcread import Captured, WarcError, read_captures

MAX_READERS = 4  # one feeds them, and takes a fifth of the time that one of them takes
# A reader needs half a second to start: as long as these many pages take.
FEW = 16


class Reading(Struct, frozen=True):
    """What one run's WARC files say."""

    captures: tuple[Capture, ...]
    articles: Sequence[Article]
    """One for each capture of an article; the same version may come twice in a run."""
    problems: tuple[Problem, ...]


def read_run(
    run: str, warcs: Iterable[Path], outlets: Outlets, settings: Settings, readers: int = 0,
    spool: Spool[Article] | None = None,
) -> Reading:  # fmt: skip
    """Read the WARC files of a run. A damaged one is read as far as it goes, and a problem; so is
    a page that cannot be read within the bounds of the settings.

    It is done where the setting `readers` says; on this machine with as many processes as the
    argument says, or one for each core. With `spool`, the articles are kept there and not in
    memory, where those of a large run take a gigabyte.
    """
    if settings.readers != "local":
        from flows.spreading import read_spread

        return read_spread(run, warcs, outlets, settings, spool)
    captures: list[Capture] = []
    articles: list[Article] = []
    keep = articles.append if spool is None else spool.append
    problems: list[Problem] = []
    with hired(outlets, settings, readers) as some:
        for capture, article in read_each(run, warcs, outlets, settings, some, problems.append):
            captures.append(capture)
            if article is not None:
                keep(article)
    return Reading(tuple(captures), tuple(articles) if spool is None else spool, tuple(problems))


@contextmanager
def hired(outlets: Outlets, settings: Settings, number: int = 0) -> Iterator[list[Reader]]:
    """The processes that read: so many, or one for each core."""
    with ExitStack() as stack:
        number = number or min(os.cpu_count() or 1, MAX_READERS)
        yield [stack.enter_context(closing(Reader(outlets, settings))) for _ in range(number)]


def read_each(
    run: str, warcs: Iterable[Path], outlets: Outlets, settings: Settings, readers: list[Reader],
    on_problem: Callable[[Problem], None],
) -> Iterator[tuple[Capture, Article | None]]:  # fmt: skip
    """Each capture of a run's WARC files, and the article on it, in order; see `read_run`."""
    items = _items(run, warcs, settings, on_problem)
    for capture, look in _looks(items, readers):
        # Other tools' records do not say whose page it is.
        source = outlets.key(capture.page_url) if capture.url else ""
        try:
            seen = look.result()
        except (Unreadable, ValueError) as error:
            on_problem(Problem(what=str(error), url=capture.url))
            seen = Look(None, None)
        kind = seen.wall.kind if seen.wall else None
        article = seen.article if isinstance(seen.article, Article) else None
        yield structs.replace(capture, source=source, page_kind=kind), article


def _items(
    run: str, warcs: Iterable[Path], settings: Settings, on_problem: Callable[[Problem], None]
) -> Iterator[Captured]:
    for path in warcs:
        try:
            yield from read_captures(path, run, max_decoded_bytes=settings.max_decoded_bytes)
        except WarcError as error:
            on_problem(Problem(what=f"{error}. What stands before that place was read."))


def _looks(
    items: Iterable[Captured], readers: list[Reader]
) -> Iterator[tuple[Capture, Future[Look]]]:
    """Each capture with what will be known of it, in order; few are under way at once, for each
    holds a page."""
    waiting: deque[tuple[Capture, Future[Look]]] = deque()
    for number, item in enumerate(items):
        reader = readers[0 if number < FEW else number % len(readers)]
        waiting.append((item.capture, _look(item, reader)))
        if len(waiting) > 2 * len(readers):
            yield waiting.popleft()
    yield from waiting


def _look(item: Captured, reader: Reader) -> Future[Look]:
    if item.capture.why in FILES and "html" not in (item.capture.mime or ""):
        unread: Future[Look] = Future()  # a film is nothing that a parser has to see
        unread.set_result(Look(None, None))
        return unread
    page = item.page()
    return reader.look(page, _may_be_article(page))


def _may_be_article(page: Page) -> bool:
    capture = page.capture
    if capture.route == "backfill-wayback" and capture.memento_of is None:
        return False  # what an archive says of itself, not of the page
    return capture.status == 200 and capture.why not in LOOKS and capture.method == "GET"
