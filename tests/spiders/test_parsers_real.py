"""Floors on real pages, a little under what was measured when this was written.

`python -m bench.reading` prints the measures themselves.
"""

from typing import Any

import pytest

from bench import reading
from tests.spiders.reading_help import shared

FLOORS = {
    "f1": 0.97,
    "precision": 0.965,
    "recall": 0.98,
    "title": 0.875,
    "loose": 0.905,
    "author": 0.94,
    "date": 0.975,
}


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    shared("pages")
    return reading.measure(reading.ours, reading.load("pages"))


@pytest.mark.parametrize("name", FLOORS)
def test_floor(measured: dict[str, Any], name: str) -> None:
    assert measured[name] >= FLOORS[name]


def test_speed(measured: dict[str, Any]) -> None:
    # 40 on an idle core; the floor is what a machine under load still does.
    assert measured["pages_per_second"] >= 10


def test_no_article_is_taken_for_a_list(measured: dict[str, Any]) -> None:
    refused = [one["row"]["file"] for one in measured["marks"] if "article" not in one["read"]]
    assert len(refused) <= 1, refused
