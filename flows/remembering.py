"""What audits remember: which objects were read when, and which faults were told when.

It lies in the home folder, `audits/checked.sqlite`, and not in the archive: an archive's objects
are made once, and whoever can alter it must not be able to say what was checked. Without the file
all counts as never checked. Times are UTC, ISO 8601.
"""

import math
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import structs

from flows.checks.report import Class, Coverage, Fault, class_of
from storage import layout
from storage.log import Entry

Seen = tuple[str, str, str, str | None]  # archive, key, when it was read, when it was fine
BATCH = 1000  # objects between two writes
TABLES = """
CREATE TABLE IF NOT EXISTS checked (
  archive TEXT, key TEXT, read_at TEXT NOT NULL, fine_at TEXT, PRIMARY KEY (archive, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
  archive TEXT, "check" TEXT, key TEXT, first TEXT NOT NULL, PRIMARY KEY (archive, "check", key)
) WITHOUT ROWID;
CREATE TEMP TABLE there (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE picked (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
SEEN = """
INSERT INTO checked VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
SET read_at = excluded.read_at, fine_at = coalesce(excluded.fine_at, fine_at)
"""
# What was not fine when it was read last is read each time: no fault drops out of sight.
PICK = """
INSERT OR IGNORE INTO picked SELECT key FROM (
  SELECT t.key FROM there t LEFT JOIN checked c ON c.archive = :archive AND c.key = t.key
  ORDER BY c.read_at IS NOT NULL, c.read_at, t.key LIMIT :number
) UNION SELECT t.key FROM there t JOIN checked c ON c.archive = :archive AND c.key = t.key
  WHERE c.fine_at IS NULL OR c.fine_at < c.read_at
"""
COVERED = """
SELECT count(*), count(*) FILTER (WHERE c.fine_at IS NULL), min(c.fine_at)
FROM there t LEFT JOIN checked c ON c.archive = :archive AND c.key = t.key
"""


class Memory:
    """What audits of one archive remember. Close it in the end."""

    def __init__(self, home: Path, archive: str, at: str, note: Callable[[str], None]) -> None:
        """`archive`: the store's name; `at`: the time of this audit; `note` is told why this audit
        will not be remembered, once: a full disk must not keep anybody from checking what is on it.
        """
        self._path = home / "audits" / "checked.sqlite"
        self._note = note
        self._forgets = False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _opened(self._path)
        except (OSError, sqlite3.Error) as error:
            self._forget(error)
            self._db = _opened(":memory:")
        self._archive = archive
        self._at = at
        self._read: list[Seen] = []
        self._sampled = False

    def close(self) -> None:
        """Write what is left."""
        self._write()
        self._db.close()

    def plan(self, keys: Iterable[str], share: float | None) -> None:
        """Know what there is, and pick what is read: the share that was not read for longest, so
        that `1 / share` audits read all; and all that was not fine."""
        self._db.executemany("INSERT OR IGNORE INTO there VALUES (?)", ((key,) for key in keys))
        if share is not None:
            self._sampled = True
            (count,) = self._db.execute("SELECT count(*) FROM there").fetchone()
            number = math.ceil(share * count)
            self._db.execute(PICK, {"archive": self._archive, "number": number})

    def picks(self, prefix: str, paths: Collection[str]) -> Collection[str]:
        """Those of a folder's paths that are read this time."""
        if not self._sampled:
            return paths
        query = "SELECT key FROM picked WHERE key >= ? AND key < ?"
        # "0" is the sign behind "/".
        found = {key for (key,) in self._db.execute(query, (prefix, prefix[:-1] + "0"))}
        return {path for path in paths if prefix + path in found}

    def read(self, key: str, fine: bool) -> None:
        """An object was read."""
        self._read.append((self._archive, key, self._at, self._at if fine else None))
        if len(self._read) >= BATCH:
            self._write()

    def coverage(self, read: int) -> Coverage:
        """What of all objects has been checked; `read`: how many were this time."""
        self._write()
        row = self._db.execute(COVERED, {"archive": self._archive}).fetchone()
        return Coverage(objects=row[0], read=read, never=row[1], oldest=row[2])

    def dated(
        self, found: Iterable[Fault], sealed: dict[str, Entry], classes: Collection[Class],
        whole: bool,
    ) -> list[Fault]:  # fmt: skip
        """The faults with what is known of when they came. `sealed`: the entries by run; `whole`:
        whether all that was asked for could be looked at, so that what is not told has gone."""
        dated = [self._dated(one, sealed) for one in found]
        told = {(one.check, one.key): one.first_told for one in dated}
        before = self._db.execute(
            'SELECT "check", key FROM told WHERE archive = ?', (self._archive,)
        ).fetchall()
        gone = [
            (self._archive, check, key)
            for check, key in before
            if whole and class_of(check) in classes and (check, key) not in told
        ]
        rows = [(self._archive, check, key, first) for (check, key), first in told.items()]
        self._change('DELETE FROM told WHERE archive = ? AND "check" = ? AND key = ?', gone)
        self._change("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)", rows)
        return dated

    def _dated(self, one: Fault, sealed: dict[str, Entry]) -> Fault:
        query = "SELECT fine_at FROM checked WHERE archive = ? AND key = ? AND fine_at IS NOT NULL"
        fine = self._db.execute(query, (self._archive, one.key)).fetchone()
        entry = next((sealed[part] for part in _runs_in(one.key) if part in sealed), None)
        query = 'SELECT first FROM told WHERE archive = ? AND "check" = ? AND key = ?'
        first = self._db.execute(query, (self._archive, one.check, one.key)).fetchone()
        return structs.replace(
            one,
            # What is altered was right when it was sealed; a record may never have been.
            last_fine=fine[0] if fine else entry.time if entry and one.check == "fixity" else None,
            first_told=first[0] if first else self._at,
        )

    def _write(self) -> None:
        self._change(SEEN, self._read)
        self._read.clear()

    def _change(self, statement: str, rows: Sequence[tuple[str | None, ...]]) -> None:
        if not rows or self._forgets:
            return
        try:
            with self._db:  # all or nothing
                self._db.execute("BEGIN")
                self._db.executemany(statement, rows)
        except sqlite3.Error as error:
            self._forget(error)

    def _forget(self, error: Exception) -> None:
        self._forgets = True
        why = error.strerror if isinstance(error, OSError) else error
        self._note(f"{self._path}: {why}. What this audit reads will not be remembered.")


def _opened(path: Path | str) -> sqlite3.Connection:
    # One audit at a time writes; another one waits for its turn.
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        db.executescript(TABLES)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _runs_in(key: str) -> Iterator[str]:
    room, _, rest = key.partition("/")
    if f"{room}/" in (layout.RUNS, layout.REPAIRS):
        yield rest.partition("/")[0]
