"""Looking at a site: what it offers, the source file that suits it, whether a source file works."""

import socket
from collections.abc import Iterator

import msgspec
import pytest

from config.registry import Listing, Source, dump_source, parse_source
from config.settings import Settings
from flows.crawling import Look, check, discover
from spiders.homepage import addresses, home_of, slug
from tests.spiders.small_site import Answer, Site, article, rss

SETTINGS = Settings(allow_private_addresses=True, max_exchange_seconds=10)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        yield one


def said(look: Look) -> dict[str, tuple[bool, str]]:
    """The findings by what was looked at."""
    return {one.what: (one.ok, one.detail) for one in look.findings}


def wordpress(site: Site, root: str = "wp-json/") -> None:
    """A site as WordPress makes them."""
    site.pages["/"] = Answer(
        f"""<html lang="de-DE"><head><title>Start – Lenne Kurier</title>
        <link rel="alternate" type="application/rss+xml" title="Lenne Kurier » Feed"
          href="{site.url}feed/">
        <link rel="alternate" type="application/rss+xml" title="Lenne Kurier » Kommentar-Feed"
          href="{site.url}comments/feed/"></head><body>Hallo</body></html>""",
        headers={"Link": f'<{site.url}{root}>; rel="https://api.w.org/"'},
    )
    site.pages["/feed/"] = rss(
        (site.url + "2024/03/a", "A", "Tue, 05 Mar 2024 08:00:00 GMT"), title="Feedtitel"
    )
    told = {"name": "Lenne &amp; Kurier", "namespaces": ["wp/v2"]}
    site.pages["/" + root] = Answer(msgspec.json.encode(told), kind="application/json")
    post = {"link": site.url + "2024/03/a", "date_gmt": "2024-03-05T08:00:00", "title": {}}
    query = "per_page=100&page=1&_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    mark = "&" if "?" in root else "?"
    posts = f"/{root.rstrip('/')}/wp/v2/posts{mark}{query}"
    site.pages[posts] = Answer(msgspec.json.encode([post]), kind="application/json")
    site.pages["/robots.txt"] = Answer(
        f"User-agent: *\nCrawl-delay: 0.1\nSitemap: {site.url}wp-sitemap.xml\n", kind="text/plain"
    )
    site.pages["/wp-sitemap.xml"] = Answer(
        f"<sitemapindex><sitemap><loc>{site.url}wp-sitemap-posts-post-1.xml</loc></sitemap>"
        "</sitemapindex>"
    )


@pytest.mark.parametrize("root", ["wp-json/", "?rest_route=/"])
def test_a_wordpress_site(site: Site, root: str) -> None:
    wordpress(site, root)
    look = discover(site.url, SETTINGS)
    source = look.source
    assert source is not None
    assert (source.id, source.name, source.language) == ("lenne-kurier", "Lenne & Kurier", "de")
    assert source.homepage == site.url
    assert source.feeds == (site.url + "feed/",)
    assert source.sitemaps == (site.url + "wp-sitemap.xml",)
    assert source.api == site.url + root.rstrip("/") + "/wp/v2/"
    assert source.listings == ()
    assert source.politeness.delay == 0.05
    assert said(look) == {
        "site": (True, said(look)["site"][1]),
        "robots": (True, "allows the home page, Crawl-delay 0.1 s"),
        "api": (True, "1 articles, newest 2024-03-05"),
        "feed": (True, "1 articles, newest 2024-03-05"),
        "sitemap": (True, "1 further sitemaps"),
    }
    # The file that is written can be read again.
    assert parse_source(dump_source(source), "x.yml") == source


def test_a_site_that_announces_nothing_is_tried_at_the_usual_places(site: Site) -> None:
    site.pages["/"] = Answer("<title>News | Sorrel Post</title>")
    site.pages["/rss.xml"] = rss((site.url + "a", "A", ""), title="")
    site.pages["/sitemap_index.xml"] = Answer(
        f"<urlset><url><loc>{site.url}a</loc></url></urlset>", kind="text/xml"
    )
    source = discover(site.url, SETTINGS).source
    assert source is not None
    assert (source.id, source.name) == ("sorrel-post", "Sorrel Post")
    assert source.feeds == (site.url + "rss.xml",)
    assert source.sitemaps == (site.url + "sitemap_index.xml",)
    assert source.api == ""


