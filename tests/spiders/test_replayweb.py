"""replayweb.page replays what we captured, in a real browser.

Its reason phrase is not looked at: replayweb.page 2.4 keeps none of any archive, and writes the
usual one of the status. pywb shows ours (`test_replay.py`).
"""

import functools
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, Response

from tests.browser import chromium
from tests.servers import missing
from tests.spiders.replayed import captured_site

# AGPL-3.0, so it is fetched for the tests and not kept in this repository.
PACKAGE = "replaywebpage@2.4.6"
SHA256 = "6faef5c261e94b6e83cd6ee975bd0378fd4bc948bb14d36d45c709ffecb261b8"
FETCH_SECONDS = 120
SHOWN_SECONDS = 30  # it took 3 s; a first start of its service worker on a loaded machine
LOADS = 3  # on a loaded machine its service worker can miss the first load, and shows nothing then
EMBED = """<!doctype html><script src="/ui.js"></script>
<replay-web-page source="/site.warc.gz" url="{url}" embed="replayonly" replayBase="/replay/">
</replay-web-page>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with replayweb.page's two scripts, fetched once and kept beside our environment."""
    home = Path(sys.prefix) / "replayweb-for-tests"
    if not (home / "sw.js").exists():
        package = _fetched(tmp_path_factory.mktemp("npm"))
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def replayed(
    player: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Frame, list[Response]]]:
    """The captured page as replayweb.page shows it, and every answer that the browser had."""
    web = tmp_path_factory.mktemp("web")
    warc, site = captured_site(tmp_path_factory.mktemp("captured"))
    shutil.copy(warc, web / "site.warc.gz")
    (web / "replay").mkdir()
    shutil.copy(player / "ui.js", web)
    shutil.copy(player / "sw.js", web / "replay")
    (web / "index.html").write_text(EMBED.format(url=f"{site}/replay"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(web)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    try:
        yield _shown(page, f"http://127.0.0.1:{server.server_port}/"), answers
    finally:
        page.close()
        server.shutdown()
        server.server_close()


def _shown(page: Page, url: str) -> Frame:
    """The frame with the replayed page, once its picture is there."""
    for _ in range(LOADS):
        page.goto(url)
        for _ in range(SHOWN_SECONDS * 10):
            for frame in page.frames:
                if "mp_/" in frame.url and frame.evaluate("document.images.length"):
                    return frame
            page.wait_for_timeout(100)
    pytest.fail("replayweb.page did not show the page")


def test_the_page_is_shown(replayed: tuple[Frame, list[Response]]) -> None:
    frame, _ = replayed
    assert frame.inner_text("h1") == "The ferry stops"


def test_pictures_and_styles_are_shown(replayed: tuple[Frame, list[Response]]) -> None:
    frame, _ = replayed
    frame.wait_for_function("document.images[0].naturalWidth === 1")
    # The colour stands in a style that another style imports.
    frame.wait_for_function(
        "getComputedStyle(document.querySelector('h1')).color === 'rgb(18, 52, 86)'"
    )


def test_both_cookies_are_replayed(replayed: tuple[Frame, list[Response]]) -> None:
    """Service workers may not set cookies; replayweb.page hands them on in a header of its own."""
    _, answers = replayed
    presets = {answer.headers.get("x-wabac-preset-cookie") for answer in answers}
    assert "a=1; b=2" in presets
