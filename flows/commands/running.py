"""Commands that archive: run, follow, import."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from flows.context import Context, open_context
from flows.output import complain, messages, write_json
from flows.workplace import Busy

if TYPE_CHECKING:  # heavy: a reading command must not wait for it
    from flows.commands.progress import Progress
    from flows.finishing import Done

Job = tuple[str, Callable[..., "Done"]]
"""What people call it, and what does it."""
Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
EPILOG = (
    "Exit status: 0 all archived; 1 something was not archived (what was captured is sealed); "
    "2 could not start; 130 interrupted (what was captured is sealed)."
)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("run", epilog=EPILOG)(run)
    app.command("follow", epilog=EPILOG)(follow)
    app.command("import", epilog=EPILOG)(import_warcs)


def run(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Default: all enabled ones.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Only pages dated from this day on, 2020-07-19.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Only pages dated up to this day, it included.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be visited; fetch nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Crawl outlets, archive every exchange, find cross-posts and seal the run."""
    context = open_context()
    for value, name in ((since, "--from"), (until, "--to")):
        check_date(value, name)
    if since and until and since > until:
        complain(f"--from {since} is after --to {until}: no page can be dated between")
        raise typer.Exit(2)
    wanted = [context.registry.get(name) for name in sources or ()] or context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet by its address.")
        raise typer.Exit(2)
    if dry_run:
        from flows.commands import results

        results.show_plan(wanted, as_json=as_json)
        return
    from flows.pipeline import archive

    _run_all(
        context,
        [
            (source.name, partial(archive, context, source, since=since, until=until))
            for source in wanted
        ],
        as_json,
    )


def follow(url: str, as_json: Json = False) -> None:
    """Archive this one page, find and archive its original, compare the two, and say."""
    context = open_context()
    if not url.startswith(("http://", "https://")):
        complain(f"{url}: not an address; it must begin with http:// or https://")
        raise typer.Exit(2)
    if "@" in url.split("/")[2]:
        complain("An address with a user name or password is not fetched: they would be archived.")
        raise typer.Exit(2)
    from flows import pipeline

    failed = work(context, [(url, partial(pipeline.follow, context, url))], as_json)
    if not as_json:
        from flows.commands import results

        results.show_trail_of(context, url)
    raise typer.Exit(failed)


def import_warcs(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WARC files of any tool.")],
    as_json: Json = False,
) -> None:
    """Import WARC files, and those in WACZ packages, through the same reading and matching."""
    raise typer.Exit(imports(open_context(), files, as_json))


def imports(context: Context, files: list[Path], as_json: bool) -> int:
    """Import these files, but those that were; the exit status."""
    from flows import importing, pipeline

    try:
        importing.check_files(files)
    except importing.ImportRefused as error:
        complain(str(error))
        raise typer.Exit(2) from error

    def jobs() -> Iterator[Job]:
        # One after the other: what is sealed first, of a killed import too, is known to the next.
        with TemporaryDirectory(prefix="copytrail-", dir=_work_folder(context)) as name:
            for file in files:
                try:
                    yield from new_ones(file, importing.warcs_in(file, Path(name)))
                except importing.ImportRefused as error:
                    yield file.name, partial(_refuse, error)

    def new_ones(file: Path, paths: Iterable[Path]) -> Iterator[Job]:
        for path in paths:
            if run := importing.imported_before(context.catalog, importing.digest(path)):
                which = file if path == file else f"{file}, {path.name}"  # one of a package's
                told = f"{which}: imported before, in run {run}; left out"
                messages().print(told, soft_wrap=True)
            else:
                yield path.name, partial(pipeline.import_file, context, path)

    return work(context, jobs(), as_json)


def _refuse(error: Exception, *, watch: object) -> "Done":
    raise error


def _work_folder(context: Context) -> Path:
    """On the disk of the home: the system's folder for such files is often in memory."""
    context.settings.home.mkdir(parents=True, exist_ok=True)
    return context.settings.home


def _run_all(context: Context, jobs: Iterable[Job], as_json: bool) -> None:
    raise typer.Exit(work(context, jobs, as_json))


def work(context: Context, jobs: Iterable[Job], as_json: bool) -> int:
    """Seal what earlier runs left, then do the jobs one after the other; the exit status."""
    from flows.commands import results
    from flows.commands.progress import Progress
    from flows.finishing import NotSealed
    from flows.importing import ImportRefused

    with Progress() as progress:
        tried: set[str] = set()
        status = _recover(context, progress, tried)
        for name, job in jobs:
            if progress.interrupted:
                return 130  # 128 + SIGINT, as shells do
            try:
                done = job(watch=progress.watch(name))
            except (Busy, NotSealed, ImportRefused) as error:
                complain(f"{name}: {error}")
                status = 1
                if isinstance(error, NotSealed):
                    tried.add(error.run)
                continue
            if as_json:
                write_json([done])
            else:
                results.show_done(name, done)
            status = max(status, 0 if done.run.outcome == "complete" else 1)
        if progress.interrupted:
            return 130
        # A crawl whose parent was killed may have gone on for some seconds after we began.
        return max(status, _recover(context, progress, tried))


def _recover(context: Context, progress: "Progress", tried: set[str]) -> int:
    """Seal what earlier runs left; the exit status. `tried` are runs to leave alone, and grows."""
    from flows.commands import results
    from flows.recovery import recover

    status = 0
    for left in recover(context, watch=progress.watch("left by an earlier run"), skip=tried):
        tried.add(left.run)
        results.show_recovered(left, messages())
        status = max(status, int(left.lost))
        if progress.interrupted:
            break
    return status


def check_date(value: str | None, option: str) -> None:
    """Complain of an option that is no date, and exit with 2."""
    if value is None:
        return
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        complain(f"{option} {value}: not a date; write it as 2020-07-19")
        raise typer.Exit(2) from error
