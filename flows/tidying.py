"""What a schedule leaves: runs that a later one has overtaken, and runs whose process is gone.

Only flow shells use this: it knows Prefect.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectException
from prefect.states import Cancelled, Crashed

from flows import journal
from flows.context import Context
from flows.journal import Attempt
from flows.workplace import Busy, locked
from storage.identity import now

EVERY = 20.0  # seconds between two looks
AT_ONCE = 200  # what the API gives in one answer
UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
log = logging.getLogger("copytrail.schedule")


class Tidy:
    """Looks after the runs of these deployments, in a thread of its own."""

    def __init__(
        self,
        context: Context,
        deployments: dict[UUID, str],
        cancel: Callable[[UUID], None],
        every: float = EVERY,
    ) -> None:
        """`deployments`: the source of each; "" where it has none. `cancel` ends a flow run."""
        self._cancel = cancel
        self._cancelling: set[UUID] = set()
        self._context = context
        self._deployments = deployments
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="tidy", daemon=True)

    def __enter__(self) -> None:
        self._try(self._bury)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(self._every)

    def _loop(self) -> None:
        while not self._stopping.wait(self._every):
            self._try(self._overtaken)
            self._try(self._overheard)

    def _try(self, work: object) -> None:
        """A server that is away for a moment is asked again the next time."""
        try:
            work()  # type: ignore[operator]
        except (httpx.HTTPError, PrefectException, OSError) as error:
            log.warning("the schedule's runs could not be looked after: %s", error)

    def _overtaken(self) -> None:
        """Of the runs that are due and wait, only the newest of each deployment is of use."""
        due = self._found(
            [StateType.SCHEDULED],
            next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(
                before_=datetime.now(UTC)  # type: ignore[arg-type]  # pydantic takes it
            ),
        )
        waiting: dict[UUID | None, list[FlowRun]] = defaultdict(list)
        for run in due:
            if run.auto_scheduled and run.next_scheduled_start_time:
                waiting[run.deployment_id].append(run)
        with get_client(sync_client=True) as client:
            for deployment, runs in waiting.items():
                runs.sort(key=lambda run: run.next_scheduled_start_time or datetime.max)
                for run in runs[:-1]:
                    self._skip(client, run, self._deployments.get(deployment, ""))  # type: ignore[arg-type]

    def _overheard(self) -> None:
        """End what somebody cancelled and is still at work at the second look: where the server was
        away for some seconds, Prefect's runner never listens for that again (measured)."""
        found = {run.id for run in self._found([StateType.CANCELLING])}
        for one in found & self._cancelling:
            self._cancel(one)
        self._cancelling = found

    def _skip(self, client: SyncPrefectClient, run: FlowRun, source: str) -> None:
        # The runner takes the oldest first, this one too, while we go from one to the next: to
        # cancel what has begun meanwhile took its place away, and Prefect ended it (measured).
        if client.read_flow_run(run.id).state_type is not StateType.SCHEDULED:
            return
        why = "a later run of it was due before this one could begin"
        client.set_flow_run_state(run.id, Cancelled(message=f"skipped: {why}"))
        if source:
            moment = run.next_scheduled_start_time
            journal.note(
                self._context.settings.home,
                Attempt(
                    source=source, kind="archive", at=now(), what="skipped", note=why,
                    scheduled=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                    if moment else None,
                ),
            )  # fmt: skip

    def _bury(self) -> None:
        """Runs that Prefect holds for running although no process is at work on their source: what
        `kill -9` or a loss of power left."""
        with get_client(sync_client=True) as client:
            for run in self._found(UNDER_WAY):
                source = self._deployments.get(run.deployment_id, "")  # type: ignore[arg-type]
                if source and self._is_free(source):
                    message = "its process is gone; the next run seals what it captured"
                    client.set_flow_run_state(run.id, Crashed(message=message), force=True)

    def _is_free(self, source: str) -> bool:
        lock = self._context.settings.home / "locks" / f"{source}.lock"
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(lock, source, patience=0.0))
            except Busy:
                return False
        return True

    def _found(self, states: Collection[StateType], **more: object) -> list[FlowRun]:
        ids = list(self._deployments)
        found: list[FlowRun] = []
        with get_client(sync_client=True) as client:
            for at in range(0, len(ids), AT_ONCE):
                wanted = DeploymentFilter(id=DeploymentFilterId(any_=ids[at : at + AT_ONCE]))
                state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
                found += client.read_flow_runs(
                    deployment_filter=wanted,
                    flow_run_filter=FlowRunFilter(state=state, **more),  # type: ignore[arg-type]
                    sort=FlowRunSort.EXPECTED_START_TIME_ASC,
                    limit=AT_ONCE,
                )
        return found
