"""How the crawl child starts and ends, whatever happens to its parent."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.registry import Politeness, Source
from config.settings import Settings
from flows.crawling import CrawlFailed, crawl
from spiders.job import AnyEvent, Closed, Fetched, Job, Progress, Started, decode_event, encode
from storage.warc import OPEN
from tests.spiders.small_site import Answer, Site, article, rss

CHILD = [sys.executable, "-P", "-m", "spiders.child"]


@pytest.fixture
def endless() -> Iterator[Site]:
    """A site with more articles than any of these tests waits for."""
    with Site() as site:
        urls = [f"{site.url}2024/03/story-{number}" for number in range(500)]
        site.pages["/feed"] = rss(*((url, "The ferry", "") for url in urls))
        for url in urls:
            site.pages["/" + url.removeprefix(site.url)] = article("The ferry stops at noon")
        yield site


def job_for(site: Site, folder: Path) -> Job:
    source = Source(
        id="lenne",
        name="Lenne Courier",
        homepage=site.url,
        feeds=(site.url + "feed",),
        politeness=Politeness(delay=0.1),
    )
    settings = Settings(allow_private_addresses=True)
    return Job(run="R1", folder=folder, source=source, settings=settings)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while alive(pid):
        assert time.monotonic() < end, f"the child {pid} still runs after {seconds} s"
        time.sleep(0.1)


def finished_warcs(folder: Path) -> list[Path]:
    return sorted((folder / "warc").glob("*.warc.gz"))


def test_a_crawl_without_trouble_logs_nothing(tmp_path: Path) -> None:
    """The end of the log is told as the cause, where a crawl fails."""
    with Site() as site:
        site.pages["/feed"] = rss((site.url + "2024/03/story", "The ferry", ""))
        site.pages["/2024/03/story"] = Answer("", 301, {"Location": "/2024/03/moved"})
        site.pages["/2024/03/moved"] = article("The ferry stops at noon")
        with subprocess.Popen(
            CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            assert child.stdin
            assert child.stdout
            assert child.stderr
            child.stdin.write(encode(job_for(site, tmp_path)))
            child.stdin.flush()
            events = [decode_event(line) for line in child.stdout]
            assert child.stderr.read() == b""
    assert any(isinstance(event, Closed) for event in events)
    assert child.returncode == 0


def test_the_child_ends_in_order_when_its_parent_is_killed(endless: Site, tmp_path: Path) -> None:
    (tmp_path / "job").write_bytes(encode(job_for(endless, tmp_path)))
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent("""
                import sys
                from pathlib import Path
                from flows.crawling import crawl
                from spiders.job import decode_job, encode
                job = decode_job(Path(sys.argv[1]).read_bytes())
                crawl(job, lambda event: print(encode(event).decode(), end="", flush=True))
            """),
            str(tmp_path / "job"),
        ],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    started = decode_event(parent.stdout.readline())
    assert isinstance(started, Started)
    while not isinstance(decode_event(parent.stdout.readline()), Progress):
        pass
    assert alive(started.pid)
    parent.kill()
    parent.wait()
    wait_until_gone(started.pid, 10)
    parent.stdout.close()
    # It closed its WARC before it went, and asked for nothing more.
    assert len(finished_warcs(tmp_path)) == 1
    assert not list((tmp_path / "warc").glob("*" + OPEN))
    asked = len(endless.asked)
    time.sleep(0.5)
    assert len(endless.asked) == asked


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_child_in_order(
    endless: Site, tmp_path: Path, number: signal.Signals
) -> None:
    def on_event(event: AnyEvent) -> None:
        if isinstance(event, Started):
            pids.append(event.pid)
        if isinstance(event, Progress) and event.done == 2:
            os.kill(pids[0], number)

    pids: list[int] = []
    closed = crawl(job_for(endless, tmp_path), on_event)
    assert closed.reason == "stopped"
    assert closed.counts["articles"] >= 2
    assert len(finished_warcs(tmp_path)) == 1


def test_a_wish_to_stop_is_heard(endless: Site, tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    closed = crawl(
        job_for(endless, tmp_path),
        events.append,
        lambda: any(isinstance(one, Progress) for one in events),
    )
    assert closed.reason == "stopped"
    assert isinstance(events[-1], Closed)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_in_the_parent_leaves_no_child(
    endless: Site, tmp_path: Path, error: type[BaseException]
) -> None:
    def on_event(event: AnyEvent) -> None:
        if isinstance(event, Started):
            pids.append(event.pid)
        if isinstance(event, Fetched):
            raise error

    pids: list[int] = []
    with pytest.raises(error):
        crawl(job_for(endless, tmp_path), on_event)
    assert not alive(pids[0])


def test_a_child_that_is_killed_is_a_failed_crawl(endless: Site, tmp_path: Path) -> None:
    def on_event(event: AnyEvent) -> None:
        if isinstance(event, Started):
            pids.append(event.pid)
        if isinstance(event, Progress):
            os.kill(pids[0], signal.SIGKILL)

    pids: list[int] = []
    with pytest.raises(CrawlFailed, match="killed by signal 9"):
        crawl(job_for(endless, tmp_path), on_event)
    # What was captured lies in the folder, for `storage.warc.recover`.
    assert list((tmp_path / "warc").glob("*" + OPEN))


def test_a_stuck_server_does_not_keep_the_child(tmp_path: Path) -> None:
    def never(_: dict[str, str]) -> Answer:
        time.sleep(30)
        return Answer()

    with Site() as site:
        site.pages["/feed"] = never
        begun = time.monotonic()
        closed = crawl(job_for(site, tmp_path), lambda _: None, lambda: "/feed" in site.paths())
        assert closed.reason == "stopped"
        assert time.monotonic() - begun < 28  # the server would take 30


def test_a_job_that_cannot_be_read_is_refused() -> None:
    done = subprocess.run(CHILD, input=b'{"run": 5}\n', capture_output=True, timeout=120)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"the job on stdin cannot be read" in done.stderr


def test_a_full_disk_ends_the_crawl_with_its_reason(endless: Site, tmp_path: Path) -> None:
    # A limit on file size stands in for the disk: the WARC file may grow to a few KiB.
    limited = [
        "sh",
        "-c",
        'trap "" XFSZ; ulimit -f 8; exec "$@"',
        "sh",
        *CHILD,
    ]
    child = subprocess.Popen(
        limited, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdin is not None
    child.stdin.write(encode(job_for(endless, tmp_path)))
    child.stdin.flush()
    out = child.stdout.read() if child.stdout else b""
    said = child.stderr.read().decode() if child.stderr else ""
    assert child.wait(120) == 5
    assert "no room for" in said
    assert not any(isinstance(decode_event(line), Closed) for line in out.splitlines())
