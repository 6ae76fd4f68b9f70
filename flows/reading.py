"""From the WARC to records: everything that is stored comes from reading the archived bytes back.

So a record can be derived again at any time, and an imported WARC goes the same way as a crawl.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, structs

from config.settings import Settings
from flows.workplace import Workplace
from spiders.pagekind import wall
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, Capture, NotAnArticle, Page, Problem
from storage.warcread import WarcError, read_captures

# Captures that were made to find pages; whatever they hold, they are not read as articles.
LOOKS = frozenset({"robots", "discovery"})


class Reading(Struct, frozen=True):
    """What one run's WARC files say."""

    captures: tuple[Capture, ...]
    articles: tuple[Article, ...]
    """One for each capture of an article; the same version may come twice in a run."""
    problems: tuple[Problem, ...]


def read_run(place: Workplace, outlets: Outlets, settings: Settings) -> Reading:
    """Read all WARC files of a run. A damaged one is read as far as it goes, and a problem."""
    captures: list[Capture] = []
    articles: list[Article] = []
    problems: list[Problem] = []
    for path in sorted(place.warcs.iterdir()):
        try:
            for capture, article in _read_file(path, place.run, outlets, settings):
                captures.append(capture)
                if article is not None:
                    articles.append(article)
        except WarcError as error:
            problems.append(Problem(what=f"{error}. What stands before that place was read."))
    return Reading(tuple(captures), tuple(articles), tuple(problems))


def _read_file(
    path: Path, run: str, outlets: Outlets, settings: Settings
) -> Iterator[tuple[Capture, Article | None]]:
    for item in read_captures(path, run, max_decoded_bytes=settings.max_decoded_bytes):
        # Other tools' records do not say whose page it is.
        source = outlets.key(item.capture.url) if item.capture.url else ""
        page = item.page()
        stands = wall(page)
        kind = stands.kind if stands else None
        yield (
            structs.replace(item.capture, source=source, page_kind=kind),
            None if stands else _article(page, outlets),
        )


def _article(page: Page, outlets: Outlets) -> Article | None:
    capture = page.capture
    if capture.status != 200 or capture.why in LOOKS or capture.method != "GET":
        return None
    read = parse(page, outlets.by_url(capture.url), outlets)
    return None if isinstance(read, NotAnArticle) else read
