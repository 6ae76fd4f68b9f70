"""The flows that keep the archive itself: its audit, and a sign of life in its log."""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from flows import auditing, beating
from flows.checks.report import Asked, Report
from flows.context import open_context
from flows.forms import Share
from flows.trusting import trust


class Faulty(Exception):
    """The audit found faults, or could not audit all of the archive."""


@flow(name="audit", flow_run_name="audit", persist_result=False)
def audit(sample: Share | None = None) -> str:
    """Check the archive; returns the report's id. It is kept in the home's `audits/`.

    Args:
        sample: Share of the objects to read, above 0 and up to 1; by default all.

    Raises:
        Faulty: Faults were found, or something could not be audited.
    """
    context, log = open_context(), get_run_logger()
    asked = Asked(classes=auditing.classes([], [], False), sample=sample)
    log.info("checking %s", ", ".join(asked.classes))
    known = trust(context.settings, (), ())
    report = auditing.audit(context, asked, known, lambda name, done, total, what: None)
    for fault in report.faults:
        log.error("%s: %s: %s", fault.check, fault.key, fault.message)
    for reason in report.could_not:
        log.error("could not audit: %s", reason)
    create_markdown_artifact(
        key="audit", description=f"Audit {report.id}", markdown=_summary(report)
    )
    if report.faults or report.could_not:
        raise Faulty(f"audit {report.id}: {report.verdict}")
    return report.id


def _summary(report: Report) -> str:
    return (
        f"# {report.verdict}\n\n{len(report.faults)} faults, {report.runs} runs, "
        f"{report.objects} objects, {report.bytes:,} bytes\n\n"
        f"Head: log entry {report.head.seq}, `sha256:{report.head.sha256}`\n"
    )


@flow(name="heartbeat", flow_run_name="heartbeat", persist_result=False)
def heartbeat() -> int:
    """Write a sign of life into the log, and publish its head; returns the entry's number."""
    return _beat()


# To write it twice, where a store took it and did not say so, is harmless.
@task(retries=3, retry_delay_seconds=[10, 60, 300], retry_jitter_factor=0.5, persist_result=False)
def _beat() -> int:
    head, _, troubles = beating.beat(open_context())
    for trouble in troubles:
        get_run_logger().warning("%s", trouble)
    return head.seq
