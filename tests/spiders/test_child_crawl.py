"""Whole crawls in a child process, against sites on 127.0.0.1."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from config.registry import Articles, Politeness, Source
from config.settings import Settings
from flows.crawling import CrawlFailed, crawl
from spiders.crawlers.titles import query
from spiders.job import AnyEvent, Closed, Fetched, Job, JobKind, KnownPage, Log, Trouble
from storage.identity import canonical_url
from tests.spiders.small_site import PARAGRAPHS, Answer, Site, article, rss

SETTINGS = Settings(allow_private_addresses=True, max_exchange_seconds=10)
QUICK = Politeness(delay=0.01)


class Heard:
    """A crawl's result and events."""

    def __init__(self, closed: Closed, events: list[AnyEvent]) -> None:
        self.closed = closed
        self.events = events
        self.fetched = [(one.url, one.status) for one in events if isinstance(one, Fetched)]
        self.problems = [one.what for one in events if isinstance(one, Trouble)]
        self.log = [one.message for one in events if isinstance(one, Log)]


Crawl = Callable[..., Heard]


@pytest.fixture
def run_job(tmp_path: Path) -> Crawl:
    def run(kind: JobKind = "archive", **more: object) -> Heard:
        events: list[AnyEvent] = []
        job = Job(run="R1", folder=tmp_path, kind=kind, **{"settings": SETTINGS, **more})  # type: ignore[arg-type]
        return Heard(crawl(job, events.append), events)

    return run


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


@pytest.fixture
def other() -> Iterator[Site]:
    """Another publisher's: the machine's other name."""
    with Site(name="localhost") as one:
        yield one


def source_of(site: Site, **more: object) -> Source:
    fields = {"feeds": (site.url + "feed",), "politeness": QUICK} | more
    return Source(id="lenne", name="Lenne Courier", homepage=site.url, **fields)  # type: ignore[arg-type]


def three(site: Site) -> list[str]:
    """A feed of three articles; their addresses, newest first."""
    days = {"c": "07", "b": "06", "a": "05"}
    urls = [f"{site.url}2024/03/story-{name}" for name in days]
    site.pages["/feed"] = rss(
        *((url, f"Story {url[-1]}", f"{days[url[-1]]} Mar 2024 08:00:00 GMT") for url in urls[::-1])
    )
    for url in urls:
        site.pages["/" + url.removeprefix(site.url)] = article(f"The ferry stops, part {url[-1]}")
    return urls


def known_file(folder: Path, *pages: KnownPage) -> Path:
    path = folder / "known.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(page) + b"\n" for page in pages))
    return path


def known(url: str, **more: object) -> KnownPage:
    return KnownPage(url=url, canonical_url=canonical_url(url), **more)  # type: ignore[arg-type]


