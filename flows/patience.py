"""Prefect's runner, with the time that a run needs to seal what it captured.

Only `copytrail schedule` imports this: it knows Prefect.
"""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Self
from uuid import UUID

from prefect.runner import Runner
from prefect.runner._process_manager import ProcessManager

PATIENCE = 600.0
"""Seconds from SIGTERM to SIGKILL. Prefect's own 30 are too few where a thousand captures are read,
compared and sent to a distant store; what is killed waits for the next run, for days perhaps."""
LOOK = 0.5  # seconds between two looks whether a run has ended
log = logging.getLogger("copytrail.schedule")


class PatientRunner(Runner):
    """Asks the runs that it cancels to end, and kills what has not ended after `PATIENCE`."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        be_patient(self._process_manager, PATIENCE)
        return self

    async def cancel_all(self) -> None:
        """End all runs at work at once: Prefect asks one after the other, and the last one would
        crawl on while the first is being sealed."""
        runs = self._process_manager.flow_run_ids()
        ended = await asyncio.gather(
            *map(self._cancellation_manager.cancel_by_id, runs), return_exceptions=True
        )
        for error in ended:
            if error is not None:  # such a run is killed when the runner ends, as patiently
                log.warning("a run was not cancelled: %s: %s", type(error).__name__, error)


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
