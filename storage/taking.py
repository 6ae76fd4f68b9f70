"""Taking one sealed run into the catalog's tables, record by record, in one transaction."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, select

from storage import searching
from storage.identity import canonical_url, sketch
from storage.records import Article, Capture, Match, Run
from storage.schema import ARTICLES, CAPTURES, HASHES, MATCHES, SIGHTINGS, plain

Hashed = tuple[Article, Sequence[int]]
"""An article, and the hashes of its fingerprint."""


class Taking:
    """A run being taken in, in the transaction of `db`."""

    def __init__(self, db: Connection, run: Run) -> None:
        self.db = db
        self.run = run

    def all(
        self, captures: Iterable[Capture], articles: Iterable[Hashed], matches: Iterable[Match]
    ) -> None:
        """All records of the run."""
        pages = {
            plain(canonical_url(capture.page_url))
            for capture in captures
            if self._capture(capture) and capture.status == 304
        }
        for article, hashes in articles:
            self.article(article, hashes)
            self.see(article.capture, article.id, article.captured_at)
            pages.add(plain(article.canonical_url))
        for page in sorted(pages):
            self.see_unchanged_anew(page)
        for match in matches:
            self.match(match)

    def _capture(self, capture: Capture) -> bool:
        """Returns whether it is new: an imported WARC can hold what another one held."""
        if self.has(CAPTURES, CAPTURES.c.id == plain(capture.id)):
            return False
        self.db.execute(
            CAPTURES.insert().values(
                id=plain(capture.id),
                run=capture.warc.run,
                page=plain(canonical_url(capture.page_url)),
                source=plain(capture.source),
                status=capture.status,
                fetched_at=capture.shown_at,
                doc=msgspec.json.encode(capture).decode(),
            )
        )
        return True

    def article(self, article: Article, hashes: Sequence[int]) -> None:
        """A version of a page, if it is not known."""
        if self.has(ARTICLES, ARTICLES.c.id == article.id):
            return
        different = sorted(set(hashes))
        row = {
            "id": article.id,
            "page": plain(article.canonical_url),
            "source": plain(article.source),
            "captured_at": article.captured_at,
            "run": self.run.id,
            "hashes": len(different),
            "sketch": sketch(different),
            "doc": msgspec.json.encode(article).decode(),
        }
        result = self.db.execute(ARTICLES.insert().values(row))
        (number,) = result.inserted_primary_key or (0,)
        searching.put(self.db, [(number, article)])
        if different:
            self.db.execute(HASHES.insert(), [{"hash": value, "n": number} for value in different])

    def see(self, capture: str, article: str, seen_at: str) -> None:
        """That a capture shows this version. What a capture shows is said once."""
        capture = plain(capture)
        if not self.has(SIGHTINGS, SIGHTINGS.c.capture == capture):
            self.db.execute(
                SIGHTINGS.insert().values(capture=capture, article=article, seen_at=seen_at)
            )

    def see_unchanged_anew(self, page: str) -> None:
        """What the answers 304 of a page show follows from what the full ones before them show,
        which an import can bring later."""
        query = select(CAPTURES.c.doc).where(CAPTURES.c.page == page, CAPTURES.c.status == 304)
        unchanged = [
            msgspec.json.decode(doc, type=Capture)
            for doc in self.db.scalars(query.order_by(CAPTURES.c.fetched_at, CAPTURES.c.id))
        ]
        for capture in unchanged:
            self.db.execute(delete(SIGHTINGS).where(SIGHTINGS.c.capture == plain(capture.id)))
        for capture in unchanged:
            self.see_again(capture)

    def see_again(self, capture: Capture) -> None:
        """A 304 is a sighting of the version that was last seen before it, never of a later one."""
        newest = self.db.scalar(
            select(SIGHTINGS.c.article)
            .join(ARTICLES, ARTICLES.c.id == SIGHTINGS.c.article)
            .where(
                ARTICLES.c.page == plain(canonical_url(capture.page_url)),
                SIGHTINGS.c.seen_at <= capture.shown_at,
            )
            .order_by(SIGHTINGS.c.seen_at.desc(), SIGHTINGS.c.capture.desc())
            .limit(1)
        )
        if newest is not None:
            self.see(capture.id, newest, capture.shown_at)

    def match(self, match: Match) -> None:
        """The newest reading of a pair counts; the archive keeps the older ones."""
        pair = (MATCHES.c.a == match.a) & (MATCHES.c.b == match.b)
        self.db.execute(delete(MATCHES).where(pair))
        doc = msgspec.json.encode(match).decode()
        self.db.execute(MATCHES.insert().values(a=match.a, b=match.b, doc=doc))

    def has(self, table: Table, where: object) -> bool:
        """Whether there is such a row."""
        found = self.db.execute(select(1).select_from(table).where(where))  # type: ignore[arg-type]
        return found.first() is not None
