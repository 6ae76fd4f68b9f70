"""Commands of the schedule: status."""

from datetime import datetime
from typing import Annotated

import typer

from flows.context import open_context
from flows.output import complain, write_json
from storage.identity import now

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
Sources = Annotated[
    list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Default: all enabled ones.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        "status", epilog="Exit status: 0 all is well; 1 something needs a look; 2 could not look."
    )(status)


def status(sources: Sources = None, as_json: Json = False) -> None:
    """Show how each source fares: last and next visit, articles a day against what is usual,
    failures, what is due for another look, and who has gone quiet."""
    context = open_context()
    wanted = [context.registry.get(name) for name in sources or ()] or context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet by its address.")
        raise typer.Exit(2)
    from flows.status_of import status_of

    moment = now()
    found = status_of(
        context.catalog, context.registry, context.settings, now=moment, wanted=wanted
    )
    if as_json:
        write_json(found)
    else:
        from flows.commands import tables

        tables.statuses(found, datetime.fromisoformat(moment))
    raise typer.Exit(1 if any(one.says for one in found) else 0)
