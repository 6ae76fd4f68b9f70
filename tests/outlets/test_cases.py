"""The articles are what `expected` says, and show what they were written to show."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.outlets.expected import expected
from tests.outlets.reading import fetch, locations, page, posts, single, truth, visible
from tests.outlets.server import Outlets

CASES = sorted(expected()["cases"])
DIRECTED = {
    "credited_copy",
    "seed_like",
    "uncredited_copy",
    "excerpt",
    "chain_ab",
    "chain_bc",
    "earlier_printed_date",
    "false_source",
    "gone_original",
}


@pytest.fixture(scope="module")
def outlets() -> Iterator[Outlets]:
    with Outlets() as served:
        yield served


@pytest.fixture(autouse=True)
def _first_visit(outlets: Outlets) -> Iterator[None]:
    yield
    outlets.visit = 1


def grams(text: list[str], size: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", " ".join(text).lower())
    return set(zip(*(words[at:] for at in range(size)), strict=False))


def shared(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The share of the original's word 5-grams that the copy has."""
    theirs = grams(other["text"])
    return len(grams(one["text"]) & theirs) / len(theirs)


def test_every_article_shows_its_text_and_title(outlets: Outlets) -> None:
    for url, article in truth(outlets)["articles"].items():
        text = visible(url)
        for paragraph in [article["title"], *article["text"], *article["notes"]]:
            assert " ".join(paragraph.split()) in text, url


def test_there_are_about_forty_articles_of_an_ordinary_length(outlets: Outlets) -> None:
    articles = truth(outlets)["articles"]
    assert len(articles) >= 39
    for url, article in articles.items():
        assert 150 <= len(" ".join(article["text"]).split()) <= 600, url
    assert {article["language"] for article in articles.values()} == {"en", "de", "ru"}


def test_the_cases_are_there() -> None:
    assert set(CASES) == DIRECTED
    every = expected()
    articles = every["articles"]
    for case in every["cases"].values():
        assert {case["copy"], case["original"]} <= set(articles)
    for one, other, _ in every["not_copies"]:
        assert {one, other} <= set(articles)
    for name, case in every["single"].items():
        assert (case["article"] in articles) == (name != "new_on_visit_2")


@pytest.mark.parametrize("name", CASES)
def test_copies_carry_the_text(outlets: Outlets, name: str) -> None:
    every = truth(outlets)
    case = every["cases"][name]
    copy, original = every["articles"][case["copy"]], every["articles"][case["original"]]
    assert copy["outlet"] != original["outlet"]
    if case["kind"] == "copy":
        assert shared(copy, original) > 0.9
    else:
        assert 0.3 <= shared(copy, original) <= 0.6
        taken = [part for part in copy["text"] if part in original["text"]]
        assert len(" ".join(taken).split()) >= 80
        assert shared(original, copy) < 0.6
    days = copy["published_at"][:10], original["published_at"][:10]
    assert (days[0] < days[1]) == (name == "earlier_printed_date")


def test_no_other_articles_share_text(outlets: Outlets) -> None:
    every = truth(outlets)
    articles = list(every["articles"].values())
    known = [set(trail) for trail in every["trails"]]
    quotation = set(every["not_copies"][0][:2])
    for at, one in enumerate(articles):
        for other in articles[at + 1 :]:
            pair = {one["url"], other["url"]}
            if any(pair <= trail for trail in known):
                continue
            common = len(grams(one["text"], 8) & grams(other["text"], 8))
            assert common == 0 or pair == quotation, pair


def test_the_shared_quotation_is_all_that_the_two_reports_share(outlets: Outlets) -> None:
    every = truth(outlets)
    one, other = (every["articles"][url]["text"] for url in every["not_copies"][0][:2])
    quotation = next(iter(set(one) & set(other)))
    assert quotation[0] + quotation[-1] == "“”"
    assert 80 <= len(quotation.split()) <= 120
    assert grams(one, 8) & grams(other, 8) == grams([quotation], 8)


