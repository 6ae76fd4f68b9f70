"""What lies in the store though no log entry names it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from flows.checks.report import Fault
from storage import layout
from storage.objects import Listed

MOST = 100  # stray keys told one by one


class Unsealed:
    """Runs without a log entry, and keys that are no part of the archive's layout."""

    def __init__(
        self, listed: Iterable[Listed], sealed: Collection[str], repairs: Collection[str],
        entries: Collection[str],
    ) -> None:  # fmt: skip
        """`sealed`, `repairs`: those that the log names. `entries`: the SHA-256 of every entry."""
        self._restored: dict[str, str] = {}
        self._unlogged: set[str] = set()
        self._objects: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._stray: list[str] = []
        self._strays = 0
        self._orphans = 0
        for one in listed:
            room, _, rest = one.key.partition("/")
            run, slash, _ = rest.partition("/")
            if f"{room}/" == layout.RUNS and slash and layout.is_run_id(run):
                if run not in sealed:
                    self._objects[run] += 1
                    self._bytes[run] += one.size
            elif restored := layout.parse_repair_key(one.key):
                repair, of = restored
                if repair not in repairs:
                    self._unlogged.add(repair)
                elif of not in (layout.SUMS, layout.RESTORED):
                    self._restored[of] = one.key
            elif proof := layout.parse_proof_key(one.key):
                self._orphans += proof not in entries
            elif layout.parse_log_key(one.key) is None:
                self._strays += 1
                if len(self._stray) < MOST:
                    self._stray.append(one.key)

    @property
    def runs(self) -> set[str]:
        """The runs without a log entry."""
        return set(self._objects)

    def faults(self, late: Collection[str], pending: Collection[str]) -> Iterator[Fault]:
        """`late`: runs sealed while we looked. `pending`: runs that wait on this machine."""
        for run in sorted(self._objects.keys() - set(late)):
            about = f"{self._objects[run]} objects, {self._bytes[run]} bytes"
            if run in pending:
                yield Fault(
                    check="unsealed",
                    severity="note",
                    key=layout.run_prefix(run),
                    message=f"run {run} is uploaded in part ({about}) and waits for its sealing",
                    next_step="`copytrail run` completes it.",
                )
            else:
                yield Fault(
                    check="unsealed",
                    key=layout.run_prefix(run),
                    message=f"no log entry names run {run} ({about}): it was never sealed, or its "
                    "entry was removed",
                    next_step="If another machine is sealing it right now, audit again; if one "
                    "was cut off, run copytrail there; else compare the log with a noted head.",
                )
        for of, key in sorted(self._restored.items()):
            yield Fault(
                check="unsealed",
                severity="note",
                key=of,
                message=f"was damaged; its restored copy, {key}, stands in for it",
                next_step="The damaged object is kept as evidence.",
            )
        for repair in sorted(self._unlogged):
            yield Fault(
                check="unsealed",
                key=f"{layout.REPAIRS}{repair}/",
                message=f"no log entry names repair {repair}: it was cut off, or slipped in",
                next_step="What it stands in for was not checked by anybody; find out who made it.",
            )
        if self._orphans:
            yield Fault(
                check="unsealed",
                severity="note",
                key=layout.SIGNATURES,
                message=f"{self._orphans} signatures or time stamps belong to no log entry",
                next_step="Sealers that were cut off or overtaken leave such; they do no harm.",
            )
        for key in self._stray:
            yield self._no_part(key, "is no part of the archive")
        if self._strays > len(self._stray):
            yield self._no_part("", f"{self._strays - MOST} more objects are no part of it")

    def _no_part(self, key: str, message: str) -> Fault:
        return Fault(
            check="unsealed",
            key=key,
            message=message,
            next_step="Find out who put it there; docs/layout.md says what belongs here.",
        )
