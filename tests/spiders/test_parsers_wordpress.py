"""What themes of WordPress print around a text, and where: date, author, categories, tags.

The markup is that of the themes; sites and words are invented. None of these pages has JSON-LD,
except where a test adds what the Yoast plugin writes.
"""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from storage.records import Article, Medium
from tests.spiders.reading_help import NORTH, OUTLETS, PROSE, page, read

URL = "https://www.northpost.test/ferry-aground/"
TEXT = "".join(f"<p>{one}</p>" for one in PROSE)
TITLE = "Ferry aground off the rock"
CAT = "https://www.northpost.test/category"
TAG = "https://www.northpost.test/tag"
WHO = "https://www.northpost.test/author/ida-quill/"
SAID = "I was on that ferry, and I never saw a light. Originally published on Some Blog."
COMMENTS = (
    '<div id=comments class=comments-area><h2 class=comments-title>2 comments</h2><ol class=comment-list>'
    '<li class="comment depth-1"><article class=comment-body><footer class=comment-meta><div class="comment-author vcard">'
    '<b class=fn>Jon Reader</b></div><a href="#comment-2"><time datetime="2021-01-01T10:00:00+02:00">January 1, 2021</time></a>'
    f"</footer><div class=comment-content><p>{SAID}</p></div></article></li></ol>"
    '<div id=respond class=comment-respond><h3>Leave a Reply</h3></div></div>'
)  # fmt: skip
OTHERS = (
    '<h2>More stories</h2><div class=wp-block-query><ul><li><h3><a href="/another/">Another story of boats</a></h3>'
    '<div class=wp-block-post-date><time datetime="2020-12-24T08:00:00+01:00">December 24, 2020</time></div>'
    f'<div class="taxonomy-category wp-block-post-terms"><a href="{CAT}/other/" rel=tag>Other</a></div></li></ul></div>'
)  # fmt: skip


def whole(body: str, classes: str = "single single-post") -> str:
    return (
        f"<!doctype html><html lang=en-US><head><meta charset=utf-8><title>{TITLE} – North Post</title></head>"
        f'<body class="{classes}">{body}</body></html>'
    )


