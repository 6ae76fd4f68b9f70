"""The strategy modules: pure readings of feeds, sitemaps, APIs and listings."""

import gzip
import json
from pathlib import Path

import pytest

from config.registry import Articles, Listing, Source
from spiders.crawlers import api, feed, listing, sitemap
from spiders.crawlers.found import FoundPage, admission, in_window, looks_like_article, merged
from spiders.crawlers.titles import query, similarity, slug_similarity
from storage.records import Capture, Page, WarcPlace

HERE = "http://news.example/"


def page(body: bytes | str, url: str = HERE, **headers: str) -> Page:
    capture = Capture(
        id="x",
        url=url,
        fetched_at="2024-01-01T00:00:00.000000Z",
        route="live",
        why="feed",
        status=200,
        warc=WarcPlace("r", "f", 0, 1),
    )
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(
        capture=capture, headers=pairs, body=body.encode() if isinstance(body, str) else body
    )


def test_an_rss_feed_gives_links_titles_and_dates_in_utc() -> None:
    body = """<rss version="2.0"><channel><title>N</title><item><title>A &amp; B</title>
      <link>/2024/05/a-b</link><pubDate>Tue, 05 Mar 2024 23:30:00 -0300</pubDate></item>
      <item><title>no link</title></item></channel></rss>"""
    (found,) = feed.read(page(body)).found
    assert found.url == HERE + "2024/05/a-b"
    assert found.title == "A & B"
    assert found.published == "2024-03-06T02:30:00Z"


def test_an_atom_feed_gives_published_and_modified() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title>A</title>
      <link rel="alternate" href="http://news.example/a"/><published>2024-03-05T10:00:00+01:00
      </published><updated>2024-03-06T00:00:00Z</updated></entry></feed>"""
    (found,) = feed.read(page(body)).found
    assert (found.published, found.modified) == ("2024-03-05T09:00:00Z", "2024-03-06T00:00:00Z")


@pytest.mark.parametrize("body", ["", "<html><p>hi", "http://127.0.0.1:9/feed", "\x00\x01"])
def test_what_is_no_feed_gives_nothing_and_fetches_nothing(body: str) -> None:
    assert feed.read(page(body)).found == ()
    assert feed.about(page(body)).version == ""


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://news.example/one</loc><lastmod>2024-03-05T10:00:00+02:00</lastmod>
 <image:image><image:loc>http://news.example/one.jpg</image:loc></image:image></url>
<url><loc> /two </loc><news:news><news:publication_date>2024-03-04</news:publication_date>
 <news:title>Two</news:title></news:news></url></urlset>"""


@pytest.mark.parametrize("pack", [lambda body: body, gzip.compress])
def test_a_sitemap_plain_or_gzipped(pack: object) -> None:
    found = sitemap.read(page(pack(SITEMAP.encode())), 1_000_000).found  # type: ignore[operator]
    assert [one.url for one in found] == [HERE + "one", HERE + "two"]
    assert found[0].modified == "2024-03-05T08:00:00Z"
    assert (found[1].published, found[1].title) == ("2024-03-04", "Two")


def test_a_sitemap_index_gives_articles_maps_only_newest_first() -> None:
    names = (
        ("wp-sitemap-posts-post-1.xml", ""),
        ("wp-sitemap-posts-post-2.xml", ""),
        ("news-2024.xml", "2024-03-01"),
        ("wp-sitemap-taxonomies-category-1.xml", ""),
        ("wp-sitemap-users-1.xml", ""),
        ("wp-sitemap-posts-page-1.xml", ""),
        ("post_tag-sitemap2.xml", ""),
        ("author-sitemap.xml", ""),
    )
    rows = "".join(
        f"<sitemap><loc>{HERE}{name}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for name, day in names
    )
    reading = sitemap.read(page(f"<sitemapindex>{rows}</sitemapindex>"), 1000)
    assert [url.removeprefix(HERE) for url in reading.more] == [
        "news-2024.xml",
        "wp-sitemap-posts-post-2.xml",
        "wp-sitemap-posts-post-1.xml",
    ]


def test_sitemap_names_of_articles_are_not_taken_for_sections() -> None:
    for name in (
        "sitemap-news.xml",
        "post-sitemap.xml",
        "sitemap_articles_tagesschau.xml",
        "1.xml",
    ):
        assert not sitemap.NOT_ARTICLES.search(HERE + name), name


def test_a_hostile_sitemap_is_bounded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://news.example/stolen")
    bomb = gzip.compress(b"<urlset>" + b" " * 50_000_000 + b"</urlset>")
    assert len(sitemap.unpacked(bomb, 1000)) == 1000
    entity = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>'
        "<urlset><url><loc>&s;</loc></url></urlset>"
    )
    assert sitemap.read(page(entity), 1000).found == ()
    assert sitemap.read(page(b"\x1f\x8bbroken"), 1000).found == ()


def test_a_text_sitemap() -> None:
    found = sitemap.read(page("http://news.example/a\nnonsense\nhttps://news.example/b\n"), 1000)
    assert [one.url for one in found.found] == [HERE + "a", "https://news.example/b"]


