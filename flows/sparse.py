"""Days of which fewer articles are archived than usual: where to look again, or elsewhere."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from statistics import fmean

from msgspec import Struct

RARE = 0.01
"""So improbable must a day or a stretch be, if articles came by chance at their usual rate
(Poisson). In a year without any gap some three days then look like one."""
AROUND = 28
"""Days on either side that make the usual: four of each day of the week."""


class Gap(Struct, frozen=True):
    """Days, both included, with their articles and as many as are usual for as many days."""

    since: date
    until: date
    articles: int
    usual: float


def gaps(
    per_day: Mapping[date, int], since: date, until: date, expected: float | None = None
) -> list[Gap]:
    """The stretches of days with fewer articles than usual, in order.

    The usual of a day is what its outlet has on the same day of the week around it, of the days
    that have any, or what its source file expects (`expected`, a day). Neighbouring empty days
    count together: with an article a week no Monday is a gap, but a silent month is one.
    """
    days = list(_days(since, until))
    usual = {day: expected or _usual(per_day, day, since, until) for day in days}
    found: list[Gap] = []
    stretch: list[date] = []
    for day in [*days, None]:
        if day is not None and not per_day.get(day):
            stretch.append(day)
            continue
        found += _judged(stretch, 0, usual)
        stretch = []
        if day is not None:
            found += _judged([day], per_day[day], usual)
    return found


def _judged(days: list[date], articles: int, usual: Mapping[date, float]) -> Iterator[Gap]:
    mean = sum(usual[day] for day in days)
    if days and articles < mean and at_most(articles, mean) < RARE:
        yield Gap(days[0], days[-1], articles, round(mean, 1))


def _usual(per_day: Mapping[date, int], day: date, since: date, until: date) -> float:
    """Weeks without any article do not count: they are what is looked for."""
    near = [day + timedelta(days=step) for step in range(-AROUND, AROUND + 1)]
    inside = [one for one in near if since <= one <= until]
    weeks = {one - timedelta(days=one.weekday()) for one in inside if per_day.get(one)}
    alive = [one for one in inside if one - timedelta(days=one.weekday()) in weeks]
    same = [per_day.get(one, 0) for one in alive if one.weekday() == day.weekday()]
    level = fmean(per_day.get(one, 0) for one in alive) if alive else 0.0
    # Few articles say little of single weekdays: then all days are alike.
    return fmean(same) if same and level >= 1 else level


def at_most(count: int, mean: float) -> float:
    """The probability of `count` or fewer, where `mean` are usual (Poisson)."""
    return sum(
        math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) if mean else float(n == 0)
        for n in range(count + 1)
    )


def _days(since: date, until: date) -> Iterator[date]:
    for step in range((until - since).days + 1):
        yield since + timedelta(days=step)
