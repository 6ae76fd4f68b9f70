"""Microdata as a layer of its own: which item is the article's, and what belongs to it."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from spiders.parsers import microdata
from spiders.parsers.base import document
from tests.spiders.reading_help import PROSE, page, read

TEXT = "".join(f"<p>{one}</p>" for one in PROSE)
S = "itemscope itemtype=https://schema.org"


def _item(inner: str) -> dict[str, object]:
    return microdata.article(document(page(f"<html><body>{inner}</body></html>")))


def _page(inner: str) -> str:
    return f"<html lang=en><body><main>{inner}</main></body></html>"


ARTICLE = (
    f"<article {S}/NewsArticle><meta itemprop=mainEntityOfPage content=/a><h1 itemprop=headline>A story about rivers</h1>"
    f"<div itemprop=author {S}/Person><a href=/who itemprop=url><b itemprop=name>Ann Lee</b></a> <i itemprop=jobTitle>Reporter</i></div>"
    f"<span itemprop=publisher {S}/Organization><meta itemprop=name content='River Post'></span>"
    "<time itemprop=datePublished datetime=2021-05-03T08:00:00+02:00>Monday</time><meta itemprop=dateModified content=2021-05-04>"
    f"<span itemprop=articleSection>World</span><div itemprop=articleBody>{TEXT}</div></article>"
)
RELATED = f"<aside><div {S}/NewsArticle><a itemprop=url href=/b><h2 itemprop=headline>Another story entirely</h2></a><time itemprop=datePublished datetime=2019-01-01>2019</time></div></aside>"


@pytest.mark.parametrize("whole", [ARTICLE, RELATED + ARTICLE, ARTICLE + RELATED])
def test_every_field_of_the_articles_item(whole: str) -> None:
    article = read(_page(whole), source=None)
    assert (article.title, article.authors, article.outlet) == (
        "A story about rivers", ("Ann Lee",), "River Post",
    )  # fmt: skip
    assert article.published_at == "2021-05-03T08:00:00+02:00"
    assert [one.value for one in article.published if one.says == "updated"] == ["2021-05-04"]
    assert article.taxonomy["section"] == ("World",)
    where = {one.field: one.place for one in article.provenance}
    assert where["authors"] == "microdata:author"
    assert where["published_at"] == "microdata:datePublished"
    assert where["outlet"] == "microdata:publisher"


def test_a_nested_items_name_is_not_the_articles() -> None:
    found = _item(
        f"<div {S}/BlogPosting><div itemprop=author {S}/Person><i itemprop=name>Bo Ek</i></div></div>"
    )
    assert "name" not in found
    assert found["author"] == [{"@type": "https://schema.org/Person", "name": ["Bo Ek"]}]


def test_without_any_item_what_is_marked_is_the_articles() -> None:
    found = _item(
        "<h1 itemprop=headline>A</h1><p itemprop=author>by <a itemprop=name>Cy Dee</a>, <a itemprop=name>Di Fox</a></p><meta itemprop=datePublished content=2021-05-03>"
    )
    assert found == {
        "headline": ["A"],
        "author": ["Cy Dee", "Di Fox"],
        "datePublished": ["2021-05-03"],
    }


def test_what_is_marked_as_the_pages_counts_where_the_article_lacks_it() -> None:
    found = _item(
        f"<div {S}/WebPage><meta itemprop=datePublished content=2021-05-03><meta itemprop=headline content=Page><div {S}/Article><h1 itemprop=headline>A</h1></div></div>"
    )
    assert found["headline"] == ["A"]
    assert found["datePublished"] == ["2021-05-03"]


def test_what_is_marked_in_another_item_does_not_count() -> None:
    film = f"<div {S}/VideoObject><meta itemprop=name content=Film><meta itemprop=datePublished content=2001-01-01></div>"
    assert _item(film) == {}


def test_a_person_without_a_marked_name() -> None:
    found = _item(f"<div {S}/Article><span itemprop=author {S}/Person>Ed Gray</span></div>")
    assert found["author"] == [{"@type": "https://schema.org/Person", "name": ["Ed Gray"]}]


def test_values_by_element() -> None:
    found = _item(
        f"<div {S}/Article><link itemprop=url href=/x><time itemprop=dateCreated>May 4</time><span itemprop=keywords content=a,b>c</span></div>"
    )
    assert (found["url"], found["dateCreated"], found["keywords"]) == (["/x"], ["May 4"], ["a,b"])


def test_json_ld_goes_before_and_microdata_disagrees() -> None:
    ld = '<script type=application/ld+json>{"@type":"NewsArticle","headline":"A story about rivers","author":{"name":"Flo Hart"}}</script>'
    article = read(_page(ld + ARTICLE), source=None)
    assert article.authors == ("Flo Hart",)
    (found,) = [one for one in article.provenance if one.field == "authors"]
    assert [(one.layer, one.value) for one in found.others] == [("microdata", "Ann Lee")]


def test_many_and_deep_items_are_bounded() -> None:
    deep = f"<div itemprop=author {S}/Article>" * 240 + "<i itemprop=name>x</i>"
    doc = document(page(f"<body>{deep}</body>"))
    assert microdata.article(doc)
    doc = document(page("<body>" + "<i itemprop=author>x</i>" * 5_000 + "</body>"))
    assert len(microdata.article(doc)["author"]) == microdata.MAX_PROPERTIES
    assert doc.notes == ["only the first 1000 microdata properties were read"]
