"""Frozen pages of the bundled outlets, each read by the rules of its source that held on its day.

A page is `<source>.<day>.html`, what is expected of it lies beside it in a `.json`. The older pages
are of designs that the outlets gave up; their rules are what reads them right.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.registry import Source, load_registry
from config.rules import holding
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, Page
from tests.spiders.reading_help import page

HERE = Path(__file__).parent / "frozen"
PAGES = sorted(one.name.removesuffix(".html") for one in HERE.glob("*.html"))
OLDER = [name for name in PAGES if name.partition(".")[2] < "2019"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """The bundled outlets' source files, read as the program reads them."""
    return load_registry(HERE, tmp_path_factory.mktemp("none")).sources


def frozen(name: str, day: str = "", **headers: str) -> Page:
    """A frozen page, captured on its day or on another."""
    told = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    body = (HERE / f"{name}.html").read_bytes()
    at = f"{day or name.partition('.')[2]}T12:00:00.000000Z"
    made = page(body, told["url"], fetched_at=at)
    return msgspec.structs.replace(made, headers=(*made.headers, *headers.items()))


def read(made: Page, source: Source, others: dict[str, Source]) -> Article:
    """The article on a page."""
    article = parse(made, source, Outlets(others.values()))
    assert isinstance(article, Article), article
    return article


def shown(article: Article, fields: dict[str, Any]) -> dict[str, Any]:
    """An article's fields as the expected ones have them."""
    row = msgspec.json.decode(msgspec.json.encode(article))
    row["claims"] = [[one["kind"], one["text"], one["target_name"]] for one in row["claims"]]
    row["media"] = [one["url"] for one in row["media"]]
    row["rule_fields"] = [one["field"] for one in row["provenance"] if one["layer"] == "rule"]
    return {name: row[name] for name in fields}


@pytest.mark.parametrize("name", PAGES)
def test_a_frozen_page_is_read_as_expected(name: str, sources: dict[str, Source]) -> None:
    told = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    assert shown(read(frozen(name), sources[name.partition(".")[0]], sources), told) == told


def test_each_set_of_rules_has_a_frozen_page(sources: dict[str, Source]) -> None:
    days = {(name.partition(".")[0], name.partition(".")[2]) for name in PAGES}
    used = {(one, holding(sources[one].rules, day)) for one, day in days}
    assert used == {(one.id, rules) for one in sources.values() for rules in one.rules}


@pytest.mark.parametrize("name", OLDER)
def test_rules_are_picked_by_the_day_of_the_capture(name: str, sources: dict[str, Source]) -> None:
    source = sources[name.partition(".")[0]]
    right = read(frozen(name), source, sources)
    wrong = read(frozen(name, "2025-01-01"), source, sources)
    assert right.parser != wrong.parser
    assert any("found nothing" in note for note in wrong.notes)
    assert (right.title, right.paragraphs) != (wrong.title, wrong.paragraphs)
    # A copy out of a web archive is of the day that the archive took it.
    moment = "Wed, 10 Aug 2016 12:00:00 GMT"
    copy = read(frozen(name, "2025-01-01", **{"Memento-Datetime": moment}), source, sources)
    assert (copy.parser, copy.id) == (right.parser, right.id)


@pytest.mark.parametrize("name", OLDER)
def test_without_its_rules_an_older_page_is_read_wrong(
    name: str, sources: dict[str, Source]
) -> None:
    source = sources[name.partition(".")[0]]
    told = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    plain = read(frozen(name), msgspec.structs.replace(source, rules=()), sources)
    assert shown(plain, told) != told
    assert plain.parser.startswith("generic/")
