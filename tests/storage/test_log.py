"""Sealing: whole or not at all, whatever fails; and the chain that it makes."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from storage import layout, log
from storage.identity import new_run_id
from storage.objects import (
    AlreadyThere,
    Listed,
    NotThere,
    Store,
    Stored,
    StoreError,
    Unavailable,
    open_store,
)

T = TypeVar("T")
RUNS = ("01JD3W0E8Q0000000000000001", "01JD3W0E8Q0000000000000002")


def run_folder(above: Path, run: str) -> Path:
    """A run's local folder with four files."""
    folder = above / run
    for name, data in {
        "warc/a.warc.gz": f"warc of {run}".encode() * 100,
        "warc/b.warc.gz": b"",
        "records/articles.parquet": f"articles of {run}".encode(),
        "run.json": json.dumps({"id": run}).encode(),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Where local run folders lie."""
    for run in RUNS:
        run_folder(tmp_path / "work", run)
    return tmp_path / "work"


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store of either kind."""
    if request.param == "local":
        return open_store(str(tmp_path / "archive"))
    url, env = request.getfixturevalue("s3_bucket")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return open_store(url)


def assert_sound(store: Store) -> list[str]:
    """Every entry follows from the one before, and every sealed run is there whole.

    Written out with nothing from `storage.log`. Returns the sealed runs in order.
    """
    prev, runs = "0" * 64, []
    keys = [one.key for one in store.list("log/")]
    assert keys == [f"log/{number:010d}.json" for number in range(1, len(keys) + 1)]
    for number, key in enumerate(keys, start=1):
        data = store.get(key)
        entry = json.loads(data)
        assert (entry["seq"], entry["prev"]) == (number, prev)
        prev = hashlib.sha256(data).hexdigest()
        if entry["type"] != "run":
            continue
        base = f"runs/{entry['run']}/"
        sums = store.get(base + "SHA256SUMS")
        assert hashlib.sha256(sums).hexdigest() == entry["sha256sums"]
        listed = {line[66:]: line[:64] for line in sums.decode().splitlines()}
        held = {path: store.get(base + path) for path in listed}
        assert {path: hashlib.sha256(data).hexdigest() for path, data in held.items()} == listed
        there = {one.key.removeprefix(base) for one in store.list(base)}
        assert there == {*listed, "SHA256SUMS"}
        assert entry["objects"] == len(listed)
        assert entry["bytes"] == sum(map(len, held.values()))
        runs.append(entry["run"])
    assert len(runs) == len(set(runs))
    return runs


def test_sealing_two_runs_and_heartbeats(store: Store, work: Path) -> None:
    assert log.head(store) == log.EMPTY
    first = log.seal(store, RUNS[0], work / RUNS[0])
    pulse = log.beat(store)
    second = log.seal(store, RUNS[1], work / RUNS[1])
    assert (first.seq, pulse.seq, second.seq) == (1, 2, 3)
    assert (first.type, pulse.type, pulse.run) == ("run", "heartbeat", None)
    assert first.objects == 4
    assert [entry for entry, _ in log.entries(store)] == [first, pulse, second]
    assert [entry for entry, _ in log.entries(store, after=2)] == [second]
    newest = store.get("log/0000000003.json")
    assert log.head(store) == log.Head(3, hashlib.sha256(newest).hexdigest())
    assert assert_sound(store) == list(RUNS)


def test_sealing_again_changes_nothing(store: Store, work: Path) -> None:
    first = log.seal(store, RUNS[0], work / RUNS[0])
    log.seal(store, RUNS[1], work / RUNS[1])
    before = list(store.list(""))
    assert log.seal(store, RUNS[0], work / RUNS[0]) == first
    assert list(store.list("")) == before


def test_sha256sum_agrees(tmp_path: Path, work: Path) -> None:
    log.seal(open_store(str(tmp_path / "archive")), RUNS[0], work / RUNS[0])
    for folder in (work / RUNS[0], tmp_path / "archive/runs" / RUNS[0]):
        ran = subprocess.run(
            ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.count(b": OK") == 4


def test_a_run_whose_files_changed_is_refused(store: Store, work: Path) -> None:
    folder = work / RUNS[0]
    log.write_sums(folder)
    (folder / "run.json").write_text("{}")
    with pytest.raises(StoreError, match="files changed since SHA256SUMS"):
        log.seal(store, RUNS[0], folder)
    assert list(store.list("")) == []


def test_an_object_of_the_run_with_other_content_is_refused(store: Store, work: Path) -> None:
    store.put_if_absent(layout.run_key(RUNS[0]), b"somebody else's")
    with pytest.raises(AlreadyThere, match=r"run\.json"):
        log.seal(store, RUNS[0], work / RUNS[0])
    assert log.head(store) == log.EMPTY


def test_a_sealed_run_with_other_content_is_refused(store: Store, work: Path) -> None:
    log.seal(store, RUNS[0], work / RUNS[0])
    shutil.rmtree(work / RUNS[0])
    folder = run_folder(work, RUNS[0])
    (folder / "run.json").write_text("{}")
    with pytest.raises(AlreadyThere, match="sealed with other content"):
        log.seal(store, RUNS[0], folder)


def test_a_folder_that_cannot_be_sealed(store: Store, work: Path) -> None:
    with pytest.raises(StoreError, match=r"no run\.json"):
        log.seal(store, RUNS[0], work / "none")
    with pytest.raises(ValueError, match="not a run id"):
        log.seal(store, "run-1", work / RUNS[0])
    (work / RUNS[0] / "warc/link.warc.gz").symlink_to("/etc/passwd")
    with pytest.raises(StoreError, match=r"link\.warc\.gz: cannot be sealed"):
        log.seal(store, RUNS[0], work / RUNS[0])
    (work / RUNS[1] / "a b").touch()
    with pytest.raises(StoreError, match="a b: cannot be sealed"):
        log.seal(store, RUNS[1], work / RUNS[1])
    assert list(store.list("")) == []


def test_many_sealers_at_once(store: Store, tmp_path: Path) -> None:
    """Eight sealers, four runs, each run by two of them: a chain without gap, each run once."""
    runs = [new_run_id() for _ in range(4)]
    for run in runs:
        log.write_sums(run_folder(tmp_path / "work", run))
    made: list[tuple[str, int]] = []
    start = threading.Barrier(8)

    def one(run: str) -> None:
        start.wait()
        made.append((run, log.seal(store, run, tmp_path / "work" / run).seq))

    threads = [threading.Thread(target=one, args=(run,)) for run in runs * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 4
    assert sorted(assert_sound(store)) == sorted(runs)


def test_entries_stop_at_garbage_and_sealing_goes_on(store: Store, work: Path) -> None:
    log.seal(store, RUNS[0], work / RUNS[0])
    store.put_if_absent(layout.log_key(2), b"\xff garbage")
    third = log.seal(store, RUNS[1], work / RUNS[1])
    assert (third.seq, third.prev) == (3, hashlib.sha256(b"\xff garbage").hexdigest())
    with pytest.raises(StoreError, match=r"log/0000000002\.json: not a log entry"):
        list(log.entries(store))


def test_nobody_seals_behind_what_is_no_object(tmp_path: Path, work: Path) -> None:
    store = open_store(str(tmp_path / "archive"))
    log.seal(store, RUNS[0], work / RUNS[0])
    path = tmp_path / "archive/log/0000000002.json"
    path.mkdir()
    (path / "x").touch()
    os.mkfifo(path.with_name("0000000003.json"))
    with pytest.raises(StoreError, match=r"0000000003\.json: a link or a special file"):
        log.seal(store, RUNS[1], work / RUNS[1])
    assert [entry.run for entry in map(log.parse_entry, entries_of(store)) if entry] == [RUNS[0]]


def entries_of(store: Store) -> list[bytes]:
    return [data for _, data in log.stored_entries(store)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"seq":1}',
        b'{"seq":1,"type":"run","time":"t","prev":"0"}',
        b'{"seq":1,"type":"run","time":"t","prev":"0","run":"../x","sha256sums":"0"}',
        b'{"seq":1,"type":"run","time":"t","prev":"0","run":"","sha256sums":"0"}',
        b'{"seq":1,"type":"heartbeat","time":"t","prev":"0","run":"01JD3W0E8Q0000000000000001"}',
        b'{"seq":"1","type":"heartbeat","time":"t","prev":"0"}',
        b'{"seq":-1,"type":"heartbeat","time":"t","prev":"0"}',
        b'{"seq":1,"type":"heartbeat","time":"t","prev":"0","bytes":' + b"9" * 4000 + b"}",
        b'{"seq":2,"seq":1,"type":"heartbeat","time":"t","prev":"0"}',
        b'{"seq":1,"type":"heartbeat","time":"t","prev":"0","more":{"a":1,"a":2}}',
        b'{"seq":1,"type":"heartbeat","time":"t","prev":"0","more":'
        + b"[" * 20_000
        + b"]" * 20_000
        + b"}",
    ],
)
def test_what_is_not_an_entry(text: bytes) -> None:
    assert log.parse_entry(text) is None


@pytest.mark.parametrize(
    "text", [b"\xff", b"abc  x\n", b"0" * 64 + b" x\n", b"0" * 64 + b"  ../x\n",
             (b"0" * 64 + b"  x\n") * 2, b"A" * 64 + b"  x\n", b"0" * 64 + b"  x\r\n",
             b"0" * 64 + b"  x\x0c" + b"0" * 64 + b"  y\n", b"\n"],
)  # fmt: skip
def test_what_is_not_a_list_of_sums(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"line \d is not|not plain text"):
        log.parse_sums(text)


# --- fault injection ----------------------------------------------------------------------------


class Faulty:
    """A store whose Nth call goes wrong: before it does anything, or after it has done it all."""

    def __init__(self, store: Store, nth: int, after: bool, wrong: Callable[[], object]) -> None:
        self._store, self._nth, self._after, self._wrong = store, nth, after, wrong
        self.calls = 0

    @property
    def name(self) -> str:
        return self._store.name

    def _do(self, what: Callable[[], T]) -> T:
        self.calls += 1
        mine = self.calls == self._nth
        if mine and not self._after:
            self._wrong()
        try:
            return what()
        finally:
            if mine and self._after:
                self._wrong()

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        return self._do(lambda: self._store.put_if_absent(key, content))

    def get(self, key: str, limit: int = 1 << 26) -> bytes:
        return self._do(lambda: self._store.get(key, limit))

    def chunks(self, key: str) -> Iterator[bytes]:
        return iter(self._do(lambda: list(self._store.chunks(key))))

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        return self._do(lambda: self._store.get_range(key, offset, length))

    def head(self, key: str) -> Stored:
        return self._do(lambda: self._store.head(key))

    def list(self, prefix: str) -> Iterator[Listed]:
        return iter(self._do(lambda: list(self._store.list(prefix))))


def seal_both(store: Store, work: Path) -> None:
    """What is interrupted below."""
    for run in RUNS:
        log.seal(store, run, work / run)


def no_answer() -> None:
    raise Unavailable("the line is cut")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def calls_needed(tmp_path: Path, work: Path) -> int:
    """How many calls sealing both runs takes."""
    counted = Faulty(open_store(str(tmp_path / "counted")), 0, False, no_answer)
    seal_both(counted, work)
    return counted.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_any_call_may_fail(tmp_path: Path, work: Path, after: bool) -> None:
    calls = calls_needed(tmp_path, work)
    assert calls >= 20
    for nth in range(1, calls + 1):
        store = open_store(str(tmp_path / f"archive-{nth}"))
        with pytest.raises(Unavailable):
            seal_both(Faulty(store, nth, after, no_answer), work)
        sealed = assert_sound(store)
        assert sealed == list(RUNS)[: len(sealed)]
        seal_both(store, work)
        assert assert_sound(store) == list(RUNS)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_process_may_die_at_any_call(tmp_path: Path, work: Path, after: bool) -> None:
    for nth in range(1, calls_needed(tmp_path, work) + 1):
        store = open_store(str(tmp_path / f"archive-{nth}"))
        child = os.fork()
        if child == 0:
            seal_both(Faulty(store, nth, after, die), work)
            os._exit(1)  # it should have died before
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        sealed = assert_sound(store)
        assert sealed == list(RUNS)[: len(sealed)]
        seal_both(store, work)
        assert assert_sound(store) == list(RUNS)


def test_a_sealing_with_every_other_answer_lost_ends_when_it_is_tried_often(
    store: Store, work: Path
) -> None:
    """On both kinds of store: what was done stays done, so that each try gets further."""
    for nth in range(1, 40):
        try:
            seal_both(Faulty(store, nth, nth % 2 == 0, no_answer), work)
            break
        except Unavailable:
            assert_sound(store)
    assert assert_sound(store) == list(RUNS)


def test_the_faulty_store_is_faulty(store: Store) -> None:
    with pytest.raises(Unavailable):
        Faulty(store, 1, True, no_answer).put_if_absent("k", b"")
    assert store.get("k") == b""
    with pytest.raises(NotThere):
        Faulty(store, 2, True, no_answer).get("none")
