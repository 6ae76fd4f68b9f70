"""`copytrail judge`: a person's word on a match is sealed, shown, and counts in trails."""

import shutil
from pathlib import Path

import pytest

from tests.journeys.copytrail import Copytrail, Row
from tests.journeys.small import ALONE, ECHO, NORTH, RELAY, small

WHY = ("--reason", "Both are from the agency's wire.", "--name", "J. Doe, Example Archive")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Copytrail:
    return small(tmp_path_factory.mktemp("judged"))


@pytest.fixture
def copytrail(imported: Copytrail, tmp_path: Path) -> Copytrail:
    shutil.copytree(imported.home, tmp_path / "home")
    return Copytrail(tmp_path)


def copies(copytrail: Copytrail) -> dict[tuple[str, str | None], Row]:
    return {
        (row["copy_url"], row["original_url"]): row
        for trail in copytrail.rows("trails")
        for row in trail["copies"]
    }


def test_a_confirmed_match_is_marked_and_sealed(copytrail: Copytrail) -> None:
    before = copies(copytrail)[RELAY, NORTH]
    (said,) = copytrail.rows("judge", RELAY, "--confirm", *WHY)
    assert (said["verdict"], said["name"]) == ("confirm", "J. Doe, Example Archive")
    assert said["reason"] == "Both are from the agency's wire."
    assert said["at"].endswith("Z")
    assert said["copy_versions"] == [before["copy_article"]]
    row = copies(copytrail)[RELAY, NORTH]
    assert row["judgments"] == [said]
    assert {**row, "judgments": []} == before
    assert (copytrail.store / "runs" / said["id"] / "records" / "judgments.parquet").is_file()
    assert copytrail.audit()["entries"] == 2
    shown = copytrail.well("trace", RELAY).stdout
    assert "J. Doe" in shown


def test_a_rejected_match_makes_no_edge_until_somebody_confirms_it(copytrail: Copytrail) -> None:
    row = copies(copytrail)[RELAY, NORTH]
    match = f"{row['copy_article']}:{row['original_article']}"
    copytrail.well("judge", match, "--reject", *WHY)
    found = copies(copytrail)
    assert (RELAY, NORTH) in found  # the credit stays, told as what it is
    assert found[RELAY, NORTH]["original_article"] is None
    assert found[RELAY, NORTH]["verdict"] == "unverifiable"
    assert "J. Doe, Example Archive judged on" in found[RELAY, NORTH]["reason"]
    (trace,) = copytrail.rows("trace", NORTH)
    assert [one["verdict"] for one in trace["judgments"]] == ["reject"]
    copytrail.well("judge", RELAY, NORTH, "--confirm", "--reason", "I looked again.", "--name", "B")
    row = copies(copytrail)[RELAY, NORTH]
    assert row["original_article"] is not None
    assert [one["verdict"] for one in row["judgments"]] == ["confirm", "reject"]
    assert copytrail.rows("judge", "--list")[0]["name"] == "B"


def test_judgments_are_of_the_archive(copytrail: Copytrail) -> None:
    copytrail.well("judge", ECHO, NORTH, "--reject", *WHY)
    before = copytrail.rows("judge", "--list"), copytrail.rows("trails")
    for path in copytrail.home.glob("catalog.sqlite*"):
        path.unlink()
    copytrail.well("rebuild")
    assert (copytrail.rows("judge", "--list"), copytrail.rows("trails")) == before
    assert copytrail.rows("judge", "--list", ALONE) == []


def test_a_judgment_stays_where_its_pages_are_read_otherwise(copytrail: Copytrail) -> None:
    (said,) = copytrail.rows("judge", RELAY, "--confirm", *WHY)
    before = copies(copytrail)[RELAY, NORTH]
    (copytrail.home / "sources").mkdir(exist_ok=True)
    (copytrail.home / "sources" / "northquay.yml").write_text(
        "id: northquay\nname: North Quay\nhomepage: https://northquay.example/\n"
        "rules:\n- from: 2001-01-01\n  leave_out: [h1 + p]\n"
    )
    (row,) = copytrail.rows("read", "--again")
    assert row["done"]["run"]["kind"] == "reading"
    after = copies(copytrail)[RELAY, NORTH]
    assert after["original_article"] != before["original_article"]
    assert (after["judgments"], after["verdict"]) == ([said], before["verdict"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "say what you judge"),
        ((RELAY, "--confirm"), 2, "--reason"),
        ((RELAY, "--confirm", "--reject", *WHY), 2, "--confirm|--reject|--unknown"),
        ((RELAY, "--confirm", "--reason", " \n "), 2, "reason is empty"),
        ((RELAY, "--confirm", "--reason", "x" * 2001), 2, "2000 are the most"),
        ((RELAY, "--confirm", "--reason", "a\x1b[2Jb"), 2, "control characters"),
        ((RELAY, "--confirm", "--reason", "a", "--name", "\x07"), 2, "the name has control"),
        ((RELAY, ALONE, "--confirm", *WHY), 1, "share no text"),
        ((ALONE, "--confirm", *WHY), 1, "Name the other page"),
        (("https://nowhere.example/", NORTH, "--confirm", *WHY), 1, "not in the catalog"),
        ((f"{'0' * 32}:{'1' * 32}", "--confirm", *WHY), 1, "no such articles"),
        ((RELAY, f"{RELAY}#top", "--confirm", *WHY), 1, "are one page"),
    ],
)
def test_what_cannot_be_judged_is_told(
    imported: Copytrail, words: tuple[str, ...], code: int, told: str
) -> None:
    ended = imported.run("judge", *words)
    assert (ended.code, ended.stdout) == (code, "")
    assert told in " ".join(ended.stderr.split())
    assert len(list(imported.store.glob("log/*.json"))) == 1


def test_a_judgment_that_cannot_be_sealed_is_kept_and_sealed_later(copytrail: Copytrail) -> None:
    runs = copytrail.store / "runs"
    away = runs.rename(runs.with_name("away"))
    runs.write_text("no folder")
    ended = copytrail.run("judge", RELAY, "--confirm", *WHY)
    assert (ended.code, ended.stdout) == (1, "")
    assert "kept in" in ended.stderr
    runs.unlink()
    away.rename(runs)
    assert copytrail.rows("judge", "--list") == []
    copytrail.run("follow", "http://127.0.0.1:1/")  # seals what waits, whatever it finds
    (said,) = copytrail.rows("judge", "--list")
    assert said["reason"] == WHY[1]
    copytrail.audit()
