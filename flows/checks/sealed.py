"""The log, and every object that it seals: the classes `fixity` and `structure`."""

from collections.abc import Callable, Collection, Iterator, Mapping

from msgspec import Struct

from flows.checks import fixity, structure
from flows.checks.chain import Chain
from flows.checks.objects import Crew, Inspected, Work, is_missing, is_silent
from flows.checks.proofs import Proofs, Trust
from flows.checks.report import Check, Fault
from flows.checks.unsealed import Unsealed
from storage import layout
from storage.identity import sha256_hex
from storage.log import MAX_ENTRY, MAX_SUMS, Entry, Head, parse_entry, stored_entries
from storage.objects import Store, StoreError, Unavailable
from storage.records import WarcPlace

Progress = Callable[[int, int, str], None]
"""Objects done, objects in all, and the key at work; "" when only listings are left."""
MAX_PROOF = 64 * 1024  # bytes; a signature has 64, a token some 6,000
PATIENCE = 3  # objects in a row that the store does not answer for, until we ask whether it is down
ENOUGH = 10 * PATIENCE  # objects in a row, after which we ask no more: each may take minutes


class Wanted(Struct, frozen=True, kw_only=True):
    """What of the archive is looked at, and who is told."""

    fixity: bool = True
    """Whether the log, its proofs and what it seals are compared; objects are read for their
    structure alone otherwise."""
    structure: bool = True
    picks: Callable[[str, Collection[str]], Collection[str]] = lambda prefix, paths: paths
    """Which of a folder's objects are read."""
    on_read: Callable[[str, bool], None] = lambda key, fine: None
    """Told of each object that was read, and whether it is as it was sealed and sound."""
    catalogued: Callable[[str], Mapping[str, WarcPlace]] | None = None
    """The captures of a run by id, as the catalog has them; None: there is no catalog."""


class _Folder(Struct):
    """A sealed run or repair at work."""

    entry: Entry
    prefix: str
    sums: dict[str, str]
    listed: dict[str, int]
    left: int
    seen: dict[str, fixity.Seen] = {}
    places: dict[str, structure.Places] = {}


