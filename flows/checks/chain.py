"""The log: is every entry there, one entry, in its place, and bound to the one before?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from flows.checks.report import Fault
from storage import layout
from storage.identity import sha256_hex
from storage.log import EMPTY, Entry, Head, parse_entry

RESTORE = "Bring the object back from a copy of the archive; keep what is there now as evidence."

AHEAD = timedelta(hours=1)  # clocks go wrong by minutes


class Chain:
    """Takes the log entry by entry, in order, and remembers what the next one must fit."""

    def __init__(self) -> None:
        self.count = 0
        self.head = EMPTY
        self.sealed: dict[str, Entry] = {}
        self.repairs: dict[str, Entry] = {}
        self._before: str | None = EMPTY.sha256
        """SHA-256 of the entry before; None where it could not be read."""
        self._time: datetime | None = None
        self._ahead = False

    def add(self, seq: int, data: bytes | None) -> Iterator[Fault]:
        """The next object in a log entry's place; None where its bytes could not be read."""
        if seq > self.head.seq + 1:
            yield self._gap(seq)
            self._before = None
        known, digest = self._before, sha256_hex(data) if data is not None else None
        self.count += 1
        self.head, self._before = Head(seq, digest or ""), digest
        if data is None:
            return
        key, entry = layout.log_key(seq), parse_entry(data)
        if entry is None:
            yield _fault(key, "is not a log entry")
            return
        if entry.seq != seq:
            yield _fault(key, f"says that it is entry {entry.seq}")
            entry = replace(entry, seq=seq)  # its place is what is known
        if known is not None and entry.prev != known:
            yield _fault(
                key,
                f"does not follow from entry {seq - 1}: it names the SHA-256 {entry.prev:.64}, the "
                f"entry there has {known}. One of the two was replaced",
            )
        yield from self._times(key, entry)
        yield from self._runs(key, entry)

    def _gap(self, seq: int) -> Fault:
        first, last = self.head.seq + 1, seq - 1
        many = f"entries {first} to {last} are" if last > first else "the entry is"
        return _fault(layout.log_key(first), f"{many} missing, though entry {seq} is there")

    def _times(self, key: str, entry: Entry) -> Iterator[Fault]:
        try:
            time = datetime.fromisoformat(entry.time)
            if time.tzinfo is None:
                raise ValueError
        except ValueError:
            yield _fault(key, f"is dated {entry.time!r:.40}, which is no time")
            return
        if self._time and time < self._time:
            yield _note(
                key,
                f"is dated {entry.time:.40}, before the entry in front of it "
                f"({self._time.isoformat()})",
            )
        if time > datetime.now(UTC) + AHEAD and not self._ahead:
            self._ahead = True  # with those that follow it
            yield _note(key, f"is dated {entry.time:.40}, which has not come yet")
        self._time = time

    def _runs(self, key: str, entry: Entry) -> Iterator[Fault]:
        if entry.run is None:
            return
        of_its_kind = self.sealed if entry.type == "run" else self.repairs
        if entry.run in of_its_kind:
            first = layout.log_key(of_its_kind[entry.run].seq)
            yield _fault(key, f"seals {entry.type} {entry.run} again, which {first} sealed")
        of_its_kind.setdefault(entry.run, entry)


def _note(key: str, message: str) -> Fault:
    step = "Check the clocks of the machines that write this archive, and of this one."
    return Fault(check="chain", severity="note", key=key, message=message, next_step=step)


def _fault(key: str, message: str) -> Fault:
    return Fault(check="chain", key=key, message=message, next_step=RESTORE)
