"""Sealing a run, and the log of all that is sealed.

A run's folder goes up whole, then its `SHA256SUMS`, then the log entry: the commit. Each entry
holds the SHA-256 of the one before it, so that nothing in the list can be changed unseen by anybody
who knows a later head. Every step creates or finds its object, so a seal that was cut off is done
again from the start, and does only what is missing.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Struct

from storage import layout
from storage.attestation import NOBODY, Attestation
from storage.identity import now, sha256_hex
from storage.objects import (
    AlreadyThere,
    NotAnObject,
    NotThere,
    Store,
    Stored,
    StoreError,
    Unavailable,
    describe,
    several,
)

ZEROS = "0" * 64
"""`prev` of the first entry: there is nothing before it."""
MAX_ENTRY = 64 * 1024  # bytes; ours have about 400
MAX_SUMS = 64 * 1024 * 1024  # bytes: half a million objects in one run
RACES = 100  # tries to get the next number: each is lost to one other sealer's success

_SUMS_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\n]+)")


Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the log: a run that is sealed, or a sign of life."""

    seq: Count
    type: Literal["run", "heartbeat", "repair"]
    time: str
    run: str | None = None
    """The run, or the repair, that is sealed; null for a heartbeat."""
    sha256sums: str | None = None
    """SHA-256 (hex) of its `SHA256SUMS`."""
    objects: Count = 0
    """Objects that `SHA256SUMS` lists, and their bytes."""
    bytes: Count = 0
    prev: str
    """SHA-256 (hex) of the entry before, as stored."""
    key: str | None = None
    """Name of the key that signed this entry; null: it is not signed."""
    authority: str | None = None
    """URL of the authority that time-stamped this entry; null: none did."""


class Head(Struct, frozen=True):
    """The newest entry: whoever keeps this pair elsewhere can prove that nothing before changed."""

    seq: int
    sha256: str


EMPTY = Head(0, ZEROS)


def sums_text(files: Mapping[str, str]) -> bytes:
    """`SHA256SUMS` for files (path relative to the run's folder → SHA-256 in hex).

    The format of GNU coreutils, which `sha256sum -c` reads; in the order of the paths.
    """
    return "".join(f"{files[path]}  {path}\n" for path in sorted(files)).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """Path → SHA-256 of a `SHA256SUMS`. Raises ValueError that names the line."""
    sums: dict[str, str] = {}
    try:
        lines = data.decode("ascii").split("\n")  # as `sha256sum -c`: no other byte ends a line
    except UnicodeDecodeError as error:
        raise ValueError("not plain text") from error
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        found = _SUMS_LINE.fullmatch(line)
        if not found or not layout.is_key(found[2]) or found[2] in sums:
            raise ValueError(f"line {number} is not `<sha256>  <path>`, or names a path twice")
        sums[found[2]] = found[1]
    return sums


def write_sums(folder: Path) -> bytes:
    """Write `SHA256SUMS` of all files under a run's local folder, and return it.

    From then on the folder is final: a seal that is cut off and done again must find the same
    bytes. If it is there already, it is checked against the files instead. Raises StoreError if a
    file changed since, or cannot be sealed (a link, a name that is no key).
    """
    return _keep_sums(folder, {name: describe(name, path).sha256 for name, path in _files(folder)})


def _keep_sums(folder: Path, sums: Mapping[str, str]) -> bytes:
    data = sums_text(sums)
    path = folder / layout.SUMS
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        temporary = folder / f".{layout.SUMS}.new"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        return data
    if before != data:
        raise StoreError(
            f"{folder}: files changed since {layout.SUMS} was written. `sha256sum -c` there says "
            "which; delete that file only if the change was meant."
        )
    return data


