"""`copytrail schedule` with its own Prefect server, as a person leaves it running: a cron, runs by
the form, and what disturbs them. One server for all, for its start takes longest."""

import os
import signal
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.journeys.copytrail import Row
from tests.journeys.outages import (
    GONE,
    LOOK,
    Ferry,
    alive,
    captured,
    children_of,
    left_in_work,
    wait_for,
)
from tests.journeys.scheduled import ENDED, NEVER, STARTED, Schedule

# Each test may wait for a start or for the end of several runs (STARTED, ENDED): on a machine with
# ten times as much to do as it can, the server alone took five minutes to come up.
pytestmark = pytest.mark.timeout(1200)
LEFT = "sealed what an earlier run left"


@pytest.fixture(scope="module")
def outlets() -> Iterator[dict[str, Ferry]]:
    counts = {
        "minute": 2, "asked": 2, "outlived": 30, "long": 900, "killed": 500, "last": 500
    }  # fmt: skip
    with ExitStack() as stack:
        yield {name: stack.enter_context(Ferry(count)) for name, count in counts.items()}


@pytest.fixture(scope="module")
def schedule(
    tmp_path_factory: pytest.TempPathFactory, outlets: dict[str, Ferry]
) -> Iterator[Schedule]:
    made = Schedule(tmp_path_factory.mktemp("schedule"))
    for name, outlet in outlets.items():
        # A run over the outlived one lasts 10 s: longer than its server lives.
        delay = 0.3 if name == "outlived" else 0.05
        made.watch(name, outlet.url, "* * * * *" if name == "minute" else NEVER, delay)
    try:
        made.start()
        yield made
    finally:
        made.end()


def test_a_run_by_the_form_completes(schedule: Schedule, outlets: dict[str, Ferry]) -> None:
    form = schedule.api.get("deployments/name/archive/archive")["parameter_openapi_schema"]
    assert form["required"] == ["source"]
    run = schedule.ask_for("archive/archive", source="asked", since="2020-01-01")
    schedule.wait(run, "COMPLETED", "FAILED", "CRASHED")
    assert schedule.state(run) == "COMPLETED", schedule.api.log(run)
    assert "lists 2 articles" in schedule.api.log(run)
    assert set(outlets["asked"].articles) <= captured(schedule.copytrail)


def test_a_cron_really_produces_runs(schedule: Schedule, outlets: dict[str, Ferry]) -> None:
    copytrail = schedule.copytrail
    wait_for(lambda: bool(schedule.attempts("minute")) or not schedule.alive(), 60 + ENDED, LOOK)
    first = schedule.attempts("minute")[0]
    assert first["what"] == "complete", schedule.said()
    assert first["scheduled"].endswith(":00Z")
    rows = {row["source"]: row for row in copytrail.run("status", "--json").rows()}
    assert rows["minute"]["last_run"]["id"] == first["run"]
    assert rows["minute"]["today"] + rows["minute"]["yesterday"] == 2
    assert rows["long"]["last_run"] is None
    assert set(outlets["minute"].articles) <= captured(copytrail)
    (run,) = [one for one in schedule.api.flow_runs("minute") if one["state_type"] == "COMPLETED"][
        -1:
    ]
    assert run["auto_scheduled"]
    found = schedule.api.get("deployments/name/archive/minute")
    schedule.api.ask(f"deployments/{found['id']}/pause_deployment")  # the others need the machine


@pytest.mark.parametrize(
    ("deployment", "wrong"),
    [
        ("archive/archive", {"source": 5}),
        ("archive/archive", {"source": "asked", "since": "nonsense"}),
        ("archive/archive", {"source": "../asked"}),
        ("recheck/recheck", {"sources": "asked"}),
        ("audit/audit", {"sample": 1.5}),
    ],
)
def test_an_invalid_form_is_refused_before_a_run_exists(
    deployment: str, wrong: Row, schedule: Schedule
) -> None:
    before = schedule.api.ask("flow_runs/count")
    with pytest.raises(urllib.error.HTTPError) as refused:
        schedule.ask_for(deployment, **wrong)
    assert refused.value.code in (409, 422)
    assert schedule.api.ask("flow_runs/count") == before


