"""Titles and dates of an article from small pages, one rule each."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from spiders.parsers import dates, titles
from tests.spiders.reading_help import html, read

LD = '<script type="application/ld+json">%s</script>'


# Titles

TITLES = {
    "A story - North Post": "A story",
    "North Post | A story": "A story",
    "A story | World | North Post": "A story | World",
    "A story: part two": "A story: part two",
    "Well-known story": "Well-known story",
}


@pytest.mark.parametrize("said", TITLES)
def test_the_outlets_name_is_no_part_of_the_title(said: str) -> None:
    assert titles.bare(said, {"northpost"}, []) == TITLES[said]


FILED = {
    "A story - World - North Post": "A story",
    "A story | World News | North Post": "A story",
    "A story-WorldㅣNorth Post": "A story",
    "A story * North Post": "A story",
    "A story - Local | North Post – Het Noorden": "A story - Local",
    "A story about the world": "A story about the world",
    "A story - World": "A story - World",
}


@pytest.mark.parametrize("said", FILED)
def test_a_section_between_title_and_outlet_is_left_off(said: str) -> None:
    names = {"northpost", "northposthetnoorden"}
    assert titles.bare(said, names, [], ["World News", "World"]) == FILED[said]


def test_the_section_is_what_the_page_is_filed_under() -> None:
    said = "Bridges of the town - River Life | North Post"
    body = html(title=said).replace(f"<h1>{said}</h1>", "")
    assert read(body, "https://www.northpost.test/river-life/a-1").title == "Bridges of the town"
    assert read(body).title == "Bridges of the town - River Life"


def test_a_headline_after_two_different_kickers_is_what_both_have() -> None:
    og = "<meta property=og:title content='Floods in May: The bridge is closed to traffic'>"
    article = read(html(title="The old river - The bridge is closed to traffic", head=og))
    assert article.title == "The bridge is closed to traffic"
    assert article.title_prefix == "Floods in May:"
    og = "<meta property=og:title content='The floods: The bridge is closed to traffic'>"
    article = read(html(title="The floods of May: The bridge is closed to traffic", head=og))
    assert article.title == "The floods: The bridge is closed to traffic"


@pytest.mark.parametrize(
    ("said", "prefix", "title"),
    [
        ("Video: A story", "Video:", "A story"), ("WATCH: A story", "WATCH:", "A story"),
        ("Видео: Река", "Видео:", "Река"), ("Video games are fun", None, "Video games are fun"),
        ("Analysis | A story", "Analysis |", "A story"), ("Opinions: many", None, "Opinions: many"),
    ],
)  # fmt: skip
def test_prefixes_are_kept_apart(said: str, prefix: str | None, title: str) -> None:
    assert titles.split_prefix(said) == (prefix, title)
    article = read(html(title=said))
    assert (article.title_prefix, article.title) == (prefix, title)


LAYERS: dict[str, tuple[dict[str, str], str]] = {
    "cut for social media": (
        {"h1": "A long story about rivers and bridges", "og": "A long story about rivers and …"},
        "A long story about rivers and bridges",
    ),
    "an ellipsis of the headline's own": ({"h1": "And then...", "og": "And then..."}, "And then..."),
    "outlet and section behind it": (
        {"h1": "A long story about rivers", "og": "A long story about rivers - World - Post"},
        "A long story about rivers",
    ),
    "a Korean bar": ({"og": "강이 하룻밤에 이 미터 올랐다ㅣ힐포스트", "title": "강이 하룻밤에 이 미터 올랐다"}, "강이 하룻밤에 이 미터 올랐다"),
    "headline and JSON-LD against a search title": (
        {"h1": "Rivers rise", "jsonld": "Rivers rise", "og": "Why rivers rise", "title": "Why rivers rise"},
        "Rivers rise",
    ),
    "og for quoting": (
        {"h1": "Rivers rise", "jsonld": "Rivers rise", "og": "All about rivers", "title": "Rivers rise"},
        "All about rivers",
    ),
    "the outlet's name before a colon": (
        {"h1": "Rivers: a story", "og": "Hill Post: Rivers: a story"}, "Rivers: a story",
    ),
    "a headline about the outlet": (
        {"h1": "Hill Post: who we are", "og": "Hill Post: who we are"}, "Hill Post: who we are",
    ),
    "quotation marks at the end": (
        {"h1": "« c’est la fin »", "og": "« c’est la fin »", "title": "« c’est la fin » - Hill Post"},
        "« c’est la fin »",
    ),
    "quotation marks before a dash": ({"og": "«Стена» — Hill Post", "title": "«Стена»"}, "«Стена»"),
    "the outlet in brackets": ({"og": "夜間フェリー運休【Hill Post】"}, "夜間フェリー運休"),
    "a line below": ({"og": "夜间渡轮停航_山报", "h1": "夜间渡轮停航"}, "夜间渡轮停航"),
    "the outlet's name alone": ({"h1": "Rivers rise", "og": "Hill Post"}, "Rivers rise"),
    "none but the document's": ({"title": "A story | Hill Post"}, "A story"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_the_title_among_the_layers(name: str) -> None:
    layers, title = LAYERS[name]
    layer, plain = titles.choose(layers, {"hillpost", "post"})
    assert plain[layer] == title


def test_tags_and_entities_in_titles_for_machines() -> None:
    assert titles.readable("A <em>long</em> story") == "A long story"
    assert (
        titles.readable("Rock &amp;#8217;n&amp;#8217; roll".replace("&amp;", "&"))
        == "Rock ’n’ roll"
    )
    assert titles.readable("If a < b, is b > a?") == "If a < b, is b > a?"


def test_entities_written_twice() -> None:
    assert read(
        html(
            title="Rock &amp;amp; roll",
            head=LD % '{"@type":"Article","headline":"Rock &amp; roll"}',
        )
    ).title


DECK = "The old bridge is closed, and the new one is eleven years late."
SUBTITLES = {
    "by name": f"<p class=standfirst>{DECK}</p>",
    "by camel case": f"<div class=articleSubtitle><span>{DECK}</span></div>",
    "a heading below the headline": f"<h2>{DECK}</h2><p>By Ann Marsh</p>",
    "after the byline": f"<p>By Ann Marsh</p><p>May 4, 2021</p><div class='entry-sub-title'>{DECK}</div>",
}


@pytest.mark.parametrize("name", SUBTITLES)
def test_subtitles_in_sight(name: str) -> None:
    assert read(html(before=SUBTITLES[name])).subtitle == DECK


def test_what_is_no_subtitle() -> None:
    assert read(html()).subtitle is None
    later = html(
        "<h2>What follows from the closing of the bridge</h2><p>Nothing is known of it yet, said the mayor.</p>"
    )
    assert read(later).subtitle is None
    stated = LD % '{"@type":"Article","headline":"h","alternativeHeadline":"Rivers and bridges"}'
    assert read(html(head=stated)).subtitle == "Rivers and bridges"
    assert read(html(head=stated, before=SUBTITLES["by name"])).subtitle == DECK


# Dates

PRINTED = {
    "July 19, 2020": "2020-07-19", "19 July 2020": "2020-07-19",
    "Jul. 19, 2020": "2020-07-19", "Sunday, July 19th 2020": "2020-07-19",
    "19. Juli 2020": "2020-07-19", "19 juillet 2020": "2020-07-19", "1er août 2020": "2020-08-01",
    "19 de julio de 2020": "2020-07-19", "19 июля 2020": "2020-07-19", "19 luglio 2020": "2020-07-19",
    "19 Temmuz 2020": "2020-07-19", "19.07.2020": "2020-07-19", "19.07.20": "2020-07-19",
    "2020-07-19": "2020-07-19", "2020/07/19": "2020-07-19", "2020年7月19日": "2020-07-19",
    "2020년 7월 19일": "2020-07-19", "2020. 7. 19": "2020-07-19",
    "19.07.2020, 14:05 Uhr": "2020-07-19T14:05", "July 19, 2020 at 2:05 pm": "2020-07-19T14:05",
    "July 19, 2020 12:05 AM EDT": "2020-07-19T00:05-04:00", "19 July 2020 14:05 GMT": "2020-07-19T14:05Z",
    "2020-07-19 14:05:33 +0200": "2020-07-19T14:05:33+02:00", "7/19/2020": "2020-07-19", "19/7/2020": "2020-07-19",
}  # fmt: skip


@pytest.mark.parametrize("printed", PRINTED)
def test_printed_dates(printed: str) -> None:
    found = dates.first(printed)
    assert found is not None
    assert found[1] == PRINTED[printed]


@pytest.mark.parametrize("printed", ["31 February 2020", "19 Foo 2020", "July 19, 1720", "no date"])
def test_what_is_no_date(printed: str) -> None:
    assert dates.first(printed) is None


def test_day_or_month_first_by_the_pages_language() -> None:
    assert dates.first("3/4/2020", american=True) == ("3/4/2020", "2020-03-04")
    assert dates.first("3/4/2020", american=False) == ("3/4/2020", "2020-04-03")


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2020", "2020", "year"), ("2020-07", "2020-07", "month"), ("2020-07-19", "2020-07-19", "day"),
        ("2020-07-19T14:05", "2020-07-19T14:05", "minute"),
        ("2020-07-19T14:05+0200", "2020-07-19T14:05+02:00", "minute"),
        ("2020-07-19T14:05:33Z", "2020-07-19T14:05:33Z", "second"),
        ("2020-07-19T14:05:33.120000Z", "2020-07-19T14:05:33.120000Z", "second"),
        ("20200719T140533Z", "2020-07-19T14:05:33Z", "second"), ("1595167533", "2020-07-19T14:05:33Z", "second"),
        ("Sun, 19 Jul 2020 14:05:33 GMT", "2020-07-19T14:05:33Z", "second"), ("yesterday", None, None),
    ],
)  # fmt: skip
def test_machine_dates_are_as_precise_as_printed(
    raw: str, value: str | None, precision: str | None
) -> None:
    found = dates.printed(raw, "published", "meta:date")
    assert found is not None
    assert (found.value, found.precision) == (value, precision)


@pytest.mark.parametrize(
    ("language", "day"), [("en", "2021-04-05"), ("en-GB", "2021-05-04"), ("fr", "2021-05-04")]
)
def test_ambiguous_dates_for_machines_follow_the_language_too(language: str, day: str) -> None:
    head = LD % '{"@type":"NewsArticle","headline":"h","datePublished":"04/05/2021 08:00"}'
    body = html(head=head).replace("lang=en", f"lang={language}")
    assert read(body).published_at == f"{day}T08:00"


def test_a_zone_only_where_one_is_printed() -> None:
    article = read(html(before="<p>Published 4 May 2021, 10:15</p>"))
    assert article.published_at == "2021-05-04T10:15"


def test_updated_is_not_published() -> None:
    said = "<p>Published: May 4, 2021</p><p>Updated: May 6, 2021, 9:00 UTC</p>"
    article = read(html(before=said))
    assert [(one.says, one.value) for one in article.published] == [
        ("published", "2021-05-04"), ("updated", "2021-05-06T09:00Z"),
    ]  # fmt: skip
    assert article.published_at == "2021-05-04"


def test_stated_dates_come_first_and_the_precise_one_of_the_same_day() -> None:
    head = LD % '{"@type":"NewsArticle","headline":"h","datePublished":"2021-05-04"}'
    head += "<meta property=article:published_time content='2021-05-04T08:00:00+02:00'>"
    article = read(html(head=head, before="<time datetime='2021-05-03'>May 3</time>"))
    assert article.published_at == "2021-05-04T08:00:00+02:00"
    assert article.published[0].where == "jsonld:datePublished"
