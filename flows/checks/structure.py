"""Can the sealed files be read as what they are? A right SHA-256 does not say so."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
from msgspec import structs

from flows.checks.report import Fault
from storage import layout
from storage.records import Run
from storage.warcstream import WarcError, records

MOST = 20  # faults told of one file; a file with more is damaged throughout
MAX_RUN_JSON = 64 * 1024 * 1024  # bytes; a thousand failed pages make under 1 MiB
NEXT = "If its SHA-256 is right it was written so: report it to copytrail with this key."


def check(key: str, run: str, path: str, chunks: Iterable[bytes]) -> Iterator[Fault]:
    """What is wrong with one file of a run. Reads `chunks` as far as it can; not always all."""
    if path.endswith((".warc.gz", ".warc")):
        found = list(islice(_warc(key, chunks), MOST + 1))
        if len(found) > MOST:
            found[MOST:] = ["has more faults, which are not told one by one"]
    elif path == layout.RUN_JSON:
        found = list(_run_json(run, chunks))
    else:
        return
    for message in found:
        yield Fault(check="structure", key=key, message=message, next_step=NEXT)


def as_imported(fault: Fault) -> Fault:
    """A fault that somebody else's file had when it was taken in: it is kept as it came."""
    return structs.replace(
        fault,
        severity="note",
        message=f"came to us damaged, and is kept as it came: {fault.message}",
        next_step="`run.json` of this run tells of it. If you have a whole copy, import that, too.",
    )


def kind_of(data: bytes) -> str | None:
    """The kind of run that a `run.json` describes; None if it describes none."""
    try:
        return msgspec.json.decode(data, type=Run).kind
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _warc(key: str, chunks: Iterable[bytes]) -> Iterator[str]:
    try:
        for record in records(chunks, key, keep=0):
            for fault in record.faults:
                yield f"record {record.id:.80} at byte {record.offset}: {fault}"
    except WarcError as error:
        yield f"cannot be read on from byte {error.offset}: {error.reason}"


def _run_json(run: str, chunks: Iterable[bytes]) -> Iterator[str]:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MAX_RUN_JSON:
            yield f"is longer than {MAX_RUN_JSON} bytes"
            return
    try:
        found = msgspec.json.decode(data, type=Run)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        yield f"is not the description of a run: {error}"
        return
    if found.id != run:
        yield f"describes another run, {found.id:.40}"
