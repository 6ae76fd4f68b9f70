"""Who copies whom, over all trails."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from flows import drawing
from flows.crossposts.network import Network
from flows.web.answers import download, page, picture
from flows.web.finding import DAY
from flows.web.room import Room

PATIENCE = 0.15  # seconds that an answer waits: nearly all archives are done by then
LONG_PATIENCE = 120.0  # for a file, which a browser cannot ask for again

ROWS = 200  # of a table; who wants to read more takes a file

Day = Annotated[str, Query(pattern=DAY)]


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/network")
    def network(since: Day = "", until: Day = "") -> HTMLResponse:
        found = room.network(since or None, until or None, PATIENCE)
        return page(
            "network.html", drawing=found, since=since, until=until, **_shown(found.network)
        )

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


def _shown(found: Network | None) -> dict[str, Any]:
    """The rows of the tables, those with most copies; the files have all."""
    flows = sorted(found.flows, key=lambda one: -one.copies) if found else []
    outlets = sorted(found.outlets, key=lambda one: -one.taken - one.copied) if found else []
    return {
        "flows": flows[:ROWS],
        "outlets": outlets[:ROWS],
        "more_flows": max(len(flows) - ROWS, 0),
        "more_outlets": max(len(outlets) - ROWS, 0),
        "names": {one.id: one.name for one in outlets},
    }


def _whole(room: Room, since: str, until: str) -> Network:
    drawing = room.network(since or None, until or None, LONG_PATIENCE)
    if drawing.network is None:
        said = drawing.trouble or "The network is still being worked out; ask again in a minute."
        raise HTTPException(503, said)
    return drawing.network
