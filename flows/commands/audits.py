"""The command audit: check the archive, and show what was found."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.context import open_context
from flows.output import cell, clean, complain, console, counted, messages, write_json

if TYPE_CHECKING:  # heavy: other commands must not wait for it
    from flows.checks.report import Fault, LivePage, Report

EPILOG = (
    "Classes: fixity (log, signatures, time stamps; objects against SHA256SUMS); structure "
    "(records parse, digests match, the catalog's places lead to them); lineage (records derived "
    "again from their bytes are equal; matches are found again in both texts); completeness "
    "(catalog, archive and log agree; sources and heartbeats came as usual); live (pages fetched "
    "again, only with --live).\n\n"
    "Exit status: 0 all that was checked is fine; 1 faults were found; 2 no fault was found, but "
    "not all could be checked, or --html not be written; 3 all was checked and nothing is wrong, "
    "but some of it cannot be verified here."
)
STYLES = {"fault": "bold red", "note": "dim", "unverifiable": "bold yellow"}
LIMIT = 20  # pages; with a second between two requests, less than a minute for each outlet


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("audit", epilog=EPILOG)(audit)


def audit(
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CLASS", help="Check this class only.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="CLASS", help="Leave this class out.")
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Read this share of the objects, `5%`: those that were not read for longest. "
            "Twenty such audits read all.",
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Fetch archived pages again, too, and seal what came.")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=1, help="With --live: pages that are fetched at most.")
    ] = LIMIT,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as one HTML page, too.")
    ] = None,
    keys: Annotated[
        list[Path] | None,
        typer.Option("--key", help="A public key to trust, beside those in the home folder."),
    ] = None,
    heads: Annotated[
        list[str] | None,
        typer.Option(
            "--head", metavar="NUMBER:SHA256|FILE",
            help="A head that was noted down or published, or a file of such.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")] = False,
) -> None:  # fmt: skip
    """Check the archive: is it as it was sealed, does it hold what it should, and does what is said
    of its pages follow from their bytes?"""
    context = open_context()
    from flows import auditing
    from flows.checks.report import EXIT, Asked
    from flows.trusting import trust

    try:
        classes = auditing.classes(only or [], skip or [], live)
        share = auditing.share(sample)
    except ValueError as error:
        complain(f"{error}. See `copytrail audit --help`.")
        raise typer.Exit(2) from error
    known = trust(context.settings, keys or (), heads or ())
    asked = Asked(classes=classes, sample=share, limit=limit if "live" in classes else None)
    with messages().status("auditing …") as status:
        report = auditing.audit(
            context, asked, known,
            lambda name, done, total, what: status.update(_at_work(name, done, total, what)),
            complain,
        )  # fmt: skip
    if as_json:
        write_json([report])
    else:
        show(report)
    written = html is None or _write(report, html)
    # What was found counts for more than that it could not be written.
    raise typer.Exit(EXIT[report.verdict] or (0 if written else EXIT["incomplete"]))


def _write(report: "Report", path: Path) -> bool:
    """Whether the page could be written; what an audit found is not lost for that."""
    from flows.auditpage import page
    from flows.exports.appearing import appearing

    text = page(report)
    try:
        with appearing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        complain(f"--html {path}: {error.strerror}. The report as JSON is in the home's `audits/`.")
        return False
    return True


def _at_work(name: str, done: int, total: int, what: str) -> str:
    of = f" {done} of {total}" if total else ""
    return f"auditing {name}{of}: {clean(what)}"


def show(report: "Report") -> None:
    """What an audit found, and of what."""
    out = console()
    for one in (*report.faults, *report.unverifiable, *report.notes):
        _show(one)
    for reason in report.could_not:
        out.print(cell(f"could not audit {reason}", "bold yellow"), soft_wrap=True)
    for page in report.live:
        _show_live(page)
    for line, style in _summary(report):
        out.print(cell(line, style), soft_wrap=True)


def _show(one: "Fault") -> None:
    from rich.text import Text

    out = console()
    where = f"{one.key}: " if one.key else ""
    text = Text.assemble(
        (one.severity, STYLES[one.severity]), clean(f" {one.check}: {where}{one.message}")
    )
    out.print(text, soft_wrap=True)
    since = [
        f"last fine {one.last_fine}" if one.last_fine else "",
        f"first told {one.first_told}" if one.first_told and one.severity == "fault" else "",
    ]
    for name, value in (
        ("page", one.url),
        ("expected", one.expected),
        ("found", one.found),
        ("since", ", ".join(filter(None, since)) if one.severity == "fault" else None),
        ("next", one.next_step),
    ):
        if value:
            out.print(cell(f"      {name}: {value}", "dim"), soft_wrap=True)


def _show_live(page: "LivePage") -> None:
    out = console()
    out.print(cell(f"{page.state}: {page.url}: {page.says}"), soft_wrap=True)
    for edit in page.edits:
        out.print(cell(f"      {edit.kind}: “{edit.before}” → “{edit.after}”", "dim"))
    for pair in page.pairs:
        out.print(cell(f"      {pair.copy_url} ← {pair.original_url}: {pair.says}", "dim"))


def _summary(report: "Report") -> list[tuple[str, str]]:
    log = f"{report.entries:,} log {'entry' if report.entries == 1 else 'entries'}"
    objects = counted(report.objects, "object")
    scope = f"{counted(report.runs, 'run')}, {log}, {objects}, {counted(report.bytes, 'byte')}"
    lines = [
        (f"{one.name}: {one.checked:,} checked in {one.seconds:.1f} s, "
         f"{counted(one.faults, 'fault')}, {one.unverifiable:,} unverifiable", "dim")
        for one in report.classes
    ]  # fmt: skip
    covered = report.coverage
    if covered and (covered.never or report.asked.sample):
        lines.append((
            f"Of {counted(covered.objects, 'sealed object')} {covered.never:,} "
            f"{'was' if covered.never == 1 else 'were'} never found fine here, the others since "
            f"{covered.oldest or '–'}", "dim",
        ))  # fmt: skip
    fine = f"No fault: {scope} are as they were sealed"
    if "fixity" not in report.asked.classes:
        fine = f"No fault: {', '.join(report.asked.classes)}. Nothing was held to its sums"
    verdict = {
        "faults": (f"{counted(len(report.faults), 'fault')} in {scope}", "bold red"),
        "incomplete": (f"No fault in what could be read of {scope}; the rest is unknown", "yellow"),
        "unverifiable": (
            f"No fault in {scope}, but {counted(len(report.unverifiable), 'thing')} cannot be "
            "verified here",
            "yellow",
        ),
        "fine": (fine, "green"),
    }[report.verdict]
    head = f"head: log entry {report.head.seq}, sha256:{report.head.sha256}"
    return [*lines, verdict, (head, "dim")]
