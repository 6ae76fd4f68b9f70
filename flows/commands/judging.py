"""`judge`: a person confirms or rejects a match."""

import getpass
from typing import Annotated

import typer

from flows.context import Context, open_context
from flows.output import complain, messages, say, write_json
from storage.records import JudgmentVerdict

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "judge",
        epilog="Exit status: 0 sealed, or listed; 1 there is no such match, or it could not be "
        "sealed; 2 not said as it must be.",
    )(judge)


def judge(
    copy: Annotated[
        str | None,
        typer.Argument(
            metavar="[MATCH|COPY-URL]",
            help="The copy's address, or COPY-ARTICLE:ORIGINAL-ARTICLE, of `trails --json`.",
        ),
    ] = None,
    original: Annotated[
        str | None,
        typer.Argument(metavar="[ORIGINAL-URL]", help="Default: the original in its trail."),
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="They do share the text.")] = False,
    reject: Annotated[
        bool, typer.Option("--reject", help="They do not; trails leave the match out.")
    ] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Looked at, and it cannot be said.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why; others will read it.")] = None,
    name: Annotated[
        str | None, typer.Option(help="Who judges. Default: your name on this machine.")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="List all judgments, or those about the page.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Confirm or reject that two pages share text. It is sealed with name, time and reason.

    Nothing is overwritten: a later judgment, by whomever, stands beside it, and the newest counts.
    """
    context = open_context()
    if as_list:
        _list(context, copy, as_json)
        return
    chosen = [said for said, wanted in _options(confirm, reject, unknown) if wanted]
    if copy is None or len(chosen) != 1 or reason is None:
        complain(
            "say what you judge and how: `copytrail judge COPY-URL [ORIGINAL-URL] "
            "--confirm|--reject|--unknown --reason TEXT`"
        )
        raise typer.Exit(2)
    from flows import judging
    from flows.finishing import NotSealed

    try:
        pair = judging.find(context, copy, original)
        done = judging.judge(context, pair, chosen[0], reason, name or _user())
    except judging.BadJudgment as error:
        complain(str(error))
        raise typer.Exit(2) from error
    except (judging.NoSuchMatch, NotSealed) as error:
        complain(str(error))
        raise typer.Exit(1) from error
    if as_json:
        write_json([one for one in context.catalog.judgments() if one.id == done.run.id])
        return
    say(f"Sealed: {chosen[0]}, in run {done.run.id}, log entry {done.log_entry}.")


def _options(confirm: bool, reject: bool, unknown: bool) -> list[tuple[JudgmentVerdict, bool]]:
    return [("confirm", confirm), ("reject", reject), ("unknown", unknown)]


def _list(context: Context, url: str | None, as_json: bool) -> None:
    from flows.crossposts.judgments import of_page

    found = context.catalog.judgments()
    if url is not None:
        found = of_page(found, url)
    if as_json:
        write_json(found)
    elif found:
        from flows.commands import views

        views.judgments(found)
    else:
        messages().print("Nobody has judged a match yet.", soft_wrap=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "unnamed"
