"""The command `read --again`: archived captures read by the parsers and rules of today."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.context import open_context
from flows.output import cell, clean, complain, console, messages, table, write_json

if TYPE_CHECKING:  # heavy: a reading command must not wait for it
    from flows.changes import Change, Differs
    from flows.rereading import Reread

EPILOG = (
    "Exit status: 0 all was read, and sealed where it changed; 1 a run could not be read; "
    "2 could not start; 130 interrupted (what was sealed stays)."
)
SHOWN = 20  # pages that changed, of one run; the rest are counted, and `--json` has them all
SHOWN_CHARS = 60  # of a value: a title's worth


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("read", epilog=EPILOG)(read)


def read(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Runs with captures of these. Default: all."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Needed: reading for the first time is part of a run.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; seal nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")] = False,
) -> None:
    """Read archived captures again, by the parsers and rules of today, and show what changed.

    Sealed records stay. Where a record comes out otherwise, the reading is sealed beside them, and
    the catalog goes by the newest one. Another reading of the same bytes is no edit.
    """
    if not again:
        complain("`copytrail read` needs --again: it reads what is archived once more.")
        raise typer.Exit(2)
    context = open_context()
    for name in sources or ():
        if not context.catalog.runs_with([name]):
            context.registry.get(name)  # raises SourceError, which lists those that there are
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from flows.finishing import Watch, catch_up
    from flows.rereading import archived_runs, read_again
    from flows.sealedrun import NotAsSealed

    status, seen = 0, Counter[str]()
    columns = (TextColumn("reading again"), BarColumn(), MofNCompleteColumn(), TextColumn("runs"))
    with Progress(*columns, console=messages(), transient=True) as progress:
        watch = Watch(on_note=lambda note: complain(note))
        catch_up(context, watch)
        for archived in progress.track(archived_runs(context, sources or ())):
            try:
                found = read_again(context, archived, dry_run=dry_run, watch=watch)
            except NotAsSealed as error:
                complain(f"run {archived.run.id} is left out: {error}")
                status = 1
                continue
            status = max(status, int(bool(found.problems)))
            _count(seen, found)
            if as_json:
                write_json([found])
            else:
                _show(found)
    if not as_json:
        _show_sum(seen, dry_run=dry_run)
    raise typer.Exit(status)


def _count(seen: Counter[str], found: "Reread") -> None:
    seen["runs"] += 1
    seen["articles"] += found.articles
    seen["sealed"] += found.done is not None
    seen.update(change.what for change in found.changes)


def _show(found: "Reread") -> None:
    """What changed in one run: a line for each field of each page."""
    for problem in found.problems:
        complain(f"run {found.run}: {problem.what}")
    told = [change for change in found.changes if change.what != "particulars"]
    if not told:
        return
    out = console()
    out.print(cell(f"{found.source}, run {found.run}", "bold"), soft_wrap=True)
    rows = table("page", "field", "before", "now")
    for change in told[:SHOWN]:
        for page, field, before, now in _lines(change):
            rows.add_row(cell(page, "dim"), cell(field), cell(before), cell(now))
    out.print(rows)
    if len(told) > SHOWN:
        out.print(f"  … and {len(told) - SHOWN} more pages; --json has them all")
    if found.done:
        about = f"  reading {found.done.run.id}, log entry {found.done.log_entry}"
        out.print(cell(f"{about}, head sha256:{found.done.head}", "dim"), soft_wrap=True)


def _lines(change: "Change") -> list[tuple[str, str, str, str]]:
    if change.what == "new":
        return [(change.url, "", "no article", "an article")]
    if change.what == "gone":
        return [(change.url, "", "an article", "no article")]
    return [(change.url, name, *_pair(one)) for name, one in sorted(change.fields.items())]


def _pair(differs: "Differs") -> tuple[str, str]:
    return _short(differs.before), _short(differs.after)


def _short(value: Any) -> str:
    """A value on one line; of a list its length and its first item."""
    if isinstance(value, list):
        if not value:
            return ""
        more = f" (+{len(value) - 1})" if len(value) > 1 else ""
        return _short(value[0]) + more
    if isinstance(value, dict):
        value = ", ".join(f"{key}: {_short(one)}" for key, one in value.items() if one)
    text = " ".join(clean("" if value is None else str(value)).split())
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"


def _show_sum(seen: Counter[str], *, dry_run: bool) -> None:
    sealed = "nothing is sealed in a dry run" if dry_run else f"{seen['sealed']} readings sealed"
    console().print(
        f"{seen['runs']} runs with {seen['articles']} articles read again: {seen['changed']} "
        f"changed, {seen['new']} new, {seen['gone']} are no articles any more, "
        f"{seen['particulars']} the same but for the parser; {sealed}.",
        soft_wrap=True,
    )
