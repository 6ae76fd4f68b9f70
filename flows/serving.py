"""Serve the schedule: a deployment for each source, and those that keep the archive, with a runner
that carries their runs out on this machine.

Only `copytrail schedule` imports this: it knows Prefect.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx  # Prefect's own client: its errors are those of Prefect's calls
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectException
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from config.registry import Source
from config.timetable import NEVER, spread
from flows.archive import archive
from flows.audit import audit
from flows.backfill import backfill
from flows.context import Context
from flows.heartbeat import heartbeat
from flows.patience import PatientRunner
from flows.recheck import recheck
from flows.tidying import Tidy

POLL = 10.0  # seconds between two looks for runs that are due, at most: Prefect's own default
AGAIN = 15.0  # seconds until the runner is started anew, where the server was away for too long
TAG = "copytrail"
ONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""One run at a time; another one that comes due meanwhile is cancelled, and Prefect says why."""
CANNOT = (ValueError, PrefectException, httpx.HTTPError)
"""What Prefect raises where deployments cannot be written."""
log = logging.getLogger("copytrail.schedule")


def serve(
    context: Context, sources: list[Source], every: float | None, on_ready: Callable[[], None]
) -> None:
    """Serve these sources until the process is told to end: by their crons, or all of them `every`
    so many seconds. On SIGTERM and Ctrl-C the runs at work are asked to seal what they captured.
    `on_ready` is called when all deployments are there."""
    end = _End()
    while not end.told:
        try:
            made = list(deployments(context, sources, every))  # outside of a loop: Prefect's wish
            asyncio.run(_serve(context, made, every, on_ready, end))
        except asyncio.CancelledError:
            return  # told to end before there were runs
        except Exception as error:  # noqa: BLE001 - whatever it is, the schedule must go on
            again = "" if end.told else "; it is started anew"
            log.error("the runner ended: %s: %s%s", type(error).__name__, error, again)
            end.sleep(AGAIN)
        else:
            return


def deploy(context: Context, sources: list[Source], pool: str, image: str | None) -> int:
    """Write the same deployments for a work pool, whose workers carry the runs out; how many.

    Raises ValueError where there is no such pool; PrefectException where the server refuses.
    """
    made = list(deployments(context, sources, None))
    for _, deployment in made:
        if image:
            deployment.job_variables["image"] = image
        deployment.apply(work_pool_name=pool)
    return len(made)


class _End:
    """SIGTERM and Ctrl-C: whether there was one, at whatever moment, and what is to be done then.

    Prefect's own handler exits at once, and its runs are killed without being asked.
    """

    def __init__(self) -> None:
        self.told = False
        self.act: Callable[[], object] = lambda: None
        signal.signal(signal.SIGTERM, self)
        signal.signal(signal.SIGINT, self)

    def __call__(self, *_: object) -> None:
        if not self.told:
            self.told = True
            self.act()

    def sleep(self, seconds: float) -> None:
        """So long, or until there is one."""
        end = time.monotonic() + seconds
        while not self.told and time.monotonic() < end:
            time.sleep(0.2)


async def _serve(
    context: Context,
    made: list[tuple[str, RunnerDeployment]],
    every: float | None,
    on_ready: Callable[[], None],
    end: _End,
) -> None:
    loop, serving = asyncio.get_running_loop(), asyncio.current_task()
    ending = set[asyncio.Task[None]]()
    runner = PatientRunner(
        name="copytrail",
        limit=context.settings.schedule_runs,
        query_seconds=every and min(every, POLL),
        pause_on_shutdown=True,
    )

    def stop() -> None:
        if runner.started:
            ending.add(loop.create_task(runner.astop()))
        elif serving is not None:
            serving.cancel()

    def cancel(run: UUID) -> None:
        asyncio.run_coroutine_threadsafe(runner._cancellation_manager.cancel_by_id(run), loop)

    runner.handle_sigterm = end  # type: ignore[method-assign]  # `start` installs it
    end.act = lambda: loop.call_soon_threadsafe(stop)
    try:
        if end.told:  # before there was anybody to stop
            return
        names: dict[UUID, str] = {}
        for source, deployment in made:
            names[await runner.aadd_deployment(deployment)] = source
        on_ready()
        with Tidy(context, names, cancel, min(20.0, every or 20.0)):
            await runner.start()
    finally:
        end.act = lambda: None


def deployments(
    context: Context, sources: list[Source], every: float | None
) -> Iterator[tuple[str, RunnerDeployment]]:
    """The source of each deployment ("" where it has none), and the deployment."""
    settings = context.settings
    for source in sources:
        cron = spread(source.schedule, source.id, settings.schedule_jitter)
        yield (
            source.id,
            _deployment(
                archive, source.id, _schedule(cron, every), parameters={"source": source.id}
            ),
        )
    yield "", _deployment(archive, "archive", None, limit=None)
    yield "", _deployment(backfill, "backfill", None)
    due = _schedule(settings.recheck_schedule, every)
    yield "", _deployment(recheck, "recheck", due)
    yield "", _deployment(audit, "audit", _schedule(settings.audit_schedule))
    yield "", _deployment(heartbeat, "heartbeat", _schedule(settings.heartbeat_schedule))


def _schedule(cron: str, every: float | None = None) -> Schedule | None:
    if cron == NEVER:
        return None
    return Interval(timedelta(seconds=every)) if every else Cron(cron, timezone="UTC")


def _deployment(
    flow: Flow[..., Any],
    name: str,
    schedule: Schedule | None,
    *,
    parameters: dict[str, str] | None = None,
    limit: ConcurrencyLimitConfig | None = ONE,
) -> RunnerDeployment:
    return flow.to_deployment(  # type: ignore[return-value]  # typed for async use, too
        name=name,
        schedule=schedule,
        parameters=parameters,
        concurrency_limit=limit,
        tags=[TAG],
        paused=False,
        enforce_parameter_schema=True,
        # Found wherever copytrail is installed, whatever folder it is started in.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
