"""Commands around keys and heads: who vouches for the log."""

from typing import Annotated

import typer

from flows.context import open_context
from flows.output import cell, complain, console, say, table, write_json

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
EPILOG = "Exit status: 0 done; 2 could not be done."

app = typer.Typer(no_args_is_help=True, epilog=EPILOG, help="The keys that sign the log.")


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="keys")
    parent.command("heartbeat", epilog=EPILOG)(heartbeat)


@app.command("new", epilog=EPILOG)
def new() -> None:
    """Make the key that signs the log from now on, and sign the log as it stands.

    Keep a copy of the private key where the archive is not, and give the public one to whoever
    shall be able to check.
    """
    from storage.signing import SigningError, make_key

    context = open_context()
    folder = context.settings.key_file.parent
    if context.settings.signing_key:
        complain(f"signing_key is set to {context.settings.signing_key}: that key signs. Unset it.")
        raise typer.Exit(2)
    try:
        made = make_key(folder)
    except SigningError as error:
        complain(str(error))
        raise typer.Exit(2) from error
    say(f"made {context.settings.key_file}: keep a copy of it where the archive is not")
    say(f"made {folder / made.public.name[:16]}.pub.pem: give it to those who check")
    heartbeat()


@app.command("list", epilog=EPILOG)
def show(as_json: Json = False) -> None:
    """The public keys that an audit from here trusts."""
    from storage.signing import SigningError, load_signer, trusted

    settings = open_context().settings
    try:
        keys = trusted(settings.key_file.parent)
        signs = load_signer(settings.key_file).public.name if settings.key_file.exists() else None
    except SigningError as error:
        complain(str(error))
        raise typer.Exit(2) from error
    if as_json:
        write_json({"key": one.name, "signs": one.name == signs} for one in keys)
        return
    if not keys:
        say("no keys: the log is not signed. `copytrail keys new` makes one.")
        return
    rows = table("key", "")
    for one in keys:
        rows.add_row(cell(one.name), cell("signs" if one.name == signs else "checks only"))
    console().print(rows)


def heartbeat(as_json: Json = False) -> None:
    """Write a sign of life into the log, signed, so that silence can be told from a lost log."""
    from flows import beating

    head, entry, troubles = beating.beat(open_context())
    for trouble in troubles:
        complain(trouble)
    if as_json:
        write_json([entry])
    else:
        signed = f", signed by {entry.key:.16}…" if entry.key else ""
        say(f"log entry {head.seq}{signed}, head sha256:{head.sha256}")
