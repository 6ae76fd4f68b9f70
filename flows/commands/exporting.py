"""Commands that hand on what is archived, in the formats that others read."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import msgspec
import typer

from flows.context import Context, open_context
from flows.output import complain, messages, say, write_lines
from storage.identity import canonical_url

if TYPE_CHECKING:
    from flows.exports.dossier import Dossier

EPILOG = "Exit status: 0 exported; 1 nothing to export; 2 could not be done."
File = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")
]
Url = Annotated[str, typer.Argument(metavar="URL", help="The address of an archived page.")]

app = typer.Typer(no_args_is_help=True, epilog=EPILOG, help="What others read: WACZ, CDXJ, PROV …")


def register(parent: typer.Typer) -> None:
    """Add these commands to the command line."""
    parent.add_typer(app, name="export")


@app.command("wacz", epilog=EPILOG)
def wacz(
    url: Url,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What to write, `x.wacz`.")],
) -> None:
    """An article with its trail as one file that replayweb.page opens (WACZ 1.1.1).

    The records in it are the archive's own bytes. It is signed, if the log is.
    """
    if path.suffix != ".wacz":
        complain(f"{path}: a WACZ is named `….wacz`, or no player knows it")
        raise typer.Exit(2)
    context = open_context()
    found = _dossier(context, url)
    from flows.exports import wacz as package
    from storage.identity import now

    with messages().status("copying records …") as status:
        count = package.write(
            path, found, context.store, software=f"copytrail {version('copytrail')}",
            created=now(), signer=context.attestation.signer,
            progress=lambda record: status.update(f"copied record {record}"),
        )  # fmt: skip
    say(f"{path}: {len(found.pages)} pages, {count} records")


@app.command("prov", epilog=EPILOG)
def prov(
    url: Url,
    as_turtle: Annotated[
        bool, typer.Option("--turtle", help="PROV-O in Turtle; default is PROV-JSON.")
    ] = False,
    output: File = None,
) -> None:
    """How the trail that a page is in came about, as W3C PROV."""
    found = _dossier(open_context(), url)
    from flows.exports import provwriting
    from flows.exports.provenance import statements

    made = statements(found, version("copytrail"))
    if as_turtle:
        _write([provwriting.turtle(made).rstrip("\n")], output)
    else:
        data = msgspec.json.encode(provwriting.prov_json(made))
        _write([msgspec.json.format(data).decode()], output)


@app.command("cdxj", epilog=EPILOG)
def cdxj(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="Only captures of this page.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="Only captures of this run.")] = None,
    output: File = None,
) -> None:
    """Where each capture lies in which WARC file, as pywb and replayweb.page look it up."""
    context = open_context()
    from flows.exports.cdxj import index

    page = canonical_url(url) if url else None
    lines = index(context.catalog.captures(page=page, run=run))
    first = next(lines, None)
    if first is None:
        _nothing(url or (f"run {run}" if run else "the archive"))
    _write(_and(first, lines), output)


@app.command("timemap", epilog=EPILOG)
def timemap(
    url: Url,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where the archive is served; default: `urn:uuid:` names."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    output: File = None,
) -> None:
    """The captures of a page as a Memento TimeMap (RFC 7089)."""
    if base and not base.startswith(("http://", "https://")):
        complain(f"--base {base}: must be an http(s) address")
        raise typer.Exit(2)
    context = open_context()
    from flows.exports import memento

    found = memento.mementos(context.catalog.captures(page=canonical_url(url)))
    if not found:
        _nothing(url)
    at = memento.addresses(base, url) if base else memento.NOWHERE
    if as_json:
        _write([msgspec.json.encode(memento.as_json(url, found, at)).decode()], output)
    else:
        _write([memento.link_format(url, found, at).rstrip("\n")], output)


@app.command("records", epilog=EPILOG)
def records(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Is made if it is not there.")],
) -> None:
    """All records that count, as Parquet files for DuckDB, pandas and Spark."""
    context = open_context()
    from flows.exports.records import write

    with messages().status("writing …") as status:
        try:
            written = write(folder, context.catalog, lambda kind: status.update(f"writing {kind}"))
        except FileExistsError as error:
            complain(f"{error}. Name another folder: nothing is written over.")
            raise typer.Exit(2) from error
    for kind, count in written.items():
        say(f"{folder / kind}.parquet: {count}")


def _dossier(context: Context, url: str) -> "Dossier":
    from flows.exports.dossier import dossier

    return dossier(context, url) or _nothing(url)


def _nothing(what: str) -> NoReturn:
    complain(
        f"{what}: nothing of it is in the catalog. `copytrail run` or `follow` archives pages."
    )
    raise typer.Exit(1)


def _and(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _write(lines: Iterable[str], output: Path | None) -> None:
    if output is None:
        write_lines(lines)
        return
    from flows.exports.appearing import appearing

    with appearing(output) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    messages().print(f"{output} is written", soft_wrap=True)