def test_the_api_gives_posts_and_the_next_page() -> None:
    url = api.posts_url(HERE + "wp-json/wp/v2/", since="2024-01-01", until="2024-02-01")
    assert "after=2024-01-01T00%3A00%3A00Z" in url
    assert "before=2024-02-01T23%3A59%3A59Z" in url
    post = {
        "id": 1,
        "link": HERE + "?p=1",
        "date_gmt": "2024-01-05T08:00:00",
        "modified_gmt": "2024-01-06T08:00:00",
        "title": {"rendered": "A &#8211; B"},
    }
    reading = api.read(page(json.dumps([post]), url, **{"x_wp_totalpages": "2"}))
    (found,) = reading.found
    assert (found.title, found.published) == ("A – B", "2024-01-05T08:00:00Z")
    (second,) = reading.more
    assert second == url.replace("page=1&", "page=2&")
    assert api.read(page(json.dumps([post]), second, **{"x_wp_totalpages": "2"})).more == ()


def test_the_api_root_of_a_site_without_pretty_links() -> None:
    assert api.posts_url(HERE + "?rest_route=/wp/v2/").startswith(
        HERE + "?rest_route=/wp/v2/posts&per_page=100&page=1&"
    )


@pytest.mark.parametrize("body", ["", "{}", '[1, null, {"link": 5}]', "[" * 100_000])
def test_what_is_no_list_of_posts_gives_nothing(body: str) -> None:
    assert api.read(page(body)) == listing.Reading()


def test_a_listing_by_selectors_and_without() -> None:
    body = """<base href="/n/"><nav><a href="/category/war">War</a><a href="/about">About</a></nav>
      <a href="2024/ferry-stops-at-noon"><img></a>
      <h2><a href="2024/ferry-stops-at-noon#top">Ferry stops at noon</a></h2>
      <h2><a href="/n/short">Short</a></h2><a href="javascript:x()">x</a><a href="#">y</a>
      <a class="next" href="?page=2">Next</a>"""
    generic = listing.read(page(body), Listing(url=HERE))
    assert [(one.url, one.title) for one in generic.found] == [
        (HERE + "n/2024/ferry-stops-at-noon", "Ferry stops at noon")
    ]
    assert generic.more == (HERE + "n/?page=2",)
    chosen = listing.read(page(body), Listing(url=HERE, links="h2", next=".none"))
    assert [one.url for one in chosen.found] == [
        HERE + "n/2024/ferry-stops-at-noon",
        HERE + "n/short",
    ]
    assert chosen.more == ()


def test_a_pager_known_by_its_words_alone() -> None:
    body = '<a href="/about">About</a><a href="/page/2/">« Older posts</a>'
    assert listing.read(page(body), Listing(url=HERE)).more == (HERE + "page/2/",)


def test_a_wrong_selector_is_told() -> None:
    with pytest.raises(listing.SelectorError, match=r"`a\[` is not a CSS selector"):
        listing.read(page("<a href=x>y</a>"), Listing(url=HERE, links="a["))


def test_admission_keeps_to_the_site_and_the_patterns() -> None:
    source = Source(
        id="n",
        name="N",
        homepage=HERE,
        domains=("old.example",),
        articles=Articles(include=(r"/\d{4}/",), exclude=("/2024/advert",)),
    )
    admits = admission(source)
    assert admits("https://www.news.example/2024/a")
    assert admits("http://old.example/2020/a")
    assert not admits("http://news.example/about")
    assert not admits("http://news.example/2024/advert-x")
    assert not admits("http://elsewhere.example/2024/a")
    assert not admits(HERE + "2024/" + "a" * 3000)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("2024/05/ferry", True),
        ("video-armenia-azerbaijan-clashes/5718988", True),
        ("?p=123", True),
        ("news/the-ferry-stops-today.html", True),
        ("", False),
        ("category/war-and-peace", False),
        ("wp-content/uploads/2024/05/a.jpg", False),
        ("author/odile-brandt-of-lenne", False),
        ("world", False),
    ],
)
def test_the_generic_rule_for_links(path: str, is_one: bool) -> None:
    assert looks_like_article(HERE + path) is is_one


def test_the_window_uses_what_is_known() -> None:
    def found(**dates: str) -> FoundPage:
        return FoundPage(url=HERE, why="feed", via="", **dates)

    assert in_window(found(), "2024-01-01", "2024-02-01")
    assert in_window(found(published="2024-02-01T23:00:00Z"), "2024-01-01", "2024-02-01")
    assert not in_window(found(published="2024-02-02T00:00:00Z"), None, "2024-02-01")
    assert not in_window(found(modified="2023-12-31"), "2024-01-01", None)
    assert in_window(found(modified="2024-03-01"), "2024-01-01", "2024-02-01")


def test_merging_keeps_one_of_each_and_what_is_known_of_it() -> None:
    one = FoundPage(url=HERE + "a?utm_source=x", why="feed", via="f")
    two = FoundPage(url="https://www.news.example/a", why="sitemap", via="s", modified="2024-01-01")
    (kept,) = merged([one, two])
    assert (kept.url, kept.why, kept.modified) == (one.url, "feed", "2024-01-01")


def test_headlines_are_compared_without_labels_and_typography() -> None:
    title = "Video: Armenia -Azerbaijan Clashes, Shifting Balance of Power in South Caucasus"
    original = "Armenia–Azerbaijan clashes, shifting balance of power in South Caucasus"
    assert similarity(title, original) == 1.0
    assert similarity(title, "Armenia and Azerbaijan agree on talks") < 0.5
    assert similarity("", "") == 0.0
    url = "http://x.example/armenia-azerbaijan-clashes-shifting-balance-of-power-in-south-caucasus/"
    assert slug_similarity(title, url) >= 0.8
    assert slug_similarity(title, "http://x.example/2020/07/17/") == 0.0
    # A minus would exclude the word from a WordPress search.
    assert query(title) == "armenia azerbaijan clashes shifting balance caucasus"
