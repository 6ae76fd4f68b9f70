"""Which articles have a hash: the lists behind fingerprints, read no further than they count."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Row, text
from sqlalchemy.pool import SingletonThreadPool

from storage.records import Posting

IN_ONE_QUERY = 500  # values in one IN (…): SQLite took 999 at most before 3.32
HASHES_IN_ONE_QUERY = 6_000
"""As one value of 120 kB; the hashes of 40 articles. A run of some hundred has several portions, so
that the articles of one can be read while the next ones are looked up."""
AT_ONCE = 4
"""Queries for hashes that run side by side, each through a connection of its own. Two cores halve
the time (measured); of an index that is not in memory, a disk reads four pages nearly as fast as
one: 300 articles among a million took 2 s, not 3 to 6."""
NUMBERS_IN_ONE_QUERY = 50_000
MAX_POSTINGS = 64
"""Articles read of one hash: somewhat more than the 50 pages from which on it is ignored
(`flows.crossposts.candidates.MAX_PAGES`), so that two versions of a page do not hide a third."""
FEW_PAGES = MAX_POSTINGS // 2
MAX_VERSIONS = 4096
"""Articles read of one hash that few pages have in many versions: a live blog of two months, edited
every twenty minutes."""

# One range of the index for each hash, whose end is found by its limit. All hashes come as one
# value: an IN of thousands would be parsed anew each time. All answers go as one row: one for each
# hash took as long to hand over as to find (measured).
FIRST = {
    "sqlite": text(
        "SELECT group_concat(many.value), group_concat((SELECT group_concat(n) FROM (SELECT n "
        "FROM hashes WHERE hash = many.value ORDER BY n LIMIT :most)), ';') "
        "FROM json_each(:hashes) AS many "
        "WHERE EXISTS (SELECT 1 FROM hashes WHERE hash = many.value)"
    ),
    "postgresql": text(
        "SELECT string_agg(CAST(many.value AS text), ','), string_agg((SELECT "
        "string_agg(CAST(n AS text), ',') FROM (SELECT n FROM hashes "
        "WHERE hash = many.value ORDER BY n LIMIT :most) AS these), ';') "
        "FROM unnest(CAST(:hashes AS bigint[])) AS many (value) "
        "WHERE EXISTS (SELECT 1 FROM hashes WHERE hash = many.value)"
    ),
}

NUMBERED = {
    "sqlite": text(
        "SELECT json_group_array(n), "
        "json_group_array(json_array(articles.id, page, source, hashes)) "
        "FROM json_each(:numbers) AS many CROSS JOIN articles ON articles.n = many.value"
    ),
    "postgresql": text(
        "SELECT CAST(json_agg(n) AS text), "
        "CAST(json_agg(json_build_array(articles.id, page, source, hashes)) AS text) "
        "FROM unnest(CAST(:numbers AS bigint[])) AS many (value) "
        "JOIN articles ON articles.n = many.value"
    ),
}

Value = TypeVar("Value")


class Postings(NamedTuple):
    """Which articles have which hashes."""

    hashes: list[int]
    """Those that any article has, each once."""
    numbers: list[int]
    """Of each, the place of its list in `lists`."""
    lists: list[list[Posting]]
    """Hashes that the same articles have, have one list."""


def postings_of(db: Connection, hashes: Iterable[int]) -> Postings:
    """`Lookup.postings`."""
    found = _postings(db, sorted(hashes), MAX_POSTINGS + 1)
    # Versions of few pages fill the list of a page that is edited all day.
    narrow = {
        number
        for number, some in enumerate(found.lists)
        if len(some) > MAX_POSTINGS and len({one.page for one in some}) < FEW_PAGES
    }
    if not narrow:
        return found
    places = [place for place, number in enumerate(found.numbers) if number in narrow]
    more = _postings(db, [found.hashes[place] for place in places], MAX_VERSIONS)
    whole = dict(zip(more.hashes, more.numbers, strict=True))
    for place in places:
        if found.hashes[place] in whole:  # else another process took the articles away just now
            found.numbers[place] = len(found.lists) + whole[found.hashes[place]]
    return found._replace(lists=[*found.lists, *more.lists])


def _postings(db: Connection, hashes: list[int], limit: int) -> Postings:
    """The first `limit` articles of each hash, in the order in which the catalog took them in.

    A common phrase is on a million pages: so each list is cut by the index itself, and comes as one
    value. The hashes of a footer are on the same pages, so their list is made once.
    """
    had: list[int] = []
    places: dict[str, int] = {}
    numbers: list[int] = []
    listed: list[list[int]] = []
    articles: dict[int, Posting] = {}
    asked: set[int] = set()
    for having, lists_of in _first(db, hashes, limit):  # the next portions are read meanwhile
        if having is None:
            continue
        had += _integers(having)
        numbers += [places.setdefault(one, len(places)) for one in lists_of.split(";")]
        more = list(map(_integers, islice(places, len(listed), None)))
        listed += more
        wanted = set().union(*more) - asked
        asked |= wanted
        articles |= _numbered(db, wanted)
    if len(articles) < len(asked):  # some were taken away between the two queries
        listed = [[n for n in some if n in articles] for some in listed]
    lists = [list(map(articles.__getitem__, some)) for some in listed]
    return Postings(had, numbers, lists)


def _first(db: Connection, hashes: list[int], limit: int) -> Iterator[Row[Any]]:
    """The answers of `FIRST`, NULLs where nobody has any of the hashes.

    They may be of different moments: whoever compares in order to seal keeps others of the same
    home from sealing meanwhile.
    """
    portions = list(_values(db, hashes, HASHES_IN_ONE_QUERY))  # rising: neighbours lie on one page
    query = FIRST[db.dialect.name]

    def asked(some: object) -> Row[Any]:
        with db.engine.connect() as mine:
            return mine.execute(query, {"hashes": some, "most": limit}).one()

    # A database in memory is its connection's alone.
    if len(portions) > 1 and not isinstance(db.engine.pool, SingletonThreadPool):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(asked, portions)
    else:
        for some in portions:
            yield db.execute(query, {"hashes": some, "most": limit}).one()


def _integers(printed: str) -> list[int]:
    return msgspec.json.decode(f"[{printed}]", type=list[int])


def _numbered(db: Connection, numbers: set[int]) -> dict[int, Posting]:
    found: dict[int, Posting] = {}
    for some in _values(db, sorted(numbers), NUMBERS_IN_ONE_QUERY):
        have, postings = db.execute(NUMBERED[db.dialect.name], {"numbers": some}).one()
        if have and postings:  # PostgreSQL has NULL for none
            of_each = msgspec.json.decode(postings, type=list[Posting])
            found |= zip(msgspec.json.decode(have, type=list[int]), of_each, strict=True)
    return found


def _values(db: Connection, numbers: list[int], most: int) -> Iterator[object]:
    """The numbers in portions, each as one value of a query."""
    for start in range(0, len(numbers), most):
        some = numbers[start : start + most]
        yield msgspec.json.encode(some).decode() if db.dialect.name == "sqlite" else some


def portions(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists that one query takes."""
    rest = list(values)
    for start in range(0, len(rest), IN_ONE_QUERY):
        yield rest[start : start + IN_ONE_QUERY]