def test_what_the_pages_say_of_their_source(outlets: Outlets) -> None:
    every = truth(outlets)
    cases, articles = every["cases"], every["articles"]

    def source(url: str) -> Any:
        return articles[url]["republished_from"]

    for name in ("credited_copy", "chain_ab", "chain_bc", "earlier_printed_date", "gone_original"):
        assert source(cases[name]["copy"])["url"] == cases[name]["original"]
        links = page(cases[name]["copy"]).xpath("//a/@href")
        assert cases[name]["original"] in links
    for name in ("seed_like", "excerpt"):
        copy, original = cases[name]["copy"], cases[name]["original"]
        assert source(copy) == {"name": articles[original]["outlet_name"], "url": None}
        assert original not in page(copy).xpath("//a/@href")
        assert articles[original]["outlet_name"] in visible(copy)
    for name in ("uncredited_copy", "false_source"):
        copy, original = cases[name]["copy"], cases[name]["original"]
        assert source(copy) is None
        assert articles[original]["outlet_name"] not in visible(copy)
    assert source(single(outlets, "unfindable")) == {"name": "The Lantern Review", "url": None}
    for name in ("rerun", "edited", "reprinted_on", "first_published_on"):
        assert source(single(outlets, name)) is None


def test_the_page_that_looks_like_the_real_case(outlets: Outlets) -> None:
    every = truth(outlets)
    case = every["cases"]["seed_like"]
    article, text = every["articles"][case["copy"]], visible(case["copy"])
    media = outlets.urls["steppe-front"] + "/wp-content/uploads/video/SF_Upper-Sarn_ENG.mp4"
    assert article["media"] == [media]
    assert article["title_prefix"] == "Video"
    title = "Video: Tovia -Karsund Clashes, Shifting Balance of Power in Upper Sarn"
    for said in (
        f"{title} By Steppe Front Common Inquiry, May 19, 2025 Steppe Front 17 May 2025"
        " Region: Europe Theme: Intelligence",
        media,
        "Note to readers: please click the share buttons",
        "SUPPORT STEPPE FRONT: PayPal: steppefront@mail.example",
        "The original source of this article is Steppe Front"
        " Copyright © Steppe Front, Steppe Front, 2025",
        "Articles by: Steppe Front",
        "grants permission to cross-post Common Inquiry articles on community internet sites",
        "For media inquiries: publications@common-inquiry.example",
    ):
        assert said in text
    dead = page(case["copy"]).xpath("//a[.='Steppe Front']/@href")
    assert dead == ["#"] * 6
    assert fetch(media)[1]["Content-Type"] == "video/mp4"


def test_visit_2_the_original_is_gone(outlets: Outlets) -> None:
    outlets.visit = 2
    case = truth(outlets)["cases"]["gone_original"]
    original, base = case["original"], outlets.urls["steppe-front"]
    assert fetch(original)[0] == 410
    assert case["original"] in page(case["copy"]).xpath("//a/@href")
    assert original not in locations(base + "/wp-sitemap.xml")
    assert original not in {hit["link"] for hit in posts(outlets, "per_page=100")}
    for path in ("/feed/", "/", "/page/2/", "/category/investigations/"):
        assert original not in fetch(base + path)[2].decode()


def test_visit_2_one_article_is_edited(outlets: Outlets) -> None:
    url = single(outlets, "edited")
    before, headers = truth(outlets)["articles"][url]["text"], fetch(url)[1]
    outlets.visit = 2
    after = truth(outlets)["articles"][url]
    status, now, body = fetch(url, If_None_Match=headers["ETag"])
    assert status == 200
    assert headers["Last-Modified"] != now["Last-Modified"]
    assert '"dateModified": "2025-05-22T11:35:00+02:00"' in body.decode()
    assert "amended on 22 May 2025" in body.decode()
    assert sum(old != new for old, new in zip(before, after["text"], strict=True)) == 2


def test_visit_2_one_article_is_new_and_the_rest_as_before(outlets: Outlets) -> None:
    one, two = expected(outlets.urls, 1), expected(outlets.urls, 2)
    new = one["single"]["new_on_visit_2"]["article"]
    assert fetch(new)[0] == 404
    tags = {url: fetch(url)[1]["ETag"] for url in one["articles"]}
    outlets.visit = 2
    assert fetch(new)[0] == 200
    assert fetch(outlets.urls["kestrel-daily"] + "/rss.xml")[2].decode().count(new)
    same = {url for url, tag in tags.items() if fetch(url, If_None_Match=tag)[0] == 304}
    assert set(two["articles"]) - set(one["articles"]) == {new}
    changed = {one["single"]["edited"]["article"], one["cases"]["gone_original"]["original"]}
    assert set(tags) - same == changed
