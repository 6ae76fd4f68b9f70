"""Asking the catalog. Every answer comes in an order of its own, never in that of insertion."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Connection,
    Engine,
    case,
    func,
    select,
)

from storage import evidence
from storage.histories import History, Sight, history
from storage.httpfields import leads_to
from storage.identity import canonical_url
from storage.mementos import REPLAY
from storage.postings import Postings, portions, postings_of
from storage.records import Article, Capture, Judgment, Match, Notice, Run
from storage.schema import (
    ARTICLES,
    CAPTURES,
    EARLIER,
    MATCHES,
    RUNS,
    SIGHTINGS,
    plain,
    told,
)
from storage.visits import Visits

GONE = (404, 410)  # RFC 9110 §15.5.5 and §15.5.11: the server says that the page is not there
MOVED = (301, 302, 303, 307, 308)  # RFC 9110 §15.4
MAX_REDIRECTS = 10  # steps; as many as a crawl follows by default


class Known(Struct, frozen=True):
    """A page that was captured before, with what a conditional request needs (RFC 9110 §13)."""

    url: str
    etag: str | None
    last_modified: str | None
    first_seen: str
    last_seen: str
    ours: bool = True
    """False: all that is known of it others captured, an archive or the maker of a WARC file."""
    broke_off: bool = False
    """Its newest answer broke off before the page's end."""


class Earlier(Struct, frozen=True):
    """An article as it was read before, and the run by whose reading it was replaced."""

    article: Article
    run: str
    """In whose records it stands."""
    replaced_by: str


class PageSeen(NamedTuple):
    """An archived article page."""

    page: str
    source: str
    outlet: str
    published_at: str | None
    first_captured: str


class _Dated(Struct):
    """What of an article's record such a list needs."""

    outlet: str
    published_at: str | None = None


class Sights(NamedTuple):
    """First sights of a page, ISO 8601 UTC."""

    ours: str | None = None
    others: str | None = None
    whose: evidence.Whose = "import"
    """Who the others are: a web archive, or the maker of a WARC file that was imported."""


