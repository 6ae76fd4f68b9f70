"""Text of strangers as markup, and the pictures."""

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from flows.web.display import (
    csv_text,
    environment,
    highlighted,
    link,
    seen,
    standing_alone,
    wired,
)
from flows.web.graph import graph
from flows.web.sides import sides
from flows.web.wire import look_at
from storage.findings import Attribution, Copy, Trail, TrailArticle
from tests.flows.crossposts_made import HARBOUR
from tests.storage.catalog_made import article, capture


class _Read(HTMLParser):
    """The text of markup, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_only_our_mark_comes_out_of_any_text(text: str) -> None:
    read = _Read()
    read.feed(str(seen(text)))
    read.close()
    assert set(read.tags) <= {"i"}
    hidden = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x1b\x00\x9b\ufeff"
    assert not set(hidden) & set(str(seen(text)))


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_no_text_breaks_out_of_an_attribute(text: str) -> None:
    made = environment().from_string('<p title="{{ text }}">in</p>').render(text=text)
    read = _Read()
    read.feed(made)
    assert read.tags == ["p"]
    assert read.text == "in"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a<i class=sign>U+202E</i>b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "a<i class=sign>U+200C</i>b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("Łódź 渡轮 🚢", "Łódź 渡轮 🚢"),
    ],
)
def test_signs_without_a_face_are_named(text: str, shown: str) -> None:
    assert str(seen(text)) == shown


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/x?y=1", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("https://a.example/\u202egnp", False),
        ("data:text/html,x", False),
        ("https://" + "a" * 5000, False),
        ("//a.example", False),
    ],
)
def test_only_the_web_is_linked(url: str, is_link: bool) -> None:
    assert ("href=" in link(url)) == is_link
    assert not is_link or 'rel="noopener noreferrer nofollow"' in link(url)


def test_line_ends_of_a_head_are_shown() -> None:
    assert str(wired("A\r\nB\n\x1b")) == (
        "A<i class=end>␍␊</i>\nB<i class=end>␊</i>\n<i class=sign>U+001B</i>"
    )


def test_found_words_are_marked() -> None:
    assert str(highlighted("The Fähre <b>", {"fahre"})) == "The <mark>Fähre</mark> &lt;b&gt;"


def test_a_cell_is_no_formula() -> None:
    given = ["=1+1", "+1", "-x", "@a", "\t=1", "plain", 'a "quote", and', -5, None, "a\u202eb"]
    (row,) = csv.reader(io.StringIO(csv_text((), [given]).removeprefix("\r\n")))
    assert row == [
        "'=1+1", "'+1", "'-x", "'@a", "'\t=1", "plain", 'a "quote", and', "-5", "", "a\ufffdb"
    ]  # fmt: skip


def test_a_file_outside_has_no_link_into_the_room() -> None:
    inside = Markup('<a href="/x">a</a> <a dir="auto" href="/y">b</a> <a href="https://c/">c</a>')
    assert str(standing_alone(inside)) == 'a b <a href="https://c/">c</a>'


def test_bytes_that_are_no_text_are_shown_as_hex() -> None:
    assert look_at(b"plain\r\n", 7).text == "plain\r\n"
    some = look_at(b"\x1f\x8b\x00abc", 9)
    assert some.text is None
    assert some.hex == (("00000000", "1f 8b 00 61 62 63", "···abc"),)
    assert some.cut


def test_each_side_is_as_printed() -> None:
    """Words are compared in their normal form; what is shown is each page's own print."""
    left = article("a", capture("c1", 1, 1), title="Ice", paragraphs=(*HARBOUR, "He said “no”."))
    changed = tuple(text.replace("harbour", "port").replace("'", "’") for text in HARBOUR)
    other = ("New.", *changed, 'He said "no".')
    right = article("b", capture("c2", 2, 1), title="Ice", paragraphs=other)
    found = [pair for pair in sides(left, right).pairs if pair.what == "paragraph"]
    lefts = ["".join(run.text for run in pair.left) for pair in found if pair.left is not None]
    rights = ["".join(run.text for run in pair.right) for pair in found if pair.right is not None]
    assert lefts == list(left.paragraphs)
    assert rights == list(right.paragraphs)
    speech = [run.text for pair in found for run in (pair.right or ()) if run.speech]
    assert '"no"' in speech


def _page(url: str) -> TrailArticle:
    return TrailArticle(
        url=url, source="s", outlet=url, title="T", published=None, captured="2026-01-01T00:00:00Z",
        versions=1, state="live", article=url,
    )  # fmt: skip


def _copy(copy: str, original: str | None, archived: bool = True) -> Copy:
    facts = Attribution(
        source_named=True, copyright_line=None, hyperlink=None, hyperlink_leads_to=None,
        author_kept=None,
    )  # fmt: skip
    return Copy(
        copy_url=copy, original_url=original, kind="copy", contained_in_original=1.0,
        contains_of_original=1.0, verdict="confirmed", reason="r", attribution=facts,
        copy_article=copy, original_article=original if archived else None,
    )  # fmt: skip


def test_copies_stand_right_of_their_originals() -> None:
    pages = tuple(_page(url) for url in "abcd")
    copies = (_copy("b", "a"), _copy("c", "b"), _copy("c", "a"), _copy("d", None, False))
    picture = graph(Trail(id="t", articles=pages, copies=copies))
    column = {box.outlet: box.x for box in picture.boxes}
    assert column["a"] < column["b"] < column["c"]
    assert column["not archived"] < column["d"]
    assert len(picture.arrows) == len(copies)
    places = [(box.x, box.y) for box in picture.boxes]
    assert len(set(places)) == len(places)


def test_a_circle_or_a_crowd_is_drawn_all_the_same() -> None:
    circle = (_copy("a", "b"), _copy("b", "a"))
    assert len(graph(Trail(id="t", articles=(_page("a"), _page("b")), copies=circle)).arrows) == 2
    many = tuple(_page(f"p{n}") for n in range(99))
    assert graph(Trail(id="t", articles=many, copies=())).left_out == 39
