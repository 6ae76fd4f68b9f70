"""What an audit finds."""

from typing import Literal

from msgspec import Struct

from storage.log import Head

Check = Literal["chain", "proofs", "fixity", "structure", "unsealed"]


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong (`fault`), or that one should know (`note`)."""

    check: Check
    severity: Literal["fault", "note"] = "fault"
    key: str
    """The object that it is about; "" for the whole archive."""
    message: str
    next_step: str


class Report(Struct, frozen=True, kw_only=True):
    """The result of an audit. Only without `faults` and without `could_not` is the archive fine."""

    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    could_not: tuple[str, ...]
    """What could not be checked, and why: neither fine nor faulty."""
    entries: int
    """Log entries, sealed runs, and objects and bytes of runs that were read."""
    runs: int
    objects: int
    bytes: int
    head: Head
    """The newest log entry, to be compared with one that was noted down elsewhere."""
