"""Commands that keep the archive in order: audit, rebuild, doctor, config."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.text import Text

from flows import workplace
from flows.context import open_context
from flows.output import cell, complain, console, messages, table, write_json
from flows.redaction import without_password

if TYPE_CHECKING:
    from flows.checks import Report

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(
        "audit", epilog="Exit status: 0 no fault; 1 faults were found; 2 could not audit all of it."
    )(audit)
    app.command("rebuild", epilog="Exit status: 0 rebuilt; 2 could not.")(rebuild)
    app.command("doctor", epilog="Exit status: 0 all is well; 1 something is not.")(doctor)
    app.command("config", epilog="Exit status: 0 shown; 2 a setting cannot be used.")(config)


def audit(as_json: Json = False) -> None:
    """Check every object against SHA256SUMS, and every log entry against the chain."""
    context = open_context()
    from flows import checks

    with messages().status("auditing …") as status:
        report = checks.audit(
            context.store,
            workplace.pending(context.settings.home),
            lambda done, total, key: status.update(f"auditing {done} of {total}: {key}"),
        )
    if as_json:
        write_json([report])
    else:
        _show_report(report)
    raise typer.Exit(2 if report.could_not else 1 if report.faults else 0)


def _show_report(report: "Report") -> None:
    out = console()
    for fault in (*report.faults, *report.notes):
        style = "bold red" if fault.severity == "fault" else "dim"
        out.print(
            Text.assemble((fault.severity, style), f" {fault.check}: {fault.key}: {fault.message}"),
            soft_wrap=True,
        )
        if fault.next_step:
            out.print(cell(f"      {fault.next_step}", "dim"), soft_wrap=True)
    for reason in report.could_not:
        out.print(Text.assemble(("could not audit", "bold yellow"), f" {reason}"), soft_wrap=True)
    scope = (
        f"{report.runs} runs, {report.entries} log entries, {report.objects} objects, "
        f"{report.bytes:,} bytes"
    )
    if report.faults:
        verdict = Text(f"{len(report.faults)} faults in {scope}", "bold red")
    elif report.could_not:
        verdict = Text(f"No fault in what could be read of {scope}; the rest is unknown", "yellow")
    else:
        verdict = Text(f"No fault: {scope} are as they were sealed", "green")
    out.print(verdict, soft_wrap=True)
    head = f"head: log entry {report.head.seq}, sha256:{report.head.sha256}"
    out.print(cell(head, "dim"), soft_wrap=True)


def rebuild(as_json: Json = False) -> None:
    """Make the catalog anew from the archive alone."""
    context = open_context()
    from flows.sealing import catch_up

    # Ask the store before the old catalog is thrown away.
    next(context.store.list("log/"), None)
    with messages().status("rebuilding …") as status:
        context.catalog.empty()
        taken = catch_up(
            context.store, context.catalog, lambda run: status.update(f"taking in run {run}")
        )
    if as_json:
        write_json([{"runs": taken}])
    else:
        console().print(f"{taken} sealed runs are in the catalog again.")


def doctor(as_json: Json = False) -> None:
    """Say what is installed, reachable and configured, and what to do where it is not."""
    from flows.health import examine

    findings = examine()
    if as_json:
        write_json(findings)
    else:
        rows = table("", "what", "found", "next step")
        for one in findings:
            mark = Text("ok", "green") if one.ok else Text("not ok", "bold red")
            rows.add_row(mark, cell(one.what, "bold"), cell(one.detail), cell(one.next_step))
        console().print(rows)
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


def config(as_json: Json = False) -> None:
    """Print every setting in force, and where its value comes from."""
    context = open_context()
    settings = context.settings
    # What a setting left empty comes to is shown, for that is what one wants to know.
    shown = {"store": settings.store_url, "catalog": without_password(settings.catalog_url)}
    rows = [
        {"name": name, "value": shown.get(name, value), "from": context.loaded.origin[name]}
        for name, value in msgspec.to_builtins(settings, enc_hook=str).items()
    ]
    if as_json:
        write_json(rows)
        return
    shown_rows = table("setting", "value", "from")
    for row in rows:
        shown_rows.add_row(cell(row["name"], "bold"), cell(str(row["value"])), cell(row["from"]))
    console().print(shown_rows)
    if not settings.contact:
        complain("no contact is set: only loopback outlets will be crawled. Set `contact`.")
