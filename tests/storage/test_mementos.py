"""Copies in web archives: whose page it is and of when, in the records and in the catalog."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from storage.catalog import open_catalog
from storage.exchange import Exchange
from storage.lookup import Sights
from storage.mementos import Memento, memento
from storage.records import Capture, Route
from storage.warc import WarcWriter
from storage.warcread import read_captures
from tests.storage.catalog_made import KEY, PAGE, article, at, capture, run, visit

REPLAY = "http://archive.example/web/20200717100200id_/https://kestrel.example/a"
HEADER = "Fri, 17 Jul 2020 10:02:00 GMT"
THEN = "2020-07-17T10:02:00.000000Z"


@pytest.mark.parametrize(
    ("url", "header", "found"),
    [
        (REPLAY, HEADER, Memento("https://kestrel.example/a", "2020-07-17T10:02:00Z")),
        (REPLAY.replace("id_", ""), HEADER, Memento(PAGE, "2020-07-17T10:02:00Z")),
        (REPLAY, None, None),  # the archive speaks for itself
        (REPLAY, "yesterday", None),
        (REPLAY, "Fri, 17 Jul 2020 10:02:00 +99999999999999999", None),
        (REPLAY, "Fri, 17 Jul 2020 15:02:00 +0500", Memento(PAGE, "2020-07-17T10:02:00Z")),
        (REPLAY, "Fri, 17 Jul 1970 10:02:00 GMT", None),
        (PAGE, HEADER, None),
    ],
)
def test_what_an_answer_is_a_copy_of(url: str, header: str | None, found: Memento | None) -> None:
    assert memento(url, header) == found


def kept(folder: Path, route: Route, header: str = f"Memento-Datetime: {HEADER}\r\n") -> Capture:
    """An exchange with an archive, written and read back."""
    response = f"HTTP/1.1 200 OK\r\n{header}Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx"
    exchange = Exchange(
        url=REPLAY, fetched_at=at(5), request=b"GET / HTTP/1.1\r\n\r\n", route=route,
        response=response.encode(),
    )  # fmt: skip
    with WarcWriter(folder, "RUN", rotate_bytes=1_000_000, warcinfo={}) as writer:
        written = writer.write(exchange)
    (path,) = folder.iterdir()
    (read,) = read_captures(path, "RUN", max_decoded_bytes=1000)
    assert read.capture == written
    return written


def test_the_warc_keeps_the_exchange_and_the_capture_says_what_it_shows(tmp_path: Path) -> None:
    one = kept(tmp_path, "backfill-wayback")
    assert (one.url, one.fetched_at) == (REPLAY, at(5))
    assert (one.page_url, one.shown_at) == (PAGE, THEN)


@pytest.mark.parametrize(("route", "header"), [("live", None), ("backfill-wayback", "")])
def test_only_an_archive_that_was_asked_is_believed(
    tmp_path: Path, route: Route, header: str | None
) -> None:
    one = kept(tmp_path, route) if header is None else kept(tmp_path, route, header)
    assert (one.page_url, one.shown_at) == (one.url, one.fetched_at) == (REPLAY, at(5))


def copy(name: str, day: int, **rest: Any) -> Capture:
    """A copy of `PAGE` in an archive."""
    more: dict[str, Any] = {"route": "backfill-wayback", "memento_of": PAGE, "memento_at": at(day)}
    return capture(name, 20, day, REPLAY, etag='"archive"', **more | rest)


def test_the_catalog_gathers_a_copy_under_its_page_and_its_time(tmp_path: Path) -> None:
    with_copies = open_catalog(f"sqlite:///{tmp_path / 'c.sqlite'}")
    found = copy("c1", 3)
    shown = {"url": PAGE, "canonical_url": KEY, "captured_at": at(3)}
    read = structs.replace(article("one", found), **shown)
    with_copies.take_in(3, run(3), [found], [(read, [])], [])
    assert with_copies.first_sights([KEY])[KEY] == Sights(None, at(3), "web-archive")
    (known,) = with_copies.known_pages("kestrel")
    assert (known.url, known.etag, known.ours) == (PAGE, None, False)
    visit(with_copies, 4, capture("c2", 10, 4), "two")
    visit(with_copies, 12, copy("c4", 12, status=404))
    assert with_copies.first_sights([KEY])[KEY] == Sights(at(10), at(3), "web-archive")
    (known,) = with_copies.known_pages("kestrel")
    assert known.ours
    history = with_copies.histories([KEY])[KEY]
    assert [(one.at, one.article) for one in history.sights] == [
        (at(3), "one"), (at(10), "two"), (at(12), None)
    ]  # fmt: skip
    assert history.gone_at == at(12)


def test_an_archived_redirect_leads_to_the_page_that_it_led_to(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'c.sqlite'}")
    to = "/web/20200717100200id_/https://kestrel.example/b"
    visit(catalog, 3, copy("c1", 3, status=301, location=to))
    assert catalog.redirects([KEY]) == {KEY: "http://kestrel.example/b"}


def test_a_redirect_to_what_is_no_address_leads_nowhere(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'c.sqlite'}")
    visit(catalog, 3, copy("c1", 3, status=301, location="http://["))
    assert catalog.redirects([KEY]) == {}
