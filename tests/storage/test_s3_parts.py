"""Uploads of several objects, and in parts: what goes up is what was hashed, or nothing, and
nothing can be seen before all is hashed."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from storage import layout, log, multipart, parts, s3
from storage.objects import AlreadyThere, Several, Store, Stored, StoreError, describe, open_store
from storage.objects import several as as_several
from tests import servers
from tests.storage.runs_made import RUNS, Made, made_runs
from tests.storage.test_log import assert_sound

PART = 5 * 1024 * 1024  # no smaller one is taken, but for the last


@pytest.fixture
def client(seaweed_server: servers.Seaweed) -> Any:
    """What the store's port does not do."""
    return seaweed_server.client()


@pytest.fixture
def store(s3_env: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that sends in parts whatever has more than 1,024 bytes."""
    monkeypatch.setattr(parts, "MULTIPART", 1024)
    monkeypatch.setattr(parts, "PART", PART)
    return open_store(s3_env)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of three parts, no two alike."""
    path = tmp_path / "large"
    path.write_bytes(b"".join(bytes([number]) * PART for number in range(2)) + b"the end")
    return path


def several(store: Store) -> Several:
    found = as_several(store)
    assert found
    return found


def under_way(client: Any, store: Store) -> list[str]:
    """Uploads in parts that nobody has completed or aborted."""
    bucket, prefix = store.name.removeprefix("s3://").split("/")
    found = client.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads", [])
    return [one["Key"].removeprefix(f"{prefix}/") for one in found]


def nothing(_: Mapping[str, Stored]) -> None:
    """Nobody wants to know."""


def test_s3_several_at_once(store: Store, tmp_path: Path, client: Any) -> None:
    files = {}
    for number, size in enumerate((9000, 0, 10, 1024, 5000, PART + 1, *range(20))):
        path = tmp_path / str(number)
        path.write_bytes(b"x" * size)
        files[f"a/{number}"] = path
    wanted = [describe(key, path) for key, path in files.items()]
    told: list[dict[str, Stored]] = []

    def known(found: Mapping[str, Stored]) -> None:
        told.append(dict(found))
        assert list(store.list("")) == []
        assert sorted(under_way(client, store)) == ["a/0", "a/4", "a/5"]

    assert several(store).put_each(files, known) == wanted
    assert told == [{one.key: one for one in wanted}]
    assert under_way(client, store) == []
    assert {one.key for one in store.list("")} == files.keys()
    assert b"".join(store.chunks("a/5")) == files["a/5"].read_bytes()


def test_s3_nothing_goes_up_twice(
    store: Store, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.write_bytes(b"small")
    files = {"large": large, "small": small}
    first = several(store).put_each(files, nothing)

    def no(*_: object) -> None:
        raise AssertionError("sent, or read back whole")

    with monkeypatch.context() as patch:
        patch.setattr(multipart.Upload, "begin", no)
        patch.setattr(s3.S3Store, "chunks", no)
        assert several(store).put_each(files, nothing) == first
        assert store.put_if_absent("large", large) == first[0]
    # In parts of another size: what the store says of them is no answer, so it is read.
    monkeypatch.setattr(parts, "PART", 2 * PART)
    assert store.put_if_absent("large", large) == first[0]
    large.write_bytes(b"!" + large.read_bytes()[1:])
    for length in (PART, 2 * PART):
        monkeypatch.setattr(parts, "PART", length)
        with pytest.raises(AlreadyThere, match="large: exists with other content"):
            store.put_if_absent("large", large)


def test_s3_two_that_send_the_same_both_succeed(store: Store, large: Path) -> None:
    """The second finds the object when it completes its own."""

    def first(_: Mapping[str, Stored]) -> None:
        store.put_if_absent("large", large)

    assert several(store).put_each({"large": large}, first) == [describe("large", large)]
    other = large.with_name("other")
    other.write_bytes(large.read_bytes() + b".")

    def different(_: Mapping[str, Stored]) -> None:
        store.put_if_absent("again", other)

    with pytest.raises(AlreadyThere, match="again: exists with other content"):
        several(store).put_each({"again": large}, different)


def test_s3_what_fails_before_all_is_known_leaves_nothing(
    store: Store, large: Path, client: Any
) -> None:
    def fail(_: Mapping[str, Stored]) -> None:
        assert under_way(client, store) == ["large"]
        raise StoreError("no room for the sums")

    with pytest.raises(StoreError, match="none: No such file"):
        several(store).put_each({"large": large, "small": large.parent / "none"}, nothing)
    with pytest.raises(StoreError, match="no room for the sums"):
        several(store).put_each({"large": large}, fail)
    assert under_way(client, store) == []
    assert list(store.list("")) == []


@pytest.mark.parametrize("number", [2, 3])
def test_s3_a_part_that_is_refused_aborts_the_upload(
    number: int, store: Store, large: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is told another digest of one part than it has."""
    left = iter(range(2, 9))

    def wrong(data: bytes) -> str:
        return parts.checksum(b"other" if next(left) == number else data)

    monkeypatch.setattr(multipart, "checksum", wrong)
    with pytest.raises(StoreError, match=r"BadDigest.*Nothing was kept"):
        several(store).put_each({"large": large}, nothing)
    assert under_way(client, store) == []
    assert list(store.list("")) == []


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "shorter": lambda path: os.truncate(path, PART + 10),
    "other": lambda path: path.write_bytes(b"y" * path.stat().st_size),
    "another file": lambda path: path.with_name("new").replace(path),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_s3_a_large_file_that_changes_while_it_is_read_is_refused(
    kind: str, store: Store, large: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, left = multipart.Lanes.start, iter((True,))
    large.with_name("new").write_bytes(large.read_bytes())

    def change(*args: Any) -> Any:
        if next(left, False):
            CHANGES[kind](large)
        return start(*args)

    monkeypatch.setattr(multipart.Lanes, "start", change)
    with pytest.raises(StoreError, match=r"changed while it was read|No such file"):
        several(store).put_each({"large": large}, nothing)
    assert under_way(client, store) == []
    assert list(store.list("")) == []


@pytest.mark.parametrize("content", [b"y" * 700, b"short", b"x" * 90_000, b""])
def test_s3_a_small_file_that_changes_after_it_was_read_is_refused(
    content: bytes, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "small"
    path.write_bytes(b"x" * 700)

    def change(_: Mapping[str, Stored]) -> None:
        path.write_bytes(content)

    with pytest.raises(StoreError, match="or the file changed meanwhile"):
        several(store).put_each({"small": path}, change)
    assert list(store.list("")) == []


# --- a sealing ---------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A run of which some files go up in parts; its sums are not written yet."""
    run = made_runs(tmp_path)[RUNS[0]]
    (run.folder / layout.SUMS).unlink()
    assert {len(data) > 1024 for data in run.files.values()} == {True, False}
    return run


def test_s3_the_sums_are_on_the_disk_before_anything_can_be_seen(
    store: Store, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, complete, put = os.fsync, multipart.Upload.complete, s3.S3Store._put
    order: list[str] = []

    def synced(handle: int) -> None:
        assert list(store.list("")) == []
        fsync(handle)
        order.append("sums")

    def seen(act: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*args: Any) -> Any:
            assert (made.folder / layout.SUMS).read_bytes() == made.sums
            order.append(act.__name__)
            return act(*args)

        return checked

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(multipart.Upload, "complete", seen(complete))
    monkeypatch.setattr(s3.S3Store, "_put", seen(put))
    about, objects, size = log.put_run(store, RUNS[0], made.folder)
    assert order[0] == "sums"
    assert set(order) == {"sums", "complete", "_put"}
    assert order.count("sums") == 1
    assert store.get(about.key) == made.sums
    assert (objects, size) == (len(made.files), sum(map(len, made.files.values())))


def test_s3_sums_that_are_not_those_of_the_files_end_a_sealing(
    store: Store, made: Made, client: Any
) -> None:
    (made.folder / layout.SUMS).write_bytes(made.sums.replace(b"0", b"1"))
    with pytest.raises(StoreError, match="files changed since SHA256SUMS was written"):
        log.seal(store, RUNS[0], made.folder)
    assert under_way(client, store) == []
    assert list(store.list("")) == []
    (made.folder / layout.SUMS).write_bytes(made.sums)
    log.seal(store, RUNS[0], made.folder)
    assert assert_sound(store) == [RUNS[0]]
