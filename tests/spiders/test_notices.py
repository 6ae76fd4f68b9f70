"""What archived feeds, sitemaps, API answers and mementos say of the dates of pages."""

import gzip
import json

import pytest

from spiders.notices import may_have, notices
from storage.records import Capture, Page, WarcPlace

HERE = "https://outlet.example/"
SEEN = "2026-03-01T08:00:00.000000Z"


def page(body: bytes | str, url: str = HERE + "feed", **headers: str) -> Page:
    """A captured document."""
    capture = Capture(
        id="c1", url=url, fetched_at=SEEN, route="live", why="discovery", status=200,
        warc=WarcPlace("run", "a", 0, 1),
    )  # fmt: skip
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    data = body.encode() if isinstance(body, str) else body
    return Page(capture=capture, headers=named, body=data)


def said(made: Page) -> list[tuple[str, str, str, str, str]]:
    return [
        (one.kind, one.says, one.value, one.precision, one.place) for one in notices(made, 10_000)
    ]


def rss(date: str) -> Page:
    item = f"<item><link>{HERE}a</link><pubDate>{date}</pubDate></item>"
    return page(f"<?xml version='1.0'?><rss version='2.0'><channel>{item}</channel></rss>")


@pytest.mark.parametrize(
    ("date", "value", "precision"),
    [
        ("Fri, 17 Jul 2020 10:02:00 GMT", "2020-07-17T10:02:00Z", "second"),
        ("Fri, 17 Jul 2020 12:02:05 +0200", "2020-07-17T10:02:05Z", "second"),
        ("Fri, 17 Jul 2020 06:02 EDT", "2020-07-17T10:02:00Z", "minute"),
        ("Fri, 17 Jul 2020 10:02:00", "2020-07-17T10:02:00", "second"),
        ("Fri, 17 Jul 2020 10:02:00 QZX", "2020-07-17T10:02:00", "second"),
        ("17 Jul 2020", "2020-07-17", "day"),
        ("2020-07-17", "2020-07-17", "day"),
        ("2020-07-17T10:02:00-05:00", "2020-07-17T15:02:00Z", "second"),
    ],
)
def test_a_feed_date_is_kept_as_precise_as_it_is(date: str, value: str, precision: str) -> None:
    assert said(rss(date)) == [("feed", "published", value, precision, "entry 1: published")]
    (one,) = notices(rss(date), 10_000)
    assert (one.raw, one.url, one.capture, one.seen_at) == (date, HERE + "a", "c1", SEEN)


@pytest.mark.parametrize("date", ["", "soon", "99 Foo 2020", "Fri, 17 Jul 99999 10:02:00 GMT"])
def test_what_is_no_date_is_no_notice(date: str) -> None:
    assert said(rss(date)) == []


def test_an_atom_feed_tells_published_from_updated() -> None:
    entry = (
        f"<entry><link href='{HERE}a'/><published>2020-07-17T10:02:00Z</published>"
        "<updated>2020-07-18T00:00:00+01:00</updated></entry>"
    )
    found = said(page(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>"))
    assert [one[1:3] for one in found] == [
        ("published", "2020-07-17T10:02:00Z"),
        ("updated", "2020-07-17T23:00:00Z"),
    ]


def test_a_sitemap_gives_changes_and_a_news_sitemap_publication() -> None:
    rows = (
        f"<url><loc>{HERE}a</loc><lastmod>2020-07-18</lastmod></url>"
        f"<url><loc>{HERE}b</loc><news><publication_date>2020-07-17T10:02:00Z</publication_date>"
        "</news></url>"
    )
    body = f"<urlset>{rows}</urlset>".encode()
    wanted = [
        ("sitemap", "updated", "2020-07-18", "day", "url 1: lastmod"),
        ("news-sitemap", "published", "2020-07-17T10:02:00Z", "second", "url 2: publication_date"),
    ]
    assert said(page(body)) == said(page(gzip.compress(body))) == wanted


def test_the_api_gives_both_in_utc() -> None:
    post = {
        "link": HERE + "a",
        "date_gmt": "2020-07-17T10:02:00",
        "modified_gmt": "2020-07-18T09:00:00",
        "title": {"rendered": "T"},
    }
    draft = {"link": HERE + "b", "date_gmt": "0000-00-00T00:00:00", "modified_gmt": 7}
    assert said(page(json.dumps([post, draft]))) == [
        ("api", "published", "2020-07-17T10:02:00Z", "second", "post 1: date_gmt"),
        ("api", "updated", "2020-07-18T09:00:00Z", "second", "post 1: modified_gmt"),
    ]


def test_a_memento_gives_the_time_of_its_capture() -> None:
    url = f"https://archive.example/web/20200717110000id_/{HERE}a"
    made = page("<html>", url, Memento_Datetime="Fri, 17 Jul 2020 11:00:00 GMT")
    (one,) = notices(made, 10_000)
    assert (one.kind, one.says, one.value, one.url) == (
        "web-archive", "captured", "2020-07-17T11:00:00Z", HERE + "a"
    )  # fmt: skip
    assert said(page("<html>", url, Memento_Datetime="yesterday")) == []
    assert said(page("<html>", HERE + "a", Memento_Datetime="Fri, 17 Jul 2020 11:00:00 GMT")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[1, null, {}]",
        b"<html><body>rss</body></html>",
        b"\x1f\x8bx",
        b"<rss",
        b"<urlset",
        b"[" * 100_000,
        b"<urlset><url><loc>https://outlet.example/a</loc>"
        b"<lastmod>0001-01-01T00:00:00+10:00</lastmod></url></urlset>",
    ],
)
def test_what_is_no_such_document_says_nothing(body: bytes) -> None:
    assert said(page(body)) == []


def test_pages_for_people_are_not_looked_through() -> None:
    made = page("").capture

    def of(**changes: object) -> Capture:
        values = {name: getattr(made, name) for name in made.__struct_fields__}
        return Capture(**values | changes)

    assert may_have(made)
    assert not may_have(of(status=404))
    assert not may_have(of(why="feed", mime="text/html"))
    assert may_have(of(why="import", mime="application/rss+xml"))
    assert not may_have(of(why="import", mime="text/html"))