BLOCK_META = (
    '<div class=wp-block-template-part><hr><div class=wp-block-columns><div class=wp-block-column><div class=wp-block-group>'
    '<p>Posted</p><div class=wp-block-post-date><time datetime="2021-04-02T07:15:00+02:00">April 2, 2021</time></div><p>in</p>'
    f'<div class="taxonomy-category wp-block-post-terms"><a href="{CAT}/shipping/" rel=tag>Shipping</a>, <a href="{CAT}/world/" rel=tag>World</a></div></div>'
    '<div class=wp-block-group><p>by</p><div class=wp-block-post-author><div class=wp-block-post-author__content><p class=wp-block-post-author__name>Ida Quill</p></div></div></div></div>'
    f'<div class=wp-block-column><p>Tags:</p><div class="taxonomy-post_tag wp-block-post-terms"><a href="{TAG}/ferry/" rel=tag>ferry</a></div></div></div></div>'
)  # fmt: skip
THEMES = {
    "blocks, all below the text (Twenty Twenty-Three)": (
        '<header class=wp-block-template-part><p class=wp-block-site-title><a href=/ rel=home>North Post</a></p></header>'
        f'<main><div class=wp-block-group><h1 class=wp-block-post-title>{TITLE}</h1></div>'
        f'<div class="entry-content wp-block-post-content">{TEXT}</div>{BLOCK_META}<section><div class=wp-block-comments>{COMMENTS}</div></section>{OTHERS}</main>'
    ),
    "blocks, the date above (Twenty Twenty-Two)": (
        '<header><h1 class=wp-block-site-title><a href=/ rel=home>North Post</a></h1></header>'
        f'<main><div class=wp-block-group><h1 class=wp-block-post-title>{TITLE}</h1><div class=wp-block-post-date><time datetime="2021-04-02T07:15:00+02:00">April 2, 2021</time></div></div>'
        f'<div class="entry-content wp-block-post-content">{TEXT}</div><div class=wp-block-group><div class=wp-block-post-author><div class=wp-block-post-author__content><p class=wp-block-post-author__name>Ida Quill</p></div></div>'
        f'<div class="taxonomy-category wp-block-post-terms"><a href="{CAT}/shipping/" rel=tag>Shipping</a><span>, </span><a href="{CAT}/world/" rel=tag>World</a></div>'
        f'<div class="taxonomy-post_tag wp-block-post-terms"><a href="{TAG}/ferry/" rel=tag>ferry</a></div></div>{COMMENTS}</main>'
    ),
    "a footer of the article (Twenty Twenty-One)": (
        f'<div id=content><main id=main><article class=post><header class=entry-header><h1 class=entry-title>{TITLE}</h1></header>'
        f'<div class=entry-content>{TEXT}</div><footer class=entry-footer><div class=posted-by><span class=posted-on>Published <time class="entry-date published updated" datetime="2021-04-02T07:15:00+02:00">April 2, 2021</time></span>'
        f'<span class=byline>By <a href="{WHO}" rel=author>Ida Quill</a></span></div><div class=post-taxonomies><span class=cat-links>Categorized as <a href="{CAT}/shipping/" rel="category tag">Shipping</a>, <a href="{CAT}/world/" rel="category tag">World</a></span>'
        f'<span class=tags-links>Tagged <a href="{TAG}/ferry/" rel=tag>ferry</a></span></div></footer></article>{COMMENTS}</main></div><footer class=site-footer><a href="{CAT}/all/" rel=tag>All</a></footer>'
    ),
    "Genesis": (
        f'<div class=site-inner><main class=content><article class="post entry"><header class=entry-header><h1 class=entry-title>{TITLE}</h1><p class=entry-meta><time class=entry-time datetime="2021-04-02T07:15:00+02:00">April 2, 2021</time> by '
        f'<span class=entry-author><a href="{WHO}" class=entry-author-link rel=author><span class=entry-author-name>Ida Quill</span></a></span> <span class=entry-comments-link><a href="#comments">2 Comments</a></span></p></header>'
        f'<div class=entry-content>{TEXT}</div><footer class=entry-footer><p class=entry-meta><span class=entry-categories>Filed Under: <a href="{CAT}/shipping/" rel="category tag">Shipping</a>, <a href="{CAT}/world/" rel="category tag">World</a></span> <span class=entry-tags>Tagged With: <a href="{TAG}/ferry/" rel=tag>ferry</a></span></p></footer></article>{COMMENTS}</main>'
        '<aside class="sidebar widget-area"><section class=widget><time datetime="2020-01-01">January 1, 2020</time> <a href="/category/aside/" rel=tag>Aside</a></section></aside></div>'
    ),
    "Newspaper": (
        f'<div class=td-main-content><article class="post"><div class=td-post-header><ul class=td-category><li class=entry-category><a href="{CAT}/shipping/">Shipping</a></li><li class=entry-category><a href="{CAT}/world/">World</a></li></ul>'
        f'<header class=td-post-title><h1 class=entry-title>{TITLE}</h1><div class=td-module-meta-info><div class=td-post-author-name><div class=td-author-by>By</div> <a href="{WHO}">Ida Quill</a></div>'
        f'<span class=td-post-date><time class="entry-date updated td-module-date" datetime="2021-04-02T07:15:00+02:00">April 2, 2021</time></span></div></header></div><div class="td-post-content tagdiv-type">{TEXT}</div>'
        f'<footer><div class=td-post-source-tags><ul class="td-tags td-post-small-box"><li><span>TAGS</span></li><li><a href="{TAG}/ferry/">ferry</a></li></ul></div></footer></article>'
        '<div class="td_block_wrap td_block_related_posts"><h4>RELATED ARTICLES</h4><div class=td-module-meta-info><time datetime="2020-01-01T00:00:00+00:00">January 1, 2020</time></div></div></div>'
    ),
    "GeneratePress": (
        f'<main class=site-main><article class=post><div class=inside-article><header class=entry-header><h1 class=entry-title itemprop=headline>{TITLE}</h1><div class=entry-meta><span class=posted-on><time class=updated datetime="2021-04-09T11:00:00+02:00" itemprop=dateModified>April 9, 2021</time>'
        f'<time class="entry-date published" datetime="2021-04-02T07:15:00+02:00" itemprop=datePublished>April 2, 2021</time></span> <span class=byline>by <span class="author vcard" itemprop=author itemtype="https://schema.org/Person" itemscope><a class="url fn n" href="{WHO}" rel=author itemprop=url><span class=author-name itemprop=name>Ida Quill</span></a></span></span></div></header>'
        f'<div class=entry-content itemprop=text>{TEXT}</div><footer class=entry-meta><span class=cat-links><span class=screen-reader-text>Categories </span><a href="{CAT}/shipping/" rel="category tag">Shipping</a>, <a href="{CAT}/world/" rel="category tag">World</a></span> <span class=tags-links><span class=screen-reader-text>Tags </span><a href="{TAG}/ferry/" rel=tag>ferry</a></span></footer></div></article>{COMMENTS}</main>'
    ),
    "Astra": (
        f'<main><article class="post ast-article-single"><header class=entry-header><h1 class=entry-title>{TITLE}</h1><div class=entry-meta><span class=comments-link><a href="#respond">Leave a Comment</a></span> / <span class=ast-terms-link><a href="{CAT}/shipping/">Shipping</a>, <a href="{CAT}/world/">World</a></span> / By '
        f'<span class="posted-by vcard author"><a class="url fn n" href="{WHO}" rel=author><span class=author-name>Ida Quill</span></a></span> / <span class=posted-on><span class=published>April 2, 2021</span></span></div></header>'
        f'<div class="entry-content clear">{TEXT}<div class=ast-tags><a href="{TAG}/ferry/" rel=tag>ferry</a></div></div></article>{COMMENTS}</main>'
    ),
    "Divi": (
        f'<div id=main-content><div class=container><div id=content-area><div id=left-area><article class="et_pb_post post"><div class=et_post_meta_wrapper><h1 class=entry-title>{TITLE}</h1><p class=post-meta>by <span class="author vcard"><a href="{WHO}" title="Posts by Ida Quill" rel=author>Ida Quill</a></span> | <span class=published>Apr 2, 2021</span> | '
        f'<a href="{CAT}/shipping/" rel="category tag">Shipping</a>, <a href="{CAT}/world/" rel="category tag">World</a> | <span class=comments-number><a href="#respond">0 comments</a></span></p></div><div class=entry-content>{TEXT}</div><p class=tags><a href="{TAG}/ferry/" rel=tag>ferry</a></p></article></div>'
        '<div id=sidebar><div class="et_pb_widget"><time datetime="2020-01-01">January 1, 2020</time></div></div></div></div></div>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("registered", [True, False], ids=["known", "unknown"])
def test_a_themes_post(theme: str, registered: bool) -> None:
    article = read(whole(THEMES[theme]), URL, NORTH if registered else None)
    assert article.title == TITLE
    assert (article.published_at or "")[:10] == "2021-04-02"
    assert article.authors == ("Ida Quill",)
    assert article.taxonomy["category"] == ("Shipping", "World")
    assert article.taxonomy["tags"] == ("ferry",)
    assert article.paragraphs == PROSE
    assert article.claims == ()
    days = {one.value[:10] for one in article.published if one.value and one.says == "published"}
    assert days == {"2021-04-02"}, "no date of a comment or of another story"


def test_a_change_is_told_from_the_publication() -> None:
    article = read(whole(THEMES["GeneratePress"]), URL)
    assert article.published_at == "2021-04-02T07:15:00+02:00"
    assert "2021-04-09T11:00:00+02:00" in {
        d.value for d in article.published if d.says == "updated"
    }


def test_the_name_of_an_unknown_site_by_its_masthead_or_feed() -> None:
    assert (
        read(whole(THEMES["blocks, the date above (Twenty Twenty-Two)"]), URL, None).outlet
        == "North Post"
    )
    feed = '<link rel=alternate type="application/rss+xml" title="North Post &raquo; Feed" href=/feed/>'
    body = whole(THEMES["Divi"]).replace("</head>", f"{feed}</head>")
    article = read(body, URL, None)
    assert (article.outlet, article.title) == ("North Post", TITLE)


def test_yoast_comes_before_what_is_printed() -> None:
    graph = (
        '<script type="application/ld+json" class=yoast-schema-graph>{"@context":"https://schema.org","@graph":['
        f'{{"@type":"Article","@id":"{URL}#article","isPartOf":{{"@id":"{URL}"}},"author":{{"name":"Ida Quill","@id":"#p"}},'
        f'"headline":"{TITLE}","datePublished":"2021-04-02T05:15:00+00:00","dateModified":"2021-04-09T09:00:00+00:00",'
        '"articleSection":["Shipping","World"],"keywords":["ferry"],"publisher":{"@id":"#o"}},'
        f'{{"@type":"WebPage","@id":"{URL}","name":"{TITLE} - North Post","datePublished":"2021-04-02T05:15:00+00:00"}},'
        '{"@type":"Organization","@id":"#o","name":"North Post"},{"@type":"Person","@id":"#p","name":"Ida Quill"}]}</script>'
    )  # fmt: skip
    body = whole(THEMES["Genesis"]).replace("</head>", f"{graph}</head>")
    article = read(body, URL, None)
    assert article.published_at == "2021-04-02T05:15:00+00:00"
    assert (article.outlet, article.authors) == ("North Post", ("Ida Quill",))
    assert article.taxonomy["section"] == ("Shipping", "World")


def test_quotes_lists_galleries_films_and_the_picture_above() -> None:
    inner = (
        f"<p>{PROSE[0]}</p><blockquote class=wp-block-quote><p>We heard a noise like a cart on cobbles, and then the floor was a wall.</p></blockquote>"
        "<h2>What the crew did</h2><ul><li>Forty-one passengers were on board that night.</li></ul>"
        '<figure class="wp-block-gallery has-nested-images"><figure class=wp-block-image><img src=/quay.jpg><figcaption>The quay at low water, where the boats came in.</figcaption></figure></figure>'
        "<figure class=wp-block-video><video controls src=/ferry.mp4></video></figure>"
        '<figure class="wp-block-embed is-type-video"><div class=wp-block-embed__wrapper><iframe src="https://www.youtube.com/embed/abc?feature=oembed"></iframe></div></figure>'
        f"<p>{PROSE[1]}</p><figure class=wp-block-pullquote><blockquote><p>{PROSE[1]}</p></blockquote></figure><p>{PROSE[2]}</p>"
    )
    body = whole(
        f"<main><article><h1>{TITLE}</h1><figure class=post-thumbnail><img class=wp-post-image src=/bridge.jpg></figure>"
        f"<div class=entry-content>{inner}</div></article></main>"
    )
    article = read(body, URL)
    assert article.paragraphs == (
        PROSE[0], "We heard a noise like a cart on cobbles, and then the floor was a wall.",
        "What the crew did", "Forty-one passengers were on board that night.", *PROSE[1:3],
    )  # fmt: skip
    site = "https://www.northpost.test"
    assert article.media == (
        Medium(kind="image", url=f"{site}/bridge.jpg"),
        Medium(
            kind="image",
            url=f"{site}/quay.jpg",
            caption="The quay at low water, where the boats came in.",
        ),
        Medium(kind="video", url=f"{site}/ferry.mp4"),
        Medium(kind="embed", url="https://www.youtube.com/embed/abc?feature=oembed"),
    )


def test_an_outlet_as_the_posts_author_is_a_credit_and_no_person() -> None:
    body = whole(
        THEMES["blocks, all below the text (Twenty Twenty-Three)"].replace(
            "Ida Quill", "South Wire"
        )
    )
    article = read(body, URL)
    assert article.authors == ()
    assert [(one.kind, one.target_name) for one in article.claims] == [("byline", "South Wire")]


def test_a_list_of_posts_is_no_article() -> None:
    cards = "".join(
        f'<article class=post><h2 class=entry-title><a href="/story-{n}/">Story number {n} of many</a></h2><time datetime="2021-04-0{n}">April {n}, 2021</time><p>{PROSE[n % 4]}</p></article>'
        for n in range(1, 9)
    )
    from spiders.parsers import parse

    found = parse(
        page(whole(f"<main>{cards}</main>", "archive category"), f"{CAT}/shipping/"), NORTH, OUTLETS
    )
    assert not isinstance(found, Article)
