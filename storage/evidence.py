"""Notices and judgments in the catalog: what was said of pages elsewhere than on them."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from storage.identity import canonical_url
from storage.records import LOOKS, Capture, Judgment, Notice
from storage.schema import ARTICLES, CAPTURES, JUDGMENTS, NOTICES, SIGHTINGS, plain

Whose = Literal["first-sight", "import", "web-archive"]
NOT_OURS: dict[str, Whose] = {"import": "import", "backfill-wayback": "web-archive"}
"""Routes by which somebody else's capture came to us: its time is what they say."""


class _Visit(msgspec.Struct):
    """What of a capture says whose it was."""

    route: str


def take_notices(db: Connection, notices: Iterable[Notice]) -> None:
    """Keep the earliest capture of each statement: a feed says the same on every visit."""
    for one in notices:
        key = {
            "page": plain(canonical_url(one.url)),
            "kind": one.kind,
            "says": one.says,
            "value": one.value,
        }
        same = [NOTICES.c[name] == value for name, value in key.items()]
        old = db.scalar(select(NOTICES.c.doc).where(*same))
        if old is not None:
            known = msgspec.json.decode(old, type=Notice)
            if (known.seen_at, known.capture, known.place) <= (one.seen_at, one.capture, one.place):
                continue
            db.execute(NOTICES.delete().where(*same))
        doc = msgspec.json.encode(one).decode()
        db.execute(NOTICES.insert().values(**key, seen_at=one.seen_at, doc=doc))


def take_judgments(db: Connection, judgments: Iterable[Judgment]) -> None:
    """Every judgment stays."""
    for one in judgments:
        if db.scalar(select(JUDGMENTS.c.id).where(JUDGMENTS.c.id == one.id)) is None:
            doc = msgspec.json.encode(one).decode()
            db.execute(JUDGMENTS.insert().values(id=one.id, at=one.at, doc=doc))


_NOTICES = select(NOTICES.c.page, NOTICES.c.doc).order_by(
    NOTICES.c.page, NOTICES.c.kind, NOTICES.c.says, NOTICES.c.value
)


def all_notices(db: Connection) -> Iterator[Notice]:
    """In the order of page, kind, statement and value."""
    for _, doc in db.execute(_NOTICES):
        yield msgspec.json.decode(doc, type=Notice)


def notices_of(db: Connection, pages: list[str]) -> Iterator[tuple[str, Notice]]:
    """(page, notice) in the order of page, kind, statement and value."""
    for page, doc in db.execute(_NOTICES.where(NOTICES.c.page.in_(pages))):
        yield page, msgspec.json.decode(doc, type=Notice)


def sights_of(db: Connection, pages: list[str]) -> Iterator[tuple[str, str, Whose]]:
    """(page, when an article was seen there, by whom), in no order."""
    query = (
        select(ARTICLES.c.page, SIGHTINGS.c.seen_at, CAPTURES.c.doc)
        .join(SIGHTINGS, SIGHTINGS.c.article == ARTICLES.c.id)
        .join(CAPTURES, CAPTURES.c.id == SIGHTINGS.c.capture)
        .where(ARTICLES.c.page.in_(pages))
    )
    for page, seen_at, doc in db.execute(query):
        route = msgspec.json.decode(doc, type=_Visit).route
        yield page, seen_at, NOT_OURS.get(route, "first-sight")


class Had(NamedTuple):
    """That a page answered once, so that no backfill need ask for it again."""

    ours: bool
    """Whether we were there ourselves."""
    gone: bool
    """Whether all answers said that it is not there."""


def had(db: Connection, source: str) -> dict[str, Had]:
    """What pages of a source (id, or site) answered, by canonical URL. Walls, errors, what was cut
    off and what an archive says of itself are no answer."""
    found: dict[str, Had] = {}
    query = select(CAPTURES.c.doc).where(CAPTURES.c.source == plain(source))
    for doc in db.scalars(query):
        one = msgspec.json.decode(doc, type=Capture)
        answered = one.status is not None and (one.status < 400 or one.status in (404, 410))
        if (
            one.page_kind not in (None, "soft-404")
            or one.why in LOOKS
            or not (answered and one.whole)
        ):
            continue
        if one.route != "backfill-wayback" or one.memento_of:
            page = canonical_url(one.page_url)
            old = found.get(page, Had(ours=False, gone=True))
            gone = one.status in (404, 410) or one.page_kind == "soft-404"
            found[page] = Had(old.ours or one.route not in NOT_OURS, old.gone and gone)
    return found


def judgments(db: Connection) -> Iterator[Judgment]:
    """All, the newest first."""
    query = select(JUDGMENTS.c.doc).order_by(JUDGMENTS.c.at.desc(), JUDGMENTS.c.id.desc())
    for doc in db.scalars(query):
        yield msgspec.json.decode(doc, type=Judgment)
