"""Originals that a crawl looks for where a copy says it was taken from."""

import msgspec
import pytest

from config.registry import Source
from spiders.crawlers.titles import query
from tests.spiders.child_made import QUICK, SETTINGS, Crawl, source_of
from tests.spiders.small_site import PARAGRAPHS, Answer, Site, article, rss


def credit(name: str, url: str) -> str:
    return f'<p>This article was originally published on <a href="{url}">{name}</a>.</p>'


def test_an_original_is_followed_by_its_link_through_a_chain(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon in Lenne"
    with Site() as third:
        site.pages["/feed"] = rss((site.url + "copy-of-a-copy", title, ""))
        site.pages["/copy-of-a-copy"] = article(
            title, credit=credit("Sorrel Post", other.url + "ferry-stops-at-noon")
        )
        other.pages["/ferry-stops-at-noon"] = article(
            title, "Sorrel Post", credit=credit("Brandt Wire", third.url + "2024/ferry-at-noon")
        )
        third.pages["/2024/ferry-at-noon"] = article(
            title, "Brandt Wire", credit=credit("Lenne Courier", site.url + "copy-of-a-copy")
        )
        wire = Source(id="wire", name="Brandt Wire", homepage=third.url, politeness=QUICK)
        heard = run_job(source=source_of(site), sources=(wire,))
        assert other.paths() == ["/robots.txt", "/ferry-stops-at-noon"]
        assert third.paths() == ["/robots.txt", "/2024/ferry-at-noon"]
    assert heard.closed.counts["originals_found"] >= 2
    assert site.paths().count("/copy-of-a-copy") == 1
    assert heard.problems == []


def test_a_dead_link_leads_to_a_search_by_title(run_job: Crawl, site: Site, other: Site) -> None:
    title = "Armenia -Azerbaijan Clashes, Shifting Balance of Power"
    site.pages["/feed"] = rss((site.url + "2024/copy", "Video: " + title, ""))
    site.pages["/2024/copy"] = article(
        "Video: " + title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    original = other.url + "2024/the-original"
    fields = "_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
    words = "armenia+azerbaijan+clashes+shifting+balance+power"
    posts = [
        {"link": other.url + "2024/other", "title": {"rendered": "Armenia and Azerbaijan talk"}},
        {"link": original, "title": {"rendered": title.replace(" -", "&#8211;")}},
    ]
    other.pages[f"/wp-json/wp/v2/posts?search={words}&per_page=20&{fields}"] = Answer(
        msgspec.json.encode(posts).decode(), kind="application/json"
    )
    other.pages["/2024/the-original"] = article(title, "Sorrel Post")
    heard = run_job(source=source_of(site))
    assert (original, 200) in heard.fetched
    assert "/2024/other" not in other.paths()
    assert heard.problems == []


@pytest.mark.parametrize("place", ["search", "feed", "sitemap"])
def test_a_title_is_found_without_an_api(
    run_job: Crawl, site: Site, other: Site, place: str
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(title, credit=credit("Sorrel Post", "#"))
    slug = "ferry-stops-noon-while-harbour-council-quarrels"
    other.pages["/" + slug] = article(title, "Sorrel Post")
    link = other.url + slug
    pages = {
        "search": (
            "/?s=ferry+stops+while+harbour+council+quarrels",
            Answer(f'<a href="{link}">{title}</a>'),
        ),
        "feed": ("/feed/", rss((link, title, ""))),
        "sitemap": ("/sitemap.xml", Answer(f"<urlset><url><loc>{link}</loc></url></urlset>")),
    }
    path, answer = pages[place]
    other.pages[path] = answer
    named = Source(id="sorrel", name="Sorrel Post", homepage=other.url, politeness=QUICK)
    heard = run_job(source=source_of(site), sources=(named,))
    assert (link, 200) in heard.fetched
    assert heard.closed.counts["originals_found"] == 1


def test_an_original_under_another_headline_is_found_by_a_passage(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "Sailors wait for a train that carries an engine"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(title, credit=credit("Sorrel Post", "#"))
    original = other.url + "2024/quite-another-headline"
    posts = [{"link": other.url + "2024/wrong-one"}, {"link": original}]

    def search(words: str, posts: list[dict[str, str]], limit: int) -> None:
        fields = "_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle"
        path = f"/wp-json/wp/v2/posts?search={words.replace(' ', '+')}&per_page={limit}&{fields}"
        other.pages[path] = Answer(msgspec.json.encode(posts), kind="application/json")

    search(query(title), [], 20)
    search(query(max(PARAGRAPHS, key=len)), posts, 5)
    other.pages["/2024/quite-another-headline"] = article("No ferry", "Sorrel Post")
    other.pages["/2024/wrong-one"] = Answer("<h1>About us</h1>")
    named = Source(id="sorrel", name="Sorrel Post", homepage=other.url, politeness=QUICK)
    heard = run_job(source=source_of(site), sources=(named,))
    assert (original, 200) in heard.fetched
    assert heard.closed.counts["originals_found"] == 1


def test_an_original_that_cannot_be_found_is_no_failure(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/feed"] = rss((site.url + "2024/copy", title, ""))
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    heard = run_job(source=source_of(site))
    assert heard.problems == []
    assert heard.closed.counts["originals_not_found"] == 1
    assert any("no original found at" in line for line in heard.log)
    assert len(other.asked) <= 8  # robots.txt, the link, and six requests


def test_two_copies_of_one_dead_link_are_both_looked_up(
    run_job: Crawl, site: Site, other: Site
) -> None:
    titles = ("The ferry stops at noon in Lenne harbour", "Who pays for fuel in Lenne harbour")
    feed, items = [], []
    for number, title in enumerate(titles):
        site.pages[f"/2024/c{number}"] = article(
            title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
        )
        other.pages[f"/2024/o{number}"] = article(title, "Sorrel Post")
        feed.append((site.url + f"2024/c{number}", title, ""))
        items.append((other.url + f"2024/o{number}", title, ""))
    site.pages["/feed"] = rss(*feed)
    other.pages["/feed/"] = rss(*items)
    heard = run_job(source=source_of(site))
    assert heard.closed.counts["originals_found"] == 2
    assert {url for url, status in heard.fetched if status == 200} >= {url for url, _, _ in items}


def test_a_dead_link_that_leads_to_the_front_page_is_no_original(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon while harbour council quarrels"
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2019/dead-link")
    )
    other.pages["/2019/dead-link"] = Answer("", 302, {"Location": "/"})
    other.pages["/"] = article("Sorrel Post, front page", "Sorrel Post")
    other.pages["/feed/"] = rss((other.url + "2024/original", title, ""))
    other.pages["/2024/original"] = article(title, "Sorrel Post")
    heard = run_job("follow", urls=(site.url + "2024/copy",))
    assert (other.url + "2024/original", 200) in heard.fetched
    assert heard.closed.counts["articles"] == 2


def test_follows_are_bounded(run_job: Crawl, site: Site, other: Site) -> None:
    for number in range(3):
        url = other.url + f"2024/story-number-{number}"
        site.pages[f"/2024/c{number}"] = article(f"T {number}", credit=credit("Sorrel Post", url))
        other.pages[f"/2024/story-number-{number}"] = article(f"T {number}", "Sorrel Post")
    site.pages["/feed"] = rss(*((site.url + f"2024/c{n}", f"T {n}", "") for n in range(3)))
    settings = msgspec.structs.replace(SETTINGS, max_follows=1)
    heard = run_job(source=source_of(site), settings=settings)
    assert heard.closed.limits_reached == ("max_follows",)
    assert heard.closed.counts["follows"] == 1


def test_a_page_asked_for_is_archived_with_its_original(
    run_job: Crawl, site: Site, other: Site
) -> None:
    title = "The ferry stops at noon in Lenne"
    site.pages["/2024/copy"] = article(
        title, credit=credit("Sorrel Post", other.url + "2024/original")
    )
    other.pages["/2024/original"] = article(title, "Sorrel Post")
    heard = run_job("follow", urls=(site.url + "2024/copy",))
    assert heard.closed.counts["articles"] == 2
    assert heard.problems == []


def test_a_page_asked_for_that_is_missing_is_a_problem(run_job: Crawl, site: Site) -> None:
    heard = run_job("follow", urls=(site.url + "nothing",))
    assert heard.problems == ["HTTP status 404"]
