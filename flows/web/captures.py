"""One exchange as it was on the wire, with what seals it and how to check it without us."""

import re
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from flows.web.answers import download, no_such, page
from flows.web.room import Room
from flows.web.wire import key_of, record_pieces, response_pieces, sealed, wire
from storage.records import Capture

_PLAIN = re.compile(r"[^A-Za-z0-9-]+")


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()

    @router.get("/captures/{name:path}/record.warc.gz")
    def record(name: str) -> StreamingResponse:
        capture = _named(room, name)
        pieces = record_pieces(room.context.store, capture)
        return download(pieces, f"{_file(capture)}.warc{'.gz' if _is_packed(capture) else ''}")

    @router.get("/captures/{name:path}/response.bin")
    def response(name: str) -> StreamingResponse:
        capture = _named(room, name)
        pieces = response_pieces(room.context.store, capture)
        return download(pieces, f"{_file(capture)}.http")

    @router.get("/captures/{name:path}")
    def one(request: Request, name: str) -> HTMLResponse:
        capture = _named(room, name)
        seq, run = room.catalog.run(capture.warc.run) or (None, None)
        return page(
            "capture.html", capture=capture, wire=wire(room.context, capture), run=run, seq=seq,
            sealed=sealed(room.context, capture.warc.run, f"warc/{capture.warc.file}", seq),
            article=room.catalog.read_from(capture.id), key=key_of(capture),
            packed=_is_packed(capture), replay=_replay(room, request, capture),
        )  # fmt: skip

    return router


def _named(room: Room, name: str) -> Capture:
    capture = room.catalog.capture(name)
    if capture is None:
        raise no_such("There is no capture of that name.")
    return capture


def _replay(room: Room, request: Request, capture: Capture) -> str | None:
    """Where the page is replayed, if it is one and a player is set up."""
    page_like = (capture.mime or "").lower() in ("text/html", "application/xhtml+xml")
    if room.replay_port is None or capture.status != 200 or not page_like:
        return None
    host = (request.url.hostname or "").strip("[]")
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{room.replay_port}/pages/{quote(capture.id, safe='')}"


def _is_packed(capture: Capture) -> bool:
    """Other tools' files need not be."""
    return capture.warc.file.endswith(".gz")


def _file(capture: Capture) -> str:
    """A file's name of the capture's id, which in other tools' records is anything."""
    return _PLAIN.sub("-", capture.id)[:80].strip("-") or "capture"
