"""What pages say about where their text comes from: each phrase, each trap."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from bench import reading
from config.registry import Source
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, Claim, Origin
from tests.spiders.reading_help import NORTH, OUTLETS, PROSE, html, page, read, shared


def origin(inner: str = "", **parts: str) -> Origin | None:
    return read(html(inner, **parts)).republished_from


def claim(kind: str, inner: str = "", **parts: str) -> Claim:
    found = [one for one in read(html(inner, **parts)).claims if one.kind == kind]
    assert found, f"no {kind} claim"
    return found[0]


LINKED = '<a href="https://lakeside.test/2021/rivers-rise">Lakeside Review</a>'
DEEP = Origin("Lakeside Review", "https://lakeside.test/2021/rivers-rise")

SAID = {
    "original source": f"<p>The original source of this article is {LINKED}</p>",
    "original source, colon": f"<p>Original source: {LINKED}</p>",
    "story appeared": f"<p><em>This story originally appeared on {LINKED}.</em></p>",
    "article published": f"<p>This article was originally published by {LINKED} on May 3, 2021.</p>",
    "article first": f"<p>This article first appeared in {LINKED} and is republished here.</p>",
    "bare": f"<p>Originally published at {LINKED}</p>",
    "bare, by, colon": f"<p>Originally published by: {LINKED}</p>",
    "first published": f"<p>First published in {LINKED}</p>",
    "with permission": f"<p>Republished with permission from {LINKED}.</p>",
    "from, licence": (
        f"<p>This article is republished from {LINKED} under a Creative Commons license. "
        'Read the <a href="https://lakeside.test/2021/rivers-rise">original article</a>.</p>'
    ),
    "reprinted from": f"<p>Reprinted from {LINKED}</p>",
    "syndicated": f"<p>This piece was cross-posted from {LINKED}.</p>",
    "appeared first": f"<p>The post A story about rivers appeared first on {LINKED}.</p>",
    "courtesy": f"<p>This report comes courtesy of {LINKED}.</p>",
    "last line": f"<p>Source: {LINKED}</p>",
    "read the original": (
        '<p>This article was originally published by <a href="https://lakeside.test/">Lakeside Review'
        '</a>. Read the <a href="https://lakeside.test/2021/rivers-rise">original article</a>.</p>'
    ),
    "German, zuerst": f"<p>Dieser Artikel erschien zuerst bei {LINKED}.</p>",
    "German, zunächst": f"<p>Der Beitrag ist zunächst im {LINKED} erschienen.</p>",
    "German, Genehmigung": f"<p>Mit freundlicher Genehmigung von {LINKED}.</p>",
    "German, Quelle": f"<p>Quelle: {LINKED}</p>",
    "French": f"<p>Cet article a été publié initialement sur {LINKED}.</p>",
    "French, source": f"<p>La source originale de cet article est {LINKED}</p>",
    "Spanish": f"<p>Este artículo fue publicado originalmente en {LINKED}.</p>",
    "Spanish, fuente": f"<p>Fuente original: {LINKED}</p>",
    "Russian": f"<p>Первоисточник: {LINKED}</p>",
    "Russian, first": f"<p>Статья впервые опубликована на сайте {LINKED}.</p>",
    "Italian": f"<p>Articolo originale: {LINKED}</p>",
    "Portuguese": f"<p>Publicado originalmente em {LINKED}</p>",
}


@pytest.mark.parametrize("said", SAID)
def test_what_is_said_after_the_text(said: str) -> None:
    article = read(html(SAID[said]))
    assert article.republished_from == DEEP, article.claims
    assert list(article.paragraphs) == list(PROSE), "the statement is not the article's text"


@pytest.mark.parametrize(
    "said", [one for one in SAID if "last line" not in one and "Quelle" not in one]
)
def test_what_is_said_before_the_text(said: str) -> None:
    assert origin(before=SAID[said]) == DEEP


def test_a_name_without_a_link() -> None:
    assert origin("<p>This story originally appeared on Lakeside Review.</p>") == Origin(
        "Lakeside Review", None
    )


@pytest.mark.parametrize("href", ["#", "", "javascript:void(0)"])
def test_a_link_that_leads_nowhere(href: str) -> None:
    said = f'<p>The original source of this article is <a href="{href}">South Wire</a></p>'
    assert origin(said) == Origin("South Wire", None)


def test_a_link_to_a_home_page_is_kept_as_it_is() -> None:
    said = '<p>First published in <a href="https://lakeside.test/">Lakeside Review</a>.</p>'
    assert origin(said) == Origin("Lakeside Review", "https://lakeside.test/")


def test_a_linked_logo() -> None:
    said = (
        "<div>Originally published by:</div><div><a href='https://lakeside.test/2021/rivers-rise'>"
        "<img src=/logo.png alt='Lakeside Review'></a></div>"
    )
    assert origin(said) == DEEP


def test_a_logo_without_alt_is_named_by_its_site() -> None:
    said = "<p>Originally published by: <a href='https://lakeside.test/x'><img src=/l.png></a></p>"
    assert origin(said) == Origin("lakeside.test", "https://lakeside.test/x")


def test_a_bare_address() -> None:
    said = "<p>Source: https://lakeside.test/2021/rivers-rise</p>"
    assert origin(said) == Origin("lakeside.test", "https://lakeside.test/2021/rivers-rise")


def test_authored_via() -> None:
    said = f"<p>Authored by Ann Marsh via {LINKED},</p>"
    assert origin(before=said) == DEEP
    assert read(html(before=said)).authors == ("Ann Marsh",)


def test_a_byline_that_is_another_outlet() -> None:
    found = claim("byline", before="<p>By <a href='#'>South Wire</a></p>")
    assert (found.target_name, found.about) == ("South Wire", "other")
    assert origin(before="<p>By South Wire</p>") == Origin("South Wire", None)


def test_a_byline_that_is_a_person_is_no_claim() -> None:
    assert origin(before="<p>By <a href='https://annmarsh.test/'>Ann Marsh</a></p>") is None


def test_a_dated_line_of_another_outlet() -> None:
    article = read(html(before="<p>North Post, May 4, 2021</p><p>South Wire 2 May 2021</p>"))
    said = {(one.says, one.value, one.by) for one in article.published}
    assert said == {
        ("published", "2021-05-04", "North Post"),
        ("original", "2021-05-02", "South Wire"),
    }
    assert article.published_at == "2021-05-04"
    assert article.republished_from == Origin("South Wire", None)


def test_a_dated_line_that_links_its_outlet() -> None:
    said = (
        "<div>Ann Marsh<br><a href='https://lakesidereview.test/2021/rivers'>Lakeside Review</a><br>"
        "Tue, 04 May 2021 17:55 UTC</div>"
    )
    assert origin(before=said) == Origin(
        "Lakeside Review", "https://lakesidereview.test/2021/rivers"
    )


def test_a_counter_pixel() -> None:
    said = "<p>Text end.</p><img src='https://counter.theconversation.com/content/1/count.gif' width=1>"
    assert origin(said) == Origin("The Conversation", None)


def test_machine_claims() -> None:
    head = (
        "<link rel=canonical href='https://lakeside.test/2021/rivers-rise'>"
        "<meta name=syndication-source content='https://lakeside.test/2021/rivers-rise'>"
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A story about rivers",'
        '"isBasedOn":"https://lakeside.test/2021/rivers-rise"}</script>'
    )
    article = read(html(head=head))
    places = {one.kind: one.place for one in article.claims}
    assert places["canonical"].startswith("link:")
    assert places["syndication_source"].startswith("meta:")
    assert places["based_on"].startswith("jsonld:")
    assert article.republished_from == Origin(
        "lakeside.test", "https://lakeside.test/2021/rivers-rise"
    )


def test_words_come_before_machine_signals() -> None:
    head = "<link rel=canonical href='https://elsewhere.test/a/b'>"
    assert origin(SAID["story appeared"], head=head) == DEEP


def test_a_registered_outlet_by_its_former_site() -> None:
    said = (
        "<p>Source: <a href='https://southwire.example/a/b'>https://southwire.example/a/b</a></p>"
    )
    assert origin(said) == Origin("South Wire", "https://southwire.example/a/b")


TRAPS = {
    "names itself": "<p>Originally published on <a href='/'>North Post</a>.</p>",
    "names itself by alias": "<p>This story originally appeared in The Northern Post.</p>",
    "names itself by site": "<p>This story was first published on northpost.test.</p>",
    "its other site": "<p>First published on <a href='https://northpost.example/a'>our magazine</a></p>",
    "the other direction": "<p>This article was reprinted on <a href='https://lakeside.test/x'>Lakeside.test</a>.</p>",
    "a date": "<p>First published on November 19, 2020</p>",
    "a date and a time": "<p>First published: 19 November 2020, 10:15</p>",
    "a day of the week": "<p>This article was first published on Tuesday, May 4.</p>",
    "a re-run": "<p>This article was originally published on May 4, 2019, and has been updated.</p>",
    "a book in the text": (
        "<p>Her novel, which was originally published in Germany by Fischer, tells of a flood in the "
        "valley that nobody had believed could come again, and of a bridge that did not hold.</p>"
    ),
    "a study in the text": (
        "<p>The study was published in Nature on Monday and says that rivers rise faster than ever, "
        "which the county had denied for many years before the bridge was closed.</p>"
    ),
    "a photo credit": "<figure><img src=/a.jpg><figcaption>Courtesy of Ann Marsh</figcaption></figure>",
    "no target": "<p>This article was originally published under another headline.</p>",
    "a source that is a home page": "<p><a href='https://lakeside.test/'>Source</a></p>",
    "a picture of its own": "<p><a href='/original.jpg'>Original</a></p>",
    "a link to share": "<p><a href='https://www.facebook.com/sharer?u=x'>Source</a></p>",
    "share links": "<p>Source: <a href='https://www.facebook.com/x'>Facebook</a></p>",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_traps(trap: str) -> None:
    article = read(html(TRAPS[trap]))
    assert article.republished_from is None, article.claims


def test_a_site_wide_footer_is_no_claim_about_the_article() -> None:
    footer = (
        "<footer><p>North Post is published under licence from <a href='https://lakeside.test/'>"
        "Lakeside Review</a>. Original source: Lakeside Review. © 2021 Lakeside Media</p></footer>"
    )
    assert origin(after=footer) is None


def test_related_stories_and_comments_are_no_claims() -> None:
    aside = (
        "<div class=related-posts><p>Originally published on Lakeside Review</p></div>"
        "<div id=comments><p>This story originally appeared on Lakeside Review</p></div>"
    )
    assert origin(after=aside) is None


def test_what_is_told_apart_by_kind() -> None:
    assert claim("reprinted_on", TRAPS["the other direction"]).about == "other"
    assert claim("first_published_on", TRAPS["a date"]).target_name is None
    own = claim("republished_from", TRAPS["names itself"])
    assert own.about == "self"


def test_copyright_lines() -> None:
    found = claim("copyright", "<p>Copyright © <a href='#'>South Wire</a>, South Wire, 2021</p>")
    assert (found.target_name, found.target_url, found.about) == ("South Wire", None, "other")
    footer = claim(
        "copyright", after="<footer><p>© 2021 North Post. All rights reserved.</p></footer>"
    )
    assert (footer.target_name, footer.about) == ("North Post", "self")


def test_the_rights_of_the_outlets_own_company() -> None:
    said = "<footer><p>Founded in 1911. All content © North Post Media Ltd unless stated otherwise.</p></footer>"
    found = claim("copyright", after=said)
    assert (found.target_name, found.about) == ("North Post Media Ltd", "self")


@pytest.mark.parametrize("href", ["#", "javascript:void(0)", "/rivers", "https://southwire.test/a"])
def test_a_link_is_kept_as_printed(href: str) -> None:
    said = f'<p>The original source of this article is <a href="{href}">South Wire</a></p>'
    found = claim("original_source", said)
    assert found.href == href
    assert (found.target_url is None) == href.startswith(("#", "java"))
    assert claim("original_source", "<p>Original source: South Wire</p>").href is None


PERMISSIONS = {
    "The Centre grants permission to cross-post North Post articles as long as they are named.": "self",
    "North Post grants permission to cross-post its articles as long as the source is named.": "self",
    "Republishing is welcomed with reference to South Wire.": None,
    "This work is licensed under a Creative Commons Attribution 4.0 licence.": None,
    "Our articles may be freely republished online or in print.": None,
    "Reprinted here with permission from South Wire.": "other",
    "Nachdruck mit Quellenangabe erwünscht.": None,
    "Перепечатка разрешается со ссылкой на сайт.": None,
}


@pytest.mark.parametrize("words", PERMISSIONS)
def test_permissions_are_verbatim(words: str) -> None:
    found = claim("permission", f"<p>Contact us. {words} Thank you.</p>")
    assert found.text == words
    assert PERMISSIONS[words] in (None, found.about)


def test_a_licence_link_is_kept() -> None:
    licence = "https://creativecommons.org/licenses/by-nd/4.0/"
    found = claim(
        "permission", f"<p>Published under a <a href='{licence}'>Creative Commons licence</a>.</p>"
    )
    assert found.target_url == licence


def test_places_lead_to_the_words() -> None:
    from lxml import html as parser

    body = html(SAID["story appeared"])
    found = next(one for one in read(body).claims if one.kind == "republished_from")
    element = parser.document_fromstring(body).xpath(found.place)[0]
    assert "originally appeared" in element.text_content()


def test_a_page_made_of_claims_is_bounded() -> None:
    said = "".join(f"<p>Originally published by Outlet{n}.</p>" for n in range(3_000))
    article = parse(page(html(said)), NORTH, OUTLETS)
    assert isinstance(article, Article)
    assert len(article.claims) <= 100


SOUTH_LINK = '<a href="https://southwire.test/2021/rivers">South Wire</a>'
LAST_LINES = {
    "via": f"<p>via {SOUTH_LINK}</p>", "h/t": f"<p>h/t {SOUTH_LINK}</p>",
    "hat tip": "<p>Hat tip to South Wire</p>", "bracket": f"<p>({SOUTH_LINK})</p>",
    "Источник": f"<p>Источник: {SOUTH_LINK}</p>", "Fuente": f"<p>Fuente: {SOUTH_LINK}</p>",
}  # fmt: skip
QUOTE = f"<blockquote><p>{PROSE[0]}</p><p>{PROSE[1]}</p><p>{PROSE[3]}</p></blockquote>"


@pytest.mark.parametrize("line", LAST_LINES)
def test_short_last_lines_that_credit(line: str) -> None:
    found = claim("original_source", LAST_LINES[line])
    assert (found.target_name, found.about) == ("South Wire", "other")


@pytest.mark.parametrize(
    "word", ["Source", "[Quelle]", "Original article", "Fuente original", "Источник"]
)
def test_a_link_that_is_all_that_is_said(word: str) -> None:
    link = f"<p><a href='https://southwire.test/2021/rivers'>{word}</a></p>"
    assert origin(link) == Origin("South Wire", "https://southwire.test/2021/rivers")


@pytest.mark.parametrize("line", ["via Ann Marsh", "(Monday)", "h/t my brother", "(Reuters)"])
def test_short_last_lines_that_credit_no_known_outlet(line: str) -> None:
    assert read(html(f"<p>{line}</p>")).claims == ()


@pytest.mark.parametrize(
    "words", ["As South Wire reported:", "One piece stayed. South Wire writes:"]
)
def test_what_introduces_an_excerpt_credits_it_and_stays_in_the_text(words: str) -> None:
    article = read(html(f"<p>{words}</p>{QUOTE}<p>{PROSE[2]} And so it goes on.</p>"))
    assert article.republished_from == Origin("South Wire", None)
    assert words in article.paragraphs


SOUTH = "https://southwire.test/2021/rivers"


@pytest.mark.parametrize(
    "below",
    [f"<cite>{SOUTH_LINK}</cite>", f"<footer>— {SOUTH_LINK}</footer>", f"<p>{SOUTH_LINK}</p>"],
)
def test_a_quotation_links_to_whose_words_it_has(below: str) -> None:
    """It is no credit of the article by itself: a passage is quoted, however long."""
    words = "<p>We had seen the water come up the lane, and nobody thought of the school until noon.</p>"
    rest = "<p>The school is on the hill now, and the lane has a wall that the county paid for.</p>"
    article = read(html(f"<blockquote>{words}{below}</blockquote>{rest}"))
    assert (article.links, article.republished_from) == ((SOUTH,), None)
    assert read(html(f"<blockquote>{words}</blockquote>{rest}<p>{SOUTH_LINK}</p>")).links == ()


@pytest.mark.parametrize("rest", ["whole story", "rest of the article", "entire piece"])
def test_read_on_elsewhere(rest: str) -> None:
    link = SOUTH_LINK.replace(">South", f">Read the {rest} at South")
    for line in (f"<p>Read the {rest} at {SOUTH_LINK}</p>", f"<p>{link}</p>"):
        assert origin(line) == Origin("South Wire", SOUTH)


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("By Ann Marsh, South Wire", None),
        ("By Ann Marsh | South Wire", None),
        (f"By Ann Marsh, {SOUTH_LINK}", SOUTH),
        ("By Ann Marsh, South Wire, May 3, 2021", None),
        (f"By Ann Marsh, {SOUTH_LINK}, May 3, 2021", SOUTH),
    ],
)
def test_a_byline_names_the_outlet_after_the_person(line: str, url: str | None) -> None:
    article = read(html(f"<p>{PROSE[0]}</p>", before=f"<p>{line}</p>"))
    assert article.republished_from == Origin("South Wire", url)


def test_a_byline_names_an_outlet_that_is_no_source_by_its_link() -> None:
    link = "<a href='https://harbourdispatch.test/1'>Harbour Dispatch</a>"
    article = read(html(f"<p>{PROSE[0]}</p>", before=f"<p>By Ann Marsh, {link}</p>"))
    assert article.republished_from == Origin("Harbour Dispatch", "https://harbourdispatch.test/1")


@pytest.mark.parametrize(
    "line",
    ["By Ann Marsh, Berlin", "By Ann Marsh, formerly of South Wire", "By Ann Marsh, North Quay"],
)
def test_a_byline_of_nobody_elsewhere(line: str) -> None:
    assert read(html(f"<p>{PROSE[0]}</p>", before=f"<p>{line}</p>")).republished_from is None


def test_what_is_reported_in_passing_is_no_credit() -> None:
    passing = (
        f"<p>{PROSE[0]} That is what South Wire reported.</p>", "<p>As South Wire reported:</p><blockquote>It rained.</blockquote>",
        f"<p>As Ann Marsh reported:</p>{QUOTE}", f"<p>South Wire reported:</p><p>{PROSE[0]}</p>",
    )  # fmt: skip
    for inner in passing:
        assert read(html(f"{inner}<p>{PROSE[2]} And so on.</p>")).claims == ()


def test_real_pages() -> None:
    shared("claims")
    wrong = [told for told in reading.claims(reading.load("claims")) if not told[1]]
    assert wrong == []


def test_no_real_page_without_a_claim_gets_an_origin_of_its_own_site() -> None:
    shared("pages")
    for row, body in reading.load("pages")[::8]:
        article = parse(page(body, row["url"]), None, Outlets([]))
        if isinstance(article, Article) and article.republished_from:
            assert article.republished_from.name not in (article.outlet, None)


def test_two_sources_on_one_domain_are_two_outlets() -> None:
    blog = Source(id="blog", name="Blog", homepage="https://blog.rivers.test/")
    news = Source(id="news", name="News", homepage="https://news.rivers.test/")
    said = '<p>Originally published on <a href="https://news.rivers.test/a/b">News</a>.</p>'
    found = parse(page(html(said), "https://blog.rivers.test/x/y"), blog, Outlets([blog, news]))
    assert isinstance(found, Article)
    assert found.republished_from == Origin("News", "https://news.rivers.test/a/b")
