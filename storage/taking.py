"""Taking one sealed run into the catalog's tables, record by record, in one transaction."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Select, bindparam, delete, select

from storage import searching
from storage.identity import canonical_url, sketch
from storage.records import Article, Capture, Match, Run
from storage.schema import ARTICLES, CAPTURES, HASHES, MATCHES, SIGHTINGS, plain

Hashed = tuple[Article, Sequence[int]]
"""An article, and the hashes of its fingerprint."""

# Made once: to make a statement for each record anew took as long as the database did (measured).
_HAS_CAPTURE = select(1).select_from(CAPTURES).where(CAPTURES.c.id == bindparam("one"))
HAS_ARTICLE = select(1).select_from(ARTICLES).where(ARTICLES.c.id == bindparam("one"))
_HAS_SIGHTING = select(1).select_from(SIGHTINGS).where(SIGHTINGS.c.capture == bindparam("one"))
_UNCHANGED = (
    select(CAPTURES.c.doc)
    .where(CAPTURES.c.page == bindparam("one"), CAPTURES.c.status == 304)
    .order_by(CAPTURES.c.fetched_at, CAPTURES.c.id)
)
_DROP_MATCH = delete(MATCHES).where(
    MATCHES.c.a == bindparam("one"), MATCHES.c.b == bindparam("other")
)
_CAPTURE, _ARTICLE, _SIGHTING = CAPTURES.insert(), ARTICLES.insert(), SIGHTINGS.insert()
_MATCH, _HASHES = MATCHES.insert(), HASHES.insert()


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
        if self.has(_HAS_CAPTURE, plain(capture.id)):
            return False
        row = {
            "id": plain(capture.id),
            "run": capture.warc.run,
            "page": plain(canonical_url(capture.page_url)),
            "source": plain(capture.source),
            "status": capture.status,
            "fetched_at": capture.shown_at,
            "doc": msgspec.json.encode(capture).decode(),
        }
        self.db.execute(_CAPTURE, row)
        return True

    def article(self, article: Article, hashes: Sequence[int]) -> None:
        """A version of a page, if it is not known."""
        if self.has(HAS_ARTICLE, article.id):
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
        result = self.db.execute(_ARTICLE, row)
        (number,) = result.inserted_primary_key or (0,)
        searching.put(self.db, [(number, article)])
        if different:
            self.db.execute(_HASHES, [{"hash": value, "n": number} for value in different])

    def see(self, capture: str, article: str, seen_at: str) -> None:
        """That a capture shows this version. What a capture shows is said once."""
        capture = plain(capture)
        if not self.has(_HAS_SIGHTING, capture):
            row = {"capture": capture, "article": article, "seen_at": seen_at}
            self.db.execute(_SIGHTING, row)

    def see_unchanged_anew(self, page: str) -> None:
        """What the answers 304 of a page show follows from what the full ones before them show,
        which an import can bring later."""
        unchanged = [
            msgspec.json.decode(doc, type=Capture)
            for doc in self.db.scalars(_UNCHANGED, {"one": page})
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
        self.db.execute(_DROP_MATCH, {"one": match.a, "other": match.b})
        doc = msgspec.json.encode(match).decode()
        self.db.execute(_MATCH, {"a": match.a, "b": match.b, "doc": doc})

    def has(self, those: Select[tuple[int]], one: str) -> bool:
        """Whether there is such a row."""
        return self.db.execute(those, {"one": one}).first() is not None
