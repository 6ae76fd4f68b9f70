"""Runs at work: who holds which, and what a crash leaves."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows import workplace
from flows.workplace import Busy, Workplace, leftovers, locked, new, pending

HOLD = """
import sys, time
from pathlib import Path
from flows import workplace
with workplace.locked(Path(sys.argv[1]), "it"):
    print("held", flush=True)
    time.sleep(60)
"""
AT_WORK = """
import subprocess, sys, time
from pathlib import Path
from flows import workplace
with workplace.new(Path(sys.argv[1])) as place:
    (place.warcs / "a.warc.gz").write_bytes(b"captured")
    child = None
    if sys.argv[2] == "with-child":
        child = subprocess.Popen(["sleep", "60"], pass_fds=(place.lock,), stdout=subprocess.DEVNULL)
    print(place.run, child.pid if child else 0, flush=True)
    time.sleep(60)
"""


@contextmanager
def process(code: str, *args: object) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A Python process, and the words of the first line that it prints."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        yield child, child.stdout.readline().split()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def names(home: Path) -> list[str]:
    """What lies in the work folder."""
    return sorted(path.name for path in (home / "work").iterdir())


def crashed(home: Path, run: str = "01CRASHED") -> Path:
    """What a crash left."""
    folder = home / "work" / run
    (folder / "run" / "warc").mkdir(parents=True)
    (folder / "run" / "warc" / "a.warc.gz").write_bytes(b"captured")
    return folder


# --- locks -------------------------------------------------------------------------------------


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.lock"
    with (
        locked(path, "run X"),
        pytest.raises(Busy, match="run X is at work in another process; wait"),
        locked(path, "run X", patience=0.0),
    ):
        pass
    with locked(path, "run X", patience=0.0):
        pass


def test_a_second_process_waits_and_then_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with process(HOLD, path) as (holder, said):
        assert said == ["held"]
        began = time.monotonic()
        with pytest.raises(Busy), locked(path, "it", patience=0.5):
            pass
        assert time.monotonic() - began >= 0.5
        holder.kill()
        with locked(path, "it", patience=10.0):
            pass


def test_a_lock_that_nobody_could_get_leaves_no_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with locked(path, "it"):
        before = len(list(Path("/dev/fd").iterdir()))
        for _ in range(5):
            with pytest.raises(Busy), locked(path, "it", patience=0.0):
                pass
        assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_lock_is_not_handed_to_every_child(tmp_path: Path) -> None:
    """PEP 446: only a child that is given the descriptor holds the lock with us."""
    path = tmp_path / "x.lock"
    with locked(path, "it") as descriptor:
        assert not os.get_inheritable(descriptor)


# --- a run's folder ----------------------------------------------------------------------------


def test_a_new_run_has_its_folders(tmp_path: Path) -> None:
    with new(tmp_path) as place:
        assert re.fullmatch("[0-9A-Z]{26}", place.run)
        assert place.folder == tmp_path / "work" / place.run
        assert place.warcs == place.folder / "run" / "warc"
        assert place.warcs.is_dir()
        assert place.job.parent == place.known.parent == place.folder
        assert not place.is_ready
        assert pending(tmp_path) == {place.run}


def test_two_runs_at_once_are_two(tmp_path: Path) -> None:
    with new(tmp_path) as one, new(tmp_path) as two:
        assert one.run != two.run
        assert pending(tmp_path) == {one.run, two.run}


def test_a_run_that_is_removed_leaves_nothing(tmp_path: Path) -> None:
    with new(tmp_path) as place:
        place.remove()
        assert pending(tmp_path) == set()
    assert names(tmp_path) == []


def test_a_run_that_is_not_removed_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyError), new(tmp_path) as place:
        raise KeyError
    assert pending(tmp_path) == {place.run}
    assert [left.run for left in leftovers(tmp_path)] == [place.run]


def test_ready_is_said_after_all_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    sync = workplace._sync

    def watch(path: Path) -> None:
        assert not (path.is_relative_to(place.sealing) and place.is_ready), "said too soon"
        sync(path)
        synced.append(path)

    with new(tmp_path) as place:
        warc = place.warcs / "a.warc.gz"
        warc.write_bytes(b"captured")
        monkeypatch.setattr(workplace, "_sync", watch)
        place.mark_ready()
        assert place.is_ready
        assert {warc, place.warcs, place.sealing, place.folder} <= set(synced)
        assert synced[-1] == place.folder  # where the mark's own name stands


# --- leftovers ---------------------------------------------------------------------------------


def test_where_nothing_was_there_is_nothing_left(tmp_path: Path) -> None:
    assert list(leftovers(tmp_path)) == []
    assert pending(tmp_path) == set()


def test_leftovers_come_oldest_first_and_held(tmp_path: Path) -> None:
    for run in ("01B", "01A"):
        crashed(tmp_path, run)
    seen = []
    for place in leftovers(tmp_path):
        seen.append(place.run)
        assert isinstance(place, Workplace)
        lock = tmp_path / "work" / f"{place.run}.lock"
        with pytest.raises(Busy), locked(lock, "it", patience=0.0):
            pass
        place.remove()
    assert seen == ["01A", "01B"]
    assert names(tmp_path) == []


def test_a_leftover_that_could_not_be_sealed_stays(tmp_path: Path) -> None:
    folder = crashed(tmp_path)
    for _ in range(2):
        assert [place.run for place in leftovers(tmp_path)] == [folder.name]
    assert (folder / "run" / "warc" / "a.warc.gz").read_bytes() == b"captured"


def test_a_run_at_work_is_no_leftover(tmp_path: Path) -> None:
    with process(AT_WORK, tmp_path, "alone") as (worker, (run, _)):
        assert list(leftovers(tmp_path)) == []
        assert pending(tmp_path) == {run}
        worker.kill()
        worker.wait()
        (left,) = leftovers(tmp_path)
        assert left.run == run
        assert (left.warcs / "a.warc.gz").read_bytes() == b"captured"


def test_a_killed_flow_whose_crawl_goes_on_is_no_leftover_yet(tmp_path: Path) -> None:
    with process(AT_WORK, tmp_path, "with-child") as (worker, (run, child)):
        worker.kill()
        worker.wait()
        try:
            assert list(leftovers(tmp_path)) == []
            assert pending(tmp_path) == {run}
        finally:
            os.kill(int(child), 9)
        with locked(tmp_path / "work" / f"{run}.lock", run, patience=10.0):
            pass  # it was orphaned, so that we cannot wait for it otherwise
        assert [left.run for left in leftovers(tmp_path)] == [run]


def test_two_that_look_for_leftovers_share_them(tmp_path: Path) -> None:
    crashed(tmp_path, "01A")
    crashed(tmp_path, "01B")
    one, two = leftovers(tmp_path), leftovers(tmp_path)
    assert next(one).run == "01A"
    assert next(two).run == "01B"
    assert list(two) == []
    one.close()  # type: ignore[attr-defined]
    assert next(leftovers(tmp_path)).run == "01A"


def test_a_new_run_is_never_taken_for_a_leftover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder appears only when its lock is held."""
    made: list[list[str]] = []
    mkdir = Path.mkdir

    def watch(self: Path, *args: object, **rest: object) -> None:
        mkdir(self, *args, **rest)  # type: ignore[arg-type]
        with monkeypatch.context() as plain:
            plain.setattr(Path, "mkdir", mkdir)  # looking makes folders, too
            made.append([place.run for place in leftovers(tmp_path)])

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", watch)
        with new(tmp_path):
            pass
    assert made
    assert not any(made)


def test_a_crash_while_removing_leaves_nothing_that_looks_like_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a run that is marked ready would be sealed as if it were whole."""

    def crash(path: Path, **_: bool) -> None:
        (path / "run" / "warc" / "a.warc.gz").unlink()
        raise KeyboardInterrupt

    with new(tmp_path) as place:
        (place.warcs / "a.warc.gz").write_bytes(b"captured")
        place.mark_ready()
        with monkeypatch.context() as patched:
            patched.setattr(workplace.shutil, "rmtree", crash)
            with pytest.raises(KeyboardInterrupt):
                place.remove()
    assert pending(tmp_path) == set()
    assert len(names(tmp_path)) == 1
    assert list(leftovers(tmp_path)) == []
    assert names(tmp_path) == []


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "outcome.json"
    workplace.write_synced(path, b"one")
    assert path.read_bytes() == b"one"
    monkeypatch.setattr(workplace, "_sync", full)
    with pytest.raises(OSError, match="No space"):
        workplace.write_synced(path, b"two")
    assert path.read_bytes() == b"one"