class SealedCheck:
    """A check of the log and the sealed objects under way. Raises StoreError where the store is
    down; what was found until then stands."""

    def __init__(
        self, store: Store, crew: Crew, trust: Trust, wanted: Wanted, progress: Progress
    ) -> None:
        self._store = store
        self._crew = crew
        self._wanted = wanted
        self._progress = progress
        self._proofs = Proofs(trust)
        self._chain = Chain()
        self._silent = 0
        self._done = self._total = 0
        self.objects = self.bytes = 0
        self.found: list[Fault] = []
        self.could_not: list[str] = []

    @property
    def entries(self) -> int:
        """Log entries."""
        return self._chain.count

    @property
    def sealed(self) -> Mapping[str, Entry]:
        """Run → the entry that seals it."""
        return self._chain.sealed

    @property
    def head(self) -> Head:
        """The newest log entry."""
        return self._chain.head

    def read_log(self) -> None:
        """First: the chain, and what vouches for it."""
        for one in list(self._store.list(layout.LOG)):
            if (seq := layout.parse_log_key(one.key)) is not None:
                data = self._get(one.key, MAX_ENTRY, "chain")
                self._add(self._chain.add(seq, data))
                if data is not None and self._wanted.fixity:
                    self._prove(seq, data)
        if self._wanted.fixity:
            self._add(self._proofs.end())
        self.could_not += sorted(self._proofs.could_not)
        self._total = sum(entry.objects for entry, _ in self._folders())

    def read_objects(self) -> None:
        """Then every run and repair, in the order of the log."""
        for folder, work, seen in self._crew.each(self._works()):
            self._progress(self._done, self._total, work.key)
            self._take(folder, work, seen)
            self._done += 1
            folder.left -= 1
            if not folder.left:
                self._end(folder)

    def look_for_the_rest(self, pending: Collection[str]) -> None:
        """At last what no entry names. `pending`: runs that wait on this machine."""
        self._progress(self._total, self._total, "")
        if not self._wanted.fixity:
            return
        rest = Unsealed(
            self._store.list(""), self._chain.sealed, self._chain.repairs, self._proofs.digests
        )
        late: set[str] = set()
        if rest.runs:  # sealed since we read the log?
            for _, data in stored_entries(self._store, self._chain.head.seq):
                if (entry := parse_entry(data)) and entry.run:
                    late.add(entry.run)
        self.found += rest.faults(late, pending)
        if not self._chain.count:
            nothing = "nothing is sealed yet: the log has no entry"
            step = "If there should be one, check COPYTRAIL_STORE; else `copytrail run`."
            note = Fault(check="chain", severity="note", key="", message=nothing, next_step=step)
            self.found.append(note)

    def _folders(self) -> Iterator[tuple[Entry, str]]:
        for run, entry in self._chain.sealed.items():
            yield entry, layout.run_prefix(run)
        for repair, entry in self._chain.repairs.items():
            yield entry, layout.repair_prefix(repair)

    def _works(self) -> Iterator[tuple[_Folder, Work]]:
        for entry, prefix in self._folders():
            folder = self._folder(entry, prefix)
            if folder is None:
                continue
            there = sorted(folder.sums.keys() & folder.listed.keys())
            picked = sorted(self._wanted.picks(prefix, there))
            folder.left = len(picked)
            self._done += len(folder.sums) - len(picked)
            if not picked:
                self._end(folder)
            for path in picked:
                yield folder, Work(
                    key=prefix + path, run=str(entry.run), path=path, size=folder.listed[path],
                    sums=self._wanted.fixity, structure=self._wanted.structure,
                )  # fmt: skip

    def _folder(self, entry: Entry, prefix: str) -> _Folder | None:
        """What was sealed in a folder, and what is there; None where that cannot be known."""
        key = prefix + layout.SUMS
        listed = {one.key.removeprefix(prefix): one.size for one in self._store.list(prefix)}
        data = self._get(key, MAX_SUMS, "fixity")
        if data is not None:
            try:
                sums = fixity.read_sums(entry, key, data)
            except ValueError as error:
                self._add([fixity.fault(key, str(error))])
            else:
                return _Folder(entry, prefix, sums, listed, 0)
        self._done += entry.objects
        return None

    def _take(self, folder: _Folder, work: Work, seen: Inspected) -> None:
        """One object that was read."""
        if seen.trouble is not None:
            if is_missing(seen.trouble):
                del folder.listed[work.path]
            else:
                self._not_read(work.key, seen.trouble, "fixity")
            return
        self._silent = 0
        self.objects += 1
        self.bytes += seen.size
        folder.seen[work.path] = fixity.Seen(seen.size, seen.sha256)
        # No sum was taken where only the structure is asked for, and is right.
        whole = seen.sha256 in ("", folder.sums[work.path])
        found = [structure.fault(work.key, message, whole) for message in seen.faults]
        if found and whole and (folder.entry.type == "repair" or self._is_import(work.run)):
            found = [structure.as_imported(one) for one in found]
        self._add(found)
        if whole and seen.places is not None and folder.entry.type == "run":
            folder.places[work.path] = seen.places
        self._wanted.on_read(work.key, whole and not any(f.severity == "fault" for f in found))

    def _end(self, folder: _Folder) -> None:
        """All of a folder that is read, is."""
        if self._wanted.fixity:
            self.found += fixity.compare(
                folder.entry, folder.prefix, folder.sums, folder.listed, folder.seen
            )
        if folder.places and self._wanted.catalogued is not None:
            places = self._wanted.catalogued(str(folder.entry.run))
            for path, found in sorted(folder.places.items()):
                name = path.rpartition("/")[2]
                mine = {one: place for one, place in places.items() if place.file == name}
                self._add(structure.misplaced(folder.prefix + path, found, mine))
        folder.places.clear()

    def _add(self, found: Iterator[Fault] | list[Fault]) -> None:
        """Keep what belongs to the classes that are asked for."""
        wanted = self._wanted
        self.found += [
            one
            for one in found
            if (wanted.structure if one.check == "structure" else wanted.fixity)
        ]

    def _prove(self, seq: int, data: bytes) -> None:
        """What vouches for an entry is read only where the entry says that something does."""
        entry, digest = parse_entry(data), sha256_hex(data)
        signature = token = None
        if entry and entry.key:
            signature = self._proof(layout.signature_key(digest))
        if entry and entry.authority:
            token = self._proof(layout.token_key(digest))
        self._add(self._proofs.add(seq, entry, data, signature, token))

    def _proof(self, key: str) -> bytes | None:
        try:
            return self._store.get(key, MAX_PROOF)
        except StoreError as error:
            if is_missing(error):
                return None
            self._not_read(key, error, "proofs")
            return b""  # something is there; it proves nothing

    def _is_import(self, run: str) -> bool:
        data = self._get(layout.run_key(run), structure.MAX_RUN_JSON, "structure")
        return data is not None and structure.kind_of(data) == "import"

    def _get(self, key: str, limit: int, check: Check) -> bytes | None:
        try:
            data = self._store.get(key, limit)
        except StoreError as error:
            self._not_read(key, error, check)
            return None
        self._silent = 0
        return data

    def _not_read(self, key: str, error: StoreError, check: Check) -> None:
        if is_silent(error):
            self.could_not.append(str(error))
            self._silent += 1
            if self._silent % PATIENCE == 0:
                self._ask_whether_down()
            return
        message = "is missing" if is_missing(error) else f"cannot be read: {error}"
        fault = Fault(check=check, key=key, message=message, next_step=fixity.RESTORE)
        self._add([fault])

    def _ask_whether_down(self) -> None:
        """Rotten objects may lie side by side; a store that still lists its log is not down."""
        silent = Unavailable(f"{self._silent} objects in a row gave no answer")
        if self._silent >= ENOUGH:
            raise silent
        try:
            next(iter(self._store.list(layout.LOG)), None)
        except StoreError as error:
            raise silent from error
