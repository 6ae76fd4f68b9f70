"""Commands around a second copy of the archive: replicate, restore."""

from collections.abc import Sequence
from typing import Annotated

import typer

from flows.context import open_context
from flows.output import complain, messages, say, write_json

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
Where = Annotated[str, typer.Argument(metavar="STORE", help="A folder, or s3://bucket/prefix.")]
EPILOG = "Exit status: 0 done; 1 some objects could not be; 2 could not be done."
SHOWN = 20  # objects told one by one; `--json` has them all


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("replicate", epilog=EPILOG)(replicate)
    app.command("restore", epilog=EPILOG)(restore)


def replicate(where: Where, as_json: Json = False) -> None:
    """Copy all that is sealed into a second store, each object held to what was sealed."""
    from flows import replication
    from flows.trusting import trust
    from storage.objects import open_store

    context = open_context()
    target = open_store(where)
    _check_other(target.name, context.store.name)
    with messages().status("replicating …") as status:
        done = replication.replicate(
            context.store.raw, target, lambda key: status.update(f"replicating {key}"),
            trust(context.settings, (), ()),
        )  # fmt: skip
    if as_json:
        write_json([done])
    else:
        _tell(done.troubles)
        say(f"{done.objects} objects, {done.bytes:,} bytes copied to {target.name}")
    raise typer.Exit(1 if done.troubles else 0)


def restore(where: Where, as_json: Json = False) -> None:
    """Bring back what is missing or damaged from a second copy; nothing is written over.

    A missing object is created again. A damaged one stays as evidence, and a sound copy under
    repairs/ stands in for it. Both are told in the log.
    """
    from flows import replication
    from flows.trusting import trust
    from storage.objects import open_store

    context = open_context()
    replica = open_store(where)
    _check_other(replica.name, context.store.name)
    with messages().status("comparing …") as status:
        done = replication.restore(
            context.store.raw, replica, context.attestation,
            lambda key: status.update(f"comparing {key}"), trust(context.settings, (), ()),
        )  # fmt: skip
    if as_json:
        write_json([done])
    else:
        _tell(done.troubles)
        _list("created again", done.created)
        _list("repaired", done.repaired)
        if done.log_entry:
            say(f"log entry {done.log_entry} tells of it; `copytrail audit` checks the result")
        else:
            say("nothing had to be restored")
    raise typer.Exit(1 if done.troubles else 0)


def _check_other(one: str, other: str) -> None:
    if one == other:
        complain(f"{one}: that is the archive itself; name the store of its copy")
        raise typer.Exit(2)


def _tell(troubles: Sequence[str]) -> None:
    for trouble in troubles[:SHOWN]:
        complain(trouble)
    if len(troubles) > SHOWN:
        complain(f"… and {len(troubles) - SHOWN} more")


def _list(what: str, keys: Sequence[str]) -> None:
    for key in keys[:SHOWN]:
        say(f"{what}: {key}")
    if len(keys) > SHOWN:
        say(f"{what}: … and {len(keys) - SHOWN} more")
