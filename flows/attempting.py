"""One flow run over a source, as Prefect starts it: noted, bounded in time, ended in good order.

Only flow shells use this: it knows Prefect.
"""

import asyncio
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC

from prefect import get_run_logger, runtime
from prefect.exceptions import TerminationSignal

from flows import journal
from flows.context import Context
from flows.finishing import Done, NotSealed
from flows.journal import Attempt, What
from flows.recovery import recover
from storage.identity import now

SEAL_AGAIN = (10.0, 60.0, 300.0)
"""Seconds between tries to seal what a store did not take, each by half more or less, so that many
runs do not come back at once. To seal again is safe; to crawl again would not be polite."""


class Trying:
    """A flow run at work."""

    def __init__(self, seconds: float) -> None:
        self.told_to_stop = False
        self.what: What = "error"
        self.run: str | None = None
        self.note = ""
        self._until = time.monotonic() + seconds

    def should_stop(self) -> bool:
        """Whether it was told to end, or has worked for longer than it may."""
        return self.told_to_stop or time.monotonic() > self._until

    def done(self, done: Done) -> None:
        """It sealed a run."""
        self.run = done.run.id
        self.what = "stopped" if self.should_stop() else done.run.outcome
        self.note = next((one.what for one in done.run.problems), "")

    def skip(self, why: str) -> None:
        """It did not begin."""
        self.what, self.note = "skipped", why


@contextmanager
def attempt(context: Context, source: str, kind: str) -> Iterator[Trying]:
    """Note in the journal how a flow run over a source ends, whatever happens.

    SIGTERM, by which Prefect cancels, is held back until what was captured is sealed; then it is
    handed on, so that Prefect says what became of the flow run. Who cancels waits for a while, then
    kills (`flows.patience`; a worker of Prefect's own after 30 seconds); what was captured is
    sealed by the next run in that case.
    """
    scheduled, began = _scheduled(), now()
    late = journal.seconds_late(scheduled, began) if scheduled else 0.0
    trying = Trying(context.settings.max_run_seconds)
    try:
        yield trying
    except Exception as error:
        trying.note = trying.note or f"{type(error).__name__}: {error}"
        raise
    finally:
        journal.note(
            context.settings.home,
            Attempt(
                source=source, kind=kind, at=now(), what=trying.what, scheduled=scheduled,
                late=late, run=trying.run, note=trying.note[:500],
            ),
        )  # fmt: skip
    if trying.told_to_stop:
        raise TerminationSignal(signal.SIGTERM)


def _scheduled() -> str | None:
    """When Prefect's schedule wanted this flow run; None for one that somebody started."""
    found = runtime.flow_run
    if found.id is None or "auto-scheduled" not in (found.tags or []):
        return None
    moment = found.scheduled_start_time
    return str(moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))


def sealed(context: Context, trying: Trying, work: Callable[[], Done]) -> Done:
    """Do the work of a run; where it cannot be sealed, seal it later. Raises Busy, and NotSealed
    where the store stays away.

    It is done in a thread: the main one waits for the signal by which Prefect cancels. Were there
    another handler for it than Prefect's, Prefect would take the end for a crash.
    """
    with ThreadPoolExecutor(1, "run") as thread:
        # The log of the flow run is found by the context.
        future = thread.submit(copy_context().run, _sealed, context, trying, work)
        while True:
            try:
                return future.result()
            except (TerminationSignal, KeyboardInterrupt, asyncio.CancelledError):
                # Ctrl-C in the terminal of `copytrail schedule` comes here, too; and the word that
                # the run has lost its place in Prefect (its lease), by which Prefect ends it.
                trying.told_to_stop = True


def _sealed(context: Context, trying: Trying, work: Callable[[], Done]) -> Done:
    try:
        return work()
    except NotSealed as error:
        failed = error
    log = get_run_logger()
    for seconds in SEAL_AGAIN:
        log.warning("%s", failed)
        end = time.monotonic() + seconds * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        while time.monotonic() < end and not trying.should_stop():
            time.sleep(0.5)
        for left in recover(context):
            if left.run == failed.run and left.done is not None:
                return left.done
        if trying.should_stop():
            break
    raise failed


def seal_leftovers(context: Context) -> None:
    """What earlier runs left, which is told in the log."""
    log = get_run_logger()
    for left in recover(context):
        log.warning("%s", left.note or f"sealed what an earlier run left: {left.run}")
