"""The film that a story is about, and what its page takes to look right, in whole runs."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.warcread import check
from storage.warcstream import file_chunks
from tests.journeys.copytrail import Copytrail, Ended, Row
from tests.outlets.expected import expected
from tests.outlets.reading import fetch
from tests.outlets.server import Outlets

FILM = "/wp-content/uploads/video/SF_Upper-Sarn_ENG.mp4"


@dataclass(frozen=True, repr=False)
class Seen:
    """Two visits to the page that is like the real case, with all its files."""

    copytrail: Copytrail
    runs: list[Row]
    traces: list[Row]
    shown: Ended
    again: list[tuple[str, str, str, int]]
    film: str
    body: bytes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    copytrail = Copytrail(tmp_path_factory.mktemp("files"))
    with Outlets() as outlets:
        url = outlets.urls["common-inquiry"]
        copytrail.well("sources", "add", url, "--media", "linked", "--requisites", "page")
        copy = expected(outlets.urls)["cases"]["seed_like"]["copy"]
        film = outlets.urls["steppe-front"] + FILM
        body = fetch(film)[2]
        runs = copytrail.rows("run")
        traces = copytrail.rows("trace", copy)
        shown = copytrail.well("trace", copy)
        before = len(outlets.requests)
        runs += copytrail.rows("run")
        again = outlets.requests[before:]
    return Seen(copytrail, runs, traces, shown, again, film, body)


def test_the_film_is_archived_though_it_is_at_another_outlet(seen: Seen) -> None:
    assert [done["run"]["outcome"] for done in seen.runs] == ["complete"] * 2
    step = seen.traces[0]["steps"][0]
    (kept,) = [one for one in step["media"] if one["medium"]["kind"] == "video"]
    assert kept["medium"]["url"] == seen.film
    capture = kept["capture"]
    assert (capture["why"], capture["via"]) == ("medium", step["article"]["url"])
    assert capture["payload_digest"] == "sha256:" + hashlib.sha256(seen.body).hexdigest()
    place = capture["warc"]
    path = seen.copytrail.store / "runs" / place["run"] / "warc" / place["file"]
    record = gzip.decompress(path.read_bytes()[place["offset"] :][: place["length"]])
    assert seen.body in record
    for said in (seen.film, capture["payload_digest"], f"at {place['offset']}+{place['length']}"):
        assert said in seen.shown.stdout.replace("\n", "")


def test_what_the_page_needs_is_archived_once(seen: Seen) -> None:
    step = seen.traces[0]["steps"][0]
    files = {one["url"]: one for one in step["requisites"]}
    assert all(one["why"] == "requisite" for one in files.values())
    counts = seen.runs[0]["run"]["counts"]
    assert counts["media"] == 1
    assert counts["requisites"] >= 3  # style, banner, pictures
    assert counts["captures"] > counts["requisites"]


def test_a_second_visit_asks_for_no_file_again(seen: Seen) -> None:
    ends = (".mp4", ".png", ".css", ".ico")
    assert not [path for _, _, path, _ in seen.again if path.endswith(ends)]


def test_files_are_no_articles_and_the_archive_is_sound(seen: Seen) -> None:
    urls = [row["url"] for row in seen.copytrail.rows("articles")]
    assert urls
    assert not [url for url in urls if url.endswith((".mp4", ".png", ".css"))]
    for path in seen.copytrail.store.glob("runs/*/warc/*"):
        assert list(check(file_chunks(path), path.name)) == []
    seen.copytrail.audit()


def test_a_film_that_could_not_be_had_is_asked_for_again(tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path)
    with Outlets() as outlets:
        copytrail.well("sources", "add", outlets.urls["common-inquiry"], "--media", "linked")
        limited = copytrail.run("run", "--json", COPYTRAIL_MAX_FILES="0")
        (first,) = limited.rows()
        assert limited.code == 1
        assert first["run"]["limits_reached"] == ["max_files"]
        asked = [path for _, _, path, _ in outlets.requests]
        assert FILM not in asked
        (second,) = copytrail.rows("run")
    assert second["run"]["outcome"] == "complete"
    assert second["run"]["counts"]["media"] == 1
    # Nothing changed, so the page is no new version though it came in full.
    assert second["run"]["counts"]["articles"] == 1
