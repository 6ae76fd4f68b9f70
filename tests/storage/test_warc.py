"""WARC files: written exactly, read back equal, put right after a crash, and read from any tool."""

import gzip
import http.server
import io
import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter as WarcioWriter

from storage.identity import now
from storage.message import decoded, entity, http_parts
from storage.records import Capture
from storage.warc import OPEN, Exchange, Tls, WarcWriter, recover
from storage.warcfields import parse_fields, record
from storage.warcread import WarcError, check, read_captures, read_page
from storage.warcrepack import repack
from storage.warcstream import file_chunks, records
from tests.storage.killed_writer import write_for_ever

ROOT = Path(__file__).parents[2]
LIMIT = 1_000_000  # bytes unpacked
REQUEST = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
RESPONSE = (
    b"HTTP/1.1 200 Fine\r\nContent-Type: Text/HTML; charset=utf-8\r\nETag: W/\"x\"\r\n"
    b"Last-Modified: yesterday\r\nContent-Length: 5\r\n\r\nhello"
)  # fmt: skip


def an_exchange(**changes: object) -> Exchange:
    base = Exchange(
        url="http://a.test/x", fetched_at=now(), request=REQUEST, response=RESPONSE, ip="192.0.2.1"
    )
    return msgspec.structs.replace(base, **changes)


def written(folder: Path, *exchanges: Exchange, rotate: int = 10**9) -> list[Capture]:
    with WarcWriter(folder, "RUN", rotate_bytes=rotate, warcinfo={"software": "test"}) as writer:
        return [writer.write(one) for one in exchanges]


def read(folder: Path) -> list[Capture]:
    return [
        one.capture
        for path in sorted(folder.glob("*.warc*"))
        for one in read_captures(path, "RUN", max_decoded_bytes=LIMIT)
    ]


def faults(folder: Path) -> list[str]:
    return [fault for path in folder.iterdir() for fault in check(file_chunks(path), path.name)]


