"""Taking in a run that read the captures of an earlier one again: its readings replace the old.

The old ones go into a table of their own. A page then has the versions that the newest readings
tell apart, as if the parser of today had read it from the beginning: another reading is no edit.
"""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import bindparam, delete, select, update

from storage import searching
from storage.records import Article, Capture, Match
from storage.schema import ARTICLES, CAPTURES, EARLIER, HASHES, MATCHES, SIGHTINGS, plain
from storage.taking import HAS_ARTICLE, Hashed, Taking

_SHOWN = select(1).select_from(SIGHTINGS).where(SIGHTINGS.c.article == bindparam("one"))


class Rereading(Taking):
    """A reading being taken in. Only captures whose bytes the run that was read holds count: of
    what an import brought a second time, the first bytes are the ones that are read."""

    def all(
        self, captures: Iterable[Capture], articles: Iterable[Hashed], matches: Iterable[Match]
    ) -> None:
        """All records of the reading; a capture without an article in it has none any more."""
        of = str(self.run.asked.get("run"))
        mine = set(self.db.scalars(select(CAPTURES.c.id).where(CAPTURES.c.run == of)))
        for capture in captures:
            if plain(capture.id) in mine:
                self._update_capture(capture)
        before = self._shown_by(of)
        left = dict(before)  # captures that show an article no more
        pages: set[str] = set()
        for article, hashes in articles:
            if plain(article.capture) in mine:
                left.pop(plain(article.capture), None)
                self._read_as(article, before.get(plain(article.capture)))
                self.article(article, hashes)
                self.see(article.capture, article.id, article.captured_at)
                pages.add(plain(article.canonical_url))
        for capture_id in left:
            self.db.execute(delete(SIGHTINGS).where(SIGHTINGS.c.capture == capture_id))
        pages |= set(self._pages_of(set(left.values())))
        for page in sorted(pages):
            self.see_unchanged_anew(page)
        for old in sorted(set(before.values())):
            if not self.has(_SHOWN, old):
                self._put_away(old)
        for match in matches:
            if self._is_known(match.a) and self._is_known(match.b):
                self.match(match)

    def _update_capture(self, capture: Capture) -> None:
        doc = msgspec.json.encode(capture).decode()
        self.db.execute(
            update(CAPTURES)
            .where(CAPTURES.c.id == plain(capture.id))
            .values(source=plain(capture.source), doc=doc)
        )

    def _shown_by(self, run: str) -> dict[str, str]:
        """Capture → the article that it shows, of a run's full answers."""
        query = (
            select(SIGHTINGS.c.capture, SIGHTINGS.c.article)
            .join(CAPTURES, CAPTURES.c.id == SIGHTINGS.c.capture)
            .where(CAPTURES.c.run == run, CAPTURES.c.status != 304)
        )
        return {str(capture): str(article) for capture, article in self.db.execute(query)}

    def _read_as(self, article: Article, old: str | None) -> None:
        """Make way for the new reading of a capture."""
        capture = plain(article.capture)
        if old is None:
            return
        if old != article.id:
            self.db.execute(delete(SIGHTINGS).where(SIGHTINGS.c.capture == capture))
            return
        # The same version with other particulars, which are no part of its id.
        doc = self.db.scalar(select(ARTICLES.c.doc).where(ARTICLES.c.id == old))
        new = msgspec.json.encode(article).decode()
        if doc is None or doc == new:
            return
        before = msgspec.json.decode(doc, type=Article)
        if plain(before.capture) == capture:
            self._keep(old)
            number = self._number(old)
            searching.take_out(self.db, number, before)
            values = {"doc": new, "source": plain(article.source), "run": self.run.id}
            self.db.execute(update(ARTICLES).where(ARTICLES.c.id == old).values(**values))
            searching.put(self.db, [(number, article)])

    def _pages_of(self, articles: set[str]) -> Iterator[str]:
        for article in sorted(articles):
            yield from self.db.scalars(select(ARTICLES.c.page).where(ARTICLES.c.id == article))

    def _put_away(self, article: str) -> None:
        """A reading that no capture shows any more, with all that rests on it."""
        self._keep(article)
        number = self._number(article)
        doc = self.db.scalar(select(ARTICLES.c.doc).where(ARTICLES.c.id == article))
        searching.take_out(self.db, number, msgspec.json.decode(doc or "", type=Article))
        self.db.execute(delete(HASHES).where(HASHES.c.n == number))
        self.db.execute(delete(MATCHES).where((MATCHES.c.a == article) | (MATCHES.c.b == article)))
        self.db.execute(delete(ARTICLES).where(ARTICLES.c.id == article))

    def _number(self, article: str) -> int:
        return self.db.scalar(select(ARTICLES.c.n).where(ARTICLES.c.id == article)) or 0

    def _keep(self, article: str) -> None:
        """Copy an article to the earlier readings."""
        kept = (ARTICLES.c.id, ARTICLES.c.page, ARTICLES.c.run, ARTICLES.c.doc)
        row = (
            self.db.execute(select(*kept).where(ARTICLES.c.id == article)).mappings().one_or_none()
        )
        if row is not None:
            self.db.execute(EARLIER.insert().values(**row, replaced_by=self.run.id))

    def _is_known(self, article: str) -> bool:
        return self.has(HAS_ARTICLE, article)
