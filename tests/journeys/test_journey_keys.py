"""Keys, heads and heartbeats, as a person uses them."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.authority import timestamp_authority
from tests.journeys.copytrail import Copytrail


@pytest.fixture
def copytrail(tmp_path: Path) -> Copytrail:
    return Copytrail(tmp_path / "mine")


def public(copytrail: Copytrail) -> Path:
    (path,) = (copytrail.home / "keys").glob("*.pub.pem")
    return path


def test_a_key_signs_from_the_first_day(copytrail: Copytrail, tmp_path: Path) -> None:
    made = copytrail.well("keys", "new")
    assert "signing.pem" in made.stdout
    assert "log entry 1, signed by" in made.stdout
    (listed,) = copytrail.rows("keys", "list")
    assert listed["signs"]
    copytrail.well("heartbeat")
    assert copytrail.audit()["entries"] == 2
    again = copytrail.run("keys", "new")
    assert again.code == 2
    assert "there is a key" in again.stderr
    auditor = Copytrail(tmp_path / "auditor", COPYTRAIL_STORE=str(copytrail.store))
    without = auditor.run("audit")
    assert without.code == 2
    assert "--key" in without.stdout
    assert auditor.run("audit", "--key", str(public(copytrail))).code == 0
    assert auditor.run("audit", "--key", str(copytrail.home / "none.pem")).code == 2


def test_a_log_that_was_cut_is_found_by_this_machine_s_own_note(copytrail: Copytrail) -> None:
    copytrail.well("heartbeat")
    copytrail.well("heartbeat")
    (copytrail.store / "log/0000000002.json").unlink()
    ended = copytrail.run("audit")
    assert ended.code == 1
    assert "the log was cut" in ended.stdout


def test_a_head_that_was_written_down(copytrail: Copytrail) -> None:
    head = copytrail.well("heartbeat").stdout.split("sha256:")[1].strip()
    assert copytrail.run("audit", "--head", f"1:{head}").code == 0
    assert copytrail.run("audit", "--head", f"1:{'0' * 64}").code == 1
    wrong = copytrail.run("audit", "--head", "yesterday")
    assert wrong.code == 2
    assert "NUMBER:SHA256" in wrong.stderr


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_heads_in_a_repository_and_a_file(copytrail: Copytrail, tmp_path: Path) -> None:
    elsewhere, repository = tmp_path / "elsewhere.git", tmp_path / "repository"
    git(tmp_path, "init", "--quiet", "--bare", str(elsewhere))
    git(tmp_path, "clone", "--quiet", str(elsewhere), str(repository))
    for name, value in (("user.name", "Auditor"), ("user.email", "auditor@example.org")):
        git(repository, "config", name, value)
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Heads")
    git(repository, "push", "--quiet", "--set-upstream", "origin", "HEAD")
    file = tmp_path / "heads.txt"
    targets = f"git:{repository} {file}"
    copytrail.well("heartbeat", COPYTRAIL_PUBLISH_HEAD=targets)
    told = copytrail.well("heartbeat", COPYTRAIL_PUBLISH_HEAD=targets)
    assert told.stderr == ""
    assert git(elsewhere, "log", "--format=%s").splitlines()[:2] == ["Log entry 2", "Log entry 1"]
    assert git(elsewhere, "show", "HEAD:heads.txt") == file.read_text()
    (copytrail.home / "heads").rename(tmp_path / "gone")
    (copytrail.store / "log/0000000002.json").unlink()
    assert copytrail.run("audit").code == 0
    assert copytrail.run("audit", "--head", str(repository / "heads.txt")).code == 1


def test_a_webhook_and_places_that_do_not_work(copytrail: Copytrail, tmp_path: Path) -> None:
    bodies: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/secret"
    copytrail.well("heartbeat", COPYTRAIL_PUBLISH_HEAD=address)
    server.shutdown()
    server.server_close()
    (body,) = bodies
    assert b'"seq":1' in body
    ended = copytrail.well("heartbeat", COPYTRAIL_PUBLISH_HEAD=f"{address} git:{tmp_path}")
    assert ended.stderr.count("could not be published") == 2
    assert "secret" not in ended.stderr


def test_time_stamps(copytrail: Copytrail, tmp_path: Path) -> None:
    with timestamp_authority(tmp_path / "authority") as authority:
        copytrail.env["COPYTRAIL_TIMESTAMP_URL"] = authority.url
        alone = copytrail.run("heartbeat")
        assert alone.code == 2
        assert "timestamp_roots" in alone.stderr
        copytrail.env["COPYTRAIL_TIMESTAMP_ROOTS"] = str(authority.roots)
        copytrail.well("heartbeat")
        assert copytrail.audit()["entries"] == 1
    away = copytrail.run("heartbeat")
    assert away.code == 2
    assert "without its time stamp" in away.stderr
    assert copytrail.audit()["entries"] == 1
