"""One record of somebody else's archive: taken in as it is, or not at all."""

import gzip
from pathlib import Path

import pytest

from storage.imported import imported
from storage.warcread import check, read_captures
from storage.warcstream import WarcError
from tests.outlets.archived import record_of
from tests.outlets.year import page_of

URL = "http://fjord.example/a"
WHERE = "http://data.example/crawl-data/x.warc.gz#bytes=10-900"
RECORD = record_of(URL, 1)
MOST = 1_000_000


def test_the_record_stays_as_it_is_and_says_where_it_is_from(tmp_path: Path) -> None:
    members, page = imported(RECORD, URL, WHERE, MOST, "index")
    assert members.startswith(RECORD)
    assert page.body == page_of(1)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(members * 2)
    assert list(check([members], "a")) == []
    first, second = read_captures(path, "RUN", max_decoded_bytes=MOST)
    assert (first.capture.route, first.capture.why, first.capture.via) == ("import", "index", WHERE)
    assert first.capture.fetched_at == "2021-01-08T11:30:01.000000Z"
    assert first.capture.warc.length == len(RECORD)
    assert second.page().body == page_of(1)


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (RECORD * 2, "not one record"),
        (gzip.decompress(RECORD), "not one record"),
        (RECORD[:-20], "ends inside a gzip member"),
        (record_of("http://other.example/a", 1), "response of http://other.example/a"),
        (gzip.compress(gzip.decompress(RECORD).replace(b"response", b"resource")), "resource of"),
        (gzip.compress(gzip.decompress(RECORD).replace(b"fjord, part", b"Fjord, part")), "digest"),
        (b"<html>busy</html>", ""),
    ],
)
def test_what_is_not_one_sound_record_of_the_page_is_refused(packed: bytes, said: str) -> None:
    with pytest.raises(WarcError, match=said):
        imported(packed, URL, WHERE, MOST, "index")
