"""A film of 300 MB is archived, read back and audited in the memory that pages take."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.registry import Politeness, Source
from config.settings import Settings
from flows.crawling import crawl
from spiders.job import AnyEvent, Fetched, Job, Started
from tests.spiders.small_site import article, rss

MIB = 1024 * 1024
PIECES = 300
PIECE = hashlib.sha256(b"film").digest() * (MIB // 32)
# Measured: 95 MiB for the crawl, 44 MiB for reading back. Less than one of the films in any case.
MOST = 250 * MIB
READ_BACK = """
import sys
from pathlib import Path
from storage.warcread import check, read_captures
from storage.warcstream import file_chunks
for path in sorted(Path(sys.argv[1]).iterdir()):
    assert list(check(file_chunks(path), path.name)) == []
    for one in read_captures(path, "R1", max_decoded_bytes=64 * 2**20):
        capture = one.capture
        if capture.why == "medium":
            print(capture.payload_digest, capture.body_bytes)
status = Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's, if that has more
print(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
"""


class Handler(BaseHTTPRequestHandler):
    """An article that is about a film, whole or in chunks."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        url = f"http://127.0.0.1:{port}/"
        if self.path == "/feed":
            self._small(rss((url + "2024/03/a-film-of-note", "A film of note", "")).body)
        elif self.path == "/2024/03/a-film-of-note":
            films = f"<p>{url}whole.mp4</p><p>{url}chunked.mp4</p>"
            self._small(article("A film of note", credit=films).body)
        elif self.path.endswith(".mp4"):
            self._film("chunked" in self.path)
        else:
            self.send_error(404)

    def _small(self, text: str | bytes) -> None:
        body = text.encode() if isinstance(text, str) else text
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if b"<html" in body else "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _film(self, chunked: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(PIECES * MIB))
        self.end_headers()
        for _ in range(PIECES):
            self.wfile.write(b"%x\r\n%s\r\n" % (MIB, PIECE) if chunked else PIECE)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_film_needs_no_memory(url: str, tmp_path: Path) -> None:
    peak, pid = 0, 0

    def hear(event: AnyEvent) -> None:
        nonlocal peak, pid
        if isinstance(event, Started):
            pid = event.pid
        if isinstance(event, Fetched):
            status = Path(f"/proc/{pid}/status").read_text()
            line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            peak = max(peak, int(line.split()[1]) * 1024)

    source = Source(
        id="lenne", name="Lenne", homepage=url, feeds=(url + "feed",), media="linked",
        politeness=Politeness(delay=0.001),
    )  # fmt: skip
    settings = Settings(allow_private_addresses=True)
    closed = crawl(Job(run="R1", folder=tmp_path, source=source, settings=settings), hear)
    assert (closed.problems, closed.counts["media"]) == ((), 2)
    assert closed.counts["bytes"] > 2 * PIECES * MIB
    assert 0 < peak < MOST, f"{peak // MIB} MiB"
    read = subprocess.run(
        [sys.executable, "-c", READ_BACK, tmp_path / "warc"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    *films, high = read.stdout.split("\n")[:-1]
    digest = hashlib.sha256()
    for _ in range(PIECES):
        digest.update(PIECE)
    assert films == [f"sha256:{digest.hexdigest()} {PIECES * MIB}"] * 2
    assert int(high) * 1024 < MOST, f"{int(high) // 1024} MiB"
    sys.stdout.write(f"crawl {peak // MIB} MiB, reading back {int(high) // 1024} MiB\n")
