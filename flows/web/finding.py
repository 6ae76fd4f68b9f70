"""Search, with facets, pages, and every list as CSV and JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, StreamingResponse
from markupsafe import Markup
from msgspec import Struct, to_builtins

from flows.web.answers import json_lines, page, table
from flows.web.display import address, highlighted, page_id
from flows.web.room import Room
from storage.identity import canonical_url
from storage.records import Article
from storage.searching import MOST, Found, Hit, Wanted, folded, terms

ON_A_PAGE = 20
FACETS = 12  # values of a facet that are offered, the most frequent
AROUND = 160  # characters before and after the first word that was found
LONGEST = 500  # letters of a query
DAY = r"^(\d{4}(-\d\d(-\d\d)?)?)?$"
COLUMNS = ("id", "url", "outlet", "source", "title", "published_at", "authors", "language",
           "credits", "captured_at", "capture", "words")  # fmt: skip


class Asked(Struct, frozen=True, kw_only=True):
    """What the address asks for; "" where it does not say."""

    q: str
    field: str
    source: str
    language: str
    credits: str
    since: str
    until: str
    sort: str

    def but(self, **other: Any) -> str:
        """The address of the same search with something else."""
        return address("/search", **(to_builtins(self) | other))


class Shown(Struct, frozen=True, kw_only=True):
    """A hit, and where its words stand."""

    article: Article
    snippet: Markup
    trailed: bool


ANY = "*"
"""In the address: a page that credits anybody."""


def _asked(
    q: Annotated[str, Query(max_length=LONGEST)] = "",
    field: Annotated[str, Query(pattern="^(title|claims|outlet|body)?$")] = "",
    source: str = "",
    language: Annotated[str, Query(max_length=8)] = "",
    credited: Annotated[str, Query(alias="credits", max_length=LONGEST)] = "",
    since: Annotated[str, Query(pattern=DAY)] = "",
    until: Annotated[str, Query(pattern=DAY)] = "",
    sort: Annotated[str, Query(pattern="^(newest|oldest|best)?$")] = "",
) -> Asked:
    return Asked(
        q=q, field=field, source=source, language=language, credits=credited, since=since,
        until=until, sort=sort,
    )  # fmt: skip


Asking = Annotated[Asked, Depends(_asked)]


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/search")
    def search(
        asked: Asking,
        at: Annotated[int, Query(ge=1, le=MOST // ON_A_PAGE)] = 1,
        part: bool = False,
    ) -> HTMLResponse:
        found = _found(room, asked)
        hits = found.hits[ON_A_PAGE * (at - 1) : ON_A_PAGE * at]
        articles = room.catalog.articles_numbered([hit.n for hit in hits])
        place = room.shelf().place
        shown = [_shown(article, asked, place) for article in articles]
        return page(
            "results.html" if part else "search.html", asked=asked, found=found, shown=shown, at=at,
            pages=max(1, -(-len(found.hits) // ON_A_PAGE)), facets=_facets(found.hits, room),
            most=MOST, ANY=ANY,
        )  # fmt: skip

    @router.get("/search.json")
    def as_json(asked: Asking) -> StreamingResponse:
        rows = (to_builtins(article) | {"text": article.text} for article in _all(room, asked))
        return json_lines(rows, "articles.jsonl")

    @router.get("/search.csv")
    def as_csv(asked: Asking) -> StreamingResponse:
        return table(COLUMNS, map(_row, _all(room, asked)), "articles.csv")

    return router


def _found(room: Room, asked: Asked) -> Found:
    field: Any = asked.field or None
    sort: Any = asked.sort or ("best" if terms(asked.q) else "newest")
    until = asked.until + "-99-99"[len(asked.until) - 4 :] if asked.until else ""
    wanted = Wanted(
        words=asked.q,
        field=field,
        source=asked.source or None,
        language=asked.language or None,
        credits_to="" if asked.credits == ANY else asked.credits or None,
        since=asked.since or None,
        until=until or None,
        sort=sort,
    )
    return room.once(("search", wanted), lambda: room.catalog.search(wanted), large=True)


def _facets(hits: Sequence[Hit], room: Room) -> dict[str, list[tuple[str, str, int]]]:
    """Name of a facet → its values: value, as shown, how many hits."""
    names = {source.id: source.name for source in room.sources}
    counts = {
        "source": Counter(hit.source for hit in hits),
        "language": Counter(hit.language for hit in hits if hit.language),
        "credits": Counter(hit.credits_to for hit in hits if hit.credits_to),
        "since": Counter(hit.day[:4] for hit in hits),
    }
    return {
        name: [
            (value, names.get(value, value) if name == "source" else value, count)
            for value, count in sorted(some.items(), key=lambda pair: (-pair[1], pair[0]))[:FACETS]
        ]
        for name, some in counts.items()
    }


def _shown(article: Article, asked: Asked, place: dict[str, str]) -> Shown:
    return Shown(
        article=article,
        snippet=_snippet(article, asked.q),
        trailed=page_id(canonical_url(article.url)) in place,
    )


def _snippet(article: Article, words: str) -> Markup:
    """The text around the first word that was found, as printed."""
    text = article.text
    wanted = {one for left_out, some in terms(words) if not left_out for one in some}
    at = 0
    if wanted:
        for start in range(0, min(len(text), 200_000), AROUND):
            piece = text[max(start - 20, 0) : start + AROUND + 20]
            if wanted & set(folded(piece).split()):
                at = max(start - AROUND // 4, 0)
                break
    start = text.find(" ", at) + 1 if at else 0  # not in the middle of a word
    snippet = text[start : start + 2 * AROUND]
    if len(text) > start + len(snippet):
        snippet = snippet.rpartition(" ")[0] + " …"
    return highlighted(("… " if start else "") + snippet, wanted)


def _all(room: Room, asked: Asked) -> Iterator[Article]:
    return room.catalog.articles_numbered([hit.n for hit in _found(room, asked).hits])


def _row(article: Article) -> tuple[object, ...]:
    origin = article.republished_from
    return (
        article.id, article.url, article.outlet, article.source, article.title,
        article.published_at or "", "; ".join(article.authors), article.language or "",
        (origin.name or origin.url or "") if origin else "", article.captured_at, article.capture,
        article.words,
    )  # fmt: skip
