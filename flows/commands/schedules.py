"""Commands of the schedule: schedule, status, recheck."""

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from types import FrameType
from typing import Annotated, NoReturn

import typer

from config.registry import Source
from flows.commands import running
from flows.context import Context, open_context
from flows.output import complain, messages, write_json
from storage.identity import now

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
Sources = Annotated[
    list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Default: all enabled ones.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("schedule", epilog="Exit status: 0 ended as it was told; 2 could not be served.")(
        schedule
    )
    app.command(
        "status", epilog="Exit status: 0 all is well; 1 something needs a look; 2 could not look."
    )(status)
    app.command("recheck", epilog=running.EPILOG)(recheck)


def schedule(
    every: Annotated[
        float | None,
        typer.Option(help="Visit each source every so many seconds, not by its cron: for a trial."),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(help="Only write the deployments, for the workers of this work pool."),
    ] = None,
    image: Annotated[
        str | None, typer.Option(help="With --pool of type docker or kubernetes: the image.")
    ] = None,
) -> None:
    """Visit each enabled source by its cron, fetch articles again that are due, audit the archive
    and write signs of life, until told to end (Ctrl-C, SIGTERM); runs at work then seal what they
    have. Starts a Prefect server on this machine, where PREFECT_API_URL names none."""
    context = open_context()
    wanted = context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet by its address.")
        raise typer.Exit(2)
    if every is not None and every < 1:
        complain(f"--every {every:g}: must be a second or more")
        raise typer.Exit(2)
    from flows.prefectserver import NoServer, server
    from flows.workplace import locked

    if pool is not None:
        _deploy(context, wanted, pool, image)
        return
    lock = context.settings.home / "locks" / "schedule.lock"
    signal.signal(signal.SIGTERM, _end)  # what is started here must end, too, at any moment
    try:
        with locked(lock, "the schedule of this home", patience=0.0):
            out = messages()
            out.print("starting …", soft_wrap=True)
            with server(context.settings, complain) as url:
                from flows import serving  # only now: Prefect reads its settings on import

                def ready() -> None:
                    out.print(
                        f"{len(wanted)} sources are visited by their schedules; Prefect is at "
                        f"{url.removesuffix('/api')}. `copytrail status` shows how they fare; "
                        "Ctrl-C ends it.",
                        soft_wrap=True,
                    )

                serving.serve(context, wanted, every, ready)
    except NoServer as error:
        complain(str(error))
        raise typer.Exit(2) from error


def _deploy(context: Context, wanted: list[Source], pool: str, image: str | None) -> None:
    if not (api := os.environ.get("PREFECT_API_URL")):
        complain("--pool needs PREFECT_API_URL: the server whose workers are to do it.")
        raise typer.Exit(2)
    from flows.prefectserver import NoServer, await_answer

    try:
        await_answer(api, complain, 0.0)
    except NoServer as error:
        complain(str(error))
        raise typer.Exit(2) from error
    from flows import serving

    try:
        written = serving.deploy(context, wanted, pool, image)
    except serving.CANNOT as error:
        complain(f"the deployments could not be written: {error}")
        raise typer.Exit(2) from error
    messages().print(f"{written} deployments are written for the work pool {pool}.")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def status(sources: Sources = None, as_json: Json = False) -> None:
    """Show how each source fares: last and next visit, articles a day against what is usual,
    failures, what is due for another look, and who has gone quiet."""
    context = open_context()
    wanted = [context.registry.get(name) for name in sources or ()] or context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet by its address.")
        raise typer.Exit(2)
    from flows.journal import attempts
    from flows.status_of import status_of, window

    moment = now()
    found = status_of(
        context.catalog,
        context.registry,
        context.settings,
        now=moment,
        wanted=wanted,
        attempts=attempts(context.settings.home, window(moment)),
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
