"""One contract for every store: the same tests over a folder and over a real SeaweedFS."""

import hashlib
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from storage.objects import (
    CHUNK,
    AlreadyThere,
    Full,
    NotThere,
    Refused,
    Store,
    StoreError,
    Unavailable,
    describe,
    open_store,
)
from tests import servers

MIB = 1024 * 1024


@pytest.fixture(params=["local", "s3"])
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Store]:
    """Opens the store under test; each call gives a keeper of its own for the same objects."""
    if request.param == "local":
        return lambda: open_store(str(tmp_path / "archive"))
    url, env = request.getfixturevalue("s3_bucket")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return lambda: open_store(url)


@pytest.fixture
def store(make: Callable[[], Store]) -> Store:
    """The store under test."""
    return make()


def test_an_object_comes_back_as_it_was_put(store: Store) -> None:
    content = bytes(range(256)) * 10
    stored = store.put_if_absent("runs/a/b.bin", content)
    assert stored == describe("runs/a/b.bin", content)
    assert store.get("runs/a/b.bin") == content
    assert b"".join(store.chunks("runs/a/b.bin")) == content
    assert store.head("runs/a/b.bin") == stored


def test_a_file_is_put_like_bytes(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"from a file")
    assert store.put_if_absent("log/f", file) == describe("log/f", b"from a file")
    assert store.get("log/f") == b"from a file"


def test_an_object_is_created_once(store: Store) -> None:
    first = store.put_if_absent("k", b"one")
    assert store.put_if_absent("k", b"one") == first
    with pytest.raises(AlreadyThere, match="k: exists with other content"):
        store.put_if_absent("k", b"two")
    assert store.get("k") == b"one"


def test_of_eight_at_once_one_wins(make: Callable[[], Store]) -> None:
    stores = [make() for _ in range(8)]
    start = threading.Barrier(8)
    won: list[int] = []
    lost: list[int] = []

    def write(number: int) -> None:
        start.wait()
        try:
            stores[number].put_if_absent("log/1", b"%d" % number)
            won.append(number)
        except AlreadyThere:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert make().get("log/1") == b"%d" % won[0]


def test_eight_that_write_the_same_all_succeed(make: Callable[[], Store]) -> None:
    stores = [make() for _ in range(8)]
    start = threading.Barrier(8)
    done: list[str] = []

    def write(one: Store) -> None:
        start.wait()
        done.append(one.put_if_absent("log/1", b"same").sha256)

    threads = [threading.Thread(target=write, args=(one,)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [hashlib.sha256(b"same").hexdigest()] * 8


def test_ranges(store: Store) -> None:
    store.put_if_absent("k", b"0123456789")
    assert store.get_range("k", 0, 3) == b"012"
    assert store.get_range("k", 7, 3) == b"789"
    assert store.get_range("k", 4, 0) == b""
    for offset, length in ((8, 3), (10, 1), (50, 5)):
        with pytest.raises(StoreError, match=f"ends before byte {offset + length}"):
            store.get_range("k", offset, length)


def test_an_empty_object(store: Store) -> None:
    assert store.put_if_absent("empty", b"").size == 0
    assert store.get("empty") == b""
    assert list(store.chunks("empty")) == []
    assert store.head("empty").sha256 == hashlib.sha256(b"").hexdigest()
    assert store.get_range("empty", 0, 0) == b""
    with pytest.raises(StoreError):
        store.get_range("empty", 0, 1)


def test_what_is_not_there(store: Store) -> None:
    store.put_if_absent("a/b", b"x")
    asks: list[Callable[[str], object]] = [
        store.get,
        store.head,
        lambda key: list(store.chunks(key)),
        lambda key: store.get_range(key, 0, 1),
        lambda key: store.get_range(key, 0, 0),
    ]
    for ask in asks:
        for key in ("none", "a/none", "a/b/none"):
            with pytest.raises(NotThere, match=f"{key}: not there"):
                ask(key)


def test_a_small_read_has_a_limit(store: Store) -> None:
    store.put_if_absent("k", b"12345")
    assert store.get("k", limit=5) == b"12345"
    with pytest.raises(StoreError, match="longer than the 4 bytes"):
        store.get("k", limit=4)


def test_a_listing_is_in_the_order_of_the_keys_bytes(store: Store) -> None:
    # `-` and `.` come before `/`, capitals before small letters: a folder-wise order differs.
    keys = ["p/a/b", "p/a-b", "p/a.b", "p/a0", "p/B", "p/a/a/c", "q", "P/x"]
    for key in keys:
        store.put_if_absent(key, b"12")
    assert [one.key for one in store.list("")] == sorted(keys, key=str.encode)
    assert [one.key for one in store.list("p/")] == sorted(k for k in keys if k[:2] == "p/")
    assert [one.key for one in store.list("p/a")] == sorted(k for k in keys if k[:3] == "p/a")
    assert [one.key for one in store.list("p/a/")] == ["p/a/a/c", "p/a/b"]
    assert {one.size for one in store.list("")} == {2}
    assert list(store.list("none/")) == []


def test_a_listing_of_more_than_one_page(store: Store) -> None:
    # S3 gives a thousand keys at a time.
    keys = [f"log/{number:010d}.json" for number in range(1, 1052)]
    threads = [
        threading.Thread(target=lambda part: [store.put_if_absent(k, b"") for k in part], args=[p])
        for p in (keys[0::4], keys[1::4], keys[2::4], keys[3::4])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.key for one in store.list("log/")] == keys


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "a/../x", "a//b", "a/./b", "a\\b", "a b", "é", "a/", "a\n"]
)
def test_a_key_is_made_of_plain_names(store: Store, key: str) -> None:
    with pytest.raises(StoreError, match="is not a key"):
        store.put_if_absent(key, b"")
    with pytest.raises(StoreError, match="is not a key"):
        store.get(key)


