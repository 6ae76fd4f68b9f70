"""How we behave towards a host: delays, Crawl-delay, Retry-After, back-off, and who we are.

Conditional requests, robots.txt that forbids or fails, and the contact that a public host needs are
in test_child_crawl.py."""

import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest

from config.registry import Politeness, Source
from config.settings import Settings
from flows.crawling import crawl
from spiders.job import Closed, Job
from spiders.politeness import MAX_BUSY
from tests.spiders.small_site import Answer, Site, article, rss

PAGES = 4


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        urls = [f"{one.url}2024/03/story-{number}" for number in range(PAGES)]
        one.pages["/feed"] = rss(*((url, "The ferry", "") for url in urls))
        for number, url in enumerate(urls):
            title = f"The ferry stops, part {number}"
            one.pages["/" + url.removeprefix(one.url)] = timed(one, article(title))
        yield one


TIMES: dict[int, list[float]] = {}


def timed(site: Site, answer: Answer) -> Callable[[dict[str, str]], Answer]:
    """The answer, its time noted."""

    def route(_: dict[str, str]) -> Answer:
        TIMES.setdefault(id(site), []).append(time.monotonic())
        return answer

    return route


def gaps(site: Site) -> list[float]:
    times = TIMES[id(site)]
    return [later - earlier for earlier, later in pairwise(times)]


def crawled(site: Site, folder: Path, delay: float, at_once: int = 4, **more: object) -> Closed:
    TIMES.pop(id(site), None)
    source = Source(
        id="lenne", name="Lenne", homepage=site.url, feeds=(site.url + "feed",),
        politeness=Politeness(delay, at_once),
    )  # fmt: skip
    settings = Settings(allow_private_addresses=True, **more)  # type: ignore[arg-type]
    return crawl(Job(run="R1", folder=folder, source=source, settings=settings), lambda _: None)


def test_the_delay_of_the_source_is_kept(site: Site, tmp_path: Path) -> None:
    assert crawled(site, tmp_path, 0.5).counts["articles"] == PAGES
    assert min(gaps(site)) > 0.4  # several may be under way; they begin apart


def test_crawl_delay_raises_it(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 0.6\n", kind="text/plain")
    crawled(site, tmp_path, 0.01)
    assert min(gaps(site)) > 0.5


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_a_busy_host_is_left_in_peace(site: Site, tmp_path: Path, status: int, form: str) -> None:
    def busy(_: dict[str, str]) -> Answer:
        TIMES.setdefault(id(site), []).append(time.monotonic())
        site.pages["/2024/03/story-0"] = timed(site, article("The ferry stops"))
        date = formatdate(time.time() + 3, usegmt=True)
        value = {"seconds": "2", "date": date, "none": ""}[form]
        return Answer("", status, {"Retry-After": value} if value else {})

    site.pages["/2024/03/story-0"] = busy
    done = crawled(site, tmp_path, 0.01)
    assert done.counts["articles"] == PAGES  # it was asked again, and gave it
    # Others that were under way may come at once; then there is a rest, at least a second.
    assert max(gaps(site)) > (0.9 if form == "none" else 1.7)


def test_answers_under_way_shorten_no_rest(site: Site, tmp_path: Path) -> None:
    def busy(_: dict[str, str]) -> Answer:
        TIMES.setdefault(id(site), []).append(time.monotonic())
        site.pages["/2024/03/story-0"] = timed(site, article("The ferry stops"))
        return Answer("", 503, {"Retry-After": "2"})

    def late(_: dict[str, str]) -> Answer:
        TIMES.setdefault(id(site), []).append(time.monotonic())
        time.sleep(0.7)  # the answer comes after the host has said that it is busy
        return article("The ferry stops, late")

    site.pages |= {"/2024/03/story-0": busy, "/2024/03/story-1": late, "/2024/03/story-2": late}
    crawled(site, tmp_path, 0.01)
    assert max(gaps(site)) > 1.7


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_host_that_asks_for_more_rest_than_we_wait_is_left_alone(
    site: Site, tmp_path: Path, form: str
) -> None:
    date = formatdate(time.time() + 3600, usegmt=True)
    busy = Answer("", 503, {"Retry-After": "3600" if form == "seconds" else date})
    site.pages |= {f"/2024/03/story-{number}": timed(site, busy) for number in range(PAGES)}
    closed = crawled(site, tmp_path, 0.5, at_once=1)
    assert len(TIMES[id(site)]) == 1
    first, *others = closed.problems
    assert first.what == "HTTP status 503"
    assert len(others) == PAGES - 1
    assert all("asked to be left alone for" in one.what for one in others)


def test_a_host_that_is_always_busy_is_left_to_the_next_run(site: Site, tmp_path: Path) -> None:
    site.pages |= {
        f"/2024/03/story-{number}": timed(site, Answer("", 429)) for number in range(PAGES)
    }
    closed = crawled(site, tmp_path, 0.01, at_once=1)
    assert len(TIMES[id(site)]) == MAX_BUSY
    assert min(gaps(site)) > 0.9
    assert closed.problems[-1].what.endswith(f"was too busy {MAX_BUSY} times in a row")


def test_a_slow_host_is_asked_less_often(site: Site, tmp_path: Path) -> None:
    def slow(_: dict[str, str]) -> Answer:
        TIMES.setdefault(id(site), []).append(time.monotonic())
        time.sleep(0.8)
        return article("The ferry stops, slowly")

    names = [f"2024/03/slow-{number}" for number in range(7)]
    site.pages["/feed"] = rss(*((site.url + name, "The ferry", "") for name in names))
    site.pages |= {"/" + name: slow for name in names}
    crawled(site, tmp_path, 0.1)
    # Four begin at the source's delay; once they have answered, the next begin 0.8 s apart.
    assert max(gaps(site)[:3]) < 0.5
    assert min(gaps(site)[-2:]) > 0.6


def test_who_we_are_stands_in_each_request(site: Site, tmp_path: Path) -> None:
    crawled(site, tmp_path, 0.01, contact="archive@lenne.test")
    agents = {one.headers["user-agent"] for one in site.asked}
    assert agents == {"copytrail/0.1 (+archive@lenne.test)"}
    assert all("cookie" not in one.headers and "referer" not in one.headers for one in site.asked)


def test_all_who_ask_at_once_heed_the_robots_txt(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Answer("User-agent: *\nDisallow: /2024/\n", kind="text/plain")
    urls = tuple(f"{site.url}2024/03/story-{number}" for number in range(PAGES))
    settings = Settings(allow_private_addresses=True)
    job = Job(run="R1", folder=tmp_path, kind="recheck", urls=urls, settings=settings)
    closed = crawl(job, lambda _: None)
    assert site.paths() == ["/robots.txt"]
    assert {one.url for one in closed.problems} == set(urls)
