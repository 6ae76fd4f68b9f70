"""Audit: is the archive still what was sealed, and does it hold what it should? Each class of fault
is a module here; all are read-only. `flows.auditing` runs them as they are asked for.
"""

from collections.abc import Collection
from contextlib import closing

from flows.checks.objects import Crew
from flows.checks.proofs import Trust
from flows.checks.report import Fault, Report, parted, verdict
from flows.checks.sealed import Progress, SealedCheck, Wanted
from storage.objects import Store, StoreError

__all__ = ["Fault", "Report", "Trust", "audit"]

NO_TRUST = Trust()
ALL = Wanted()


def audit(
    store: Store, pending: Collection[str] = (), progress: Progress | None = None,
    trust: Trust = NO_TRUST,
) -> Report:  # fmt: skip
    """Check the log, and every object of every sealed run: fixity and structure.

    `pending`: runs that wait on this machine to be sealed. `trust`: keys, roots and heads that the
    auditor has from elsewhere. One damaged object never stops the rest;
    a store that does not answer does, and `Report.could_not` says so. Raises no StoreError.
    """
    with closing(Crew(store)) as crew:
        check = SealedCheck(store, crew, trust, ALL, progress or (lambda done, total, key: None))
        run(check, pending)
    faults, notes, unverifiable = parted(check.found)
    return Report(
        verdict=verdict(faults, check.could_not, unverifiable),
        faults=faults,
        notes=notes,
        unverifiable=unverifiable,
        could_not=tuple(check.could_not),
        entries=check.entries,
        runs=len(check.sealed),
        objects=check.objects,
        bytes=check.bytes,
        head=check.head,
    )


def run(check: SealedCheck, pending: Collection[str]) -> None:
    """All steps of a check, until the store is down. Raises no StoreError."""
    try:
        check.read_log()
        check.read_objects()
        check.look_for_the_rest(pending)
    except StoreError as error:
        check.could_not.append(f"stopped: {error}")
