"""The audit flow: the archive checked on a schedule or by hand, as Prefect runs it.

A thin shell over `auditing.audit`: what is found stands in the run's log and in artifacts, and a
run that found faults, or could not check all, ends as failed.
"""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from typing import Annotated

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from pydantic import Field

from flows import auditing
from flows.checks.report import Asked, Class, Fault, Report
from flows.context import open_context
from flows.output import clean
from flows.trusting import trust

SHOWN = 100  # faults in the summary; all of them are in the report


class Faulty(Exception):
    """Faults were found, or something could not be checked."""


@flow(name="audit", flow_run_name="audit", persist_result=False)
def audit(
    sample: Annotated[float, Field(gt=0, le=1)] | None = None,
    only: list[Class] | None = None,
    skip: list[Class] | None = None,
    live: bool = False,
    limit: Annotated[int, Field(ge=1)] = 20,
) -> str:
    """Check the archive; returns the id of the report, which is kept in the home's `audits/`.

    Args:
        sample: Share of the objects that is read, 0 to 1: those that were not read for longest.
        only: Classes of checks; default: all but `live`.
        skip: Classes of checks to leave out.
        live: Fetch archived pages again, too, and seal what came.
        limit: Pages that are fetched again at most.

    Raises:
        Faulty: Faults were found, or something could not be checked. The report says what.
    """
    log = get_run_logger()
    context = open_context()
    classes = auditing.classes(list(only or ()), list(skip or ()), live)
    share = sample if sample != 1 else None
    asked = Asked(classes=classes, sample=share, limit=limit if "live" in classes else None)
    at_work: set[str] = set()

    def show(name: str, done: int, total: int, what: str) -> None:
        if name not in at_work:
            at_work.add(name)
            log.info("auditing %s", name)

    known = trust(context.settings, (), ())
    report = auditing.audit(context, asked, known, show, log.warning)
    for one in (*report.faults, *report.unverifiable)[:SHOWN]:
        log.warning("%s: %s: %s", one.severity, one.check, clean(f"{one.key}: {one.message}"))
    for reason in report.could_not:
        log.warning("could not audit %s", clean(reason))
    _show(report)
    if report.verdict in ("faults", "incomplete"):
        raise Faulty(f"audit {report.id}: {report.verdict}; {_first(report)}")
    return report.id


def _show(report: Report) -> None:
    """The report as artifacts: one row for each class, and the faults with their stories."""
    rows = [
        {
            "class": one.name, "checked": one.checked, "faults": one.faults,
            "unverifiable": one.unverifiable, "notes": one.notes, "seconds": one.seconds,
        }
        for one in report.classes
    ]  # fmt: skip
    create_table_artifact(table=rows, key="audit-classes", description=f"Audit {report.id}")
    create_markdown_artifact(
        key="audit", description=f"Audit {report.id}", markdown=_summary(report)
    )


def _summary(report: Report) -> str:
    told = [*report.faults, *report.unverifiable]
    lines = [_story(one) for one in told[:SHOWN]]
    lines += [f"- could not audit {_code(reason)}" for reason in report.could_not[:SHOWN]]
    if len(told) > SHOWN:
        lines.append(f"- and {len(told) - SHOWN} more, in `audits/{report.id}.json`")
    return (
        f"# Audit: {report.verdict}\n\n"
        f"{report.runs} runs, {report.entries} log entries, {report.objects} objects read; head: "
        f"entry {report.head.seq}, `sha256:{report.head.sha256}`\n\n" + "\n".join(lines) + "\n"
    )


def _story(one: Fault) -> str:
    parts = [f"- **{one.severity}** {one.check}: {_code(one.key)} {_code(one.message)}"]
    for name, value in (
        ("expected", one.expected), ("found", one.found), ("last fine", one.last_fine),
        ("next step", one.next_step),
    ):  # fmt: skip
        if value:
            parts.append(f"  - {name}: {_code(value[:500])}")
    return "\n".join(parts)


def _first(report: Report) -> str:
    told = [f"{one.key} {one.message}" for one in report.faults] + list(report.could_not)
    return "; ".join(told[:3])


def _code(text: str) -> str:
    """Text that outlets had a hand in, shown as it is: no links, no pictures of theirs."""
    plain = " ".join(text.split()).replace("`", "'")
    return f"`{plain}`" if plain else ""
