"""The audits: what each found, how it went over time, and the story of each fault."""

from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from msgspec import Struct

from flows.checks.report import Report
from flows.web.answers import no_such, page
from flows.web.room import Room

FOLDER = "audits"
SHOWN = 200  # reports that are listed, the newest; one a day for half a year
LARGEST = 16 * 1024 * 1024  # bytes of a report that are read: fifty thousand faults


class Kept(Struct, frozen=True, kw_only=True):
    """A report that an audit left."""

    name: str
    """Of its file: the time of the audit."""
    report: Report | None
    trouble: str | None = None

    @property
    def fine(self) -> bool:
        """Whether it found the archive as it was sealed, all of it."""
        return bool(self.report and not self.report.faults and not self.report.could_not)


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter()
    home = room.context.settings.home

    @router.get("/audits")
    def audits() -> HTMLResponse:
        return page("audits.html", reports=kept_reports(home))

    @router.get("/audits/{name}")
    def audit(name: str) -> HTMLResponse:
        found = next((one for one in kept_reports(home) if one.name == name), None)
        if found is None:
            raise no_such("There is no report of that name.")
        return page("audit.html", kept=found)

    return router


def kept_reports(home: Path) -> list[Kept]:
    """The reports in the home folder, the newest first."""
    files = sorted((home / FOLDER).glob("*.json"), reverse=True)[:SHOWN]
    return [_read(path) for path in files]


def _read(path: Path) -> Kept:
    try:
        with path.open("rb") as file:
            data: Any = msgspec.json.decode(file.read(LARGEST))
        return Kept(name=path.stem, report=msgspec.convert(data.get("report", data), Report))
    except (OSError, msgspec.MsgspecError, AttributeError) as error:
        return Kept(name=path.stem, report=None, trouble=str(error))
