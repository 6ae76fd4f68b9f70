"""The catalog's tables, and how trouble with the database is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, Text
from sqlalchemy.exc import SQLAlchemyError

VERSION = 1  # of the tables below; another one found means: rebuild

META = MetaData()
STATE = Table("state", META, Column("name", String, primary_key=True), Column("value", String))
RUNS = Table(
    "runs",
    META,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("source", String, nullable=False, index=True),
    Column("doc", Text, nullable=False),
)
CAPTURES = Table(
    "captures",
    META,
    Column("id", String, primary_key=True),
    Column("run", String, nullable=False, index=True),
    Column("page", String, nullable=False, index=True),
    Column("source", String, nullable=False, index=True),
    Column("status", Integer),
    Column("fetched_at", String, nullable=False),
    Column("doc", Text, nullable=False),
)
ARTICLES = Table(
    "articles",
    META,
    Column("n", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("page", String, nullable=False, index=True),
    Column("source", String, nullable=False, index=True),
    Column("captured_at", String, nullable=False, index=True),
    Column("doc", Text, nullable=False),
)
SIGHTINGS = Table(  # when which version of a page was seen
    "sightings",
    META,
    Column("capture", String, primary_key=True),
    Column("article", String, nullable=False, index=True),
    Column("seen_at", String, nullable=False),
)
HASHES = Table(
    "hashes",
    META,
    Column("hash", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    sqlite_with_rowid=False,  # the pair is all there is: half the size without a row id
)
MATCHES = Table(
    "matches",
    META,
    Column("a", String, primary_key=True),
    Column("b", String, primary_key=True, index=True),
    Column("doc", Text, nullable=False),
)


class CatalogError(Exception):
    """The catalog cannot be used. The message says what to do."""


def shown(engine: Engine) -> str:
    """The database's URL without its password."""
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Any trouble with the database becomes a CatalogError that names it."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise CatalogError(
            f"catalog {shown(engine)}: {cause}. Is it reachable and writable? "
            "`copytrail rebuild` makes it anew from the archive."
        ) from error