class Lookup(Visits):
    """The questions that the catalog answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def last_seq(self) -> int:
        """Number of the newest log entry that was taken in; 0 for none."""
        with self._connect() as db:
            return db.scalar(select(func.max(RUNS.c.seq))) or 0

    def run_of(self, seq: int) -> str | None:
        """The run that log entry `seq` sealed."""
        with self._connect() as db:
            found: str | None = db.scalar(select(RUNS.c.id).where(RUNS.c.seq == seq))
            return found

    def runs_with(self, sources: Iterable[str]) -> set[str]:
        """The runs that hold captures of these sources (ids, or sites)."""
        wanted = [plain(source) for source in sources]
        query = select(CAPTURES.c.run).where(CAPTURES.c.source.in_(wanted)).distinct()
        with self._connect() as db:
            return set(db.scalars(query))

    def runs(self) -> Iterator[tuple[int, Run]]:
        """All runs in the order of the log."""
        with self._connect() as db:
            for seq, doc in db.execute(select(RUNS.c.seq, RUNS.c.doc).order_by(RUNS.c.seq)):
                yield seq, msgspec.json.decode(doc, type=Run)

    def articles(
        self, *, source: str | None = None, since: str | None = None, page: str | None = None
    ) -> Iterator[Article]:
        """Every version of every page, in the order of capture.

        `source` is an id, `since` a UTC time or date (ISO 8601) of capture, `page` a canonical URL.
        """
        query = select(ARTICLES.c.doc).order_by(ARTICLES.c.captured_at, ARTICLES.c.id)
        if source is not None:
            query = query.where(ARTICLES.c.source == plain(source))
        if since is not None:
            query = query.where(ARTICLES.c.captured_at >= since)
        if page is not None:
            query = query.where(ARTICLES.c.page == plain(page))
        with self._connect() as db:
            for (doc,) in db.execute(query):
                yield msgspec.json.decode(doc, type=Article)

    def articles_by_id(self, ids: Iterable[str]) -> dict[str, Article]:
        """The versions with these ids; those that are not there are left out."""
        found: dict[str, Article] = {}
        with self._connect() as db:
            for some in portions(ids):
                query = select(ARTICLES.c.doc).where(ARTICLES.c.id.in_(some))
                for (doc,) in db.execute(query):
                    article = msgspec.json.decode(doc, type=Article)
                    found[article.id] = article
        return found

    def readings_by_id(self, ids: Iterable[str]) -> dict[str, Article]:
        """As `articles_by_id`; also what was read before and is replaced now."""
        wanted = set(ids)
        found = self.articles_by_id(wanted)
        with self._connect() as db:
            for some in portions(sorted(wanted - found.keys())):
                for doc in db.scalars(select(EARLIER.c.doc).where(EARLIER.c.id.in_(some))):
                    article = msgspec.json.decode(doc, type=Article)
                    found[article.id] = article
        return found

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of these versions that are there."""
        found: set[str] = set()
        with self._connect() as db:
            for some in portions(ids):
                found |= set(db.scalars(select(ARTICLES.c.id).where(ARTICLES.c.id.in_(some))))
        return found

    def articles_of(self, runs: Iterable[str]) -> list[str]:
        """Ids of the articles that stand in the records of these runs, rising."""
        found: list[str] = []
        with self._connect() as db:
            for some in portions(runs):
                found += db.scalars(select(ARTICLES.c.id).where(ARTICLES.c.run.in_(some)))
        return sorted(found)

    def recorded_in(self, article: str) -> str | None:
        """The run in whose records an article stands: the newest that read its capture."""
        with self._connect() as db:
            found: str | None = db.scalar(select(ARTICLES.c.run).where(ARTICLES.c.id == article))
            return found

    def earlier(self, *, page: str) -> Iterator[Earlier]:
        """What a page (canonical URL) was read as before its captures were read again."""
        query = select(EARLIER.c.doc, EARLIER.c.run, EARLIER.c.replaced_by)
        with self._connect() as db:
            for doc, *runs in db.execute(
                query.where(EARLIER.c.page == plain(page)).order_by(EARLIER.c.n)
            ):
                yield Earlier(msgspec.json.decode(doc, type=Article), *runs)

    def captures(self, *, page: str | None = None, run: str | None = None) -> Iterator[Capture]:
        """Captures in the order of their time, of one page (canonical URL) or of one run."""
        query = select(CAPTURES.c.doc).order_by(CAPTURES.c.fetched_at, CAPTURES.c.id)
        if page is not None:
            query = query.where(CAPTURES.c.page == plain(page))
        if run is not None:
            query = query.where(CAPTURES.c.run == run)
        with self._connect() as db:
            for (doc,) in db.execute(query):
                yield msgspec.json.decode(doc, type=Capture)

    def captures_of(self, pages: Iterable[str]) -> Iterator[Capture]:
        """Captures of these pages (canonical URLs), in the order of their time."""
        found: list[str] = []
        with self._connect() as db:
            for some in portions(plain(page) for page in pages):
                found += db.scalars(select(CAPTURES.c.doc).where(CAPTURES.c.page.in_(some)))
        captures = [msgspec.json.decode(doc, type=Capture) for doc in found]
        yield from sorted(captures, key=lambda one: (one.shown_at, one.id))

    def matches(self) -> Iterator[Match]:
        """All matches, by the ids of their articles."""
        with self._connect() as db:
            for (doc,) in db.execute(select(MATCHES.c.doc).order_by(MATCHES.c.a, MATCHES.c.b)):
                yield msgspec.json.decode(doc, type=Match)

    def matches_of(self, ids: Iterable[str]) -> dict[tuple[str, str], Match]:
        """The matches of these articles, by their two ids."""
        found: dict[tuple[str, str], Match] = {}
        with self._connect() as db:
            for some in portions(ids):
                for end in (MATCHES.c.a, MATCHES.c.b):
                    for (doc,) in db.execute(select(MATCHES.c.doc).where(end.in_(some))):
                        match = msgspec.json.decode(doc, type=Match)
                        found[match.a, match.b] = match
        return found

    def postings(self, hashes: Iterable[int]) -> Postings:
        """Which articles have these hashes; of a hash that more than `MAX_POSTINGS` articles of
        different pages have, so many and one more: it is nobody's text."""
        with self._connect() as db:
            return postings_of(db, hashes)

    def sketches(self, articles: Iterable[str]) -> dict[str, bytes]:
        """The smallest hashes (`identity.sketch`) of these versions, by their ids."""
        found: dict[str, bytes] = {}
        with self._connect() as db:
            for some in portions(sorted(articles)):
                query = select(ARTICLES.c.id, ARTICLES.c.sketch).where(ARTICLES.c.id.in_(some))
                found |= {article: bytes(sketch) for article, sketch in db.execute(query)}
        return found

    def known_pages(self, source: str) -> Iterator[Known]:
        """The article pages that runs over this source captured, originals elsewhere included."""
        pages = (
            select(CAPTURES.c.page)
            .join(RUNS, RUNS.c.id == CAPTURES.c.run)
            .where(RUNS.c.source == plain(source))
        )
        page = ARTICLES.c.page
        # A 304 need not repeat the validators: those of the newest full answer stay good.
        best = (case((CAPTURES.c.status == 304, 1), else_=0), SIGHTINGS.c.seen_at.desc())
        seen = (
            select(
                SIGHTINGS.c.capture,
                func.min(SIGHTINGS.c.seen_at).over(partition_by=page).label("first"),
                func.max(SIGHTINGS.c.seen_at).over(partition_by=page).label("last"),
                func.row_number()
                .over(partition_by=page, order_by=(*best, CAPTURES.c.id))
                .label("place"),
            )
            .join(ARTICLES, SIGHTINGS.c.article == ARTICLES.c.id)
            .join(CAPTURES, SIGHTINGS.c.capture == CAPTURES.c.id)
            .where(ARTICLES.c.page.in_(pages))
            .subquery()
        )
        query = (
            select(seen.c.first, seen.c.last, CAPTURES.c.doc)
            .join(CAPTURES, CAPTURES.c.id == seen.c.capture)
            .where(seen.c.place == 1)
            .order_by(CAPTURES.c.page)
        )
        with self._connect() as db:
            for first, last, doc in db.execute(query):
                capture = msgspec.json.decode(doc, type=Capture)
                ours = not capture.memento_of and capture.route not in evidence.NOT_OURS
                # An archive's validators say nothing to the outlet. To those of an answer that was
                # cut off, the outlet would say that nothing changed, and what lacks never come.
                tagged = not capture.memento_of and capture.whole
                tags = (capture.etag, capture.last_modified) if tagged else (None, None)
                yield Known(
                    capture.page_url, *tags, first, last, ours=ours,
                    broke_off=not capture.whole and _breaks_off(db, capture.id),
                )  # fmt: skip

    def had(self, source: str) -> dict[str, evidence.Had]:
        """What the pages of a source (id, or site) answered, by canonical URL."""
        with self._connect() as db:
            return evidence.had(db, source)

    def redirects(self, pages: Iterable[str]) -> dict[str, str]:
        """Where archived redirects of these pages end (canonical URLs); only of those that moved.

        The newest answer of each address counts. A circle leads nowhere and is left out.
        """
        step: dict[str, str] = {}
        asked: set[str] = set()
        wanted = set(pages)
        for _ in range(MAX_REDIRECTS):
            if not (wanted := wanted - asked):
                break
            asked |= wanted
            found = self._redirected(wanted)
            step |= found
            wanted = set(found.values())
        ends = {page: _end(page, step) for page in step}
        return {page: end for page, end in ends.items() if end and end != page}

    def _redirected(self, pages: Iterable[str]) -> dict[str, str]:
        """One step of `redirects`."""
        found: dict[str, str] = {}
        with self._connect() as db:
            for some in portions(sorted(pages)):
                query = (
                    select(CAPTURES.c.page, CAPTURES.c.doc)
                    .where(CAPTURES.c.page.in_(some), CAPTURES.c.status.in_(MOVED))
                    .order_by(CAPTURES.c.page, CAPTURES.c.fetched_at, CAPTURES.c.id)
                )
                for page, doc in db.execute(query):
                    capture = msgspec.json.decode(doc, type=Capture)
                    location = capture.location
                    if location and (to := leads_to(capture.url, location)):
                        copied = REPLAY.search(to) if capture.memento_of else None
                        found[page] = canonical_url(copied[2] if copied else to)
        return {page: to for page, to in found.items() if to != page}

    def histories(self, pages: Iterable[str]) -> dict[str, History]:
        """What became of each of these pages (canonical URLs)."""
        asked = sorted(set(pages))
        seen: dict[str, list[tuple[Article, str, str]]] = {}
        sights: dict[str, list[Sight]] = defaultdict(list)
        with self._connect() as db:
            for some in portions(plain(page) for page in asked):
                first, last = func.min(SIGHTINGS.c.seen_at), func.max(SIGHTINGS.c.seen_at)
                query = (
                    select(ARTICLES.c.page, ARTICLES.c.doc, first, last)
                    .join(SIGHTINGS, SIGHTINGS.c.article == ARTICLES.c.id)
                    .where(ARTICLES.c.page.in_(some))
                    .group_by(ARTICLES.c.id, ARTICLES.c.page, ARTICLES.c.doc)
                    .order_by(ARTICLES.c.page, first, ARTICLES.c.id)
                )
                for page, doc, since, until in db.execute(query):
                    article = msgspec.json.decode(doc, type=Article)
                    seen.setdefault(page, []).append((article, since, until))
                for page, sight in _sights(db, some):
                    sights[page].append(sight)
        return {
            page: history(page, seen[plain(page)], sorted(sights[plain(page)]))
            for page in asked
            if plain(page) in seen
        }

    def pages(self) -> Iterator[PageSeen]:
        """Every article page once, by canonical URL, as its last captured version has it."""
        query = select(
            ARTICLES.c.page, ARTICLES.c.source, ARTICLES.c.captured_at, ARTICLES.c.doc
        ).order_by(ARTICLES.c.page, ARTICLES.c.captured_at, ARTICLES.c.id)
        last: PageSeen | None = None
        with self._connect() as db:
            for page, source, at, doc in db.execute(query):
                part = msgspec.json.decode(doc, type=_Dated)
                if last is not None and last.page == page:
                    at = last.first_captured
                elif last is not None:
                    yield last
                last = PageSeen(page, source, part.outlet, part.published_at, at)
        if last is not None:
            yield last

    def notices(self, pages: Iterable[str]) -> dict[str, tuple[Notice, ...]]:
        """What feeds, sitemaps, APIs and web archives say of these pages (canonical URLs)."""
        found: dict[str, tuple[Notice, ...]] = {}
        with self._connect() as db:
            for some in portions(sorted({plain(page) for page in pages})):
                for page, one in evidence.notices_of(db, some):
                    found[page] = (*found.get(page, ()), one)
        return found

    def all_notices(self) -> Iterator[Notice]:
        """Every notice, by the page that it is of."""
        with self._connect() as db:
            yield from evidence.all_notices(db)

    def first_sights(self, pages: Iterable[str]) -> dict[str, Sights]:
        """When these pages were first seen: by us, and by others whose captures we have."""
        found: dict[str, Sights] = {}
        with self._connect() as db:
            for some in portions(sorted({plain(page) for page in pages})):
                for page, at, whose in evidence.sights_of(db, some):
                    old = found.get(page, Sights())
                    if whose == "first-sight":
                        found[page] = old._replace(ours=min(old.ours or at, at))
                    elif (at, whose) < (old.others or "~", old.whose):
                        found[page] = old._replace(others=at, whose=whose)
        return found

    def judgments(self) -> list[Judgment]:
        """What people judged, the newest first."""
        with self._connect() as db:
            return list(evidence.judgments(db))

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with told(self._engine), self._engine.connect() as db:
            yield db


