"""Broken and hostile pages: a record with what could be read, or a reason, in bounded time."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle
from tests.spiders.reading_help import NORTH, OUTLETS, PROSE, URL, html, page, read

# Seconds. The worst page below takes a fifth of it on the machine that this was written on; what is
# meant is that nothing takes minutes.
BOUND = 20.0

TEXT = "".join(f"<p>{one}</p>" for one in PROSE)
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "white space": b" \n\t ",
    "one byte": b"<",
    "nothing but NUL": b"\x00" * 10_000,
    "binary": bytes(range(256)) * 4_000,
    "deep divs": b"<html><body>" + b"<div>" * 200_000 + TEXT.encode(),
    "deep divs after the text": html().encode() + b"<div>" * 200_000,
    "deep spans": b"<h1>A title</h1><p>" + b"<span>" * 200_000 + PROSE[0].encode(),
    "deep tables": b"<h1>A title</h1>" + b"<table><tr><td>" * 100_000 + TEXT.encode(),
    "deep links": b"<h1>A title</h1>" + b"<a href=x>" * 100_000 + TEXT.encode(),
    "many empty tags": b"<h1>T</h1>" + b"<p></p>" * 300_000 + TEXT.encode(),
    "many breaks": b"<h1>T</h1><div>" + b"<br>" * 300_000 + TEXT.encode(),
    "a title of 1 MB": html(title="A " * 500_000).encode(),
    "a paragraph of 5 MB": html(f"<p>{'word ' * 1_000_000}</p>").encode(),
    "one word of 5 MB": html(f"<p>{'a' * 5_000_000}</p>").encode(),
    "dots": html(f"<p>{'.' * 1_000_000}</p>").encode(),
    "originally": html(f"<p>{'originally published ' * 20_000}</p>").encode(),
    "this article was": html(f"<p>{'this article was ' * 20_000}</p>").encode(),
    "by by by": html(before="<p>" + "by " * 60 + "</p>").encode(),
    "copyright": html(f"<p>{'© ' * 200_000}</p>").encode(),
    "commas": html(f"<p>By {',' * 200_000}</p>").encode(),
    "a class of 1 MB": f"<div class='{'share ' * 170_000}'>{TEXT}</div>".encode(),
    "many attributes": ("<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">" + TEXT).encode(),
    "many quoted attributes": (
        "<div " + " ".join(f"a{n}='<>'" for n in range(20_000)) + ">" + TEXT
    ).encode(),
    "many attributes by slashes": ("<div/" + "/".join(f"a{n}" for n in range(20_000)) + ">" + TEXT).encode(),
    "many tags of many attributes": (
        ("<div " + " ".join(f"a{n}='>'" for n in range(1_900)) + ">") * 100 + TEXT
    ).encode(),
    "open tags": b"<a " * 2_000_000,
    "many meta": html(head="<meta name=a content=b>" * 50_000).encode(),
    "many JSON-LD": html(head='<script type="application/ld+json">{}</script>' * 5_000).encode(),
    "nested JSON-LD": html(
        head=f'<script type="application/ld+json">{"[" * 100_000}</script>'
    ).encode(),
    "nested JSON-LD objects": html(
        head='<script type="application/ld+json">' + '{"@graph":' * 50_000 + "1" + "}" * 50_000 + "</script>"
    ).encode(),
    "wide JSON-LD": html(
        head='<script type="application/ld+json">[' + '{"@type":"Article"},' * 60_000 + "{}]</script>"
    ).encode(),
    "wrong types in JSON-LD": html(
        head='<script type="application/ld+json">{"@type":["NewsArticle",7,null],"headline":{"a":[1]},'
        '"datePublished":[[[]]],"author":[{"name":{"name":{"name":{"name":"x"}}}},3,null,true],'
        '"publisher":7,"articleBody":{"x":1},"keywords":{"a":1},"image":[[{"url":[5]}]],"@id":{"a":1},'
        '"isBasedOn":[[7]],"inLanguage":4,"articleSection":[1,[2]]}</script>'
    ).encode(),
    "a circle in JSON-LD": html(
        head='<script type="application/ld+json">{"@graph":[{"@id":"#a","author":{"@id":"#a"},"@type":'
        '"Article","headline":"h","publisher":{"@id":"#b"}},{"@id":"#b","name":{"@id":"#b"},"x":1}]}</script>'
    ).encode(),
    "huge numbers in JSON-LD": html(
        head='<script type="application/ld+json">{"@type":"Article","datePublished":1' + "0" * 9_000 + "}</script>"
    ).encode(),
    "broken hrefs": html(
        "".join(f"<a href='{one}'>x</a>" for one in ("http://[", "http://[::1", "//", "http://a:b", "%", "\x01"))
    ).encode(),
    "a broken base": html(head="<base href='http://[::'>").encode(),
    "control and direction characters": html(
        "<p>\u202eevil\u202c \x01\x02\x1b[31m \ufeff\u200b \ud7ff</p>", title="A\u202e story\x07 \u2066about\u2069 rivers"
    ).encode(),
    "lone surrogates": html("<p>&#xD800; &#xDFFF; &#0; &#x110000;</p>").encode(),
    "many entities": html(f"<p>{'&amp;' * 300_000}</p>").encode(),
    "a doctype bomb": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><html><p>&b;</p>' + TEXT.encode(),
    "utf-16 without mark": html().encode("utf-16-le"),
    "cut in a tag": html().encode()[:-40],
    "cut in a character": html("<p>" + "é" * 999).encode()[:-1],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded_and_without_exception(name: str) -> None:
    start = time.process_time()
    found = parse(page(HOSTILE[name]), NORTH, OUTLETS)
    assert time.process_time() - start < BOUND
    assert isinstance(found, Article | NotAnArticle)
    if isinstance(found, Article):
        assert len(found.title) <= 1_000


@pytest.mark.parametrize("size", [10, 200, 400, 700, 1000])
def test_a_cut_page_is_read_as_far_as_it_goes(size: int) -> None:
    found = parse(page(html()[:size]), NORTH, OUTLETS)
    if isinstance(found, Article):
        assert PROSE[0][:20] in found.text


@pytest.mark.parametrize("name", [name for name in HOSTILE if "attributes" in name])
def test_attributes_without_end_cost_no_time_and_the_text_is_read(name: str) -> None:
    start = time.process_time()
    article = read(b"<h1>A title</h1>" + HOSTILE[name])
    assert time.process_time() - start < 3, "libxml2 alone takes up to 9 s"
    assert article.paragraphs == PROSE
    assert any("attributes" in note for note in article.notes)


def test_a_script_that_compares_is_no_tag_of_many_attributes() -> None:
    script = "<script>for (i=0;i<n;i++) { " + "x = y / 2; " * 400 + "}</script>"
    article = read(html(head=script + '<meta name=author content="Ann Marsh">'))
    assert (article.authors, article.notes) == (("Ann Marsh",), ())


def test_deep_nesting_is_noted_and_the_text_before_it_read() -> None:
    article = read(HOSTILE["deep divs after the text"])
    assert article.paragraphs == PROSE
    assert any("deep" in note for note in article.notes)


def test_twenty_megabytes() -> None:
    start = time.process_time()
    article = read(html().encode() + b"<p>filler filler filler</p>" * 800_000)
    assert time.process_time() - start < 2 * BOUND
    assert article.paragraphs[: len(PROSE)] == PROSE
    assert any("bytes" in note for note in article.notes)


def test_invalid_json_ld_is_noted() -> None:
    article = read(html(head='<script type="application/ld+json">{"@type": oops}</script>'))
    assert any("JSON" in note for note in article.notes)


@pytest.mark.parametrize("value", ["0000-00-00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00",
                                   "2021-02-30", "2021-13-01", "-1", "NaN", "20210504T99", "99999999999999999999"])  # fmt: skip
def test_impossible_dates_are_kept_raw_and_not_believed(value: str) -> None:
    head = f"<meta property='article:published_time' content='{value}'>"
    article = read(html(head=head, before="<p>North Post, May 4, 2021</p>"))
    assert article.published_at == "2021-05-04"
    stated = [one for one in article.published if one.where == "meta:article:published_time"]
    assert [(one.raw, one.value) for one in stated] == [(value, None)]


def test_unseen_characters_do_not_reach_the_record() -> None:
    article = read(HOSTILE["control and direction characters"])
    assert article.title == "A story about rivers"
    assert not set("\u202e\u2066\x01\x1b\u200b") & set(article.text)


TAGS = st.sampled_from(["p", "div", "h1", "h2", "a href='/x'", "a href", "span", "table", "td", "li", "br",
                        "article", "script", "!--", "/p", "/div", "/a", "footer", "b", "svg", "time datetime=x"])  # fmt: skip
WORDS = st.sampled_from([*PROSE, "By ", "Source: ", "©", "2021-05-04", "Originally published on ", "&amp", "\x00", "{"])  # fmt: skip


@given(
    st.lists(st.one_of(TAGS.map(lambda tag: f"<{tag}>"), WORDS, st.text(max_size=20)), max_size=60)
)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_mixture_of_tags_is_read_or_refused(parts: list[str]) -> None:
    body = "".join(parts).encode("utf-8", "replace")
    one, other = (parse(page(body), None, Outlets([])) for _ in range(2))
    assert isinstance(one, Article | NotAnArticle)
    assert one == other, "the same bytes give the same record"


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert isinstance(parse(page(body), None, Outlets([])), Article | NotAnArticle)


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8080/a", "http://[::1]/a", "https://ü.test/ä?ö=1", "x:y"]
)
def test_any_address(url: str) -> None:
    found = parse(page(html(), url), None, Outlets([]))
    assert isinstance(found, Article)
    assert found.url == url
