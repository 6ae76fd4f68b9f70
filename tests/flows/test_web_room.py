"""Answers of the reading room about captures that a stranger had a hand in."""

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from flows.checks.report import Fault, Report
from flows.web.app import application
from flows.web.audits import SHOWN
from flows.web.room import DRAWINGS, Room
from flows.web.wire import SHORT
from tests.flows.captures_made import Made, answer
from tests.storage.catalog_made import PAGE


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def looked_at(made: Made) -> TestClient:
    """Somebody who looks; a fault of the room is an error of the test."""
    return TestClient(
        application(Room(made.context)), base_url="http://127.0.0.1", follow_redirects=False
    )


def wait_until(so: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not so() and time.monotonic() < end:
        time.sleep(0.01)
    return so()


def test_a_copy_of_an_archive_is_a_memento_of_when_that_made_it(made: Made) -> None:
    made.put(
        answer(b"then"), page="http://archive.example/web/20200717100200id_/" + PAGE,
        memento_of=PAGE, memento_at="2020-07-17T10:02:00Z", route="backfill-wayback",
    )  # fmt: skip
    made.put(answer(b"now"), day=9, mime="text/html")
    room = looked_at(made)
    asked = room.get(
        f"/memento/{PAGE}", headers={"Accept-Datetime": "Sun, 19 Jul 2020 00:00:00 GMT"}
    )
    assert asked.headers["location"] == f"http://127.0.0.1/memento/20200717100200/{PAGE}"
    found = room.get(asked.headers["location"])
    assert (found.status_code, found.content) == (200, b"then")
    assert found.headers["memento-datetime"] == "Fri, 17 Jul 2020 10:02:00 GMT"
    assert room.get(f"/memento/20260109120000/{PAGE}").content == b"now"


@pytest.mark.parametrize(
    ("status", "given"),
    [("200 OK", 200), ("204 No Content", 204), ("999 Denied", 404), ("404 Gone", 404)],
)
def test_a_memento_has_its_status_where_that_can_be_sent(
    made: Made, status: str, given: int
) -> None:
    made.put(answer(b"body", status=status), status=int(status[:3]), mime="text/html")
    found = looked_at(made).get(f"/memento/20260101120000/{PAGE}")
    assert found.status_code == given
    assert (found.content == b"body") == (status[:3] in ("200", "404"))


def test_a_redirect_to_what_is_no_address_is_a_memento_without_one(made: Made) -> None:
    made.put(answer(b"", "Location: http://[", status="301 Moved"), status=301, location="http://[")
    found = looked_at(made).get(f"/memento/20260101120000/{PAGE}")
    assert (found.status_code, found.headers.get("location")) == (301, None)


@pytest.mark.parametrize("stamp", ["2026", "20261399999999", "9" * 5000])
def test_what_is_no_time_is_told(made: Made, stamp: str) -> None:
    made.put(answer(b""))
    found = looked_at(made).get(f"/memento/{stamp}/{PAGE}")
    assert found.status_code == 404
    assert "fourteen digits" in found.text


def test_a_date_that_overflows_is_no_date(made: Made) -> None:
    made.put(answer(b""))
    asked = {"Accept-Datetime": "Sun, 19 Jul 2020 10:11:12 +99999999999999999"}
    assert looked_at(made).get(f"/memento/{PAGE}", headers=asked).status_code == 400


LONG = SHORT + 1000  # of a body, more than the room reads at once


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("size", [100, LONG])
def test_captures_are_shown_and_given_from_packed_and_plain_files(
    made: Made, packed: bool, size: int
) -> None:
    http = answer(os.urandom(size))
    seen = made.put(http, packed=packed, mime="text/html")
    room = looked_at(made)
    shown = room.get(f"/captures/{seen.id}").text
    assert "cannot be read" not in shown
    assert ("| gunzip" in shown) == packed
    assert room.get(f"/captures/{seen.id}/response.bin").content == http
    given = room.get(f"/captures/{seen.id}/record.warc.gz")
    assert given.headers["content-disposition"].endswith('.warc.gz"' if packed else '.warc"')
    assert len(given.content) == seen.warc.length


@pytest.mark.parametrize("size", [100, LONG])
def test_a_capture_whose_bytes_are_damaged_says_so(made: Made, size: int) -> None:
    seen = made.put(answer(os.urandom(size)), mime="text/html")
    path = made.warcs / seen.warc.file
    path.write_bytes(path.read_bytes()[:10] + b"\xff" * 100 + path.read_bytes()[110:])
    room = looked_at(made)
    found = room.get(f"/captures/{seen.id}")
    assert found.status_code == 200
    assert "damaged at byte 0" in found.text
    given = room.get(f"/captures/{seen.id}/response.bin")
    assert (given.status_code, "damaged at byte 0" in given.text) == (503, True)


def test_no_more_networks_are_worked_out_than_are_kept(made: Made) -> None:
    made.put(answer(b""))
    room = Room(made.context)
    years = [str(year) for year in range(2000, 2000 + DRAWINGS + 3)]
    with room._drawing:  # as while a large one is being worked out
        found = [room.network(year, None, 0.0) for year in years]
        assert [one.trouble is None for one in found] == [True] * DRAWINGS + [False] * 3
    assert wait_until(lambda: all(one.network is not None for one in found[:DRAWINGS]))
    assert room.network(years[0], None, 0.0) is found[0]
    assert room.network(years[-1], None, 60.0).network is not None


def test_a_report_is_found_however_old_it_is(made: Made) -> None:
    folder = made.context.settings.home / "audits"
    folder.mkdir()
    for number in range(SHOWN + 2):
        (folder / f"{number:04}.json").write_text("{}")
    room = looked_at(made)
    assert room.get("/audits/0000").status_code == 200
    assert room.get("/audits/nothing").status_code == 404
    assert room.get("/audits/0000.json").status_code == 404


def test_audits_as_lists(made: Made) -> None:
    folder = made.context.settings.home / "audits"
    folder.mkdir()
    (folder / "00.json").write_text("{}")
    fault = Fault(check="fixity", key="k", message="is missing", next_step="look")
    found = [
        Report(
            id=name, started_at="2026-01-02T03:04:05Z", verdict=says, faults=faults, notes=(),
            could_not=(), entries=3, runs=2, objects=14, bytes=900,
        )
        for name, says, faults in (("01", "fine", ()), ("02", "faults", (fault,)))
    ]  # fmt: skip
    for one in found:
        (folder / f"{one.id}.json").write_bytes(msgspec.json.encode(one))
    room = looked_at(made)
    assert room.get("/audits").text.count("/audits.csv") == 1
    lines = room.get("/audits.json").content.splitlines()
    assert [msgspec.json.decode(line, type=Report) for line in lines] == found[::-1]
    assert msgspec.json.decode(room.get("/audits/02.json").content, type=Report) == found[1]
    rows = list(csv.DictReader(room.get("/audits.csv").text.splitlines()))
    assert [(row["audit"], row["verdict"], row["faults"]) for row in rows] == [
        ("02", "faults", "1"), ("01", "fine", "0"),
    ]  # fmt: skip
    assert rows[0]["classes"] == "fixity structure"
