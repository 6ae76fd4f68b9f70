"""How sources fare, told from catalogs that are made up day by day."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from config.registry import Expect, Registry, Source
from config.settings import Settings
from flows.duties import due
from flows.status_of import ENOUGH, WINDOW, SourceStatus, status_of
from storage.catalog import Catalog, open_catalog
from storage.identity import canonical_url
from storage.records import Article, Capture, Problem, Run, WarcPlace

NOW = datetime(2026, 3, 30, 18, tzinfo=UTC)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Diary:
    """A catalog, written visit by visit."""

    def __init__(self, url: str) -> None:
        self.catalog: Catalog = open_catalog(url)
        self.sources: dict[str, Source] = {}
        self._seq = 0

    def outlet(self, name: str, **rest: Any) -> Source:
        source = Source(id=name, name=name.title(), homepage=f"https://{name}.example/", **rest)
        self.sources[name] = source
        return source

    def visit(
        self, name: str, at: datetime, new: Sequence[str] = (), *, seen: Sequence[str] = (),
        status: int = 304, outcome: Any = "complete", kind: Any = "archive", of: str | None = None,
        lasts: timedelta = timedelta(0),
    ) -> None:  # fmt: skip
        """One sealed run: pages that are new, and pages that were known and gave `status`."""
        self._seq += 1
        run = str(ULID.from_datetime(at))
        captures, articles = [], []
        for place, (page, code) in enumerate([(p, 200) for p in new] + [(p, status) for p in seen]):
            url = f"https://{of or name}.example/{page}"
            capture = Capture(
                id=f"c{self._seq}-{place}", url=url, fetched_at=text(at), route="live", why="feed",
                source=of or name, status=code, warc=WarcPlace(run, "a", 0, 1),
            )  # fmt: skip
            captures.append(capture)
            if code == 200:
                article = Article(
                    id=f"{name}-{page}", capture=capture.id, url=url, title="T", outlet=name,
                    canonical_url=canonical_url(url), source=of or name, captured_at=text(at),
                    parser="generic/2", warc=capture.warc,
                )  # fmt: skip
                articles.append((article, ()))
        problems = () if outcome == "complete" else (Problem(what="connection refused"),)
        record = Run(
            id=run, kind=kind, source=name, asked={}, started_at=text(at),
            ended_at=text(at + lasts),
            outcome=outcome, counts={"articles": len(articles)}, problems=problems, versions={},
            config_digest="",
        )  # fmt: skip
        self.catalog.take_in(self._seq, record, captures, articles, [])

    def days(self, name: str, counts: Sequence[int], until: datetime = NOW) -> None:
        """A visit at noon of each of the last days, today last, with so many new pages."""
        for back, count in zip(reversed(range(len(counts))), counts, strict=True):
            at = (until - timedelta(days=back)).replace(hour=12)
            self.visit(name, at, [f"{at:%m%d}-{number}" for number in range(count)])

    def told(self, now: datetime = NOW, **settings: Any) -> dict[str, SourceStatus]:
        registry = Registry(self.sources, {})
        found = status_of(self.catalog, registry, Settings(**settings), now=text(now))
        return {one.source: one for one in found}

    def due(self, name: str, now: datetime, **settings: Any) -> list[str]:
        registry, wanted = Registry(self.sources, {}), [self.sources[name]]
        found = due(self.catalog, registry, Settings(**settings), text(now), wanted)
        return [one.page.rpartition("/")[2] for one in found[name]]


@pytest.fixture(params=["sqlite", "postgresql"])
def diary(request: pytest.FixtureRequest, tmp_path: Path) -> Diary:
    if request.param == "sqlite":
        return Diary(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    made = Diary(request.getfixturevalue("postgres_url"))
    made.catalog.empty()
    return made


def test_days_are_counted_and_the_median_is_usual(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.days("kestrel", [90, 4, 6, 5, 5, 0, 1, 8, 5, 2])
    told = diary.told()["kestrel"]
    assert told.per_day[-10:] == (90, 4, 6, 5, 5, 0, 1, 8, 5, 2)
    assert len(told.per_day) == WINDOW
    assert (told.today, told.yesterday) == (2, 5)
    assert (told.usual, told.usual_from) == (5.0, "median")  # the first day brought the past
    assert told.last_run is not None
    assert told.last_run.articles == 2
    assert told.says == ()


def test_too_short_a_time_says_nothing_of_what_is_usual(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.outlet("merrow", expect=Expect(articles_per_day=2.5))
    for name in ("kestrel", "merrow"):
        diary.days(name, [30] + [3] * ENOUGH)
    told = diary.told()
    assert told["kestrel"].usual is None
    assert (told["merrow"].usual, told["merrow"].usual_from) == (2.5, "expect")


def test_a_page_counts_once_however_often_it_changes(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.visit("kestrel", NOW - timedelta(days=40), ["old"])
    diary.visit("kestrel", NOW - timedelta(days=1), ["new"], seen=["old"], status=200)
    diary.visit("kestrel", NOW - timedelta(hours=1), [], seen=["new"])
    assert sum(diary.told()["kestrel"].per_day) == 1


def test_runs_that_bring_in_what_is_old_do_not_count(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.visit("kestrel", NOW - timedelta(days=2), ["new"])
    diary.visit("kestrel", NOW - timedelta(days=1), ["a", "b"], kind="backfill")
    told = diary.told()["kestrel"]
    assert (told.runs, sum(told.per_day)) == (1, 1)
    assert diary.due("kestrel", NOW) == ["new"]


@pytest.mark.parametrize(
    ("counts", "quiet"),
    [
        ([9] + [4] * 20 + [0, 0, 0], True),  # 3.25 days of silence, 12 articles should have come
        ([9] + [4] * 20 + [0], False),  # one day
        ([9] + [1] * 20 + [0] * 4, False),  # 4 days at one a day: can be chance
        ([9] + [1] * 10 + [0] * 12, True),
        ([9] + [0] * (WINDOW - 1), False),  # the window begins with the first visit
    ],
)
def test_an_outlet_goes_quiet(diary: Diary, counts: list[int], quiet: bool) -> None:
    diary.outlet("kestrel")
    diary.days("kestrel", counts)
    told = diary.told()["kestrel"]
    assert told.quiet == quiet
    assert any("gone quiet" in text for text in told.says) == quiet


def test_an_outlet_that_is_not_reached_is_not_quiet(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.days("kestrel", [9] + [4] * 20, NOW - timedelta(days=5))
    for back in range(5):
        diary.visit("kestrel", NOW - timedelta(days=4 - back), outcome="failed")
    told = diary.told()["kestrel"]
    assert not told.quiet
    assert (told.failures, told.failures_in_a_row) == (5, 5)
    assert told.says == ("last visit failed, 5 in a row: connection refused",)
    assert told.last_complete is not None


def test_next_run_is_the_spread_cron(diary: Diary) -> None:
    diary.outlet("kestrel", schedule="17 */6 * * *")
    diary.outlet("merrow", enabled=False)
    told = diary.told(schedule_jitter=0)
    assert told["kestrel"].next_run == "2026-03-30T18:17:00Z"
    assert told["kestrel"].says == (f"no visit in {WINDOW} days",)
    assert "merrow" not in told  # who asks for it by name is told
    off = status_of(diary.catalog, Registry(diary.sources, {}), Settings(), now=text(NOW),
                    wanted=[diary.sources["merrow"]])  # fmt: skip
    assert [(one.source, one.next_run) for one in off] == [("merrow", None)]


@pytest.mark.parametrize(
    ("age", "is_due"),
    [
        (timedelta(minutes=59), False),
        (timedelta(hours=1), True),
        (timedelta(days=30), True),
        (timedelta(days=36), True),
        (timedelta(days=38), False),  # whoever gives no answer for a week is given up
    ],
)
def test_an_article_is_due_when_its_moment_has_come(
    diary: Diary, age: timedelta, is_due: bool
) -> None:
    diary.outlet("kestrel")
    diary.visit("kestrel", NOW, ["a"])
    assert diary.due("kestrel", NOW + age) == (["a"] if is_due else [])


@pytest.mark.parametrize("status", [200, 304, 404, 410, 301])
def test_whatever_answers_is_not_due_until_the_next_moment(diary: Diary, status: int) -> None:
    diary.outlet("kestrel")
    diary.visit("kestrel", NOW, ["a"])
    diary.visit("kestrel", NOW + timedelta(hours=2), seen=["a"], status=status)
    assert diary.due("kestrel", NOW + timedelta(hours=23)) == []
    assert diary.due("kestrel", NOW + timedelta(hours=24)) == ["a"]


def test_what_gives_no_answer_stays_due(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.visit("kestrel", NOW, ["a"])
    diary.visit("kestrel", NOW + timedelta(hours=2), seen=["a"], status=503)
    assert diary.due("kestrel", NOW + timedelta(hours=3)) == ["a"]


def test_rechecks_are_set_for_all_and_for_one(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.outlet("merrow", rechecks="10m")
    diary.outlet("lenne", rechecks="never")
    for name in diary.sources:
        diary.visit(name, NOW, ["a"])
    later = NOW + timedelta(minutes=20)
    due: Callable[[str], list[str]] = lambda name: diary.due(name, later, rechecks="2h")  # noqa: E731
    assert [due(name) for name in ("kestrel", "merrow", "lenne")] == [[], ["a"], []]
    assert diary.told(later, rechecks="never")["merrow"].due == 1


def test_an_original_elsewhere_is_the_duty_of_who_found_it(diary: Diary) -> None:
    diary.outlet("kestrel")
    diary.outlet("merrow")
    diary.visit("kestrel", NOW, ["watched"], of="merrow")
    diary.visit("kestrel", NOW, ["elsewhere"], of="unknown")
    later = NOW + timedelta(hours=1)
    assert diary.due("kestrel", later) == ["elsewhere"]
    assert diary.due("merrow", later) == ["watched"]