def test_a_server_killed_mid_run_is_survived(schedule: Schedule, outlets: dict[str, Ferry]) -> None:
    run = schedule.ask_for("archive/outlived")
    wait_for(lambda: len(outlets["outlived"].answered()) >= 2 or not schedule.alive(), ENDED)
    dead = schedule.server()
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: schedule.server() != dead and schedule.api.healthy(), STARTED, LOOK)
    schedule.wait(run, "COMPLETED", "FAILED", "CRASHED")
    assert schedule.state(run) == "COMPLETED", schedule.api.log(run)
    assert set(outlets["outlived"].articles) <= captured(schedule.copytrail)
    again = schedule.ask_for("archive/outlived")  # its place must not stay taken
    schedule.wait(again, "COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    assert schedule.state(again) == "COMPLETED", schedule.api.log(again)


# From here on with a server that was killed: cancelling must still work.


def test_a_cancelled_run_leaves_no_process_and_a_clean_archive(
    schedule: Schedule, outlets: dict[str, Ferry]
) -> None:
    run = schedule.ask_for("archive/long")
    wait_for(lambda: len(outlets["long"].answered()) >= 3 or not schedule.alive(), ENDED)
    started = schedule.flow_processes()
    assert len(started) >= 2
    another = schedule.ask_for("archive/long")  # while it is at work: one at a time
    schedule.wait(another, "CANCELLED", "COMPLETED", "FAILED", "CRASHED")
    assert schedule.state(another) == "CANCELLED"
    schedule.cancel(run)
    assert schedule.state(run) == "CANCELLED", schedule.api.log(run)
    for pid in started:
        wait_for(lambda pid=pid: not alive(pid), GONE)  # type: ignore[misc]
    assert not left_in_work(schedule.copytrail)
    assert schedule.attempts("long")[-1]["what"] == "stopped"
    assert len(captured(schedule.copytrail) & set(outlets["long"].articles)) >= 3
    schedule.copytrail.audit()


def test_kill_9_of_a_flow_ends_its_crawl(schedule: Schedule, outlets: dict[str, Ferry]) -> None:
    run = schedule.ask_for("archive/killed")
    wait_for(lambda: len(outlets["killed"].answered()) >= 3 or not schedule.alive(), ENDED)
    flow, sealed = schedule.process_of(run), schedule.said().count(LEFT)
    started = [flow, *children_of(flow)]
    assert len(started) >= 2
    os.kill(flow, signal.SIGKILL)
    schedule.wait(run, "CRASHED")
    for pid in started:
        wait_for(lambda pid=pid: not alive(pid), GONE)  # type: ignore[misc]
    asked = schedule.ask_for("archive/asked")  # seals what was left
    schedule.wait(asked, "COMPLETED", "FAILED", "CRASHED")
    assert schedule.state(asked) == "COMPLETED", schedule.api.log(asked)
    assert schedule.said().count(LEFT) == sealed + 1  # by this run or a cron's, whichever was first
    assert not left_in_work(schedule.copytrail)
    assert len(captured(schedule.copytrail) & set(outlets["killed"].articles)) >= 2
    schedule.copytrail.audit()


def test_sigterm_seals_what_is_at_work_and_leaves_nothing(
    schedule: Schedule, outlets: dict[str, Ferry]
) -> None:
    schedule.ask_for("archive/last")
    wait_for(lambda: len(outlets["last"].answered()) >= 3 or not schedule.alive(), ENDED)
    started = [*schedule.flow_processes(), schedule.server()]
    assert schedule.process is not None
    schedule.process.terminate()
    assert schedule.process.wait(120) == 0, schedule.said()
    assert [pid for pid in started if alive(pid)] == []
    assert not left_in_work(schedule.copytrail)
    assert schedule.attempts("last")[-1]["what"] == "stopped"
    schedule.copytrail.audit()
