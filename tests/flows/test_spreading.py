"""Reading on a real Dask cluster of two workers: the same records as on one machine."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import psutil  # distributed needs it
import pytest
from msgspec import structs

from config.settings import Settings, SettingsError
from flows.comparing import compare
from flows.reading import Reading, read_run
from flows.spreading import MANY, WORKER_MEMORY, aligner, cluster
from storage.outlets import Outlets
from storage.records import Article
from storage.spool import Spool
from tests.flows.crossposts_made import HARBOUR, made, nothing
from tests.outlets.archived import record_of
from tests.outlets.year import Courier

WARCS, STORIES = 6, 8


@pytest.fixture(scope="module")
def warcs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Six WARC files with eight stories each; the fourth breaks off in the middle of its last."""
    folder = tmp_path_factory.mktemp("warcs")
    courier = Courier()
    paths = []
    for number in range(WARCS):
        some = range(number * STORIES, (number + 1) * STORIES)
        data = b"".join(record_of(courier.articles[n], n) for n in some)
        paths.append(folder / f"{number}.warc.gz")
        paths[-1].write_bytes(data[:-200] if number == 3 else data)
    return paths


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster with two workers, as an administrator starts one."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        memory_limit=WORKER_MEMORY, silence_logs=logging.ERROR,
    ) as ours:  # fmt: skip
        yield ours.scheduler_address


def read(warcs: list[Path], readers: str) -> Reading:
    settings = Settings(readers=readers)
    return read_run("RUN", warcs, Outlets(()), settings)


@pytest.fixture(scope="module")
def alone(warcs: list[Path]) -> Reading:
    """What one machine reads."""
    return read(warcs, "local")


def test_the_records_are_those_of_one_machine(
    warcs: list[Path], scheduler: str, alone: Reading
) -> None:
    assert len(alone.articles) == WARCS * STORIES - 1
    assert len(alone.problems) == 1
    assert read(warcs, scheduler) == alone


def test_the_articles_can_be_kept_on_the_disk(
    warcs: list[Path], scheduler: str, alone: Reading, tmp_path: Path
) -> None:
    for readers in ("local", scheduler):
        with Spool(tmp_path, Article) as spool:
            found = read_run("RUN", warcs, Outlets(()), Settings(readers=readers), spool=spool)
            assert found.articles is spool
            assert structs.replace(found, articles=tuple(spool)) == alone


def test_a_cluster_that_fails_is_said(scheduler: str) -> None:
    def ask() -> None:
        with cluster(Settings(readers=scheduler)) as client:
            task = client.submit(int, pure=False)
            client.cancel([task])
            task.result()

    with pytest.raises(SettingsError, match="the cluster failed: "):
        ask()


def test_both_workers_read(warcs: list[Path], scheduler: str) -> None:
    with cluster(Settings(readers=scheduler)) as client:
        from flows.spreading import read_one

        tasks = [
            client.submit(read_one, "RUN", path, Outlets(()), Settings(), pure=False)
            for path in warcs
        ]
        client.gather(tasks)
        where = client.who_has(tasks)
    assert len({worker for workers in where.values() for worker in workers}) == 2


def test_the_matches_are_those_of_one_machine(scheduler: str) -> None:
    """Thirty copies of one text, each with a sentence of its own: 435 pairs."""
    pages = [
        made(f"outlet{n}", "ice", (*HARBOUR, f"Written at quay {n} on a cold day."))
        for n in range(30)
    ]
    alone = compare(pages, nothing())
    settings = Settings(readers=scheduler)
    with aligner(settings) as aligned:
        assert compare(pages, nothing(), aligner=aligned) == alone
    assert len(alone) >= MANY


def test_a_cluster_of_our_own_is_for_nobody_else(warcs: list[Path]) -> None:
    with cluster(Settings(readers="dask")) as client:
        addresses = [client.scheduler.address, *client.nthreads()]
        assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)
        pids = [os.getpid(), *client.run(os.getpid).values()]
        listening = {
            one.laddr.ip
            for pid in pids
            for one in psutil.Process(pid).net_connections("inet")
            if one.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}
        limits = client.run(lambda dask_worker: dask_worker.memory_manager.memory_limit)
        assert set(limits.values()) == {WORKER_MEMORY}


def test_no_cluster_is_said() -> None:
    with pytest.raises(SettingsError, match=r"no cluster at tcp://127\.0\.0\.1:9"):
        read([], "tcp://127.0.0.1:9")