def test_a_feed_is_read_and_its_articles_fetched_newest_first(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    heard = run_job(source=source_of(site))
    assert heard.closed.reason == "finished"
    assert heard.problems == []
    assert [url for url, status in heard.fetched if "story" in url and status == 200] == urls
    assert heard.closed.counts["articles"] == 3
    # robots.txt stands before everything else.
    assert site.paths()[0] == "/robots.txt"
    assert all(one.headers["user-agent"] == SETTINGS.user_agent for one in site.asked)


def test_only_articles_of_the_site_that_the_source_admits(run_job: Crawl, site: Site) -> None:
    feed = [(site.url + "2024/ok", "a", ""), (site.url + "advert/x", "b", "")]
    feed.append(("http://127.0.0.1:9/elsewhere", "c", ""))
    site.pages["/feed"] = rss(*feed)
    site.pages["/2024/ok"] = article("The ferry stops")
    heard = run_job(source=source_of(site, articles=Articles(include=("/2024/",))))
    assert heard.problems == []
    assert site.paths() == ["/robots.txt", "/feed", "/2024/ok"]


def test_sitemap_api_and_listing_are_read_with_their_further_pages(
    run_job: Crawl, site: Site
) -> None:
    names = [f"story-number-{number}" for number in range(1, 6)]
    for name in names:
        site.pages[f"/{name}"] = article(f"The ferry stops: {name}")
    site.pages["/map.xml"] = Answer(
        f"<sitemapindex><sitemap><loc>{site.url}m1.xml</loc></sitemap></sitemapindex>"
    )
    site.pages["/m1.xml"] = Answer(f"<urlset><url><loc>{site.url}{names[0]}</loc></url></urlset>")
    fields = "_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    for number in (1, 2):
        site.pages[f"/api/wp/v2/posts?per_page=100&page={number}&{fields}"] = Answer(
            msgspec.json.encode([{"link": site.url + names[number]}]).decode(),
            headers={"X-WP-TotalPages": "2"},
            kind="application/json",
        )
    site.pages["/news"] = Answer(f'<a href="/{names[3]}">x</a><a rel="next" href="/news?p=2">2</a>')
    site.pages["/news?p=2"] = Answer(f'<a href="/{names[4]}">x</a><a rel="next" href="/news">2</a>')
    source = source_of(
        site,
        feeds=(),
        sitemaps=(site.url + "map.xml",),
        api=site.url + "api/wp/v2/",
        listings=msgspec.convert([{"url": site.url + "news"}], Source.__annotations__["listings"]),
    )
    heard = run_job(source=source)
    assert heard.problems == []
    assert {url.removeprefix(site.url) for url, _ in heard.fetched} >= set(names)


def test_a_source_without_anything_configured_is_read_from_its_home_page(
    run_job: Crawl, site: Site
) -> None:
    site.pages["/"] = Answer('<a href="/2024/03/the-ferry-stops">The ferry stops</a>')
    site.pages["/2024/03/the-ferry-stops"] = article("The ferry stops")
    heard = run_job(source=source_of(site, feeds=()))
    assert heard.closed.counts["articles"] == 1


def test_one_failed_feed_stops_no_other(run_job: Crawl, site: Site) -> None:
    three(site)
    feeds = (site.url + "missing", site.url + "feed")
    heard = run_job(source=source_of(site, feeds=feeds))
    assert heard.closed.counts["articles"] == 3
    assert heard.problems == ["feed could not be read: HTTP status 404"]
    assert heard.closed.problems[0].url == site.url + "missing"


def test_an_unreachable_outlet_is_said_clearly(run_job: Crawl) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        address = f"127.0.0.1:{held.getsockname()[1]}"
        source = Source(
            id="lenne", name="L", homepage=f"http://{address}/", feeds=(f"http://{address}/feed",)
        )
        heard = run_job(source=source)
    assert heard.problems == [f"feed could not be read: cannot reach {address}: connection refused"]
    assert heard.closed.reason == "finished"


def test_a_site_that_goes_down_is_left_to_the_next_run(run_job: Crawl) -> None:
    with Site() as site:

        def last(_: dict[str, str]) -> Answer:
            site.close()
            return Answer("gone down", 404, {"Connection": "close"})

        urls = [f"{site.url}2024/03/story-{number}" for number in range(20)]
        site.pages["/feed"] = rss(*((url, "T", "") for url in urls))
        site.pages["/2024/03/story-0"] = last
        heard = run_job(source=source_of(site))
    assert heard.problems[0] == "HTTP status 404"
    assert "connection refused; 14 pages that waited were left out" in heard.problems[5]
    assert len(heard.problems) == 7


def test_an_article_that_fails_is_a_problem_of_its_own(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    site.pages["/2024/03/story-c"] = Answer("broken", 410)
    heard = run_job(source=source_of(site))
    assert [(one.what, one.url) for one in heard.closed.problems] == [("HTTP status 410", urls[0])]
    assert heard.closed.counts["articles"] == 2


def test_a_busy_server_is_asked_again_later(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    answers = [Answer("", 503, {"Retry-After": "1"}), article("The ferry stops, part c")]
    site.pages["/2024/03/story-c"] = lambda _: answers.pop(0)
    heard = run_job(source=source_of(site))
    assert heard.problems == []
    assert [status for url, status in heard.fetched if url == urls[0]] == [200]
    assert site.paths().count("/2024/03/story-c") == 2


def test_the_page_limit_is_kept_and_told(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    settings = msgspec.structs.replace(SETTINGS, max_pages=1)
    heard = run_job(source=source_of(site), settings=settings)
    assert [url for url, _ in heard.fetched if "story" in url] == urls[:1]
    assert heard.closed.limits_reached == ("max_pages",)


def test_the_byte_limit_is_kept_and_told(run_job: Crawl, site: Site) -> None:
    three(site)
    settings = msgspec.structs.replace(SETTINGS, max_run_bytes=2000)
    heard = run_job(source=source_of(site), settings=settings)
    assert heard.closed.limits_reached == ("max_run_bytes",)
    assert 1 <= heard.closed.counts["articles"] < 3


def test_the_window_leaves_out_what_is_known_to_lie_outside(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    heard = run_job(source=source_of(site), since="2024-03-06", until="2024-03-06")
    assert [url for url, _ in heard.fetched if "story" in url] == [urls[1]]
    assert heard.closed.counts["outside_window"] == 2


def test_known_pages_are_asked_for_conditionally_and_left_alone_when_not_due(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    urls = three(site)

    def story_c(headers: dict[str, str]) -> Answer:
        same = headers.get("if-none-match") == '"v1"'
        return Answer("", 304) if same else article("The ferry stops, part c")

    site.pages["/2024/03/story-c"] = story_c
    gone = site.url + "2023/gone"
    path = known_file(
        tmp_path,
        known(urls[0], etag='"v1"', last_modified="Thu, 07 Mar 2024 08:00:00 GMT", due=True),
        known(urls[1]),
        known(gone, due=True),
    )
    heard = run_job(source=source_of(site), known=path)
    statuses = {url: status for url, status in heard.fetched if "/20" in url}
    assert statuses == {urls[0]: 304, urls[2]: 200, gone: 404}
    # Gone is a finding, not a failure of ours.
    assert heard.problems == []
    counts = heard.closed.counts
    assert (counts["unchanged"], counts["gone"], counts["known"]) == (1, 1, 1)


def test_robots_txt_is_obeyed(run_job: Crawl, site: Site) -> None:
    three(site)
    site.pages["/robots.txt"] = Answer(
        "User-agent: copytrail\nDisallow: /2024/03/story-b\n", kind="text/plain"
    )
    heard = run_job(source=source_of(site))
    assert "/2024/03/story-b" not in site.paths()
    assert heard.closed.counts["forbidden"] == 1
    assert any("robots.txt" in line for line in heard.log)


def test_new_articles_come_before_visits_to_known_ones(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    urls = three(site)
    path = known_file(tmp_path, known(urls[0], due=True), known(urls[1], due=True))
    settings = msgspec.structs.replace(SETTINGS, max_pages=2)
    heard = run_job(source=source_of(site), known=path, settings=settings)
    assert [url for url, _ in heard.fetched if "story" in url] == [urls[2], urls[0]]


def test_a_page_asked_for_is_fetched_whole_though_it_is_known(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    urls = three(site)
    path = known_file(tmp_path, known(urls[0], etag='"v1"'))
    run_job("follow", urls=(urls[0],), known=path)
    assert all("if-none-match" not in one.headers for one in site.asked)


def test_a_feed_that_names_another_site_is_said_clearly(run_job: Crawl, site: Site) -> None:
    site.pages["/feed"] = rss(("http://elsewhere.example/2024/a", "A", ""))
    heard = run_job(source=source_of(site))
    assert "none of its 1 addresses (at elsewhere.example)" in heard.problems[0]


def test_robots_txt_that_fails_forbids_all(run_job: Crawl, site: Site) -> None:
    three(site)
    site.pages["/robots.txt"] = Answer("", 501)
    heard = run_job(source=source_of(site))
    assert set(site.paths()) == {"/robots.txt"}
    assert "server error" in heard.problems[0]


def test_redirects_are_followed_and_bounded(run_job: Crawl, site: Site) -> None:
    urls = three(site)
    site.pages["/2024/03/story-c"] = Answer("", 301, {"Location": "/2024/03/moved"})
    site.pages["/2024/03/moved"] = article("The ferry stops, part c")
    site.pages["/2024/03/story-b"] = Answer("", 302, {"Location": "/2024/03/story-b"})
    heard = run_job(source=source_of(site))
    assert heard.closed.counts["articles"] == 2
    assert [one.url for one in heard.closed.problems] == [urls[1]]
    assert site.paths().count("/2024/03/story-b") == SETTINGS.max_redirects + 1


def test_a_private_address_is_refused_unless_allowed(run_job: Crawl, site: Site) -> None:
    three(site)
    heard = run_job(source=source_of(site), settings=Settings())
    assert site.paths() == []
    assert "COPYTRAIL_ALLOW_PRIVATE_ADDRESSES" in heard.problems[0]


def test_a_public_host_needs_a_contact(run_job: Crawl) -> None:
    # TEST-NET addresses are not global; a literal one that is, is never connected to here.
    source = Source(id="x", name="X", homepage="http://9.9.9.9/", feeds=("http://9.9.9.9/f",))
    heard = run_job(source=source, settings=Settings())
    assert "COPYTRAIL_CONTACT" in heard.problems[0]


# Following


def credit(name: str, url: str) -> str:
    return f'<p>This article was originally published on <a href="{url}">{name}</a>.</p>'


def test_an_original_is_followed_by_its_link_through_a_chain(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon in Lenne"
    with Site() as third:
        site.pages["/feed"] = rss((site.url + "copy-of-a-copy", title, ""))
        site.pages["/copy-of-a-copy"] = article(
            title, credit=credit("Sorrel Post", other.url + "ferry-stops-at-noon")
        )
        other.pages["/ferry-stops-at-noon"] = article(
            title, "Sorrel Post", credit=credit("Brandt Wire", third.url + "2024/ferry-at-noon")
        )
        third.pages["/2024/ferry-at-noon"] = article(
            title, "Brandt Wire", credit=credit("Lenne Courier", site.url + "copy-of-a-copy")
        )
        wire = Source(id="wire", name="Brandt Wire", homepage=third.url, politeness=QUICK)
        heard = run_job(source=source_of(site), sources=(wire,))
        assert other.paths() == ["/robots.txt", "/ferry-stops-at-noon"]
        assert third.paths() == ["/robots.txt", "/2024/ferry-at-noon"]
    assert heard.closed.counts["originals_found"] >= 2
    assert site.paths().count("/copy-of-a-copy") == 1
    assert heard.problems == []


def test_a_dead_link_leads_to_a_search_by_title(run_job: Crawl, site: Site, other: Site) -> None:
    title = "Armenia -Azerbaijan Clashes, Shifting Balance of Power"
    site.pages["/feed"] = rss((site.url + "2024/copy", "Video: " + title, ""))
    site.pages["/2024/copy"] = article(
        "Video: " + title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    original = other.url + "2024/the-original"
    fields = "_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    words = "armenia+azerbaijan+clashes+shifting+balance+power"
    posts = [
        {"link": other.url + "2024/other", "title": {"rendered": "Armenia and Azerbaijan talk"}},
        {"link": original, "title": {"rendered": title.replace(" -", "&#8211;")}},
    ]
    other.pages[f"/wp-json/wp/v2/posts?search={words}&per_page=20&{fields}"] = Answer(
        msgspec.json.encode(posts).decode(), kind="application/json"
    )
    other.pages["/2024/the-original"] = article(title, "Sorrel Post")
    heard = run_job(source=source_of(site))
    assert (original, 200) in heard.fetched
    assert "/2024/other" not in other.paths()
    assert heard.problems == []


@pytest.mark.parametrize("place", ["search", "feed", "sitemap"])
def test_a_title_is_found_without_an_api(
    run_job: Crawl, site: Site, other: Site, place: str
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(title, credit=credit("Sorrel Post", "#"))
    slug = "ferry-stops-noon-while-harbour-council-quarrels"
    other.pages["/" + slug] = article(title, "Sorrel Post")
    link = other.url + slug
    pages = {
        "search": (
            "/?s=ferry+stops+while+harbour+council+quarrels",
            Answer(f'<a href="{link}">{title}</a>'),
        ),
        "feed": ("/feed/", rss((link, title, ""))),
        "sitemap": ("/sitemap.xml", Answer(f"<urlset><url><loc>{link}</loc></url></urlset>")),
    }
    path, answer = pages[place]
    other.pages[path] = answer
    named = Source(id="sorrel", name="Sorrel Post", homepage=other.url, politeness=QUICK)
    heard = run_job(source=source_of(site), sources=(named,))
    assert (link, 200) in heard.fetched
    assert heard.closed.counts["originals_found"] == 1


def test_an_original_under_another_headline_is_found_by_a_passage(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "Sailors wait for a train that carries an engine"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(title, credit=credit("Sorrel Post", "#"))
    original = other.url + "2024/quite-another-headline"
    posts = [{"link": other.url + "2024/wrong-one"}, {"link": original}]

    def search(words: str, posts: list[dict[str, str]], limit: int) -> None:
        fields = "_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
        path = f"/wp-json/wp/v2/posts?search={words.replace(' ', '+')}&per_page={limit}&{fields}"
        other.pages[path] = Answer(msgspec.json.encode(posts), kind="application/json")

    search(query(title), [], 20)
    search(query(max(PARAGRAPHS, key=len)), posts, 5)
    other.pages["/2024/quite-another-headline"] = article("No ferry", "Sorrel Post")
    other.pages["/2024/wrong-one"] = Answer("<h1>About us</h1>")
    named = Source(id="sorrel", name="Sorrel Post", homepage=other.url, politeness=QUICK)
    heard = run_job(source=source_of(site), sources=(named,))
    assert (original, 200) in heard.fetched
    assert heard.closed.counts["originals_found"] == 1


def test_an_original_that_cannot_be_found_is_no_failure(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    heard = run_job(source=source_of(site))
    assert heard.problems == []
    assert heard.closed.counts["originals_not_found"] == 1
    assert any("no original found at" in line for line in heard.log)
    assert len(other.asked) <= 8  # robots.txt, the link, and six requests


def test_two_copies_of_one_dead_link_are_both_looked_up(
    run_job: Crawl, site: Site, other: Site
) -> None:
    titles = ("The ferry stops at noon in Lenne harbour", "Who pays for fuel in Lenne harbour")
    feed, items = [], []
    for number, title in enumerate(titles):
        site.pages[f"/2024/c{number}"] = article(
            title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
        )
        other.pages[f"/2024/o{number}"] = article(title, "Sorrel Post")
        feed.append((site.url + f"2024/c{number}", title, ""))
        items.append((other.url + f"2024/o{number}", title, ""))
    site.pages["/feed"] = rss(*feed)
    other.pages["/feed/"] = rss(*items)
    heard = run_job(source=source_of(site))
    assert heard.closed.counts["originals_found"] == 2
    assert {url for url, status in heard.fetched if status == 200} >= {url for url, _, _ in items}


def test_a_dead_link_that_leads_to_the_front_page_is_no_original(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    other.pages["/2019/dead-link"] = Answer("", 302, {"Location": "/"})
    other.pages["/"] = article("Sorrel Post, front page", "Sorrel Post")
    other.pages["/feed/"] = rss((other.url + "2024/original", title, ""))
    other.pages["/2024/original"] = article(title, "Sorrel Post")
    heard = run_job("follow", urls=(site.url + "2024/copy",))
    assert (other.url + "2024/original", 200) in heard.fetched
    assert heard.closed.counts["articles"] == 2


def test_follows_are_bounded(run_job: Crawl, site: Site, other: Site) -> None:
    for number in range(3):
        url = other.url + f"2024/story-number-{number}"
        site.pages[f"/2024/c{number}"] = article(f"T {number}", credit=credit("Sorrel Post", url))
        other.pages[f"/2024/story-number-{number}"] = article(f"T {number}", "Sorrel Post")
    site.pages["/feed"] = rss(*((site.url + f"2024/c{n}", f"T {n}", "") for n in range(3)))
    settings = msgspec.structs.replace(SETTINGS, max_follows=1)
    heard = run_job(source=source_of(site), settings=settings)
    assert heard.closed.limits_reached == ("max_follows",)
    assert heard.closed.counts["follows"] == 1


def test_a_page_asked_for_is_archived_with_its_original(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon in Lenne"
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2024/original")
    )
    other.pages["/2024/original"] = article(title, "Sorrel Post")
    heard = run_job("follow", urls=(site.url + "2024/copy",))
    assert heard.closed.counts["articles"] == 2
    assert heard.problems == []


def test_a_page_asked_for_that_is_missing_is_a_problem(run_job: Crawl, site: Site) -> None:
    heard = run_job("follow", urls=(site.url + "nothing",))
    assert heard.problems == ["HTTP status 404"]


def test_a_job_that_cannot_be_carried_out_fails_with_the_reason(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text("not json\n")
    with pytest.raises(CrawlFailed, match="JSON is malformed"):
        run_job(source=source_of(site), known=path)
