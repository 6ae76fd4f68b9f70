"""Whether two catalogs say the same, row by row, in bounded memory.

A catalog is a fold over the sealed runs. So one that is made anew from the archive shows which rows
another one lacks, has too many, or has otherwise.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, Engine, Table, func, select

from storage.records import Article, Capture, Judgment, Match, Notice, Run
from storage.schema import (
    ARTICLES,
    CAPTURES,
    EARLIER,
    HASHES,
    JUDGMENTS,
    MATCHES,
    NOTICES,
    RUNS,
    SIGHTINGS,
    told,
)

KEYS: tuple[tuple[Table, tuple[str, ...], type | None], ...] = (
    (RUNS, ("id",), Run),
    (CAPTURES, ("id",), Capture),
    (ARTICLES, ("id",), Article),
    (EARLIER, ("id", "run", "replaced_by"), Article),
    (SIGHTINGS, ("capture",), None),
    (MATCHES, ("a", "b"), Match),
    (NOTICES, ("page", "kind", "says", "value"), Notice),
    (JUDGMENTS, ("id",), Judgment),
)
# Numbers are given by each database; fingerprints follow from the texts, and are counted only.
NOT_COMPARED = frozenset(("n", "hashes", "sketch"))
AT_ONCE = 500  # rows read from each side: 10 MB of articles


class Unlike(NamedTuple):
    """A row that one catalog has otherwise than the other."""

    table: str
    key: str
    what: str
    """`missing`, `added`, `other`: in the first catalog, measured by the second."""
    columns: tuple[str, ...] = ()


def unlike(kept: Engine, made: Engine) -> Iterator[Unlike]:
    """What the catalog `kept` lacks, has too many, or has otherwise than `made`. Raises
    CatalogError."""
    for table, names, kind in KEYS:
        for key, one, other in _merged(_rows(kept, table, names), _rows(made, table, names)):
            if one is None or other is None:
                yield Unlike(table.name, " ".join(key), "missing" if one is None else "added")
            elif columns := _differ(one, other, kind):
                yield Unlike(table.name, " ".join(key), "other", columns)


def rows(engine: Engine) -> int:
    """How many rows are compared."""
    with told(engine), engine.connect() as db:
        counts = [db.scalar(select(func.count()).select_from(table)) or 0 for table, _, _ in KEYS]
    return sum(counts)


def fingerprints(engine: Engine) -> tuple[int, int]:
    """How many hashes the articles have, and how many are there to be found by."""
    with told(engine), engine.connect() as db:
        wanted = db.scalar(select(func.coalesce(func.sum(ARTICLES.c.hashes), 0))) or 0
        return int(wanted), db.scalar(select(func.count()).select_from(HASHES)) or 0


Row = tuple[tuple[str, ...], dict[str, Any]]


def _rows(engine: Engine, table: Table, names: Sequence[str]) -> Iterator[Row]:
    """In the order of their keys, byte by byte, which all databases share."""
    columns: list[Column[Any]] = [one for one in table.c if one.name not in NOT_COMPARED]
    query = select(*columns).order_by(*(table.c[name] for name in names))
    with told(engine), engine.connect() as db:
        found = db.execution_options(yield_per=AT_ONCE).execute(query)
        for row in found.mappings():
            yield tuple(str(row[name]) for name in names), dict(row)


def _merged(
    kept: Iterator[Row], made: Iterator[Row]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any] | None, dict[str, Any] | None]]:
    one, other = next(kept, None), next(made, None)
    while one or other:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None  # noqa: S101 - for the types: one of the two is there
            yield one[0], one[1], None
            one = next(kept, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(made, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(kept, None), next(made, None)


def _differ(one: dict[str, Any], other: dict[str, Any], kind: type | None) -> tuple[str, ...]:
    return tuple(
        name
        for name, value in one.items()
        if value != other[name] and not (name == "doc" and kind and _same(value, other[name], kind))
    )


def _same(one: str, other: str, kind: type) -> bool:
    """An older copytrail wrote records with fewer fields: what they say may be the same."""
    try:
        return bool(msgspec.json.decode(one, type=kind) == msgspec.json.decode(other, type=kind))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
