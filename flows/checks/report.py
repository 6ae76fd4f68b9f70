"""What an audit finds, and how it is told."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from storage.log import EMPTY, Head

Class = Literal["fixity", "structure", "lineage", "completeness", "live"]
"""What one asks for. `fixity` holds the checks `chain`, `proofs`, `fixity` and `unsealed`."""
CLASSES: tuple[Class, ...] = ("fixity", "structure", "lineage", "completeness", "live")
Check = Literal["chain", "proofs", "unsealed", Class]
Severity = Literal["fault", "note", "unverifiable"]
State = Literal["unchanged", "edited", "moved", "gone", "blocked", "unreachable"]
"""What a page is that was fetched again."""
Verdict = Literal["fine", "faults", "incomplete", "unverifiable"]
EXIT: dict[Verdict, int] = {"fine": 0, "faults": 1, "incomplete": 2, "unverifiable": 3}
"""Exit status of `copytrail audit`. Only what was checked and found right is fine."""


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong (`fault`), that one should know (`note`), or that nobody can tell
    here (`unverifiable`)."""

    check: Check
    severity: Severity = "fault"
    key: str
    """The object that it is about; "" for the whole archive."""
    message: str
    expected: str | None = None
    """What should be there, and what is; None where `message` says all."""
    found: str | None = None
    url: str | None = None
    """The page that it is about."""
    last_fine: str | None = None
    """When it was last seen to be right: by an audit, or sealed (UTC); None: not known."""
    first_told: str | None = None
    """When an audit of this home first told of it, without a break since."""
    next_step: str


class Edited(Struct, frozen=True, kw_only=True):
    """One edit between the archived text and the one that is up."""

    kind: str
    before: str
    after: str


class LivePage(Struct, frozen=True, kw_only=True):
    """A page that was fetched again."""

    url: str
    state: State
    says: str
    """A sentence."""
    article: str | None
    """Id of the version that was compared, and when it was last seen."""
    seen: str | None
    capture: str | None = None
    """The sealed capture that shows the page's state now."""
    moved_to: str | None = None
    edits: tuple[Edited, ...] = ()
    pairs: tuple["LivePair", ...] = ()
    """The copies and originals of it that were fetched again, too."""


class LivePair(Struct, frozen=True, kw_only=True):
    """An original against its copy, as they are now."""

    copy_url: str
    original_url: str
    verdict: str
    contained_before: float | None
    contained_now: float | None
    """Share of the copy's words that the original has; None where one of them is not up."""
    says: str


class Counted(Struct, frozen=True, kw_only=True):
    """How one class of checks came out."""

    name: Class
    checked: int
    """Objects (fixity, structure), records (lineage), rows and sources (completeness), pages."""
    faults: int
    notes: int
    unverifiable: int
    seconds: float


class Coverage(Struct, frozen=True, kw_only=True):
    """Which of the sealed objects have been read, by this audit and those before."""

    objects: int
    read: int
    never: int
    """Objects that no audit of this home has found right yet."""
    oldest: str | None
    """When the one that was checked longest ago was checked (UTC)."""


class Asked(Struct, frozen=True, kw_only=True):
    """What an audit was asked to check."""

    classes: tuple[Class, ...] = ("fixity", "structure")
    sample: float | None = None
    """Share of the objects that is read, 0 to 1; None: all."""
    limit: int | None = None
    """Pages that are fetched again at most."""


class Report(Struct, frozen=True, kw_only=True):
    """The result of an audit. Only with the verdict `fine` is the archive fine."""

    id: str = ""
    """A ULID; the report is kept as `<home>/audits/<id>.json`."""
    started_at: str = ""
    ended_at: str = ""
    archive: str = ""
    """The store, as it is configured."""
    copytrail: str = ""
    """Version of the program that audited."""
    asked: Asked = Asked()
    verdict: Verdict
    classes: tuple[Counted, ...] = ()
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    unverifiable: tuple[Fault, ...] = ()
    """What was looked at, and cannot be told right or wrong: neither fine nor faulty."""
    could_not: tuple[str, ...]
    """What could not be looked at, and why: neither fine nor faulty."""
    entries: int
    """Log entries, sealed runs, and objects and bytes of runs that were read."""
    runs: int
    objects: int
    bytes: int
    coverage: Coverage | None = None
    live: tuple[LivePage, ...] = ()
    head: Head = EMPTY
    """The newest log entry, to be compared with one that was noted down elsewhere."""


def parted(
    found: Iterable[Fault],
) -> tuple[tuple[Fault, ...], tuple[Fault, ...], tuple[Fault, ...]]:
    """Faults, notes, and what is unverifiable."""
    by: dict[Severity, list[Fault]] = {"fault": [], "note": [], "unverifiable": []}
    for one in found:
        by[one.severity].append(one)
    return tuple(by["fault"]), tuple(by["note"]), tuple(by["unverifiable"])


def verdict(faults: object, could_not: object, unverifiable: object) -> Verdict:
    """Faults weigh more than what could not be looked at, and that more than what cannot be told:
    a fault that was found stays one, whatever else was found."""
    if faults:
        return "faults"
    if could_not:
        return "incomplete"
    return "unverifiable" if unverifiable else "fine"


def class_of(check: Check) -> Class:
    """The class that a check belongs to."""
    if check == "chain" or check == "proofs" or check == "unsealed":
        return "fixity"
    return check
