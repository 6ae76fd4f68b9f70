"""The heartbeat flow: a sign of life in the log, written on a schedule or by hand."""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from prefect import flow, get_run_logger, task

from flows import beating
from flows.context import open_context


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
