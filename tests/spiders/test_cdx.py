"""Indexes of archives, in all forms that their documentation shows; and what is none."""

import json
from datetime import date

import pytest

from spiders.crawlers import cdx
from spiders.crawlers.found import Place
from spiders.crawlers.windows import Window, dated
from storage.records import Capture, Page, WarcPlace

WINDOW = Window(date(2020, 7, 1), date(2020, 7, 31))
# As the server's README has them.
TEXT = """\
org,outlet)/a 20200717100200 http://outlet.org:80/a text/html 200 AAAA 1043
org,outlet)/b 20200718100200 https://outlet.org/b text/html 200 BBBB 1043
"""
ROWS = [line.split() for line in TEXT.splitlines()]
ASKED = cdx.wayback_url("http://archive.example/cdx", "outlet.org", WINDOW)


def page(body: str | bytes, url: str = ASKED) -> Page:
    capture = Capture(
        id="c", url=url, fetched_at="2026-01-01T00:00:00.000000Z", route="live", why="discovery",
        status=200, warc=WarcPlace("r", "f", 0, 1),
    )  # fmt: skip
    return Page(capture=capture, headers=(), body=body.encode() if isinstance(body, str) else body)


def found(body: str | bytes) -> list[tuple[str, str | None]]:
    return [(one.url, one.archived) for one in cdx.read(page(body)).found]


BOTH = [("http://outlet.org:80/a", "20200717100200"), ("https://outlet.org/b", "20200718100200")]


def test_text_json_arrays_and_json_lines_say_the_same() -> None:
    arrays = json.dumps([list(cdx.FIELDS), *ROWS])
    lines = "\n".join(json.dumps(dict(zip(cdx.FIELDS, row, strict=True))) for row in ROWS)
    assert found(TEXT) == found(arrays) == found(lines) == BOTH


@pytest.mark.parametrize("empty", ["", "\n", "[]", "[ ]"])
def test_none_is_none(empty: str) -> None:
    assert cdx.read(page(empty)) == cdx.Reading()


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Temporarily offline</body></html>", "[[", '[{"a": 1}]', '{"a": 1}\n[1]', "{",
        '[["urlkey"], ["x"]]', '[["timestamp", ["x"]], ["1", "2"]]',
        "org,outlet)/a soon http://outlet.org/a text/html 200 A 1",
        b"\xff\xfe", "Too Many Requests",
    ],
)  # fmt: skip
def test_what_is_no_index_is_not_taken_for_an_empty_one(body: str | bytes) -> None:
    with pytest.raises(cdx.NotAnIndex):
        cdx.read(page(body))


def test_a_resume_key_leads_on_and_is_asked_with_once() -> None:
    key = "org,outlet)/b 20200718100200"
    arrays = json.dumps([list(cdx.FIELDS), *ROWS, [], [key]])
    (more,) = cdx.read(page(arrays)).more
    assert more == ASKED + "&resumeKey=org%2Coutlet%29%2Fb+20200718100200"
    (again,) = cdx.read(page(arrays, more)).more
    assert again == more
    (more,) = cdx.read(page(TEXT + "\norg%2Coutlet%29%2Fb+2020\n")).more
    assert more.endswith("&resumeKey=org%252Coutlet%2529%252Fb%2B2020")


def test_of_one_page_the_first_capture_counts() -> None:
    first = "https://www.outlet.org/a/?utm_source=x"
    later = TEXT + f"org,outlet)/a 20200701000000 {first} text/html 200 A 1"
    assert found(later) == [(first, "20200701000000"), BOTH[1]]


def test_the_pages_of_common_crawls_index() -> None:
    url = cdx.commoncrawl_url("http://index.example/CC-MAIN-2020-29-index", "outlet.org", WINDOW)
    more = cdx.read(page('{"pages": 2, "pageSize": 5, "blocks": 6}', url)).more
    assert [one.rpartition("&")[2] for one in more] == ["page=0", "page=1"]
    assert "showNumPages" not in more[0]
    with pytest.raises(cdx.NotAnIndex):
        cdx.read(page('{"message": "busy"}', url))
    row = {
        "urlkey": "org,outlet)/a", "timestamp": "20200717100200", "url": "https://outlet.org/a",
        "mime": "text/html", "status": "200", "digest": "A", "length": "9126",
        "offset": "823456", "filename": "crawl-data/x.warc.gz",
    }  # fmt: skip
    (one,) = cdx.read(page(json.dumps(row), more[0])).found
    assert one.record == Place("crawl-data/x.warc.gz", 823456, 9126)


def test_which_crawls_may_hold_the_window() -> None:
    listed = [
        {"cdx-api": "/a-index", "from": "2020-07-02T10:00:00", "to": "2020-07-16T10:00:00"},
        {"cdx-api": "/b-index", "from": "2020-08-02T10:00:00", "to": "2020-08-16T10:00:00"},
        {"cdx-api": "/c-index"},
        {"id": "d"},
    ]
    at = "http://index.example/collinfo.json"
    assert cdx.indexes(page(json.dumps(listed), at), WINDOW) == [
        "http://index.example/a-index", "http://index.example/c-index"
    ]  # fmt: skip
    with pytest.raises(cdx.NotAnIndex):
        cdx.indexes(page("<html>", at), WINDOW)


def test_how_an_index_says_that_it_has_nothing() -> None:
    assert cdx.says_none(page('{"message": "No Captures found for: outlet.org/*"}'))
    assert not cdx.says_none(page('{"message": "no such collection"}'))
    assert not cdx.says_none(page("<html>404</html>"))


@pytest.mark.parametrize(
    ("outlet", "kind"), [("outlet.org", "domain"), ("127.0.0.1:80", "host"), ("localhost", "host")]
)
def test_an_outlets_subdomains_are_asked_for_where_it_can_have_some(outlet: str, kind: str) -> None:
    assert f"&matchType={kind}&" in cdx.wayback_url("http://a.example/cdx", outlet, WINDOW)


@pytest.mark.parametrize(
    ("url", "span"),
    [
        ("https://a.example/2020/07/19/x", ("2020-07-19", "2020-07-19")),
        ("https://a.example/2020-07-19-x", ("2020-07-19", "2020-07-19")),
        ("https://a.example/x/20200719/", ("2020-07-19", "2020-07-19")),
        ("https://a.example/2020/02/x", ("2020-02-01", "2020-02-29")),
        ("https://a.example/sitemap-2020-12.xml", ("2020-12-01", "2020-12-31")),
        ("https://a.example/sitemap.xml?yyyy=2020&mm=7", ("2020-07-01", "2020-07-31")),
        ("https://a.example/2020/02/30/x", None),
        ("https://a.example/x-202007191", None),
        ("https://a.example/x", None),
    ],
)
def test_the_days_that_an_address_is_filed_under(url: str, span: tuple[str, str] | None) -> None:
    found = dated(url)
    assert (found and tuple(map(str, found))) == span


@pytest.mark.parametrize(
    ("url", "lastmod", "may"),
    [
        ("http://a/posts-1.xml", None, True),
        ("http://a/posts-1.xml", "2020-06-29", False),  # unchanged since before the window
        ("http://a/posts-1.xml", "2020-06-30T23:00:00-05:00", True),
        ("http://a/posts-1.xml", "2024-01-01", True),  # may have been edited since
        ("http://a/sitemap-2020-07.xml", None, True),
        ("http://a/sitemap-2020-09.xml", None, False),
    ],
)
def test_lists_that_can_hold_nothing_of_the_window_are_left_out(
    url: str, lastmod: str | None, may: bool
) -> None:
    assert WINDOW.may_hold(url, lastmod) is may
