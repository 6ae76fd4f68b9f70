"""Key names, nothing else.

No key is ever made from URL text: run ids are ULIDs, and names come from our own writers. What
makes a key raises ValueError for a part that does not fit; `parse_log_key` returns None
instead, because it is asked about what others put into a store.
"""

import re

RUNS = "runs/"
LOG = "log/"
SIGNATURES = "signatures/"
REPAIRS = "repairs/"
ROOMS = (RUNS, LOG, SIGNATURES, REPAIRS)
RESTORED = "restored.json"
SUMS = "SHA256SUMS"
RUN_JSON = "run.json"

# https://github.com/ulid/spec: 26 letters of Crockford's base 32; the first one is at most 7.
_RUN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
# 200: file systems end at 255 bytes, and a temporary name may add to it.
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}")
_LOG = re.compile(r"log/([0-9]{10})\.json")
_PROOF = re.compile(r"signatures/([0-9a-f]{64})\.(?:sig|tsr)")
LAST_SEQ = 10**10 - 1


def is_run_id(text: str) -> bool:
    """Whether `text` is a ULID as we write it."""
    return _RUN.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether `text` can be a key: plain names with `/` between them; no `.`, no `..`."""
    return all(_NAME.fullmatch(name) for name in text.split("/"))


def run_prefix(run: str) -> str:
    """Everything of a run lies under this."""
    if not is_run_id(run):
        raise ValueError(f"{run!r} is not a run id (a ULID)")
    return f"{RUNS}{run}/"


def object_key(run: str, path: str) -> str:
    """An object of a run, by its path relative to the run's folder."""
    if not is_key(path):
        raise ValueError(f"{path!r} is not made of plain names (A-Z a-z 0-9 . _ -)")
    return run_prefix(run) + path


def run_key(run: str) -> str:
    """The run's `run.json`."""
    return object_key(run, RUN_JSON)


def sums_key(run: str) -> str:
    """The run's `SHA256SUMS`."""
    return object_key(run, SUMS)


def log_key(seq: int) -> str:
    """A log entry; the first is 1. Ten digits, so that a listing has them in order."""
    if not 1 <= seq <= LAST_SEQ:
        raise ValueError(f"{seq} is not the number of a log entry")
    return f"{LOG}{seq:010d}.json"


def repair_prefix(repair: str) -> str:
    """Everything of a repair lies under this."""
    if not is_run_id(repair):
        raise ValueError(f"{repair!r} is not the name of a repair (a ULID)")
    return f"{REPAIRS}{repair}/"


def repair_key(repair: str, key: str) -> str:
    """Where a repair keeps the restored copy of an object, or its own `SHA256SUMS`."""
    if not is_key(key):
        raise ValueError(f"{key!r} is not a key")
    return repair_prefix(repair) + key


def parse_repair_key(key: str) -> tuple[str, str] | None:
    """The repair, and the key of the object that was restored (or the repair's own files)."""
    repair, slash, of = key.removeprefix(REPAIRS).partition("/")
    right = key.startswith(REPAIRS) and is_run_id(repair) and slash and is_key(of)
    return (repair, of) if right else None


def parse_log_key(key: str) -> int | None:
    """The number of a log entry."""
    found = _LOG.fullmatch(key)
    return int(found[1]) or None if found else None


def signature_key(entry_sha256: str) -> str:
    """The Ed25519 signature of a log entry, by the entry's own SHA-256 in hex."""
    return _proof_key(entry_sha256, "sig")


def token_key(entry_sha256: str) -> str:
    """The RFC 3161 token of a log entry, by the entry's own SHA-256 in hex."""
    return _proof_key(entry_sha256, "tsr")


def _proof_key(entry_sha256: str, ending: str) -> str:
    key = f"{SIGNATURES}{entry_sha256}.{ending}"
    if not _PROOF.fullmatch(key):
        raise ValueError(f"{entry_sha256!r} is not a SHA-256 in hex")
    return key


def parse_proof_key(key: str) -> str | None:
    """The SHA-256 of the log entry that a signature or token is of."""
    found = _PROOF.fullmatch(key)
    return found[1] if found else None
