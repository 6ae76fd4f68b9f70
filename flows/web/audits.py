"""The audits: what each found, how it went over time, and the story of each fault."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, StreamingResponse
from msgspec import Struct

from flows.checks.report import Report
from flows.web.answers import json_lines, no_such, page, table
from flows.web.room import Room

FOLDER = "audits"
BAR, HEIGHT = 14, 60  # from one bar of the trend to the next, and the height of the highest
DRAWN = 60  # audits in the trend, the newest: two months of one a day
SHOWN = 200  # reports that are listed, the newest; one a day for half a year
COLUMNS = ("audit", "started_at", "ended_at", "verdict", "classes", "sample", "runs", "entries",
           "objects", "bytes", "faults", "unverifiable", "could_not", "head_seq",
           "head_sha256")  # fmt: skip
LARGEST = 16 * 1024 * 1024  # bytes of a report that are read: fifty thousand faults


class Kept(Struct, frozen=True, kw_only=True):
    """A report that an audit left."""

    name: str
    """Of its file: a ULID, which sorts by time."""
    report: Report | None
    trouble: str | None = None


class Point(Struct, frozen=True):
    """A bar of the trend: one audit, the oldest first."""

    name: str
    x: int
    faults: float
    """Heights: of what was found wrong, and of what nobody could tell."""
    open: float
    says: str


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()
    home = room.context.settings.home

    @router.get("/audits")
    def audits() -> HTMLResponse:
        reports = kept_reports(home)
        return page("audits.html", reports=reports, trend=trend(reports))

    @router.get("/audits.json")
    def as_json() -> StreamingResponse:
        return json_lines(_every(home), "audits.jsonl")

    @router.get("/audits.csv")
    def as_csv() -> StreamingResponse:
        return table(COLUMNS, map(_row, _every(home)), "audits.csv")

    @router.get("/audits/{name}.json")
    def one_as_json(name: str) -> StreamingResponse:
        kept = _named(home, name)
        if kept.report is None:
            raise no_such(f"The report cannot be read: {kept.trouble}")
        return json_lines([kept.report], f"audit-{kept.name}.json")

    @router.get("/audits/{name}")
    def audit(name: str) -> HTMLResponse:
        return page("audit.html", kept=_named(home, name))

    return router


def _named(home: Path, name: str) -> Kept:
    # Looked for among those that are there: no path is made of what was asked for.
    found = next((path for path in _files(home) if path.stem == name), None)
    if found is None:
        raise no_such("There is no report of that name.")
    return _read(found)


def _every(home: Path) -> Iterator[Report]:
    """All reports that can be read, the newest first, one at a time in memory."""
    return (kept.report for path in _files(home) if (kept := _read(path)).report)


def _row(one: Report) -> tuple[object, ...]:
    return (
        one.id, one.started_at, one.ended_at, one.verdict, " ".join(one.asked.classes),
        one.asked.sample, one.runs, one.entries, one.objects, one.bytes, len(one.faults),
        len(one.unverifiable), len(one.could_not), one.head.seq, one.head.sha256,
    )  # fmt: skip


def kept_reports(home: Path, most: int = SHOWN) -> list[Kept]:
    """The reports in the home folder, the newest first."""
    return [_read(path) for path in _files(home)[:most]]


def _files(home: Path) -> list[Path]:
    return sorted((home / FOLDER).glob("*.json"), reverse=True)


def trend(reports: Sequence[Kept]) -> list[Point]:
    """How the audits came out, one after the other."""
    drawn = [one for one in reversed(reports[:DRAWN]) if one.report]
    counts = [
        (one, len(one.report.faults), len(one.report.could_not) + len(one.report.unverifiable))
        for one in drawn
        if one.report
    ]
    most = max((faults + unclear for _, faults, unclear in counts), default=0) or 1
    return [
        Point(
            name=one.name,
            x=BAR * number,
            faults=HEIGHT * faults / most,
            open=HEIGHT * unclear / most,
            says=f"{one.report.started_at[:10] if one.report else ''}: {faults} faults, "
            f"{unclear} not verified",
        )
        for number, (one, faults, unclear) in enumerate(counts)
    ]


def _read(path: Path) -> Kept:
    try:
        with path.open("rb") as file:
            report = msgspec.json.decode(file.read(LARGEST), type=Report)
        return Kept(name=path.stem, report=report)
    except (OSError, msgspec.MsgspecError) as error:
        return Kept(name=path.stem, report=None, trouble=str(error))
