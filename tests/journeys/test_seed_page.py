"""The page that copytrail was made from, beside an invented outlet that has the original."""

import html
from dataclasses import dataclass

import pytest

from tests.journeys.copytrail import Copytrail, Row
from tests.spiders.small_site import Answer, Site, rss
from tests.spiders.test_seed import FILM, blocks, paragraphs, wordpress

COPY = "/video-armenia-azerbaijan-clashes-shifting-balance-of-power-in-south-caucasus/5718895"
ORIGINAL = "/armenia-azerbaijan-clashes-shifting-balance-of-power-in-south-caucasus/"
TITLE = "Armenia-Azerbaijan Clashes, Shifting Balance Of Power In South Caucasus"


def original_page(body: list[str]) -> Answer:
    """The same text as a newsroom of 2020 with WordPress would have printed it."""
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in body)
    return Answer(
        f"""<!DOCTYPE html><html lang="en-US"><head><title>{TITLE} - South Front</title>
        <meta property="og:type" content="article">
        <meta property="og:site_name" content="South Front">
        <meta property="og:title" content="{TITLE}">
        <meta property="article:published_time" content="2020-07-17T15:29:44+00:00"></head>
        <body class="single single-post"><header><a href="/">South Front</a></header>
        <main><article class="post"><h1 class="entry-title">{TITLE}</h1>
        <div class="entry-meta"><time datetime="2020-07-17T15:29:44+00:00">17.07.2020</time></div>
        <div class="entry-content"><p><a href="{FILM}">{FILM}</a></p>{text}</div>
        </article></main><footer><p>All content is free to copy.</p></footer></body></html>"""
    )


def home(name: str, *paths: str) -> Answer:
    links = "".join(f'<h2><a href="{path}">{path[1:30]}</a></h2>' for path in paths)
    return Answer(
        f'<!DOCTYPE html><html lang="en"><head><title>{name}</title>'
        f'<meta property="og:site_name" content="{name}">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/"></head>'
        f"<body><h1>{name}</h1>{links}</body></html>"
    )


@dataclass(frozen=True, repr=False)
class Seen:
    """What was read of the real page, and the trails."""

    copytrail: Copytrail
    copy: str
    original: str
    article: Row
    trails: list[Row]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Both outlets added by their addresses, one run over both."""
    body = paragraphs()  # skips where the shared data is absent
    copytrail = Copytrail(tmp_path_factory.mktemp("seed"))
    with Site() as south, Site() as world:
        original, copy = south.url.rstrip("/") + ORIGINAL, world.url.rstrip("/") + COPY
        south.pages |= {
            "/": home("South Front", ORIGINAL),
            "/feed/": rss(
                (original, TITLE, "Fri, 17 Jul 2020 15:29:44 +0000"), title="South Front"
            ),
            ORIGINAL: original_page(body),
        }
        world.pages |= {
            "/": home("Global Research", COPY),
            "/feed/": rss(
                (copy, blocks()[0], "Sun, 19 Jul 2020 06:25:11 +0000"), title="Global Research"
            ),
            COPY: Answer(wordpress()),
        }
        # Shipped sources go by these names; these two sites only look like theirs.
        copytrail.well("sources", "add", south.url, "--id", "south-like")
        copytrail.well("sources", "add", world.url, "--id", "global-like")
        copytrail.well("run", "south-like", "global-like")
    (article,) = copytrail.rows("articles", "--source", "global-like")
    return Seen(copytrail, copy, original, article, copytrail.rows("trails"))


def test_its_text_is_the_article_and_nothing_else(seen: Seen) -> None:
    assert seen.article["text"] == "\n\n".join(paragraphs())
    assert seen.article["url"] == seen.copy
    kept = " ".join(seen.article["boilerplate"])
    for words in ("Note to readers", "PayPal", "The original source of this article", "Disclaimer"):
        assert words not in seen.article["text"]
        assert words in kept


def test_its_title_dates_and_outlets(seen: Seen) -> None:
    article = seen.article
    assert article["title"].startswith("Armenia -Azerbaijan Clashes, Shifting Balance of Power")
    assert article["title_prefix"] == "Video:"
    dates = {(date["says"], date["value"], date["by"]) for date in article["published"]}
    assert ("published", "2020-07-19", "Global Research") in dates
    assert ("original", "2020-07-17", "South Front") in dates
    assert article["published_at"] == "2020-07-19"
    assert article["outlet"] == "Global Research"
    assert article["republished_from"] == {"name": "South Front", "url": None}


def test_its_taxonomy_and_film(seen: Seen) -> None:
    assert seen.article["taxonomy"]["region"] == ["Europe"]
    assert seen.article["taxonomy"]["theme"] == ["Intelligence"]
    assert [one["url"] for one in seen.article["media"] if one["kind"] == "video"] == [FILM]


def test_its_claims(seen: Seen) -> None:
    claims = {(one["kind"], one["about"]): one for one in seen.article["claims"]}
    right = claims["copyright", "other"]
    assert right["text"] == "Copyright © South Front, South Front, 2020"
    assert (right["target_name"], right["target_url"]) == ("South Front", None)
    assert claims["original_source", "other"]["target_name"] == "South Front"
    assert claims["byline", "other"]["target_name"] == "South Front"
    permission = claims["permission", "self"]["text"]
    assert "grants permission to cross-post" in permission
    assert "hyperlink to the original Global Research article" in permission


def test_the_conflict_stands_as_facts(seen: Seen) -> None:
    (trail,) = seen.trails
    assert {article["url"] for article in trail["articles"]} == {seen.copy, seen.original}
    (row,) = trail["copies"]
    assert (row["copy_url"], row["original_url"]) == (seen.copy, seen.original)
    assert (row["kind"], row["verdict"]) == ("copy", "confirmed"), row["reason"]
    assert row["contained_in_original"] > 0.95
    assert "17 July 2020" in row["reason"]
    assert "19 July 2020" in row["reason"]
    facts = row["attribution"]
    assert facts["source_named"] is True
    assert facts["copyright_line"] == "Copyright © South Front, South Front, 2020"
    assert facts["hyperlink"] is None
    assert any("grants permission to cross-post" in terms for terms in facts["terms_of_copy"])


def test_it_is_followed_to_the_bytes(seen: Seen) -> None:
    (trace,) = seen.copytrail.rows("trace", seen.copy)
    assert [step["article"]["url"] for step in trace["steps"]] == [seen.copy, seen.original]
    seen.copytrail.audit()
