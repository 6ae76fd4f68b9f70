"""Can the sealed files be read as what they are? A right SHA-256 does not say so."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, structs

from flows.checks.fixity import RESTORE
from flows.checks.report import Fault
from storage import layout
from storage.records import WarcPlace, parse_run
from storage.warcstream import WarcError, records

MOST = 20  # faults told of one file; a file with more is damaged throughout
MAX_RUN_JSON = 64 * 1024 * 1024  # bytes; a thousand failed pages make under 1 MiB
WRITTEN_SO = "Its SHA-256 is right, so it was written so: report it to copytrail with this key."
REBUILD = "`copytrail rebuild` makes the catalog anew from the archive."
CAPTURES = frozenset(("response", "revisit", "resource", "metadata"))
"""Kinds of records that a capture can be named for."""

Places = dict[str, tuple[int, int]]
"""WARC-Record-ID → offset and length in the file, bytes. Of a GiB of pages some 15 MB."""


class Found(Struct, frozen=True, kw_only=True):
    """What is wrong with a file; and where its records lie, if it is a WARC and whole."""

    faults: tuple[str, ...] = ()
    places: Places | None = None


def look(key: str, run: str, path: str, chunks: Iterable[bytes], swift: bool = False) -> Found:
    """Read one file of a run, as far as it can be. Leaves the rest of `chunks`.

    `swift`: as in `records`; who finds fault by it looks again without.
    """
    if path.endswith((".warc.gz", ".warc")):
        return _warc(key, chunks, swift)
    if path == layout.RUN_JSON:
        return Found(faults=tuple(_run_json(run, chunks)))
    return Found()


def fault(key: str, message: str, whole: bool) -> Fault:
    """A fault in a file; `whole`: it is as it was sealed."""
    next_step = WRITTEN_SO if whole else RESTORE
    return Fault(check="structure", key=key, message=message, next_step=next_step)


def as_imported(fault: Fault) -> Fault:
    """A fault that somebody else's file had when it was taken in: it is kept as it came."""
    return structs.replace(
        fault,
        severity="note",
        message=f"came to us damaged, and is kept as it came: {fault.message}",
        next_step="`run.json` of this run tells of it. If you have a whole copy, import that, too.",
    )


def misplaced(key: str, found: Places, catalogued: Mapping[str, WarcPlace]) -> Iterator[Fault]:
    """Captures of one WARC that the catalog looks for where they are not.

    `catalogued`: id of each capture that the catalog says is in this file.
    """
    wrong = [
        (one, place)
        for one, place in sorted(catalogued.items())
        if found.get(one) != (place.offset, place.length)
    ]
    for one, place in wrong[:MOST]:
        there = found.get(one)
        where = f"{there[1]} bytes at {there[0]}" if there else "no such record in this file"
        yield Fault(
            check="structure",
            key=key,
            message=f"the catalog's place of capture {one} does not lead to it",
            expected=f"{place.length} bytes at {place.offset}",
            found=where,
            next_step=REBUILD,
        )
    if len(wrong) > MOST:
        more = f"the catalog has {len(wrong) - MOST} more captures of it in wrong places"
        yield Fault(check="structure", key=key, message=more, next_step=REBUILD)


def kind_of(data: bytes) -> str | None:
    """The kind of run that a `run.json` describes; None if it describes none."""
    try:
        return parse_run(data).kind
    except ValueError:
        return None


def _warc(key: str, chunks: Iterable[bytes], swift: bool) -> Found:
    faults: list[str] = []
    places: Places | None = {}
    try:
        for record in records(chunks, key, keep=0, swift=swift):
            if places is not None and record.kind in CAPTURES:
                first = places.setdefault(record.id, (record.offset, record.length))[0]
                if record.id and first != record.offset:
                    again = f"the record at byte {first} has the same id"
                    faults.append(f"record {record.id:.80} at byte {record.offset}: {again}")
            for one in record.faults:
                faults.append(f"record {record.id:.80} at byte {record.offset}: {one}")
            if len(faults) > MOST:
                faults[MOST:] = ["has more faults, which are not told one by one"]
                places = None
                break
    except WarcError as error:
        faults.append(f"cannot be read on from byte {error.offset}: {error.reason}")
        places = None
    return Found(faults=tuple(faults), places=places)


def _run_json(run: str, chunks: Iterable[bytes]) -> Iterator[str]:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_RUN_JSON:
            yield f"is longer than {MAX_RUN_JSON} bytes"
            return
    try:
        found = parse_run(bytes(data))
    except ValueError as error:
        yield f"is not the description of a run: {error}"
        return
    if found.id != run:
        yield f"describes another run, {found.id:.40}"