CASES = {
    "plain": an_exchange(),
    "all of it": an_exchange(
        url="https://a.test/",
        method="HEAD",
        interim=b"HTTP/1.1 103 Early Hints\r\n\r\n",
        port=443,
        tls=Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", (b"\x30\x00", b"\x31\xff")),
        verify_tls=False,
        why="feed",
        via="http://a.test/feed",
        route="recheck",
        source="kestrel",
        truncated="time",
        error="took too long",
    ),
    "no response": an_exchange(response=b"", error="reset"),
    "nothing": an_exchange(response=b"", request=b"", ip=None, error="no such host"),
    "chunked": an_exchange(
        response=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "surplus": an_exchange(response=RESPONSE + b" and more"),
    "head cut": an_exchange(response=b"HTTP/1.1 200 OK\r\nConte", truncated="disconnect"),
    "no http": an_exchange(response=b"\x00\x01\xff" * 50),
    "redirect": an_exchange(response=b"HTTP/1.1 301 Gone on\r\nLocation: /y\r\n\r\n"),
    "injection": an_exchange(
        url="http://a.test/\r\nWARC-Type: evil\r\n\r\nx",
        via="http://a.test/\nwhy: evil",
        why="a\r\nb",
        source="s\x00\x85\u2028route: evil",
        error="e\r\nwhy: evil",
    ),
    "not ascii": an_exchange(url="http://a.test/ö?q=\udcff", error="größer – ほ"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_capture_read_back_is_the_capture_written(case: str, tmp_path: Path) -> None:
    captures = written(tmp_path, CASES[case], an_exchange())
    assert read(tmp_path) == captures
    assert faults(tmp_path) == []


@pytest.mark.parametrize("case", CASES)
def test_each_place_is_one_gzip_member(case: str, tmp_path: Path) -> None:
    (capture,) = written(tmp_path, CASES[case])
    raw = (tmp_path / capture.warc.file).read_bytes()
    member = raw[capture.warc.offset : capture.warc.offset + capture.warc.length]
    text = gzip.decompress(member)
    assert text.count(f"WARC-Record-ID: <urn:uuid:{capture.id}>".encode()) == 1
    assert CASES[case].response + b"\r\n\r\n" in text
    page = read_page(member, capture, max_decoded_bytes=LIMIT)
    (one,) = read_captures(tmp_path / capture.warc.file, "RUN", max_decoded_bytes=LIMIT)
    assert page == one.page()


def test_the_fields_that_a_capture_gets(tmp_path: Path) -> None:
    (capture,) = written(tmp_path, an_exchange())
    assert (capture.status, capture.mime, capture.etag) == (200, "text/html", 'W/"x"')
    assert (capture.last_modified, capture.body_bytes) == ("yesterday", 5)
    assert capture.source == "a.test"
    # sha256 of "hello", as sha256sum prints it
    assert capture.payload_digest == (
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    )


@given(st.text(), st.text(), st.text())
def test_no_text_injects_a_field(url: str, why: str, error: str) -> None:
    exchange = an_exchange(url="http://a.test/" + url, why=why, error=error, via=url or None)
    raw = record("metadata", "id", now(), [("WARC-Target-URI", exchange.url)], b"x")
    names = [line.partition(b":")[0] for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")]
    assert names == [
        b"WARC/1.1", b"WARC-Type", b"WARC-Record-ID", b"WARC-Date", b"WARC-Target-URI",
        b"WARC-Block-Digest", b"Content-Length",
    ]  # fmt: skip
    assert [n for n, _ in parse_fields(f"why: {why}".replace("\n", " ").encode("utf-8", "replace"))]


def test_files_rotate_between_exchanges(tmp_path: Path) -> None:
    exchanges = [an_exchange(response=RESPONSE + os.urandom(2000)) for _ in range(20)]
    captures = written(tmp_path, *exchanges, rotate=10_000)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [f"RUN-{n:05}.warc.gz" for n in range(1, len(files) + 1)]
    assert len(files) > 4
    assert all(path.stat().st_size <= 10_000 for path in tmp_path.iterdir())
    assert read(tmp_path) == captures
    assert faults(tmp_path) == []


def test_a_file_is_open_until_it_is_finished(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "RUN", rotate_bytes=10**6, warcinfo={})
    assert list(tmp_path.iterdir()) == []
    writer.write(an_exchange())
    assert [path.name for path in tmp_path.iterdir()] == ["RUN-00001.warc.gz" + OPEN]
    assert "left alone" in recover(tmp_path)[0]
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == writer.files == ["RUN-00001.warc.gz"]
    written(tmp_path, an_exchange())
    assert (tmp_path / "RUN-00002.warc.gz").exists()


def test_a_torn_tail_is_cut_after_the_last_exchange(tmp_path: Path) -> None:
    captures = written(tmp_path, *[an_exchange() for _ in range(3)])
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    starts = [one.offset for one in records(file_chunks(path), "x", keep=0)] + [len(whole)]
    for end in range(captures[1].warc.offset, len(whole) + 1, 7):
        path.unlink()
        torn = tmp_path / (path.name + OPEN)
        torn.write_bytes(whole[:end])
        (note,) = recover(tmp_path)
        survivors = sum(capture_end <= end for capture_end in starts[4::3])
        assert f"{survivors} exchanges" in note
        assert read(tmp_path) == captures[:survivors]
        assert faults(tmp_path) == []
    path.unlink()
    (tmp_path / (path.name + OPEN)).write_bytes(whole[:100])
    assert "removed" in recover(tmp_path)[0]
    assert list(tmp_path.iterdir()) == []


# How often the writer is killed; more rounds by hand, when the writing itself was changed.
KILL_ROUNDS = int(os.environ.get("KILL_ROUNDS", "50"))


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    chance = random.Random()  # other moments each time
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.storage.killed_writer"])
    rotated = 0
    for number in range(KILL_ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        writer = processes.Process(target=write_for_ever, args=(folder, number))
        writer.start()
        told = folder.with_suffix(".told")
        while not told.exists() or not told.stat().st_size:
            assert writer.is_alive()
            time.sleep(0.002)
        time.sleep(chance.random() / 10)
        writer.kill()
        writer.join()
        recover(folder)
        rotated += len(list(folder.iterdir())) > 1
        assert not list(folder.glob("*" + OPEN))
        assert faults(folder) == []
        acknowledged = told.read_text().split()
        kept = [capture.id for capture in read(folder)]
        # One more may have been written whose acknowledgement was not.
        assert kept[: len(acknowledged)] == acknowledged
        assert len(kept) <= len(acknowledged) + 1
    # A torn tail is rare, for an exchange goes down in one write; it has a test of its own, above.
    assert rotated


FILLING = """
import os, resource, sys
from pathlib import Path
from storage.warc import WarcFull, WarcWriter
from tests.storage.test_warc import an_exchange
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # stands for a full disk
with WarcWriter(Path(sys.argv[1]), "RUN", rotate_bytes=10**9, warcinfo={}) as writer:
    try:
        while True:
            writer.write(an_exchange(response=b"HTTP/1.1 200 OK\\r\\n\\r\\n" + os.urandom(3000)))
    except WarcFull as error:
        print(writer.exchanges, error)
"""


@pytest.mark.parametrize(("limit", "room"), [(20_000, 4), (500, 0), (10, 0)])
def test_a_full_disk_leaves_a_valid_file(limit: int, room: int, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FILLING, tmp_path, str(limit)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert told.stdout.startswith(f"{room} "), told.stderr
    assert "Make room" in told.stdout
    assert len(read(tmp_path)) == room
    assert faults(tmp_path) == []


def test_each_damaged_byte_is_found(tmp_path: Path) -> None:
    written(tmp_path, an_exchange(), an_exchange())
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    right = list(records([whole], "x", keep=10**6))
    found = 0
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        if list(check([bytes(damaged)], "x")):
            found += 1
        else:  # gzip's time, level and system, and the bits after a block, carry nothing
            assert list(records([bytes(damaged)], "x", keep=10**6)) == right
    assert found > 0.98 * len(whole)


def test_a_wrong_digest_is_found(tmp_path: Path) -> None:
    right = record("resource", "a", now(), [("WARC-Target-URI", "http://a.test/")], b"hello")
    assert list(check([right], "x")) == []
    (fault,) = check([right.replace(b"hello", b"jello")], "x")
    assert "block-digest" in fault
    digest = b"WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2M\r\nContent-Length"
    (fault,) = check([right.replace(b"Content-Length", digest)], "x")  # it is not that of "hello"
    assert "payload-digest" in fault


def test_damage_is_told_after_what_is_good(tmp_path: Path) -> None:
    captures = written(tmp_path, *[an_exchange() for _ in range(3)])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[: captures[2].warc.offset + 50])
    got: list[Capture] = []
    with pytest.raises(WarcError, match="ends inside a gzip member") as caught:
        got.extend(one.capture for one in read_captures(path, "RUN", max_decoded_bytes=LIMIT))
    assert got == captures[:2]
    assert caught.value.offset == captures[2].warc.offset


@pytest.mark.parametrize("text", [b"", b"<html>no warc</html>", b"\x1f\x8b garbage", b"PK\x03\x04"])
def test_what_is_no_warc_is_told(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(text)
    assert list(check([text], "x"))
    if text:
        with pytest.raises(WarcError, match="x: damaged at byte 0"):
            list(read_captures(tmp_path / "x", "RUN", max_decoded_bytes=LIMIT))


class Site(http.server.BaseHTTPRequestHandler):
    """Pages for wget, as a usual server sends them."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/chunked":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\n<p>one\r\n4\r\n two\r\n0\r\n\r\n")
            return
        body = {"/": b"<p>home", "/gzip": gzip.compress(b"<p>packed")}.get(self.path)
        self.send_response(200 if body else 404, "As it is")
        self.send_header("Content-Type", "text/html")
        if self.path == "/gzip":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("compression", [[], ["--no-warc-compression"]])
def test_wget(site: str, compression: list[str], tmp_path: Path) -> None:
    urls = [site + path for path in ("/", "/chunked", "/gzip", "/missing")]
    subprocess.run(
        ["wget", "-q", "--no-proxy", "--warc-file=w", "-O", os.devnull, *compression, *urls],
        cwd=tmp_path,
        check=False,
    )
    (path,) = tmp_path.glob("w.warc*")
    assert list(check(file_chunks(path), path.name)) == []
    want = {urls[0]: b"<p>home", urls[1]: b"<p>one two", urls[2]: b"<p>packed", urls[3]: b""}

    def look(folder: Path, name: str) -> list[Capture]:
        found = []
        for file in sorted(folder.glob(name)):
            for one in read_captures(file, "RUN", max_decoded_bytes=LIMIT):
                assert one.page().body == want[one.capture.url]
                raw = file.read_bytes()[one.capture.warc.offset :][: one.capture.warc.length]
                assert read_page(raw, one.capture, max_decoded_bytes=LIMIT) == one.page()
                found.append(one.capture)
        return found

    captures = look(tmp_path, "w.warc*")
    assert [capture.url for capture in captures] == urls
    assert [capture.status for capture in captures] == [200, 200, 200, 404]
    assert {(one.route, one.why, one.ip) for one in captures} == {("import", "import", "127.0.0.1")}
    out = tmp_path / "out"
    out.mkdir()
    names = repack(path, out, "RUN", rotate_bytes=4000, warcinfo={"software": "test"})
    assert len(names) > 1
    again = look(out, "*.warc.gz")
    assert [one.id for one in again] == [one.id for one in captures]
    assert faults(out) == []
    first = next(records(file_chunks(out / names[0]), "x", keep=10**6))
    assert dict(parse_fields(first.block))["imported-from"] == path.name


def foreign() -> bytes:
    """A WARC as warcio and Heritrix write them: SHA-1, many record types, request last."""
    buffer = io.BytesIO()
    writer = WarcioWriter(buffer, gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    post = StatusAndHeaders("POST /f HTTP/1.1", [("Host", "a.test")], is_http_request=True)

    def add(url: str, kind: str, body: bytes, **more: object) -> None:
        made = writer.create_warc_record(url, kind, payload=io.BytesIO(body), **more)
        writer.write_record(made)

    writer.write_record(writer.create_warcinfo_record("f.warc.gz", {"software": "Heritrix/3.4"}))
    dns = {"warc_content_type": "text/dns"}
    add("dns:a.test", "response", b"20260101000000\na.test. 1 IN A 192.0.2.1\n", **dns)
    add("http://a.test/", "response", b"<p>first", http_headers=head)
    add("http://a.test/", "metadata", b"via: x\r\n", warc_content_type="application/warc-fields")
    answer = writer.create_warc_record(
        "http://a.test/f", "response", payload=io.BytesIO(b"<p>posted"), http_headers=head
    )
    asked = writer.create_warc_record(
        "http://a.test/f", "request", payload=io.BytesIO(b"a=b"), http_headers=post
    )
    writer.write_request_response_pair(asked, answer)
    writer.write_record(
        writer.create_revisit_record(
            "http://a.test/",
            "sha1:AAAA",
            "http://a.test/",
            "2020-01-01T00:00:00Z",
            http_headers=head,
        )
    )
    html = {"warc_content_type": "text/html"}
    add("http://a.test/saved", "resource", b"<p>saved", **html)
    add("http://a.test/x.png", "resource", b"\x89PNG", warc_content_type="image/png")
    return buffer.getvalue()


def test_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "f.warc.gz"
    path.write_bytes(foreign())
    found = list(read_captures(path, "RUN", max_decoded_bytes=LIMIT))
    assert [(one.capture.url, one.capture.method, one.page().body) for one in found] == [
        ("http://a.test/", "GET", b"<p>first"),
        ("http://a.test/f", "POST", b"<p>posted"),
        ("http://a.test/", "GET", b""),
        ("http://a.test/saved", "GET", b"<p>saved"),
    ]
    assert all(one.capture.status == 200 for one in found)
    assert "revisit" in (found[2].capture.error or "")
    assert list(check(file_chunks(path), "f")) == []


def test_one_member_for_all_is_refused_until_repacked(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    path.write_bytes(gzip.compress(gzip.decompress(foreign())))
    with pytest.raises(WarcError, match="share a gzip member"):
        list(read_captures(path, "RUN", max_decoded_bytes=LIMIT))
    assert "shares a gzip member" in "".join(check(file_chunks(path), "x"))
    out = tmp_path / "out"
    out.mkdir()
    repack(path, out, "RUN", rotate_bytes=10**9, warcinfo={})
    assert len(read(out)) == 4
    assert faults(out) == []


def test_repacked_records_are_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "f.warc.gz"
    path.write_bytes(foreign())
    out = tmp_path / "out"
    out.mkdir()
    (name,) = repack(path, out, "RUN", rotate_bytes=10**9, warcinfo={})
    records_before = gzip.decompress(path.read_bytes())
    assert gzip.decompress((out / name).read_bytes()).endswith(records_before)


def test_an_import_of_ours_keeps_what_it_says_but_the_route(tmp_path: Path) -> None:
    (capture,) = written(tmp_path, an_exchange(why="feed", route="live"))
    path = tmp_path / capture.warc.file
    (one,) = read_captures(path, "RUN", max_decoded_bytes=LIMIT, route="import", name="n")
    assert (one.capture.why, one.capture.route, one.capture.warc.file) == ("feed", "import", "n")


def test_a_long_block_is_bounded_and_checked(tmp_path: Path) -> None:
    body = b"0" * 5_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"
    (capture,) = written(tmp_path, an_exchange(response=head + body))
    (one,) = read_captures(tmp_path / capture.warc.file, "RUN", max_decoded_bytes=1_000_000)
    assert one.capture == capture
    assert one.page().body == b""
    assert "longer than 1000000 bytes" in one.page().notes[0]
    assert faults(tmp_path) == []


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    parts = http_parts(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + bomb)
    body, note = decoded(parts, parts.body, 100_000)
    assert body == b""
    assert note == "unpacks to more than 100000 bytes (gzip); not read"


@given(st.binary(max_size=300))
def test_any_bytes_can_be_taken_for_a_message(raw: bytes) -> None:
    for coding in (b"gzip", b"deflate", b"br", b"zstd"):
        message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: " + coding
        parts = http_parts(message + b"\r\n\r\n" + raw)
        plain, _ = decoded(parts, entity(parts).body, 1000)
        assert len(plain) <= 1000
    http_parts(raw)
