"""The command that goes back over the past: backfill."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from config.registry import Source
from flows.commands.running import EPILOG, Json, work
from flows.context import Context, open_context
from flows.output import cell, complain, console, messages, table, write_json
from spiders.job import Split, Via

if TYPE_CHECKING:  # heavy: `--help` must not wait for it
    from flows.backfilling import Step
    from flows.sparse import Gap


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("backfill", epilog=EPILOG)(backfill)


def backfill(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Id of a source.")],
    since: Annotated[str, typer.Option("--from", help="The first day, 2020-07-01.")],
    until: Annotated[str, typer.Option("--to", help="The last day, it included.")],
    via: Annotated[
        list[str] | None,
        typer.Option(
            metavar="|".join(get_args(Via)),
            help="By which route, in this order; may be given again. Default: the outlet itself, "
            "then the archives that are set up.",
        ),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="By a WARC or WACZ file; may be given again. Then no other route."),
    ] = None,
    split: Annotated[
        Split, typer.Option(help="One window: a run of its own, sealed before the next.")
    ] = "month",
    limit: Annotated[
        int | None, typer.Option(min=1, help="Pages that are fetched at most.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also look at windows that are done; fetch what is new.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be looked at; fetch nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Archive what an outlet published in a past period; say of which days little was found.

    It can be broken off at any moment: the same command goes on, and fetches nothing twice.
    """
    context = open_context()
    first, last = _day(since, "--from"), _day(until, "--to")
    if first > last:
        complain(f"--from {since} is after --to {until}: no page can be dated between")
        raise typer.Exit(2)
    wanted = context.registry.get(source)
    last = min(last, datetime.now(UTC).date())
    if first > last:
        complain(f"--from {since} is in the future: nothing is published then")
        raise typer.Exit(2)
    if file:
        status = _import(context, file, dry_run, as_json)
    else:
        status = _look(
            context, wanted, first, last, via or [], split, limit, again, dry_run, as_json
        )
    if not dry_run:
        from flows.backfilling import found_gaps

        _show_gaps(found_gaps(context, wanted, first, last), as_json)
    raise typer.Exit(status)


def _look(
    context: Context, source: Source, since: date, until: date, via: list[str],
    split: Split, limit: int | None, again: bool, dry_run: bool, as_json: bool,
) -> int:  # fmt: skip
    from flows import backfilling

    try:
        vias = backfilling.routes(context.settings, _vias(via))
        todo = backfilling.steps(source, since, until, vias, split)
    except backfilling.NoRoute as error:
        complain(str(error))
        raise typer.Exit(2) from error
    done = set() if again else backfilling.completed(context, todo)
    if dry_run:
        _show_plan(todo, done, as_json)
        return 0
    if done:
        messages().print(
            f"{len(done)} of {len(todo)} windows are done already (--again looks again)"
        )
    left = [step for step in todo if step not in done]
    course = backfilling.Course(context, source, left, limit)
    status = work(context, course.jobs(), as_json)
    if course.left_out:
        complain(f"--limit {limit}: {course.left_out} windows are left; run again to go on")
    return max(status, int(course.left_out > 0))


def _import(context: Context, files: list[Path], dry_run: bool, as_json: bool) -> int:
    from flows import importing
    from flows.commands.running import imports

    if not dry_run:
        return imports(context, files, as_json)
    try:
        importing.check_files(files)
    except importing.ImportRefused as error:
        complain(str(error))
        raise typer.Exit(2) from error
    for path in files:
        messages().print(f"{path}: would be imported", soft_wrap=True)
    return 0


def _show_plan(todo: "list[Step]", done: "set[Step]", as_json: bool) -> None:
    if as_json:
        write_json([{**step.asked, "done": step in done} for step in todo])
        return
    rows = table("from", "to", "via", "by", "")
    for step in todo:
        words = ["done" if step in done else "to do"]
        rows.add_row(*map(cell, [step.since, step.until, step.via, ", ".join(step.ways), *words]))
    console().print(rows)


def _show_gaps(found: "list[Gap]", as_json: bool) -> None:
    if as_json:
        write_json(found)
        return
    if not found:
        console().print("No day has fewer articles than usual.")
        return
    console().print("Days with fewer articles than usual:")
    rows = table("from", "to", "articles", "usual")
    for one in found:
        rows.add_row(
            *map(cell, [str(one.since), str(one.until), str(one.articles), f"{one.usual}"])
        )
    console().print(rows)


def _vias(named: list[str]) -> list[Via]:
    for name in named:
        if name not in get_args(Via):
            complain(f"--via {name}: no such route; there are {', '.join(get_args(Via))}")
            raise typer.Exit(2)
    return [cast(Via, name) for name in named]


def _day(value: str, option: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        complain(f"{option} {value}: not a day; write it as 2020-07-19")
        raise typer.Exit(2) from error
