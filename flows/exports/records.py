"""All records that count, one Parquet file for each kind: what docs/records.md describes.

They are those of the catalog: of a capture that was read again, the newest reading.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from flows.exports.appearing import appearing
from storage import tables
from storage.catalog import Catalog
from storage.records import Article, Capture, Judgment, Match, Notice, Problem, Run


class RunRow(Struct, frozen=True, kw_only=True):
    """A run as a row: `asked` is JSON, for its values have no one type."""

    seq: int
    """Number of its log entry."""
    id: str
    kind: str
    source: str
    asked: str
    started_at: str
    ended_at: str
    outcome: str
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    versions: dict[str, str]
    config_digest: str
    limits_reached: tuple[str, ...]
    compared_to: int | None


KINDS: dict[str, tuple[type[Struct], Callable[[Catalog], Iterable[Struct]]]] = {
    "captures": (Capture, lambda catalog: catalog.captures()),
    "articles": (Article, lambda catalog: catalog.articles()),
    "matches": (Match, lambda catalog: catalog.matches()),
    "notices": (Notice, lambda catalog: catalog.all_notices()),
    "judgments": (Judgment, lambda catalog: catalog.judgments()),
    "runs": (RunRow, lambda catalog: _runs(catalog)),
}
"""Name of the file → what its rows are, and where they come from."""


def write(folder: Path, catalog: Catalog, progress: Callable[[str], None]) -> dict[str, int]:
    """Write `<kind>.parquet` of every kind; how many rows each has.

    Raises FileExistsError, before anything is written, where one of the files is there already,
    and OSError. Each file appears when it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in KINDS:
        if (path := folder / f"{name}.parquet").exists():
            raise FileExistsError(f"{path} is there already")
    written = {}
    for name, (kind, rows) in KINDS.items():
        progress(name)
        with appearing(folder / f"{name}.parquet") as path:
            written[name] = tables.write(path, kind, rows(catalog))
    return written


def _runs(catalog: Catalog) -> Iterator[RunRow]:
    for seq, run in catalog.runs():
        yield _row(seq, run)


def _row(seq: int, run: Run) -> RunRow:
    values = {name: getattr(run, name) for name in Run.__struct_fields__}
    return RunRow(**values | {"seq": seq, "asked": msgspec.json.encode(run.asked).decode()})
