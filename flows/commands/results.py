"""How people see what a run did, and what a run would do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from config.registry import Source
from flows.commands import views
from flows.context import Context
from flows.gathering import trail_of
from flows.output import cell, console, messages, table, write_json
from storage.identity import canonical_url
from storage.records import Problem

if TYPE_CHECKING:  # heavy: a reading command must not wait for it
    from flows.finishing import Done
    from flows.recovery import Leftover

SHOWN = 10  # problems printed one by one; the rest are counted, and all are in run.json
OUTCOME_STYLE = {"complete": "green", "partial": "yellow", "failed": "bold red"}


def show_done(name: str, done: "Done") -> None:
    """One run, its problems and the head to publish."""
    out, run = console(), done.run
    counts = run.counts
    line = Text.assemble((name, "bold"), ": ", (run.outcome, OUTCOME_STYLE[run.outcome]))
    line.append(
        f". {counts.get('captures', 0)} exchanges archived, {counts.get('articles', 0)} articles "
        f"read, {counts.get('unchanged', 0)} unchanged, {counts.get('matches', 0)} new matches."
    )
    out.print(line, soft_wrap=True)
    for problem in run.problems[:SHOWN]:
        out.print(cell(f"  ! {_told(problem)}", "yellow"), soft_wrap=True)
    if len(run.problems) > SHOWN:
        out.print(cell(f"  … and {len(run.problems) - SHOWN} more, in run.json"), soft_wrap=True)
    if run.outcome == "failed" and run.kind == "archive":
        out.print(cell(f"  `copytrail sources check {run.source}` says what of it works."))
    for limit in run.limits_reached:
        out.print(cell(f"  ! limit reached: {limit}. Run again to go on.", "yellow"))
    out.print(
        cell(f"  run {run.id}, log entry {done.log_entry}, head sha256:{done.head}", "dim"),
        soft_wrap=True,
    )


def show_recovered(left: "Leftover", out: Console) -> None:
    """What became of a run that was killed, or could not be sealed."""
    text = left.note
    if left.done:
        counts = left.done.run.counts
        text = f"sealed what an earlier run left: {left.run}, {counts['articles']} articles"
    out.print(cell(text, "yellow" if left.lost else ""), soft_wrap=True)


def show_plan(sources: Sequence[Source], *, as_json: bool) -> None:
    """What a run would visit."""
    if as_json:
        write_json(sources)
        return
    rows = table("source", "begins at")
    for source in sources:
        starts = [*source.feeds, *source.sitemaps, *([source.api] if source.api else [])]
        starts += [listing.url for listing in source.listings]
        rows.add_row(cell(source.id, "bold"), cell("\n".join(starts or [source.homepage])))
    console().print(rows)


def show_trail_of(context: Context, url: str) -> None:
    """The trail that a page is in, or that there is none."""
    page = canonical_url(url)
    if not any(context.catalog.articles(page=page)):
        return  # it was not archived, and the run has said why
    trail = trail_of(context.catalog, list(context.registry.sources.values()), page)
    if trail:
        views.trail(trail)
        return
    messages().print(
        "No original was found, and no archived article shares its text.", soft_wrap=True
    )


def _told(problem: Problem) -> str:
    where = f" ({problem.url})" if problem.url and problem.url not in problem.what else ""
    return problem.what + where
