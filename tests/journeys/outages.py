"""Copytrail at work, to be disturbed: a running command, its crawl child, a small outlet."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.registry import Politeness, Source, dump_source
from config.settings import MIB
from storage.catalog import open_catalog
from storage.warcread import WarcError, read_captures
from tests.journeys.copytrail import LONGEST, PROGRAM, Copytrail, Ended, Row
from tests.spiders.small_site import Answer, Site, article, rss

OUTLET = "lenne"
SOON = 60.0  # seconds in which something must have begun; other tests may keep the processors busy
LOOK = 0.5  # seconds between two looks that cost: fifty a second keep a Prefect server busy
GONE = 60.0  # seconds in which a child without a parent must be gone: its own bound is 20


class Ferry(Site):
    """An outlet of `count` articles, each with a text of its own."""

    def __init__(self, count: int) -> None:
        super().__init__()
        paths = [f"2024/03/story-{number}" for number in range(count)]
        self.articles = [self.url + path for path in paths]
        self.pages["/feed"] = rss(*((url, "The ferry", "") for url in self.articles))
        for number, path in enumerate(paths):
            self.pages[f"/{path}"] = _story(number)

    def answered(self) -> set[str]:
        """The articles that were asked for."""
        return {self.url.rstrip("/") + path for path in self.paths()} & set(self.articles)


def _story(number: int) -> Answer:
    words = " ".join(f"word{number}x{place}" for place in range(60))
    return article(f"The ferry, part {number}", credit=f"<p>{words}</p>")


def watch_outlet(copytrail: Copytrail, url: str, name: str = OUTLET, delay: float = 0.05) -> None:
    """Write the source file of an outlet that has its feed at `/feed`."""
    folder = copytrail.home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    source = Source(
        id=name,
        name=name.title(),
        homepage=url,
        feeds=(url + "feed",),
        politeness=Politeness(delay=delay),
    )
    (folder / f"{name}.yml").write_text(dump_source(source))


class Working:
    """A command that runs: its process, and the crawl children that it started."""

    def __init__(self, copytrail: Copytrail, *words: str) -> None:
        self._out = (copytrail.folder / "out.txt").open("wb")
        self._err = (copytrail.folder / "err.txt").open("wb")
        self.process = subprocess.Popen(
            [PROGRAM, *words], env=copytrail.env, cwd=copytrail.folder,
            stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._err,
        )  # fmt: skip

    def children(self) -> list[int]:
        """The crawl children that live now."""
        return children_of(self.process.pid)

    def child(self) -> int:
        """The crawl child, once there is one."""
        wait_for(lambda: bool(self.children()) or self.process.poll() is not None)
        return self.children()[0]

    def told(self) -> str:
        """What it said on stderr until now."""
        return Path(self._err.name).read_text()

    def end(self) -> Ended:
        """Wait until it has ended by itself."""
        code = self.process.wait(LONGEST)
        return Ended(code, Path(self._out.name).read_text(), self.told())

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._out.close()
        self._err.close()


@contextmanager
def working(copytrail: Copytrail, *words: str) -> Iterator[Working]:
    """A running command, which is gone afterwards."""
    command = Working(copytrail, *words)
    try:
        yield command
    finally:
        command.close()


def wait_for(condition: Callable[[], bool], seconds: float = SOON, pause: float = 0.02) -> None:
    """Until it is so; fails after `seconds`. `pause` is how long it rests between two looks."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(pause)


def children_of(*parents: int) -> list[int]:
    """The processes that live, and whose parent is one of these."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if parent_of(pid) in parents]


def parent_of(pid: int) -> int | None:
    """The parent of a process that lives; a zombie does not."""
    # Some tests ask this of all processes, and often: pathlib would take twice as long.
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123
        state, parent = stat.read().rpartition(b")")[2].split()[:2]
        return None if state == b"Z" else int(parent)
    return None


def alive(pid: int) -> bool:
    """Whether the process runs."""
    return parent_of(pid) is not None


def kill(pid: int) -> None:
    """`kill -9`, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def left_in_work(copytrail: Copytrail) -> list[str]:
    """What lies in the work folder."""
    work = copytrail.home / "work"
    return sorted(path.name for path in work.iterdir()) if work.exists() else []


def captured(copytrail: Copytrail) -> set[str]:
    """URLs of all articles in its catalog, which is SQLite."""
    catalog = open_catalog(f"sqlite:///{copytrail.home / 'catalog.sqlite'}")
    return {one.url for one in catalog.articles()}


def facts(copytrail: Copytrail) -> list[list[Row]]:
    """What the reading commands say."""
    return [copytrail.rows("articles"), copytrail.rows("trails")]


def kept(folder: Path) -> dict[str, str]:
    """The captures in all WARC files below, finished or not: their URLs by record id."""
    found = {}
    for path in [*folder.rglob("*.warc.gz"), *folder.rglob("*.warc.gz.open")]:
        with suppress(WarcError):  # a torn tail; what stands before it is whole
            for one in read_captures(path, "", max_decoded_bytes=MIB):
                found[one.capture.id] = one.capture.url
    return found
