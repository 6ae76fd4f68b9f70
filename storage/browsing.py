"""Asking the catalog what people who look around ask: lists, counts, single records by their ids.

Each answer reads what it shows and no more, so that it takes no longer in a large archive.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from storage import searching
from storage.lookup import Lookup
from storage.postings import portions
from storage.records import Article, Capture, Match, Run
from storage.schema import ARTICLES, CAPTURES, MATCHES, RUNS, SIGHTINGS, plain
from storage.searching import Found, Wanted


class Tie(NamedTuple):
    """Two pages (canonical URLs) that share text, and when the later article was captured."""

    one: str
    other: str
    newest: str
    kind: str
    """Of the match."""


class Volume(NamedTuple):
    """How much there is."""

    articles: int
    captures: int
    runs: int


class _Kind(Struct):
    """What of a match says whether it counts."""

    kind: str


class Browsing(Lookup):
    """The questions of those who look around."""

    def state(self) -> tuple[int, int]:
        """Changes with every run that is taken in: what was worked out for one state is good for
        as long as it is the same."""
        with self._connect() as db:
            newest, count = db.execute(select(func.max(RUNS.c.seq), func.count())).one()
            return newest or 0, count

    def search(self, wanted: Wanted) -> Found:
        """Articles by their words, outlet, language, credit and day."""
        with self._connect() as db:
            return searching.search(db, wanted)

    def articles_numbered(self, numbers: Sequence[int]) -> Iterator[Article]:
        """The versions of these rows, as they are asked for, in bounded memory."""
        for some in portions(numbers):
            query = select(ARTICLES.c.n, ARTICLES.c.doc).where(ARTICLES.c.n.in_(some))
            with self._connect() as db:
                docs = dict(db.execute(query).tuples().all())
            for number in some:
                if number in docs:
                    yield msgspec.json.decode(docs[number], type=Article)

    def ties(self, kinds: Collection[str]) -> Iterator[Tie]:
        """Pages that share text, by their newest matches of these kinds."""
        one, other = ARTICLES.alias(), ARTICLES.alias()
        query = (
            select(MATCHES.c.doc, one.c.page, other.c.page, one.c.captured_at, other.c.captured_at)
            .join(one, one.c.id == MATCHES.c.a)
            .join(other, other.c.id == MATCHES.c.b)
        )
        with self._connect() as db:
            for doc, page, with_page, at, other_at in db.execute(query):
                kind = msgspec.json.decode(doc, type=_Kind).kind
                if kind in kinds:
                    yield Tie(page, with_page, max(at, other_at), kind)

    def crediting(self) -> Iterator[tuple[str, str]]:
        """(page, when it was captured) of articles that say they are from elsewhere."""
        with self._connect() as db:
            yield from searching.crediting(db)

    def tied_to(self, pages: Iterable[str], kinds: Collection[str]) -> set[str]:
        """The pages that share text with these (canonical URLs)."""
        ids: list[str] = []
        found: set[str] = set()
        with self._connect() as db:
            for some in portions(sorted({plain(page) for page in pages})):
                ids += db.scalars(select(ARTICLES.c.id).where(ARTICLES.c.page.in_(some)))
        matches: Mapping[tuple[str, str], Match] = self.matches_of(ids)
        ends = {end for one in matches.values() if one.kind in kinds for end in (one.a, one.b)}
        with self._connect() as db:
            for some in portions(sorted(ends - set(ids))):
                found |= set(db.scalars(select(ARTICLES.c.page).where(ARTICLES.c.id.in_(some))))
        return found

    def capture(self, name: str) -> Capture | None:
        """A capture by its id."""
        with self._connect() as db:
            doc = db.scalar(select(CAPTURES.c.doc).where(CAPTURES.c.id == plain(name)))
        return msgspec.json.decode(doc, type=Capture) if doc else None

    def read_from(self, capture: str) -> str | None:
        """Id of the article that a capture showed when it was read."""
        query = select(SIGHTINGS.c.article).where(SIGHTINGS.c.capture == plain(capture))
        with self._connect() as db:
            found: str | None = db.scalar(query)
            return found

    def run(self, name: str) -> tuple[int, Run] | None:
        """A run by its id, with the number of the log entry that seals it."""
        with self._connect() as db:
            found = db.execute(select(RUNS.c.seq, RUNS.c.doc).where(RUNS.c.id == name)).first()
        return (found[0], msgspec.json.decode(found[1], type=Run)) if found else None

    def per_day(self, since: str) -> dict[str, int]:
        """Articles (versions) that were first captured on each UTC day from this one on."""
        day = func.substr(ARTICLES.c.captured_at, 1, 10)
        query = select(day, func.count()).where(ARTICLES.c.captured_at >= since).group_by(day)
        with self._connect() as db:
            return dict(db.execute(query.order_by(day)).tuples().all())

    def newest_day(self) -> str | None:
        """The UTC day of the newest article; None in an empty catalog."""
        with self._connect() as db:
            found: str | None = db.scalar(select(func.max(ARTICLES.c.captured_at)))
        return found[:10] if found else None

    def per_source(self) -> dict[str, int]:
        """Articles (versions) of each source."""
        query = select(ARTICLES.c.source, func.count()).group_by(ARTICLES.c.source)
        with self._connect() as db:
            return dict(db.execute(query.order_by(ARTICLES.c.source)).tuples().all())

    def volume(self) -> Volume:
        """How much there is in all."""
        with self._connect() as db:
            counts = [
                db.scalar(select(func.count()).select_from(one)) or 0
                for one in (ARTICLES, CAPTURES, RUNS)
            ]
        return Volume(*counts)
