"""Articles are fetched again when they are due, and a feed that moved on too far is told."""

from pathlib import Path

import pytest

from tests.journeys.copytrail import Copytrail
from tests.journeys.outages import OUTLET, wait_for, watch_outlet
from tests.spiders.small_site import Answer, Site, article, rss

DATE = "Tue, 05 Mar 2024 09:00:00 GMT"


@pytest.fixture
def copytrail(tmp_path: Path) -> Copytrail:
    return Copytrail(tmp_path, COPYTRAIL_RECHECKS="1s 30d", COPYTRAIL_REVISIT_DAYS="0")


def unless(tag: str, page: Answer) -> Answer:
    return Answer(page.body, headers={"ETag": tag})


def test_what_is_due_is_fetched_again_conditionally(copytrail: Copytrail) -> None:
    with Site() as site:
        stories = {f"/2024/03/{name}": unless(f'"{name}"', article(name)) for name in ("a", "b")}
        site.pages |= stories
        for path, story in stories.items():
            tag = story.headers["ETag"]
            site.pages[path] = lambda asked, story=story, tag=tag: (  # type: ignore[misc]
                Answer(status=304) if asked.get("if-none-match") == tag else story
            )
        site.pages["/feed"] = rss(*((site.url + path[1:], "x", DATE) for path in stories))
        watch_outlet(copytrail, site.url)
        copytrail.well("run")
        wait_for(lambda: len(copytrail.rows("recheck", "--dry-run")) == 2)
        assert copytrail.rows("status")[0]["due"] == 2
        site.asked.clear()
        del site.pages["/2024/03/b"]  # one is gone, the other is as it was
        (done,) = copytrail.rows("recheck")
        assert sorted(set(site.paths()) - {"/robots.txt"}) == sorted(stories)
        assert all("if-none-match" in one.headers for one in site.asked if "2024" in one.path)
        assert done["run"]["kind"] == "recheck"
        assert done["run"]["outcome"] == "complete"
        assert (done["run"]["counts"]["unchanged"], done["run"]["counts"]["gone"]) == (1, 1)
        site.asked.clear()
        assert copytrail.rows("recheck", "--dry-run") == []
        assert "Nothing is due" in copytrail.well("recheck").stderr
        assert site.asked == []
    states = {row["title"]: row["state"] for row in copytrail.rows("articles")}
    assert states == {"a": "live", "b": "gone"}
    copytrail.audit()


def test_a_feed_without_what_it_had_before_is_told(copytrail: Copytrail) -> None:
    with Site() as site:

        def publish(*names: str) -> None:
            for name in names:
                site.pages[f"/2024/03/{name}"] = article(name)
            site.pages["/feed"] = rss(*((f"{site.url}2024/03/{one}", one, DATE) for one in names))

        watch_outlet(copytrail, site.url)
        publish("a", "b", "c")
        assert copytrail.run("run").code == 0
        publish("b", "c", "d")
        (second,) = copytrail.rows("run")
        counts = second["run"]["counts"]
        assert (counts["feed_entries"], counts["feed_repeats"]) == (3, 2)
        publish("f", "g")  # who knows what stood between d and f
        third = copytrail.run("run", "--json")
    assert third.code == 1
    (row,) = third.rows()
    (problem,) = row["run"]["problems"]
    assert problem["what"].startswith("none of its 2 entries was there at the visit of 20")
    assert problem["url"].endswith("/feed")
    (fares,) = copytrail.run("status", OUTLET, "--json").rows()
    assert "may have been missed" in fares["says"][0]
    assert fares["overlap"] == 0.4  # 2 of 3, and 0 of 2
