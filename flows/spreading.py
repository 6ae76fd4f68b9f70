"""Reading and matching spread over a Dask cluster; the records are the same as on one machine.

Reading is mapped over the WARC files of a run, matching over the pairs of articles that are to be
aligned; which those are, the catalog says.

`readers` says where: `dask` starts a cluster on this machine for the time of the reading, `tcp://…`
or `tls://…` names the scheduler of one that runs. Its workers read the WARC files by their paths,
so the home lies on a file system that they share, and they have the same copytrail.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from config.settings import Settings, SettingsError
from flows.comparing import Aligner, Apart, align_all
from flows.reading import Reading, read_run
from storage.outlets import Outlets
from storage.records import Article, Capture, Match, Problem
from storage.spool import Spool

WORKER_MEMORY = 2 * 1024**3
"""Bytes that a worker of our own may hold: what it has read of one WARC, 10 kB an article. The
process that parses is bounded by itself (`max_parse_memory`)."""
RETRIES = 2  # a worker that is lost, with its machine or for its memory, costs its WARC another try
MANY = 200  # pairs; fewer are aligned in the second or two that it takes to ask a cluster
PORTION = 50  # pairs of one task: a megabyte of articles, a quarter of a second of work
CONNECT_SECONDS = 10  # a scheduler answers at once, or is not there
LOOPBACK = "127.0.0.1:0"
AHEAD = 2  # tasks for each worker that are under way or wait to be taken: they are in memory


def read_spread(
    run: str, warcs: Iterable[Path], outlets: Outlets, settings: Settings,
    spool: Spool[Article] | None,
) -> Reading:  # fmt: skip
    """As `flows.reading.read_run`, each WARC on some worker. Raises SettingsError where there is no
    cluster; what a worker raises."""
    captures: list[Capture] = []
    articles: list[Article] = []
    keep = articles.append if spool is None else spool.append
    problems: list[Problem] = []
    with cluster(settings) as client:
        for one in _each(client, run, warcs, outlets, settings):
            captures += one.captures
            for article in one.articles:
                keep(article)
            problems += one.problems
    return Reading(tuple(captures), tuple(articles) if spool is None else spool, tuple(problems))


def _each(
    client: Any, run: str, warcs: Iterable[Path], outlets: Outlets, settings: Settings
) -> Iterator[Reading]:
    """In the order of the files, however they come."""
    alone = structs.replace(settings, readers="local")
    # Not pure: a key made of the arguments would bring back what an earlier run read.
    yield from _in_order(
        client,
        (
            client.submit(
                read_one, run, path.absolute(), outlets, alone, pure=False, retries=RETRIES
            )
            for path in warcs
        ),
    )


def _in_order(client: Any, tasks: Iterable[Any]) -> Iterator[Any]:
    """What comes of the tasks, which are begun as they are asked for; few are under way at once."""
    waiting: deque[Any] = deque()
    for task in tasks:
        waiting.append(task)
        if len(waiting) >= AHEAD * max(len(client.nthreads()), 1):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def read_one(run: str, path: Path, outlets: Outlets, settings: Settings) -> Reading:
    """On a worker: one WARC, with one process that parses; the cluster is what makes it many."""
    return read_run(run, [path], outlets, settings, readers=1)


@contextmanager
def aligner(settings: Settings) -> Iterator[Aligner]:
    """What aligns the pairs of a run: here, or on the cluster that `readers` says, which is not
    asked before there are many. Raises SettingsError where there is none."""
    if settings.readers == "local":
        yield align_all
        return
    with ExitStack() as stack:
        clients: list[Any] = []

        def aligned(pairs: Sequence[Apart]) -> list[Match | None]:
            if len(pairs) < MANY:
                return align_all(pairs)
            if not clients:
                clients.append(stack.enter_context(cluster(settings)))
            tasks = (
                clients[0].submit(align_all, pairs[at : at + PORTION], pure=False, retries=RETRIES)
                for at in range(0, len(pairs), PORTION)
            )
            return [match for some in _in_order(clients[0], tasks) for match in some]

        yield aligned


@contextmanager
def cluster(settings: Settings) -> Iterator[Any]:
    """A `distributed.Client` of the cluster that `readers` says. Raises SettingsError where there
    is none, or where it fails."""
    try:
        import distributed
    except ImportError as error:
        raise SettingsError(
            f"readers = {settings.readers} needs Dask: install copytrail with its extra `dask`"
        ) from error
    dask: Any = distributed  # it has types for some things only
    try:
        with _cluster(dask, settings) as client:
            yield client
    except (dask.scheduler.KilledWorker, CancelledError) as error:
        raise SettingsError(f"readers = {settings.readers}: the cluster failed: {error}") from error


@contextmanager
def _cluster(dask: Any, settings: Settings) -> Iterator[Any]:
    if settings.readers != "dask":
        try:
            client = dask.Client(settings.readers, set_as_default=False, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise SettingsError(f"readers: no cluster at {settings.readers}: {error}") from error
        with client:
            yield client
        return
    # Nobody else may reach it: whoever can talk to a scheduler can have it run anything. Without an
    # address, its HTTP server would listen to the whole network.
    ours = dask.LocalCluster(
        host="127.0.0.1", dashboard_address=LOOPBACK, worker_dashboard_address=LOOPBACK,
        scheduler_kwargs={"dashboard": False}, threads_per_worker=1, memory_limit=WORKER_MEMORY,
        silence_logs=logging.ERROR,
    )  # fmt: skip
    with ours, dask.Client(ours, set_as_default=False) as client:
        yield client
