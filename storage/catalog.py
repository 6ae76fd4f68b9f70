"""The catalog: the searchable index of the archive. SQLite by default, PostgreSQL by URL.

It is a fold over the sealed runs in the order of the log, so it can be thrown away and rebuilt.
A run is taken in whole or not at all, and once.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Table, create_engine, event, select
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
    shown,
    told,
)


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
            unchanged = [cap for cap in captures if self._take_capture(db, cap)]
            for article, hashes in articles:
                self._take_article(db, article, hashes)
            for capture in unchanged:
                self._see_again(db, capture)
            for match in matches:
                self._take_match(db, match)

    def _take_capture(self, db: Connection, capture: Capture) -> bool:
        """Returns whether it says "not modified"."""
        if _exists(db, CAPTURES, CAPTURES.c.id == capture.id):
            return False
        db.execute(
            CAPTURES.insert().values(
                id=capture.id,
                run=capture.warc.run,
                page=canonical_url(capture.url),
                source=capture.source,
                status=capture.status,
                fetched_at=capture.fetched_at,
                doc=msgspec.json.encode(capture).decode(),
            )
        )
        return capture.status == 304

    def _take_article(self, db: Connection, article: Article, hashes: Sequence[int]) -> None:
        if not _exists(db, ARTICLES, ARTICLES.c.id == article.id):
            row = {
                "id": article.id,
                "page": article.canonical_url,
                "source": article.source,
                "captured_at": article.captured_at,
                "doc": msgspec.json.encode(article).decode(),
            }
            result = db.execute(ARTICLES.insert().values(row))
            (number,) = result.inserted_primary_key or (None,)
            if hashes:
                rows = [{"hash": value, "n": number} for value in sorted(set(hashes))]
                db.execute(HASHES.insert(), rows)
        _see(db, article.capture, article.id, article.captured_at)

    def _see_again(self, db: Connection, capture: Capture) -> None:
        """A 304 is a sighting of the version that was there last."""
        newest = db.scalar(
            select(SIGHTINGS.c.article)
            .join(ARTICLES, ARTICLES.c.id == SIGHTINGS.c.article)
            .where(ARTICLES.c.page == canonical_url(capture.url))
            .order_by(SIGHTINGS.c.seen_at.desc())
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
            META.create_all(db)
            db.execute(STATE.insert().values(name="version", value=str(VERSION)))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with told(self._engine), self._engine.begin() as db:
            yield db


def open_catalog(url: str) -> Catalog:
    """Open the catalog, and make its tables if there are none.

    Raises CatalogError for a URL that cannot be used, a server that does not answer, and tables of
    another version.
    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise CatalogError(
            f"catalog `{url}`: {error}. Use sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
    with told(engine), engine.begin() as db:
        META.create_all(db)
        version = db.scalar(select(STATE.c.value).where(STATE.c.name == "version"))
        if version is None:
            db.execute(STATE.insert().values(name="version", value=str(VERSION)))
        elif version != str(VERSION):
            raise CatalogError(
                f"catalog {shown(engine)}: version {version}, but this copytrail needs {VERSION}. "
                "Remove it and run `copytrail rebuild`: the archive holds all that is in it."
            )
    return Catalog(engine)


def _prepare_sqlite(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode = WAL")  # readers go on while a run is taken in
    cursor.execute("PRAGMA busy_timeout = 30000")  # ms; taking a large run in takes seconds
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL; a lost tail is taken in again
    cursor.close()


def _exists(db: Connection, table: Table, where: object) -> bool:
    return db.execute(select(1).select_from(table).where(where)).first() is not None  # type: ignore[arg-type]


def _see(db: Connection, capture: str, article: str, seen_at: str) -> None:
    if not _exists(db, SIGHTINGS, SIGHTINGS.c.capture == capture):
        db.execute(SIGHTINGS.insert().values(capture=capture, article=article, seen_at=seen_at))
