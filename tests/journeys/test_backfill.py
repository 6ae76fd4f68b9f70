"""Back over a year of an outlet, by each route: every article once, whatever happens on the way."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from config.registry import Listing, Politeness, Source, dump_source
from flows.gathering import first_published
from storage.catalog import Catalog, open_catalog
from storage.identity import canonical_url
from storage.records import Capture
from tests.journeys.copytrail import Copytrail, Row
from tests.journeys.outages import (
    GONE,
    Working,
    alive,
    captured,
    kill,
    left_in_work,
    wait_for,
    working,
)
from tests.outlets.archived import CommonCrawl, Wayback, captured_at, stamp, warc_of
from tests.outlets.served import Said
from tests.outlets.year import COUNT, Courier, day_of

# Archives come by two days after the publication: of the year's last story on December 28.
YEAR = ("backfill", "fjord", "--from", "2021-01-01", "--to", "2021-12-31")
WINTER = ("backfill", "fjord", "--from", "2021-01-01", "--to", "2021-02-28")
IN_WINTER = [n for n in range(COUNT) if day_of(n).month < 3]
BUSY = Said(b"too many", 429, "text/plain", {"Retry-After": "1"})
AWAY = Said(b"down for maintenance", 503, "text/plain", {"Retry-After": "3600"})
KILLS = 5


@pytest.fixture
def courier() -> Iterator[Courier]:
    with Courier() as one:
        yield one


def watched(folder: Path, courier: Courier, *ways: str, **env: str) -> Copytrail:
    """A home with a source file of the outlet, which names these of its lists."""
    lists: dict[str, dict[str, Any]] = {
        "sitemap": {"sitemaps": (courier.url + "sitemap.xml",)},
        "api": {"api": courier.url + "wp-json/wp/v2/"},
        "listing": {"listings": (Listing(courier.url + "news"),)},
        "day": {"day_pages": courier.url + "{year}/{month}/{day}/"},
    }
    copytrail = Copytrail(folder, **env)
    sources = copytrail.home / "sources"
    sources.mkdir(parents=True)
    source = Source(
        id="fjord", name="Fjord Courier", homepage=courier.url, politeness=Politeness(delay=0),
        enabled=False,
        **{name: value for way in ways for name, value in lists[way].items()},
    )  # fmt: skip
    (sources / "fjord.yml").write_text(dump_source(source))
    return copytrail


def asks_wayback(archive: Wayback) -> dict[str, str]:
    return {
        "COPYTRAIL_WAYBACK_URL": archive.url + "web/",
        "COPYTRAIL_CDX_URL": archive.url + "cdx/search/cdx",
    }


def catalog_of(copytrail: Copytrail) -> Catalog:
    return open_catalog(f"sqlite:///{copytrail.home / 'catalog.sqlite'}")


def shown(copytrail: Copytrail) -> dict[str, Capture]:
    """The captures of all articles, by the article's address; of each article there is one."""
    rows: list[Row] = copytrail.rows("articles")
    captures = {one.id: one for one in catalog_of(copytrail).captures()}
    found = {row["url"]: captures[row["capture"]] for row in rows}
    assert len(found) == len(rows)
    return found


def entries(copytrail: Copytrail) -> int:
    return len(list(copytrail.store.glob("log/*.json")))


@pytest.mark.parametrize("way", ["sitemap", "api", "listing", "day"])
def test_by_the_outlets_own_lists(tmp_path: Path, courier: Courier, way: str) -> None:
    copytrail = watched(tmp_path, courier, way)
    asked, count = (YEAR, COUNT) if way != "day" else (WINTER, len(IN_WINTER))
    ended = copytrail.well(*asked, "--split", "year")
    found = shown(copytrail)
    assert set(found) == set(courier.articles[:count])
    assert len(courier.visited()) == count
    assert {one.route for one in found.values()} == {"backfill-site"}
    assert "No day has fewer articles than usual" in ended.stdout
    before = len(courier.asked)
    again = copytrail.well(*asked, "--split", "year")
    assert "windows are done already" in again.stderr
    assert (len(courier.asked), entries(copytrail)) == (before, 1)


