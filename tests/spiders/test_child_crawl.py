"""Whole crawls in a child process, against sites on 127.0.0.1."""

import gzip
import socket
import ssl
from functools import cache
from pathlib import Path

import msgspec
import pytest

from config.registry import Articles, Source
from config.settings import Settings
from flows.crawling import CrawlFailed
from spiders.job import KnownPage
from storage.identity import canonical_url
from tests.spiders.child_made import QUICK, SETTINGS, Crawl, source_of
from tests.spiders.rawserver import HTML, OK, RawServer, whole
from tests.spiders.small_site import Answer, Site, article, rss


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


@cache
def bomb() -> bytes:
    return gzip.compress(b"User-agent: *\nDisallow:\n" + b"#" * (100 * 1024 * 1024))


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", 429),
        lambda _: Answer(bomb(), headers={"Content-Encoding": "gzip"}),
        Answer("User-agent: *\nDisallow: /\n".encode("utf-16")),
    ],
    ids=["too busy", "bomb", "UTF-16"],
)
def test_robots_txt_that_says_no_in_an_odd_way_is_obeyed(
    run_job: Crawl, site: Site, answer: Answer
) -> None:
    three(site)
    site.pages["/robots.txt"] = answer
    run_job(source=source_of(site))
    assert set(site.paths()) == {"/robots.txt"}


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


def test_a_proxy_in_the_environment_is_refused_for_public_hosts(
    run_job: Crawl, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(site)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("http_proxy", "HTTPS_PROXY"):
            secret = f"http://me:hunter2@127.0.0.1:{proxy.getsockname()[1]}"
            monkeypatch.setenv(name, secret)
        urls = ("http://9.9.9.9/a", "https://9.9.9.9/b", site.url + "2024/03/story-a")
        heard = run_job("follow", urls=urls, settings=msgspec.structs.replace(
            SETTINGS, allow_private_addresses=True, contact="archive@lenne.test"
        ))  # fmt: skip
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    said = {one.url: one.what for one in heard.closed.problems}
    assert said[urls[0]].startswith("http_proxy is set, but captures need direct connections")
    assert said[urls[1]].startswith("HTTPS_PROXY is set, but captures need direct connections")
    assert "hunter2" not in repr(heard.events)
    assert heard.closed.counts["articles"] == 1


def test_pages_that_lead_to_a_silent_host_are_no_silence_of_their_own(
    run_job: Crawl, site: Site
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        dead = f"127.0.0.1:{held.getsockname()[1]}"
        urls = [f"{site.url}2024/03/story-{number}" for number in range(8)]
        site.pages["/feed"] = rss(*((url, "T", "") for url in urls))
        for url in urls[:7]:
            there = f"http://{dead}/{url[-1]}"
            site.pages["/" + url.removeprefix(site.url)] = Answer("", 302, {"Location": there})
        site.pages["/2024/03/story-7"] = article("The ferry stops")
        heard = run_job(source=source_of(site))
    assert heard.closed.counts["articles"] == 1
    assert {f"cannot reach {dead}: connection refused"} == set(heard.problems)


@pytest.mark.parametrize("verified", [True, False])
def test_a_certificate_has_to_be_valid_unless_the_source_says_otherwise(
    run_job: Crawl, certificate: Path, verified: bool
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    page = str(article("The ferry stops").body).encode()
    server = RawServer(context, {"/2024/03/story-a": whole(OK + HTML, page)})
    source = Source(
        id="lenne", name="L", homepage=server.url + "/", politeness=QUICK, verify_tls=verified
    )
    urls = (server.url + "/2024/03/story-a",)
    heard = run_job("follow", sources=(source,), urls=urls)
    server.stop()
    assert heard.closed.counts["articles" if not verified else "problems"] == 1
    if verified:
        assert server.log == []
        assert "has no valid certificate" in heard.problems[0]
        assert "`verify_tls: false`" in heard.problems[0]


def test_an_address_with_a_password_is_not_asked_for(run_job: Crawl, site: Site) -> None:
    there = site.url.replace("//", "//me:hunter2@") + "2024/x"
    site.pages["/2024/03/story-a"] = Answer("", 302, {"Location": there})
    heard = run_job("follow", urls=(site.url + "2024/03/story-a",))
    assert "its address holds a user name" in heard.problems[0]
    assert "hunter2" not in repr(heard.closed)
    assert "/2024/x" not in site.paths()


def test_a_job_that_cannot_be_carried_out_fails_with_the_reason(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text("not json\n")
    with pytest.raises(CrawlFailed, match="JSON is malformed"):
        run_job(source=source_of(site), known=path)
