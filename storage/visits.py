"""What the catalog tells of lately: runs, pages that were new, and when pages were last looked at.

Only rows of a window of days are read, so that it takes the same time in an archive of years.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, func, select

from storage.postings import portions
from storage.records import Problem
from storage.schema import ARTICLES, CAPTURES, RUNS, plain

NO_ANSWER = 500  # RFC 9110 §15.6: from here on the server could not answer
ULID_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class RunSeen(msgspec.Struct, frozen=True):
    """What of a sealed run such a look needs."""

    id: str
    kind: str
    source: str
    started_at: str
    ended_at: str
    outcome: Literal["complete", "partial", "failed"]
    asked: dict[str, str | int | float | bool | None] = {}
    counts: dict[str, int] = {}
    problems: tuple[Problem, ...] = ()
    limits_reached: tuple[str, ...] = ()


class NewPages(NamedTuple):
    """Article pages of one source that one run was the first to see, within one hour."""

    source: str
    run: str
    hour: str
    """UTC, `2026-01-31T09`."""
    number: int
    newest: str
    """When the last of them was captured."""


class FirstSeen(NamedTuple):
    """An article page: whose it is, and by which run it was first seen and when."""

    page: str
    source: str
    run: str
    at: str


class Visits(ABC):
    """These questions, for a catalog to answer. Times are ISO 8601 UTC."""

    @abstractmethod
    def _connect(self) -> AbstractContextManager[Connection]: ...

    def runs_since(self, since: str) -> list[RunSeen]:
        """Runs begun since then, in the order of their beginning."""
        query = select(RUNS.c.doc).where(RUNS.c.id >= _ulid_from(since)).order_by(RUNS.c.id)
        with self._connect() as db:
            return [msgspec.json.decode(doc, type=RunSeen) for doc in db.scalars(query)]

    def new_pages(self, since: str) -> list[NewPages]:
        """Pages first seen since then, counted by source, run and hour."""
        hour = func.substr(ARTICLES.c.captured_at, 1, len("2026-01-31T09"))
        keys = (ARTICLES.c.source, ARTICLES.c.run, hour)
        counted = (func.count(ARTICLES.c.page.distinct()), func.max(ARTICLES.c.captured_at))
        query = _fresh(since, *keys, *counted).group_by(*keys).order_by(*keys)
        with self._connect() as db:
            return [NewPages(*row) for row in db.execute(query)]

    def first_seen(self, since: str) -> list[FirstSeen]:
        """Pages first seen since then, by page."""
        columns = (ARTICLES.c.page, ARTICLES.c.source, ARTICLES.c.run, ARTICLES.c.captured_at)
        with self._connect() as db:
            query = _fresh(since, *columns).order_by(ARTICLES.c.page)
            return [FirstSeen(*row) for row in db.execute(query)]

    def last_answers(self, pages: Iterable[str]) -> dict[str, str]:
        """When each of these pages (canonical URLs) last gave an answer: a page, a 304, a redirect,
        or that it is not there."""
        found: dict[str, str] = {}
        page, status = CAPTURES.c.page, CAPTURES.c.status
        with self._connect() as db:
            for some in portions(plain(one) for one in pages):
                query = select(page, func.max(CAPTURES.c.fetched_at)).group_by(page)
                query = query.where(page.in_(some), status < NO_ANSWER)
                for name, at in db.execute(query):
                    found[name] = at
        return found


def _ulid_from(moment: str) -> str:
    """Where the ids of runs begin that were begun at that moment: a ULID's first ten characters are
    its milliseconds in Crockford's base 32, and sort as these do."""
    value = int(datetime.fromisoformat(moment).timestamp() * 1000)
    return "".join(ULID_SIGNS[value >> 5 * place & 31] for place in reversed(range(10)))


def _fresh(since: str, *columns: Any) -> Select[Any]:
    """The first versions of pages that were first seen since then."""
    older = ARTICLES.alias()
    return select(*columns).where(
        ARTICLES.c.captured_at >= since,
        ~select(older.c.n)
        .where(older.c.page == ARTICLES.c.page, older.c.captured_at < ARTICLES.c.captured_at)
        .exists(),
    )
