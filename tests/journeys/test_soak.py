"""A schedule that is left alone with twenty outlets that misbehave: nothing leaks, nothing is lost.

`SOAK_SECONDS` makes it last longer: see docs/scheduling.md.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.copytrail import Row
from tests.journeys.outages import GONE, LOOK, Ferry, alive, left_in_work, parent_of, wait_for
from tests.journeys.scheduled import ENDED, STARTED, Schedule
from tests.spiders.small_site import Answer, rss

SECONDS = float(os.environ.get("SOAK_SECONDS", "20"))
OUTLETS = 20
KILL_EVERY = 10.0  # seconds
EVERY = 30
MIB = 1024 * 1024
GROWTH = 48 * MIB
"""Memory that the schedule and the server may gain: caches that fill in the first minutes."""
OPENED = 30
"""Files that they may have open more than at the start, when no run is at work: the server keeps up
to ten connections to its database, of three files each."""
RUNS = 6  # that are sealed at least, however busy the machine


class Moody(Ferry):
    """An outlet of three articles at first and one more at each visit; every third answer is an
    error, or a page that breaks off, or nothing. Which, is always the same."""

    def __init__(self, number: int) -> None:
        super().__init__(40)
        self._dice = random.Random(number)
        self._shown = 3
        stories = {path: page for path, page in self.pages.items() if path != "/feed"}
        self.pages["/feed"] = lambda _: self._feed()
        for path, page in stories.items():
            self.pages[path] = lambda _, page=page: self._moody(page)  # type: ignore[misc]

    def _feed(self) -> Answer:
        self._shown = min(self._shown + 1, len(self.articles))
        newest = self.articles[max(0, self._shown - 10) : self._shown]
        return self._moody(rss(*((url, "The ferry", "") for url in newest)))

    def _moody(self, page: object) -> Answer:
        assert isinstance(page, Answer)
        match self._dice.randrange(9):
            case 0:
                return Answer("busy", 503, {"Retry-After": "1"})
            case 1:
                return Answer(page.body, 200, {"Transfer-Encoding": "chunked"})  # no chunks
            case 2:
                return Answer("", 500)
        return page


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def soaked(tmp_path: Path) -> Iterator[Schedule]:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    made = Schedule(
        tmp_path / "soak", "--every", str(EVERY), TMPDIR=str(scratch), COPYTRAIL_RECHECKS="20s",
        COPYTRAIL_RECHECK_SCHEDULE="*/1 * * * *",
        COPYTRAIL_MAX_EXCHANGE_SECONDS="3",  # for the answers that never end
        # Prefect writes runs down for an hour ahead: 100 for each outlet, at this pace.
        PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS="6",
    )  # fmt: skip
    with ExitStack() as stack:
        for number in range(OUTLETS):
            outlet = stack.enter_context(Moody(number))
            made.watch(f"outlet-{number:02}", outlet.url)
        try:
            made.start()
            yield made
        finally:
            made.end()


def ended(schedule: Schedule) -> list[Row]:
    """The attempts that sealed something."""
    return [one for one in schedule.attempts() if one.get("run")]


def quiet(schedule: Schedule) -> None:
    """Let nothing come due any more, and what is at work end."""
    for one in schedule.api.ask("deployments/filter"):
        schedule.api.ask(f"deployments/{one['id']}/pause_deployment")
    wait_for(lambda: not schedule.flow_processes() or not schedule.alive(), ENDED, LOOK)
    assert schedule.alive(), schedule.said()


@pytest.mark.timeout(SECONDS + 900)
def test_nothing_leaks_and_nothing_is_lost(soaked: Schedule, tmp_path: Path) -> None:
    assert soaked.process is not None
    schedule, server = soaked.process.pid, soaked.server()
    before = {pid: (resident(pid), descriptors(pid)) for pid in (schedule, server)}
    start = time.monotonic()
    killed: list[int] = []
    while time.monotonic() < start + SECONDS or len(ended(soaked)) < RUNS:
        assert soaked.alive(), soaked.said()
        flows = [pid for pid in soaked.flow_processes() if parent_of(pid) == schedule]
        if flows and len(killed) < min(SECONDS, time.monotonic() - start) / KILL_EVERY:
            os.kill(flows[0], signal.SIGKILL)
            killed.append(flows[0])
        assert len(flows) <= 4  # schedule_runs
        time.sleep(2)
    quiet(soaked)
    for pid, (memory, files) in before.items():
        wait_for(lambda pid=pid, files=files: descriptors(pid) < files + OPENED)  # type: ignore[misc]
        assert resident(pid) < memory + GROWTH, (pid == server, memory, resident(pid))
    soaked.process.terminate()
    assert soaked.process.wait(STARTED) == 0, soaked.said()
    for pid in [server, *killed]:
        wait_for(lambda pid=pid: not alive(pid), GONE)  # type: ignore[misc]

    copytrail = soaked.copytrail
    copytrail.run("run", "outlet-00")  # seals what the killed ones left
    assert left_in_work(copytrail) == []
    left = {path.name for path in (tmp_path / "tmp").iterdir()}
    assert left <= {"runner_storage"}  # one empty folder of Prefect, always of that name
    runs = len(ended(soaked))
    assert size(copytrail.home / "prefect") < 64 * MIB + runs * MIB
    assert {one["what"] for one in soaked.attempts()} <= {
        "complete", "partial", "failed", "skipped", "stopped",
    }  # fmt: skip
    assert copytrail.audit()["runs"] >= runs
    told = copytrail.run("status", "--json").rows()
    assert sum(one["runs"] for one in told) >= runs - sum(
        one["kind"] == "recheck" for one in soaked.attempts()
    )
    assert killed
