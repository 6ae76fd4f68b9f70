"""Each field of an article from small pages, one rule each."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from spiders.parsers import authors
from storage.records import Article, Medium
from tests.spiders.reading_help import NORTH, PROSE, URL, html, page, read, refused

LD = '<script type="application/ld+json">%s</script>'


def text_of(inner: str = "", **parts: str) -> tuple[str, ...]:
    return read(html(inner, **parts)).paragraphs


# The text

LEFT_OUT = {
    "caption": "<figure><img src=/a.jpg><figcaption>The old bridge in the year 1911, seen from the north bank.</figcaption></figure>",
    "wp-caption": "<div class=wp-caption><img src=/a.jpg><p class=wp-caption-text>The old bridge in the year 1911, seen from the north bank.</p></div>",
    "share": "<div class=sharedaddy><p>Share this story with all of your friends and everybody you know, please do.</p></div>",
    "newsletter": "<div class=newsletter-box><p>Our editors pick the best stories of the day and send them to you.</p></div>",
    "newsletter by words": "<p>Sign up for our newsletter to get the best stories of the day in your inbox.</p>",
    "donation": "<div class=donate-box><p>We depend on readers like you, who give what they can each month.</p></div>",
    "related": "<div class=related-posts><p>Why the river rises faster than it did forty years ago, by our reporter.</p></div>",
    "related by words": "<p>Read more: <a href=/x>Why the river rises faster than it did forty years ago</a></p>",
    "related by capitals": "<p>LEES VERDER | <a href=/x>Why the river rises faster than it did forty years ago</a></p>",
    "comments": "<div id=comments><p>I crossed that bridge every day for thirty years and I never saw a crack.</p></div>",
    "cookies": "<div class=cookie-notice><p>We use cookies to make sure that you get the best experience here.</p></div>",
    "aside": "<aside><p>The county has forty bridges, of which eleven are older than a hundred years.</p></aside>",
    "advertisement": "<div class=advertisement><p>Buy the new boat with two engines now and save a lot of money.</p></div>",
    "author box": "<div class=author-bio><p>Ann Marsh has written about rivers for the paper since the year 1999.</p></div>",
    "tweet": "<blockquote class=twitter-tweet><p>The bridge is closed, take the ferry at the old mill instead please.</p></blockquote>",
    "hidden": "<div style='display: none'><p>Nobody sees this paragraph, so nobody should read it here either.</p></div>",
    "star": "<p>* * *</p>",
    "script": "<script>var text = 'The river rose by two metres in the night, and more.';</script>",
}  # fmt: skip


@pytest.mark.parametrize("what", LEFT_OUT)
def test_left_out(what: str) -> None:
    assert text_of(LEFT_OUT[what]) == PROSE


@pytest.mark.parametrize("what", LEFT_OUT)
def test_left_out_between_paragraphs(what: str) -> None:
    body = html().replace(f"<p>{PROSE[2]}", f"{LEFT_OUT[what]}<p>{PROSE[2]}")
    assert read(body).paragraphs == PROSE


def test_subheadings_stay_in_order() -> None:
    body = html().replace(f"<p>{PROSE[2]}", f"<h2>The market</h2><p>{PROSE[2]}")
    assert read(body).paragraphs == (*PROSE[:2], "The market", *PROSE[2:])


def test_a_heading_with_nothing_below_is_no_text() -> None:
    assert text_of("<h3>Around the web</h3>") == PROSE


def test_the_lead_above_the_text() -> None:
    lead = "The old bridge is closed, and the new one is eleven years late."
    head = f"<meta name=description content='{lead}'>"
    assert text_of(before=f"<div class=x>{lead}</div>", head=head) == (lead, *PROSE)
    assert text_of(before=f"<p class=standfirst>{lead}</p>") == (lead, *PROSE)


def test_bylines_and_dates_are_no_text() -> None:
    body = html(prose=("By Ann Marsh", "May 4, 2021 at 10:15 am", *PROSE))
    assert read(body).paragraphs == PROSE


def test_layout_names_are_not_furniture() -> None:
    body = html().replace("<body>", "<body class='has-sidebar comments-open'>")
    body = body.replace("<article>", "<article class='sidebar-grid newsletter-page'>")
    assert read(body).paragraphs == PROSE


def test_long_comments_are_not_the_text() -> None:
    comments = "".join(f"<p>{one} So I say, number {n}.</p>" for n in range(9) for one in PROSE)
    assert text_of(after=f"<section id=comments>{comments}</section>") == PROSE


def test_a_hand_written_page_without_any_markup() -> None:
    body = "<html><body><h1>A story about rivers</h1>" + "<p>".join(PROSE) + "</html>"
    article = read(body, "http://hand.test/rivers.html", None)
    assert article.title == "A story about rivers"
    assert article.paragraphs == PROSE
    assert (article.outlet, article.source) == ("hand.test", "hand.test")


def test_stated_body_finds_the_text_in_a_page_of_many() -> None:
    other = "".join(
        f"<p>Another story, number {n}, about the harbour and its many boats.</p>"
        for n in range(20)
    )
    text = "".join(f"<p>{one}</p>" for one in PROSE)
    stated = LD % (
        f'{{"@type":"NewsArticle","headline":"A story","articleBody":"{" ".join(PROSE)}"}}'
    )
    body = f"<html><head>{stated}</head><body><div>{other}</div><div>{text}</div></body></html>"
    assert read(body).paragraphs == PROSE


# Authors

BYLINES = {
    "By Ann Marsh": ["Ann Marsh"], "By Ann Marsh and Bo Lind": ["Ann Marsh", "Bo Lind"],
    "by Ann Marsh, Bo Lind & Cy Moor": ["Ann Marsh", "Bo Lind", "Cy Moor"],
    "Von Ann Marsh und Bo Lind": ["Ann Marsh", "Bo Lind"], "Par Ann Marsh": ["Ann Marsh"],
    "Ann Marsh, senior editor": ["Ann Marsh"], "Le Figaro et AFP": ["Le Figaro et AFP"],
    "https://www.facebook.com/annmarsh": [], "admin": [], "": [],
    "By Ann Marsh, Bo Lind, and Cy Moor": ["Ann Marsh", "Bo Lind", "Cy Moor"],
    "Ann Marsh, Bo Lind et Cy Moor": ["Ann Marsh", "Bo Lind", "Cy Moor"],
    "Ann Marsh, Andy Moor": ["Ann Marsh", "Andy Moor"],
    "Post Comments": [], "12 comments": [],
}  # fmt: skip


@pytest.mark.parametrize("line", BYLINES)
def test_names_in_a_byline(line: str) -> None:
    assert authors.split(line) == BYLINES[line]


def test_authors_by_layer() -> None:
    stated = (
        LD
        % '{"@type":"Article","headline":"h","author":[{"@type":"Person","name":"Ann Marsh"},"Bo Lind"]}'
    )
    assert read(html(head=stated)).authors == ("Ann Marsh", "Bo Lind")
    assert read(html(head="<meta name=author content='Ann Marsh'>")).authors == ("Ann Marsh",)
    assert read(html(before="<p>By <a rel=author href=/ann>Ann Marsh</a></p>")).authors == (
        "Ann Marsh",
    )
    assert read(html(before="<p>4 May 2021 | By Ann Marsh</p>")).authors == ("Ann Marsh",)


def test_a_person_comes_before_the_outlet() -> None:
    stated = LD % '{"@type":"Article","headline":"h","author":{"name":"North Post"}}'
    assert read(html(head=stated, before="<p>By Ann Marsh</p>")).authors == ("Ann Marsh",)


def test_references_in_json_ld() -> None:
    graph = (
        '{"@graph":[{"@type":"Article","headline":"A story about rivers","author":{"@id":"#ann"},'
        '"publisher":{"@id":"#org"},"datePublished":"2021-05-04T08:00:00+00:00"},'
        '{"@id":"#ann","@type":"Person","name":"Ann Marsh"},{"@id":"#org","name":"The Northern Post"}]}'
    )
    article = read(html(head=LD % graph), source=None)
    assert article.authors == ("Ann Marsh",)
    assert article.outlet == "The Northern Post"


# Media, taxonomy, language, links


def test_a_bare_link_to_a_film_is_a_medium_and_no_text() -> None:
    film = "https://cdn.test/a/film.mp4"
    body = html().replace(f"<p>{PROSE[2]}", f"<p><a href='{film}'>{film}</a></p><p>{PROSE[2]}")
    article = read(body)
    assert article.paragraphs == PROSE
    assert Medium(kind="video", url=film) in article.media


def test_media_with_captions() -> None:
    inner = (
        "<figure><img src=/bridge.jpg><figcaption>The old bridge</figcaption></figure>"
        "<video src=/film.webm></video><audio><source src=/sound.mp3></audio>"
        "<iframe src='https://www.youtube.com/embed/x'></iframe><img src=/dot.gif width=1 height=1>"
    )
    found = read(html(inner)).media
    assert found == (
        Medium(kind="image", url="https://www.northpost.test/bridge.jpg", caption="The old bridge"),
        Medium(kind="video", url="https://www.northpost.test/film.webm"),
        Medium(kind="audio", url="https://www.northpost.test/sound.mp3"),
        Medium(kind="embed", url="https://www.youtube.com/embed/x"),
    )


def test_taxonomy_of_all_layers() -> None:
    head = "<meta property=article:section content=World><meta property=article:tag content=rivers>"
    tags = "<p>Filed under: <a rel='category tag' href=/c/floods>Floods</a> <a rel=tag href=/t/b>bridges</a></p>"
    article = read(
        html(
            head=head,
            before="<p>Region: <a href=#>Europe</a></p><p>Theme: Water, Roads</p>",
            after=tags,
        )
    )
    assert article.taxonomy["region"] == ("Europe",)
    assert article.taxonomy["theme"] == ("Water", "Roads")
    assert article.taxonomy["section"] == ("World",)
    assert article.taxonomy["category"] == ("Floods",)
    assert set(article.taxonomy["tags"]) == {"rivers", "bridges"}


def test_links_out_of_the_text() -> None:
    inner = f"<p>{PROSE[0]} Said <a href='https://lakeside.test/a'>they</a>, <a href=/here>here</a>, <a href='#x'>x</a> and more.</p>"
    assert read(html(inner)).links == ("https://lakeside.test/a",)


def test_language() -> None:
    assert read(html()).language == "en"
    german = "<h1>Der Fluss</h1>" + "".join(f"<p>Der Fluss stieg in der Nacht um {n} Meter, und die alte Brücke wurde für den Verkehr gesperrt.</p>" for n in range(5))  # fmt: skip
    assert read(german).language == "de"


# What is no article


def test_home_search_and_site_pages() -> None:
    assert refused(html(), "https://www.northpost.test/") == "the home page"
    assert refused(html(), "https://www.northpost.test/?s=rivers") == "a search page"
    assert "about the site" in refused(html(), "https://www.northpost.test/privacy-policy/")
    assert isinstance(read(html(), "https://www.northpost.test/?p=123"), Article)


def test_lists_by_address_and_by_class() -> None:
    assert "list" in refused(html(), "https://www.northpost.test/category/world/")
    assert "list" in refused(html(), "https://www.northpost.test/world/page/2/")
    body = html().replace("<body>", "<body class='archive category category-world'>")
    assert "list" in refused(body)


def test_a_list_of_teasers() -> None:
    teasers = "".join(
        f"<article><h2><a href='/s/{n}'>Story number {n}</a></h2><p>{PROSE[n % 4]} Number {n}.</p></article>"
        for n in range(8)
    )
    assert "list" in refused(f"<html><head><title>World</title></head><body>{teasers}</body></html>",
                             "https://www.northpost.test/world")  # fmt: skip


def test_error_pages() -> None:
    assert refused(html(), status=404) == "HTTP status 404"
    assert "status" in refused(html(), status=503)
    assert refused(
        "<html><title>Page not found</title><h1>404</h1><p>Nothing is here, we are sorry for that.</p>"
    )


@pytest.mark.parametrize(
    "mime", ["application/pdf", "application/rss+xml", "image/png", "application/json"]
)
def test_what_is_not_html(mime: str) -> None:
    assert mime in refused("x", mime=mime)


@pytest.mark.parametrize(
    "start", ["%PDF-1.7 ", '{"a": 1}', "<?xml version='1.0'?><rss>", "<urlset>"]
)
def test_what_is_not_html_by_its_first_bytes(start: str) -> None:
    assert "HTML" in refused(start + " " * 600)


def test_ids_follow_the_content() -> None:
    one = read(
        html(after="<script>token=1</script><p>17 readers</p>", head="<meta name=csrf content=a>")
    )
    other = read(
        html(after="<script>token=2</script><p>23 readers</p>", head="<meta name=csrf content=b>")
    )
    assert one.id == other.id
    assert one.id != read(html(title="Another story about rivers")).id
    assert one.id != read(html(before="<p>By Ann Marsh</p>")).id


def test_what_comes_from_the_capture() -> None:
    article = read(html())
    capture = page(html()).capture
    assert (article.url, article.capture, article.captured_at) == (
        URL,
        capture.id,
        capture.fetched_at,
    )
    assert article.warc == capture.warc
    assert (article.source, article.outlet) == (NORTH.id, NORTH.name)
    assert article.parser.startswith("generic/")


# What is said around a text


def test_a_byline_with_its_date_in_an_element_named_for_the_lead_is_no_text() -> None:
    lines = "<div class=spot-row><div>Ann Marsh | 05.04.2021 - Updated : 06.04.2021</div></div>"
    article = read(html(before=lines))
    assert article.paragraphs == PROSE
    assert article.authors == ("Ann Marsh",)
    assert [(d.says, d.value) for d in article.published] == [
        ("published", "2021-04-05"), ("updated", "2021-04-06"),
    ]  # fmt: skip


def test_whose_picture_it_is_is_no_author() -> None:
    caption = "<div class=media-caption>Picture: Bo Lind, 4 May 2021</div>"
    assert read(html(before=caption)).authors == ()
    meta = "<meta name=author content='Ann Marsh'><meta name=author content='(Image: Bo Lind/Pix)'>"
    assert read(html(head=meta)).authors == ("Ann Marsh",)


def test_a_rubric_is_no_author() -> None:
    filed = "<div class=entry-meta>Written in <a href='/category/news/'>News</a></div>"
    head = "<meta name=author content=News>"
    assert read(html(head=head, before=filed)).authors == ()
    assert read(html("<p>Ann Marsh / North Post</p>", head=head, before=filed)).authors == (
        "Ann Marsh",
    )


def test_the_section_that_a_page_states_is_no_author() -> None:
    head = "<meta property=article:section content='North Korea'>"
    line = "<div class=entry-meta>North Korea | May 4, 2021</div>"
    assert read(html(head=head, before=line)).authors == ()
    assert read(html(before=line.replace("North Korea", "Ann Marsh"))).authors == ("Ann Marsh",)


def test_a_month_is_no_part_of_a_name() -> None:
    for line in ("Ann Marsh May 4, 2021 12:08", "By Ann Marsh October 6, 2018"):
        article = read(html(before=f"<div class=entry-meta>{line}</div>"))
        assert article.authors == ("Ann Marsh",)


def test_agencies_beside_a_name_are_left_off() -> None:
    assert authors.split("By Ann Marsh with agencies") == ["Ann Marsh"]
    assert authors.split("Ann Marsh mit Agenturen") == ["Ann Marsh"]


def test_a_live_blogs_entries_are_not_the_article() -> None:
    blog = (
        '{"@type":"LiveBlogPosting","headline":"A story about rivers","datePublished":"2021-05-04T08:00:00Z",'
        '"liveBlogUpdate":[{"@type":"BlogPosting","headline":"A loud bang","datePublished":"2021-05-05T21:00:00Z",'
        '"author":{"name":"Bo Lind"},"articleBody":"Bang","url":"' + URL + '"}]}'
    )
    article = read(html(head=LD % blog))
    assert (article.title, article.published_at) == ("A story about rivers", "2021-05-04T08:00:00Z")
    assert article.authors == ()


def test_lines_of_one_block() -> None:
    """A head that is one block of `<br>`, as hand-made themes have it."""
    head = "<div>By <a href='#'>South Wire</a><br>North Post, May 4, 2021<br>South Wire 2 May 2021<br>Region: <a href=/r>Europe</a><br>Theme: <a href=/t>Water</a></div>"
    article = read(html(before=head))
    said = {(one.says, one.value, one.by) for one in article.published}
    assert said == {
        ("published", "2021-05-04", "North Post"),
        ("original", "2021-05-02", "South Wire"),
    }
    assert article.taxonomy == {"region": ("Europe",), "theme": ("Water",)}
    assert {(one.kind, one.target_name, one.href) for one in article.claims} == {
        ("byline", "South Wire", "#")
    }


def test_a_note_on_a_change_is_no_text() -> None:
    note = "This article was amended on 6 May 2021. The council has corrected its number."
    article = read(html(before=f"<p>{note}</p>"))
    assert article.paragraphs == PROSE
    assert note in article.boilerplate
    assert [(d.says, d.value) for d in article.published] == [("updated", "2021-05-06")]


OTHERS = "".join(
    f"<p>Another story, number {n}, about the harbour and its boats.</p>" for n in range(9)
)
OTHER = f"<article><h1>Another story</h1><p>By Cy Moor</p>{OTHERS}</article>"


def test_articles_loaded_below_are_others() -> None:
    """However much longer they are, and whoever wrote them."""
    for count in (1, 3):
        article = read(html(after=OTHER * count))
        assert (article.paragraphs, article.authors) == (PROSE, ())


def test_who_wrote_what_stands_beside_the_article_is_not_asked() -> None:
    aside = "<aside><h2>More</h2><p>By Cy Moor</p><time datetime=2020-01-01></time></aside>"
    article = read(html(after=aside).replace("<article>", "<main>").replace("</article>", ""))
    assert (article.authors, article.published_at) == ((), None)


def test_two_elements_with_no_blank_between() -> None:
    assert read(html(before="<div><b>By</b><i>Ann Marsh</i></div>")).authors == ("Ann Marsh",)
    assert read(html(before="<div>Byron Marsh</div>")).authors == ()
