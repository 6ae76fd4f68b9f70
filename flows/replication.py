"""A second copy of an archive, and what it can give back to the first.

Whatever is copied is held to what the log sealed, so that damage never travels; and nothing is
written over: a missing object is created again, a damaged one stays as evidence, and its restored
copy lies under `repairs/` and stands in for it (see `storage.repaired`).
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from flows.checks import NO_TRUST, Trust
from flows.checks.sealed import MAX_PROOF
from flows.vouching import signature_holds, token_holds
from storage import layout, log
from storage.attestation import Attestation
from storage.identity import new_run_id, sha256_hex
from storage.objects import NotAnObject, NotThere, Refused, Store, StoreError, Unavailable, fetch

Progress = Callable[[str], None]
"""Told of each object at work, by its key."""


class Sealed(Struct, frozen=True):
    """One object, and the SHA-256 that it was sealed with."""

    key: str
    sha256: str
    """"" for what vouches for a log entry: nothing says which bytes that has."""
    holds: Callable[[bytes], bool | None] = lambda _: None
    """Of such an object: whether it vouches for its entry; None where nobody here can tell."""


class Replicated(Struct, frozen=True):
    """What became of a replication: objects and bytes copied now, and what could not be."""

    objects: int
    bytes: int
    troubles: tuple[str, ...]


class Restored(Struct, frozen=True):
    """What became of a restoration."""

    created: tuple[str, ...]
    """Keys of objects that were missing, and are in their place again. `restored.json` names them,
    but for log entries, which the chain shows to be the right ones."""
    repaired: tuple[str, ...]
    """Keys of objects that were damaged, and have a copy that stands in for them."""
    troubles: tuple[str, ...]
    log_entry: int | None = None


def sealed_objects(store: Store, trust: Trust) -> Iterator[Sealed | str]:
    """Every object that the log vouches for, in the order of the log: what an entry seals, what
    vouches for the entry, the entry. In words instead, what cannot be known."""
    for seq, data in log.stored_entries(store):
        entry, key = log.parse_entry(data), layout.log_key(seq)
        if entry is None:
            yield f"{key}: not a log entry"
            continue
        if entry.run is not None:
            yield from _of_entry(store, entry)
        digest = sha256_hex(data)
        if entry.key:
            signature = layout.signature_key(digest)
            yield Sealed(signature, "", partial(signature_holds, trust, entry, data))
        if entry.authority:
            token = layout.token_key(digest)
            yield Sealed(token, "", partial(token_holds, trust, data))
        yield Sealed(key, digest)


def _of_entry(store: Store, entry: log.Entry) -> Iterator[Sealed | str]:
    of_run = entry.type == "run"
    prefix = (layout.run_prefix if of_run else layout.repair_prefix)(str(entry.run))
    key = prefix + layout.SUMS
    try:
        data = store.get(key, log.MAX_SUMS)
        if sha256_hex(data) != entry.sha256sums:
            raise ValueError(f"it is not what log entry {entry.seq} sealed")
        sums = log.parse_sums(data)
    except (NotThere, ValueError) as error:
        yield f"{key}: {error}"
        return
    for path in sorted(sums):
        yield Sealed(prefix + path, sums[path])
    yield Sealed(key, str(entry.sha256sums))


def replicate(
    source: Store, target: Store, progress: Progress, trust: Trust = NO_TRUST
) -> Replicated:
    """Copy all that is sealed and not there yet. Done again, it copies what is new.

    An object that is damaged at the source is left out and told; its log entry is copied all the
    same, so an audit of the copy tells of it, too. Raises StoreError, also where the target holds
    another archive.
    """
    _check_same_log(source, target)
    there = {one.key for room in layout.ROOMS for one in target.list(room)}
    objects = size = 0
    troubles: list[str] = []
    for one in sealed_objects(source, trust):
        if isinstance(one, str):
            troubles.append(f"{source.name}: {one}")
        elif one.key not in there:
            progress(one.key)
            try:
                size += _copy(source, target, one)
                objects += 1
            except (NotThere, Damaged) as error:
                troubles.append(str(error))
    return Replicated(objects, size, tuple(troubles))


def restore(
    store: Store, replica: Store, attestation: Attestation, progress: Progress,
    trust: Trust = NO_TRUST,
) -> Restored:  # fmt: skip
    """Bring back what is missing or damaged in `store` (as it is, not read through its repairs).

    The replica's log says what should be there; it must be the same log as far as both go. Raises
    StoreError: nothing is restored from another archive.
    """
    _check_same_log(store, replica)
    repair, logged = _unfinished(store)
    lost, damaged, troubles = _compared(store, replica, logged, progress, trust)
    # Entries first, or the repair's own would take the place of one that is lost.
    created = _created(store, replica, [one for one in lost if _is_log(one)], troubles)
    lost = [one for one in lost if not _is_log(one)]
    if not lost and not damaged:
        return Restored(tuple(created), (), tuple(troubles))
    with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
        files = _sound(replica, damaged, Path(name), troubles)
        repaired = sorted(files)
        about = {
            "from": replica.name,
            "created": sorted(one.key for one in lost),
            "repaired": repaired,
        }
        files[layout.RESTORED] = msgspec.json.format(msgspec.json.encode(about)) + b"\n"
        entry = log.seal_repair(store, repair, files, attestation)
    # After the entry: a restoration that is cut off finds the same things to do, and is completed.
    created += _created(store, replica, lost, troubles)
    return Restored(tuple(created), tuple(repaired), tuple(troubles), entry.seq)


def _compared(
    store: Store, replica: Store, repairs: frozenset[str], progress: Progress, trust: Trust
) -> tuple[list[Sealed], list[Sealed], list[str]]:
    """What is lost, what is damaged, and what cannot be told."""
    lost: list[Sealed] = []
    damaged: list[Sealed] = []
    troubles: list[str] = []
    for one in sealed_objects(replica, trust):
        if isinstance(one, str):
            troubles.append(f"{replica.name}: {one}")
            continue
        progress(one.key)
        found = _sha256(store, one.key)
        if found is None:
            lost.append(one)
        elif not one.sha256:
            _compare_proof(store, replica, repairs, one, damaged, troubles)
        elif found != one.sha256 and not _stands(store, repairs, one):
            if _is_log(one) and _is_entry(store, one.key):
                troubles.append(f"{one.key}: the two logs part here; a person must say why")
            else:
                damaged.append(one)
    return lost, damaged, troubles


def _compare_proof(
    store: Store, replica: Store, repairs: frozenset[str], one: Sealed, damaged: list[Sealed],
    troubles: list[str],
) -> None:  # fmt: skip
    """A signature or time stamp that is there: where the two stores' differ, the one that holds."""
    theirs = _get(replica, one.key)
    mine = _get(store, one.key)
    if theirs is None or mine == theirs or one.holds(mine or b""):
        return
    if not one.holds(theirs):
        troubles.append(
            f"{one.key}: the two copies differ, and no key or root certificate here says which is "
            "right. Put the public key into the home's `keys`"
        )
    elif not any(_get(store, layout.repair_key(made, one.key)) == theirs for made in repairs):
        damaged.append(one)


