"""How people see health, settings and sources."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from config.registry import Source
from flows.health import Health
from flows.output import cell, console, table
from spiders.job import Finding

if TYPE_CHECKING:
    from flows.status_of import SourceStatus


def health(found: Iterable[Health]) -> None:
    """What `doctor` looked at."""
    rows = table("", "what", "found", "next step")
    for one in found:
        mark = Text("ok", "green") if one.ok else Text("not ok", "bold red")
        rows.add_row(mark, cell(one.what, "bold"), cell(one.detail), cell(one.next_step))
    console().print(rows)


def settings(found: Iterable[Mapping[str, Any]]) -> None:
    """Every setting, its value and where it is from."""
    rows = table("setting", "value", "from")
    for one in found:
        rows.add_row(cell(one["name"], "bold"), cell(str(one["value"])), cell(one["from"]))
    console().print(rows)


def sources(found: Iterable[Source], files: Mapping[str, Path]) -> None:
    """The sources, and the files that they stand in."""
    rows = table("id", "name", "enabled", "homepage", "file")
    for source in found:
        rows.add_row(
            cell(source.id, "bold"),
            cell(source.name),
            Text("yes", "green") if source.enabled else Text("no", "dim"),
            cell(source.homepage),
            cell(str(files[source.id]), "dim"),
        )
    console().print(rows)


def findings(found: Iterable[Finding]) -> None:
    """What a look at a site found."""
    rows = table("", "what", "where", "found")
    for one in found:
        mark = Text("ok", "green") if one.ok else Text("no", "yellow")
        rows.add_row(mark, cell(one.what, "bold"), cell(one.url), cell(one.detail))
    console().print(rows)


def statuses(found: Iterable["SourceStatus"], now: datetime) -> None:
    """How each source fares."""
    rows = table("source", "last visit", "next", "today", "yesterday", "usual", "due", "remarks")
    for one in found:
        last = one.last_run
        style = {"complete": "green", "partial": "yellow", "failed": "bold red"}
        said = f"{_ago(last.ended_at, now)} ago, {last.outcome}" if last else "never"
        rows.add_row(
            cell(one.source, "bold"),
            Text(said, style[last.outcome] if last else "dim"),
            cell(f"in {_ago(one.next_run, now)}" if one.next_run else "off"),
            cell(str(one.today)),
            cell(str(one.yesterday)),
            cell("–" if one.usual is None else f"{one.usual:g}"),
            cell(str(one.due)),
            cell("; ".join(one.says) or "all is well", "yellow" if one.says else "green"),
        )
    console().print(rows)


def duties(found: Iterable[Mapping[str, str]]) -> None:
    """Pages that are due for another look."""
    rows = table("source", "page", "first seen", "due since")
    for one in found:
        times = (one["first_seen"][:16] + "Z", one["due_since"][:16] + "Z")
        rows.add_row(cell(one["source"], "bold"), cell(one["page"]), *map(cell, times))
    console().print(rows)


def _ago(moment: str, now: datetime) -> str:
    """How far a moment is away, in the largest unit that fits twice."""
    seconds = abs((datetime.fromisoformat(moment) - now).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds:.0f} s"
