"""Back over a past period of one source: windows, routes, and what of them is done already.

Each window of each route is a run of its own, sealed as any. So the archive itself is the journal:
a window is done when a sealed run says so. What a kill left is sealed by the next command, its
window is looked at again, and what was captured of it is not fetched a second time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

import msgspec
from msgspec import Struct, structs

from config.registry import Source
from config.settings import Settings
from flows import workplace
from flows.context import Context
from flows.finishing import QUIET, Done, Watch, catch_up, finish, kept
from flows.knowing import had_pages
from flows.pipeline import asked_for, crawled, job_of, write_asked, write_known
from flows.sparse import Gap, gaps
from spiders.crawlers.windows import day_of
from spiders.job import Backfill, Split, Via, Way
from storage.identity import sha256_hex
from storage.records import Run

MONTHS: dict[Split, int] = {"month": 1, "quarter": 3, "year": 12}
ROUTES: tuple[Via, ...] = ("site", "wayback", "commoncrawl")
"""In the order in which they are tried: the outlet's own pages are the best evidence."""
NEEDS: dict[Via, tuple[str, ...]] = {
    "wayback": ("wayback_url", "cdx_url"),
    "commoncrawl": ("commoncrawl_url", "commoncrawl_data_url"),
}
MAX_ROUNDS = 100
"""Runs over one window, as long as each ends at `max_pages` only: 100,000 pages of a month."""


class NoRoute(Exception):
    """A route cannot be taken. The message says what it lacks."""


class Step(Struct, frozen=True):
    """One window of one route."""

    via: Via
    ways: tuple[Way, ...]
    since: str
    until: str
    """The last day, included."""
    rules: str
    """Digest of the source's file: looked at by other rules, a window is another."""

    @property
    def asked(self) -> dict[str, str | int | float | bool | None]:
        """As the run notes it."""
        ways = ",".join(self.ways)
        return {
            "via": self.via, "ways": ways, "since": self.since, "until": self.until,
            "rules": self.rules,
        }  # fmt: skip


def routes(settings: Settings, wanted: Sequence[Via] = ()) -> list[Via]:
    """The routes to try, in order: those that are wanted, or all that are set up.

    Raises NoRoute for a wanted one that is not.
    """
    found: list[Via] = []
    for via in wanted or ROUTES:
        lacking = [name for name in NEEDS.get(via, ()) if not getattr(settings, name)]
        if lacking and wanted:
            raise NoRoute(
                f"--via {via} needs the setting{'s' if lacking[1:] else ''} "
                f"{' and '.join(lacking)}: `copytrail config` says what they are"
            )
        if not lacking and via not in found:
            found.append(via)
    return found


def steps(
    source: Source, since: date, until: date, vias: Sequence[Via], split: Split = "month"
) -> list[Step]:
    """All that a backfill looks at, in order. Listings have no dates: they are read once, for the
    whole time. Raises NoRoute where the site lists nothing."""
    rules = sha256_hex(msgspec.json.encode(source))[:16]
    found = []
    for via in vias:
        ways = ways_of(source) if via == "site" else ()
        if via == "site" and not ways:
            if len(vias) > 1:
                continue
            raise NoRoute(
                f"the file of {source.id} names no sitemap, API, listing or day pages, by which "
                "its past could be found. `copytrail sources add --dry-run` looks for them"
            )
        if "listing" in ways:
            found.append(Step(via, ("listing",), since.isoformat(), until.isoformat(), rules))
            ways = tuple(way for way in ways if way != "listing")
        if via != "site" or ways:
            found += [
                Step(via, ways, first.isoformat(), last.isoformat(), rules)
                for first, last in windows(since, until, split)
            ]
    return found


def ways_of(source: Source) -> tuple[Way, ...]:
    """By what a site's past can be found, as its file says."""
    offers: dict[Way, object] = {
        "sitemap": source.sitemaps,
        "api": source.api,
        "listing": source.listings,
        "day": source.day_pages,
    }
    return tuple(way for way, there in offers.items() if there)


def windows(since: date, until: date, split: Split) -> Iterator[tuple[date, date]]:
    """The days from `since` to `until` by weeks (from Monday), months, quarters or years."""
    first = since
    while first <= until:
        if split == "week":
            last = first + timedelta(days=6 - first.weekday())
        else:
            last = _month_end(first, MONTHS[split])
        yield first, min(last, until)
        first = last + timedelta(days=1)