def _sights(db: Connection, pages: list[str]) -> Iterator[tuple[str, Sight]]:
    """What each capture of these pages showed."""
    shown = (
        select(ARTICLES.c.page, SIGHTINGS.c.seen_at, SIGHTINGS.c.capture, ARTICLES.c.id)
        .join(SIGHTINGS, SIGHTINGS.c.article == ARTICLES.c.id)
        .where(ARTICLES.c.page.in_(pages))
    )
    for page, *sight in db.execute(shown):
        yield page, Sight(*sight)
    missing = select(CAPTURES.c.page, CAPTURES.c.doc).where(
        CAPTURES.c.page.in_(pages), CAPTURES.c.status.in_(GONE)
    )
    for page, doc in db.execute(missing):
        capture = msgspec.json.decode(doc, type=Capture)
        # A challenge says nothing of the page, whatever status it comes with.
        if capture.page_kind is None:
            yield page, Sight(capture.shown_at, capture.id, None)


def _breaks_off(db: Connection, capture: str) -> bool:
    """Whether the article that a capture shows lacks its end."""
    query = select(ARTICLES.c.doc).join(SIGHTINGS, SIGHTINGS.c.article == ARTICLES.c.id)
    docs = db.scalars(query.where(SIGHTINGS.c.capture == capture))
    return any(msgspec.json.decode(doc, type=Article).broke_off for doc in docs)


def _end(page: str, step: dict[str, str]) -> str | None:
    been = {page}
    while page in step:
        page = step[page]
        if page in been:
            return None
        been.add(page)
    return page
