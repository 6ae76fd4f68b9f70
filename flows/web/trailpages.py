"""Trails: the list of them, and one in full."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from msgspec import to_builtins

from flows.gathering import every_trail
from flows.web.answers import download, json_lines, no_such, page, table
from flows.web.display import render
from flows.web.graph import graph
from flows.web.report import report
from flows.web.room import Room
from flows.web.telling import WORDS, told
from storage.findings import Copy, Trail

ON_A_PAGE = 12  # each is gathered from its pages when it is first shown: 5 ms
COLUMNS = ("trail", "copy", "copy_outlet", "original", "original_outlet", "kind",
           "contained_in_original", "contains_of_original", "verdict", "reason",
           "source_named", "copyright_line", "hyperlink", "hyperlink_leads_to",
           "author_kept")  # fmt: skip


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/trails")
    def trails(at: Annotated[int, Query(ge=1, le=100_000)] = 1) -> HTMLResponse:
        count = len(room.shelf().families)
        return page(
            "trails.html", trails=room.newest_trails(ON_A_PAGE * (at - 1), ON_A_PAGE), at=at,
            count=count, pages=max(1, -(-count // ON_A_PAGE)), **WORDS,
        )  # fmt: skip

    @router.get("/trails.json")
    def as_json() -> StreamingResponse:
        return json_lines(_all(room), "trails.jsonl")

    @router.get("/trails.csv")
    def as_csv() -> StreamingResponse:
        return table(COLUMNS, _rows(room), "trails.csv")

    @router.get("/trails/{name}.json")
    def one_as_json(name: str) -> JSONResponse:
        return JSONResponse(to_builtins(_named(room, name)))

    @router.get("/trails/{name}/report")
    def one_report(name: str) -> StreamingResponse:
        trail = _named(room, name)
        made = report(room.context, told(room.catalog, trail)).encode()
        return download([made], f"trail-{trail.id}.html")

    @router.get("/trails/{name}")
    def one(name: str) -> Response:
        trail = _named(room, name)
        return HTMLResponse(room.once(("page", trail.id), lambda: _page(room, trail), large=True))

    return router


def _page(room: Room, trail: Trail) -> str:
    found = told(room.catalog, trail)
    return render("trail.html", told=found, trail=trail, graph=graph(trail), **WORDS)


def _named(room: Room, name: str) -> Trail:
    trail = room.named_trail(name)
    if trail is None:
        raise no_such("No trail has that name. Its pages share their text with no other page now.")
    return trail


def _all(room: Room) -> Iterator[Trail]:
    return every_trail(room.catalog, room.sources, room.shelf().families)


def _rows(room: Room) -> Iterator[tuple[object, ...]]:
    for trail in _all(room):
        outlets = {article.url: article.outlet for article in trail.articles}
        for copy in trail.copies:
            yield _row(trail, copy, outlets)


def _row(trail: Trail, copy: Copy, outlets: dict[str, str]) -> tuple[object, ...]:
    facts = copy.attribution
    return (
        trail.id, copy.copy_url, outlets.get(copy.copy_url, ""), copy.original_url or "",
        outlets.get(copy.original_url or "", ""), copy.kind or "", copy.contained_in_original,
        copy.contains_of_original, copy.verdict, copy.reason, facts.source_named,
        facts.copyright_line or "", facts.hyperlink or "", facts.hyperlink_leads_to or "",
        facts.author_kept,
    )  # fmt: skip
