"""Audits of a sealed archive with all its records: classes, samples, memory, reports."""

import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from flows import auditing
from flows.auditpage import page
from flows.checks import audit, completeness, objects
from flows.checks.report import EXIT, Fault, Report
from flows.status_of import LastRun, SourceStatus
from flows.web.audits import kept_reports
from storage.objects import Store, Unavailable
from storage.records import Run, Span, WarcPlace
from tests.flows.auditing_made import Home, resealed
from tests.flows.checks_made import Archive, flip_last
from tests.flows.test_checks_unsealed import Wrapped
from tests.journeys.small import small


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an archive that is made now, by the parser of now."""
    return small(tmp_path_factory.mktemp("small")).home


@pytest.fixture(scope="module")
def kept(origin: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """To be audited, not to be harmed."""
    return Home(tmp_path_factory.mktemp("kept") / "home", origin / "archive", origin)


@pytest.fixture
def home(origin: Path, tmp_path: Path) -> Home:
    return Home(tmp_path / "home", origin / "archive", origin)


def faults(report: Report) -> list[tuple[str, str]]:
    assert report.could_not == ()
    return [(one.check, one.message) for one in report.faults]


# --- lineage ------------------------------------------------------------------------------------


Forger = Callable[..., Home]


@pytest.fixture
def forged(origin: Path, tmp_path: Path) -> Forger:
    """Makes an archive whose records have other values than their bytes give."""

    def make(**changes: dict[str, object]) -> Home:
        def change(name: str, records: list[Any], run: Run) -> tuple[list[Any], Run]:
            values = changes.get(name, {})
            return (
                [structs.replace(one, **values) for one in records],
                structs.replace(run, **changes.get("run", {})),
            )

        return resealed(origin / "archive", tmp_path, change)

    return make


def test_a_record_that_its_bytes_do_not_give(forged: Forger) -> None:
    home = forged(articles={"title": "What nobody wrote"})
    assert faults(home.audit("structure", "completeness")) == []  # sound in itself
    report = home.audit("lineage")
    assert report.verdict == "faults"
    told = [one for one in report.faults if one.url]
    assert {one.check for one in told} == {"lineage"}
    assert all("title" in one.message for one in told)
    assert any("The ice comes back" in str(one.expected) for one in told)
    assert all("What nobody wrote" in str(one.found) for one in told)


def test_a_record_that_leads_nowhere(forged: Forger) -> None:
    home = forged(articles={"warc": WarcPlace("0" * 26, "none.warc.gz", 0, 1)})
    report = home.audit("lineage")
    assert report.verdict == "faults"
    assert any("leads to a file that its run does not have" in one.message for one in report.faults)


def test_what_another_parser_made_is_unverifiable(forged: Forger) -> None:
    report = forged(articles={"parser": "generic/1"}).audit("lineage")
    assert report.faults == ()
    assert report.verdict == "unverifiable"
    assert EXIT[report.verdict] == 3
    assert all("generic/1" in one.message for one in report.unverifiable)
    assert report.classes[0].unverifiable == len(report.unverifiable) > 0


def test_a_difference_is_unverifiable_where_what_reads_is_another(forged: Forger) -> None:
    old = {"versions": {"copytrail": "0.0.1", "sources": "others"}}
    report = forged(articles={"title": "What nobody wrote"}, run=old).audit("lineage")
    assert report.verdict == "unverifiable"
    assert any("copytrail 0.0.1" in one.message for one in report.unverifiable)


def test_a_match_is_found_again_in_both_texts(forged: Forger) -> None:
    home = forged(matches={"spans": (Span(0, 12, 3, 15), Span(0, 9**6, 0, 9**6))})
    report = home.audit("lineage")
    assert {one.check for one in report.faults} == {"lineage"}
    assert any("2 of 2 spans" in one.message for one in report.faults)


def test_a_match_leads_to_two_articles(forged: Forger) -> None:
    home = forged(matches={"a": "0" * 32})
    assert home.audit("lineage").verdict == "unverifiable"  # it may be in what nobody looked at
    report = home.audit("completeness", "lineage")
    assert any("0" * 32 in one.message for one in report.faults if one.check == "lineage")


# --- completeness -------------------------------------------------------------------------------


def spoil(home: Home, statement: str) -> None:
    with sqlite3.connect(home.folder / "catalog.sqlite") as db:
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM sightings WHERE capture = (SELECT min(capture) FROM sightings)", "lacks a"),
        ("INSERT INTO matches VALUES ('a', 'b', '{}')", "has a row that nothing"),
        ("UPDATE articles SET doc = replace(doc, 'ice', 'tram')", "has other doc"),
        ("UPDATE captures SET source = 'else'", "has other source"),
        ("DELETE FROM notices", "lacks a row"),
        ("DELETE FROM hashes WHERE hash = (SELECT min(hash) FROM hashes)", "fingerprints are not"),
    ],
)
def test_a_catalog_that_does_not_follow_from_the_archive(
    home: Home, statement: str, says: str
) -> None:
    spoil(home, statement)
    report = home.audit("completeness")
    assert {one.check for one in report.faults} == {"completeness"}
    assert any(says in one.message for one in report.faults), report.faults


def test_a_place_in_the_catalog_that_leads_elsewhere(home: Home) -> None:
    spoil(home, """UPDATE captures SET doc = replace(doc, '"offset":', '"offset":1')""")
    report = home.audit("structure")
    assert {one.check for one in report.faults} == {"structure"}
    assert all("does not lead to it" in one.message for one in report.faults)
    assert all(one.expected and one.found for one in report.faults)


def test_a_catalog_that_is_behind_is_a_note(home: Home) -> None:
    (home.folder / "catalog.sqlite").unlink()
    report = home.audit("completeness")
    assert (report.faults, report.verdict) == ((), "fine")
    assert "has not taken in" in report.notes[0].message


def test_a_catalog_ahead_of_the_log(home: Home) -> None:
    (home.folder / "archive/log/0000000001.json").unlink()
    report = home.audit("completeness")
    assert any("the log does not have so" in one.message for one in report.faults)


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def status(days: float | None, runs: int = 20, **more: object) -> SourceStatus:
    """A source that is visited four times a day, and was so many days ago."""
    at = "" if days is None else (NOW - timedelta(days=days)).isoformat()
    last = LastRun(
        id="", started_at=at, ended_at=at, outcome="complete", articles=1, problems=0, problem=None
    )
    values: dict[str, object] = {
        "source": "lenne", "name": "Lenne", "enabled": True, "schedule": "17 */6 * * *",
        "last_run": None if days is None else last, "last_complete": at, "next_run": None,
        "runs": runs, "failures": 0, "failures_in_a_row": 0, "per_day": (1,) * 28, "today": 1,
        "yesterday": 1, "usual": 1.0, "usual_from": "median", "last_new": at, "quiet": False,
        "due": 0, "due_since": None, "says": (),
    }  # fmt: skip
    others = {one.name: 0 for one in structs.fields(SourceStatus)}  # nothing here looks at them
    return SourceStatus(**(others | values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (status(0.1), None),
        (status(0.1, quiet=True), "gives no new articles"),
        (status(8), "did not run for 8 days"),
        (status(8, runs=4), None),  # once a week, by hand
        (status(None, runs=0), "did not run for 28 days"),
        (status(8, enabled=False), None),
    ],
)
def test_sources_that_do_not_do_as_expected(found: SourceStatus, says: str | None) -> None:
    told = [one.message for one in completeness.sources([found], {"lenne"}, NOW)]
    assert [says in one for one in told] == [True] if says else told == []
    assert list(completeness.sources([found], (), NOW)) == []  # it was never visited


def test_a_heartbeat_that_is_missing() -> None:
    beats = [NOW - timedelta(days=days) for days in (9, 8, 7, 6)]
    assert len(list(completeness.heartbeat(beats, beats[-1], NOW))) == 1
    assert list(completeness.heartbeat(beats, NOW - timedelta(hours=5), NOW)) == []
    assert list(completeness.heartbeat(beats[:2], beats[-1], NOW)) == []


# --- samples, memory, reports -------------------------------------------------------------------


def test_samples_read_all_in_so_many_audits(home: Home) -> None:
    whole = home.audit("structure").coverage
    assert whole is not None
    assert whole.never == whole.objects  # structure alone says nothing of an object's sum
    share = 0.15
    reads = []
    for _ in range(math.ceil(1 / share)):
        coverage = home.audit("fixity", sample=share).coverage
        assert coverage is not None
        reads.append((coverage.read, coverage.never))
    assert all(read <= math.ceil(share * whole.objects) for read, _ in reads)
    assert reads[-1][1] == 0


def test_a_fault_stays_in_sight_and_says_since_when(home: Home) -> None:
    assert home.audit("fixity").verdict == "fine"
    path = next((home.folder / "archive/runs").glob("*/records/articles.parquet"))
    path.chmod(0o644)
    path.write_bytes(flip_last(path.read_bytes()))
    (first,) = home.audit("fixity").faults
    assert first.last_fine is not None
    assert first.last_fine < str(first.first_told)
    (again,) = home.audit("fixity", sample=0.01).faults
    assert (again.last_fine, again.first_told) == (first.last_fine, first.first_told)
    path.write_bytes(flip_last(path.read_bytes()))
    assert home.audit("fixity", sample=0.01).verdict == "fine"
    path.write_bytes(flip_last(path.read_bytes()))
    (anew,) = home.audit("fixity").faults
    assert str(anew.first_told) > str(first.first_told)


def test_a_report_is_kept_and_read_back(kept: Home) -> None:
    report = kept.audit("fixity", "structure", "completeness")
    assert report.verdict == "fine"
    assert kept_reports(kept.folder)[0].report == report
    assert [(one.name, one.checked > 0) for one in report.classes] == [
        ("fixity", True), ("structure", True), ("completeness", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("only", "skip", "live", "wanted"),
    [
        ([], [], False, ["fixity", "structure", "lineage", "completeness"]),
        ([], ["lineage"], True, ["fixity", "structure", "completeness", "live"]),
        (["live"], [], False, ["live"]),
        (["structure", "fixity"], ["fixity"], False, ["structure"]),
    ],
)
def test_which_classes(only: list[str], skip: list[str], live: bool, wanted: list[str]) -> None:
    assert list(auditing.classes(only, skip, live)) == wanted


def test_classes_and_shares_that_are_none() -> None:
    for only, skip in ((["all"], []), (["live"], ["live"])):
        with pytest.raises(ValueError, match=r"class|left"):
            auditing.classes(only, skip, False)
    for text in ("0", "101%", "-5%", "some"):
        with pytest.raises(ValueError):
            auditing.share(text)
    assert (auditing.share("5%"), auditing.share("1"), auditing.share(None)) == (0.05, None, None)


HOSTILE = "<script>alert(1)</script>\u202e<img src=http://evil.example/x onerror=1>\"'"


def test_the_page_stands_alone_and_runs_nothing(kept: Home) -> None:
    report = kept.audit("structure")
    one = Fault(
        check="live", key=HOSTILE, message=HOSTILE, expected=HOSTILE, found=HOSTILE, url=HOSTILE,
        next_step=HOSTILE,
    )  # fmt: skip
    html = page(
        structs.replace(report, faults=(one,) * 600, verdict="faults", could_not=(HOSTILE,))
    )
    assert "&lt;script&gt;" in html
    assert "100 more are in the JSON report" in html
    for sign in ("<script", "<img", "<link", "\u202e", "href=", "src=h"):
        assert sign not in html.replace("&lt;img src=http", "")
    assert "default-src 'none'" in html


# --- objects that hang --------------------------------------------------------------------------


def test_child_processes_find_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next((home.folder / "archive/runs").glob("*/warc/*"))
    path.chmod(0o644)
    path.write_bytes(flip_last(path.read_bytes()))
    here = home.audit("fixity", "structure")
    monkeypatch.setattr(objects, "FEW_BYTES", 0)
    there = home.audit("fixity", "structure")
    told = [[(one.check, one.key, one.message) for one in r.faults] for r in (here, there)]
    assert told[0] == told[1]
    assert {check for check, _, _ in told[1]} >= {"fixity"}
    assert (there.objects, there.bytes, there.could_not) == (here.objects, here.bytes, ())


class Dripping(Wrapped):
    """One object comes byte by byte."""

    def __init__(self, store: Store, key: str) -> None:
        super().__init__(store)
        self.key = key

    def chunks(self, key: str) -> Iterator[bytes]:
        if key != self.key:
            yield from self.inner.chunks(key)
            return
        while True:
            yield b"x"


def test_an_object_that_drips_does_not_stop_the_rest(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "LEAST_SECONDS", 0.2)
    report = audit(Dripping(archive.store, archive.rows))
    assert [archive.rows in one for one in report.could_not] == [True]
    assert (report.faults, report.objects, report.verdict) == ((), 5, "incomplete")


@pytest.mark.parametrize(
    "name", ["run.json", "SHA256SUMS", "records/articles.parquet", "../../log/0000000001.json"]
)
def test_what_is_no_object_does_not_stop_the_rest(home: Home, name: str) -> None:
    """A folder, or a pipe, in the place of an object: no other run is checked less for it."""
    first = min((home.folder / "archive/runs").iterdir())
    path = (first / name).resolve()
    path.unlink()
    if name == "SHA256SUMS":
        path.mkdir()
    else:
        os.mkfifo(path)
    report = home.audit("fixity", "structure", "lineage", "completeness")
    assert report.could_not == ()
    key = path.relative_to(home.folder / "archive").as_posix()
    (fault,) = [one for one in report.faults if one.key == key]
    assert "a link or a special file" in fault.message
    if not name.startswith(".."):  # there the catalog is ahead of the log, and that is told
        assert "completeness" in {one.check for one in report.unverifiable}
        home.catch_up()  # neither are others kept from being found


def test_many_rotten_objects_side_by_side_do_not_stop_the_rest(archive: Archive) -> None:
    class Rotten(Wrapped):
        """All of the first run hangs; the store lists as ever."""

        def chunks(self, key: str) -> Iterator[bytes]:
            if "0000000001/" in key:
                raise Unavailable(f"{key}: no answer")
            return self.inner.chunks(key)

    report = audit(Rotten(archive.store))
    assert len(report.could_not) == 3
    assert report.objects == 3


def test_all_that_is_kept_is_json(kept: Home) -> None:
    kept.audit("fixity")
    paths = list((kept.folder / "audits").glob("*.json"))
    assert paths != []
    for path in paths:
        assert json.loads(path.read_bytes())["id"] == path.stem
