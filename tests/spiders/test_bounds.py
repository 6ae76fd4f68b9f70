"""What a hostile server can send, against the bound that holds: time and memory stay under it, the
exchange is archived, the crawl goes on. Slow answers, cut bodies and heads are in test_wire.py,
hostile markup in test_parsers_hostile.py."""

import gzip
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import brotli
import msgspec
import pytest
from msgspec import structs

from config.registry import Listing, Politeness, Source
from config.settings import Settings
from flows.crawling import CrawlFailed, crawl
from flows.reading import read_run
from spiders.crawlers import api, feed, found, listing, sitemap
from spiders.crawlers.article import MAX_TOTAL
from spiders.job import AnyEvent, Closed, Fetched, Job, Started, Trouble
from spiders.politeness import ROBOTS_BYTES
from storage.message import zstd
from storage.outlets import Outlets
from storage.records import Capture
from storage.warcread import read_captures
from storage.warcstream import file_chunks, records
from tests.spiders.rawserver import HTML, OK, RawServer, plain
from tests.spiders.reading_help import page
from tests.spiders.small_site import Answer, Site, article, rss

MIB = 1024 * 1024
SETTINGS = Settings(
    allow_private_addresses=True,
    max_body_bytes=2 * MIB,
    max_decoded_bytes=4 * MIB,
    max_exchange_seconds=5,
    max_redirects=3,
)
BOMB = b"\0" * (200 * MIB)
LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip


class Crawled:
    """What a crawl said, what it used, and what it left."""

    def __init__(self, job: Job, should_stop: Callable[[], bool] | None = None) -> None:
        self.events: list[AnyEvent] = []
        self.peak = 0
        self._pid = 0
        began = time.monotonic()
        self.closed: Closed = crawl(job, self._on_event, should_stop)
        self.seconds = time.monotonic() - began
        self.problems = {one.url: one.what for one in self.events if isinstance(one, Trouble)}
        self.captures: dict[str, Capture] = {
            one.capture.url: one.capture
            for path in sorted((job.folder / "warc").iterdir())
            for one in read_captures(path, "R1", max_decoded_bytes=4 * MIB)
        }

    def _on_event(self, event: AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, Started):
            self._pid = event.pid
        if isinstance(event, Fetched):
            status = Path(f"/proc/{self._pid}/status").read_text()
            high = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            self.peak = max(self.peak, int(high.split()[1]) * 1024)


Crawl = Callable[..., Crawled]
T = TypeVar("T")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


@pytest.fixture
def run_job(tmp_path: Path, site: Site) -> Crawl:
    def run(settings: Settings = SETTINGS, since: str | None = None, **more: object) -> Crawled:
        fields = {"feeds": (site.url + "feed",), "politeness": Politeness(delay=0.001)} | more
        source = Source(id="lenne", name="Lenne", homepage=site.url, **fields)  # type: ignore[arg-type]
        folder = tmp_path / "run"
        return Crawled(Job(run="R1", folder=folder, source=source, settings=settings, since=since))

    return run


def offer(site: Site, pages: dict[str, Answer]) -> None:
    """A feed of these pages, and an article last."""
    site.pages |= pages
    names = [*pages, "/2024/after-all-that"]
    site.pages["/2024/after-all-that"] = article("The ferry stops at noon")
    site.pages["/feed"] = rss(*((site.url + name[1:], "The ferry", "") for name in names))


