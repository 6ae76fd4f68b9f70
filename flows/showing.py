"""What Prefect shows of a run: its log, its progress, and its result as artifacts.

Only flow shells use this: it knows Prefect.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

import httpx  # Prefect's own client: its errors are those of Prefect's calls
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.finishing import Done, Watch
from flows.output import clean
from spiders.job import AnyEvent, Fetched, Found, Log, Progress, Trouble

EVERY = 5.0  # percent between two updates of the progress artifact: each is a call to the server
REST = 600.0
"""Seconds without progress being shown once that failed: Prefect's client asks a server that is
away for 75 s (measured), and so long the crawl waits, and whoever ended it."""
SHOWN = 100  # problems in the summary; all of them are in run.json


class Incomplete(Exception):
    """Something was not archived; what was captured is sealed all the same."""


class Watcher:
    """Tells Prefect what the crawl does."""

    def __init__(self, source: str) -> None:
        self.log = get_run_logger()
        self._source = source
        self._shown = 0.0
        self._failed = float("-inf")
        self._artifact: UUID | None = None
        with self._shows():
            # Typed for async use, too; in a sync flow it returns the id itself.
            self._artifact = cast(
                UUID,
                create_progress_artifact(
                    progress=0.0, key=f"progress-{source}", description=f"Pages of {source}"
                ),
            )

    def watch(self, should_stop: Callable[[], bool]) -> Watch:
        """What a run is to be watched with."""
        return Watch(
            on_event=self.on_event,
            on_stage=self.on_stage,
            on_note=self.log.warning,
            should_stop=should_stop,
        )

    def on_stage(self, stage: str) -> None:
        self.log.info("%s", stage)

    def on_event(self, event: AnyEvent) -> None:
        match event:
            case Progress(done=done, queued=queued) if done + queued:
                self._show(100.0 * done / (done + queued))
            case Trouble(what=what, url=url):
                self.log.warning("%s %s", clean(what), clean(url or ""))
            case Log(level=level, message=message):
                (self.log.warning if level == "warning" else self.log.info)("%s", clean(message))
            case Found(where=where, count=count):
                self.log.info("%s lists %d articles", clean(where), count)
            case Fetched(url=url, status=status, why=why):
                self.log.debug("%s %s (%s)", status, clean(url), why)

    def finish(self, done: Done) -> None:
        """The run's result: a table of counts, and a summary with the head to publish."""
        run = done.run
        rows = [{"what": name, "count": count} for name, count in sorted(run.counts.items())]
        with self._shows():
            if self._artifact:
                update_progress_artifact(self._artifact, progress=100.0)
            create_table_artifact(
                table=rows, key=f"counts-{self._source}", description=f"Run {run.id}"
            )
            create_markdown_artifact(
                key=f"run-{self._source}",
                description=f"Run {run.id}",
                markdown=_summary(self._source, done),
            )

    def _show(self, percent: float) -> None:
        # The queue grows while feeds are read: progress as shown never goes back.
        rests = time.monotonic() < self._failed + REST
        if self._artifact and not rests and percent >= self._shown + EVERY:
            self._shown = percent
            with self._shows():
                update_progress_artifact(self._artifact, progress=percent)

    @contextmanager
    def _shows(self) -> Iterator[None]:
        """What is only for show: a server that is away for a moment must not end a crawl."""
        try:
            yield
        except httpx.HTTPError as error:
            self._failed = time.monotonic()
            self.log.warning("Prefect does not show it: %s", error)


def _summary(source: str, done: Done) -> str:
    run = done.run
    problems = [f"- {_code(one.what)} {_code(one.url or '')}" for one in run.problems[:SHOWN]]
    if len(run.problems) > SHOWN:
        problems.append(f"- and {len(run.problems) - SHOWN} more, in `run.json`")
    told = "\n".join(problems) or "Everything asked for is archived."
    return (
        f"# {source}: {run.outcome}\n\n"
        f"Run `{run.id}`, log entry {done.log_entry}, head `sha256:{done.head}`\n\n"
        f"{len(done.matches)} new matches.\n\n{told}\n"
    )


def _code(text: str) -> str:
    """Text that outlets had a hand in, shown as it is: no links, no pictures of theirs."""
    plain = " ".join(text.split()).replace("`", "'")
    return f"`{plain}`" if plain else ""


def complete(done: Done) -> str:
    """The run's id. Raises Incomplete, so that Prefect calls the flow run failed."""
    run = done.run
    if run.outcome != "complete":
        told = [problem.what for problem in run.problems[:3]] + list(run.limits_reached)
        raise Incomplete(f"run {run.id} is sealed, but {run.outcome}: {'; '.join(told)}")
    return run.id
