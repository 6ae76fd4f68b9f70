"""What the audit says of objects that no entry seals, and of what it could not check."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from flows.checks import audit
from storage import log
from storage.objects import Listed, Store, Stored, StoreError, Unavailable, open_store
from tests import servers
from tests.flows.checks_made import THREE, TWO, Archive, flip_last, only, run_folder

# --- unsealed -----------------------------------------------------------------------------------


def test_an_unlogged_run(archive: Archive) -> None:
    archive.store.put_if_absent(f"runs/{THREE}/warc/a.warc.gz", b"123")
    archive.store.put_if_absent(f"runs/{THREE}/run.json", b"{}")
    fault = only(archive.audit().faults)
    assert (fault.check, fault.severity, fault.key) == ("unsealed", "fault", f"runs/{THREE}/")
    assert "2 objects, 5 bytes" in fault.message
    report = audit(archive.store, pending=frozenset({THREE}))
    assert report.faults == ()
    note = only(report.notes)
    assert (note.severity, note.key) == ("note", f"runs/{THREE}/")


@pytest.mark.parametrize(
    "key", ["stray", "runs/file", "runs/no-run/x", "log/1.json", "log/0000000000.json"]
)
def test_what_does_not_belong_there(archive: Archive, key: str) -> None:
    archive.path(key).parent.mkdir(exist_ok=True)
    archive.path(key).touch()
    assert archive.faults() == [("unsealed", key)]


class Wrapped:
    """A store with one thing changed."""

    def __init__(self, store: Store) -> None:
        self.inner = store

    @property
    def name(self) -> str:
        return self.inner.name

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        raise AssertionError("an audit writes nothing")

    def get(self, key: str, limit: int = 1 << 26) -> bytes:
        return self.inner.get(key, limit)

    def chunks(self, key: str) -> Iterator[bytes]:
        return self.inner.chunks(key)

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        return self.inner.get_range(key, offset, length)

    def head(self, key: str) -> Stored:
        return self.inner.head(key)

    def list(self, prefix: str) -> Iterator[Listed]:
        return self.inner.list(prefix)


def test_a_run_that_is_sealed_while_we_look(archive: Archive) -> None:
    class Busy(Wrapped):
        def list(self, prefix: str) -> Iterator[Listed]:
            if prefix == "":
                run = run_folder(archive.work / THREE, THREE)
                log.seal(archive.store, THREE, run)
            return self.inner.list(prefix)

    report = audit(Busy(archive.store))
    assert (report.faults, report.could_not, report.runs) == ((), (), 2)


# --- what could not be checked ------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(12))
def test_a_store_that_fails_is_never_reported_as_fine(archive: Archive, nth: int) -> None:
    class Failing(Wrapped):
        """From its nth answer on it is out of reach."""

        left = nth

        def _one_less(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise Unavailable("out of reach")

        def get(self, key: str, limit: int = 1 << 26) -> bytes:
            self._one_less()
            return self.inner.get(key, limit)

        def chunks(self, key: str) -> Iterator[bytes]:
            for chunk in self.inner.chunks(key):
                self._one_less()
                yield chunk

        def list(self, prefix: str) -> Iterator[Listed]:
            self._one_less()
            return self.inner.list(prefix)

    report = audit(Failing(archive.store))
    assert report.could_not
    assert report.faults == ()


def test_one_object_out_of_reach_does_not_stop_the_rest(archive: Archive) -> None:
    class Hanging(Wrapped):
        def chunks(self, key: str) -> Iterator[bytes]:
            if key == archive.rows:
                raise Unavailable(f"{key}: no answer")
            return self.inner.chunks(key)

    archive.change(f"runs/{TWO}/records/articles.parquet", flip_last)
    report = audit(Hanging(archive.store))
    assert report.could_not == (f"{archive.rows}: no answer",)
    assert [one.key for one in report.faults] == [f"runs/{TWO}/records/articles.parquet"]
    assert report.objects == 5


def test_a_disk_that_fails_under_one_object(archive: Archive) -> None:
    class Rotten(Wrapped):
        def chunks(self, key: str) -> Iterator[bytes]:
            if key == archive.warc:
                raise StoreError(f"{key}: Input/output error. Check the disk.")
            return self.inner.chunks(key)

    fault = only(audit(Rotten(archive.store)).faults)
    assert (fault.check, fault.key) == ("fixity", archive.warc)
    assert "Input/output error" in fault.message


def test_a_server_that_is_down(
    s3_bucket: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, env = s3_bucket
    (port,) = servers.free_ports(1)
    for name, value in (env | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}).items():
        monkeypatch.setenv(name, value)
    started = time.monotonic()
    report = audit(open_store(url))
    assert "does not answer" in only_text(report.could_not)
    assert report.faults == ()
    assert time.monotonic() - started < 30  # three tries with pauses: 3 s alone


def only_text(texts: tuple[str, ...]) -> str:
    (text,) = texts
    return text


def test_an_object_that_may_not_be_read(
    archive: Archive, unprivileged: Callable[[Path], AbstractContextManager[None]]
) -> None:
    archive.path(archive.rows).chmod(0o000)
    with unprivileged(archive.root):
        report = archive.audit()
    assert "Permission denied" in only_text(report.could_not)
    assert report.faults == ()
    assert report.objects == 5
