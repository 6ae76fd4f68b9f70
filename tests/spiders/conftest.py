"""A crawl in a child process, and the two sites it reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.crawling import crawl
from spiders.job import AnyEvent, Job, JobKind
from tests.spiders.child_made import SETTINGS, Crawl, Heard
from tests.spiders.small_site import Site


@pytest.fixture
def run_job(tmp_path: Path) -> Crawl:
    def run(kind: JobKind = "archive", **more: object) -> Heard:
        events: list[AnyEvent] = []
        job = Job(run="R1", folder=tmp_path, kind=kind, **{"settings": SETTINGS, **more})  # type: ignore[arg-type]
        return Heard(crawl(job, events.append), events)

    return run


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


@pytest.fixture
def other() -> Iterator[Site]:
    """Another publisher's: the machine's other name."""
    with Site(name="localhost") as one:
        yield one