def test_by_a_web_archive(tmp_path: Path, courier: Courier) -> None:
    with Wayback(courier) as archive:
        copytrail = watched(tmp_path, courier, **asks_wayback(archive))
        archive.faults = [BUSY]
        copytrail.well(*YEAR, "--via", "wayback", "--split", "year")
        found = shown(copytrail)
        assert set(found) == set(courier.articles)
        assert not courier.visited()
        first = courier.articles[0]
        assert found[first].route == "backfill-wayback"
        assert found[first].url.endswith(f"/web/{stamp(captured_at(0))}id_/{first}")
        dated = first_published(catalog_of(copytrail), canonical_url(first))
        assert dated is not None
        kinds = [one.kind for one in dated.evidence]  # the page prints its date three times
        assert (set(kinds), kinds.count("web-archive")) == ({"printed", "web-archive"}, 1)
        before = len(archive.asked)
        copytrail.well(*YEAR, "--via", "wayback", "--split", "year")
        assert (len(archive.asked), entries(copytrail)) == (before, 1)
        copytrail.audit()


def test_a_web_archive_that_is_down_is_not_an_empty_one(tmp_path: Path, courier: Courier) -> None:
    with Wayback(courier, text=True) as archive:
        copytrail = watched(tmp_path, courier, **asks_wayback(archive))
        archive.faults = [AWAY]
        words = (*WINTER, "--via", "wayback")
        ended = copytrail.run(*words)
        assert ended.code == 1
        assert "does not answer" in ended.stderr
        assert "asks to be left alone for 3600 s" in ended.stderr
        assert len(archive.asked) == 2  # robots.txt, and the index once: no second window
        copytrail.well(*words)
        archived = [n for n in IN_WINTER if captured_at(n).month < 3]
        assert len(shown(copytrail)) == len(archived)
    ended = copytrail.run("backfill", "fjord", "--from", "2021-04-01", "--to", "2021-05-31")
    assert ended.code == 1
    assert "connection refused" in ended.stderr


def test_by_ranges_of_common_crawl(tmp_path: Path, courier: Courier) -> None:
    with CommonCrawl(courier) as crawl:
        copytrail = watched(
            tmp_path, courier, COPYTRAIL_COMMONCRAWL_URL=crawl.url + "collinfo.json",
            COPYTRAIL_COMMONCRAWL_DATA_URL=crawl.url,
        )  # fmt: skip
        copytrail.well(*YEAR, "--via", "commoncrawl", "--split", "year")
        found = shown(copytrail)
        assert set(found) == set(courier.articles)
        first = found[courier.articles[0]]
        assert (first.route, first.why) == ("import", "index")
        assert first.fetched_at == f"{captured_at(0):%Y-%m-%dT%H:%M:%S}.000000Z"
        assert first.via
        assert first.via.startswith(crawl.url + "crawl-data/")
        before = len(crawl.asked)
        copytrail.well(*YEAR, "--via", "commoncrawl", "--split", "year")
        assert (len(crawl.asked), entries(copytrail)) == (before, 1)
        copytrail.audit()


def test_by_files(tmp_path: Path, courier: Courier) -> None:
    copytrail = watched(tmp_path, courier)
    warc_of(tmp_path / "theirs.warc.gz", courier)
    with zipfile.ZipFile(tmp_path / "theirs.wacz", "w") as packed:
        packed.write(tmp_path / "theirs.warc.gz", "archive/data.warc.gz")
        packed.writestr("pages/pages.jsonl", "{}")
    words = (*YEAR, "--file", str(tmp_path / "theirs.wacz"))
    copytrail.well(*words)
    found = shown(copytrail)
    assert set(found) == set(courier.articles)
    assert {one.route for one in found.values()} == {"import"}
    assert "imported before" in copytrail.well(*words).stderr
    assert entries(copytrail) == 1


