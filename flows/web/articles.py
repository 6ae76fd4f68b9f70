"""One version of a page: each field with where it came from, and what became of the page."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from msgspec import Struct, to_builtins

from flows.commands.views import WHAT
from flows.crossposts.lifelines import Lifeline, lifeline
from flows.gathering import first_published, state
from flows.text.unicode import norms
from flows.web.answers import no_such, page
from flows.web.display import at_article
from flows.web.room import Room
from flows.web.timeline import interval_words
from storage.findings import FirstPublished, Trail
from storage.identity import canonical_url
from storage.lookup import Earlier
from storage.records import Article, Capture

CAPTURES = 100  # of a page that are listed, the newest
NORMAL_WORDS = 400  # of the normal form that are shown: how it was made is seen by then


class Shown(Struct, frozen=True, kw_only=True):
    """All that is shown of a version."""

    article: Article
    number: int
    line: Lifeline
    state: str
    first: FirstPublished | None
    captures: tuple[Capture, ...]
    more_captures: int
    earlier: tuple[Earlier, ...]
    trail: Trail | None
    recorded_in: str | None
    normal: str


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/page")
    def newest(url: str) -> RedirectResponse:
        history = room.catalog.histories([canonical_url(url)]).get(canonical_url(url))
        if history is None:
            raise no_such(f"{url} is not archived as an article.")
        return RedirectResponse(at_article(history.current.id), 303)

    @router.get("/articles/{name}.json")
    def as_json(name: str) -> JSONResponse:
        article = _named(room, name)
        return JSONResponse(to_builtins(article) | {"text": article.text})

    @router.get("/articles/{name}")
    def one(name: str) -> HTMLResponse:
        found = _shown(room, _named(room, name))
        return page(
            "article.html", shown=found, article=found.article, WHAT=WHAT,
            interval=_interval(found),
            provenance={one.field: one for one in found.article.provenance},
        )  # fmt: skip

    return router


def _named(room: Room, name: str) -> Article:
    article = room.catalog.articles_by_id([name]).get(name)
    if article is None:
        raise no_such("There is no version of that name.")
    return article


def _shown(room: Room, article: Article) -> Shown:
    catalog, key = room.catalog, article.canonical_url
    history = catalog.histories([key])[key]
    captures = list(catalog.captures(page=key))
    return Shown(
        article=article,
        number=history.number(article.id),
        line=lifeline(history),
        state=state(history),
        first=first_published(catalog, key),
        captures=tuple(reversed(captures[-CAPTURES:])),
        more_captures=max(len(captures) - CAPTURES, 0),
        earlier=tuple(catalog.earlier(page=key)),
        trail=room.trail(article.url),
        recorded_in=catalog.recorded_in(article.id),
        normal=" ".join(norms(article.text)[:NORMAL_WORDS]),
    )


def _interval(found: Shown) -> str:
    trail = found.trail
    mine = [one for one in trail.articles if one.url == found.line.url] if trail else []
    if mine:
        return interval_words(mine[0])
    first = found.first
    if first is None:
        return "not known"
    end = f"by {first.latest[:16].replace('T', ' ')} UTC ({first.basis})"
    return f"{first.earliest[:16].replace('T', ' ')} or later, {end}" if first.earliest else end
