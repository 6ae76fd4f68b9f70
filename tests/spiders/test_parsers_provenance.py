"""Of each field: which layer gave it, and which layers say something else."""

import json

import msgspec
import pytest

from spiders.parsers.provenance import (
    MAX_OTHERS,
    MAX_VALUE,
    first_of,
    layer_of,
    same_moment,
    source_of,
)
from storage.records import Article, FieldSource, Said
from tests.spiders.reading_help import NORTH, PROSE, html, read

LAYERS = {
    "rule:title": "rule", "jsonld:headline": "json-ld", "meta:og:title": "opengraph",
    "meta:article:section": "opengraph", "meta:twitter:title": "meta", "link:canonical": "link",
    "microdata:author": "microdata", "text": "page", "text:after": "page", "time:datetime": "page",
    "/html/body/p[2]": "page", "/html/body/x-state/div": "script", "url": "url",
    "source:name": "source", "detected:text": "detected",
}  # fmt: skip


@pytest.mark.parametrize("place", LAYERS)
def test_a_place_names_its_layer(place: str) -> None:
    assert layer_of(place) == LAYERS[place]


def _of(article: Article, field: str) -> FieldSource:
    return next(one for one in article.provenance if one.field == field)


def _ld(**said: object) -> str:
    node = {"@type": "NewsArticle", **said}
    return f"<script type=application/ld+json>{json.dumps(node)}</script>"


def test_titles_that_differ_in_signs_alone_agree() -> None:
    article = read(html(title="“Rivers” rise", head=_ld(headline='"Rivers" rise')))
    assert _of(article, "title").others == ()
    head = (
        _ld(headline="Rivers rise again") + "<meta property=og:title content='Rivers on the rise'>"
    )
    found = _of(read(html(title="Rivers rise", head=head)), "title")
    assert (found.layer, found.place) == ("opengraph", "meta:og:title")
    assert [(one.layer, one.place, one.value) for one in found.others] == [
        ("page", "/html/body/article/h1", "Rivers rise"),
        ("json-ld", "jsonld:headline", "Rivers rise again"),
    ]


def test_authors_in_any_order_agree() -> None:
    people = [{"@type": "Person", "name": name} for name in ("Ann Lee", "Bo Ek")]
    line = "<p class=byline>By Bo Ek and Ann Lee</p>"
    agreed = _of(read(html(before=line, head=_ld(headline="A", author=people))), "authors")
    assert (agreed.layer, agreed.others) == ("json-ld", ())
    line = "<p class=byline>By Cy Dee</p>"
    found = _of(read(html(before=line, head=_ld(headline="A", author=people))), "authors")
    assert found.others == (Said("page", "text", "Cy Dee"),)


def test_dates_agree_as_far_as_both_are_precise() -> None:
    head = _ld(headline="A", datePublished="2021-05-03T22:30:00Z")
    line = "<time datetime=2021-05-04T00:30:00+02:00>3 May 2021</time>"
    assert _of(read(html(head=head, before=line)), "published_at").others == ()
    head += "<meta property=article:published_time content=2021-05-02>"
    found = _of(read(html(head=head)), "published_at")
    assert (found.layer, found.place) == ("json-ld", "jsonld:datePublished")
    assert found.others == (Said("opengraph", "meta:article:published_time", "2021-05-02"),)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2021-05-04T00:30:00+02:00", "2021-05-03T22:30:59Z", True),
        ("2021-05-04T00:30", "2021-05-04", True), ("2021-05", "2021-05-04", True),
        ("2021-05-04T00:30", "2021-05-04T00:31", False), ("2021-05", "2021-04-30", False),
    ],
)  # fmt: skip
def test_moments(one: str, other: str, same: bool) -> None:
    assert same_moment(one, other) is same
    assert same_moment(other, one) is same


def test_the_text_and_what_json_ld_has_in_its_place() -> None:
    text = " ".join(PROSE)
    whole = read(html(head=_ld(headline="A", articleBody=text)))
    found = _of(whole, "paragraphs")
    assert (found.layer, found.others) == ("page", ())
    assert found.place == "/html/body/article/div"
    other = read(html(head=_ld(headline="A", articleBody=text + " A passage more." * 20)))
    (one,) = _of(other, "paragraphs").others
    assert (one.layer, one.value[-1]) == ("json-ld", "…")


def test_the_rest_of_the_fields() -> None:
    head = (
        "<link rel=canonical href=/a><meta property=og:url content=/b>"
        "<meta property=og:site_name content='North Post'>"
        "<meta property=article:section content=World>"
    )
    ld = _ld(headline="A", inLanguage="en-GB", articleSection="Weather", publisher="Other Post")
    found = {one.field: one for one in read(html(head=head + ld)).provenance}
    assert found["stated_canonical"].others[0].place == "meta:og:url"
    assert found["outlet"].place == "source:name"
    assert [one.value for one in found["outlet"].others] == ["Other Post"]
    assert found["language"].place == "jsonld:inLanguage"
    assert found["taxonomy.section"].layer == "json-ld"
    assert [one.value for one in found["taxonomy.section"].others] == ["World"]


def test_a_sources_own_rules_are_a_layer() -> None:
    rules = [{"title": ".kicker", "authors": ".who"}]
    source = msgspec.convert(msgspec.to_builtins(NORTH) | {"rules": rules}, type(NORTH))
    line = "<p class=kicker>Its own headline</p><p class=who>Di Fox</p>"
    article = read(html(before=line), source=source)
    assert [_of(article, name).layer for name in ("title", "authors")] == ["rule", "rule"]


def test_it_is_no_part_of_the_id() -> None:
    one = read(html(head=_ld(headline="A story about rivers", inLanguage="en")))
    other = read(html())
    assert one.provenance != other.provenance
    assert one.id == other.id


def test_it_is_bounded() -> None:
    long = "x" * 10_000
    many = [(f"meta:{number}", f"{number} {long}") for number in range(50)]
    found = source_of("title", ("jsonld:headline", long), many)
    assert len(found.others) == MAX_OTHERS
    assert all(len(one.value) == MAX_VALUE + 1 for one in found.others)
    assert first_of("title", [("text", "")]) is None
