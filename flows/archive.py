"""The archive flow: one source in a window, as Prefect runs it on a schedule or by hand.

A thin shell over `pipeline.archive`: it adds retries by Prefect's rules, the crawl's log lines in
the run's log, a progress artifact while the crawl goes, and the result as artifacts.
"""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from typing import cast
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows import pipeline
from flows.context import open_context
from spiders.job import AnyEvent, Fetched, Found, Log, Progress, Trouble

EVERY = 5.0  # percent between two updates of the progress artifact: each is a call to the server


class Incomplete(Exception):
    """Something was not archived; what was captured is sealed all the same."""


@flow(name="archive", flow_run_name="archive {source}", persist_result=False)
def archive(source: str, since: str | None = None, until: str | None = None) -> str:
    """Crawl one source, find its cross-posts, and seal the run; returns the run's id.

    Args:
        source: Id of a source in `config/sources/` or `<home>/sources/`.
        since: ISO date; pages that are known to be older are left out.
        until: ISO date; pages that are known to be newer are left out.

    Raises:
        Incomplete: Something was not archived. The run is sealed, and its record says what.
    """
    context = open_context()
    watcher = _Watcher(source)
    for left in pipeline.recover(context):
        watcher.log.warning("an earlier run was broken off; sealed what it left: %s", left)
    done = pipeline.archive(
        context,
        context.registry.get(source),
        since=since,
        until=until,
        watch=pipeline.Watch(on_event=watcher.on_event, on_stage=watcher.on_stage),
    )
    watcher.finish()
    _publish(source, done)
    if done.run.outcome != "complete":
        told = "; ".join(problem.what for problem in done.run.problems) or "a limit was reached"
        raise Incomplete(f"run {done.run.id} is sealed, but {done.run.outcome}: {told}")
    return done.run.id


class _Watcher:
    """Tells Prefect what the crawl does."""

    def __init__(self, source: str) -> None:
        self.log = get_run_logger()
        self._shown = 0.0
        # Both are typed for async use, too; in a sync flow they return the id itself.
        self._artifact = cast(
            UUID,
            create_progress_artifact(
                progress=0.0, key=f"progress-{source}", description=f"Article pages of {source}"
            ),
        )

    def on_stage(self, stage: str) -> None:
        self.log.info("%s", stage)

    def on_event(self, event: AnyEvent) -> None:
        match event:
            case Progress(done=done, queued=queued) if done + queued:
                self._show(100.0 * done / (done + queued))
            case Trouble(what=what, url=url):
                self.log.warning("%s %s", what, url or "")
            case Log(level=level, message=message):
                (self.log.warning if level == "warning" else self.log.info)("%s", message)
            case Found(where=where, count=count):
                self.log.info("%s lists %d articles", where, count)
            case Fetched(url=url, status=status, why=why):
                self.log.debug("%s %s (%s)", status, url, why)

    def finish(self) -> None:
        update_progress_artifact(self._artifact, progress=100.0)

    def _show(self, percent: float) -> None:
        # The queue grows while feeds are read: progress as shown never goes back.
        if percent >= self._shown + EVERY:
            self._shown = percent
            update_progress_artifact(self._artifact, progress=percent)


def _publish(source: str, done: pipeline.Done) -> None:
    """The run's result: a table of counts and a summary with the head to publish."""
    run = done.run
    rows = [{"what": name, "count": count} for name, count in sorted(run.counts.items())]
    create_table_artifact(table=rows, key=f"counts-{source}", description=f"Run {run.id}")
    problems = "\n".join(f"- {problem.what} {problem.url or ''}" for problem in run.problems)
    create_markdown_artifact(
        key=f"run-{source}",
        description=f"Run {run.id}",
        markdown=f"# {source}: {run.outcome}\n\n"
        f"Run `{run.id}`, log entry {done.log_entry}, head `sha256:{done.head}`\n\n"
        f"{len(done.matches)} new matches.\n\n{problems or 'Everything asked for is archived.'}\n",
    )
