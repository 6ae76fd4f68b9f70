"""Commands that keep the archive in order: rebuild, doctor, config."""

from typing import Annotated

import msgspec
import typer

from flows.context import open_context
from flows.output import complain, messages, say, write_json
from flows.redaction import without_password

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("rebuild", epilog="Exit status: 0 rebuilt; 1 without damaged runs; 2 could not.")(
        rebuild
    )
    app.command("doctor", epilog="Exit status: 0 all is well; 1 something is not.")(doctor)
    app.command("config", epilog="Exit status: 0 shown; 2 a setting cannot be used.")(config)


def rebuild(as_json: Json = False) -> None:
    """Make the catalog anew from the archive alone."""
    context = open_context()
    from flows.sealing import catch_up

    # Ask the store before the old catalog is thrown away.
    next(context.store.list("log/"), None)
    with messages().status("rebuilding …") as status:
        context.catalog.empty()
        done = catch_up(
            context.store, context.catalog, lambda run: status.update(f"taking in run {run}")
        )
    for reason in done.left_out:
        complain(f"left out: {reason}. `copytrail audit` says more.")
    if as_json:
        write_json([{"runs": done.taken, "left_out": done.left_out}])
    else:
        say(f"{done.taken} sealed runs are in the catalog again.")
    raise typer.Exit(1 if done.left_out else 0)


def doctor(as_json: Json = False) -> None:
    """Say what is installed, reachable and configured, and what to do where it is not."""
    from flows.health import examine

    findings = examine()
    if as_json:
        write_json(findings)
    else:
        from flows.commands import tables

        tables.health(findings)
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


def config(as_json: Json = False) -> None:
    """Print every setting in force, and where its value comes from."""
    context = open_context()
    settings = context.settings
    # What a setting left empty comes to is shown, for that is what one wants to know.
    shown = {"store": settings.store_url, "catalog": without_password(settings.catalog_url)}
    rows = [
        {"name": name, "value": shown.get(name, value), "from": context.loaded.origin[name]}
        for name, value in msgspec.to_builtins(settings, enc_hook=str).items()
    ]
    if as_json:
        write_json(rows)
        return
    from flows.commands import tables

    tables.settings(rows)
    if not settings.contact:
        complain("no contact is set: only loopback outlets will be crawled. Set `contact`.")
