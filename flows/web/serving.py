"""The reading room as a server."""

import socket
from collections.abc import Callable, Collection

import uvicorn

from flows.context import Context
from flows.web.app import application
from flows.web.room import Room

MOST_AT_ONCE = 128  # requests under way; further ones are told to come back (503)
BACKLOG = 128  # connections that wait to be taken
IDLE_SECONDS = 5  # that a connection may wait for its next request
LAST_SECONDS = 3  # that answers under way have when the room closes


def serve(
    context: Context, host: str, port: int, *, names: Collection[str], token: str,
    on_open: Callable[[str], None],
) -> None:  # fmt: skip
    """Serve until interrupted. `on_open` gets the room's address. Raises OSError where host and
    port cannot be had, CatalogError where there is nothing to show."""
    room = Room(context)
    room.catalog.last_seq()  # trouble with the catalog is told before anybody waits for a page
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(
        application(room, names=[host, *names], token=token),
        access_log=False, server_header=False, proxy_headers=False, log_level="warning",
        lifespan="off", limit_concurrency=MOST_AT_ONCE, timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LAST_SECONDS,
    )  # fmt: skip
    on_open(address)
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)  # from here on nobody is turned away
    except OSError as error:
        listening.close()
        error.filename = f"{host}, port {port}"
        raise
    return listening
