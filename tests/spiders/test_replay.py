"""Others replay what we captured: pywb, in an environment of its own."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import pytest

from storage.warcread import read_captures
from tests.servers import Server, free_ports, missing, start
from tests.spiders.replayed import CSS, HTML, PAGES, PNG, captured_site

INSTALL_SECONDS = 240  # its dependencies are fifty packages


@pytest.fixture(scope="module")
def pywb() -> Path:
    """pywb's programs: those that PYWB_BIN names, or installed once beside our own environment,
    whose libraries pywb's would be at odds with."""
    if folder := os.environ.get("PYWB_BIN"):
        return Path(folder)
    home = Path(sys.prefix) / "pywb-for-tests"
    if (home / "bin" / "wayback").exists():
        return home / "bin"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    install = [home / "bin" / "pip", "install", "--quiet", "pywb", "setuptools<81"]
    try:
        done = subprocess.run(
            install, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        missing(f"pywb could not be installed within {INSTALL_SECONDS} s")
    if done.returncode:
        missing(f"pywb could not be installed: {done.stderr[-300:]}")
    return home / "bin"


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A WARC of a page with its picture and style, and the site's address."""
    return captured_site(tmp_path_factory.mktemp("captured"))


@pytest.fixture(scope="module")
def replay(
    pywb: Path, captured: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The port of a pywb that has the WARC in its collection `test`."""
    home = tmp_path_factory.mktemp("wayback")
    manager = [pywb / "wb-manager"]
    subprocess.run([*manager, "init", "test"], cwd=home, check=True, capture_output=True)
    copy = home / captured[0].name
    shutil.copy(captured[0], copy)
    subprocess.run([*manager, "add", "test", copy], cwd=home, check=True, capture_output=True)
    (port,) = free_ports(1)
    server: Server = start(
        [str(pywb / "wayback"), "-b", "127.0.0.1", "-p", str(port)], home / "wayback.log"
    )
    try:
        server.wait_until(lambda: _answers(port))
        yield port
    finally:
        server.stop()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/test/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        time.sleep(0.2)
        return False


def fetch(port: int, url: str, mode: str = "id_") -> tuple[str, HTTPMessage, bytes]:
    """Reason phrase, headers and body as pywb gives them; `id_` is the page as it was."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", f"/test/{time.strftime('%Y')}{mode}/{url}")
    answer = connection.getresponse()
    body = answer.read()
    if answer.status in (302, 307):
        moved = answer.headers["Location"].partition(f":{port}")[2] or answer.headers["Location"]
        connection.request("GET", moved)
        answer = connection.getresponse()
        body = answer.read()
    connection.close()
    return f"{answer.status} {answer.reason}", answer.headers, body


def test_pywb_replays_a_page_as_it_was(replay: int, captured: tuple[Path, str]) -> None:
    status, headers, body = fetch(replay, captured[1] + "/replay")
    assert status == "200 Rather Fine"
    assert body == HTML
    cookies = " ".join(headers.get_all("Set-Cookie") or [])
    assert "a=1" in cookies
    assert "b=2" in cookies


def test_pywb_replays_pictures_and_style(replay: int, captured: tuple[Path, str]) -> None:
    assert fetch(replay, captured[1] + "/replay.png")[2] == PNG
    assert fetch(replay, captured[1] + "/replay.css")[2] == CSS
    _, _, page = fetch(replay, captured[1] + "/replay", "mp_")
    assert b"im_/" in page or b"/replay.png" in page
    assert b"The ferry stops" in page
    assert len(list(read_captures(captured[0], "RUN", max_decoded_bytes=10_000))) == len(PAGES)
