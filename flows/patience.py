"""Prefect's runner, with the time that a run needs to seal what it captured.

Only `copytrail schedule` imports this: it knows Prefect.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Self
from uuid import UUID

import httpx  # Prefect's own client: its errors are those of Prefect's calls
from prefect.exceptions import PrefectException
from prefect.runner import Runner
from prefect.runner._process_manager import ProcessManager

PATIENCE = 600.0
"""Seconds from SIGTERM to SIGKILL. Prefect's own 30 are too few where a thousand captures are read,
compared and sent to a distant store; what is killed waits for the next run, for days perhaps."""
LOOK = 0.5  # seconds between two looks whether a run has ended
ANSWER = 15.0
"""Seconds for a server to say what a run is that ends. Prefect's client asks one that is away for
75 s (measured); meanwhile the run would go on."""
PAUSED = 60.0  # seconds to pause all deployments: a server that answers takes a few hundred of them
AWAY = (httpx.HTTPError, PrefectException, OSError, TimeoutError)
log = logging.getLogger("copytrail.schedule")


class PatientRunner(Runner):
    """Asks the runs that it cancels to end, and kills what has not ended after `PATIENCE`."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        be_patient(self._process_manager, PATIENCE)
        return self

    async def cancel_all(self) -> None:
        """End all runs at work at once: Prefect asks one after the other, and the last one would
        crawl on while the first is being sealed. Those too that begin only now, for they were
        submitted before: the runner would wait for them until they have done all."""
        under_way = self._scheduled_run_poller._submitting_flow_run_ids
        ending: dict[UUID, asyncio.Task[None]] = {}
        while True:
            for run in self._process_manager.flow_run_ids() - set(ending):
                ending[run] = asyncio.create_task(self._end(run))
            if under_way <= set(ending) and all(one.done() for one in ending.values()):
                return
            await asyncio.sleep(LOOK)

    async def _end(self, run: UUID) -> None:
        try:
            about = await asyncio.wait_for(self._client.read_flow_run(run), ANSWER)
            await self._cancellation_manager.cancel(about)
        except Exception as error:  # noqa: BLE001 - whatever Prefect has, the run must end
            log.warning(
                "Prefect does not learn that a run ends: %s: %s", type(error).__name__, error
            )
            await self._process_manager.kill(run)

    async def _pause_schedules(self) -> None:
        """Where the server is away, Prefect would leave its runs, and the end, at this."""
        try:
            await asyncio.wait_for(super()._pause_schedules(), PAUSED)  # type: ignore[no-untyped-call]
        except AWAY as error:
            if not self.stopping:
                raise
            log.warning("deployments were not paused: %s: %s", type(error).__name__, error)


def be_patient(manager: ProcessManager, patience: float) -> None:
    """Have it ask a process once to end, and kill it where that is not done after so many seconds,
    instead of those that Prefect names."""
    at_once = manager.kill
    asked: set[UUID] = set()

    async def kill(run: UUID, grace_seconds: float = 30, *, force: bool = False) -> None:
        process = manager.get(run)
        if process is not None and not force:
            if run not in asked:  # who cancels a run that is ending asks no second time
                asked.add(run)
                with suppress(ProcessLookupError):
                    process.graceful_kill()
            end = time.monotonic() + patience
            while process.is_alive() and time.monotonic() < end:
                await asyncio.sleep(LOOK)
            asked.discard(run)
            if not process.is_alive():
                return
        await at_once(run, force=True)

    manager.kill = kill  # type: ignore[assignment,method-assign]
