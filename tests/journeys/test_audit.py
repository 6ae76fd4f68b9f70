"""`copytrail audit` as people call it: old archives, reports, and pages fetched again."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.journeys.copytrail import Copytrail, Row
from tests.journeys.kept import DATA, at_home, watch
from tests.spiders.small_site import Answer, Site, article, rss


@pytest.mark.parametrize("kept", sorted(path.name for path in DATA.glob("sealed-*")))
def test_what_an_earlier_version_sealed_is_audited_clean(kept: str, tmp_path: Path) -> None:
    copytrail = at_home(DATA / kept, tmp_path)
    copytrail.well("rebuild")
    ended = copytrail.run("audit", "--json")
    (report,) = ended.rows()
    assert (report["faults"], report["could_not"]) == ([], [])
    found = {one["name"]: one for one in report["classes"]}
    assert all(one["checked"] for one in found.values())
    # A parser of today cannot tell whether one of then was right.
    assert ended.code == (3 if found["lineage"]["unverifiable"] else 0)
    assert not any(found[name]["unverifiable"] for name in ("fixity", "structure", "completeness"))


def test_a_report_for_people_and_the_exit_statuses(tmp_path: Path) -> None:
    copytrail = at_home(DATA / "sealed-1", tmp_path)
    (copytrail.home / "keys").rename(copytrail.home / "other-keys")
    html = tmp_path / "report.html"
    without = copytrail.run("audit", "--only", "fixity", "--html", str(html))
    assert without.code == 2
    assert "--key" in without.stdout
    assert "Not all could be checked" in html.read_text()
    (copytrail.home / "other-keys").rename(copytrail.home / "keys")
    well = copytrail.well("audit", "--only", "fixity", "--only", "structure", "--sample", "10%")
    assert "No fault" in well.stdout
    next(copytrail.store.glob("runs/*/records/articles.parquet")).unlink()
    ended = copytrail.run("audit", "--only", "fixity", "--html", str(html))
    assert ended.code == 1
    for words in ("is missing", "since: last fine", "next: Bring the object back"):
        assert words in ended.stdout
    assert "Faults were found" in html.read_text()
    nowhere = copytrail.run("audit", "--only", "fixity", "--html", str(tmp_path / "no" / "x.html"))
    assert (nowhere.code, "--html" in nowhere.stderr, "is missing" in nowhere.stdout) == (
        1,
        True,
        True,
    )
    for words in (("--only", "all"), ("--sample", "0"), ("--only", "live", "--skip", "live")):
        refused = copytrail.run("audit", *words)
        assert (refused.code, "--help" in refused.stderr) == (2, True)
    assert len(list((copytrail.home / "audits").glob("*.json"))) == 4


class Live(NamedTuple):
    """An outlet, one that copies it, and the archive of both."""

    lenne: Site
    gull: Site
    copytrail: Copytrail


PATHS = ("same", "edited", "moved", "gone", "blocked", "down", "forbidden")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with Site() as lenne, Site(name="localhost") as gull:
        copytrail = Copytrail(tmp_path_factory.mktemp("live"))
        items = [(lenne.url + path, f"The {path} ferry", "") for path in PATHS]
        lenne.pages["/feed"] = rss(*items)
        for path in PATHS:
            words = " ".join(f"{path}{number}" for number in range(60))
            lenne.pages[f"/{path}"] = article(f"The {path} ferry", credit=f"<p>{words}</p>")
        credit = f'<p>This story originally appeared on <a href="{lenne.url}same">Lenne</a>.</p>'
        words = " ".join(f"same{number}" for number in range(60))
        gull.pages |= {
            "/feed": rss((gull.url + "taken", "Ferry", "")),
            "/taken": article("Ferry", "Gull", f"<p>{words}</p>{credit}", "2024-03-06"),
        }
        watch(copytrail.home, "lenne", "Lenne", lenne.url)
        watch(copytrail.home, "gull", "Gull", gull.url)
        copytrail.well("run")
        yield Live(lenne, gull, copytrail)


def test_no_more_pages_than_asked_for_and_those_unseen_for_longest(live: Live) -> None:
    lenne, _, copytrail = live
    before = len(lenne.paths())
    (first,) = copytrail.rows("audit", "--only", "live", "--limit", "2")
    asked = [path for path in lenne.paths()[before:] if path != "/robots.txt"]
    assert len(first["live"]) == 2
    assert len(asked) <= 2
    (second,) = copytrail.rows("audit", "--only", "live", "--limit", "2")
    assert not {row["url"] for row in first["live"]} & {row["url"] for row in second["live"]}


def test_pages_are_fetched_again_and_told_apart(live: Live) -> None:
    lenne, _, copytrail = live
    edited = str(lenne.pages["/edited"].body)  # type: ignore[union-attr]
    lenne.pages |= {
        "/edited": Answer(edited.replace("noon on Tuesday", "dusk on Friday")),
        "/moved": Answer("", 301, {"Location": "/elsewhere"}),
        "/elsewhere": lenne.pages["/moved"],
        "/gone": Answer("gone", 410),
        "/blocked": Answer("no", 403),
        "/down": Answer("", 500),
        "/robots.txt": Answer("User-agent: *\nDisallow: /forbidden\n", kind="text/plain"),
    }
    ended = copytrail.run("audit", "--only", "live", "--json")
    (report,) = ended.rows()
    assert ended.code == 3  # what could not be seen is not fine
    states = {row["url"].rpartition("/")[2]: row for row in report["live"]}
    told = {path: row["state"] for path, row in states.items()}
    assert told == {
        "same": "unchanged", "edited": "edited", "moved": "moved", "gone": "gone",
        "blocked": "blocked", "down": "unreachable", "forbidden": "blocked", "taken": "unchanged",
    }  # fmt: skip
    assert any("Friday" in edit["after"] for edit in states["edited"]["edits"])
    assert states["moved"]["moved_to"] == lenne.url + "elsewhere"
    assert {row["url"].rpartition("/")[2] for row in report["unverifiable"]} == {
        "blocked", "down", "forbidden",
    }  # fmt: skip
    assert {row["url"].rpartition("/")[2] for row in report["notes"]} == {"edited", "moved", "gone"}
    (pair,) = states["taken"]["pairs"]
    assert (pair["original_url"], pair["contained_now"]) == (lenne.url + "same", 1.0)
    # Each look is a sealed capture.
    rows = captures(copytrail)
    for path, row in states.items():
        if path != "forbidden":
            assert rows[row["capture"]]["route"] == "recheck", path
    assert "robots.txt" in states["forbidden"]["says"]
    copytrail.audit()


def captures(copytrail: Copytrail) -> dict[str, Row]:
    """All captures by id."""
    from config.settings import load
    from flows.context import Context
    from storage.records import Capture

    context = Context(load({"COPYTRAIL_HOME": str(copytrail.home)}, copytrail.folder))
    found: dict[str, Row] = {}
    for _, run in context.catalog.runs():
        for one in context.catalog.captures(run=run.id):
            assert isinstance(one, Capture)
            found[one.id] = {"route": one.route, "url": one.url}
    return found