def test_hostile_pages_are_archived_and_the_crawl_goes_on(run_job: Crawl, site: Site) -> None:
    packed = gzip.compress(BOMB, 9)
    pages = {
        "/2024/too-long-body": Answer(b"<p>" + b"x" * 3 * MIB),
        "/2024/gzip-bomb": Answer(packed, headers={"Content-Encoding": "gzip"}),
        "/2024/gzip-twice": Answer(
            gzip.compress(packed, 9), headers={"Content-Encoding": "gzip, gzip"}
        ),
        "/2024/br-bomb": Answer(
            brotli.compress(BOMB, quality=1), headers={"Content-Encoding": "br"}
        ),
        "/2024/zstd-bomb": Answer(zstd.compress(BOMB), headers={"Content-Encoding": "zstd"}),
        "/2024/round-and-round": Answer("", 302, {"Location": "/2024/round-and-round"}),
        "/2024/deep-divs": Answer(b"<html><body>" + b"<div>" * 300_000),
        "/2024/to-a-file": Answer("", 302, {"Location": "file:///etc/passwd"}),
        "/2024/to-ftp": Answer("", 302, {"Location": "ftp://127.0.0.1/x"}),
        "/2024/to-s3": Answer("", 302, {"Location": "s3://bucket/key"}),
        "/2024/to-data": Answer("", 302, {"Location": "data:text/html,<h1>x</h1>"}),
    }
    offer(site, pages)
    done = run_job()
    assert done.closed.reason == "finished"
    assert done.closed.counts["articles"] == 1
    urls = {name: site.url + name[1:] for name in pages}
    assert set(urls.values()) <= set(done.captures)
    assert all(url.startswith("http") for url in done.captures)
    assert done.captures[urls["/2024/too-long-body"]].truncated == "length"
    assert done.captures[urls["/2024/too-long-body"]].body_bytes == 2 * MIB
    for name in ("/2024/gzip-bomb", "/2024/gzip-twice", "/2024/br-bomb", "/2024/zstd-bomb"):
        assert done.captures[urls[name]].body_bytes == len(pages[name].body)
        assert urls[name] in done.problems
    assert site.paths().count("/2024/round-and-round") == SETTINGS.max_redirects + 1
    assert done.seconds < 60
    # An idle crawl child has 150 MB; no bomb was unpacked beyond its bound.
    assert done.peak < 400 * MIB


def test_what_is_too_hard_to_read_is_archived_and_said(
    run_job: Crawl, site: Site, tmp_path: Path
) -> None:
    large = Answer("<h1>A title</h1>" + "<br>" * 4_500_000)
    offer(site, {"/2024/too-much-to-hold": large})
    slow = b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 49_000
    site.pages["/slow"] = Answer(slow)
    settings = msgspec.structs.replace(
        SETTINGS, max_body_bytes=32 * MIB, max_decoded_bytes=32 * MIB,
        max_parse_seconds=6, max_parse_memory=200 * MIB,
    )  # fmt: skip
    done = run_job(settings, feeds=(site.url + "slow", site.url + "feed"))
    url = site.url + "2024/too-much-to-hold"
    assert done.closed.counts["articles"] == 1
    assert "max_parse_seconds" in done.problems[site.url + "slow"]
    assert "could not be read within" in done.problems[url]
    assert {site.url + "slow", url} <= set(done.captures)
    warcs = sorted((tmp_path / "run" / "warc").iterdir())
    read = read_run("R1", warcs, Outlets(()), settings)
    assert len(read.articles) == 1
    assert [one.url for one in read.problems] == [url]
    assert len(read.captures) == len(done.captures)


def test_the_memory_of_a_crawl_is_bounded(run_job: Crawl, site: Site) -> None:
    offer(site, {})
    done = run_job(msgspec.structs.replace(SETTINGS, max_crawl_memory=10 * MIB))
    assert done.closed.limits_reached == ("max_crawl_memory",)
    assert "articles" not in done.closed.counts


