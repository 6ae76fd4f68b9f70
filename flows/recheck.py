"""The recheck flow: articles that are due are fetched again, source by source."""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from functools import partial

from prefect import flow, get_run_logger

from flows import pipeline
from flows.attempting import attempt, seal_leftovers, sealed
from flows.context import open_context
from flows.duties import due
from flows.forms import SourceId
from flows.showing import Incomplete, Watcher
from flows.workplace import Busy
from storage.identity import now


@flow(name="recheck", flow_run_name="recheck", persist_result=False)
def recheck(sources: list[SourceId] | None = None) -> list[str]:
    """Fetch articles again that are due, and seal a run for each source; returns the runs' ids.

    Args:
        sources: Ids of sources; by default all that are enabled.

    Raises:
        Incomplete: Something was not archived. The runs are sealed, and their records say what.
    """
    context = open_context()
    names = sources or [one.id for one in context.registry.enabled()]
    wanted = [context.registry.get(name) for name in names]
    seal_leftovers(context)
    runs, partly = [], []
    for source in wanted:
        # Asked anew for each: what is due may have been visited while another source was at work.
        found = due(context.catalog, context.registry, context.settings, now(), [source])
        pages = found[source.id][: context.settings.max_pages]
        if not pages:
            continue
        with attempt(context, source.id, "recheck") as trying:
            watcher = Watcher(source.id)
            watch = watcher.watch(trying.should_stop)
            try:
                work = partial(pipeline.revisit, context, source, pages, watch=watch)
                done = sealed(context, trying, work)
            except Busy as error:
                trying.skip(str(error))
                get_run_logger().info("%s: left for the next time: %s", source.id, error)
                continue
            trying.done(done)
            watcher.finish(done)
        runs.append(done.run.id)
        if done.run.outcome != "complete":
            partly.append(f"run {done.run.id} of {source.id} is {done.run.outcome}")
    if partly:
        raise Incomplete("; ".join(partly))
    return runs
