"""Search in the catalog: what articles say, in which words they credit others, by outlet and day.

Words are folded here, in one way for both databases: compatibility forms and accents away, case
folded, nothing but letters and digits; a sign of a script without spaces is a word of its own. So
neither database needs a language, an extension, or a configuration. SQLite keeps an FTS5 table
without content (https://www.sqlite.org/fts5.html §4.4.3), PostgreSQL a tsvector of weighted words.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, get_args

from msgspec import Struct
from sqlalchemy import Connection, Select, column, delete, select, table, text

from storage.records import Article
from storage.schema import ARTICLES, LISTED, plain

Field = Literal["title", "claims", "outlet", "body"]
Sort = Literal["newest", "oldest", "best"]

MOST = 5000
"""Hits that are looked at, those last archived of more: a person narrows a search long before, and
counts of facets stay a matter of milliseconds."""
MAX_QUERY_WORDS = 32  # words of a query that count: nobody types more, and each costs a look-up
MAX_CHARACTERS = 400_000
"""Of a field that are searched: six times the longest article that we know of; PostgreSQL refuses
a tsvector of more than 1 MiB."""
MAX_WORD = 64  # letters of one word; PostgreSQL refuses 2048, and no language comes near

WEIGHTS: dict[Field, str] = {"title": "A", "claims": "B", "outlet": "C", "body": "D"}
"""As PostgreSQL names them; it has four."""
# A title says most, then claims; each step half as much.
_SCORED = {
    "sqlite": "SELECT rowid, bm25(searched, 8.0, 4.0, 2.0, 1.0) FROM searched "
    "WHERE searched MATCH :words ORDER BY rowid DESC LIMIT :most",
    "postgresql": "SELECT n, -ts_rank(words, to_tsquery('simple', :words)) FROM searched "
    "WHERE words @@ to_tsquery('simple', :words) ORDER BY n DESC LIMIT :most",
}
_MATCHING = {
    "sqlite": "searched MATCH :words",
    "postgresql": "searched.words @@ to_tsquery('simple', :words)",
}

# Scripts without spaces between words: Thai to Khmer, kana, Han.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_WORD = re.compile(r"[^\W_]+")
# A query: "a phrase", -left -"out", single words.
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')

MADE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE searched USING fts5(title, claims, outlet, body, content='', "
        "tokenize='unicode61 remove_diacritics 2')",
    ),
    "postgresql": (
        "CREATE TABLE searched (n integer PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX searched_words ON searched USING gin (words)",
    ),
}
PUT = {
    "sqlite": "INSERT INTO searched (rowid, title, claims, outlet, body) "
    "VALUES (:n, :title, :claims, :outlet, :body)",
    "postgresql": "INSERT INTO searched (n, words) VALUES (:n, "
    "setweight(to_tsvector('simple', CAST(:title AS text)), 'A') || "
    "setweight(to_tsvector('simple', CAST(:claims AS text)), 'B') || "
    "setweight(to_tsvector('simple', CAST(:outlet AS text)), 'C') || "
    "setweight(to_tsvector('simple', CAST(:body AS text)), 'D'))",
}
# FTS5 without content is told what it forgets (§6.2, the 'delete' command).
TAKEN_OUT = {
    "sqlite": "INSERT INTO searched (searched, rowid, title, claims, outlet, body) "
    "VALUES ('delete', :n, :title, :claims, :outlet, :body)",
    "postgresql": "DELETE FROM searched WHERE n = :n",
}


class Wanted(Struct, frozen=True, kw_only=True):
    """What is looked for. Everything that is given must hold."""

    words: str = ""
    """As typed: all words, "phrases" in quotes, -without."""
    field: Field | None = None
    """Only there; None: everywhere."""
    source: str | None = None
    language: str | None = None
    credits_to: str | None = None
    """Whom the page says that it took its text from; "" for any."""
    since: str | None = None
    """Days, ISO 8601, both included."""
    until: str | None = None
    sort: Sort = "newest"


class Hit(NamedTuple):
    """An article that was found."""

    n: int
    """Number of its row."""
    day: str
    source: str
    language: str
    credits_to: str


class Found(NamedTuple):
    """Hits in the order that was asked for; `more`: there are more than `MOST`."""

    hits: list[Hit]
    more: bool


def folded(given: str) -> str:
    """The words of a text in the form in which they are searched, with blanks between."""
    some = given[:MAX_CHARACTERS]
    if not some.isascii():
        parted = unicodedata.normalize("NFKD", some)
        some = "".join(char for char in parted if char < "\u0300" or not _is_accent(char))
        some = _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", some))
    return " ".join(word[:MAX_WORD] for word in _WORD.findall(some.casefold()))[:MAX_CHARACTERS]


def _is_accent(char: str) -> bool:
    return unicodedata.combining(char) > 0


def make(db: Connection) -> None:
    """Make the table of words, empty."""
    drop(db)
    for statement in MADE[db.dialect.name]:
        db.exec_driver_sql(statement)


def drop(db: Connection) -> None:
    """Remove it, if it is there."""
    db.exec_driver_sql("DROP TABLE IF EXISTS searched")


def put(db: Connection, rows: Sequence[tuple[int, Article]]) -> None:
    """Let articles be found, each by the number of its row."""
    db.execute(text(PUT[db.dialect.name]), [_fields(n, article) for n, article in rows])
    db.execute(LISTED.insert(), [{"n": n, **_listed(article)} for n, article in rows])


def take_out(db: Connection, n: int, article: Article) -> None:
    """Let it not be found any more; `article` as it was put in."""
    db.execute(text(TAKEN_OUT[db.dialect.name]), _fields(n, article))
    db.execute(delete(LISTED).where(LISTED.c.n == n))


def _fields(n: int, article: Article) -> dict[str, Any]:
    headline = (article.title_prefix, article.title, article.subtitle)
    said = [part for claim in article.claims for part in (claim.text, claim.target_name)]
    whose = (article.outlet, article.source, *article.authors, article.url)
    return {
        "n": n,
        "title": folded(" ".join(filter(None, headline))),
        "claims": folded(" ".join(filter(None, said))),
        "outlet": folded(" ".join(whose)),
        "body": folded(article.text),
    }


def _listed(article: Article) -> dict[str, Any]:
    origin = article.republished_from
    return {
        "day": plain((article.published_at or article.captured_at)[:10]),
        "source": plain(article.source),
        "language": plain(article.language or ""),
        "credits_to": plain((origin.name or origin.url or "?") if origin else "")[:200],
    }


def terms(words: str) -> list[tuple[bool, list[str]]]:
    """A query as typed → (left out?, the words of a phrase), for each of its parts."""
    found = []
    left = MAX_QUERY_WORDS
    for sign, phrase, word in _TERM.findall(words[: MAX_QUERY_WORDS * MAX_WORD]):
        some = folded(phrase or word).split()[:left]
        left -= len(some)
        if some:
            found.append((bool(sign), some))
    return found


def search(db: Connection, wanted: Wanted) -> Found:
    """What is found; nothing where the words hold no letter, or only what is to be left out."""
    asked = terms(wanted.words)
    if wanted.words.strip() and all(left_out for left_out, _ in asked):
        return Found([], False)
    number = LISTED.c.n
    query = _narrowed(_base(db.dialect.name, asked, wanted), wanted)
    if asked:
        query = query.order_by(number.desc())  # FTS5 gives rows in this order without sorting
    elif wanted.sort == "oldest":
        query = query.order_by(LISTED.c.day, number)
    else:
        query = query.order_by(LISTED.c.day.desc(), number.desc())
    hits = [Hit(*row) for row in db.execute(query.limit(MOST + 1))]
    more = len(hits) > MOST
    if asked and wanted.sort == "best" and not more:
        score = _scores(db, asked, wanted.field)
        return Found(sorted(hits, key=lambda hit: (score.get(hit.n, 0.0), -hit.n)), False)
    # To score what is in half of all articles takes long, and tells little.
    return Found(_by_day(hits[:MOST], wanted.sort == "oldest"), more)


def _base(dialect: str, asked: Sequence[tuple[bool, list[str]]], wanted: Wanted) -> Select[Any]:
    kept = select(LISTED.c.n, LISTED.c.day, LISTED.c.source, LISTED.c.language, LISTED.c.credits_to)
    if not asked:
        return kept
    if dialect == "sqlite":
        searched = table("searched", column("rowid"))
        where = text(_MATCHING[dialect]).bindparams(words=_fts5(asked, wanted.field))
        return kept.join(searched, LISTED.c.n == searched.c.rowid).where(where)
    searched = table("searched", column("n"))
    where = text(_MATCHING[dialect]).bindparams(words=_tsquery(asked, wanted.field))
    return kept.join(searched, LISTED.c.n == searched.c.n).where(where)


def _scores(
    db: Connection, asked: Sequence[tuple[bool, list[str]]], field: Field | None
) -> dict[int, float]:
    """Row → how well it fits; the less, the better."""
    words = _fts5(asked, field) if db.dialect.name == "sqlite" else _tsquery(asked, field)
    query = text(_SCORED[db.dialect.name])
    return dict(db.execute(query, {"words": words, "most": MOST + 1}).tuples().all())


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    for name in ("source", "language"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(LISTED.c[name] == plain(value))
    if wanted.credits_to:
        query = query.where(LISTED.c.credits_to == plain(wanted.credits_to))
    elif wanted.credits_to is not None:
        query = query.where(LISTED.c.credits_to != "")
    if wanted.since:
        query = query.where(LISTED.c.day >= wanted.since)
    if wanted.until:
        query = query.where(LISTED.c.day <= wanted.until)
    return query


def _by_day(hits: list[Hit], oldest_first: bool) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.day, hit.n), reverse=not oldest_first)


def _fts5(asked: Sequence[tuple[bool, list[str]]], field: Field | None) -> str:
    """Words in quotes are words and nothing else (FTS5 §3.1); ours hold no quotes."""
    wanted = [f'"{" ".join(some)}"' for left_out, some in asked if not left_out]
    unwanted = [f'"{" ".join(some)}"' for left_out, some in asked if left_out]
    query = " AND ".join(wanted)
    if unwanted:
        query = f"({query}) NOT ({' OR '.join(unwanted)})"
    return f"{field} : ({query})" if field in get_args(Field) else query


def _tsquery(asked: Sequence[tuple[bool, list[str]]], field: Field | None) -> str:
    weight = f":{WEIGHTS[field]}" if field else ""
    phrases = []
    for left_out, some in asked:
        phrase = " <-> ".join(f"'{word}'{weight}" for word in some)
        phrases.append(f"!({phrase})" if left_out else f"({phrase})")
    return " & ".join(phrases)


def crediting(db: Connection) -> Iterator[tuple[str, str]]:
    """(page, when it was captured) of articles that say they are from elsewhere."""
    query = (
        select(ARTICLES.c.page, ARTICLES.c.captured_at)
        .join(LISTED, LISTED.c.n == ARTICLES.c.n)
        .where(LISTED.c.credits_to != "")
        .order_by(ARTICLES.c.n)
    )
    yield from db.execute(query).tuples()