def test_memory_is_watched_while_bodies_come(tmp_path: Path, site: Site) -> None:
    # No body comes to its end, so all are held at once: 12 times 20 MiB, and 90 of an idle child.
    half = plain(OK + HTML + b"Content-Length: %d\r\n\r\n" % (30 * MIB), *[bytes(MIB)] * 20, 90.0)
    slow = RawServer(answers={f"/2024/large-body-{n}": half for n in range(12)})
    urls = [f"{slow.url}/2024/large-body-{n}" for n in range(12)]
    site.pages["/feed"] = rss(*((url, "The ferry", "") for url in urls))
    source = Source(
        id="lenne", name="L", homepage=site.url, feeds=(site.url + "feed",),
        domains=(slow.url.removeprefix("http://"),), politeness=Politeness(0.001, 12),
    )  # fmt: skip
    settings = msgspec.structs.replace(
        SETTINGS, max_body_bytes=32 * MIB, max_crawl_memory=200 * MIB, max_exchange_seconds=80
    )
    done = Crawled(Job(run="R1", folder=tmp_path, source=source, settings=settings))
    slow.stop()
    assert done.seconds < 70
    assert done.closed.reason == "finished"
    assert done.closed.limits_reached == ("max_crawl_memory",)
    cut = [one for one in done.captures.values() if "max_crawl_memory" in (one.error or "")]
    assert len(cut) > 5
    assert {one.truncated for one in cut} == {"unspecified"}
    assert done.peak < 500 * MIB


def test_what_is_under_way_when_a_crawl_is_stopped_is_kept(tmp_path: Path, site: Site) -> None:
    drip = plain(OK + HTML + b"Content-Length: 900\r\n\r\n", *[b"d", 0.1] * 600)
    slow = RawServer(answers={f"/2024/slow-body-{n}": drip for n in range(5)})
    urls = [f"{slow.url}/2024/slow-body-{n}" for n in range(5)]
    site.pages["/feed"] = rss(*((url, "The ferry", "") for url in urls))
    source = Source(
        id="lenne", name="L", homepage=site.url, feeds=(site.url + "feed",),
        domains=(slow.url.removeprefix("http://"),), politeness=Politeness(0.001, 5),
    )  # fmt: skip
    settings = msgspec.structs.replace(SETTINGS, max_exchange_seconds=60)
    job = Job(run="R1", folder=tmp_path, source=source, settings=settings)
    began = time.monotonic()
    done = Crawled(job, lambda: sum("slow-body" in one.path for one in slow.log) == 5)
    assert time.monotonic() - began < 40
    assert done.closed.reason == "stopped"
    for url in urls:
        assert done.captures[url].body_bytes > 0
        assert "the crawl was stopped" in (done.captures[url].error or "")
    slow.stop()


