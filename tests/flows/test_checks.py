"""Each fault is made for real on a sealed archive, and the audit must name it."""

import gzip
import hashlib
import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from flows.checks import NO_TRUST, Fault, audit, run
from flows.checks.objects import Crew, Work, inspect
from flows.checks.sealed import SealedCheck, Wanted
from storage import layout, log
from storage.objects import open_store
from tests import servers
from tests.flows.checks_made import (
    ONE,
    PAGES,
    THREE,
    TWO,
    Archive,
    flip,
    flip_last,
    only,
    response,
    run_folder,
)

DEEP = b'{"more":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
"""JSON that is right, and deeper than readers go."""


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


def test_a_flipped_bit_in_a_warc_is_found_at_its_record(archive: Archive) -> None:
    archive.change(archive.warc, lambda data: flip(data, len(data) // 2))
    assert sorted(archive.faults()) == [("fixity", archive.warc), ("structure", archive.warc)]
    structure = next(one for one in archive.audit().faults if one.check == "structure")
    assert "at byte" in structure.message or "from byte" in structure.message
    assert "copytrail restore" in structure.next_step  # not: it was written so


def structure_alone(archive: Archive) -> tuple[Fault, ...]:
    """What an audit finds that asks for nothing else."""
    with closing(Crew(archive.store)) as crew:
        check = SealedCheck(
            archive.store, crew, NO_TRUST, Wanted(fixity=False), lambda done, total, key: None
        )
        run(check, ())
    assert (check.objects, check.could_not) == (6, [])
    return tuple(check.found)


def test_structure_alone_takes_sums_of_damaged_files_only(archive: Archive) -> None:
    archive.change(archive.rows, flip_last)  # no WARC: a sum would tell
    assert structure_alone(archive) == ()
    size = archive.path(archive.warc).stat().st_size
    path = archive.warc.removeprefix(f"runs/{ONE}/")
    work = Work(key=archive.warc, run=ONE, path=path, size=size, sums=False, structure=True)
    seen = inspect(archive.store, work)
    assert (seen.size, seen.sha256, seen.faults) == (size, "", ())
    archive.change(archive.warc, lambda data: flip(data, len(data) // 2))
    fault = only(structure_alone(archive))
    assert (fault.check, fault.key) == ("structure", archive.warc)
    assert "copytrail restore" in fault.next_step  # it is known that it was not sealed so


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


def test_two_records_of_one_id(archive: Archive, tmp_path: Path) -> None:
    """A second record slipped in beside one: what leads to the first is not to be doubted."""
    sound = archive.path(archive.warc).read_bytes()
    twice = sealed(tmp_path, "warc/a.warc.gz", sound + sound)
    assert len(twice) == 2 * PAGES  # responses and metadata
    assert "the record at byte " in twice[0]
    assert "has the same id" in twice[0]


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


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff", b"[1]", DEEP])
def test_a_run_json_that_is_none(tmp_path: Path, text: bytes) -> None:
    (message,) = sealed(tmp_path, "run.json", text)
    assert "is not the description of a run" in message


def test_a_run_json_of_another_run(archive: Archive, tmp_path: Path) -> None:
    (message,) = sealed(tmp_path, "run.json", archive.path(f"runs/{ONE}/run.json").read_bytes())
    assert message == f"describes another run, {ONE}"


# --- the log ------------------------------------------------------------------------------------


def entry_key(seq: int) -> str:
    return layout.log_key(seq)


def edit(archive: Archive, seq: int, /, **values: object) -> None:
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


@pytest.mark.parametrize("says", [0, 10**10])
def test_an_entry_that_says_a_number_that_no_place_has(archive: Archive, says: int) -> None:
    """What else is wrong with it is told, too, by its place."""
    edit(archive, 2, seq=says, bytes=1)
    assert archive.faults() == [("chain", layout.log_key(2)), ("fixity", layout.log_key(2))]
    log.beat(archive.store)
    sums = json.loads(archive.path(entry_key(2)).read_bytes())["sha256sums"]
    edit(archive, 3, type="run", run=TWO, sha256sums=sums)
    again = f"seals run {TWO} again, which {layout.log_key(2)} sealed"
    assert again in [fault.message for fault in archive.audit().faults]


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
        next(log.entries(archive.store))[0], seq=3, prev=head.sha256, time="2026-01-01T00:00:00Z"
    )
    archive.store.put_if_absent(entry_key(3), msgspec.json.encode(entry))
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("chain", entry_key(3))
    assert f"seals run {ONE} again" in fault.message


@pytest.mark.parametrize("time", ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "\x1b[31m"])
def test_an_entry_of_no_time(archive: Archive, time: str) -> None:
    edit(archive, 2, time=time)
    fault = only(archive.audit().faults)
    assert (fault.check, fault.key) == ("chain", entry_key(2))
    assert "which is no time" in fault.message
    assert "\x1b" not in fault.message


def test_a_clock_that_is_ahead_is_one_note(archive: Archive) -> None:
    edit(archive, 2, time="9999-12-31T23:59:59.999999Z")
    report = archive.audit()
    assert report.faults == ()
    assert only(report.notes).key == entry_key(2)
    assert "has not come yet" in only(report.notes).message


def test_a_clock_that_went_back_is_a_note(archive: Archive) -> None:
    edit(archive, 2, time="2020-01-01T00:00:00.000000Z")
    report = archive.audit()
    assert report.faults == ()
    assert only(report.notes).key == entry_key(2)
