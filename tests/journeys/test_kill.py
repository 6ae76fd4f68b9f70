"""`kill -9` at any moment: nothing that was acknowledged is lost, and the next run goes on."""

import os
import random
import time
from pathlib import Path

import pytest

from tests.journeys.copytrail import Copytrail
from tests.journeys.outages import (
    GONE,
    Ferry,
    alive,
    captured,
    facts,
    kept,
    kill,
    left_in_work,
    wait_for,
    watch_outlet,
    working,
)
from tests.spiders.small_site import rss

ROUNDS = int(os.environ.get("KILL_ROUNDS", "6"))
SEED = int(os.environ.get("KILL_SEED", "20200719"))
PER_ROUND = 6  # articles that are new to each round
# Seconds from a command's start to the kill: a whole run took 3 to 4 alone, its imports 1.
LATEST = 4.0


def test_killed_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    # Without second visits, each round has the same work; a WARC file holds three or four pages.
    small = {"COPYTRAIL_REVISIT_DAYS": "0", "COPYTRAIL_WARC_ROTATE_BYTES": "6000"}
    copytrail = Copytrail(tmp_path, **small)
    with Ferry(ROUNDS * PER_ROUND) as site:
        watch_outlet(copytrail, site.url, delay=0.1)
        for number in range(1, ROUNDS + 1):
            publish(site, number * PER_ROUND)
            victim = chance.choice(("flow", "crawl", "both"))
            when = chance.uniform(0.5, LATEST)
            asked = run_and_kill(copytrail, site, victim, when)
            audited = copytrail.run("audit")
            assert audited.code == 0, (number, victim, when, audited)
            # An answer that was read before the next request was written: one may be under way.
            there = kept(copytrail.home)
            assert set(there.values()) >= set(asked[:-1])
            if number % 2 and number < ROUNDS:
                continue  # the next one is killed over what this one left
            copytrail.well("run")
            assert kept(copytrail.store).keys() >= there.keys()
            assert captured(copytrail) == set(site.articles[: number * PER_ROUND])
            assert left_in_work(copytrail) == []
    copytrail.audit()
    before = facts(copytrail)
    copytrail.well("rebuild")
    assert facts(copytrail) == before


def publish(site: Ferry, count: int) -> None:
    """Let the feed list the first `count` articles."""
    site.pages["/feed"] = rss(*((url, "The ferry", "") for url in site.articles[:count]))


def run_and_kill(copytrail: Copytrail, site: Ferry, victim: str, when: float) -> list[str]:
    """Start a run, kill after `when` seconds; the articles that it had asked for."""
    before = len(site.asked)
    children: set[int] = set()
    with working(copytrail, "run") as run:
        end = time.monotonic() + when
        while time.monotonic() < end and run.process.poll() is None:
            children |= set(run.children())
            time.sleep(0.05)
        children |= set(run.children())
        if victim in ("flow", "both"):
            run.process.kill()
        if victim in ("crawl", "both"):
            for child in children:
                kill(child)
        if victim == "crawl":
            run.end()
    for child in children:
        wait_for(lambda child=child: not alive(child), GONE)  # type: ignore[misc]
    paths = [one.path for one in site.asked[before:]]
    return [url for url in site.articles if "/" + url.removeprefix(site.url) in paths]


# Kill points inside the sealing: each ends the process, as `kill -9` does, in the real code.
HALF_A_COPY = "before a copy is known to be whole"
DIE = "def die(*a, **k):\n    import os; os._exit(137)\n"
POINTS = {
    HALF_A_COPY: (
        "import shutil as m\n"
        "def half(a, b):\n"
        "    b.write_bytes(a.read_bytes()[:2000])\n"
        "    die()\n"
        "m.copyfile = half"
    ),
    "before anything is read": "import flows.finishing as m; m.read_run = die",
    "records half written": (
        "import pyarrow.parquet as m\n"
        "write = m.ParquetWriter.write_table\n"
        "m.ParquetWriter.write_table = lambda *a, **k: (write(*a, **k), die())"
    ),
    "after the records, before they are ready": (
        "from flows.workplace import Workplace as m; m.mark_ready = die"
    ),
    "ready, before the sums": "import storage.log as m; m.write_sums = die",
    "after the first object": (
        "from storage.local import LocalStore as m\n"
        "put = m.put_if_absent\n"
        "m.put_if_absent = lambda *a, **k: (put(*a, **k), die())"
    ),
    "an object written, before it has its name": (
        "from storage.local import LocalStore as m; m._link = die"
    ),
    "after the upload, before the log entry": "import storage.log as m; m._commit = die",
    "after the log entry, before the catalog": (
        "import storage.log as m\n"
        "commit = m._commit\n"
        "m._commit = lambda *a, **k: (commit(*a, **k), die())"
    ),
    "in the middle of the catalog": "from storage.taking import Taking as m; m.see = die",
    "before the work folder is removed": (
        "from flows.workplace import Workplace as m; m.remove = die"
    ),
    "while the work folder is removed": "import shutil as m; m.rmtree = die",
}


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WARC with three articles. Its import is sealed as any run is, and starts no crawl."""
    copytrail = Copytrail(tmp_path_factory.mktemp("crawled"))
    with Ferry(3) as site:
        watch_outlet(copytrail, site.url)
        copytrail.well("run")
    (found,) = copytrail.store.glob("runs/*/warc/*.warc.gz")
    return found


@pytest.mark.parametrize("point", POINTS)
def test_killed_inside_the_sealing(point: str, warc: Path, tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path)
    died = copytrail.run("import", str(warc), patch=DIE + POINTS[point])
    assert died.code == 137, died
    audited = copytrail.run("audit")
    assert audited.code == 0, audited
    again = copytrail.well("import", str(warc))
    if point == HALF_A_COPY:
        assert "copied in part" in again.stderr
    else:
        assert "imported before" in again.stderr
    assert len(captured(copytrail)) == 3
    assert left_in_work(copytrail) == []
    assert len(list(copytrail.store.glob("log/*.json"))) == 1