def _files(folder: Path) -> list[tuple[str, Path]]:
    """All files of a run, by path relative to its folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if name in (layout.SUMS, f".{layout.SUMS}.new"):
            continue
        if not path.is_file() or path.is_symlink() or not layout.is_key(name):
            raise StoreError(f"{path}: cannot be sealed: a link, or not named as runs' files are")
        found.append((name, path))
    return found


def entries(store: Store, after: int = 0) -> Iterator[tuple[Entry, bytes]]:
    """The log in order, from the entry behind number `after`: each entry, and its bytes.

    Raises StoreError at one that is not an entry; `copytrail audit` goes on where this stops.
    """
    for seq, data in stored_entries(store, after):
        entry = parse_entry(data)
        if entry is None or entry.seq != seq:
            raise StoreError(
                f"{layout.log_key(seq)}: not a log entry. `copytrail audit` says what is damaged."
            )
        yield entry, data


def stored_entries(store: Store, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """The objects in the places of log entries, by number, whatever they hold: nothing, where it
    is no object. (Nobody seals behind that: `_confirm` reads the newest one again.)"""
    for one in store.list(layout.LOG):
        seq = layout.parse_log_key(one.key)
        if seq is not None and seq > after:
            try:
                data = store.get(one.key, MAX_ENTRY)
            except NotAnObject:
                data = b""
            yield seq, data


def parse_entry(data: bytes) -> Entry | None:
    """The entry, or None if these bytes are not one, or could be read in two ways."""
    try:
        entry = msgspec.json.decode(data, type=Entry)
        json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
        return None
    names = {entry.run is not None, entry.sha256sums is not None}
    if names != {entry.type != "heartbeat"}:
        return None
    if entry.run is not None and not layout.is_run_id(entry.run):
        return None
    return entry


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name some readers take the first, others the last (RFC 8259, 4)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def head(store: Store) -> Head:
    """The newest entry; `EMPTY` if there is none."""
    last = 0
    for one in store.list(layout.LOG):
        last = max(last, layout.parse_log_key(one.key) or 0)
    if not last:
        return EMPTY
    return Head(last, sha256_hex(store.get(layout.log_key(last), MAX_ENTRY)))


def head_of(store: Store, entry: Entry) -> Head:
    """The head that the log had with this entry. Raises Unavailable for an answer that is not it:
    a head that is published must be the right one."""
    data = store.get(layout.log_key(entry.seq), MAX_ENTRY)
    if parse_entry(data) != entry or not data.endswith(b"\n"):
        raise Unavailable(f"{store.name}: log entry {entry.seq} is not read as it was written")
    return Head(entry.seq, sha256_hex(data))


def seal(store: Store, run: str, folder: Path, attestation: Attestation = NOBODY) -> Entry:
    """Put a run's local folder into the store, and commit it to the log.

    `folder` holds `warc/`, `records/` and `run.json`, and is final: see `write_sums`. A run that is
    in the log already is left alone, and its entry returned; one that is there in part is
    completed. Raises ValueError if `run` is not a run id, and StoreError; AlreadyThere where an
    object of the run is there with other content. Nothing is committed then.
    """
    if not (folder / layout.RUN_JSON).is_file():
        raise StoreError(f"{folder}: no {layout.RUN_JSON} there, so nothing to seal")
    # Before anything else: an entry of this run that another sealer makes comes after this head.
    since = head(store)
    if _is_there(store, layout.sums_key(run)):
        since = EMPTY  # the seal before may have got as far as its entry: look through them all
        if done := _sealed(store, run):
            if done.sha256sums != sha256_hex(write_sums(folder)):
                raise AlreadyThere(f"run {run} is sealed with other content than {folder} has")
            return done
    about, objects, size = put_run(store, run, folder)
    return _commit(
        store,
        since,
        Entry(
            seq=0, type="run", time=now(), run=run, sha256sums=about.sha256,
            objects=objects, bytes=size, prev=ZEROS,
        ),
        attestation,
    )  # fmt: skip


def put_run(store: Store, run: str, folder: Path) -> tuple[Stored, int, int]:
    """All that a sealing puts before its log entry: each file of a run's local folder, then their
    `SHA256SUMS`, which is on the disk before anything can be seen in the store.

    Returns what that one is, and how many objects it lists of how many bytes. Raises StoreError.
    """
    files = {layout.object_key(run, path): (path, file) for path, file in _files(folder)}
    sums = b""

    def keep(known: Mapping[str, Stored]) -> None:
        nonlocal sums
        sums = _keep_sums(folder, {files[key][0]: one.sha256 for key, one in known.items()})

    if together := several(store):
        put = together.put_each({key: file for key, (_, file) in files.items()}, keep)
    else:
        sums = write_sums(folder)
        listed = parse_sums(sums)
        put = []
        for key, (path, file) in files.items():
            put.append(store.put_if_absent(key, file))
            if put[-1].sha256 != listed[path]:
                raise StoreError(f"{file}: changed while it was sealed. Nothing is committed.")
    about = store.put_if_absent(layout.sums_key(run), sums)
    return about, len(put), sum(one.size for one in put)


def seal_repair(
    store: Store, repair: str, files: Mapping[str, Path | bytes], attestation: Attestation
) -> Entry:
    """Put restored copies (path under the repair's folder → content), and commit them to the log.

    Raises StoreError; nothing is committed then.
    """
    since, size, sums = head(store), 0, {}
    for path, content in files.items():
        stored = store.put_if_absent(layout.repair_key(repair, path), content)
        sums[path] = stored.sha256
        size += stored.size
    about = store.put_if_absent(layout.repair_key(repair, layout.SUMS), sums_text(sums))
    draft = Entry(
        seq=0, type="repair", time=now(), run=repair, sha256sums=about.sha256,
        objects=len(sums), bytes=size, prev=ZEROS,
    )  # fmt: skip
    return _commit(store, since, draft, attestation)


def beat(store: Store, attestation: Attestation = NOBODY) -> Entry:
    """Commit a sign of life, so that a gap in the runs can be told from a lost log."""
    draft = Entry(seq=0, type="heartbeat", time=now(), prev=ZEROS)
    return _commit(store, head(store), draft, attestation)


def _confirm(store: Store, newest: Head) -> None:
    """Read the newest entry once more: an answer that was cut, and nobody said so, would break the
    chain for ever. Raises Unavailable."""
    if newest.seq == 0:
        return
    key = layout.log_key(newest.seq)
    if sha256_hex(store.get(key, MAX_ENTRY)) != newest.sha256:
        raise Unavailable(f"{store.name}/{key}: read twice, it was not the same. Try again later.")


def _is_there(store: Store, key: str) -> bool:
    try:
        store.head(key)
    except NotThere:
        return False
    return True


def _sealed(store: Store, run: str) -> Entry | None:
    """The run's entry. An unreadable one is passed over: the audit tells of it."""
    for seq, data in stored_entries(store):
        entry = parse_entry(data)
        if entry and (entry.run, entry.seq) == (run, seq):
            return entry
    return None


def _commit(store: Store, since: Head, draft: Entry, attestation: Attestation) -> Entry:
    """Put the entry behind the newest one; if somebody else was faster, behind theirs."""
    newest = since
    draft = msgspec.structs.replace(draft, key=attestation.key, authority=attestation.url)
    for _ in range(RACES):
        for seq, data in stored_entries(store, newest.seq):
            entry = parse_entry(data)
            if draft.run and entry and (entry.run, entry.seq) == (draft.run, seq):
                return entry  # another process sealed the same run meanwhile
            newest = Head(seq, sha256_hex(data))
        _confirm(store, newest)
        made = msgspec.structs.replace(draft, seq=newest.seq + 1, prev=newest.sha256, time=now())
        data = msgspec.json.encode(made) + b"\n"
        attestation.put(store, data)
        try:
            store.put_if_absent(layout.log_key(made.seq), data)
        except AlreadyThere:
            continue
        return made
    raise StoreError(f"{store.name}: others keep taking the next log number. Try again.")