def _get(store: Store, key: str) -> bytes | None:
    try:
        return store.get(key, MAX_PROOF)
    except NotThere:
        return None
    except (Unavailable, Refused):
        raise
    except StoreError:  # longer than any proof: it is none
        return b""


def _created(store: Store, replica: Store, lost: list[Sealed], troubles: list[str]) -> list[str]:
    created = []
    for one in lost:
        try:
            _copy(replica, store, one)
        except (NotThere, Damaged) as error:
            troubles.append(str(error))
        else:
            created.append(one.key)
    return created


def _is_log(one: Sealed) -> bool:
    return one.key.startswith(layout.LOG)


def _sound(
    replica: Store, damaged: list[Sealed], folder: Path, troubles: list[str]
) -> dict[str, Path | bytes]:
    """The replica's copies of these objects, by their keys, where they are what was sealed."""
    files: dict[str, Path | bytes] = {}
    for number, one in enumerate(damaged):
        try:
            _fetch(replica, one, folder / str(number))
        except (NotThere, Damaged) as error:
            troubles.append(str(error))
        else:
            files[one.key] = folder / str(number)
    return files


def _is_entry(store: Store, key: str) -> bool:
    try:
        return log.parse_entry(store.get(key, log.MAX_ENTRY)) is not None
    except NotAnObject:
        return False


class Damaged(Exception):
    """An object does not have the SHA-256 that it was sealed with. The message names it."""


def _check_same_log(store: Store, replica: Store) -> None:
    """Of the entries that both have, most must be the same: damage makes no other archive."""
    mine = dict(log.stored_entries(store))
    same = different = 0
    for seq, data in log.stored_entries(replica):
        if seq in mine and log.parse_entry(mine[seq]) is not None:
            same += mine[seq] == data
            different += mine[seq] != data
    if different > same:
        raise StoreError(
            f"{replica.name}: has another log than {store.name}, so it is no copy of this archive"
        )


def _unfinished(store: Store) -> tuple[str, frozenset[str]]:
    """The repair to make: one that was cut off before its log entry, or a new one; and those that
    are in the log."""
    logged = frozenset(
        str(entry.run)
        for _, data in log.stored_entries(store)
        if (entry := log.parse_entry(data)) and entry.type == "repair"
    )
    for one in store.list(layout.REPAIRS):
        parsed = layout.parse_repair_key(one.key)
        if parsed and parsed[0] not in logged:
            return parsed[0], logged
    return new_run_id(), logged


def _stands(store: Store, repairs: frozenset[str], one: Sealed) -> bool:
    """Whether an earlier repair has a sound copy of this object."""
    return any(_sha256(store, layout.repair_key(made, one.key)) == one.sha256 for made in repairs)


def _sha256(store: Store, key: str) -> str | None:
    """Of the object's bytes as they are read now; None if it is not there, "" if it is none."""
    digest = hashlib.sha256()
    try:
        for chunk in store.chunks(key):
            digest.update(chunk)
    except NotThere:
        return None
    except NotAnObject:
        return ""
    return digest.hexdigest()


def _copy(source: Store, target: Store, one: Sealed) -> int:
    with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
        path = Path(name) / "object"
        _fetch(source, one, path)
        return target.put_if_absent(one.key, path).size


def _fetch(source: Store, one: Sealed, path: Path) -> None:
    """Write the object to `path`. Raises Damaged if it is not what was sealed."""
    try:
        found = fetch(source, one.key, path)
    except (NotThere, Unavailable, Refused):
        raise
    except StoreError as error:
        raise Damaged(str(error)) from error
    if not one.sha256 and (found.size > MAX_PROOF or one.holds(path.read_bytes()) is False):
        raise Damaged(f"{source.name}: {one.key} does not vouch for its log entry")
    if one.sha256 and found.sha256 != one.sha256:
        raise Damaged(
            f"{source.name}: {one.key} was altered: it has the SHA-256 {found.sha256}, "
            f"sealed was {one.sha256}"
        )
