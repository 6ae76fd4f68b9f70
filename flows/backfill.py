"""The backfill flow: sources over a past period, as Prefect's form starts it.

A thin shell over `backfilling`: each window of each route is a run, sealed by itself.
"""
# No `from __future__ import annotations`: Prefect's parameter form needs the real types.

from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Literal

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows import backfilling
from flows.attempting import attempt, seal_leftovers, sealed
from flows.context import Context, open_context
from flows.forms import Day, SourceId
from flows.showing import Incomplete, Watcher


class Period(BaseModel):
    """The days to go back over, both included."""

    model_config = ConfigDict(extra="forbid")

    since: Day = Field(description="The first day.")
    until: Day = Field(description="The last day, it included.")

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.since > self.until:
            raise ValueError(f"since ({self.since}) is after until ({self.until})")
        return self


@flow(name="backfill", flow_run_name="backfill", persist_result=False)
def backfill(
    sources: Annotated[list[SourceId], Field(min_length=1)],
    period: Period,
    via: list[Literal["site", "wayback", "commoncrawl"]] | None = None,
    split: Literal["week", "month", "quarter", "year"] = "month",
    limit: Annotated[int, Field(ge=1)] | None = None,
    again: bool = False,
) -> list[str]:
    """Archive what outlets published in a past period; returns the runs' ids.

    Args:
        sources: Ids of sources: the names of their files.
        period: The days to go back over.
        via: By which routes, in this order; by default the outlet itself, then the archives that
            are set up.
        split: How long one window is: a run of its own, sealed before the next.
        limit: Pages that are fetched at most, of each source.
        again: Also look at windows that are done.

    Raises:
        ValueError: The period is in the future.
        Incomplete: Something was not archived. The runs are sealed, and their records say what.
    """
    context = open_context()
    wanted = [context.registry.get(name) for name in sources]
    vias = backfilling.routes(context.settings, via or [])
    until = min(period.until, datetime.now(UTC).date())
    if period.since > until:
        raise ValueError(f"since ({period.since}) is in the future: nothing is published then")
    plans = [backfilling.steps(one, period.since, until, vias, split) for one in wanted]
    log = get_run_logger()
    seal_leftovers(context)
    runs, partly = [], []
    for source, plan in zip(wanted, plans, strict=True):
        done = set() if again else backfilling.completed(context, plan)
        todo = [step for step in plan if step not in done]
        log.info("%s: %d of %d windows are done already", source.id, len(done), len(plan))
        course = backfilling.Course(context, source, todo, limit)
        for name, job in course.jobs():
            log.info("%s", name)
            # Each window is bounded in time by itself, and stops in good order when it is told to.
            with attempt(context, source.id, "backfill") as trying:
                watcher = Watcher(source.id)
                watch = watcher.watch(trying.should_stop)
                made = sealed(context, trying, partial(job, watch=watch))
                trying.done(made)
                watcher.finish(made)
            runs.append(made.run.id)
            if made.run.outcome != "complete":
                partly.append(f"{name}: run {made.run.id} is {made.run.outcome}")
        if course.left_out:
            partly.append(f"{source.id}: the limit left {course.left_out} windows out")
        _show_gaps(context, source.id, period.since, until)
    if partly:
        raise Incomplete("; ".join(partly[:3]))
    return runs


def _show_gaps(context: Context, source: str, since: date, until: date) -> None:
    found = backfilling.found_gaps(context, context.registry.get(source), since, until)
    rows = [
        {"from": str(one.since), "to": str(one.until), "articles": one.articles, "usual": one.usual}
        for one in found
    ]
    create_table_artifact(
        table=rows, key=f"gaps-{source}", description="Days with fewer articles than usual"
    )
