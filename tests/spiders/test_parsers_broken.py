"""Each kind of broken page: a record with what could be read, a note of what could not, within the
time and memory that a crawl gives to one page."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import Settings
from spiders.parsers import parse
from spiders.parsers.provenance import MAX_OTHERS, MAX_VALUE
from spiders.reader import Reader
from storage import tables
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle
from tests.spiders.reading_help import NORTH, OUTLETS, PROSE, html, page

LD = '<script type="application/ld+json">%s</script>'
DEEP = 200_000
RUSSIAN = "Река за ночь поднялась на два метра, и старый мост закрыли для всякого движения. " * 4


def _dated(value: str) -> str:
    return html(
        head=LD % json.dumps({"@type": "NewsArticle", "headline": "A", "datePublished": value}),
        before="<p>North Post, May 4, 2021</p>",
    )


# What is broken: the page, and the note that says so.
BROKEN: dict[str, tuple[bytes, str]] = {
    "truncated in a tag": (html("<div class=").encode().partition(b"</div>")[0], "breaks off"),
    "truncated in the text": (html().encode().partition(b"</div>")[0], "has no end"),
    "20 MB": (html().encode() + b"<p>filler filler</p>" * 1_100_000, "only the first 20000000 of"),
    "nested below the text": (html().encode() + b"<div>" * DEEP, "nested too deeply"),
    "nested around the text": (
        b"<html><body><div>" + b"<b>" * DEEP + html().encode(), "nested too deeply",
    ),
    "nested lists": (html("<ul><li>" * DEEP).encode(), "nested too deeply"),
    "JSON-LD that nests": (html(head=LD % ("[" * DEEP)).encode(), "not valid JSON"),
    "JSON-LD of 3 MB": (html(head=LD % ('"' + "x" * 3_000_000 + '"')).encode(), "too large"),
    "JSON-LD of many objects": (
        html(head=LD % ("[" + '{"@type":"Article"},' * 60_000 + "{}]")).encode(),
        "only the first 5000 JSON-LD objects",
    ),
    "microdata of many properties": (
        html("<i itemprop=author>x</i>" * 20_000).encode(), "only the first 1000 microdata",
    ),
    "year 0": (_dated("0000-01-01T00:00:00Z").encode(), "a date could not be read: '0000"),
    "year 9999": (_dated("9999-12-31T23:59:59+14:00").encode(), "a date could not be read: '9999"),
    "a title of 1 MB": (html(title="A story of water " * 62_500).encode(), "a title was longer"),
    "JSON-LD's title of 1 MB": (
        html(head=LD % json.dumps({"@type": "Article", "headline": "Ab " * 350_000})).encode(),
        "a title was longer",
    ),
    "control characters": (html("<p>\x01\x1b[31m\x00</p>").encode(), "control characters"),
    "direction characters": (html("<p>\u202e21 yaM\u202c</p>").encode(), "turn the direction"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The process that reads for a crawl, with a crawl's bounds; more seconds, for tests run beside
    others."""
    made = Reader(OUTLETS, msgspec.structs.replace(Settings(), max_parse_seconds=120.0))
    yield made
    made.close()


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_page_gives_a_record_and_a_note(what: str, reader: Reader) -> None:
    body, note = BROKEN[what]
    article = reader.look(page(body)).result().article
    assert isinstance(article, Article)
    assert [line for line in article.notes if note in line]
    assert set(PROSE) <= set(article.paragraphs)
    assert len(article.title) <= 1_000
    if what.startswith("year"):
        assert article.published_at == "2021-05-04"


def test_a_page_without_a_charset_is_read_by_its_bytes(reader: Reader) -> None:
    body = f"<html><body><article><h1>Река</h1><p>{RUSSIAN}</p></article></body></html>"
    article = reader.look(page(body.encode("koi8-r"))).result().article
    assert isinstance(article, Article)
    assert (article.charset, article.charset_from) == ("koi8-r", "detected")
    assert article.paragraphs == (RUSSIAN.strip(),)


# Any page with any of these injuries

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers()
    | st.sampled_from(["", "Ann Marsh", "2021-05-04", "0000-00-00", "9999-12-31", "#", "\u202ex"])
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "@id", "@type", "url"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NAMES = (
    "headline", "author", "datePublished", "dateModified", "articleBody", "publisher", "image",
    "articleSection", "keywords", "inLanguage", "isBasedOn", "@id", "video", "license",
)  # fmt: skip
NODES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6).map(
    lambda node: LD % json.dumps({"@type": "NewsArticle", **node})
)
PROPERTY = st.sampled_from(["headline", "name", "author", "datePublished", "publisher", "url"])
MARKED = st.lists(st.tuples(PROPERTY, st.booleans(), st.text(max_size=8)), max_size=6).map(
    lambda found: "".join(
        f"<i itemprop={name}{' itemscope itemtype=/Article' if scoped else ''}>{text}"
        for name, scoped, text in found
    )
)
INJURIES = st.lists(
    st.sampled_from(["\x00", "\x1b", "\u202e", "\u2066", "\ufeff", "<b>" * 400, "<td>", "</div>",
                     "<!--", "<script>", "&#0;", "&#xD800;", "\x80", '"', "<p>" + "A" * 3_000]),
    max_size=5,
)  # fmt: skip


@given(
    node=NODES, marked=MARKED, injuries=INJURIES, title=st.text(max_size=30), cut=st.floats(0, 1)
)
@settings(max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_broken_the_record_is_whole(
    node: str, marked: str, injuries: list[str], title: str, cut: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    text = html(marked, head=node, title=title or "A story", before="".join(injuries))
    body = text.encode("utf-8", "surrogatepass")
    for length in (len(body), int(cut * len(body))):
        found = parse(page(body[:length]), NORTH, OUTLETS)
        assert found == parse(page(body[:length]), NORTH, OUTLETS)
        if isinstance(found, NotAnArticle):
            continue
        _whole(found, tmp_path_factory.getbasetemp() / "one.parquet")


def _whole(article: Article, path: Path) -> None:
    """A record that can be stored and shown: bounded, and each of its fields accounted for."""
    assert msgspec.json.decode(msgspec.json.encode(article), type=Article) == article
    tables.write(path, Article, [article])
    assert list(tables.read(path, Article)) == [article]
    from_where = {one.field: one for one in article.provenance}
    assert len(from_where) == len(article.provenance)
    for name in ("title", "authors", "published_at", "language", "subtitle", "stated_canonical"):
        assert bool(getattr(article, name)) <= (name in from_where), name
    for one in article.provenance:
        assert len(one.others) <= MAX_OTHERS
        assert all(len(other.value) <= MAX_VALUE + 1 for other in one.others)
        assert not any(re.search(r"[\x00-\x1f\u202a-\u202e]", other.value) for other in one.others)


def test_a_page_that_is_nothing_is_refused_with_a_reason() -> None:
    for body in (b"", b"\x00" * 1_000, b"<", b"\xff\xfe\xfd" * 400):
        found = parse(page(body), None, Outlets([]))
        assert isinstance(found, NotAnArticle)
        assert found.reason
