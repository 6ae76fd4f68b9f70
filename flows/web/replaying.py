"""Replay of a captured page by replayweb.page: an illustration, never evidence.

Its two scripts are not ours (AGPL): they are fetched at set-up, and the room has replay only where
their folder is named. It is served at a port of its own, which for a browser is another origin:
what an archived page runs there can read nothing of the room.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from flows.web.display import HERE, render
from flows.web.room import Room
from flows.web.wire import record_pieces
from storage.records import Capture
from storage.warcstream import GZIP_MAGIC

UI, WORKER = "ui.js", "sw.js"
MOST = 500  # records of one page: styles, pictures, fonts; most pages have some dozens
LARGEST = 64 * 1024 * 1024  # bytes of all of them; the player keeps them in the browser
# What the player needs. Its worker answers for the archived page, within a policy of its own.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
    "worker-src 'self'; frame-src 'self'; connect-src 'self' data: blob:; object-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
# What its worker answers there, for a browser in which the worker is not at work yet.
FRAME = f"<!doctype html><script src='/{UI}'></script><replay-app-main></replay-app-main>"
HEADERS = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"}


def is_player(folder: Path) -> bool:
    """Whether a folder has the player's scripts."""
    return (folder / UI).is_file() and (folder / WORKER).is_file()


def player(room: Room, folder: Path) -> Starlette:
    """The addresses of the second port."""

    def embedded(request: Request) -> Response:
        capture = room.catalog.capture(request.path_params["name"])
        if capture is None:
            return HTMLResponse("There is no capture of that name.", 404)
        return HTMLResponse(render("replay.html", capture=capture), headers=HEADERS)

    def records(request: Request) -> Response:
        capture = room.catalog.capture(request.path_params["name"])
        if capture is None:
            return Response(status_code=404)
        kept = b"".join(_records(room, capture))  # whole, for the player asks for its length
        return Response(kept, media_type="application/warc", headers=HEADERS)

    def file(at: str, path: Path, kind: str = "text/javascript") -> Route:
        def given(_: Request) -> Response:
            return FileResponse(path, media_type=kind, headers=HEADERS)

        return Route(at, given)

    def frame(_: Request) -> Response:
        return HTMLResponse(FRAME, headers=HEADERS)

    return Starlette(
        routes=[
            file(f"/{UI}", folder / UI),
            file(f"/replay/{UI}", folder / UI),
            file(f"/replay/{WORKER}", folder / WORKER),
            file("/room.css", HERE / "static" / "room.css", "text/css"),
            Route("/replay/", frame),
            Route("/records/{name:path}.warc.gz", records),
            Route("/pages/{name:path}", embedded),
        ]
    )


def _records(room: Room, capture: Capture) -> Iterator[bytes]:
    """The page, and what it was the first to ask for in the same run, as they lie there."""
    left = LARGEST
    for one in _needed(room, capture):
        if one.warc.length <= left:
            left -= one.warc.length
            kept = b"".join(record_pieces(room.context.store, one))
            # Packed and plain records in one file cannot be read.
            yield kept if kept.startswith(GZIP_MAGIC) else gzip.compress(kept)


def _needed(room: Room, capture: Capture) -> list[Capture]:
    found, askers = [capture], {capture.url}
    for one in room.catalog.captures(run=capture.warc.run):  # a stylesheet before its own
        if one.why in ("requisite", "medium", "redirect") and one.via in askers:
            askers.add(one.url)
            found.append(one)
    return found[:MOST]
