"""A Prefect server that is killed in the middle of a run: the schedule survives it.

Outside CI, for it takes minutes: `python -m pytest bench/test_outage.py`.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.outages import Ferry, captured, wait_for
from tests.journeys.scheduled import ENDED, NEVER, STARTED, Schedule


@pytest.fixture
def outlets() -> Iterator[dict[str, Ferry]]:
    with ExitStack() as stack:
        counts = {"long": 500, "outlived": 40}
        yield {name: stack.enter_context(Ferry(count)) for name, count in counts.items()}


@pytest.fixture
def schedule(
    tmp_path_factory: pytest.TempPathFactory, outlets: dict[str, Ferry]
) -> Iterator[Schedule]:
    made = Schedule(tmp_path_factory.mktemp("schedule"))
    made.watch("long", outlets["long"].url, NEVER)
    made.watch("outlived", outlets["outlived"].url, delay=0.3)
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.mark.timeout(900)  # two starts of a Prefect server, and three runs
def test_a_server_killed_mid_run_is_survived(schedule: Schedule, outlets: dict[str, Ferry]) -> None:
    run = schedule.ask_for("archive/outlived")
    wait_for(lambda: len(outlets["outlived"].answered()) >= 2 or not schedule.alive(), ENDED)
    dead = schedule.server()
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: schedule.server() != dead and schedule.api.healthy(), STARTED)
    schedule.wait(run, "COMPLETED", "FAILED", "CRASHED")
    assert schedule.state(run) == "COMPLETED", schedule.api.log(run)
    assert set(outlets["outlived"].articles) <= captured(schedule.copytrail)
    again = schedule.ask_for("archive/outlived")  # its place must not stay taken
    schedule.wait(again, "COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    assert schedule.state(again) == "COMPLETED", schedule.api.log(again)
    before = len(outlets["long"].asked)
    run = schedule.ask_for("archive/long")  # and cancelling must still work
    wait_for(lambda: len(outlets["long"].asked) >= before + 4 or not schedule.alive(), ENDED)
    schedule.cancel(run)
    assert schedule.state(run) == "CANCELLED", schedule.api.log(run)
    schedule.copytrail.audit()
