"""The bundled outlets, read whole: each field as the outlets' own truth has it."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.registry import Source
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle
from tests.outlets.reading import fetch, truth
from tests.outlets.server import Outlets as Served
from tests.spiders.reading_help import page

Read = tuple[dict[str, Any], Article]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served() as running:
        yield running


@pytest.fixture(scope="module")
def sources(served: Served) -> dict[str, Source]:
    articles = truth(served)["articles"].values()
    names = {one["outlet"]: one["outlet_name"] for one in articles}
    return {key: Source(id=key, name=names[key], homepage=served.urls[key]) for key in names}


@pytest.fixture(scope="module")
def articles(served: Served, sources: dict[str, Source]) -> list[Read]:
    found = []
    for one in truth(served)["articles"].values():
        body = fetch(one["url"])[2]
        article = parse(page(body, one["url"]), sources[one["outlet"]], Outlets(sources.values()))
        assert isinstance(article, Article), (one["url"], article)
        found.append((one, article))
    return found


def folded(texts: list[str] | tuple[str, ...]) -> list[str]:
    quotes = str.maketrans("“”‘’„«»", '""\'\'"""')
    return [" ".join(text.translate(quotes).split()) for text in texts]


def test_texts(articles: list[Read]) -> None:
    for told, article in articles:
        lead = [told["standfirst"]] if told["standfirst"] else []
        text = folded(article.paragraphs)
        assert text in (folded(told["text"]), folded(lead + told["text"])), article.url


def test_titles_authors_and_dates(articles: list[Read]) -> None:
    for told, article in articles:
        assert folded([article.title]) == folded([told["title"]]), article.url
        prefix = (article.title_prefix or "").rstrip(":")  # as printed, with its colon
        assert prefix == (told["title_prefix"] or "").rstrip(":"), article.url
        assert list(article.authors) == told["authors"], article.url
        assert article.published_at == told["published_at"], article.url


def test_origins(articles: list[Read]) -> None:
    for told, article in articles:
        origin, want = article.republished_from, told["republished_from"]
        read = {"name": origin.name, "url": origin.url} if origin else None
        assert read == want, article.url


def test_home_pages_are_no_articles(served: Served, sources: dict[str, Source]) -> None:
    for key, source in sources.items():
        url = served.urls[key] + "/"
        found = parse(page(fetch(url)[2], url), source, Outlets(sources.values()))
        assert isinstance(found, NotAnArticle)
