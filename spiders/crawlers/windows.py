"""Windows of a backfill: which addresses and lists may belong to a stretch of days."""

import re
from datetime import date, timedelta

from msgspec import Struct

SLACK = timedelta(days=1)
"""An outlet files a page under its own day, which begins up to 13 hours before UTC's."""
# /2020/07/19/slug, /2020-07-19-slug, ?date=20200719 …
DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])(?!\d)")
QUERIED = re.compile(r"(?:yyyy|year)=((?:19|20)\d\d)&(?:amp;)?(?:mm|month)=(0?[1-9]|1[0-2])(?!\d)")
Span = tuple[date, date]


class Window(Struct, frozen=True):
    """Days of an outlet, both included."""

    since: date
    until: date

    def overlaps(self, span: Span) -> bool:
        """Whether a stretch of days has one in common with it."""
        return span[0] <= self.until and self.since <= span[1]

    def may_hold(self, url: str, lastmod: str | None) -> bool:
        """Whether a list (a sitemap) can name pages of the window."""
        changed = day_of(lastmod)
        if changed is not None and changed < self.since - SLACK:
            return False
        named = dated(url)
        return named is None or self.overlaps((named[0] - SLACK, named[1] + SLACK))

    def is_after(self, span: Span | None) -> bool:
        """Whether all of the span lies before it."""
        return span is not None and span[1] < self.since - SLACK


def day_of(text: str | None) -> date | None:
    """The day of an ISO 8601 date or time; None for anything else."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def dated(url: str) -> Span | None:
    """The days that an address is filed under: a day, or a month; None where it names none."""
    path = url.partition("://")[2].partition("/")[2]
    if found := DAY.search(path):
        try:
            day = date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:  # 30 February: a number, no day
            return None
        return day, day
    if found := MONTH.search(path) or QUERIED.search(path):
        first = date(int(found[1]), int(found[2]), 1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return None
