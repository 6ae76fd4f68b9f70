"""What `versions`, `trace` and `show-diff` say of pages that changed between two visits."""

from tests.journeys.bundled import Bundled
from tests.journeys.copytrail import Row


def line(bundled: Bundled, url: str) -> Row:
    (found,) = bundled.copytrail.rows("versions", url)
    return found


def test_the_edited_article(bundled: Bundled) -> None:
    url = bundled.truth(1)["single"]["edited"]["article"]
    found = line(bundled, url)
    assert [one["number"] for one in found["versions"]] == [1, 2]
    (event,) = found["events"]
    assert event["kind"] == "edit"  # its date of update changed with it
    second = bundled.visits[2].run.rows()[0]["run"]["started_at"]
    assert event["after"]["at"] < second < event["before"]["at"]
    was, now = (bundled.truth(visit)["articles"][url]["text"] for visit in (1, 2))
    assert event["edits"]
    for edit in event["edits"]:
        assert edit["before"] in " ".join(was)
        assert edit["after"] in " ".join(now)
    (trace,) = bundled.copytrail.rows("trace", url)
    assert trace["steps"][0]["events"] == found["events"]


def test_the_article_that_is_gone(bundled: Bundled) -> None:
    found = line(bundled, bundled.truth(1)["cases"]["gone_original"]["original"])
    (event,) = found["events"]
    assert (event["kind"], event["before"]["at"]) == ("gone", found["gone_at"])


def test_a_page_that_did_not_change(bundled: Bundled) -> None:
    found = line(bundled, bundled.truth(1)["cases"]["credited_copy"]["copy"])
    (version,) = found["versions"]
    assert found["events"] == []
    assert [one["captures"] for one in version["seen"]] == [2]  # the second is a 304


def test_every_copy_says_what_was_changed(bundled: Bundled) -> None:
    for row in bundled.visits[1].copies():
        assert row["compared"] == "only"
        assert row["drift"] == []
        assert ("headline" in row["edits"]) <= row["title_changed"]
    case = bundled.truth(1)["cases"]["excerpt"]
    (row,) = bundled.visits[1].copies_of(case["copy"])
    assert row["edits"]["paragraph-removed"] > 0
    changes = bundled.copytrail.rows("show-diff", case["copy"])
    kinds = [edit["kind"] for change in changes for edit in change["edits"]]
    assert {kind: kinds.count(kind) for kind in kinds} == row["edits"]


def test_people_read_it_too(bundled: Bundled) -> None:
    url = bundled.truth(1)["single"]["edited"]["article"]
    told = bundled.copytrail.well("versions", url).stdout
    assert "and the page's date of update with it" in " ".join(told.split())
    case = bundled.truth(1)["cases"]["credited_copy"]["copy"]
    assert "captures show no change" in bundled.copytrail.well("versions", case).stdout


def test_a_page_that_is_not_there(bundled: Bundled) -> None:
    ended = bundled.copytrail.run("versions", "https://nowhere.example/")
    assert (ended.code, ended.stdout) == (1, "")
    assert "copytrail follow" in ended.stderr
