"""Who copies whom, over all trails."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from flows import drawing
from flows.crossposts.network import Network
from flows.web.answers import download, no_such, page, picture
from flows.web.finding import DAY
from flows.web.room import Room

PATIENCE = 0.15  # seconds that an answer waits: nearly all archives are done by then
LONG_PATIENCE = 120.0  # for a file, which a browser cannot ask for again

Day = Annotated[str, Query(pattern=DAY)]


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/network")
    def network(since: Day = "", until: Day = "") -> HTMLResponse:
        found = room.network(since or None, until or None, PATIENCE)
        names = {one.id: one.name for one in found.network.outlets} if found.network else {}
        return page("network.html", drawing=found, since=since, until=until, names=names)

    @router.get("/network.svg")
    def as_svg(since: Day = "", until: Day = "") -> Response:
        return picture(drawing.svg(_whole(room, since, until)))

    @router.get("/network.graphml")
    def as_graphml(since: Day = "", until: Day = "") -> StreamingResponse:
        return download([drawing.graphml(_whole(room, since, until))], "network.graphml")

    @router.get("/network.csv")
    def as_csv(since: Day = "", until: Day = "") -> StreamingResponse:
        text = drawing.csv_text(_whole(room, since, until))
        return download([text.encode()], "network.csv", "text/csv; charset=utf-8")

    @router.get("/network.json")
    def as_json(since: Day = "", until: Day = "") -> JSONResponse:
        return JSONResponse(msgspec.to_builtins(_whole(room, since, until)))

    return router


def _whole(room: Room, since: str, until: str) -> Network:
    found = room.network(since or None, until or None, LONG_PATIENCE).network
    if found is None:
        raise no_such("The network is still being worked out; ask again in a minute.")
    return found
