"""One trail as an HTML file that stands alone: it asks nobody for anything, runs nothing, prints as
it is, and holds the records themselves, so that who receives it can check every sum by hand."""

import base64
from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from flows.context import Context
from flows.web.display import HERE, render
from flows.web.graph import graph
from flows.web.sides import Sides, sides
from flows.web.telling import WORDS, Told
from flows.web.wire import Sealed, key_of, record_pieces, sealed
from storage import log
from storage.findings import Copy
from storage.identity import now, sha256_hex
from storage.objects import StoreError
from storage.records import Article, Capture

LARGEST_RECORD = 2 * 1024 * 1024  # bytes of a record that goes into the file; pages have 100 kB
LARGEST_REPORT = 12 * 1024 * 1024
"""Bytes of all of them: in base64 16 MiB, which most mail servers still take."""


class Evidence(Struct, frozen=True, kw_only=True):
    """One version, the capture that it was read from, and what seals that."""

    article: Article
    capture: Capture | None
    key: str
    sealed: Sealed
    record: str | None
    """The WARC record in base64; None where it is too long, or could not be read."""
    record_sha256: str | None
    why_not: str | None


class Compared(Struct, frozen=True, kw_only=True):
    """A copy beside its original."""

    copy: Copy
    sides: Sides


def report(context: Context, told: Told) -> str:
    """The file's text. Raises CatalogError, StoreError."""
    style = (HERE / "static" / "room.css").read_text(encoding="utf-8")
    return render(
        "report.html",
        told=told,
        trail=told.trail,
        graph=graph(told.trail),
        style=Markup(style),  # noqa: S704 - our own file
        compared=list(_compared(told)),
        evidence=list(_evidence(context, told)),
        made=now(),
        head=log.head(context.store),
        **WORDS,
    )


def _compared(told: Told) -> Iterator[Compared]:
    for copy in told.trail.copies:
        original = told.articles.get(copy.original_article or "")
        taker = told.articles.get(copy.copy_article)
        if original and taker:
            yield Compared(copy=copy, sides=sides(original, taker))


def _evidence(context: Context, told: Told) -> Iterator[Evidence]:
    left = LARGEST_REPORT
    for article in sorted(told.articles.values(), key=lambda one: (one.captured_at, one.id)):
        capture = context.catalog.capture(article.capture)
        place = article.warc
        seq = (context.catalog.run(place.run) or (None, None))[0]
        record, why_not = None, None
        if capture is None:
            why_not = "the catalog does not have the capture"
        elif place.length > min(LARGEST_RECORD, left):
            why_not = f"it has {place.length:,} bytes; the archive holds it"
        else:
            try:
                record = b"".join(record_pieces(context.store, capture))
                left -= len(record)
            except StoreError as error:
                why_not = str(error)
        yield Evidence(
            article=article,
            capture=capture,
            key=key_of(capture) if capture else f"runs/{place.run}/warc/{place.file}",
            sealed=sealed(context, place.run, f"warc/{place.file}", seq),
            record=base64.b64encode(record).decode() if record else None,
            record_sha256=sha256_hex(record) if record else None,
            why_not=why_not,
        )
