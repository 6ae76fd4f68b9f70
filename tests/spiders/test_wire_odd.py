"""The odd answers, as `test_wire` does it with its own: each byte kept, every tool content."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spiders.wire_tap import MAX_SURPLUS
from storage.warcread import check
from storage.warcstream import file_chunks
from tests.spiders.oddanswers import LATE, ODD, TEXT
from tests.spiders.rawserver import RawServer
from tests.spiders.test_wire import Outcome, crawl, fastwarc_check, logged, page_of
from tests.spiders.wire_crawl import Job

# Cut at our limits.
NOT_WHOLE = {"/ch-trailer-endless", "/h-1mb", "/i-flood-300k", "/s-endless"}
READABLE = [
    "/g-trailing", "/g-members", "/g-x", "/g-upper", "/d-raw", "/br-gzip", "/gzip-br-two-lines",
    "/gzip5", "/br-trailing", "/ce-identity", "/ce-empty", "/gzip-badcrc", "/gzip-badlen",
    "/te-identity",
]  # fmt: skip


TRIES = 5
"""A busy machine may stop the server between two pieces; five times in a row it does not."""


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    running = RawServer(answers=ODD | LATE)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def odd(server: RawServer, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One crawl of all of them."""
    folder = tmp_path_factory.mktemp("odd")
    began = time.monotonic()
    urls = [server.url + path for path in ODD]
    outcome = crawl(Job(folder=str(folder), urls=urls, max_exchange_seconds=5.0, concurrency=8))
    assert time.monotonic() - began < 90  # a tenth of that on an idle machine
    assert outcome.status == 0, outcome.stderr
    assert outcome.reason == "finished"
    return outcome


@pytest.mark.parametrize("path", ODD)
def test_each_byte_is_kept(odd: Outcome, server: RawServer, path: str) -> None:
    want, got = logged(server)[path], odd.by_path(path)
    got = [one for one in got if one.url.startswith(server.url + "/")]
    got = [one for one in got if one.request or one.response]
    if len(got) > len(want):  # one was sent on a connection that the server had already left
        got = [one for one in got if "sent again" not in one.fields.get("error", "")]
    assert len(want) == len(got) > 0
    logs = {log.read: bytes(log.written) for log in want}
    for one in got:
        kept, sent = one.interim + one.response, logs[one.request]
        if path in NOT_WHOLE:
            assert kept
            assert sent.startswith(kept)
        else:
            assert kept == sent


@pytest.mark.parametrize("path", READABLE)
def test_what_can_be_read_is_read(odd: Outcome, path: str) -> None:
    *_, one = odd.by_path(path)  # before it perhaps one on a connection that was closed already
    assert page_of(odd, one).body == TEXT


def test_leading_zeros_of_a_chunk_are_no_fault(odd: Outcome) -> None:
    for path in ("/ch-zeros-20", "/ch-leading-zeros"):
        *_, one = odd.by_path(path)
        assert (one.capture.body_bytes, one.capture.truncated) == (5, None)


def test_what_follows_a_message_does_not_touch_it(odd: Outcome) -> None:
    for path in (one for one in ODD if one.startswith("/s-")):
        *_, one = odd.by_path(path)
        cut = path in NOT_WHOLE
        assert one.capture.truncated == ("length" if cut else None), path
        if path == "/s-long-body":
            continue
        assert page_of(odd, one).body == TEXT
        assert odd.word(path)["status"] == 200
    *_, endless = odd.by_path("/s-endless")
    head = endless.response.index(b"\r\n\r\n") + 4
    assert len(endless.response) == head + len(TEXT) + MAX_SURPLUS


@pytest.mark.parametrize("path", LATE)
def test_a_piece_behind_a_message_is_kept_if_it_comes_at_once(
    server: RawServer, tmp_path: Path, path: str
) -> None:
    for turn in range(TRIES):
        folder = tmp_path / str(turn)
        folder.mkdir()
        outcome = crawl(Job(folder=str(folder), urls=[server.url + path]))
        (one,) = outcome.by_path(path)
        whole = bytes(logged(server)[path][turn].written)
        assert whole.startswith(one.response)
        assert page_of(outcome, one).body == TEXT
        assert outcome.word(path)["status"] == 200
        if one.response == whole:
            return
    pytest.fail(f"what follows the message was never kept in {TRIES} crawls")


def test_an_address_beyond_measure_is_not_asked_for(odd: Outcome) -> None:
    assert not [one for one in odd.kept if len(one.url) > 9000]


def test_every_tool_finds_the_files_right(odd: Outcome) -> None:
    run = "import sys; sys.modules['brotli'] = None; import warcio.cli; warcio.cli.main()"
    for path in sorted(Path(odd.folder).iterdir()):
        assert list(check(file_chunks(path), path.name)) == []
        told = subprocess.run(
            [sys.executable, "-c", run, "check", path], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout
        assert fastwarc_check(path) == 0
