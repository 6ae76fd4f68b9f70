"""Who is named in an author's place, told apart, and the smaller fields of an article."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from spiders.parsers import authors
from storage.records import Article, Credited, Medium
from tests.spiders.reading_help import html, read

LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A story about rivers",%s}</script>'
URL = "https://riverblog.test/2021/05/a-story/"


def of_a_blog(**parts: str) -> Article:
    """The page of a site that is not registered and names itself in its `<title>` and OpenGraph."""
    head = "<meta property=og:site_name content='River Blog'>" + parts.pop("head", "")
    return read(html(head=head, **parts), URL, None)


def kinds(article: Article) -> dict[str, str]:
    return {one.name: one.kind for one in article.credited}


BYLINES = {
    "Ann Marsh": {"Ann Marsh": "person"},
    "Ann Marsh and Bo Lind": {"Ann Marsh": "person", "Bo Lind": "person"},
    "Ann Marsh, AFP": {"Ann Marsh": "person", "AFP": "agency"},
    "Reuters": {"Reuters": "agency"},
    "The Associated Press": {"The Associated Press": "agency"},
    "Deutsche Presse-Agentur": {"Deutsche Presse-Agentur": "agency"},
    "РИА Новости": {"РИА Новости": "agency"},
    "River Blog": {"River Blog": "outlet"},
    "riverblog.test": {"riverblog.test": "outlet"},
    "River Blog Staff": {"River Blog Staff": "desk"},
    "Editorial Board": {"Editorial Board": "desk"},
    "Редакция": {"Редакция": "desk"},
    "Redaktion": {"Redaktion": "desk"},
    "Haber Merkezi": {"Haber Merkezi": "desk"},
    "Συντακτική ομάδα": {"Συντακτική ομάδα": "desk"},
    "هيئة التحرير": {"هيئة التحرير": "desk"},
    "Tim Redaksi": {"Tim Redaksi": "desk"},
    "La Presse Canadienne": {"La Presse Canadienne": "agency"},
    "رويترز": {"رويترز": "agency"},
    "ČTK": {"ČTK": "agency"},
    "Lakeside Times": {"Lakeside Times": "outlet"},
    "Lakeside Institute": {"Lakeside Institute": "outlet"},
    "Riverblog D": {"Riverblog D": "outlet"},
    "Timea Haber": {"Timea Haber": "person"},
    "José Ortega y Gasset": {"José Ortega y Gasset": "person"},
}


@pytest.mark.parametrize("name", BYLINES)
def test_people_outlets_agencies_and_desks(name: str) -> None:
    article = of_a_blog(head=f"<meta name=author content='{name}'>")
    assert kinds(article) == BYLINES[name]


def test_an_outlet_and_an_agency_in_one_name_are_no_person() -> None:
    head = "<meta property=og:site_name content='Le Fleuve'><meta name=author content='Le Fleuve et AFP'>"
    assert kinds(read(html(head=head), URL, None)) == {"Le Fleuve et AFP": "outlet"}


def test_who_signs_beside_the_outlet_is_an_outlet() -> None:
    article = of_a_blog(inner="<p>River Blog / Última Hora</p>")
    assert kinds(article) == {"Última Hora": "outlet"}


def test_von_dpa() -> None:
    assert kinds(of_a_blog(before="<p>Von dpa</p>")) == {"dpa": "agency"}


def test_by_x_via_y() -> None:
    article = of_a_blog(before="<p>By Ann Marsh via Lakeside Review</p>")
    assert article.authors == ("Ann Marsh",)
    assert article.credited == (
        Credited("Ann Marsh", "person"),
        Credited("Lakeside Review", "outlet"),
    )


def test_the_outlets_own_name_is_credited_beside_a_person_and_no_author() -> None:
    stated = LD % '"author":[{"@type":"Organization","name":"River Blog"},{"name":"Ann Marsh"}]'
    article = of_a_blog(head=stated)
    assert article.authors == ("Ann Marsh",)
    assert kinds(article) == {"Ann Marsh": "person", "River Blog": "outlet"}


def test_what_json_ld_calls_an_organisation_is_no_person() -> None:
    stated = LD % '"author":{"@type":"NewsMediaOrganization","name":"Hill Valley"}'
    assert kinds(of_a_blog(head=stated)) == {"Hill Valley": "outlet"}


def test_a_byline_of_three() -> None:
    assert authors.split("Ann Marsh und Bo Lind, Sweidah") == ["Ann Marsh", "Bo Lind"]
    assert authors.split("By Ann Marsh, Reuters") == ["Ann Marsh", "Reuters"]
    assert authors.split("Nadar, Colette") == ["Nadar", "Colette"]
    assert authors.split("Ann Marsh, Hill.test") == ["Ann Marsh", "Hill.test"]
    assert authors.split("RiversBridgesFloodsHarbour Boats") == []


@pytest.mark.parametrize(
    "title", ["A story about rivers - Water & Land", "A story about rivers | World | Water & Land"]
)
def test_an_outlet_that_only_the_title_names(title: str) -> None:
    said = html(
        "<p>This story originally appeared on Water &amp; Land.</p>",
        head="<meta name=author content='Water & Land'>",
    )
    page = said.replace("<title>A story about rivers", f"<title>{title}")
    article = read(page, URL, None)
    assert (article.title, article.outlet) == ("A story about rivers", "Water & Land")
    assert kinds(article) == {"Water & Land": "outlet"}
    assert article.republished_from is None


# The smaller fields


@pytest.mark.parametrize(
    ("printed", "zone"),
    [
        ("May 4, 2021 at 10:15 am EDT", "-04:00"), ("4 May 2021, 10:15 GMT", "Z"), ("May 4, 2021 10:15 am ET", "ET"),
        ("4 May 2021, 10:15", None), ("May 4, 2021", None),
    ],
)  # fmt: skip
def test_the_zone_of_a_printed_date(printed: str, zone: str | None) -> None:
    article = of_a_blog(before=f"<p>{printed}</p>")
    assert [one.zone for one in article.published] == [zone]


def test_the_page_s_own_canonical() -> None:
    head = "<link rel=canonical href='/2021/05/a-story/'><meta property=og:url content='https://riverblog.test/x'>"
    assert of_a_blog(head=head).stated_canonical == URL
    assert of_a_blog(head=head.partition(">")[2]).stated_canonical == "https://riverblog.test/x"
    assert of_a_blog().stated_canonical is None


def test_words_are_counted() -> None:
    article = of_a_blog()
    assert article.words == len(article.text.split())
    japanese = read(
        html(prose=("川は夜に二メートル上がった。" * 15, "古い橋は閉鎖された。" * 15)), URL, None
    )
    assert japanese.words == 15 * 13 + 15 * 9


def test_a_films_poster() -> None:
    film = '<video src="/flood.mp4" poster="/flood.jpg"></video>'
    found = of_a_blog(inner=film).media
    assert (
        Medium(
            kind="video",
            url="https://riverblog.test/flood.mp4",
            poster="https://riverblog.test/flood.jpg",
        )
        in found
    )
    stated = LD % (
        '"video":{"@type":"VideoObject","contentUrl":"https://cdn.test/flood.mp4",'
        '"url":"https://riverblog.test/film","thumbnailUrl":["https://cdn.test/flood.jpg"]}'
    )
    found = of_a_blog(head=stated).media
    assert (
        Medium(kind="video", url="https://cdn.test/flood.mp4", poster="https://cdn.test/flood.jpg")
        in found
    )
