"""`copytrail network`, from an archive to its table and files."""

import json
from pathlib import Path

import networkx
import pytest

from tests.journeys.copytrail import Copytrail
from tests.journeys.small import small


@pytest.fixture(scope="module")
def copytrail(tmp_path_factory: pytest.TempPathFactory) -> Copytrail:
    return small(tmp_path_factory.mktemp("network"))


def test_the_network_of_an_archive(copytrail: Copytrail, tmp_path: Path) -> None:
    (found,) = copytrail.rows("network")
    flows = {(one["original"], one["copier"]): one for one in found["flows"]}
    assert set(flows) == {
        ("northquay.example", "relay.example"), ("northquay.example", "echo.example")
    }  # fmt: skip
    assert flows["northquay.example", "relay.example"]["credited"] == 1
    assert flows["northquay.example", "echo.example"]["verdicts"] == {"unclaimed": 1}
    by_id = {one["id"]: one for one in found["outlets"]}
    assert (by_id["echo.example"]["pages"], by_id["echo.example"]["share_copied"]) == (2, 0.5)
    table = copytrail.well("network").stdout
    assert "unclaimed" in table
    assert "relay.example" in copytrail.well("network", "--csv").stdout
    graph, picture = tmp_path / "g.graphml", tmp_path / "p.svg"
    copytrail.well("network", "--graphml", str(graph), "--svg", str(picture))
    assert networkx.read_graphml(graph).number_of_edges() == 2
    assert picture.read_bytes().startswith(b"<?xml")


def test_dates_of_feeds_are_shown_with_their_contradictions(copytrail: Copytrail) -> None:
    (trail,) = copytrail.rows("trails")
    dated = {one["source"]: one["first_published"] for one in trail["articles"]}
    relay = dated["relay.example"]
    assert not relay["decided"]
    assert relay["contradictions"] == [
        "the feed says 23 February 2026, 10:02 UTC, the page prints 19 February 2026"
    ]
    assert {one["kind"] for one in relay["evidence"]} == {"printed", "feed", "import"}
    # The relay's feed gives a date of North Quay's page, too; that is not for it to say.
    assert {one["kind"] for one in dated["northquay.example"]["evidence"]} == {"printed", "import"}
    assert (
        "the feed says 23 February" in copytrail.well("trace", "https://relay.example/taken").stdout
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--from", "2026-02-30"), 2, "not a day"),
        (("--from", "20260220"), 2, "not a day"),
        (("--from", "2026-03-01", "--to", "2026-02-01"), 2, "is after"),
        (("--json", "--csv"), 2, "choose one"),
        (("--from", "2030-01-01"), 1, "No copies"),
        (("--svg", "/nowhere/at/all.svg"), 2, "No such file"),
    ],
)
def test_what_cannot_be_shown_is_told(
    copytrail: Copytrail, words: tuple[str, ...], code: int, told: str
) -> None:
    ended = copytrail.run("network", *words)
    assert ended.code == code
    assert told in " ".join(ended.stderr.split())


def test_an_empty_period_is_still_json(copytrail: Copytrail) -> None:
    ended = copytrail.run("network", "--from", "2030-01-01", "--json")
    assert ended.code == 1
    assert json.loads(ended.stdout)["flows"] == []
