"""Which articles have a hash: the lists behind fingerprints, read no further than they count."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import ARRAY, BigInteger, Connection, Select, and_, bindparam, func, select

from storage.schema import ARTICLES, HASHES

IN_ONE_QUERY = 500  # values in one IN (…): SQLite took 999 at most before 3.32
HASHES_IN_ONE_QUERY = 50_000
"""As one value of 1 MB; the hashes of 300 articles."""
MAX_POSTINGS = 64
"""Articles read of one hash: somewhat more than the 50 pages from which on it is ignored
(`flows.crossposts.candidates.MAX_PAGES`), so that two versions of a page do not hide a third."""
FEW_PAGES = MAX_POSTINGS // 2
MAX_VERSIONS = 4096
"""Articles read of one hash that few pages have in many versions: a live blog of two months, edited
every twenty minutes."""
LAST_N = 2**31 - 1

Value = TypeVar("Value")


class Posting(NamedTuple):
    """An article that has a hash, and how many hashes it has in all."""

    article: str
    page: str
    source: str
    hashes: int
    sketch: bytes
    """Its smallest hashes (`identity.sketch`)."""


def postings_of(db: Connection, hashes: list[int]) -> dict[int, list[Posting]]:
    """`Lookup.postings`."""
    found = _postings(db, hashes, MAX_POSTINGS + 1)
    # Versions of few pages fill the list of a page that is edited all day.
    crowded = [
        value
        for value, some in found.items()
        if len(some) > MAX_POSTINGS and len({one.page for one in some}) < FEW_PAGES
    ]
    return found | _postings(db, crowded, MAX_VERSIONS)


def _postings(db: Connection, hashes: list[int], limit: int) -> dict[int, list[Posting]]:
    """The first `limit` articles of each hash, by their ids.

    A common phrase is on a million pages: so each list is cut by the index itself, and articles
    are looked up once each, not once for each hash.
    """
    rows: list[tuple[int, int]] = []
    for start in range(0, len(hashes), HASHES_IN_ONE_QUERY):
        some = hashes[start : start + HASHES_IN_ONE_QUERY]
        rows += db.execute(_first(db, some, limit)).tuples().all()
    articles = _numbered(db, {n for _, n in rows})
    found: dict[int, list[Posting]] = {}
    for value, n in rows:
        found.setdefault(value, []).append(articles[n])
    for several in found.values():
        several.sort()
    return dict(sorted(found.items()))


def _first(db: Connection, hashes: list[int], limit: int) -> Select[tuple[int, int]]:
    """(hash, n) of the first `limit` rows of each hash: one range of the index each."""
    # Both take the whole list as one value; an IN of thousands would be parsed anew each time.
    if db.dialect.name == "sqlite":
        many = func.json_each(msgspec.json.encode(hashes).decode()).table_valued("value")
    else:
        listed = bindparam(None, hashes, type_=ARRAY(BigInteger))
        many = func.unnest(listed).table_valued("value").render_derived()
    other = HASHES.alias()
    beyond = (
        select(other.c.n)
        .where(other.c.hash == many.c.value)
        .order_by(other.c.n)
        .limit(1)
        .offset(limit)
        .scalar_subquery()
        .correlate(many)
    )
    return (
        select(HASHES.c.hash, HASHES.c.n)
        .select_from(many)
        .join(
            HASHES, and_(HASHES.c.hash == many.c.value, HASHES.c.n < func.coalesce(beyond, LAST_N))
        )
    )


def _numbered(db: Connection, numbers: set[int]) -> dict[int, Posting]:
    found = {}
    for some in portions(sorted(numbers)):
        columns = (ARTICLES.c[name] for name in Posting._fields[1:])
        query = select(ARTICLES.c.n, ARTICLES.c.id, *columns).where(ARTICLES.c.n.in_(some))
        for n, *posting in db.execute(query):
            found[n] = Posting(*posting)
    return found


def portions(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values in lists that one query takes."""
    rest = list(values)
    for start in range(0, len(rest), IN_ONE_QUERY):
        yield rest[start : start + IN_ONE_QUERY]
