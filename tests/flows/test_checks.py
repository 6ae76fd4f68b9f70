"""Each fault is made for real on a sealed archive, and the audit must name it."""

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest

from flows.checks import Fault, Report, audit
from storage import layout, log
from storage.exchange import Exchange
from storage.objects import Listed, Store, Stored, StoreError, Unavailable, open_store
from storage.records import Run
from storage.warc import WarcWriter
from tests import servers

ONE, TWO = "01JD3W0E8Q0000000000000001", "01JD3W0E8Q0000000000000002"
THREE = "01JD3W0E8Q0000000000000003"
PAGES = 3


def response(number: int) -> bytes:
    """A page that does not compress, so that each byte of the WARC matters."""
    body = hashlib.shake_256(b"%d" % number).hexdigest(2000).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def run_folder(folder: Path, run: str) -> Path:
    """A run as the flow leaves it: a WARC by our writer, records, run.json."""
    (folder / "warc").mkdir(parents=True)
    (folder / "records").mkdir()
    with WarcWriter(folder / "warc", run, rotate_bytes=1 << 30, warcinfo={}) as writer:
        for number in range(PAGES):
            writer.write(
                Exchange(
                    url=f"http://127.0.0.1/{number}",
                    fetched_at="2026-01-02T03:04:05.000006Z",
                    request=b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                    response=response(number),
                )
            )
    (folder / "records/articles.parquet").write_bytes(b"PAR1 rows PAR1")
    about = Run(
        id=run, kind="archive", source="x", asked={}, started_at="2026-01-02T03:04:05.000006Z",
        ended_at="2026-01-02T03:04:05.000006Z", outcome="complete", counts={}, versions={},
        config_digest="",
    )  # fmt: skip
    (folder / "run.json").write_bytes(msgspec.json.encode(about))
    return folder


class Archive:
    """A sealed local archive of two runs, and ways to harm it."""

    def __init__(self, tmp_path: Path) -> None:
        self.work = tmp_path / "work"
        self.root = tmp_path / "archive"
        self.store = open_store(str(self.root))
        for run in (ONE, TWO):
            log.seal(self.store, run, run_folder(self.work / run, run))
        self.warc = f"runs/{ONE}/warc/{ONE}-00001.warc.gz"
        self.rows = f"runs/{ONE}/records/articles.parquet"

    def path(self, key: str) -> Path:
        return self.root / key

    def change(self, key: str, how: Callable[[bytes], bytes]) -> None:
        """Replace an object's content, as no program of ours can."""
        path = self.path(key)
        path.chmod(0o644)
        path.write_bytes(how(path.read_bytes()))

    def audit(self) -> Report:
        return audit(self.store)

    def faults(self) -> list[tuple[str, str]]:
        """Check and key of each fault; the audit must have been able to check all the rest."""
        report = self.audit()
        assert report.could_not == ()
        return [(fault.check, fault.key) for fault in report.faults]


