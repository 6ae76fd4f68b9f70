"""Ctrl-C and SIGTERM: the first ends a run in good order, the second at once."""

import signal
import time
from pathlib import Path

import pytest

from tests.journeys.copytrail import Copytrail, Row
from tests.journeys.outages import (
    Ferry,
    Working,
    alive,
    captured,
    left_in_work,
    wait_for,
    watch_outlet,
    working,
)

AT_ONCE = 25.0  # seconds; alone it took half a one, and the server answers after 30


def crawling(run: Working, site: Ferry, pages: int) -> int:
    """Wait until the crawl is well under way; the child's process id."""
    child = run.child()
    wait_for(lambda: len(site.answered()) >= pages)
    return child


def runs(copytrail: Copytrail) -> list[Row]:
    """What each sealed run says of itself."""
    import json

    files = sorted((copytrail.store / "runs").glob("*/run.json"))
    return [json.loads(path.read_bytes()) for path in files]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_run_in_good_order(
    number: signal.Signals, tmp_path: Path
) -> None:
    copytrail = Copytrail(tmp_path)
    with Ferry(500) as site, Ferry(3) as second:
        watch_outlet(copytrail, site.url)
        watch_outlet(copytrail, second.url, "zeta")
        with working(copytrail, "run") as run:
            child = crawling(run, site, 3)
            run.process.send_signal(number)
            ended = run.end()
        assert not second.asked, "the next source was begun after the signal"
    assert ended.code == 130
    assert "what was captured is sealed first" in ended.stderr
    assert not alive(child)
    assert left_in_work(copytrail) == []
    (sealed,) = runs(copytrail)
    assert sealed["outcome"] == "partial"
    assert "stopped" in sealed["problems"][-1]["what"]
    assert len(captured(copytrail)) >= len(site.answered()) - 1 >= 2
    copytrail.audit()


def test_the_second_ctrl_c_stops_at_once_and_the_next_run_seals(tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path)

    with Ferry(6) as site:
        answer = site.pages["/2024/03/story-3"]

        def slowly(headers: dict[str, str]) -> object:
            time.sleep(30)  # longer than any of the waits below
            return answer

        site.pages["/2024/03/story-3"] = slowly  # type: ignore[assignment]
        watch_outlet(copytrail, site.url)
        with working(copytrail, "run") as run:
            child = crawling(run, site, 4)
            run.process.send_signal(signal.SIGINT)
            wait_for(lambda: "again: stop at once" in run.told())
            run.process.send_signal(signal.SIGINT)
            asked = time.monotonic()
            ended = run.end()
            assert time.monotonic() - asked < AT_ONCE
        assert ended.code == 130
        assert not alive(child)
        copytrail.audit()
    if left_in_work(copytrail):  # it may have sealed between the two
        copytrail.run("run")
    assert left_in_work(copytrail) == []
    assert captured(copytrail) >= set(site.articles[:3])
    copytrail.audit()


def test_ctrl_c_before_the_first_page(tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path)
    with Ferry(3) as site:
        watch_outlet(copytrail, site.url)
        with working(copytrail, "run") as run:
            child = run.child()
            run.process.send_signal(signal.SIGINT)
            ended = run.end()
        assert ended.code == 130
        assert not alive(child)
        assert left_in_work(copytrail) == []
        copytrail.audit()
        copytrail.well("run")
    assert captured(copytrail) == set(site.articles)
