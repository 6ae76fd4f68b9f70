"""The page that the project was made from: read whole, in three ways of writing it."""

import html as escaping
import re

import pytest

from config.registry import Source
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article
from tests.spiders.reading_help import page, shared

GLOBAL = Source(
    id="globalresearch", name="Global Research", homepage="https://www.globalresearch.ca/",
    aliases=("Centre for Research on Globalization", "Centre of Research on Globalization"),
)  # fmt: skip
SOUTH = Source(
    id="southfront", name="South Front", homepage="https://southfront.press/",
    aliases=("SouthFront",), domains=("southfront.org",),
)  # fmt: skip
URL = "https://www.globalresearch.ca/video-armenia-azerbaijan-clashes/5718895"
FILM = "https://southfront.org/wp-content/uploads/video/IMR_Armenia-Azerbaijan_ENG.mp4"


def blocks() -> list[str]:
    """The page's blocks as the shared text has them."""
    text = shared("seed-article.txt").read_text(encoding="utf-8")
    return [block.strip() for block in text.split("\n\n") if block.strip()]


def paragraphs() -> list[str]:
    """What a reader takes for the article: from below the labels to the star, without the film."""
    all_blocks = blocks()
    start = next(at for at, one in enumerate(all_blocks) if one.startswith("Theme:")) + 1
    return [one for one in all_blocks[start : all_blocks.index("*")] if one != FILM]


def inline(text: str) -> str:
    """The markdown of one block as HTML."""
    text = escaping.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)]*)\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"&lt;(https?://[^&]+)&gt;", r'<a href="\1">\1</a>', text)
    if re.fullmatch(r"https?://\S+\.mp4", text):
        text = f'<a href="{text}">{text}</a>'
    return text.replace("\n", "<br>\n")


HEAD = """<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8">
<title>{title} - Global ResearchGlobal Research - Centre for Research on Globalization</title>
<meta property="og:site_name" content="Global Research"></head>
<body class="post-template-default single single-post postid-5718895">
<div id="header"><a href="/"><img src="/logo.png" alt="Global Research"></a>
<ul class="menu"><li><a href="/latest">Latest News</a></li>
<li><a href="/usa">USA</a></li></ul></div>"""
FOOT = """<div id="footer"><p>Privacy Policy</p><p>Copyright &copy; 2005-2020 GlobalResearch.ca</p>
</div><script>var csrf = "{token}";</script></body></html>"""


def wordpress(token: str = "a1") -> str:
    """Paragraphs in `<p>`, parts in `<div>`s, a sidebar with other stories."""
    title, byline, *rest = blocks()
    star = rest.index("*")
    top, text, after = rest[:4], rest[4:star], rest[star:]
    note = "".join(f"<p>{inline(one)}</p>" for one in after[:4])
    source, *tail = after[4:]
    return (
        HEAD.format(title=escaping.escape(title)) + '<div id="main"><div id="content" class="post">'
        f"<h1 class='entry-title'>{escaping.escape(title)}</h1>"
        f"<div class='post-meta'><p class='byline'>{inline(byline)}</p>"
        + "".join(f"<div>{inline(one)}</div>" for one in top)
        + "</div><div class='entry-content'>"
        + "".join(f"<p>{inline(one)}</p>" for one in text)
        + note + "</div>"
        + f"<div class='source'>{inline(source)}</div>"
        + "".join(f"<p>{inline(one)}</p>" for one in tail)
        + "</div><div id='sidebar'><h3>Most popular</h3><ul>"
        + "".join(f"<li><a href='/s{n}/1{n}'>Another story number {n}</a></li>" for n in range(9))
        + f"</ul><p>{token} readers are here now</p></div></div>" + FOOT.format(token=token)
    )  # fmt: skip


def breaks(token: str = "a1") -> str:
    """No paragraphs: everything in one `<div>`, parted by two line breaks."""
    title, *rest = blocks()
    return (
        HEAD.format(title=escaping.escape(title))
        + f"<div class='wrap'><h1>{escaping.escape(title)}</h1><div class='text'>"
        + "<br><br>\n".join(inline(one) for one in rest)
        + "</div></div>" + FOOT.format(token=token)
    )  # fmt: skip


