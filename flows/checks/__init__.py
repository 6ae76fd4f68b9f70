"""Audit: is the archive still what was sealed? Reads everything, writes nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from flows.checks import fixity, structure
from flows.checks.chain import Chain
from flows.checks.proofs import Proofs, Trust
from flows.checks.report import Check, Fault, Report
from flows.checks.unsealed import Unsealed
from storage import layout
from storage.identity import sha256_hex
from storage.log import MAX_ENTRY, MAX_SUMS, Entry, parse_entry, stored_entries
from storage.objects import NotThere, Refused, Store, StoreError, Unavailable

__all__ = ["Fault", "Report", "Trust", "audit"]

Progress = Callable[[int, int, str], None]
"""Objects done, objects in all, and the key at work; "" when only listings are left."""

MAX_PROOF = 64 * 1024  # bytes; a signature has 64, a token some 6,000
NO_TRUST = Trust()
PATIENCE = 3  # objects in a row that the store does not answer for, until we believe it is down


def audit(
    store: Store, pending: frozenset[str] = frozenset(), progress: Progress | None = None,
    trust: Trust = NO_TRUST,
) -> Report:  # fmt: skip
    """Check the log, and every object of every sealed run.

    `pending`: runs that wait on this machine to be sealed. `trust`: keys, roots and heads that the
    auditor has from elsewhere. One damaged object never stops the rest;
    a store that does not answer does, and `Report.could_not` says so. Raises no StoreError.
    """
    work = _Audit(store, progress or (lambda done, total, key: None), trust)
    try:
        work.read_log()
        for run, entry in work.chain.sealed.items():
            work.check_sealed(entry, layout.run_prefix(run))
        for repair, entry in work.chain.repairs.items():
            work.check_sealed(entry, layout.repair_prefix(repair))
        work.look_for_the_rest(pending)
    except StoreError as error:
        work.could_not.append(f"stopped: {error}")
    return work.report()


class _Audit:
    """An audit under way."""

    def __init__(self, store: Store, progress: Progress, trust: Trust) -> None:
        self.store = store
        self.progress = progress
        self.chain = Chain()
        self.proofs = Proofs(trust)
        self.found: list[Fault] = []
        self.could_not: list[str] = []
        self.done = self.total = self.objects = self.bytes = 0
        self.silent = 0

    def read_log(self) -> None:
        for one in list(self.store.list(layout.LOG)):
            if (seq := layout.parse_log_key(one.key)) is not None:
                data = self._get(one.key, MAX_ENTRY, "chain")
                self.found += self.chain.add(seq, data)
                if data is not None:
                    self._prove(seq, data)
        self.found += self.proofs.end()
        self.could_not += sorted(self.proofs.could_not)
        sealed = (*self.chain.sealed.values(), *self.chain.repairs.values())
        self.total = sum(entry.objects for entry in sealed)

    def _prove(self, seq: int, data: bytes) -> None:
        """What vouches for an entry is read only where the entry says that something does."""
        entry, digest = parse_entry(data), sha256_hex(data)
        signature = token = None
        if entry and entry.key:
            signature = self._proof(layout.signature_key(digest))
        if entry and entry.authority:
            token = self._proof(layout.token_key(digest))
        self.found += self.proofs.add(seq, entry, data, signature, token)

    def _proof(self, key: str) -> bytes | None:
        try:
            return self.store.get(key, MAX_PROOF)
        except NotThere:
            return None
        except StoreError as error:
            self._not_read(key, error, "proofs")
            return b""  # something is there; it proves nothing

    def check_sealed(self, entry: Entry, prefix: str) -> None:
        """A run, or a repair: the folder at `prefix` against the entry that sealed it."""
        key = prefix + layout.SUMS
        listed = {one.key.removeprefix(prefix): one.size for one in self.store.list(prefix)}
        expected = self.done + entry.objects
        data = self._get(key, MAX_SUMS, "fixity")
        if data is not None:
            try:
                sums = fixity.read_sums(entry, key, data)
            except ValueError as error:
                self.found.append(fixity.fault(key, str(error)))
            else:
                seen = self._read_all(entry, prefix, sums, listed)
                self.found += fixity.compare(entry, prefix, sums, listed, seen)
        self.done = expected

    def look_for_the_rest(self, pending: frozenset[str]) -> None:
        self.progress(self.done, self.total, "")
        rest = Unsealed(
            self.store.list(""), self.chain.sealed, self.chain.repairs, self.proofs.digests
        )
        late: set[str] = set()
        if rest.runs:  # sealed since we read the log?
            for _, data in stored_entries(self.store, self.chain.head.seq):
                if (entry := parse_entry(data)) and entry.run:
                    late.add(entry.run)
        self.found += rest.faults(late, pending)
        if not self.chain.count:
            nothing = "nothing is sealed yet: the log has no entry"
            step = "If there should be one, check COPYTRAIL_STORE; else `copytrail run`."
            note = Fault(check="chain", severity="note", key="", message=nothing, next_step=step)
            self.found.append(note)

    def _read_all(
        self, entry: Entry, prefix: str, sums: dict[str, str], listed: dict[str, int]
    ) -> dict[str, fixity.Seen]:
        """Read what was sealed, each object once, for their sums and their structure."""
        run = str(entry.run)
        seen: dict[str, fixity.Seen] = {}
        for path in sorted(sums.keys() & listed.keys()):
            key = prefix + path
            self.progress(self.done, self.total, key)
            try:
                bytes_read = _Hashed(self.store.chunks(key))
                found = list(structure.check(key, run, path, bytes_read))
                for _ in bytes_read:  # what the structure's check did not need
                    pass
                whole = bytes_read.digest.hexdigest() == sums[path]
                if found and whole and (entry.type == "repair" or self._is_import(run)):
                    found = [structure.as_imported(one) for one in found]
                self.found += found
            except NotThere:
                del listed[path]
            except StoreError as error:
                self._not_read(key, error, "fixity")
            else:
                seen[path] = fixity.Seen(bytes_read.size, bytes_read.digest.hexdigest())
                self.objects += 1
                self.bytes += bytes_read.size
                self.silent = 0
            self.done += 1
        return seen

    def _is_import(self, run: str) -> bool:
        data = self._get(layout.run_key(run), structure.MAX_RUN_JSON, "structure")
        return data is not None and structure.kind_of(data) == "import"

    def _get(self, key: str, limit: int, check: Check) -> bytes | None:
        try:
            data = self.store.get(key, limit)
        except StoreError as error:
            self._not_read(key, error, check)
            return None
        self.silent = 0
        return data

    def _not_read(self, key: str, error: StoreError, check: Check) -> None:
        if isinstance(error, Unavailable | Refused):
            self.could_not.append(str(error))
            self.silent += 1
            if self.silent >= PATIENCE:
                raise Unavailable(f"{PATIENCE} objects in a row gave no answer")
            return
        message = "is missing" if isinstance(error, NotThere) else f"cannot be read: {error}"
        self.found.append(Fault(check=check, key=key, message=message, next_step=fixity.RESTORE))

    def report(self) -> Report:
        return Report(
            faults=tuple(one for one in self.found if one.severity == "fault"),
            notes=tuple(one for one in self.found if one.severity == "note"),
            could_not=tuple(self.could_not),
            entries=self.chain.count,
            runs=len(self.chain.sealed),
            objects=self.objects,
            bytes=self.bytes,
            head=self.chain.head,
        )


class _Hashed:
    """An object's pieces as they come by, and the digest and size of those that did."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pieces = self._through(chunks)
        self.digest = hashlib.sha256()
        self.size = 0

    def _through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces
