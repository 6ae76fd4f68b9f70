"""What a crawl tells its parent, and what it adds up for its last word."""

import os
from collections import Counter
from typing import Literal

from spiders.job import Closed, Event, Log, Trouble, encode
from storage.records import Problem

MAX_PROBLEMS = 1000
"""Problems told one by one; a site that fails everywhere fails in a few ways."""


class CannotKeep(Exception):
    """Captures cannot be written any more: no room, or a fault of the disk. Ends the crawl."""


class Reporter:
    """Events on a file descriptor, counts, problems and limits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.limits: list[str] = []

    def emit(self, event: Event) -> None:
        """Write one line, whole. Once nobody reads any more, events are dropped: the end of
        stdin is what stops the crawl."""
        line = encode(event)
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except BrokenPipeError:
            return

    def count(self, name: str, by: int = 1) -> None:
        """Add to a count of the closing report."""
        self.counts[name] += by

    def problem(self, what: str, url: str | None = None) -> None:
        """Something was not archived as asked."""
        self.count("problems")
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(what=what, url=url))
            self.emit(Trouble(what=what, url=url))

    def limit(self, name: str) -> None:
        """A limit of the settings cut the crawl short."""
        if name not in self.limits:
            self.limits.append(name)
            self.log("warning", f"limit reached: {name}")

    def log(self, level: Literal["info", "warning"], message: str) -> None:
        """A line for people."""
        self.emit(Log(level=level, message=message[:2000]))

    def closed(self, reason: str) -> Closed:
        """The last word."""
        return Closed(
            reason=reason,
            counts=dict(self.counts),
            problems=tuple(self.problems),
            limits_reached=tuple(self.limits),
        )
