"""Archived captures read again by other rules: records anew beside the old, and never an edit."""

import json
from pathlib import Path

import pytest

from tests.journeys.bundled import Bundled, timeless, what_was_read
from tests.journeys.copytrail import Copytrail, Row

# The standfirst stands above the text; whoever writes rules may take it for no part of it.
RULES = """
rules:
- until: 2001-01-01
  body: table.text
- from: 2001-01-01
  subtitle: .c-kicker
  leave_out: [.c-standfirst]
"""


@pytest.fixture
def copied(bundled: Bundled, tmp_path: Path) -> Copytrail:
    """The archive of the bundled outlets, to work on."""
    return bundled.copy_to(tmp_path)


def add_rules(copytrail: Copytrail) -> Path:
    """Give the Kestrel rules of its own."""
    path = copytrail.home / "sources" / "kestrel-daily.yml"
    path.write_text(path.read_text() + RULES)
    return path


def log(copytrail: Copytrail) -> list[str]:
    return sorted(path.name for path in (copytrail.store / "log").glob("*.json"))


def kestrels(rows: list[Row]) -> dict[str, Row]:
    """The newest version of each page of the Kestrel."""
    return {row["url"]: row for row in rows if row["source"] == "kestrel-daily"}


def fates(rows: list[Row]) -> dict[str, tuple[str, int]]:
    return {row["url"]: (row["state"], row["versions"]) for row in rows}


def test_nothing_changes_where_nothing_is_read_otherwise(copied: Copytrail) -> None:
    before = log(copied)
    rows = copied.rows("read", "--again")
    assert len(rows) == 6
    assert sum(row["articles"] for row in rows) > 40
    assert [(row["changes"], row["done"]) for row in rows] == [([], None)] * 6
    assert log(copied) == before


def test_a_dry_run_shows_and_seals_nothing(copied: Copytrail) -> None:
    add_rules(copied)
    entries, articles = log(copied), copied.rows("articles")
    rows = copied.rows("read", "--again", "--dry-run")
    changed = [change for row in rows for change in row["changes"]]
    assert {change["what"] for change in changed} == {"changed"}
    assert all({"subtitle", "paragraphs"} >= change["fields"].keys() - {"boilerplate"}
               for change in changed)  # fmt: skip
    assert not any(row["done"] for row in rows)
    assert (log(copied), copied.rows("articles")) == (entries, articles)
    said = copied.well("read", "--again", "--dry-run", "kestrel-daily").stdout
    assert "subtitle" in said
    assert "nothing is sealed in a dry run" in said


def test_new_readings_take_the_place_of_the_old(copied: Copytrail) -> None:
    before, trails = copied.rows("articles"), copied.rows("trails")
    path = add_rules(copied)
    rows = copied.rows("read", "--again", "kestrel-daily")
    sealed = [row["done"] for row in rows if row["done"]]
    assert len(sealed) == 3  # two of the Kestrel, and one that followed a credit there
    for done in sealed:
        folder = copied.store / "runs" / done["run"]["id"]
        assert not (folder / "warc").exists()
        assert json.loads((folder / "run.json").read_bytes())["kind"] == "reading"
    after = copied.rows("articles")
    # Another reading of the same bytes is no edit, and an edit stays one.
    assert fates(after) == fates(before)
    assert "edited" in {state for state, _ in fates(after).values()}
    for url, row in kestrels(after).items():
        was = kestrels(before)[url]
        assert row["parser"].startswith("kestrel-daily/2001-01-01."), url
        assert was["subtitle"] not in row["paragraphs"], url
        assert row["warc"] == was["warc"], url  # the same bytes
        assert was["subtitle"] != row["subtitle"], url
    # Trails stay, their texts compared again.
    kinds = [(c["copy_url"], c["original_url"], c["verdict"]) for t in trails for c in t["copies"]]
    again = copied.rows("trails")
    assert kinds == [(c["copy_url"], c["original_url"], c["verdict"]) for t in again
                     for c in t["copies"]]  # fmt: skip
    copied.audit()
    copied.well("rebuild")
    assert copied.rows("articles") == after
    assert timeless(copied.rows("trails")) == timeless(again)
    # Once more: there is nothing left to read otherwise.
    assert not any(row["done"] for row in copied.rows("read", "--again"))
    # And back: the rules are taken away, and all is as it was.
    path.write_text(path.read_text().removesuffix(RULES))
    copied.well("read", "--again")
    back = copied.rows("articles")
    assert what_was_read(back) == what_was_read(before)
    assert len(log(copied)) == 6 + 2 * len(sealed)


def test_the_old_reading_can_be_looked_up(copied: Copytrail, bundled: Bundled) -> None:
    url = bundled.truth(1)["cases"]["excerpt"]["original"]
    (before,) = copied.rows("articles", "--url", url)
    add_rules(copied)
    copied.well("read", "--again", "kestrel-daily")
    now, old = copied.rows("articles", "--url", url, "--earlier")
    assert (old["id"], old["text"]) == (before["id"], before["text"])
    assert old["subtitle"] != now["subtitle"]
    (step,) = copied.rows("trace", url)[0]["steps"]
    assert step["read_in"] == old["replaced_by"] != step["run"]["id"]
    assert step["article"]["id"] == now["id"]


def test_bytes_that_are_not_as_sealed_are_not_read(copied: Copytrail) -> None:
    (one, *_) = sorted(copied.store.glob("runs/*/warc/*.warc.gz"))
    damaged = one.parent.parent.name
    one.chmod(0o644)
    data = bytearray(one.read_bytes())
    data[len(data) // 2] ^= 1
    one.write_bytes(data)
    add_rules(copied)
    ended = copied.run("read", "--again", "--json")
    assert ended.code == 1
    assert f"run {damaged} is left out" in ended.stderr
    assert len(ended.rows()) == 5
    assert damaged not in {row["run"] for row in ended.rows()}


def test_what_cannot_be_done_is_told(copied: Copytrail) -> None:
    ended = copied.run("read")
    assert (ended.code, ended.stdout) == (2, "")
    assert "needs --again" in ended.stderr
    ended = copied.run("read", "--again", "nowhere")
    assert ended.code == 2
    assert "no source `nowhere`" in ended.stderr
    path = add_rules(copied)
    path.write_text(path.read_text().replace("body: table.text", "body: table..text"))
    ended = copied.run("read", "--again")
    assert ended.code == 2
    assert f"{path}: rules[0].body: `table..text` is not a CSS selector" in ended.stderr
