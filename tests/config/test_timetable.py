"""Crons and the moments of rechecks."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from config.timetable import check_cron, fires, last_due, spans, spread

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["17 */6 * * *", "0 4 * * 1-5", "*/15 * * * *", "5,35 8-20 1 * *"])
def test_a_cron_is_taken(cron: str) -> None:
    check_cron(cron)


@pytest.mark.parametrize(
    "cron", ["", "17 * * *", "60 * * * *", "* 24 * * *", "@daily", "0 0 31 2 *", "a b c d e",
             "*/0 * * * *"]
)  # fmt: skip
def test_what_is_no_cron_is_told(cron: str) -> None:
    with pytest.raises(ValueError, match="is not cron"):
        check_cron(cron)


def test_it_comes_when_it_says() -> None:
    assert [at.strftime("%H:%M") for at in islice(fires("17 */6 * * *", NOON), 3)] == [
        "12:17", "18:17", "00:17",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cron", "most"),
    [("17 */6 * * *", 30), ("55 4 * * *", 4), ("*/15 * * * *", 14), ("5,35 * * * *", 24)],
)
def test_it_is_moved_within_its_hour(cron: str, most: int) -> None:
    start = NOON - timedelta(minutes=1)
    before = list(islice(fires(cron, start), 8))
    moved = set()
    for number in range(300):
        after = list(islice(fires(spread(cron, f"outlet-{number}", 30), start), 8))
        (by,) = {late - early for early, late in zip(before, after, strict=True)}
        moved.add(by // timedelta(minutes=1))
    assert moved == set(range(most + 1))


@pytest.mark.parametrize("cron", ["* * * * *", "59 3 * * *"])
def test_where_there_is_no_room_it_stays(cron: str) -> None:
    assert {spread(cron, f"outlet-{number}", 30) for number in range(50)} == {cron}


def test_it_is_always_moved_alike() -> None:
    assert spread("17 */6 * * *", "kestrel", 30) == spread("17 */6 * * *", "kestrel", 30)
    assert spread("17 */6 * * *", "kestrel", 0) == "17 */6 * * *"


def test_spans_are_read_in_rising_order() -> None:
    assert spans("7d 1h 90m 1h") == (
        timedelta(hours=1), timedelta(minutes=90), timedelta(days=7),
    )  # fmt: skip
    assert spans("never") == ()


@pytest.mark.parametrize("text", ["", "1", "1w", "0h", "-1h", "1h,2h", "h"])
def test_what_is_no_span_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="write such as"):
        spans(text)


def test_of_several_moments_that_have_passed_the_last_counts() -> None:
    after = spans("1h 24h 7d")
    assert last_due(NOON, NOON + timedelta(minutes=59), after) is None
    assert last_due(NOON, NOON + timedelta(hours=1), after) == NOON + timedelta(hours=1)
    assert last_due(NOON, NOON + timedelta(days=9), after) == NOON + timedelta(days=7)
    assert last_due(NOON, NOON + timedelta(days=9), ()) is None
