"""An audit from end to end: what is asked for, one class after the other, into one report.

The checks themselves are in `flows.checks`, and know neither settings nor homes.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from flows import checks, workplace
from flows.checks.objects import Crew
from flows.checks.proofs import Trust
from flows.checks.report import (
    CLASSES,
    Asked,
    Class,
    Counted,
    Fault,
    LivePage,
    Report,
    class_of,
    parted,
    verdict,
)  # fmt: skip
from flows.checks.sealed import SealedCheck, Wanted
from flows.context import Context
from flows.remembering import Memory
from flows.workplace import Busy
from storage import layout
from storage.identity import new_run_id, now
from storage.objects import StoreError
from storage.records import WarcPlace
from storage.trouble import CatalogError

if TYPE_CHECKING:  # heavy: an audit of the bytes alone does not wait for it
    from flows.cataloguing import Catalogued

OBJECTS: tuple[Class, ...] = ("fixity", "structure")
Progress = Callable[[str, int, int, str], None]
"""The class at work; done and in all, as far as they are known; and what is at work."""


def audit(
    context: Context,
    asked: Asked,
    trust: Trust,
    progress: Progress,
    note: Callable[[str], None],
) -> Report:
    """Audit the archive as asked, and keep the report. Reads the archive; writes the home's
    `audits/` only, but for `live`, whose captures are sealed as any run's.

    Where the home cannot be written, `note` is told so, and the report is as good. Raises
    StoreError where the store is not to be had.
    """
    home = context.settings.home
    with closing(Memory(home, context.store.name, now(), note)) as memory:
        report = _Audit(context, asked, trust, progress, memory).run()
    try:
        _keep(home, report)
    except OSError as error:
        note(f"{home / 'audits'}: {error.strerror}. The report of this audit is not kept.")
    return report


class _Audit:
    def __init__(
        self, context: Context, asked: Asked, trust: Trust, progress: Progress, memory: Memory
    ) -> None:
        self._context = context
        self._asked = asked
        self._trust = trust
        self._progress = progress
        self._memory = memory
        self._found: list[Fault] = []
        self._could_not: list[str] = []
        self._checked: dict[Class, int] = {}
        self._seconds: dict[Class, float] = {}
        self._live: list[LivePage] = []

    def run(self) -> Report:
        began = now()
        with tempfile.TemporaryDirectory(prefix="copytrail-audit-") as name:
            check = self._objects()
            if not self._could_not or not _stopped(self._could_not):
                self._further(check, Path(name))
        coverage = self._memory.coverage(check.objects)
        whole = not self._could_not
        found = self._memory.dated(self._found, dict(check.sealed), self._asked.classes, whole)
        faults, notes, unverifiable = parted(found)
        return Report(
            id=new_run_id(),
            started_at=began,
            ended_at=now(),
            archive=self._context.store.name,
            copytrail=version("copytrail"),
            asked=self._asked,
            verdict=verdict(faults, self._could_not, unverifiable),
            classes=tuple(self._counted(one, found) for one in self._asked.classes),
            faults=faults,
            notes=notes,
            unverifiable=unverifiable,
            could_not=tuple(self._could_not),
            entries=check.entries,
            runs=len(check.sealed),
            objects=check.objects,
            bytes=check.bytes,
            coverage=coverage,
            live=tuple(self._live),
            head=check.head,
        )

    def _objects(self) -> SealedCheck:
        """Fixity and structure, which read each object once for both. The log is read in any case:
        it says what there is."""
        context, asked = self._context, self._asked
        began = time.monotonic()
        wanted = Wanted(
            fixity="fixity" in asked.classes,
            structure="structure" in asked.classes,
            picks=self._memory.picks if self._reads_objects() else lambda prefix, paths: (),
            on_read=self._memory.read if "fixity" in asked.classes else lambda key, fine: None,
            catalogued=self._places if "structure" in asked.classes else None,
        )
        settings = context.settings
        with closing(Crew(context.store, settings.store_url, settings)) as crew:
            check = SealedCheck(context.store, crew, self._trust, wanted, self._show("fixity"))
            try:
                self._memory.plan(self._keys(), asked.sample)
            except StoreError as error:
                self._could_not.append(f"stopped: {error}")
            else:
                checks.run(check, workplace.pending(settings.home))
        self._found += check.found
        self._could_not += check.could_not
        for one in OBJECTS:
            if one in asked.classes:
                self._checked[one] = check.objects
                self._seconds[one] = time.monotonic() - began
        return check

    def _reads_objects(self) -> bool:
        return any(one in self._asked.classes for one in OBJECTS)

    def _keys(self) -> Iterator[str]:
        """All that is sealed, but for the sums themselves: those are always read."""
        for room in (layout.RUNS, layout.REPAIRS):
            for one in self._context.store.list(room):
                if one.key.count("/") > 1 and not one.key.endswith(f"/{layout.SUMS}"):
                    yield one.key

    def _places(self, run: str) -> Mapping[str, WarcPlace]:
        return {one.id: one.warc for one in self._context.catalog.captures(run=run)}

    def _further(self, check: SealedCheck, folder: Path) -> None:
        """The classes that read records. Trouble with one leaves the others."""
        if {"completeness", "lineage"} & set(self._asked.classes):
            from flows.cataloguing import Catalogued

            with closing(Catalogued(self._context, folder)) as catalogued:
                if "completeness" in self._asked.classes:
                    with self._class("completeness"):
                        self._take("completeness", *catalogued.check(self._show("completeness")))
                if "lineage" in self._asked.classes:
                    with self._class("lineage"):
                        self._take("lineage", *self._lineage(check, catalogued, folder))
        if "live" in self._asked.classes:
            with self._class("live"):
                self._fetch_again()

    def _fetch_again(self) -> None:
        from flows.finishing import NotSealed
        from flows.rechecking import recheck

        try:
            pages, found = recheck(self._context, self._asked.limit or 0, self._show("live"))
        except NotSealed as error:
            self._could_not.append(f"live: {error}")
            return
        self._live += pages
        self._take("live", len(pages), found)

    def _lineage(
        self, check: SealedCheck, catalogued: "Catalogued", folder: Path
    ) -> tuple[int, list[Fault]]:
        from flows import deriving

        picks = self._memory.picks
        return deriving.check(
            self._context, check.sealed, picks, catalogued.texts, catalogued.is_complete, folder,
            self._show("lineage"),
        )  # fmt: skip

    def _take(self, name: Class, checked: int, found: list[Fault]) -> None:
        self._checked[name] = checked
        self._found += found

    @contextmanager
    def _class(self, name: Class) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except (StoreError, CatalogError, OSError, Busy) as error:
            self._could_not.append(f"{name}: {error}")
        finally:
            self._seconds[name] = time.monotonic() - began

    def _show(self, name: Class) -> Callable[[int, int, str], None]:
        return lambda done, total, what: self._progress(name, done, total, what)

    def _counted(self, name: Class, found: list[Fault]) -> Counted:
        mine = [one.severity for one in found if class_of(one.check) == name]
        return Counted(
            name=name,
            checked=self._checked.get(name, 0),
            faults=mine.count("fault"),
            notes=mine.count("note"),
            unverifiable=mine.count("unverifiable"),
            seconds=round(self._seconds.get(name, 0.0), 3),
        )


def _stopped(reasons: list[str]) -> bool:
    return any(one.startswith("stopped: ") for one in reasons)


def classes(only: list[str], skip: list[str], live: bool) -> tuple[Class, ...]:
    """What is checked: by default all but `live`, in the order of `CLASSES`. Raises ValueError for
    what is no class, and where nothing is left."""
    for one in (*only, *skip):
        if one not in CLASSES:
            raise ValueError(f"`{one}` is no class of checks. There are: {', '.join(CLASSES)}")
    wanted = set(only) or set(CLASSES) - {"live"}
    wanted = (wanted | ({"live"} if live else set())) - set(skip)
    if not wanted:
        raise ValueError("nothing is left to check: --skip takes away all that --only names")
    return tuple(one for one in CLASSES if one in wanted)


def share(text: str | None) -> float | None:
    """`5%` or `0.05` as a share. Raises ValueError."""
    if text is None:
        return None
    number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 < number <= 1:
        raise ValueError("a share is more than 0 and at most 100 %")
    return number if number < 1 else None


def _keep(home: Path, report: Report) -> None:
    text = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    workplace.write_synced(home / "audits" / f"{report.id}.json", text)
