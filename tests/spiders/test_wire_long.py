"""Bodies too long for memory: kept in a file on their way to the WARC, and exact all the same."""

import gzip
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from spiders.wire_tap import HELD
from storage.warcread import check
from storage.warcstream import file_chunks
from tests.spiders.rawserver import Answer, RawServer, chunked, plain, whole
from tests.spiders.test_wire import Outcome, crawl
from tests.spiders.wire_crawl import Job

OK = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n"
FILM = random.Random(1).randbytes(3 * HELD + 12_345)
LIMIT = 4 * HELD
PACKED = gzip.compress(FILM, 1)
ANSWERS = {
    "/length": whole(OK, FILM),
    "/chunked": chunked(*(FILM[at : at + 70_001] for at in range(0, len(FILM), 70_001))),
    "/trailers": chunked(FILM[:HELD], FILM[HELD:], end=b"0\r\nX-Digest: abc\r\n\r\n"),
    "/until-close": plain(OK + b"\r\n" + FILM),
    "/surplus": plain(OK + b"Content-Length: %d\r\n\r\n" % (2 * HELD) + FILM),
    "/gzip": whole(OK + b"Content-Encoding: gzip\r\n", PACKED),
    "/hints": plain(b"HTTP/1.1 103 Early Hints\r\n\r\n" + whole(OK, FILM).pieces[0]),  # type: ignore[operator]
    "/short": plain(OK + b"Content-Length: 9999999\r\n\r\n" + FILM),
    "/chunks-end": plain(OK + b"Transfer-Encoding: chunked\r\n\r\n300000\r\n" + FILM[: 2 * HELD]),
    "/reset": plain(OK + b"\r\n" + FILM, 0.3, then="reset"),
    "/too-long": plain(OK + b"\r\n" + FILM + FILM),
}
ENTITIES = {
    "/length": FILM, "/chunked": FILM, "/trailers": FILM, "/until-close": FILM,
    "/surplus": FILM[: 2 * HELD], "/gzip": PACKED, "/hints": FILM, "/short": FILM,
    "/chunks-end": FILM[: 2 * HELD], "/too-long": (FILM + FILM)[:LIMIT],
}  # fmt: skip
CUT = {"/short": "disconnect", "/chunks-end": "disconnect", "/reset": "disconnect",
       "/too-long": "length", "/surplus": "length"}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    running = RawServer(answers=ANSWERS)
    yield running
    running.stop()


@pytest.fixture(scope="module", params=[True, False], ids=["unread", "read"])
def outcome(
    request: pytest.FixtureRequest, server: RawServer, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    server.log.clear()
    meta = {"max_body_bytes": LIMIT, "unread": request.param}
    urls = [server.url + path for path in ANSWERS]
    done = crawl(Job(folder=str(tmp_path_factory.mktemp("warc")), urls=urls, meta=meta))
    assert (done.status, done.reason) == (0, "finished"), done.stderr
    return done


@pytest.mark.parametrize("path", ANSWERS)
def test_each_byte_is_kept(outcome: Outcome, server: RawServer, path: str) -> None:
    (one,), (log,) = outcome.by_path(path), [one for one in server.log if one.path == path]
    assert one.request == log.read
    if path in ("/too-long", "/surplus", "/reset"):
        # Cut at our limits, or lost by the reset before our system handed it over.
        assert len(one.response) > 2 * HELD
        assert bytes(log.written).startswith(one.response)
    else:
        assert one.interim + one.response == bytes(log.written)
    assert one.capture.truncated == one.head.get("WARC-Truncated") == CUT.get(path)


@pytest.mark.parametrize("path", ENTITIES)
def test_the_payload_digest_is_the_entitys(outcome: Outcome, path: str) -> None:
    (one,) = outcome.by_path(path)
    assert one.capture.body_bytes == len(ENTITIES[path])
    assert one.capture.payload_digest == "sha256:" + hashlib.sha256(ENTITIES[path]).hexdigest()
    stated = path not in ("/chunked", "/trailers", "/chunks-end", "/surplus")
    assert one.head.get("WARC-Payload-Digest") == (one.capture.payload_digest if stated else None)


def test_what_scrapy_saw(outcome: Outcome, request: pytest.FixtureRequest) -> None:
    unread = "unread" in request.node.callspec.id
    assert outcome.word("/length")["size"] == (0 if unread else len(FILM))
    assert outcome.word("/gzip")["size"] == (0 if unread else len(FILM))
    assert outcome.word("/too-long")["error"] == "DownloadCancelledError"


def test_the_files_are_sound_and_nothing_else_is_left(outcome: Outcome) -> None:
    paths = list(outcome.folder.iterdir())
    assert len(paths) > 5  # each film takes a file over its size
    for path in paths:
        assert list(check(file_chunks(path), path.name)) == []


def test_a_disk_that_fills_up_in_the_middle_of_a_film(server: RawServer, tmp_path: Path) -> None:
    urls = [server.url + "/length"] * 3
    meta = {"unread": True, "max_body_bytes": LIMIT}
    done = crawl(Job(folder=str(tmp_path), urls=urls, largest_file=HELD, meta=meta))
    assert done.reason == "disk_full"
    assert "no room" in done.stderr
    assert done.kept == []
    for path in tmp_path.iterdir():
        assert list(check(file_chunks(path), path.name)) == []


def test_pages_without_a_body_stay_as_they_are(server: RawServer, tmp_path: Path) -> None:
    answers = {"/none": Answer((b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",))}
    bare = RawServer(answers=answers)
    done = crawl(Job(folder=str(tmp_path), urls=[bare.url + "/none"], meta={"unread": True}))
    bare.stop()
    assert [one.capture.status for one in done.kept] == [304]
