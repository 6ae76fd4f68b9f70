"""Runs that were sealed without knowing of each other: two machines at one bucket, or a run that a
crash kept from the log while others went on.

Each run says up to which log entry it was compared. Where others stand between that entry and its
own, the two sides have never met, and the next run compares the articles of both anew.
"""

from collections.abc import Iterable

from storage.catalog import Catalog
from storage.records import Run


def apart(runs: Iterable[tuple[int, Run]]) -> set[str]:
    """The runs that have to be compared anew, given all runs in the order of the log."""
    found: set[str] = set()
    known = list(runs)
    upto = 0  # what later runs knew of was made up for by them
    for place in range(len(known) - 1, -1, -1):
        seq, run = known[place]
        if run.compared_to is None:
            continue
        if seq > upto:
            missed = [one.id for at, one in known[:place] if at > run.compared_to and _reads(one)]
            found.update([run.id, *missed] if missed else [])
        upto = max(upto, run.compared_to)
    return found


def articles_apart(catalog: Catalog) -> list[str]:
    """Ids of the articles that have to be compared anew."""
    runs = apart(catalog.runs())
    return catalog.articles_of(runs) if runs else []


def _reads(run: Run) -> bool:
    return run.kind != "judge"