def table(token: str = "a1") -> str:
    """The old way: everything in one cell of a table for layout."""
    title, *rest = blocks()
    return (
        HEAD.format(title=escaping.escape(title))
        + "<table width=960><tr><td width=200><a href='/'>Home</a><br><a href='/a'>Archive</a></td>"
        + f"<td><h1>{escaping.escape(title)}</h1>"
        + "".join(f"<p>{inline(one)}</p>" for one in rest)
        + "</td></tr></table>" + FOOT.format(token=token)
    )  # fmt: skip


LAYOUTS = {"wordpress": wordpress, "breaks": breaks, "table": table}


def read(body: str, outlets: Outlets | None = None, source: Source | None = GLOBAL) -> Article:
    found = parse(page(body, URL), source, outlets or Outlets([GLOBAL, SOUTH]))
    assert isinstance(found, Article), found
    return found


@pytest.fixture(params=LAYOUTS, scope="module")
def article(request: pytest.FixtureRequest) -> Article:
    return read(LAYOUTS[request.param]())


def test_text_is_the_article_and_nothing_else(article: Article) -> None:
    assert list(article.paragraphs) == paragraphs()


def test_title_without_its_prefix(article: Article) -> None:
    assert article.title.startswith("Armenia -Azerbaijan Clashes, Shifting Balance of Power")
    assert article.title_prefix == "Video:"


def test_both_dates(article: Article) -> None:
    dates = {(one.says, one.value, one.precision, one.by) for one in article.published}
    assert ("published", "2020-07-19", "day", "Global Research") in dates
    assert ("original", "2020-07-17", "day", "South Front") in dates
    assert len(dates) == 2
    assert article.published_at == "2020-07-19"


def test_both_outlets(article: Article) -> None:
    assert article.outlet == "Global Research"
    assert article.republished_from is not None
    assert article.republished_from.name == "South Front"
    assert article.republished_from.url is None  # every link leads to `#`


def test_taxonomy(article: Article) -> None:
    assert article.taxonomy["region"] == ("Europe",)
    assert article.taxonomy["theme"] == ("Intelligence",)


def test_film(article: Article) -> None:
    assert [one.url for one in article.media if one.kind == "video"] == [FILM]


def test_claims(article: Article) -> None:
    by_kind = {one.kind: one for one in article.claims if one.about == "other"}
    source = by_kind["original_source"]
    assert source.text == "The original source of this article is South Front"
    assert (source.target_name, source.target_url) == ("South Front", None)
    right = by_kind["copyright"]
    assert right.text == "Copyright © South Front, South Front, 2020"
    assert right.target_name == "South Front"
    assert by_kind["byline"].target_name == "South Front"
    assert all(one.place.startswith("/") for one in article.claims)


def test_permission_is_the_outlets_own(article: Article) -> None:
    permission = next(one for one in article.claims if one.kind == "permission")
    assert permission.about == "self"
    assert permission.text.startswith("The Centre of Research on Globalization grants permission")
    assert permission.text.endswith("hyperlink to the original Global Research article.")


def test_boilerplate_is_kept_apart(article: Article) -> None:
    kept = " ".join(article.boilerplate)
    for words in ("Note to readers", "PayPal", "original source of this article", "Disclaimer"):
        assert words in kept


def test_origin_is_read_without_any_source_file() -> None:
    found = read(wordpress(), Outlets([]), None)
    assert found.republished_from is not None
    assert found.republished_from.name == "South Front"
    assert ("original", "2020-07-17") in {(one.says, one.value) for one in found.published}


def test_same_content_has_the_same_id() -> None:
    one, other = read(wordpress("17")), read(wordpress("23"))
    assert one.id == other.id
    changed = read(wordpress().replace("12 personnel", "13 personnel"))
    assert changed.id != one.id