def test_robots_txt_is_read_as_far_as_rfc_9309_asks(run_job: Crawl, site: Site) -> None:
    offer(site, {"/2024/forbidden": article("A"), "/2024/beyond": article("The ferry, part b")})
    head = "User-agent: *\nDisallow: /2024/forbidden\n"
    filler = "# " + "x" * 77 + "\n"
    lines = head + filler * (ROBOTS_BYTES // len(filler) + 1)
    site.pages["/robots.txt"] = Answer(
        lines + "Disallow: /2024/beyond\n" + filler * 10_000, kind="text/plain"
    )
    done = run_job()
    assert "/2024/forbidden" not in site.paths()
    assert "/2024/beyond" in site.paths()
    assert done.captures[site.url + "robots.txt"].body_bytes > ROBOTS_BYTES + 10_000 * len(filler)


def test_sitemaps_are_bounded_in_nesting_and_count(run_job: Crawl, site: Site) -> None:
    def index(*names: str) -> Answer:
        lines = "".join(f"<sitemap><loc>{site.url}{name}</loc></sitemap>" for name in names)
        return Answer(f"<sitemapindex>{lines}</sitemapindex>", kind="application/xml")

    for depth in range(8):
        site.pages[f"/level{depth}.xml"] = index(f"level{depth + 1}.xml", f"level{depth}.xml")
    site.pages["/wide.xml"] = index(*(f"part{n}.xml" for n in range(sitemap.MAX_FILES + 50)))
    maps = (site.url + "level0.xml", site.url + "wide.xml")
    run_job(feeds=(), sitemaps=maps)
    assert site.paths().count("/level0.xml") == 1
    assert f"/level{sitemap.MAX_DEPTH}.xml" in site.paths()
    assert f"/level{sitemap.MAX_DEPTH + 1}.xml" not in site.paths()
    assert sum(path.startswith("/part") for path in site.paths()) == sitemap.MAX_FILES - 1


def test_a_sitemap_is_bounded_in_size() -> None:
    entries = b"".join(b"<url><loc>http://a.test/%d</loc></url>" % n for n in range(60_000))
    assert len(sitemap.read(page(b"<urlset>" + entries), 64 * MIB).found) == 50_000
    none = b"<urlset>" + b"<a>x</a>" * 2_500_000 + b"<url><loc>http://a.test/1</loc></url>"
    assert quickly(lambda: sitemap.read(page(none), 64 * MIB).found) == ()
    assert len(sitemap.unpacked(gzip.compress(BOMB), 1000)) == 1000


def test_a_feed_is_bounded_in_entries_and_tags() -> None:
    items = "".join(f"<item><link>http://a.test/{n}</link></item>" for n in range(3_000))
    whole = f"<rss version='2.0'><channel>{items}</channel></rss>"
    assert len(feed.read(page(whole)).found) == feed.MAX_ENTRIES
    deep = b"<rss version='2.0'><channel>" + b"<a>" * 500_000
    assert quickly(lambda: feed.read(page(deep)).found) == ()
    late = b"<item><link>http://a.test/1</link></item>" + b"<![CDATA[" * 500_000
    assert len(quickly(lambda: feed.read(page(b"<rss version='2.0'><channel>" + late)).found)) == 1


@pytest.mark.parametrize("read", ["feed", "sitemap"])
def test_entities_are_not_expanded_nor_fetched(read: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://a.test/stolen")
    outside = f'<!DOCTYPE r [<!ENTITY j SYSTEM "{secret.as_uri()}">]>'
    for head in (LAUGHS, outside):
        if read == "feed":
            text = f"{head}<rss version='2.0'><channel><item><link>http://a.test/&j;</link>"
            text += "<title>&j;</title></item></channel></rss>"
            found = quickly(lambda text=text: feed.read(page(text)).found)  # type: ignore[misc]
        else:
            text = f"{head}<urlset><url><loc>http://a.test/&j;</loc></url></urlset>"
            found = quickly(lambda text=text: sitemap.read(page(text), MIB).found)  # type: ignore[misc]
        for one in found:
            assert "stolen" not in f"{one.url} {one.title}"
            assert len(f"{one.url} {one.title}") < 100


def test_pages_of_a_listing_and_an_api_have_an_end(run_job: Crawl, site: Site) -> None:
    """Each leads to one more, for ever."""
    once = f"{site.url}2024/03/the-ferry-stops"
    site.pages["/2024/03/the-ferry-stops"] = article("The ferry stops at noon")
    for number in range(200):
        site.pages[f"/news{number}"] = Answer(
            f'<a href="{once}">The ferry</a> <a rel="next" href="/news{number + 1}">older</a>'
        )
        site.pages["/" + api.posts_url(site.url + "v2/", number, None, None)[len(site.url) :]] = (
            Answer(
                msgspec.json.encode([{"link": once}]),
                headers={"X-WP-TotalPages": "1000000000"},
                kind="application/json",
            )
        )
    listings = (Listing(url=site.url + "news0"),)
    done = run_job(feeds=(), listings=listings, api=site.url + "v2/")
    asked = site.paths()
    assert sum(path.startswith("/news") for path in asked) == listing.MAX_PAGES
    assert sum(path.startswith("/v2/") for path in asked) == api.MAX_PAGES
    assert done.closed.counts["articles"] == 1


def test_addresses_of_one_sitemap_are_bounded_in_number(run_job: Crawl, site: Site) -> None:
    """Also where none of them is new, and so no limit on pages ends the reading."""
    parts = range(MAX_TOTAL // found.MAX_FOUND + 2)
    names = [f"{site.url}part{n}.xml" for n in parts]
    index = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    site.pages["/all.xml"] = Answer(f"<sitemapindex>{index}</sitemapindex>", kind="application/xml")
    for part in parts:
        places = (f"{site.url}{part}/{n}" for n in range(found.MAX_FOUND))
        old = "".join(f"<url><loc>{url}</loc><lastmod>2001-01-01</lastmod></url>" for url in places)
        site.pages[f"/part{part}.xml"] = Answer(f"<urlset>{old}</urlset>", kind="application/xml")
    maps = (site.url + "all.xml",)
    roomy = structs.replace(SETTINGS, max_body_bytes=8 * MIB)
    crawled = run_job(roomy, since="2024-01-01", feeds=(), sitemaps=maps)
    asked = [path for path in site.paths() if path.startswith("/part")]
    assert len(asked) == MAX_TOTAL // found.MAX_FOUND
    assert crawled.peak < 400 * MIB


def test_addresses_beyond_measure_are_not_taken(run_job: Crawl, site: Site) -> None:
    offer(site, {"/2024/" + "x" * found.MAX_URL: article("The ferry")})
    assert run_job().closed.counts["articles"] == 1
    assert not any("xxx" in path for path in site.paths())


def test_a_film_has_its_time(run_job: Crawl, site: Site) -> None:
    drip = plain(OK + b"Content-Type: video/mp4\r\n\r\n", *[b"d" * 100, 0.1] * 600)
    slow = RawServer(answers={"/film.mp4": drip})
    page_with_film = article("The ferry", credit=f"<video src={slow.url}/film.mp4></video>")
    offer(site, {"/2024/03/with-film": page_with_film})
    done = run_job(msgspec.structs.replace(SETTINGS, max_medium_seconds=2), media="linked")
    slow.stop()
    film = done.captures[slow.url + "/film.mp4"]
    assert film.truncated == "time"
    assert 0 < film.body_bytes < 5000
    assert done.closed.counts["articles"] == 2
    assert "not archived whole" in done.problems[slow.url + "/film.mp4"]


def test_a_listing_is_bounded() -> None:
    one = Listing(url="http://a.test/")
    nested = b"<table><tr><td><a href=/2020/01/x-y-z>" * 3_000 + b"w " * 500_000
    (found,) = quickly(lambda: listing.read(page(nested), one).found)
    assert len(found.title or "") <= listing.MAX_TITLE
    deep = b"<a href=/2020/01/x-y-z>x</a>" + b"<div>" * 300_000
    assert len(quickly(lambda: listing.read(page(deep), one).found)) == 1
    many = b"".join(b"<a href=/2020/01/story-number-%d>x</a>" % n for n in range(10_000))
    assert len(listing.read(page(many), one).found) == listing.MAX_LINKS


def quickly(work: Callable[[], T]) -> T:
    began = time.process_time()
    done = work()
    assert time.process_time() - began < 40  # the slowest takes 8 s
    return done


def test_secrets_are_in_no_log_and_no_warc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2-aws")
    settings = msgspec.structs.replace(
        SETTINGS, catalog="postgresql://me:hunter2-db@db.test/x", store="s3://hunter2-bucket/x"
    )
    with Site() as site:
        offer(site, {"/2024/broken": Answer("no", 500)})
        source = Source(
            id="lenne", name="L", homepage=site.url, feeds=(site.url + "feed",),
            politeness=Politeness(delay=0.001),
        )  # fmt: skip
        job = Job(run="R1", folder=tmp_path / "a", source=source, settings=settings)
        done = Crawled(job)
        known = tmp_path / "known"
        known.write_text("{")
        broken = msgspec.structs.replace(job, folder=tmp_path / "b", known=known)
        with pytest.raises(CrawlFailed) as failed:
            crawl(broken, lambda _: None)
    assert "hunter2" not in str(failed.value)
    assert "hunter2" not in repr(done.events)
    for path in (tmp_path / "a" / "warc").iterdir():
        for one in records(file_chunks(path), path.name, keep=10 * MIB):
            assert b"hunter2" not in one.block
            assert "hunter2" not in repr(one.fields)