def _month_end(day: date, months: int) -> date:
    """The last day of the stretch of calendar months that the day lies in."""
    last = (day.month - 1) // months * months + months
    return date(day.year, 12, 31) if last == 12 else date(day.year, last + 1, 1) - timedelta(days=1)


def completed(context: Context, found: Sequence[Step]) -> set[Step]:
    """Those of the steps that a sealed run has done, whole, after their last day was over.

    Raises CatalogError.
    """
    runs = [run for _, run in context.catalog.runs() if run.kind == "backfill"]
    return {step for step in found if any(_is_done(step, run) for run in runs)}


def _is_done(step: Step, run: Run) -> bool:
    whole = run.outcome == "complete" and run.started_at[:10] > step.until
    return whole and run.asked == step.asked


Job = tuple[str, Callable[..., Done]]


class Course:
    """A backfill of one source on its way: the runs that are left to do, one after the other."""

    def __init__(
        self, context: Context, source: Source, todo: Sequence[Step], limit: int | None = None
    ) -> None:
        """`limit`: pages that are fetched at most."""
        self._context = context
        self._source = source
        self._todo = todo
        self._left = limit
        self._dead: set[Via] = set()
        self._done: Done | None = None
        self._began = time.monotonic()
        self.left_out = 0
        """Windows that the limit left for another time."""

    def jobs(self) -> Iterator[Job]:
        """What each run is called, and what does it: to be called with `watch` before the next is
        asked for. A route whose archive does not answer is not tried again."""
        total = len(self._todo)
        for number, step in enumerate(self._todo):
            for _ in range(MAX_ROUNDS):
                if step.via in self._dead:
                    break
                if self._left is not None and self._left <= 0:
                    self.left_out = total - number
                    return
                self._done = None
                yield self._name(number, step), partial(self._run, step)
                if not self._goes_on(step):
                    break

    def _name(self, number: int, step: Step) -> str:
        total = len(self._todo)
        name = f"{self._source.id} {step.since} to {step.until} via {step.via}"
        if total == 1:
            return name
        return f"{name} ({number + 1} of {total}{self._estimate(number, total)})"

    def _estimate(self, number: int, total: int) -> str:
        """By the windows until now; a later one may be fuller."""
        if not number:
            return ""
        seconds = (time.monotonic() - self._began) / number * (total - number)
        minutes = round(seconds / 60)
        return f", about {minutes} min to go" if minutes else ", less than a minute to go"

    def _goes_on(self, step: Step) -> bool:
        """Whether the window takes another run, after this one."""
        if self._done is None:  # could not be sealed, or the source is busy: told already
            return False
        run = self._done.run
        if "route_ended" in run.counts or run.outcome == "failed":
            self._dead.add(step.via)
            return False
        # What was not had is not known the next time either: only what came brings it on.
        came = any(run.counts.get(name) for name in ("articles", "not_articles", "gone"))
        return run.limits_reached == ("max_pages",) and came

    def _run(self, step: Step, *, watch: Watch = QUIET) -> Done:
        """One window, sealed. Raises as `pipeline.archive`."""
        context, source, settings = self._context, self._source, self._context.settings
        catch_up(context, watch)
        asked = asked_for(context, "backfill", source.id, step.asked, source)
        if self._left is not None:
            settings = structs.replace(settings, max_pages=min(settings.max_pages, self._left))
        lock = settings.home / "locks" / f"{source.id}.lock"
        with (
            workplace.locked(lock, f"source {source.id}") as source_lock,
            workplace.new(settings.home) as place,
        ):
            write_asked(place, asked)
            write_known(place, had_pages(context, source.id))
            job = job_of(
                context, place, kind="backfill", source=source, since=step.since,
                until=step.until, backfill=Backfill(via=step.via, ways=step.ways),
                known=place.known,
            )  # fmt: skip
            job = structs.replace(job, settings=settings)
            with kept(place):
                outcome = crawled(job, watch, (place.lock, source_lock))
                self._done = finish(context, place, asked, outcome, watch)
        if self._left is not None:
            self._left -= self._done.run.counts.get("pages", 0)
        return self._done


def found_gaps(context: Context, source: Source, since: date, until: date) -> list[Gap]:
    """Days of the window with fewer articles than usual, by the dates that the pages print."""
    per_day: Counter[date] = Counter()
    for page in context.catalog.pages():
        day = day_of(page.published_at) if page.source == source.id else None
        if day is not None:
            per_day[day] += 1
    return gaps(per_day, since, until, source.expect.articles_per_day)
