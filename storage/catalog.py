"""The catalog: the searchable index of the archive. SQLite by default, PostgreSQL by URL.

It is a fold over the sealed runs in the order of the log, so it can be thrown away and rebuilt.
A run is taken in whole or not at all, and once.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from storage.identity import canonical_url
from storage.lookup import Lookup
from storage.records import Article, Capture, Match, Run
from storage.schema import (
    ARTICLES,
    CAPTURES,
    HASHES,
    MATCHES,
    META,
    RUNS,
    SIGHTINGS,
    STATE,
    VERSION,
    CatalogError,
    plain,
    shown,
    told,
)

WAIT_MS = 30_000  # for another writer: taking a large run in takes seconds
CONNECT_SECONDS = 10  # to a server; without it, a packet filter lets us wait for minutes
LOCK = 0x636F7079  # "copy": any number that no other program in the same database locks
WRITES = "copytrail_writes"


class Catalog(Lookup):
    """The index. Use `open_catalog`."""

    def take_in(
        self,
        seq: int,
        run: Run,
        captures: Iterable[Capture],
        articles: Iterable[tuple[Article, Sequence[int]]],
        matches: Iterable[Match],
    ) -> None:
        """Take one sealed run in: all of it, or nothing. A run that is in already stays as it is.

        `articles` come with the hashes of their fingerprints.
        """
        with self._begin() as db:
            if db.scalar(select(RUNS.c.seq).where(RUNS.c.seq == seq)) is not None:
                return
            doc = msgspec.json.encode(run).decode()
            db.execute(RUNS.insert().values(seq=seq, id=run.id, source=run.source, doc=doc))
            unchanged = [
                capture
                for capture in captures
                if self._take_capture(db, capture) and capture.status == 304
            ]
            for article, hashes in articles:
                self._take_article(db, article, hashes)
            for capture in unchanged:
                self._see_again(db, capture)
            for match in matches:
                self._take_match(db, match)

    def _take_capture(self, db: Connection, capture: Capture) -> bool:
        """Returns whether it is new: an imported WARC can hold what another one held."""
        if _exists(db, CAPTURES, CAPTURES.c.id == plain(capture.id)):
            return False
        db.execute(
            CAPTURES.insert().values(
                id=plain(capture.id),
                run=capture.warc.run,
                page=plain(canonical_url(capture.url)),
                source=plain(capture.source),
                status=capture.status,
                fetched_at=capture.fetched_at,
                doc=msgspec.json.encode(capture).decode(),
            )
        )
        return True

    def _take_article(self, db: Connection, article: Article, hashes: Sequence[int]) -> None:
        if not _exists(db, ARTICLES, ARTICLES.c.id == article.id):
            different = sorted(set(hashes))
            row = {
                "id": article.id,
                "page": plain(article.canonical_url),
                "source": plain(article.source),
                "captured_at": article.captured_at,
                "hashes": len(different),
                "doc": msgspec.json.encode(article).decode(),
            }
            result = db.execute(ARTICLES.insert().values(row))
            (number,) = result.inserted_primary_key or (None,)
            if different:
                db.execute(HASHES.insert(), [{"hash": value, "n": number} for value in different])
        _see(db, article.capture, article.id, article.captured_at)

    def _see_again(self, db: Connection, capture: Capture) -> None:
        """A 304 is a sighting of the version that was last seen before it, never of a later one."""
        newest = db.scalar(
            select(SIGHTINGS.c.article)
            .join(ARTICLES, ARTICLES.c.id == SIGHTINGS.c.article)
            .where(
                ARTICLES.c.page == plain(canonical_url(capture.url)),
                SIGHTINGS.c.seen_at <= capture.fetched_at,
            )
            .order_by(SIGHTINGS.c.seen_at.desc(), SIGHTINGS.c.capture.desc())
            .limit(1)
        )
        if newest is not None:
            _see(db, capture.id, newest, capture.fetched_at)

    def _take_match(self, db: Connection, match: Match) -> None:
        """The first evidence stays; the same pair found again adds nothing."""
        if not _exists(db, MATCHES, (MATCHES.c.a == match.a) & (MATCHES.c.b == match.b)):
            doc = msgspec.json.encode(match).decode()
            db.execute(MATCHES.insert().values(a=match.a, b=match.b, doc=doc))

    def empty(self) -> None:
        """Throw everything away, as the first step of a rebuild."""
        with self._begin() as db:
            META.drop_all(db)
            _make_tables(db)

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


def _prepare_sqlite(connection: object, _: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # `_begin` does it
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")  # readers go on while a run is taken in
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a lost tail is taken in again
    cursor.close()


def _exists(db: Connection, table: Table, where: object) -> bool:
    return db.execute(select(1).select_from(table).where(where)).first() is not None  # type: ignore[arg-type]


def _see(db: Connection, capture: str, article: str, seen_at: str) -> None:
    capture = plain(capture)
    if not _exists(db, SIGHTINGS, SIGHTINGS.c.capture == capture):
        db.execute(SIGHTINGS.insert().values(capture=capture, article=article, seen_at=seen_at))
