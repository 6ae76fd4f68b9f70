"""A home that is audited in this process."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from config.settings import load
from flows import auditing, sealing
from flows.checks.report import Asked, Class, Report
from flows.context import Context
from flows.trusting import trust
from storage import layout, log, tables
from storage.objects import open_store
from storage.records import Article, Match, Run

TABLES: dict[str, type[Any]] = {"articles": Article, "matches": Match}
Change = Callable[[str, list[Any], Run], tuple[list[Any], Run]]
"""Gets the name of a table, its records and its run, and gives what they become."""


class Home:
    """A copy of a home, to be audited and harmed."""

    def __init__(self, folder: Path, archive: Path, more: Path | None = None) -> None:
        """`archive`: the folder that becomes its archive; `more`: whatever else it has."""
        self.folder = folder
        if more is not None:
            shutil.copytree(more, folder, ignore=shutil.ignore_patterns("archive"))
        shutil.copytree(archive, folder / "archive")
        self.catch_up()

    @property
    def context(self) -> Context:
        """Opened anew each time, as each command does."""
        return Context(load({"COPYTRAIL_HOME": str(self.folder)}, self.folder))

    def catch_up(self) -> None:
        """Take all that is sealed into the catalog."""
        context = self.context
        sealing.catch_up(context.store, context.catalog)

    def audit(self, *classes: Class, sample: float | None = None) -> Report:
        """An audit of these classes."""
        context = self.context
        known = trust(context.settings, (), ())
        asked = Asked(classes=classes, sample=sample)
        notes: list[str] = []
        report = auditing.audit(
            context, asked, known, lambda name, done, total, what: None, notes.append
        )
        assert not notes
        return report


def resealed(archive: Path, folder: Path, change: Change) -> Home:
    """An archive sealed anew by somebody who wrote other records: what is sealed so is sound in
    itself, and only its lineage shows it."""
    target = folder / "sealed"
    new = open_store(str(target))
    for entry, _ in log.entries(open_store(str(archive))):
        run_folder = folder / "made" / str(entry.run)
        shutil.copytree(archive / "runs" / str(entry.run), run_folder)
        about = run_folder / layout.RUN_JSON
        run = msgspec.json.decode(about.read_bytes(), type=Run)
        for name, kind in TABLES.items():
            path = run_folder / f"records/{name}.parquet"
            records, run = change(name, list(tables.read(path, kind)), run)
            path.unlink()
            tables.write(path, kind, records)
        about.unlink()
        about.write_bytes(msgspec.json.encode(run))
        (run_folder / layout.SUMS).unlink()
        log.seal(new, run.id, run_folder)
    return Home(folder / "forged", target)
