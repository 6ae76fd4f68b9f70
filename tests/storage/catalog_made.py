"""Invented runs, captures and articles for the tests of the catalog."""

from collections.abc import Iterable, Sequence
from typing import Any

from storage.catalog import Catalog
from storage.identity import canonical_url
from storage.records import Article, Capture, Match, Posting, Run, WarcPlace

PAGE = "https://kestrel.example/a"
KEY = canonical_url(PAGE)


def at(day: int) -> str:
    """Noon of a day in January."""
    return f"2026-01-{day:02}T12:00:00.000000Z"


def run(number: int, source: str = "kestrel") -> Run:
    """A run."""
    return Run(
        id=f"RUN{number}", kind="archive", source=source, asked={}, started_at=at(1),
        ended_at=at(1), outcome="complete", counts={}, versions={}, config_digest="",
    )  # fmt: skip


def capture(name: str, day: int, number: int, page: str = PAGE, **rest: Any) -> Capture:
    """A capture of run `number` on a day."""
    values: dict[str, Any] = {"source": "kestrel", "status": 200, "route": "live", "why": "feed"}
    return Capture(
        id=name, url=page, fetched_at=at(day), warc=WarcPlace(f"RUN{number}", "a", 0, 1),
        **values | rest,
    )  # fmt: skip


def article(name: str, seen: Capture, **rest: Any) -> Article:
    """What was read out of a capture."""
    values = {"title": "T", "parser": "generic/1", "outlet": "", "source": seen.source}
    return Article(
        id=name, capture=seen.id, url=seen.url, canonical_url=canonical_url(seen.url),
        captured_at=seen.fetched_at, warc=seen.warc, **values | rest,
    )  # fmt: skip


def match(a: str, b: str, words: int = 100) -> Match:
    """Evidence that two articles share text."""
    return Match(
        a=a, b=b, kind="copy", words=words, a_contained=1.0, b_contained=0.5, spans=(), method="m"
    )


def visit(catalog: Catalog, number: int, seen: Capture, name: str | None = None) -> None:
    """Take in run `number`, which made one capture, read as version `name` of the page."""
    catalog.take_in(number, run(number), [seen], [(article(name, seen), [])] if name else [], [])


def postings(catalog: Catalog, hashes: Iterable[int]) -> dict[int, list[Posting]]:
    """For each hash that any article has, the articles that have it, by their ids."""
    found = catalog.postings(hashes)
    return {
        value: sorted(found.lists[number], key=lambda one: one.article)
        for value, number in zip(found.hashes, found.numbers, strict=True)
    }


def everything(catalog: Catalog) -> list[Any]:
    """All that the catalog says."""
    pages = [one.canonical_url for one in catalog.articles()]
    return [
        list(catalog.runs()),
        list(catalog.captures()),
        list(catalog.articles()),
        list(catalog.matches()),
        catalog.histories(pages),
        [list(catalog.known_pages(source)) for source in ("kestrel", "merrow")],
        postings(catalog, range(50)),
        catalog.sketches(one.id for one in catalog.articles()),
    ]


def sample() -> tuple[list[Capture], list[tuple[Article, Sequence[int]]], list[Match]]:
    """Three pages that share text."""
    captures = [capture(f"c{n}", n, 1, f"https://kestrel.example/{n}") for n in (1, 2, 3)]
    articles = [(article(f"a{n}", captures[n - 1]), list(range(n, n + 9))) for n in (1, 2, 3)]
    return captures, articles, [match("a1", "a2"), match("a2", "a3"), match("a1", "a3")]
