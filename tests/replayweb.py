"""replayweb.page for tests: its two scripts, and a web server on which it shows an archive file."""

import functools
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page

from tests.servers import missing

# AGPL-3.0, so it is fetched for the tests and not kept in this repository.
PACKAGE = "replaywebpage@2.4.6"
SHA256 = "6faef5c261e94b6e83cd6ee975bd0378fd4bc948bb14d36d45c709ffecb261b8"
FETCH_SECONDS = 120
SHOWN_SECONDS = 30  # it took 3 s; a first start of its service worker on a loaded machine
LOADS = 3  # on a loaded machine its service worker can miss the first load, and shows nothing then
EMBED = """<!doctype html><script src="/ui.js"></script>
<replay-web-page source="/{name}" url="{url}" embed="replayonly" replayBase="/replay/">
</replay-web-page>"""


RANGE = re.compile(r"bytes=([0-9]+)-([0-9]*)")


class _Files(SimpleHTTPRequestHandler):
    """Files, also in ranges (RFC 9110 §14): so a player reads out of a WACZ."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        if not asked or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        start, last = int(asked[1]), int(asked[2] or len(data) - 1)
        piece = data[start : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{start + len(piece) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(piece)))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        self.wfile.write(piece)


@contextmanager
def replaying(archive: Path, url: str, folder: Path) -> Iterator[str]:
    """Serve replayweb.page with an archive file; the address that shows `url` out of it."""
    player = scripts(folder)
    web = folder / "web"
    (web / "replay").mkdir(parents=True)
    shutil.copy(archive, web)
    shutil.copy(player / "ui.js", web)
    shutil.copy(player / "sw.js", web / "replay")
    (web / "index.html").write_text(EMBED.format(name=archive.name, url=url))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(web)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def shown(page: Page, address: str, ready: str) -> Frame:
    """The frame with the replayed page, once an expression in it is true."""
    for _ in range(LOADS):
        page.goto(address)
        for _ in range(SHOWN_SECONDS * 10):
            for frame in page.frames:
                if "mp_/" in frame.url and frame.evaluate(ready):
                    return frame
            page.wait_for_timeout(100)
    pytest.fail("replayweb.page did not show the page")


def scripts(folder: Path) -> Path:
    """A folder with replayweb.page's two scripts, fetched once and kept beside our environment."""
    home = Path(sys.prefix) / "replayweb-for-tests"
    if not (home / "sw.js").exists():
        package = _fetched(folder)
        home.mkdir(exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(package)) as tar:
            for name in ("ui.js", "sw.js"):  # sw.js last: it tells that both are there
                member = tar.extractfile(f"package/{name}")
                assert member is not None
                (home / name).write_bytes(member.read())
    return home


def _fetched(folder: Path) -> bytes:
    if shutil.which("npm") is None:
        missing("no npm, which fetches replayweb.page")
    try:
        done = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True,
            timeout=FETCH_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        missing(f"{PACKAGE} could not be fetched within {FETCH_SECONDS} s")
    if done.returncode:
        missing(f"{PACKAGE} could not be fetched: {done.stderr[-300:]}")
    (path,) = folder.glob("*.tgz")
    package = path.read_bytes()
    assert hashlib.sha256(package).hexdigest() == SHA256
    return package
