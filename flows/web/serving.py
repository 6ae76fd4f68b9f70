"""The reading room as a server."""

import socket
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from flows.context import Context
from flows.web import replaying
from flows.web.app import application
from flows.web.guard import Guard
from flows.web.room import Room

MOST_AT_ONCE = 128  # requests under way; further ones are told to come back (503)
BACKLOG = 128  # connections that wait to be taken
IDLE_SECONDS = 5  # that a connection may wait for its next request
LAST_SECONDS = 3  # that answers under way have when the room closes


class NoAddress(Exception):
    """Host and port cannot be had. The message names them, and says why."""


def serve(
    context: Context, host: str, port: int, *, names: Collection[str], token: str,
    player: Path | None, on_open: Callable[[str], None],
) -> None:  # fmt: skip
    """Serve until interrupted. `on_open` gets the room's address; `player`: the folder with the
    scripts that replay pages. Raises NoAddress, CatalogError where there is nothing to
    show."""
    room = Room(context)
    room.catalog.last_seq()  # trouble with the catalog is told before anybody waits for a page
    listening = _listen(host, port)
    every = [host, *names]
    replay_port = None
    if player:
        second = _listen(host, 0)
        replay_port = second.getsockname()[1]
        guarded = Guard(replaying.player(room, player), names=every, token=token)
        server = uvicorn.Server(_config(guarded))
        # Signals go to the room's own server; this one ends with the process.
        threading.Thread(target=server.run, args=([second],), daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    on_open(f"http://{shown}:{listening.getsockname()[1]}/")
    app = application(room, names=every, token=token, replay_port=replay_port)
    uvicorn.Server(_config(app)).run(sockets=[listening])


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app, access_log=False, server_header=False, proxy_headers=False, log_level="warning",
        lifespan="off", limit_concurrency=MOST_AT_ONCE, timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LAST_SECONDS,
    )  # fmt: skip


def _listen(host: str, port: int) -> socket.socket:
    where = f"{host}, port {port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:  # a label of a name may be empty, or too long
        raise NoAddress(f"{where}: {getattr(error, 'strerror', error)}") from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)  # from here on nobody is turned away
    except OSError as error:
        listening.close()
        raise NoAddress(f"{where}: {error.strerror}") from error
    return listening
