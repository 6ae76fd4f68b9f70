"""What the schedule tried, one line for each flow run, in `<home>/schedule.jsonl`.

The archive holds what was captured; this holds what was not even begun: a run that was skipped
since another was at work, one that came late, one that failed before anything was fetched.
"""

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

NAME = "schedule.jsonl"
MAX_BYTES = 4 * 1024 * 1024
"""At 200 bytes a line 20,000 attempts: 20 sources, visited four times a day, for 250 days. Then the
older half is dropped."""
LATE = timedelta(minutes=5)  # after its moment, from which on a run is called late

What = Literal["complete", "partial", "failed", "skipped", "stopped", "error"]
"""How an attempt ended. `skipped`: not begun, for another was at work or a later one was due.
`stopped`: cancelled, or its time was over; what was captured is sealed. `error`: see its note."""


class Attempt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One flow run. Times are ISO 8601 UTC."""

    source: str
    kind: str
    """`archive` or `recheck`."""
    at: str
    """When it ended."""
    what: What
    scheduled: str | None = None
    """When it should have begun; None: started by hand."""
    late: float = 0.0
    """Seconds from then to its beginning."""
    run: str | None = None
    """The sealed run."""
    note: str = ""


def note(home: Path, attempt: Attempt) -> None:
    """Add a line. Raises OSError."""
    home.mkdir(parents=True, exist_ok=True)
    line = msgspec.json.encode(attempt) + b"\n"
    # Append and lock: several flow runs end at once.
    descriptor = os.open(home / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size > MAX_BYTES:
            kept = os.pread(descriptor, size, size - MAX_BYTES // 2).partition(b"\n")[2]
            os.ftruncate(descriptor, 0)
            line = kept + line
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def attempts(home: Path, since: str) -> Iterator[Attempt]:
    """The attempts that ended since then, in the order of their end. A line that a crash cut is
    left out."""
    path = home / NAME
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(Attempt)
    for line in path.read_bytes().splitlines():
        try:
            one = decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
        if one.at >= since:
            yield one


def is_late(attempt: Attempt) -> bool:
    """Whether it began long after its moment."""
    return timedelta(seconds=attempt.late) >= LATE


def seconds_late(scheduled: str, began: str) -> float:
    """From one moment to the other; 0 for one that came early."""
    apart = datetime.fromisoformat(began) - datetime.fromisoformat(scheduled)
    return max(0.0, round(apart.total_seconds(), 3))
