"""The archive flow: one source in a window, as Prefect runs it on a schedule or by hand.

A thin shell over `pipeline.archive`: it adds the crawl's log lines in the run's log, a progress
artifact while the crawl goes, and the result as artifacts.
"""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from functools import partial

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Cancelled

from flows import pipeline
from flows.attempting import attempt, seal_leftovers, sealed
from flows.context import open_context
from flows.forms import Day, SourceId
from flows.showing import Watcher, complete
from flows.workplace import Busy


@flow(name="archive", flow_run_name="archive {source}", persist_result=False)
def archive(
    source: SourceId, since: Day | None = None, until: Day | None = None
) -> str | State[str]:
    """Crawl one source, find its cross-posts, and seal the run; returns the run's id.

    Args:
        source: Id of a source: the name of its file in `config/sources/` or `<home>/sources/`.
        since: Leave out pages that are known to be older than this day.
        until: Leave out pages that are known to be newer than this day.

    Raises:
        Incomplete: Something was not archived. The run is sealed, and its record says what.
    """
    if since and until and since > until:
        raise ValueError(f"since ({since}) is after until ({until}): no page is dated between")
    context = open_context()
    wanted = context.registry.get(source)
    with attempt(context, source, "archive") as trying:
        seal_leftovers(context)
        watcher = Watcher(source)
        work = partial(
            pipeline.archive,
            context,
            wanted,
            since=since.isoformat() if since else None,
            until=until.isoformat() if until else None,
            watch=watcher.watch(trying.should_stop),
        )
        try:
            done = sealed(context, trying, work)
        except Busy as error:
            trying.skip(str(error))
            return Cancelled(message=f"skipped: {error}")
        trying.done(done)
        watcher.finish(done)
    return complete(done)
