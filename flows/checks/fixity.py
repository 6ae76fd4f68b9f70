"""Every object of a sealed run against the sums that were sealed: the same, no more, no less."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from flows.checks.report import Fault
from storage import layout
from storage.identity import sha256_hex
from storage.log import Entry, parse_sums

RESTORE = (
    "Bring the object back from a copy of the archive (`copytrail restore`); keep what is there "
    "now as evidence."
)


class Seen(Struct, frozen=True):
    """An object as it was read just now: its size in bytes, and SHA-256."""

    size: int
    sha256: str


def read_sums(entry: Entry, key: str, data: bytes) -> dict[str, str]:
    """Path → SHA-256, as sealed. Raises ValueError that says why `data` is not what was sealed."""
    if (digest := sha256_hex(data)) != entry.sha256sums:
        raise ValueError(
            f"was altered: it has the SHA-256 {digest}, log entry {entry.seq} names "
            f"{entry.sha256sums!s:.64}. What this run held cannot be verified"
        )
    sums = parse_sums(data)
    if len(sums) != entry.objects:
        raise ValueError(f"lists {len(sums)} objects, log entry {entry.seq} says {entry.objects}")
    return sums


def compare(
    entry: Entry,
    prefix: str,
    sums: Mapping[str, str],
    listed: Mapping[str, int],
    seen: Mapping[str, Seen],
) -> Iterator[Fault]:
    """What differs between the sums, the listing (path → size) and what was read.

    `prefix`: where the sealed folder lies. A path that is listed and was not read is passed over:
    whoever could not read it says so.
    """
    for path in sorted(sums.keys() - listed.keys()):
        yield fault(prefix + path, "is missing")
    for path in sorted(listed.keys() - sums.keys() - {layout.SUMS}):
        yield Fault(
            check="fixity",
            key=prefix + path,
            message=f"was added after {entry.type} {entry.run} was sealed ({listed[path]} bytes)",
            next_step="Find out who put it there; copytrail adds nothing to what is sealed.",
        )
    altered = [path for path, one in sorted(seen.items()) if one.sha256 != sums[path]]
    for path in altered:
        how = "was altered"
        if len(altered) == 1 and seen.keys() == sums.keys():
            # The entry has the bytes of all objects together: with the others sound, of this one.
            meant = entry.bytes - sum(one.size for name, one in seen.items() if name != path)
            how = _by_size(seen[path].size, meant)
        yield fault(
            prefix + path,
            f"{how}: it has the SHA-256 {seen[path].sha256}, sealed was {sums[path]}",
        )
    if not altered and seen.keys() == sums.keys():
        total = sum(one.size for one in seen.values())
        if total != entry.bytes:
            message = f"says {entry.bytes} bytes, but the sealed objects have {total}"
            yield fault(layout.log_key(entry.seq), message)


def _by_size(size: int, meant: int) -> str:
    if size < meant:
        return f"was cut: {size} of {meant} bytes are left"
    return "was altered" if size == meant else f"was altered: {size} bytes instead of {meant}"


def fault(key: str, message: str) -> Fault:
    """A fault that a copy of the archive mends."""
    return Fault(check="fixity", key=key, message=message, next_step=RESTORE)