def test_a_source_file_that_is_gone_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no-such-file") as caught:
        store.put_if_absent("k", tmp_path / "no-such-file")
    assert not isinstance(caught.value, NotThere)


BIG = """
import hashlib, resource, sys
from pathlib import Path
from storage.objects import open_store
store = open_store(sys.argv[1])
store.put_if_absent("small", b"x")  # everything is loaded, every connection open
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
stored = store.put_if_absent("big", Path(sys.argv[2]))
digest = hashlib.sha256()
for chunk in store.chunks("big"):
    digest.update(chunk)
assert digest.hexdigest() == stored.sha256 == store.head("big").sha256
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.fixture(scope="session")
def big_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 MiB, no two MiB alike: above the size from which an upload goes in parts."""
    path = tmp_path_factory.mktemp("big") / "big.bin"
    with path.open("wb") as file:
        for number in range(80):
            file.write(hashlib.sha256(b"%d" % number).digest() * (MIB // 32))
    return path


def test_a_big_object_in_bounded_memory(store: Store, big_file: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BIG, store.name, str(big_file)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 60 * 1024  # KiB: a part of 16 MiB and its copies, never the 80 MiB
    assert store.get_range("big", 79 * MIB, 32) == hashlib.sha256(b"79").digest()
    assert store.put_if_absent("big", big_file).size == 80 * MIB
    other = big_file.with_name("other.bin")
    other.write_bytes(b"other" + big_file.read_bytes()[5:])
    with pytest.raises(AlreadyThere):
        store.put_if_absent("big", other)
    assert max(len(chunk) for chunk in store.chunks("big")) <= CHUNK


# --- the folder ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A local store's folder, not yet made."""
    return tmp_path / "archive"


def test_local_the_first_use_makes_the_folder_and_nothing_stays_behind(folder: Path) -> None:
    store = open_store(str(folder))
    assert list(store.list("")) == []
    assert not folder.exists()
    store.put_if_absent("runs/x", b"1")
    store.put_if_absent("runs/x", b"1")
    with pytest.raises(AlreadyThere):
        store.put_if_absent("runs/x", b"2")
    assert list((folder / ".tmp").iterdir()) == []
    assert (folder / "runs/x").stat().st_mode & 0o777 == 0o444


def test_local_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_text("secret")
    store = open_store(str(folder))
    store.put_if_absent("runs/x", b"1")
    (folder / "runs/link").symlink_to(secret / "file")
    (folder / "runs/dir").symlink_to(secret)
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "runs/pipe")
    for key in ("runs/link", "runs/dir/file", "runs/pipe"):
        with pytest.raises(StoreError, match="a link or a special file"):
            store.get(key)
    with pytest.raises(StoreError):
        store.get("loop")
    with pytest.raises(Refused, match="symbolic link inside the archive"):
        store.put_if_absent("runs/dir/new", b"")
    assert [path.name for path in secret.iterdir()] == ["file"]
    listed = [one.key for one in store.list("")]
    assert listed == ["loop", "runs/dir", "runs/link", "runs/pipe", "runs/x"]


def test_local_a_name_that_is_no_utf8_is_listed(folder: Path) -> None:
    store = open_store(str(folder))
    store.put_if_absent("runs/x", b"1")
    Path(os.fsdecode(os.fsencode(folder) + b"/runs/\xff")).touch()
    assert [one.key for one in store.list("runs/")] == ["runs/x", "runs/\\xff"]


def test_local_another_process_makes_the_folder_meanwhile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = os.path.lexists

    def made(path: Path) -> bool:
        folder.mkdir(exist_ok=True)
        return exists(path)

    monkeypatch.setattr(os.path, "lexists", made)
    with pytest.raises(NotThere):
        open_store(str(folder)).head("k")


def test_local_a_file_in_place_of_the_folder(folder: Path) -> None:
    folder.write_text("a file")
    store = open_store(str(folder))
    for ask in (lambda: store.put_if_absent("k", b""), lambda: list(store.list(""))):
        with pytest.raises(Refused, match=r"a file stands where .* COPYTRAIL_STORE"):
            ask()


def test_local_without_the_right_to_write(
    folder: Path, unprivileged: Callable[[Path], AbstractContextManager[None]]
) -> None:
    folder.mkdir(mode=0o555)
    with (
        unprivileged(folder),
        pytest.raises(Refused, match=r"Permission denied.*COPYTRAIL_STORE"),
    ):
        open_store(str(folder)).put_if_absent("k", b"")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 2 MiB: a small file system, or a limit on this process's files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, before[1]))
    try:
        yield disk
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if mounted:
            subprocess.run(["umount", str(disk)], check=True)


def test_local_a_full_disk(small_disk: Path) -> None:
    store = open_store(str(small_disk / "archive"))
    store.put_if_absent("small", b"x" * MIB)
    with pytest.raises(Full, match=r"no room left .* run again"):
        store.put_if_absent("large", b"x" * 3 * MIB)
    assert [one.key for one in store.list("")] == ["small"]
    assert list((small_disk / "archive/.tmp").iterdir()) == []
    store.put_if_absent("other", b"still works")


def test_local_a_crash_leaves_no_object(folder: Path) -> None:
    """Killed while it writes: no object, and the next day's first put clears the remains."""
    code = (
        "import os, signal, storage.local as local\n"
        "def copy(content, out):\n"
        "    out.write(b'half'); out.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "local._copy = copy\n"
        f"local.LocalStore(local.Path({str(folder)!r})).put_if_absent('k', b'whole')\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    (left,) = (folder / ".tmp").iterdir()
    assert left.read_bytes() == b"half"
    assert list(open_store(str(folder)).list("")) == []
    open_store(str(folder)).put_if_absent("k", b"whole")
    assert left.exists()  # it may be another process at work
    os.utime(left, (time.time() - 100_000,) * 2)
    open_store(str(folder)).put_if_absent("k2", b"")
    assert not left.exists()


# --- S3 -----------------------------------------------------------------------------------------


def everything(store: Store) -> list[Callable[[], object]]:
    """Each thing that a store can be asked."""
    return [
        lambda: store.put_if_absent("k", b"x"),
        lambda: store.get("k"),
        lambda: list(store.chunks("k")),
        lambda: store.get_range("k", 0, 1),
        lambda: store.head("k"),
        lambda: list(store.list("")),
    ]


def test_s3_a_wrong_bucket(s3_env: str) -> None:
    for ask in everything(open_store("s3://no-such-bucket/archive")):
        with pytest.raises(Refused, match=r"no bucket `no-such-bucket` at http://127.*Make it"):
            ask()


def test_s3_a_url_without_bucket() -> None:
    with pytest.raises(Refused, match="s3://bucket/prefix"):
        open_store("s3:///prefix")


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_s3_wrong_keys(s3_env: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "wrong")
    for ask in everything(open_store(s3_env)):
        with pytest.raises(
            Refused, match=r"bucket `copytrail-tests` at http://127.*AWS_SECRET_ACCESS_KEY"
        ):
            ask()


def test_s3_no_keys(s3_env: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    for ask in everything(open_store(s3_env)):
        with pytest.raises(Refused, match=r"no credentials.*AWS_ACCESS_KEY_ID"):
            ask()


def test_s3_settings_that_boto3_cannot_use(s3_env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "no url")
    with pytest.raises(Refused, match="AWS"):
        open_store(s3_env)
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(Refused, match="no-such-profile"):
        open_store(s3_env)


def test_s3_a_server_that_is_down(s3_env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = servers.free_ports(1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    started = time.monotonic()
    with pytest.raises(Unavailable, match=re.escape(f"http://127.0.0.1:{port} does not answer")):
        open_store(s3_env).put_if_absent("k", b"x")
    assert time.monotonic() - started < 30  # three tries with pauses: 3 s alone


def test_s3_objects_of_others(s3_env: str, seaweed_server: servers.Seaweed) -> None:
    """Without our checksum head() reads; what lies outside the prefix is not seen."""
    bucket, prefix = s3_env.removeprefix("s3://").split("/")
    client = seaweed_server.client()
    client.put_object(Bucket=bucket, Key=f"{prefix}/x", Body=b"x", ChecksumAlgorithm="CRC32")
    client.put_object(Bucket=bucket, Key=f"{prefix}2/y", Body=b"y")
    client.put_object(Bucket=bucket, Key=f"{prefix}/folder/", Body=b"")
    store = open_store(s3_env)
    assert store.head("x") == describe("x", b"x")
    assert store.put_if_absent("x", b"x") == describe("x", b"x")
    assert [one.key for one in store.list("")] == ["x"]


def test_s3_what_a_writer_says_of_an_object_is_no_proof(
    s3_env: str, seaweed_server: servers.Seaweed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import parts

    monkeypatch.setattr(parts, "MULTIPART", 1000)
    bucket, prefix = s3_env.removeprefix("s3://").split("/")
    store = open_store(s3_env)
    for name, content in (("small", b"x" * 1000), ("large", b"x" * 1001)):
        seaweed_server.client().put_object(
            Bucket=bucket, Key=f"{prefix}/{name}", Body=b"y" * len(content),
            ChecksumAlgorithm="CRC32",
            Metadata={"sha256": hashlib.sha256(content).hexdigest()},
        )  # fmt: skip
        with pytest.raises(AlreadyThere, match=f"{name}: exists with other content"):
            store.put_if_absent(name, content)


def test_s3_a_failed_upload_in_parts_leaves_nothing(
    s3_env: str, seaweed_server: servers.Seaweed, big_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import multipart

    whole = multipart.pieces

    def broken(*args: object) -> Iterator[bytes]:
        yield next(whole(*args))  # type: ignore[arg-type]
        raise OSError(5, "Input/output error", "the source")

    store = open_store(s3_env)
    bucket, prefix = s3_env.removeprefix("s3://").split("/")
    with monkeypatch.context() as patch:
        patch.setattr(multipart, "pieces", broken)
        with pytest.raises(StoreError, match="the source: Input/output error"):
            store.put_if_absent("big", big_file)
    assert list(store.list("")) == []
    left = seaweed_server.client().list_multipart_uploads(Bucket=bucket, Prefix=prefix)
    assert not left.get("Uploads")
    assert store.put_if_absent("big", big_file).size == 80 * MIB


def test_another_kind_of_url_is_no_store() -> None:
    with pytest.raises(StoreError, match="ftp://x: not a store"):
        open_store("ftp://x")
