"""`network`: who copies whom, over all trails."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.context import open_context
from flows.output import complain, messages, write_json

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "network", epilog="Exit status: 0 found; 1 no copies found; 2 could not look or write."
    )(network)


def network(
    since: Annotated[
        str | None, typer.Option("--from", help="Only copies dated from this day on, 2020-07-19.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Only copies dated up to this day, it included.")
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A line for each pair of outlets.")] = False,
    graphml: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a graph for Gephi and the like.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture.")] = None,
) -> None:
    """Show who copies whom: how often, how fast, and with or without credit.

    A copy counts for the day that it prints, or else for that of its first capture.
    """
    for value, option in ((since, "--from"), (until, "--to")):
        _check_day(value, option)
    if since and until and since > until:
        complain(f"--from {since} is after --to {until}: no copy can be dated between")
        raise typer.Exit(2)
    if as_json and as_csv:
        complain("--json and --csv both go to standard output: choose one")
        raise typer.Exit(2)
    context = open_context()
    from flows.gathering import copying

    found = copying(context.catalog, list(context.registry.sources.values()), since, until)
    if graphml or svg or as_csv:
        from flows import drawing

        for path, draw in ((graphml, drawing.graphml), (svg, drawing.svg)):
            if path is not None:
                path.write_bytes(draw(found))
                messages().print(f"{path} is written", soft_wrap=True)
        if as_csv:
            sys.stdout.write(drawing.csv_text(found))
    if as_json:
        write_json([found])
    elif not found.flows:
        messages().print("No copies: no trail has one in this period.", soft_wrap=True)
    elif not (as_csv or graphml or svg):
        from flows.commands import views

        views.network(found)
    raise typer.Exit(0 if found.flows else 1)


def _check_day(value: str | None, option: str) -> None:
    try:
        if value is not None and date.fromisoformat(value).isoformat() != value:
            raise ValueError
    except ValueError as error:
        complain(f"{option} {value}: not a day; write it as 2020-07-19")
        raise typer.Exit(2) from error