def test_a_site_with_links_only_is_listed_from_its_home_page(site: Site) -> None:
    links = "".join(f'<a href="/2024/03/story-{n}">Story {n}</a>' for n in range(5))
    site.pages["/"] = Answer(f"<title>Sorrel Post</title>{links}")
    source = discover(site.url, SETTINGS).source
    assert source is not None
    assert source.listings == (Listing(url=site.url),)


def test_a_page_that_answers_everything_with_html_offers_nothing(site: Site) -> None:
    page = article("The ferry stops")
    for path in ("/", "/feed/", "/rss", "/rss.xml", "/sitemap.xml", "/wp-json/", "/robots.txt"):
        site.pages[path] = page
    look = discover(site.url, SETTINGS)
    assert look.source is not None
    assert (look.source.feeds, look.source.sitemaps, look.source.api) == ((), (), "")
    assert said(look)["listing"] == (False, "no feed, sitemap, API or list of articles")


def test_an_unreachable_site_gives_no_source(site: Site) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        look = discover(f"http://127.0.0.1:{held.getsockname()[1]}/", SETTINGS)
    assert look.source is None
    assert "connection refused" in look.problems[0]


def test_a_private_address_needs_leave(site: Site) -> None:
    site.pages["/"] = Answer("hi")
    look = discover(site.url, Settings())
    assert look.source is None
    assert site.asked == []
    assert "COPYTRAIL_ALLOW_PRIVATE_ADDRESSES" in look.problems[0]


@pytest.mark.parametrize(
    "text", ["", "ftp://x.example/", "http://", "two words", "user@x.example", "x:99999"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an http"):
        discover(text, SETTINGS)


def test_an_address_without_scheme(site: Site) -> None:
    site.pages["/"] = Answer("<title>Sorrel Post</title>")
    look = discover(site.url.removeprefix("http://").rstrip("/"), SETTINGS)
    assert look.source is not None
    assert look.source.homepage == site.url


def test_a_machine_under_its_other_name(site: Site) -> None:
    site.pages["/"] = Answer("<title>Sorrel Post</title>")
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    site.pages["/feed/"] = rss((elsewhere + "2024/a", "A", ""), (elsewhere + "2024/b", "B", ""))
    look = discover(site.url, SETTINGS)
    assert look.source is not None
    assert look.source.domains == (elsewhere.removeprefix("http://").rstrip("/"),)


def test_ids_do_not_meet(site: Site) -> None:
    site.pages["/"] = Answer("<title>Sorrel Post</title>")
    other = Source(id="sorrel-post", name="Sorrel Post", homepage="http://sorrel.example/")
    look = discover(site.url, SETTINGS, (other,))
    assert look.source is not None
    assert look.source.id == "sorrel-post-2"


def test_check_says_what_works_and_what_does_not(site: Site) -> None:
    wordpress(site)
    site.pages["/robots.txt"] = Answer("User-agent: *\nDisallow: /secret/\n", kind="text/plain")
    source = Source(
        id="lenne",
        name="Lenne",
        homepage=site.url,
        feeds=(site.url + "feed/", site.url + "secret/feed"),
        api=site.url + "wp-json/wp/v2/",
        sitemaps=(site.url + "missing.xml",),
        listings=(Listing(url=site.url, links="a["),),
    )
    found = [(one.what, one.ok, one.detail) for one in check(source, SETTINGS).findings]
    assert found == [
        ("site", True, "answers"),
        ("robots", True, "allows the home page"),
        ("feed", True, "1 articles, newest 2024-03-05"),
        ("feed", False, found[3][2]),
        ("api", True, "1 articles, newest 2024-03-05"),
        ("sitemap", False, "HTTP status 404"),
        ("listing", False, "`a[` is not a CSS selector: Can't parse CSS selector."),
    ]
    assert "robots.txt" in found[3][2]


def test_addresses_homes_and_ids_as_people_write_them() -> None:
    assert addresses("example.org") == ["https://example.org", "http://example.org"]
    assert addresses("localhost:8000") == ["http://localhost:8000", "https://localhost:8000"]
    assert home_of("https://x.example/2024/05/a-long-headline/") == "https://x.example/"
    assert home_of("https://x.example/blog") == "https://x.example/blog/"
    assert home_of("https://x.example/index.php") == "https://x.example/"
    assert slug("Süddeutsche Zeitung!") == "suddeutsche-zeitung"
    assert slug("Известия") == ""
