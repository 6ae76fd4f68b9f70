"""What the journeys share about the bundled outlets."""

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.copytrail import Copytrail, Ended, Row
from tests.outlets.expected import expected
from tests.outlets.server import Outlets

# Times of our own have microseconds; no page prints those.
OUR_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
OUR_CAPTURE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")  # made anew each time


@dataclass(frozen=True, repr=False)  # hundreds of rows are no help in a message
class Visit:
    """One `copytrail run`, and what the reading commands said after it."""

    run: Ended
    articles: list[Row]
    trails: list[Row]
    requests: list[tuple[str, str, str, int]]
    """What the outlets were asked: outlet, method, path, status."""

    def newest(self) -> dict[str, Row]:
        """The newest version of each page."""
        return {row["url"]: row for row in self.articles}

    def copies(self) -> list[Row]:
        """Every row of every trail's copies."""
        return [copy for trail in self.trails for copy in trail["copies"]]

    def copies_of(self, url: str) -> list[Row]:
        """The rows that say from whom this page took its text."""
        return [copy for copy in self.copies() if copy["copy_url"] == url]


@dataclass(frozen=True, repr=False)  # hundreds of rows are no help in a message
class Bundled:
    """Both visits. The outlets are not served any more; `again` serves them where they were."""

    copytrail: Copytrail
    urls: dict[str, str]
    visits: dict[int, Visit]
    turn: Path
    """Locked by whoever serves the outlets: they have one set of addresses in all workers."""

    def truth(self, number: int) -> dict[str, Any]:
        """What is true of the outlets on a visit."""
        return expected(self.urls, number)

    @contextmanager
    def again(self, number: int = 1) -> Iterator[Outlets]:
        """The outlets once more, at the same addresses."""
        ports = {outlet: urlsplit(url).port or 0 for outlet, url in self.urls.items()}
        with locked(self.turn), Outlets(number, ports) as outlets:
            yield outlets

    def copy_to(self, folder: Path) -> Copytrail:
        """The archive once more, to work on."""
        shutil.copytree(self.copytrail.home, folder / "home")
        return Copytrail(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While nobody else has this file locked, in whatever process."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def visit(copytrail: Copytrail, outlets: Outlets, number: int) -> Visit:
    """Run once over what is served, and read everything."""
    outlets.visit = number
    before = len(outlets.requests)
    run = copytrail.well("run", "--json")
    return Visit(
        run=run,
        articles=copytrail.rows("articles"),
        trails=copytrail.rows("trails"),
        requests=outlets.requests[before:],
    )


def timeless(trails: list[Row]) -> list[Row]:
    """Trails without the times at which we looked, and the names of what we saw."""
    text = OUR_CAPTURE.sub("capture", OUR_TIME.sub("then", json.dumps(trails)))
    plain: list[Row] = json.loads(text)
    return sorted(plain, key=lambda trail: str(trail["id"]))


def what_was_read(rows: list[Row]) -> dict[str, Row]:
    """Articles by id, without what each capture of them has of its own."""
    own = ("capture", "captured_at", "warc")
    return {
        row["id"]: {name: value for name, value in row.items() if name not in own} for row in rows
    }
