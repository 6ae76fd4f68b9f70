"""`serve` and `report`: what the archive shows, in the browser and as a file."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.context import open_context
from flows.output import complain, say
from storage.identity import canonical_url

PORT = 8484


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("serve", epilog="Exit status: 0 ended by SIGTERM; 130 by Ctrl-C; 2 no address.")(
        serve
    )
    app.command("report", epilog="Exit status: 0 written; 1 no such trail; 2 could not write.")(
        report
    )


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than loopback need a token.")
    ] = ("127.0.0.1"),
    token: Annotated[
        str | None,
        typer.Option(envvar="ROOM_TOKEN", help="That visitors must have; default: a new one."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Replay pages with the ui.js and sw.js there."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A host name under which it may be asked for; needs a token."),
    ] = None,
) -> None:
    """Open the reading room: audit and trails in the browser. It only reads."""
    context = open_context()
    from flows.web import guard, replaying, serving

    if token is not None and len(token) < guard.SHORTEST_TOKEN:
        complain(f"--token: {guard.SHORTEST_TOKEN} letters or more; leave it out for a new one")
        raise typer.Exit(2)
    if replay and not replaying.is_player(replay):
        complain(f"--replay {replay}: no ui.js and sw.js there; `make replay` fetches them")
        raise typer.Exit(2)
    # A name is for those who come from elsewhere, through a proxy on this machine, too.
    made = token is None and not all(map(guard.is_loopback, (host, *(name or ()))))
    if made:
        token = guard.new_token()
    # One that somebody chose is known to them, and need not stand in a service's log.
    shown = token if made else "…"

    def opened(address: str) -> None:
        say(f"The reading room is open: {address}" + (f"?token={shown}" if token else ""))
        say("Ctrl-C closes it.", "dim")

    # uvicorn closes the room in good order, and then hands the signal on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serving.serve(
            context, host, port, names=name or (), token=token or "", player=replay, on_open=opened
        )
    except serving.NoAddress as error:
        complain(f"{error}. --host and --port choose others.")
        raise typer.Exit(2) from error


def report(
    url: Annotated[str, typer.Argument(help="A page of the trail.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to.")],
) -> None:
    """Write a trail with all its evidence as one HTML file that stands alone and prints well."""
    context = open_context()
    from flows.exports.appearing import appearing
    from flows.gathering import trail_of
    from flows.web.report import report as made
    from flows.web.telling import told

    trail = trail_of(context.catalog, list(context.registry.sources.values()), canonical_url(url))
    if trail is None:
        complain(f"{url}: in no trail: it is not archived, or shares its text with no other page.")
        raise typer.Exit(1)
    text = made(context, told(context.catalog, trail))
    with appearing(output) as temporary:
        temporary.write_text(text, encoding="utf-8")
    say(f"{output} is written: {output.stat().st_size / 1024:,.0f} KiB")
