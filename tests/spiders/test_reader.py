"""What one document may take to be read, and that the next one is read all the same."""

import ctypes
import operator
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.registry import Listing
from config.settings import MIB, Settings
from spiders.crawlers import feed, listing
from spiders.crawlers.listing import SelectorError
from spiders.reader import Reader, Unreadable
from storage.records import Article
from tests.spiders.reading_help import OUTLETS, PROSE, html, page

SETTINGS = Settings(max_parse_seconds=3, max_parse_memory=256 * MIB)


@pytest.fixture
def reader() -> Iterator[Reader]:
    one = Reader(OUTLETS, SETTINGS)
    yield one
    one.close()


def why(result: Future[Any]) -> str:
    with pytest.raises(Unreadable) as told:
        result.result(60)
    return str(told.value)


def works(reader: Reader) -> bool:
    seen = reader.look(page(html())).result(60)
    return isinstance(seen.article, Article) and seen.article.paragraphs == PROSE


def test_c_code_without_end_is_stopped(reader: Reader) -> None:
    began = time.monotonic()
    # What would take until the end of days is one call of C code.
    assert "within 3 s (max_parse_seconds)" in why(
        reader.submit(re.match, "(a+)+$", "a" * 99 + "b")
    )
    assert time.monotonic() - began < 20  # 3 s, and starting Python on a busy machine
    assert works(reader)


def test_memory_is_bounded(reader: Reader) -> None:
    assert "256 MiB of memory (max_parse_memory)" in why(reader.submit(bytes, 300 * MIB))
    assert works(reader)
    assert len(reader.submit(bytes, 100 * MIB).result(60)) == 100 * MIB


def test_a_parser_that_crashes_costs_one_page(reader: Reader) -> None:
    assert "signal 11" in why(reader.submit(ctypes.string_at, 1))
    assert works(reader)


def test_a_fault_of_ours_costs_one_page(reader: Reader) -> None:
    assert "ZeroDivisionError" in why(reader.submit(operator.truediv, 1, 0))
    assert works(reader)


def test_errors_that_speak_of_the_input_come_through(reader: Reader) -> None:
    wrong = Listing(url="http://a.test/", links="p[")
    with pytest.raises(SelectorError):
        reader.submit(listing.read, page("<p>"), wrong).result(60)
    with pytest.raises(ValueError, match="invalid literal"):
        reader.submit(int, "x").result(60)
    assert works(reader)


def test_the_costliest_feed_is_given_up(reader: Reader) -> None:
    items = b"<item><title>x</title></item>" * 49_000
    hard = page(b"<rss version='2.0'><channel>" + items)
    began = time.monotonic()
    settings = msgspec.structs.replace(SETTINGS, max_parse_seconds=1)
    one = Reader(OUTLETS, settings)
    try:
        assert "within 1 s" in why(one.submit(feed.read, hard))
    finally:
        one.close()
    assert time.monotonic() - began < 20


def test_nothing_is_left_behind(reader: Reader) -> None:
    pid = reader.submit(os.getpid).result(60)
    under_way = reader.submit(time.sleep, 60)
    end = time.monotonic() + 60
    while not under_way.running():  # what has not begun would be cancelled
        assert time.monotonic() < end
        time.sleep(0.01)
    reader.close()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises((Unreadable, OSError)):
        under_way.result(10)
