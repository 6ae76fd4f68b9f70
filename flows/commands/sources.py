"""`copytrail sources …`: the outlets that are watched."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from config.registry import ID, Source, SourceError, dump_source
from flows.context import Context, open_context
from flows.output import complain, messages, say, write_json

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
EPILOG = "Exit status: 0 done; 1 something of the source does not work; 2 could not be done."

app = typer.Typer(help="The outlets that are watched.", no_args_is_help=True)


@app.command("list", epilog=EPILOG)
def list_sources(as_json: Json = False) -> None:
    """List all sources, shipped ones and your own."""
    context = open_context()
    sources = [context.registry.sources[key] for key in sorted(context.registry.sources)]
    if as_json:
        write_json(sources)
        return
    from flows.commands import tables

    tables.sources(sources, context.registry.files)


@app.command("show", epilog=EPILOG)
def show(source: str, as_json: Json = False) -> None:
    """Print one source as its file has it."""
    found = open_context().registry.get(source)
    if as_json:
        write_json([found])
    else:
        say(dump_source(found).rstrip())


@app.command("add", epilog=EPILOG)
def add(
    url: str,
    source_id: Annotated[
        str | None, typer.Option("--id", help="Default: made from the domain or the name.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Default: what the site calls itself.")] = None,
    media: Annotated[
        Literal["none", "linked", "all"],
        typer.Option(help="Archive films and sounds that articles are about; pictures, too."),
    ] = "none",
    requisites: Annotated[
        Literal["none", "page"],
        typer.Option(help="Archive styles, pictures and fonts, so that pages look right."),
    ] = "none",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, but write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace your file of this id.")] = False,
    as_json: Json = False,
) -> None:
    """Look at a site and write its file: feeds, sitemaps, REST API, name, language."""
    from flows.commands import tables
    from flows.crawling import discover

    context = open_context()
    try:
        with messages().status(f"looking at {url} …"):
            look = discover(url, context.settings, tuple(context.registry.sources.values()))
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(2) from error
    if look.source is None:
        why = "; ".join(look.problems) or f"{url}: nothing was found there"
        complain(f"{why} Check the address, and whether a browser can open it.")
        raise typer.Exit(2)
    source = msgspec.structs.replace(
        look.source,
        id=source_id or look.source.id,
        name=name or look.source.name,
        media=media,
        requisites=requisites,
    )
    if not as_json:
        tables.findings(look.findings)
    path = _new_file(context, source, force)
    if not dry_run:
        _write(path, source)
    if as_json:
        write_json([{"file": None if dry_run else str(path), "source": source}])
    elif dry_run:
        say(dump_source(source).rstrip())
    else:
        say(f"Wrote {path}. Next: copytrail run {source.id}")


@app.command("check", epilog=EPILOG)
def check(
    source: Annotated[list[str] | None, typer.Argument(help="Default: all enabled ones.")] = None,
    as_json: Json = False,
) -> None:
    """Fetch each feed, sitemap, API and listing of a source, and say what works."""
    from flows.commands import tables
    from flows.crawling import check as look_at

    context = open_context()
    wanted = [context.registry.get(one) for one in source or ()] or context.registry.enabled()
    if not wanted:
        complain("no source is enabled. `copytrail sources add URL` adds an outlet.")
        raise typer.Exit(2)
    works = True
    for one in wanted:
        with messages().status(f"looking at {one.name} …"):
            look = look_at(one, context.settings)
        works &= all(finding.ok for finding in look.findings) and not look.problems
        if as_json:
            write_json({"source": one.id, **msgspec.to_builtins(f)} for f in look.findings)
            continue
        say(f"{one.name} ({one.id})")
        tables.findings(look.findings)
        for problem in look.problems:
            say(f"! {problem}", "yellow")
    raise typer.Exit(0 if works else 1)


@app.command("enable", epilog=EPILOG)
def enable(source: str) -> None:
    """Let `copytrail run` without names, and the schedule, take this source."""
    _switch(source, True)


@app.command("disable", epilog=EPILOG)
def disable(source: str) -> None:
    """Leave this source out of `copytrail run` without names, and of the schedule."""
    _switch(source, False)


def _switch(source_id: str, enabled: bool) -> None:
    context = open_context()
    source = msgspec.structs.replace(context.registry.get(source_id), enabled=enabled)
    path = context.settings.user_sources / f"{source.id}.yml"
    _write(path, source)
    say(f"{source.name} is {'enabled' if enabled else 'disabled'} in {path}")


def _new_file(context: Context, source: Source, force: bool) -> Path:
    if not ID.fullmatch(source.id):
        raise SourceError(f"id `{source.id}` must be small letters, digits and hyphens")
    if source.id in context.registry.sources and not force:
        where = context.registry.files[source.id]
        raise SourceError(
            f"source `{source.id}` exists already ({where}). Choose another name with --id, or "
            "replace it with --force."
        )
    return context.settings.user_sources / f"{source.id}.yml"


def _write(path: Path, source: Source) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".yml.part")
    part.write_text(dump_source(source), encoding="utf-8")
    part.replace(path)  # whole or not at all
