"""The bundled outlets are served as real sites are. What they hold: tests/outlets/test_cases.py."""

import gzip
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
import pytest
from lxml import html as lxml_html

from tests.outlets.expected import expected
from tests.outlets.reading import fetch, locations, page, posts, truth
from tests.outlets.server import Outlets

SITEMAPS = {
    "steppe-front": "/wp-sitemap.xml",
    "common-inquiry": "/sitemap.xml",
    "kestrel-daily": "/sitemap_index.xml.gz",
}
FEEDS = {"steppe-front": "/feed/", "common-inquiry": "/atom.xml", "kestrel-daily": "/rss.xml"}


@pytest.fixture(scope="module")
def outlets() -> Iterator[Outlets]:
    with Outlets() as served:
        yield served


@pytest.fixture(autouse=True)
def _first_visit(outlets: Outlets) -> Iterator[None]:
    yield
    outlets.visit = 1


@pytest.mark.parametrize("visit", [1, 2])
def test_every_local_link_resolves(outlets: Outlets, visit: int) -> None:
    outlets.visit = visit
    gone = expected(outlets.urls)["cases"]["gone_original"]["original"] if visit == 2 else None
    todo, seen = list(outlets.urls.values()), set[str]()
    dead = []
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen.add(url)
        status, headers, body = fetch(url)
        if status != 200 and url != gone:
            dead.append((status, url))
        if headers["Content-Type"].startswith("text/html"):
            tree = lxml_html.fromstring(body.decode())
            targets = tree.xpath("//@href | //@src | //form/@action")
            links = [urldefrag(urljoin(url, target)).url for target in targets]
            todo += [link for link in links if urlsplit(link).hostname == "127.0.0.1"]
    assert not dead
    # Following links alone leads to every article.
    assert set(expected(outlets.urls, visit)["articles"]) <= seen