def test_all_routes_in_order_and_the_days_that_none_has(tmp_path: Path, courier: Courier) -> None:
    """The archive has what the outlet lists no more; what neither has is told."""
    with Wayback(courier) as archive:
        copytrail = watched(tmp_path, courier, "sitemap", **asks_wayback(archive))
        lost, missed = range(3, 8), range(12, 22)
        for number in (*lost, *missed):
            courier.numbers.pop(courier.articles[number].removeprefix(courier.url[:-1]))
        for number in missed:
            archive.forget(courier.articles[number])
        half = ("backfill", "fjord", "--from", "2021-01-01", "--to", "2021-06-30")
        ended = copytrail.run(*half, "--split", "year")
        routes = {url: one.route for url, one in shown(copytrail).items()}
        assert ended.code == 0, ended  # what is gone is a finding
        assert {n for n in lost if routes[courier.articles[n]] == "backfill-wayback"} == set(lost)
        assert not {courier.articles[n] for n in missed} & set(routes)
        again = copytrail.well(*half, "--split", "year", "--json")
        (gap,) = again.rows()  # nothing is left to do, so it is all that is said
        first, last = day_of(missed[0] - 1), day_of(missed[-1] + 1)
        assert (gap["since"], gap["until"], gap["articles"]) == (
            str(first + timedelta(days=1)), str(last - timedelta(days=1)), 0
        )  # fmt: skip


def has_come_to(courier: Courier, pages: int, run: Working) -> bool:
    return len(set(courier.visited())) >= pages or run.process.poll() is not None


def test_killed_five_times(tmp_path: Path, courier: Courier) -> None:
    copytrail = watched(tmp_path, courier, "sitemap", "api")
    words = (*YEAR, "--split", "quarter")
    for number in range(1, KILLS + 1):
        with working(copytrail, *words) as run:
            wait_for(partial(has_come_to, courier, number * 10, run))
            assert run.process.poll() is None, run.told()
            children = run.children()
            run.process.kill()
            for child in children[: number % 2]:
                kill(child)
            for child in children:
                wait_for(lambda child=child: not alive(child), GONE)  # type: ignore[misc]
    ended = copytrail.run(*words)
    assert ended.code == 0, ended
    assert captured(copytrail) == set(courier.articles)
    assert len(copytrail.rows("articles")) == COUNT
    assert left_in_work(copytrail) == []
    # What was under way when a crawl was killed is asked for again, one page each time.
    assert len(courier.visited()) <= COUNT + KILLS
    copytrail.audit()
    before = len(courier.asked), entries(copytrail)
    copytrail.well(*words)
    assert (len(courier.asked), entries(copytrail)) == before


def test_the_limit_and_the_plan(tmp_path: Path, courier: Courier) -> None:
    copytrail = watched(tmp_path, courier, "sitemap")
    plan = copytrail.rows(*WINTER, "--dry-run")
    assert [(row["since"], row["until"], row["done"]) for row in plan] == [
        ("2021-01-01", "2021-01-31", False), ("2021-02-01", "2021-02-28", False)
    ]  # fmt: skip
    assert courier.asked == []
    limited = copytrail.run(*WINTER, "--limit", "5")
    assert (limited.code, len(courier.visited())) == (1, 5)
    copytrail.well(*WINTER)
    assert len(courier.visited()) == len(shown(copytrail)) == len(IN_WINTER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2021-02-01", "--to", "2021-01-01"), "is after --to"),
        (("--from", "2999-01-01", "--to", "2999-02-01"), "is in the future"),
        (
            ("--from", "2021-01-01", "--to", "2021-02-01", "--dry-run", "--file", "x"),
            "no such file",
        ),
        (("--from", "soon", "--to", "2021-01-01"), "--from soon: not a day"),
        (("--from", "2021-01-01", "--to", "2021-02-01", "--via", "post"), "no such route"),
        (("--from", "2021-01-01", "--to", "2021-02-01", "--via", "wayback"), "wayback_url"),
        (("--from", "2021-01-01", "--to", "2021-02-01"), "names no sitemap"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, courier: Courier, words: tuple[str, ...], said: str
) -> None:
    ended = watched(tmp_path, courier).run("backfill", "fjord", *words)
    assert ended.code == 2
    assert said in " ".join(ended.stderr.split())
