"""Fixtures for all tests: real servers, started once for each pytest process when first asked."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from tests import servers

# On a busy machine one example may take long. All else is hypothesis' own, which knows CI.
settings.register_profile("tests", settings.default, deadline=None)
settings.load_profile("tests")

# A shell has what it starts in the background ignore SIGINT, and so all that is started from there;
# the tests send it as a person's Ctrl-C does.
signal.signal(signal.SIGINT, signal.default_int_handler)

if "PYTEST_XDIST_WORKER" in os.environ:
    # Scrapy asks on import who imports it, which takes the longer the more is imported already:
    # four seconds of each worker, were it to come last.
    import scrapy.core.downloader.contextfactory  # noqa: F401


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Nothing that is imported or collected becomes garbage, now or later: do not look there."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failure: what is not run there is run nowhere."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Workers of `-n auto`: four on two cores. With three, a quarter of the cores' time was left:
    journeys wait for outlets, servers and time-outs."""
    return max(4, os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rooms whose modules take longest come first, and before the small ones the modules that
    take long, so that no worker is left alone with one at the end (`--no-loadscope-reorder` keeps
    this order with `--dist loadfile`). The soak is first of all, for it and its neighbours by name
    would have three Prefect servers work at once."""
    order = (
        "test_soak.py", "journeys", "test_ten_thousand_faults.py", "test_spreading.py",
        "test_auditing.py", "spiders", "storage", "flows",
    )  # fmt: skip
    place = {name: number for number, name in enumerate(order)}

    def rank(item: pytest.Item) -> int:
        return min(place.get(name, len(order)) for name in (item.path.name, item.path.parent.name))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def seaweed_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Seaweed]:
    """A running SeaweedFS with one bucket."""
    with servers.seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        running.client().create_bucket(Bucket=servers.BUCKET)
        yield running


@pytest.fixture
def s3_bucket(seaweed_server: servers.Seaweed) -> tuple[str, dict[str, str]]:
    """A store of its own for each test: its `s3://` URL, and the environment that leads there."""
    return f"s3://{servers.BUCKET}/{uuid4().hex}", seaweed_server.env


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database on a running PostgreSQL."""
    # pytest's own temporary folders are closed to other users, and root's PostgreSQL is another.
    folder = Path(tempfile.mkdtemp(prefix="copytrail-pg-"))
    folder.chmod(0o755)
    try:
        with servers.postgres(folder / "server") as url:
            yield url
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def unprivileged() -> Callable[[Path], AbstractContextManager[None]]:
    """A context in which root has no more rights than others; it can still reach the folder."""

    @contextmanager
    def become_nobody(folder: Path) -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for above in [folder, *folder.parents]:  # pytest closes its folders to others
            if not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o055)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return become_nobody
