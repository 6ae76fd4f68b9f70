"""Commands of the schedule: status, recheck."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from flows.commands import running
from flows.context import open_context
from flows.output import complain, messages, write_json
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
    app.command("recheck", epilog=running.EPILOG)(recheck)


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


def recheck(
    sources: Sources = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched again; fetch nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fetch articles again that are due: by default an hour, a day, a week and a month after they
    were first seen. Conditional requests, so that what did not change costs an outlet little."""
    context = open_context()
    wanted = [context.registry.get(name) for name in sources or ()] or context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet by its address.")
        raise typer.Exit(2)
    from flows.duties import due

    found = due(context.catalog, context.registry, context.settings, now(), wanted)
    if dry_run:
        rows = [
            {"source": name, "page": one.page, "first_seen": one.first_seen, "due_since": one.since}
            for name, pages in found.items()
            for one in pages
        ]
        if as_json:
            write_json(rows)
        else:
            from flows.commands import tables

            tables.duties(rows)
        return
    if not any(found.values()):
        messages().print("Nothing is due.", soft_wrap=True)
        return

    from flows.pipeline import revisit

    def jobs() -> Iterator[running.Job]:
        for source in wanted:
            # The longest overdue first; the rest stays due.
            if pages := found[source.id][: context.settings.max_pages]:
                yield source.name, partial(revisit, context, source, pages)

    raise typer.Exit(running.work(context, jobs(), as_json))
