"""Text that a page holds only as data for its own scripts, as content systems write it."""

# ruff: noqa: E501  (data in one line is easier to compare)

import json

import pytest

from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article
from tests.spiders.reading_help import PROSE, page, read, refused

URL = "https://www.hillpost.test/2021/05/a-story-about-rivers"
TITLE = "A story about rivers and bridges"
OTHER = tuple(f"{one} But this is another story." for one in PROSE)
HTML = "".join(f"<p>{one}</p>" for one in PROSE)
SPANS = [{"_type": "span", "text": PROSE[0][:30]}, {"_type": "span", "text": PROSE[0][30:]}]


def shell(script: str, title: str = TITLE, head: str = "") -> str:
    return (
        f"<html><head><title>{title} | Hill Post</title>{head}</head><body><div id=__next>"
        f"<nav><a href=/>Home</a></nav></div>{script}</body></html>"
    )


def next_data(article: object, **more: object) -> str:
    data = {"props": {"pageProps": {"article": article, **more}}, "page": "/[slug]"}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'


def blocks(kind: str, child: str, text: str, leaf: str) -> list[dict[str, object]]:
    return [{kind: "paragraph", child: [{kind: leaf, text: one}]} for one in PROSE]


ARC = [
    {"type": "text", "content": PROSE[0]},
    {"type": "image", "caption": "The old bridge in the year 1911, seen from the north bank."},
    {"type": "text", "content": PROSE[1]},
    {
        "type": "interstitial_link",
        "content": "Read more about how the river rises faster each year",
    },
    {"type": "text", "content": PROSE[2]},
    {"type": "text", "content": PROSE[3]},
]
PORTABLE = [
    {"_type": "block", "style": "normal", "children": SPANS},
    *({"_type": "block", "style": "normal", "children": [{"text": one}]} for one in PROSE[1:]),
]

BODIES: dict[str, object] = {
    "HTML in a string": HTML,
    "plain text in a string": "\n\n".join(PROSE),
    "a list of paragraphs": list(PROSE),
    "Arc XP": ARC,
    "ProseMirror": {"type": "doc", "content": blocks("type", "content", "text", "text")},
    "Contentful": {"nodeType": "document", "content": blocks("nodeType", "content", "value", "text")},
    "Slate": blocks("type", "children", "text", "text"),
    "Portable Text": PORTABLE,
    "Gutenberg": [{"name": "core/paragraph", "html": f"<p>{one}</p>"} for one in PROSE],
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_bodies_in_next_js(name: str) -> None:
    article = {
        "title": TITLE, "body": BODIES[name], "authors": [{"name": "Ann Marsh"}],
        "publishedAt": "2021-05-04T08:00:00Z",
    }  # fmt: skip
    found = read(shell(next_data(article)), URL, None)
    assert found.paragraphs == PROSE
    assert (found.title, found.authors) == (TITLE, ("Ann Marsh",))
    assert found.published_at == "2021-05-04T08:00:00Z"
    assert "the text was read from data in a script" in found.notes


STORY = json.dumps({"headlines": {"basic": TITLE}, "content_elements": ARC})
QUOTED = json.dumps(json.dumps({"data": {"article": {"headline": TITLE, "html": HTML}}}))
SCRIPTS = {
    "Arc XP": f"window.Fusion=window.Fusion||{{}};Fusion.arcSite='hill';Fusion.globalContent={STORY};Fusion.x=1;",
    "preloaded state": f"window.__PRELOADED_STATE__ = {json.dumps({'story': {'title': TITLE, 'text': HTML}})};",
    "a string": f"window.__INITIAL_DATA__={QUOTED};",
    "a call": f"window.__STATE__ = JSON.parse({QUOTED});",
    "streamed": "self.__next_f=self.__next_f||[];"
    + f"self.__next_f.push({json.dumps([1, HTML])});"
    + f"self.__rq.push({json.dumps({'detail': {'title': TITLE, 'contentHtml': '$24', 'x': 'y' * 300}})})",
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_states_in_scripts(name: str) -> None:
    found = read(shell(f"<script>{SCRIPTS[name]}</script>"), URL, None)
    assert (found.title, found.paragraphs) == (TITLE, PROSE)


def test_json_ld_alone() -> None:
    stated = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(PROSE)}
    body = shell(f'<script type="application/ld+json">{json.dumps(stated)}</script>')
    assert read(body, URL, None).paragraphs == PROSE


def test_the_story_with_the_pages_headline_is_taken_and_no_other() -> None:
    other = {"title": "Another story about the harbour", "body": "\n".join(OTHER * 3)}
    article = {"title": TITLE, "body": HTML, "related": [other]}
    found = read(shell(next_data(article, latest=[other])), URL, None)
    assert found.paragraphs == PROSE


def test_a_section_is_no_article() -> None:
    stories = [{"title": f"Story {n} about the long river", "body": HTML} for n in range(9)]
    body = shell(next_data({"name": "World", "articles": stories}), title="World")
    assert "prose" in refused(body, URL)


def test_claims_in_data_say_that_they_stand_there() -> None:
    said = HTML + '<p>This story first appeared in <a href="https://lake.test/a/b">Lake</a>.</p>'
    found = read(shell(next_data({"title": TITLE, "body": said})), URL, None)
    assert found.republished_from is not None
    assert (found.republished_from.name, found.republished_from.url) == (
        "Lake",
        "https://lake.test/a/b",
    )
    assert "x-state" in found.claims[0].place


def test_markup_with_prose_is_never_replaced() -> None:
    text = "".join(f"<p>{one}</p>" for one in PROSE * 2)
    body = shell(
        f"<h1>{TITLE}</h1>{text}" + next_data({"title": TITLE, "body": "\n".join(OTHER * 9)})
    )
    found = read(body, URL, None)
    assert not set(OTHER) & set(found.paragraphs)


HOSTILE = {
    "deep": "window.x = " + "[" * 100_000,
    "deep and closed": "window.x = " + '{"a":' * 50_000 + "1" + "}" * 50_000,
    "many starts": "a=[" * 50_000,
    "large": f'window.x = {json.dumps({"title": TITLE, "body": "<p>x y</p>" * 600_000})}',
    "wide": f'window.x = {json.dumps([{"title": TITLE, "n": n} for n in range(60_000)])}',
    "control": f'window.x = {json.dumps({"title": TITLE, "body": HTML + chr(0) + chr(0xFFFE) + chr(0xD800)})}',
    "no strings": f'window.x = {json.dumps({"title": TITLE, "body": [[1, None, [True]]] * 90, "authors": 5})}',
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_states_are_bounded(name: str) -> None:
    found = parse(page(shell(f"<script>{HOSTILE[name]}</script>"), URL), None, Outlets([]))
    assert isinstance(found, Article) == (name == "control")