def only(faults: tuple[Fault, ...]) -> Fault:
    """The one fault that there is."""
    (fault,) = faults
    assert fault.next_step
    return fault


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def flip(data: bytes, place: int = -100) -> bytes:
    """One bit turned."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_a_sound_archive(archive: Archive) -> None:
    told: list[tuple[int, int, str]] = []
    before = sorted((path, path.stat().st_mtime_ns) for path in archive.root.rglob("*"))
    report = audit(archive.store, progress=lambda done, total, key: told.append((done, total, key)))
    assert (report.faults, report.notes, report.could_not) == ((), (), ())
    assert (report.entries, report.runs, report.objects) == (2, 2, 6)
    objects = [p for p in (archive.root / "runs").rglob("*") if p.is_file()]
    wanted = sum(path.stat().st_size for path in objects if path.name != "SHA256SUMS")
    assert report.bytes == wanted
    assert report.head == log.head(archive.store)
    assert [(done, total) for done, total, _ in told] == [(number, 6) for number in range(7)]
    assert told[-1][2] == ""
    assert sorted((path, path.stat().st_mtime_ns) for path in archive.root.rglob("*")) == before


def test_a_sound_archive_on_s3(
    s3_bucket: tuple[str, dict[str, str]],
    seaweed_server: servers.Seaweed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, env = s3_bucket
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    store = open_store(url)
    log.seal(store, ONE, run_folder(tmp_path / ONE, ONE))
    assert (audit(store).faults, audit(store).could_not) == ((), ())
    bucket, prefix = url.removeprefix("s3://").split("/")
    # The attacker keeps our checksum in the metadata: only reading the bytes finds it out.
    key = f"runs/{ONE}/records/articles.parquet"
    old = seaweed_server.client().head_object(Bucket=bucket, Key=f"{prefix}/{key}")["Metadata"]
    seaweed_server.client().put_object(
        Bucket=bucket, Key=f"{prefix}/{key}", Body=b"PAR1 ROWS PAR1", Metadata=old
    )
    fault = only(audit(store).faults)
    assert (fault.check, fault.key) == ("fixity", key)


def test_an_archive_without_anything(tmp_path: Path) -> None:
    report = audit(open_store(str(tmp_path / "none")))
    assert (report.faults, report.could_not) == ((), ())
    assert "nothing is sealed yet" in only(report.notes).message
    assert report.head == log.EMPTY


# --- fixity and structure -----------------------------------------------------------------------


def test_a_flipped_bit(archive: Archive) -> None:
    archive.change(archive.rows, flip_last)
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("fixity", archive.rows)
    assert fault.message.startswith("was altered: it has the SHA-256")


def flip_last(data: bytes) -> bytes:
    return flip(data, -1)


def test_a_flipped_bit_in_a_warc_is_found_at_its_record(archive: Archive) -> None:
    archive.change(archive.warc, lambda data: flip(data, len(data) // 2))
    assert sorted(archive.faults()) == [("fixity", archive.warc), ("structure", archive.warc)]
    structure = next(one for one in archive.audit().faults if one.check == "structure")
    assert "at byte" in structure.message or "from byte" in structure.message


def test_any_flipped_bit_is_found(archive: Archive) -> None:
    """In every object of the archive, wherever."""
    for listed in list(archive.store.list("")):
        sound = archive.path(listed.key).read_bytes()
        for place in range(0, len(sound), max(1, len(sound) // 4)):
            archive.change(listed.key, lambda data, place=place: flip(data, place))  # type: ignore[misc]
            report = archive.audit()
            # The newest log entry has nobody behind it who knows its hash: there the head shows it.
            if not report.faults:
                assert listed.key == "log/0000000002.json"
                assert report.head.sha256 != hashlib.sha256(sound).hexdigest()
            archive.change(listed.key, lambda data, sound=sound: sound)  # type: ignore[misc]
    assert archive.faults() == []


@pytest.mark.parametrize("left", [0, 5])
def test_a_cut_object(archive: Archive, left: int) -> None:
    archive.change(archive.rows, lambda data: data[:left])
    fault = only(archive.audit().faults)
    assert fault.key == archive.rows
    assert fault.message.startswith(f"was cut: {left} of 14 bytes are left")


def test_a_cut_warc(archive: Archive) -> None:
    archive.change(archive.warc, lambda data: data[:-20])
    assert sorted(archive.faults()) == [("fixity", archive.warc), ("structure", archive.warc)]


def test_a_missing_object(archive: Archive) -> None:
    archive.path(archive.rows).unlink()
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key, fault.message) == ("fixity", archive.rows, "is missing")
    assert archive.audit().objects == 5


@pytest.mark.parametrize("name", ["records/more.parquet", ".hidden", "not a key"])
def test_an_added_object(archive: Archive, name: str) -> None:
    archive.path(f"runs/{ONE}/{name}").write_text("12345")
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("fixity", f"runs/{ONE}/{name}")
    assert "was added after" in fault.message
    assert "5 bytes" in fault.message


def test_an_object_replaced_by_a_link(archive: Archive, tmp_path: Path) -> None:
    path = archive.path(archive.rows)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("fixity", archive.rows)
    assert "a link" in fault.message


def test_missing_and_altered_sums(archive: Archive) -> None:
    key = layout.sums_key(ONE)
    # The attacker alters an object and mends the sums: the log entry still knows the old ones.
    archive.change(archive.rows, flip_last)
    sums = log.sums_text(
        {
            path.relative_to(archive.path(f"runs/{ONE}")).as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in archive.path(f"runs/{ONE}").rglob("*")
            if path.is_file() and path.name != "SHA256SUMS"
        }
    )
    archive.change(key, lambda data: sums)
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("fixity", key)
    assert "cannot be verified" in fault.message
    assert archive.audit().objects == 3  # those of the other run
    archive.path(key).unlink()
    assert archive.faults() == [("fixity", key)]


def test_several_faults_do_not_hide_each_other(archive: Archive) -> None:
    other = f"runs/{TWO}/records/articles.parquet"
    archive.change(archive.rows, flip_last)
    archive.path(archive.warc).unlink()
    archive.change(other, lambda data: b"")
    archive.path("stray.txt").touch()
    assert sorted(archive.faults()) == [
        ("fixity", archive.rows),
        ("fixity", archive.warc),
        ("fixity", other),
        ("unsealed", "stray.txt"),
    ]


def sealed(tmp_path: Path, name: str, content: bytes) -> tuple[str, ...]:
    """The messages about a file that was sealed as it is, damage and all."""
    folder = run_folder(tmp_path / THREE, THREE)
    (folder / name).write_bytes(content)
    store = open_store(str(tmp_path / "sealed-with-damage"))
    log.seal(store, THREE, folder)
    report = audit(store)
    assert report.could_not == ()
    assert {(one.check, one.key) for one in report.faults} == {
        ("structure", f"runs/{THREE}/{name}")
    }
    return tuple(one.message for one in report.faults)


def test_a_warc_that_was_sealed_damaged(archive: Archive, tmp_path: Path) -> None:
    sound = archive.path(archive.warc).read_bytes()
    (message,) = sealed(tmp_path, "warc/a.warc.gz", sound[:-20])
    assert "cannot be read on from byte" in message


def test_a_record_that_does_not_match_its_digest(archive: Archive, tmp_path: Path) -> None:
    plain = gzip.decompress(archive.path(archive.warc).read_bytes())
    place = plain.index(response(1)) + 500
    wrong = plain[:place] + bytes([plain[place] ^ 1]) + plain[place + 1 :]
    messages = sealed(tmp_path, "warc/a.warc", wrong)
    assert "warc-block-digest does not match" in messages[0]
    assert "at byte" in messages[0]


def test_a_file_with_many_faults_is_not_told_to_the_end(tmp_path: Path) -> None:
    digest = b"sha256:" + b"0" * 64
    record = (
        b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:0>\r\n"
        b"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: http://x/\r\n"
        b"WARC-Block-Digest: " + digest + b"\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"
    )
    messages = sealed(tmp_path, "warc/a.warc", record * 50)
    assert len(messages) == 21
    assert "more faults" in messages[-1]


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff", b"[1]"])
def test_a_run_json_that_is_none(tmp_path: Path, text: bytes) -> None:
    (message,) = sealed(tmp_path, "run.json", text)
    assert "is not the description of a run" in message


def test_a_run_json_of_another_run(archive: Archive, tmp_path: Path) -> None:
    (message,) = sealed(tmp_path, "run.json", archive.path(f"runs/{ONE}/run.json").read_bytes())
    assert message == f"describes another run, {ONE}"


# --- the log ------------------------------------------------------------------------------------


def entry_key(seq: int) -> str:
    return layout.log_key(seq)


def edit(archive: Archive, seq: int, **values: object) -> None:
    """Rewrite a log entry with other values."""
    archive.change(entry_key(seq), lambda data: json.dumps({**json.loads(data), **values}).encode())


def test_a_deleted_log_entry(archive: Archive) -> None:
    log.beat(archive.store)
    archive.path(entry_key(2)).unlink()
    faults = archive.audit().faults
    assert [(one.check, one.key) for one in faults] == [
        ("chain", entry_key(2)),
        ("unsealed", f"runs/{TWO}/"),
    ]
    assert faults[0].message == "the entry is missing, though entry 3 is there"


def test_the_newest_entry_deleted_leaves_its_run_behind(archive: Archive) -> None:
    archive.path(entry_key(2)).unlink()
    assert archive.faults() == [("unsealed", f"runs/{TWO}/")]


def test_the_whole_log_deleted(archive: Archive) -> None:
    for seq in (1, 2):
        archive.path(entry_key(seq)).unlink()
    report = archive.audit()
    assert [one.key for one in report.faults] == [f"runs/{ONE}/", f"runs/{TWO}/"]
    assert "nothing is sealed" in only(report.notes).message


def test_a_replaced_log_entry(archive: Archive) -> None:
    edit(archive, 1, time="2020-01-01T00:00:00.000000Z")
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("chain", entry_key(2))
    assert "does not follow from entry 1" in fault.message


def test_the_newest_entry_replaced_changes_the_head(archive: Archive) -> None:
    before = archive.audit().head
    edit(archive, 2, time="2099-01-01T00:00:00.000000Z")
    after = archive.audit().head
    assert (after.seq, after.sha256 == before.sha256) == (2, False)


def test_an_entry_with_other_sums(archive: Archive) -> None:
    edit(archive, 2, sha256sums="0" * 64)
    assert archive.faults() == [("fixity", layout.sums_key(TWO))]


@pytest.mark.parametrize(
    ("name", "key"), [("objects", layout.sums_key(TWO)), ("bytes", layout.log_key(2))]
)
def test_an_entry_with_other_counts(archive: Archive, name: str, key: str) -> None:
    edit(archive, 2, **{name: 1})
    assert archive.faults() == [("fixity", key)]


def test_an_entry_in_another_place(archive: Archive) -> None:
    archive.change(entry_key(2), lambda data: data.replace(b'"seq":2', b'"seq":7'))
    fault = only(archive.audit().faults)
    assert (fault.key, fault.message) == (entry_key(2), "says that it is entry 7")


@pytest.mark.parametrize("text", [b"", b"garbage \xff", b"{}", b"x" * 100_000])
def test_garbage_in_place_of_an_entry(archive: Archive, text: bytes) -> None:
    archive.change(entry_key(1), lambda data: text)
    found = archive.faults()
    assert ("chain", entry_key(1)) in found
    assert ("unsealed", f"runs/{ONE}/") in found
    assert archive.audit().runs == 1


def test_a_run_that_two_entries_seal(archive: Archive) -> None:
    head = log.head(archive.store)
    entry = msgspec.structs.replace(
        next(log.entries(archive.store))[0], seq=3, prev=head.sha256, time="2099"
    )
    archive.store.put_if_absent(entry_key(3), msgspec.json.encode(entry))
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("chain", entry_key(3))
    assert f"seals run {ONE} again" in fault.message


def test_a_clock_that_went_back_is_a_note(archive: Archive) -> None:
    edit(archive, 2, time="2020-01-01T00:00:00.000000Z")
    report = archive.audit()
    assert report.faults == ()
    assert only(report.notes).key == entry_key(2)


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
    assert time.monotonic() - started < 10


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
