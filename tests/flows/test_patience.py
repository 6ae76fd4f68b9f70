"""A run that is cancelled has time to seal; one that does not end is killed."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from uuid import UUID, uuid4

import anyio
import pytest
from anyio.abc import Process
from prefect.client.orchestration import get_client
from prefect.runner._cancellation_manager import CancellationManager
from prefect.runner._process_manager import ProcessHandle, ProcessManager
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import patience
from flows.patience import PatientRunner, be_patient
from tests.servers import free_ports

SEALS = """
import signal, sys, time
ending = []
signal.signal(signal.SIGTERM, lambda *_: ending.append(1))
print("ready", flush=True)
while not ending:
    time.sleep(0.01)
time.sleep(0.5)
sys.exit(40 + len(ending))
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


async def ended(script: str, seconds: float) -> int | None:
    """The exit status of a process that was cancelled twice at once, as Prefect may."""
    run = uuid4()
    async with ProcessManager() as manager:
        process = await anyio.open_process([sys.executable, "-c", script])
        assert process.stdout is not None
        await process.stdout.receive()
        be_patient(manager, seconds)
        await manager.add(run, ProcessHandle(process))
        with suppress(ProcessLookupError):
            await asyncio.gather(manager.kill(run, 0.0), manager.kill(run, 0.0))
        status = await process.wait()
        await manager.remove(run)
        await process.stdout.aclose()
        return status


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK", 0.05)
    monkeypatch.setattr(patience, "ANSWER", 0.2)
    monkeypatch.setattr(patience, "PAUSED", 0.2)


def test_what_seals_is_asked_once_and_not_killed() -> None:
    assert asyncio.run(ended(SEALS, 60.0)) == 41


def test_what_does_not_end_is_killed() -> None:
    assert asyncio.run(ended(DEAF, 0.3)) == -signal.SIGKILL


@asynccontextmanager
async def without_server(*runs: UUID) -> AsyncIterator[PatientRunner]:
    """A runner whose server is gone, and which submitted these runs before."""
    (port,) = free_ports(1)
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
        runner = PatientRunner(name="copytrail")
        async with get_client() as client, ProcessManager() as manager:
            be_patient(manager, 60.0)
            runner._client, runner._process_manager = client, manager
            runner._scheduled_run_poller = SimpleNamespace(_submitting_flow_run_ids=set(runs))
            runner._cancellation_manager = CancellationManager(
                process_manager=manager, client=client, hook_runner=None, state_proposer=None,
                event_emitter=None,
            )  # fmt: skip
            yield runner


async def sealing() -> Process:
    process = await anyio.open_process([sys.executable, "-c", SEALS])
    assert process.stdout is not None
    await process.stdout.receive()
    await process.stdout.aclose()
    return process


async def all_ended() -> list[int]:
    early, late = uuid4(), uuid4()
    async with without_server(early, late) as runner:
        manager = runner._process_manager
        processes = [await sealing(), await sealing()]
        await manager.add(early, ProcessHandle(processes[0]))
        ending = asyncio.create_task(runner.cancel_all())
        statuses = [await processes[0].wait()]
        assert not ending.done()  # there is one that was submitted and has no process yet
        await manager.add(late, ProcessHandle(processes[1]))
        statuses.append(await processes[1].wait())
        await ending
        for run in (early, late):
            await manager.remove(run)
        return statuses


def test_runs_seal_where_the_server_is_away_and_where_they_begin_only_then() -> None:
    assert asyncio.run(all_ended()) == [41, 41]


async def paused(stopping: bool) -> None:
    async with without_server() as runner:
        runner.stopping = stopping
        runner._deployment_registry.register_deployment(uuid4())
        await runner._pause_schedules()


def test_a_server_that_is_away_does_not_keep_the_runner() -> None:
    asyncio.run(paused(stopping=True))
    with pytest.raises(TimeoutError):
        asyncio.run(paused(stopping=False))
