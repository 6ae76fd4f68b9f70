"""What the schedule tried is noted, whole and bounded, and shows in the status."""

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from config.registry import Registry
from config.settings import Settings
from flows import journal
from flows.journal import Attempt, attempts, is_late, note, seconds_late
from flows.status_of import status_of, window
from tests.flows.test_status_of import NOW, Diary, text


def made(number: int, **rest: object) -> Attempt:
    at = f"2026-03-30T10:{number // 60:02}:{number % 60:02}Z"
    return Attempt(source="kestrel", kind="archive", at=at, what="complete", **rest)  # type: ignore[arg-type]


def moment(hours: int) -> str:
    """So many hours before NOW, as a schedule has it."""
    return f"{NOW - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def tried(hours: int, **rest: Any) -> Attempt:
    """An attempt that should have begun so many hours before NOW."""
    at = text(NOW - timedelta(hours=hours, minutes=-1))
    return Attempt(source="kestrel", kind="archive", at=at, scheduled=moment(hours), **rest)


def test_lines_are_read_back(tmp_path: Path) -> None:
    assert list(attempts(tmp_path, "")) == []
    one, other = made(1, late=3.5, scheduled="2026-03-30T10:00:00Z"), made(2, note="why\nnot")
    note(tmp_path / "home", one)
    note(tmp_path / "home", other)
    assert list(attempts(tmp_path / "home", "")) == [one, other]
    assert list(attempts(tmp_path / "home", "2026-03-30T10:00:02")) == [other]


def test_a_line_that_was_cut_costs_no_other(tmp_path: Path) -> None:
    note(tmp_path, made(1))
    with (tmp_path / journal.NAME).open("ab") as file:
        file.write(b'{"source":"kest\n')
    note(tmp_path, made(2))
    assert list(attempts(tmp_path, "")) == [made(1), made(2)]


def test_runs_that_end_at_once_all_stand(tmp_path: Path) -> None:
    threads = [Thread(target=note, args=(tmp_path, made(number))) for number in range(40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(attempts(tmp_path, ""), key=lambda one: one.at) == [made(n) for n in range(40)]


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_BYTES", 4000)
    for number in range(200):
        note(tmp_path, made(number))
        assert (tmp_path / journal.NAME).stat().st_size < 4300
    kept = list(attempts(tmp_path, ""))
    assert kept == [made(number) for number in range(200 - len(kept), 200)]


def test_lateness() -> None:
    assert seconds_late("2026-03-30T10:00:00Z", "2026-03-30T10:06:00.5Z") == 360.5
    assert seconds_late("2026-03-30T10:00:00Z", "2026-03-30T09:59:59Z") == 0
    assert is_late(made(1, late=360.5))
    assert not is_late(made(1, late=20))


def test_the_status_tells_what_did_not_come(tmp_path: Path) -> None:
    diary = Diary(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    diary.outlet("kestrel", schedule="0 * * * *")
    for hours in (12, 11, 10, 5, 4, 2):
        at = NOW - timedelta(hours=hours)
        diary.visit("kestrel", at + timedelta(seconds=20))
        late = 400.0 if hours == 12 else 20.0
        note(tmp_path, tried(hours, what="complete", late=late))
    note(tmp_path, tried(3, what="skipped", note="busy"))
    note(tmp_path, tried(1, what="error", note="no route to the store"))
    now = text(NOW)
    (told,) = status_of(
        diary.catalog, Registry(diary.sources, {}), Settings(schedule_jitter=0), now=now,
        attempts=attempts(tmp_path, window(now)),
    )  # fmt: skip
    assert (told.skipped, told.late, told.missed) == (1, 1, 4)  # 9 to 6 hours ago
    assert told.last_error == "no route to the store"
    assert told.says[0] == "the last attempt failed: no route to the store"


def test_what_was_under_way_is_not_missed(tmp_path: Path) -> None:
    diary = Diary(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    diary.outlet("kestrel", schedule="0 * * * *")
    diary.visit("kestrel", NOW - timedelta(hours=5), lasts=timedelta(hours=2, minutes=30))
    (told,) = status_of(
        diary.catalog, Registry(diary.sources, {}), Settings(schedule_jitter=0), now=text(NOW),
        attempts=[tried(5, what="complete")],
    )  # fmt: skip
    assert told.missed == 2  # 2 hours and 1 hour ago; the present hour is not over
