"""The catalog's tables, and how trouble with the database is told."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.exc import SQLAlchemyError

from storage.trouble import CatalogError

VERSION = 3  # of the tables below; another one found means: rebuild

META = MetaData()
# Compared byte by byte in every database, whatever the language of its server.
STRING = String().with_variant(String(collation="C"), "postgresql")
STATE = Table("state", META, Column("name", STRING, primary_key=True), Column("value", STRING))
RUNS = Table(
    "runs",
    META,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", STRING, nullable=False, unique=True),
    Column("source", STRING, nullable=False, index=True),
    Column("doc", Text, nullable=False),
)
CAPTURES = Table(
    "captures",
    META,
    Column("id", STRING, primary_key=True),
    Column("run", STRING, nullable=False, index=True),
    Column("page", STRING, nullable=False, index=True),
    Column("source", STRING, nullable=False, index=True),
    Column("status", Integer),
    Column("fetched_at", STRING, nullable=False),
    Column("doc", Text, nullable=False),
)
ARTICLES = Table(
    "articles",
    META,
    Column("n", Integer, primary_key=True),
    Column("id", STRING, nullable=False, unique=True),
    Column("page", STRING, nullable=False, index=True),
    Column("source", STRING, nullable=False, index=True),
    Column("captured_at", STRING, nullable=False, index=True),
    Column("run", STRING, nullable=False),  # in whose records `doc` stands
    Column("hashes", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),  # `identity.sketch` of its hashes
    Column("doc", Text, nullable=False),
)
LISTED = Table(  # what articles are listed and narrowed by; their words are in `searched`
    "listed",
    META,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("day", STRING, nullable=False, index=True),  # that it prints, else that of its capture
    Column("source", STRING, nullable=False),
    Column("language", STRING, nullable=False),
    Column("credits_to", STRING, nullable=False, index=True),  # "" where it credits nobody
    Index("listed_source_day", "source", "day"),
)
EARLIER = Table(  # what captures were read as, before they were read again
    "earlier",
    META,
    Column("n", Integer, primary_key=True),
    Column("id", STRING, nullable=False, index=True),
    Column("page", STRING, nullable=False, index=True),
    Column("run", STRING, nullable=False),
    Column("replaced_by", STRING, nullable=False),  # the run that read it again
    Column("doc", Text, nullable=False),
)
SIGHTINGS = Table(  # when which version of a page was seen
    "sightings",
    META,
    Column("capture", STRING, primary_key=True),
    Column("article", STRING, nullable=False, index=True),
    Column("seen_at", STRING, nullable=False),
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
    Column("a", STRING, primary_key=True),
    Column("b", STRING, primary_key=True, index=True),
    Column("doc", Text, nullable=False),
)

NOTICES = Table(
    "notices",
    META,
    Column("page", STRING, primary_key=True),
    Column("kind", STRING, primary_key=True),
    Column("says", STRING, primary_key=True),
    Column("value", STRING, primary_key=True),
    Column("seen_at", STRING, nullable=False),
    Column("doc", Text, nullable=False),
)
JUDGMENTS = Table(
    "judgments",
    META,
    Column("id", STRING, primary_key=True),
    Column("at", STRING, nullable=False),
    Column("doc", Text, nullable=False),
)


# Only text that came from outside can hold what a text column cannot: NUL in PostgreSQL. `doc`
# needs no care, for JSON escapes it.
def plain(text: str) -> str:
    """Text as it stands in a column, and as it is asked for."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def shown(engine: Engine) -> str:
    """The database's URL without its password."""
    return engine.url.render_as_string(hide_password=True)


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Any trouble with the database becomes a CatalogError that names it."""
    try:
        yield
    except (SQLAlchemyError, msgspec.DecodeError) as error:  # DecodeError: a damaged or old record
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise CatalogError(
            f"catalog {shown(engine)}: {cause}. Is it reachable and writable? "
            "If it is damaged, remove it: `copytrail rebuild` makes it anew from the archive."
        ) from error
