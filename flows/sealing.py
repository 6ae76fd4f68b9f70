"""The end of a run: records and run.json written, the run sealed, the catalog brought up to date.

Each step can be done again after a crash: what is already there and the same is success.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from flows.crossposts.fingerprints import fingerprint
from flows.reading import Reading
from flows.workplace import Workplace
from storage import layout, log, tables
from storage.attestation import Attestation
from storage.catalog import Catalog
from storage.objects import NotAnObject, NotThere, Store, StoreError, fetch
from storage.records import Article, Capture, Judgment, Match, Notice, Run, parse_run
from storage.tables import Record
from storage.trouble import CatalogError

NOTHING_READ = Reading((), (), ())
# Not in every run: archives from before there were notices, and runs in which nobody judged.
OPTIONAL = ("notices", "judgments")
READS = 2  # a cut answer may be whole the second time; damage stays


class CaughtUp(Struct, frozen=True):
    """How many runs were taken in, and in words which could not be; `copytrail audit` says more."""

    taken: int
    left_out: tuple[str, ...]


def write_records(
    place: Workplace,
    run: Run,
    reading: Reading = NOTHING_READ,
    *,
    matches: Sequence[Match] = (),
    notices: Sequence[Notice] = (),
    judgments: Sequence[Judgment] = (),
) -> None:
    """Complete the run's folder, so that all that is left is to seal it."""
    folder = place.sealing / "records"
    folder.mkdir(exist_ok=True)
    tables.write(folder / "captures.parquet", Capture, reading.captures)
    tables.write(folder / "articles.parquet", Article, reading.articles)
    tables.write(folder / "matches.parquet", Match, matches)
    tables.write(folder / "notices.parquet", Notice, notices)
    if judgments:
        tables.write(folder / "judgments.parquet", Judgment, judgments)
    text = msgspec.json.format(msgspec.json.encode(run), indent=2)
    (place.sealing / "run.json").write_bytes(text + b"\n")
    place.mark_ready()


def read_run_folder(place: Workplace) -> tuple[Run, tuple[Match, ...]]:
    """What a run that is ready says of itself."""
    run = msgspec.json.decode((place.sealing / "run.json").read_bytes(), type=Run)
    return run, tuple(tables.read(place.sealing / "records" / "matches.parquet", Match))


def seal(place: Workplace, store: Store, catalog: Catalog, attestation: Attestation) -> log.Head:
    """Upload the run and commit it to the log; then the catalog, then the work folder's end.

    Returns the number of the run's log entry, and its SHA-256. Raises StoreError; the work folder
    then stays, and the next run seals it.
    """
    entry = log.seal(store, place.run, place.sealing, attestation)
    head = log.head_of(store, entry)
    left_out = catch_up(store, catalog).left_out
    if catalog.run_of(entry.seq) != entry.run:
        raise StoreError(
            f"run {entry.run} is sealed, but the catalog could not take it in: "
            f"{'; '.join(left_out) or 'it took in later ones'}. `copytrail rebuild` makes it anew."
        )
    place.remove()
    return head


def catch_up(
    store: Store,
    catalog: Catalog,
    progress: Callable[[str], None] | None = None,
    *,
    until: int | None = None,
    fingerprinted: bool = True,
) -> CaughtUp:
    """Take every sealed run into the catalog that is not in it yet; up to log entry `until`, if it
    is given. A catalog that is not `fingerprinted` finds no copies.

    A run that is damaged is left out, for one lost run must not keep the others from being found;
    the result says which. Raises Unavailable or Refused where the store does not answer.
    """
    last = catalog.last_seq()
    _check_same_archive(store, catalog, last)
    taken, left_out = 0, []
    for seq, data in log.stored_entries(store, after=last):
        if until is not None and seq > until:
            break
        entry = log.parse_entry(data)
        if entry is None:
            left_out.append(f"log entry {seq} cannot be read")
        elif entry.run is not None and entry.type == "run":
            if progress:
                progress(entry.run)
            try:
                _take_in(store, catalog, seq, entry, fingerprinted)
            except (NotThere, NotAnObject, ValueError) as error:
                left_out.append(f"run {entry.run} cannot be read: {error}")
            else:
                taken += 1
    return CaughtUp(taken, tuple(left_out))


def is_of(store: Store, catalog: Catalog) -> bool:
    """Whether the newest run that the catalog took in stands where it did in the archive's log."""
    last = catalog.last_seq()
    try:
        entry = log.parse_entry(store.get(layout.log_key(last)))
    except (NotThere, NotAnObject):
        return False
    return entry is not None and entry.run == catalog.run_of(last)


def _check_same_archive(store: Store, catalog: Catalog, last: int) -> None:
    """A catalog ahead of the log, or with another run at its end, is of another archive."""
    if last != 0 and not is_of(store, catalog):
        raise CatalogError(
            f"the catalog does not belong to the archive in {store.name}: log entry {last} is not "
            "the run that the catalog took in. Check `copytrail config`; `copytrail rebuild` makes "
            "the catalog anew from this archive."
        )


def _take_in(
    store: Store, catalog: Catalog, seq: int, entry: log.Entry, fingerprinted: bool
) -> None:
    run_id = str(entry.run)
    with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
        folder = Path(name)
        sums = folder / layout.SUMS
        _fetch_sealed(store, layout.sums_key(run_id), sums, entry.sha256sums)
        there = log.parse_sums(sums.read_bytes())
        _fetch_sealed(
            store, layout.run_key(run_id), folder / layout.RUN_JSON, there.get(layout.RUN_JSON)
        )
        run = parse_run((folder / layout.RUN_JSON).read_bytes())
        for table in ("captures", "articles", "matches", *OPTIONAL):
            name = f"records/{table}.parquet"
            if table not in OPTIONAL or name in there:
                path = folder / name.rpartition("/")[2]
                _fetch_sealed(store, layout.object_key(run_id, name), path, there.get(name))
        catalog.take_in(
            seq,
            run,
            tables.read(folder / "captures.parquet", Capture),
            _with_hashes(tables.read(folder / "articles.parquet", Article), fingerprinted),
            tables.read(folder / "matches.parquet", Match),
            _optional(folder / "notices.parquet", Notice),
            _optional(folder / "judgments.parquet", Judgment),
        )


def _fetch_sealed(store: Store, key: str, path: Path, sha256: str | None) -> None:
    """Only what was sealed is taken in. Raises ValueError for other bytes."""
    for _ in range(READS):
        if fetch(store, key, path).sha256 == sha256:
            return
    raise ValueError(f"{key} is not what was sealed")


def _optional(path: Path, kind: type[Record]) -> Iterator[Record]:
    return tables.read(path, kind) if path.exists() else iter(())


def _with_hashes(
    articles: Iterable[Article], fingerprinted: bool
) -> Iterator[tuple[Article, Sequence[int]]]:
    for article in articles:
        yield article, fingerprint(article.paragraphs) if fingerprinted else ()
