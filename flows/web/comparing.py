"""Side by side: an original and its copy, or two versions of a page."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from flows import tracing
from flows.web.answers import no_such, page
from flows.web.room import Room
from flows.web.sides import sides
from storage.records import Article


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/compare")
    def compare(
        left: str = "",
        right: str = "",
        copy: str = "",
        original: str | None = None,
        all_parts: Annotated[bool, Query(alias="all")] = True,
    ) -> HTMLResponse:
        """By the ids of two versions, or by the addresses of a copy and its original."""
        pair = _by_pages(room, copy, original) if copy else _by_ids(room, left, right)
        found = sides(*pair)
        versions = pair[0].canonical_url == pair[1].canonical_url
        return page("compare.html", sides=found, versions=versions, all=all_parts)

    return router


def _by_ids(room: Room, left: str, right: str) -> tuple[Article, Article]:
    found = room.catalog.articles_by_id([left, right])
    if left not in found or right not in found:
        raise no_such("Of these two versions one is not in the catalog.")
    return found[left], found[right]


def _by_pages(room: Room, copy: str, original: str | None) -> tuple[Article, Article]:
    pair = tracing.pair(room.context, copy, original)
    if pair is None:
        raise no_such("That page is no copy of an archived original; name the other page, too.")
    return pair
