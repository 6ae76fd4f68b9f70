"""Where runs are at work, until they are sealed: one folder each in the home folder's `work`.

    work/<run>/job.json        what was asked; written first
    work/<run>/known.jsonl     pages seen before, for the crawl
    work/<run>/outcome.json    how the capturing ended; written last before anything is read
    work/<run>/run/            what will be sealed: warc/, records/, run.json
    work/<run>/ready           present once run/ is complete: what is left is to seal it

A run is guarded by an operating system lock that the crawl child inherits, so that it ends when the
last of both is gone, however they ended. A folder whose lock is free is what a crash left.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from storage.identity import new_run_id

# A crawl child whose parent was killed stops within this many seconds, and with it the lock.
PATIENCE = 20.0
# Runs are compared and sealed one after the other: 2 GiB at 1 MB/s take 35 minutes to upload.
SEALING_PATIENCE = 3600.0
REMOVED = ".removed"  # at the end of the name of a folder that is being removed
LOOK_AGAIN = 0.2  # seconds between two tries for a lock


class Busy(Exception):
    """Another process has the lock. The message says of what."""


class Workplace(Struct, frozen=True):
    """The folder of one run at work, and the descriptor that holds its lock."""

    run: str
    folder: Path
    lock: int

    @property
    def sealing(self) -> Path:
        """The folder that becomes the run in the archive."""
        return self.folder / "run"

    @property
    def warcs(self) -> Path:
        """Where the captures are written."""
        return self.sealing / "warc"

    @property
    def job(self) -> Path:
        """What was asked."""
        return self.folder / "job.json"

    @property
    def known(self) -> Path:
        """The list of known pages for the crawl."""
        return self.folder / "known.jsonl"

    @property
    def outcome(self) -> Path:
        """How the capturing ended; absent where it did not."""
        return self.folder / "outcome.json"

    @property
    def is_ready(self) -> bool:
        """Whether the run is complete and only has to be sealed."""
        return (self.folder / "ready").exists()

    def mark_ready(self) -> None:
        """Say that `sealing` is complete, after all of it is on the disk."""
        for path in [*self.sealing.rglob("*"), self.sealing]:  # folders too: they hold the names
            _sync(path)
        write_synced(self.folder / "ready", b"")

    def remove(self) -> None:
        """Remove the folder: its content is sealed, or there was none.

        At one stroke, so that a crash in between leaves no half of a run that looks like one.
        """
        removed = self.folder.with_name(self.run + REMOVED)
        self.folder.rename(removed)
        # Another process may be at it, too; what is left of it, `leftovers` removes.
        shutil.rmtree(removed, ignore_errors=True)


@contextmanager
def new(home: Path) -> Iterator[Workplace]:
    """A folder for a new run. It stays until `remove` is called."""
    run = new_run_id()
    folder = home / "work" / run
    # First the lock: a folder whose lock is free is what a crash left.
    with locked(home / "work" / f"{run}.lock", run) as lock:
        place = Workplace(run, folder, lock)
        place.warcs.mkdir(parents=True)
        try:
            yield place
        finally:
            if not folder.exists():
                (home / "work" / f"{run}.lock").unlink(missing_ok=True)


def leftovers(home: Path) -> Iterator[Workplace]:
    """What crashed runs left, oldest first, each with its lock held; not the runs at work."""
    for removed in (home / "work").glob(f"*{REMOVED}"):
        shutil.rmtree(removed, ignore_errors=True)  # another process may be removing it, too
    for folder in _folders(home):
        lock_file = home / "work" / f"{folder.name}.lock"
        try:
            with locked(lock_file, folder.name, patience=0.0) as lock:
                if folder.exists():
                    yield Workplace(folder.name, folder, lock)
                if not folder.exists():
                    lock_file.unlink(missing_ok=True)
        except Busy:
            continue


def pending(home: Path) -> frozenset[str]:
    """Runs that are at work or wait to be sealed."""
    return frozenset(folder.name for folder in _folders(home))


def _folders(home: Path) -> list[Path]:
    found = sorted((home / "work").glob("*/"))
    return [folder for folder in found if not folder.name.endswith(REMOVED)]


@contextmanager
def locked(path: Path, what: str, patience: float = PATIENCE) -> Iterator[int]:
    """Hold an exclusive lock on a file; yields its descriptor, which a child may inherit.

    Waits up to `patience` seconds. Raises Busy.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor, what, time.monotonic() + patience)
        yield descriptor
    finally:
        os.close(descriptor)  # lets the lock go, unless a child still holds it


def _take(descriptor: int, what: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(
                    f"{what} is at work in another process; wait until it has ended"
                ) from None
            time.sleep(LOOK_AGAIN)
        else:
            return


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, durably. Raises OSError."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    _sync(part)
    part.replace(path)
    _sync(path.parent)
