"""The catalog: the searchable index of the archive. SQLite by default, PostgreSQL by URL.

It is a fold over the sealed runs in the order of the log, so it can be thrown away and rebuilt.
A run is taken in whole or not at all, and once.
"""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from storage import likeness, searching
from storage.browsing import Browsing
from storage.evidence import take_judgments, take_notices
from storage.records import Article, Capture, Judgment, Match, Notice, Run
from storage.rereading import Rereading
from storage.schema import (
    ARTICLES,
    CAPTURES,
    META,
    RUNS,
    STATE,
    VERSION,
    shown,
    told,
)
from storage.taking import Taking
from storage.trouble import CatalogError

WAIT_MS = 30_000  # for another writer: taking a large run in takes seconds
BUSY_SECONDS = 0.01  # between two tries where SQLite itself does not wait
CONNECT_SECONDS = 10  # to a server; without it, a packet filter lets us wait for minutes
LOCK = 0x636F7079  # "copy": any number that no other program in the same database locks
WRITES = "copytrail_writes"


class Catalog(Browsing):
    """The index. Use `open_catalog`."""

    def take_in(
        self,
        seq: int,
        run: Run,
        captures: Iterable[Capture],
        articles: Iterable[tuple[Article, Sequence[int]]],
        matches: Iterable[Match],
        notices: Iterable[Notice] = (),
        judgments: Iterable[Judgment] = (),
    ) -> None:
        """Take one sealed run in: all of it, or nothing. A run that is in already stays as it is.

        `articles` come with the hashes of their fingerprints.
        """
        with self._begin() as db:
            if db.scalar(select(RUNS.c.seq).where(RUNS.c.seq == seq)) is not None:
                return
            doc = msgspec.json.encode(run).decode()
            db.execute(RUNS.insert().values(seq=seq, id=run.id, source=run.source, doc=doc))
            taking = (Rereading if run.kind == "reading" else Taking)(db, run)
            taking.all(captures, articles, matches)
            take_notices(db, notices)
            take_judgments(db, judgments)

    def empty(self) -> None:
        """Throw everything away, as the first step of a rebuild."""
        with self._begin() as db:
            META.drop_all(db)
            _make_tables(db)

    def longest_unseen(self, limit: int) -> list[str]:
        """The article pages (canonical URLs) that were not fetched for longest, in that order."""
        last = func.max(CAPTURES.c.fetched_at)
        query = (
            select(CAPTURES.c.page)
            .where(CAPTURES.c.page.in_(select(ARTICLES.c.page)))
            .group_by(CAPTURES.c.page)
            .order_by(last, CAPTURES.c.page)
            .limit(limit)
        )
        with told(self._engine), self._engine.connect() as db:
            return list(db.scalars(query))

    def unlike(self, other: "Catalog") -> Iterator[likeness.Unlike]:
        """Which rows this catalog lacks, has too many, or has otherwise than the other."""
        return likeness.unlike(self._engine, other._engine)

    def size(self) -> int:
        """How many rows it has, fingerprints left out."""
        return likeness.rows(self._engine)

    def fingerprints(self) -> tuple[int, int]:
        """How many hashes its articles have, and how many are there to be found by."""
        return likeness.fingerprints(self._engine)

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with _writing(self._engine) as db:
            yield db


def open_catalog(url: str) -> Catalog:
    """Open the catalog, and make its tables if there are none.

    Raises CatalogError for a URL that cannot be used, a server that does not answer, and tables of
    another version.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        try:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(
                f"catalog {shown(engine)}: its folder cannot be made ({error.strerror})"
            ) from error
    with told(engine), engine.connect() as db:
        version = _version(db)
    if version is None:
        with _writing(engine) as db:
            version = _version(db) or _make_tables(db)  # another process may have been first
    if version != str(VERSION):
        raise CatalogError(
            f"catalog {shown(engine)}: version {version}, but this copytrail needs {VERSION}. "
            "Remove it and run `copytrail rebuild`: the archive holds all that is in it."
        )
    return Catalog(engine)


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError("only SQLite and PostgreSQL are known")
        limits = {}
        if address.get_backend_name() == "postgresql" and "connect_timeout" not in address.query:
            limits["connect_timeout"] = CONNECT_SECONDS
        engine = create_engine(address, connect_args=limits)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        hidden = re.sub(r"(//[^:/@]*):.*@", r"\1:***@", url)
        raise CatalogError(
            f"catalog `{hidden}`: {error}. "
            "Use sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _version(db: Connection) -> str | None:
    """Version of the tables; None where there are none."""
    if not inspect(db).has_table(STATE.name):
        return None
    found: str | None = db.scalar(select(STATE.c.value).where(STATE.c.name == "version"))
    return found


def _make_tables(db: Connection) -> str:
    META.create_all(db)
    searching.make(db)
    db.execute(STATE.insert().values(name="version", value=str(VERSION)))
    return str(VERSION)


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of the one process that writes; others wait for their turn."""
    with told(engine), engine.execution_options(**{WRITES: True}).begin() as db:
        yield db


def _begin(db: Connection) -> None:
    """Begin a transaction: SQLite's driver would leave making and dropping tables out of it."""
    writes = db.get_execution_options().get(WRITES)
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        db.exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MS}")
        db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # `_begin` does it
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a lost tail is taken in again
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Turn the write-ahead log on: readers go on while a run is taken in.

    `busy_timeout` does not hold for this: where several open a new database at once, SQLite sees a
    deadlock coming and refuses all but one at once (sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + WAIT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # An extended code has the plain one in its low byte.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(BUSY_SECONDS)
        else:
            return
