"""What a backfill plans: windows, routes; and the days of which little was found."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from config.registry import Listing, Source
from config.settings import Settings
from flows.backfilling import NoRoute, routes, steps, windows
from flows.sparse import at_most, gaps
from spiders.job import Split, Via

FIRST, LAST = date(2020, 1, 30), date(2020, 4, 2)
PLAIN = Source(id="a", name="A", homepage="https://a.example/")
LISTED = Source(
    id="a", name="A", homepage="https://a.example/", sitemaps=("https://a.example/s.xml",),
    listings=(Listing("https://a.example/news"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("split", "starts"),
    [
        ("month", ["2020-01-30", "2020-02-01", "2020-03-01", "2020-04-01"]),
        ("quarter", ["2020-01-30", "2020-04-01"]),
        ("year", ["2020-01-30"]),
    ],
)
def test_windows_begin_where_the_calendar_does(split: Split, starts: Sequence[str]) -> None:
    assert [str(first) for first, _ in windows(FIRST, LAST, split)] == starts


@pytest.mark.parametrize("split", ["week", "month", "quarter", "year"])
def test_windows_cover_each_day_once(split: Split) -> None:
    days = [
        first + timedelta(days=n)
        for first, last in windows(FIRST, date(2021, 3, 1), split)
        for n in range((last - first).days + 1)
    ]
    whole = (date(2021, 3, 1) - FIRST).days + 1
    assert days == [FIRST + timedelta(days=n) for n in range(whole)]


def test_a_listing_is_read_once_for_all_windows() -> None:
    found = steps(LISTED, FIRST, LAST, ["site"])
    assert [(step.ways, step.since, step.until) for step in found] == [
        (("listing",), "2020-01-30", "2020-04-02"),
        (("sitemap",), "2020-01-30", "2020-01-31"),
        (("sitemap",), "2020-02-01", "2020-02-29"),
        (("sitemap",), "2020-03-01", "2020-03-31"),
        (("sitemap",), "2020-04-01", "2020-04-02"),
    ]


def test_a_site_that_lists_nothing_is_left_to_the_archives() -> None:
    vias: list[Via] = ["site", "wayback"]
    assert {step.via for step in steps(PLAIN, FIRST, LAST, vias)} == {"wayback"}
    with pytest.raises(NoRoute, match="names no sitemap"):
        steps(PLAIN, FIRST, LAST, ["site"])


def test_routes_are_those_that_are_set_up_or_wanted() -> None:
    assert routes(Settings()) == ["site"]
    both = Settings(wayback_url="http://a/web/", cdx_url="http://a/cdx")
    assert routes(both) == ["site", "wayback"]
    assert routes(both, ["wayback", "site"]) == ["wayback", "site"]
    with pytest.raises(NoRoute, match="commoncrawl_url and commoncrawl_data_url"):
        routes(both, ["commoncrawl"])


def daily(count: int, but: dict[date, int]) -> dict[date, int]:
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return {day: but.get(day, count) for day in days}


def test_a_day_with_far_fewer_articles_than_usual_is_a_gap() -> None:
    poor = date(2020, 3, 3)
    (one,) = gaps(daily(12, {poor: 2}), FIRST, LAST)
    assert (one.since, one.until, one.articles) == (poor, poor, 2)
    assert 10 < one.usual < 12


def test_empty_days_in_a_row_are_one_gap() -> None:
    empty = {date(2020, 3, day): 0 for day in range(3, 12)}
    (one,) = gaps(daily(5, empty), FIRST, LAST)
    assert (str(one.since), str(one.until), one.articles) == ("2020-03-03", "2020-03-11", 0)


def test_sundays_without_articles_are_usual() -> None:
    sundays = {day: 0 for day in daily(9, {}) if day.weekday() == 6}
    assert gaps(daily(9, sundays), FIRST, LAST) == []


def test_an_article_a_week_leaves_no_gap_between() -> None:
    weekly = {day: 1 for day in daily(1, {}) if day.weekday() == 2}
    assert gaps(weekly, FIRST, LAST) == []
    silent = {day: 1 for day in weekly if not "2020-02-10" < str(day) < "2020-03-20"}
    (one,) = gaps(silent, FIRST, LAST)
    assert str(one.since) == "2020-02-06"


def test_nothing_at_all_is_a_gap_only_where_something_is_expected() -> None:
    assert gaps({}, FIRST, LAST) == []
    (one,) = gaps({}, FIRST, LAST, expected=3.0)
    assert (one.since, one.until, one.usual) == (FIRST, LAST, 192.0)


def test_the_chance_of_so_few() -> None:
    assert at_most(0, 2.0) == pytest.approx(0.1353, abs=1e-4)
    assert at_most(3, 10.0) == pytest.approx(0.0103, abs=1e-4)
    assert at_most(0, 0.0) == 1.0
