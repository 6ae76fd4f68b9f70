"""A run that is cancelled has time to seal; one that does not end is killed."""

import asyncio
import signal
import sys
from contextlib import suppress
from uuid import uuid4

import anyio
import pytest
from prefect.runner._process_manager import ProcessHandle, ProcessManager

from flows import patience
from flows.patience import be_patient

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


def test_what_seals_is_asked_once_and_not_killed() -> None:
    assert asyncio.run(ended(SEALS, 60.0)) == 41


def test_what_does_not_end_is_killed() -> None:
    assert asyncio.run(ended(DEAF, 0.3)) == -signal.SIGKILL
