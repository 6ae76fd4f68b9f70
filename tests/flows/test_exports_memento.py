"""TimeMaps, read back by a reader of link-format that was written for this test from RFC 6690."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from flows.exports.memento import NOWHERE, addresses, as_json, link_format, mementos, timestamp
from storage.records import Capture, WarcPlace

URL = "http://outlet.example/a?b=1,2;c"
LINK = re.compile(r'<([^>]*)>((?:;\s*[a-z]+="[^"]*")*)(?:,\s*|\s*$)')


def capture(number: int, **more: object) -> Capture:
    made = Capture(
        id=f"0000-{number}", url=URL, fetched_at=f"2026-01-{number:02}T03:04:05.000006Z",
        route="live", why="feed", status=200, warc=WarcPlace("", "", 0, 0),
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """All of the text must be links."""
    found, end = [], 0
    while end < len(text):
        link = LINK.match(text, end)
        assert link, text[end:]
        found.append((link[1], dict(re.findall(r'([a-z]+)="([^"]*)"', link[2]))))
        end = link.end()
    return found


def test_the_mementos_stand_in_the_order_of_time() -> None:
    shown = mementos([capture(3), capture(1), capture(2, status=404)])
    assert [one.id for one in shown] == ["0000-1", "0000-2", "0000-3"]


@pytest.mark.parametrize(
    "nothing",
    [{"status": None}, {"status": 304}, {"page_kind": "challenge"}, {"page_kind": "login"}],
)
def test_what_shows_no_page_is_no_memento(nothing: dict[str, object]) -> None:
    assert mementos([capture(1, **nothing)]) == []
    with pytest.raises(ValueError):
        link_format(URL, [])


def test_a_time_map_in_link_format() -> None:
    at = addresses("http://archive.example/web/", URL)
    found = links(link_format(URL, [capture(1), capture(2), capture(3)], at))
    rels = {about["rel"]: (target, about) for target, about in found}
    assert rels["original"][0] == URL
    assert rels["self"][0] == f"http://archive.example/web/timemap/link/{URL}"
    assert rels["self"][1]["type"] == "application/link-format"
    assert rels["timegate"][0] == f"http://archive.example/web/{URL}"
    first, middle, last = (rels[rel] for rel in ("first memento", "memento", "last memento"))
    assert first[0] == f"http://archive.example/web/20260101030405/{URL}"
    times = [parsedate_to_datetime(one[1]["datetime"]) for one in (first, middle, last)]
    assert times == [datetime(2026, 1, day, 3, 4, 5, tzinfo=UTC) for day in (1, 2, 3)]
    assert rels["self"][1]["from"] == first[1]["datetime"]
    assert rels["self"][1]["until"] == last[1]["datetime"]


def test_one_memento_is_first_and_last() -> None:
    found = links(link_format(URL, [capture(1)]))
    assert [about["rel"] for _, about in found] == ["original", "first last memento"]
    assert found[1][0] == "urn:uuid:0000-1"


def test_a_hostile_address_makes_no_link_of_its_own() -> None:
    bad = 'http://x.example/>; rel="original",\r\n<http://evil.example/>'
    at = addresses("http://archive.example", bad)
    found = links(link_format(bad, [capture(1, url=bad)], at))
    assert [about["rel"] for _, about in found] == [
        "original", "self", "timemap", "timegate", "first last memento",
    ]  # fmt: skip


def test_a_time_map_as_json() -> None:
    found = as_json(URL, [capture(1), capture(2)], NOWHERE)
    assert found["original_uri"] == URL
    assert found["mementos"]["first"] == {
        "datetime": "2026-01-01T03:04:05.000006Z", "uri": "urn:uuid:0000-1",
    }  # fmt: skip
    assert [one["uri"] for one in found["mementos"]["list"]] == [
        "urn:uuid:0000-1",
        "urn:uuid:0000-2",
    ]
    assert found["mementos"]["last"]["uri"] == "urn:uuid:0000-2"


def test_fourteen_digits() -> None:
    assert timestamp("2026-01-02T03:04:05.678901Z") == "20260102030405"