@pytest.mark.parametrize("outlet", FEEDS)
def test_feeds(outlets: Outlets, outlet: str) -> None:
    feed = feedparser.parse(fetch(outlets.urls[outlet] + FEEDS[outlet])[2])
    assert not feed.bozo
    assert len(feed.entries) == 10
    articles = truth(outlets)["articles"]
    for entry in feed.entries:
        assert articles[entry.link]["title"] in entry.title
        assert entry.published_parsed
    dates = [entry.published_parsed for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("outlet", SITEMAPS)
def test_sitemaps_name_every_article(outlets: Outlets, outlet: str) -> None:
    base = outlets.urls[outlet]
    found = set(locations(base + SITEMAPS[outlet]))
    mine = {url for url in truth(outlets)["articles"] if url.startswith(base + "/")}
    assert mine <= found
    assert all(fetch(url)[0] == 200 for url in found)
    assert base + SITEMAPS[outlet] in fetch(base + "/robots.txt")[2].decode()


def test_listing_pages_lead_to_every_article(outlets: Outlets) -> None:
    base = outlets.urls["common-inquiry"]
    found, url = set[str](), f"{base}/latest?page=1"
    while url:
        tree = page(url)
        found |= {urljoin(base, href) for href in tree.xpath("//a[@class='title']/@href")}
        url = "".join(urljoin(base, href) for href in tree.xpath("//a[@class='older']/@href"))
    assert found == {url for url in truth(outlets)["articles"] if url.startswith(base + "/")}


def test_rest_pages(outlets: Outlets) -> None:
    api = outlets.urls["steppe-front"] + "/wp-json/wp/v2/posts"
    status, headers, body = fetch(f"{api}?per_page=5&page=3&_fields=id,link")
    total = int(headers["X-WP-Total"])
    assert (status, headers["X-WP-TotalPages"]) == (200, "3")
    assert len(json.loads(body)) == total - 10
    assert set(json.loads(body)[0]) == {"id", "link"}
    status, _, body = fetch(f"{api}?per_page=5&page=4")
    assert status == 400
    assert json.loads(body)["code"] == "rest_post_invalid_page_number"
    assert fetch(f"{api}?per_page=1000")[0] == 400
    assert fetch(f"{api}?after=yesterday")[0] == 400


def test_rest_search_and_dates(outlets: Outlets) -> None:
    original = truth(outlets)["cases"]["seed_like"]["original"]
    hits = posts(outlets, "search=clashes+shifting+balance+of+power+in+upper+sarn")
    assert [hit["link"] for hit in hits] == [original]
    assert hits[0]["date"] == "2025-05-17T18:40:00"
    assert hits[0]["date_gmt"] == "2025-05-17T15:40:00"
    assert {"modified_gmt", "slug", "excerpt", "author", "categories", "tags"} <= set(hits[0])
    assert hits[0]["content"]["rendered"].startswith("<p>Six days of shelling")
    # As in WordPress, "-Karsund" asks for posts without that word.
    assert not posts(outlets, "search=Tovia+-Karsund+Clashes")
    between = posts(outlets, "after=2025-04-10T00:00:00&before=2025-04-17T23:00:00Z")
    assert {hit["id"] for hit in between} == {48166, 48214}
    assert [hit["id"] for hit in posts(outlets, "slug=rail-gauge-diplomacy")] == [48266]
    assert posts(outlets, "search=grain+zeppelin") == []


def test_an_unchanged_article_answers_304(outlets: Outlets) -> None:
    for url in truth(outlets)["articles"]:
        status, headers, _ = fetch(url)
        assert status == 200
        tag, day = headers["ETag"], headers["Last-Modified"]
        for tags in (tag, f'"x", {tag}'):
            status, again, body = fetch(url, If_None_Match=tags)
            assert (status, body, again["ETag"]) == (304, b"", tag)
        assert fetch(url, If_Modified_Since=day)[0] == 304
        assert fetch(url, If_Modified_Since="Mon, 01 Jan 2018 00:00:00 GMT")[0] == 200
        # The tag decides where both are given.
        assert fetch(url, If_None_Match='"other"', If_Modified_Since=day)[0] == 200


def test_gzip_only_where_it_is_asked_for(outlets: Outlets) -> None:
    for url in outlets.urls.values():
        _, plain, body = fetch(url)
        assert "Content-Encoding" not in plain
        _, coded, packed = fetch(url, Accept_Encoding="br, gzip")
        assert coded["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed) == body
        assert "Content-Encoding" not in fetch(url, Accept_Encoding="gzip;q=0")[1]


def test_one_connection_serves_many_requests(outlets: Outlets) -> None:
    for outlet, url in outlets.urls.items():
        line = http.client.HTTPConnection(urlsplit(url).netloc)
        for method, path in [("GET", "/"), ("HEAD", "/"), ("GET", "/robots.txt"), ("GET", "/no")]:
            line.request(method, path)
            reply = line.getresponse()
            chunked = reply.headers["Transfer-Encoding"] == "chunked"
            assert chunked == (outlet == "kestrel-daily")
            assert reply.status == (404 if path == "/no" else 200)
            assert bool(reply.read()) == (method == "GET")
            assert not reply.will_close
        line.close()
        assert (outlet, "HEAD", "/", 200) in outlets.requests


def test_a_path_without_its_slash_is_sent_on(outlets: Outlets) -> None:
    base = outlets.urls["steppe-front"]
    line = http.client.HTTPConnection(urlsplit(base).netloc)
    line.request("GET", "/rail-gauge-diplomacy")
    reply = line.getresponse()
    assert (reply.status, reply.headers["Location"]) == (301, f"{base}/rail-gauge-diplomacy/")
    line.close()


def test_machine_readable_dates(outlets: Outlets) -> None:
    for url, article in truth(outlets)["articles"].items():
        scripts = page(url).xpath("//script[@type='application/ld+json']/text()")
        if article["outlet"] == "common-inquiry":
            assert not scripts
            continue
        data = json.loads(scripts[0])
        news = data["@graph"][0] if "@graph" in data else data
        assert news["datePublished"] == article["published_at"]
        assert news["headline"] == article["title"]


def test_newest_first(outlets: Outlets) -> None:
    dates = [hit["date_gmt"] for hit in posts(outlets, "per_page=100")]
    assert all(later > earlier for later, earlier in pairwise(dates))


def test_the_command_serves_again_at_the_same_ports() -> None:
    with Outlets() as first:
        line = http.client.HTTPConnection(urlsplit(first.urls["steppe-front"]).netloc)
        line.request("GET", "/")
        line.getresponse().read()
        urls = dict(first.urls)
    ports = ",".join(str(urlsplit(url).port) for url in urls.values())
    command = [sys.executable, "-m", "tests.outlets.server", "--visit", "2", "--ports", ports]
    for end in ("stdin", "SIGTERM"):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.stdin
            assert child.stdout
            assert json.loads(child.stdout.readline()) == urls
            assert fetch(expected(urls)["cases"]["gone_original"]["original"])[0] == 410
            started = time.monotonic()
            if end == "stdin":
                child.stdin.close()
            else:
                child.terminate()
            assert child.wait(60) == 0
            assert time.monotonic() - started < 30  # a connection that is kept would hold it for 60
    line.close()
