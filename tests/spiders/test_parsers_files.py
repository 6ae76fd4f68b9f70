"""What pages and stylesheets ask for, hostile ones too; tinycss2 is the other hand that reads."""

import time

import pytest
import tinycss2
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycss2.ast import AtKeywordToken, FunctionBlock, Node, StringToken, URLToken

from spiders.parsers import media
from spiders.parsers.css import MAX_CSS, MAX_FOUND, addresses
from spiders.parsers.requisites import MAX_REQUISITES, of_page, of_style
from spiders.parsers.srcset import candidates
from storage.records import Medium
from tests.spiders.reading_help import page

SHEET = r"""@charset "utf-8"; @import "a.css"; @import url(b.css); @IMPORT/**/url( "c\2e css" )
;a { background: url( x.png ) } /* url(no) */ b { content: "url(not.png)"; background: my-url(z.png)
}c { background: image-set("p.png" 1x, url(q.png) 2x, "r.avif" type("image/avif")) }
@font-face { src: url('f.woff2') format("woff2"), URL(g.woff) } d { background: url(bad bad.png) }
e { f: "unclosed
} g { background: url("line\
d.png"), url(esc\)aped.png) } @important "no.css"; @import none "no.css"; h { i: url(end"""
A = "http://a.test/"
NAMED = ["x.png", "p.png", "q.png", "r.avif", "f.woff2", "g.woff", "lined.png", "esc)aped.png",
         "end"]  # fmt: skip


def test_what_a_stylesheet_names() -> None:
    found = addresses(SHEET)
    assert [one.href for one in found if one.style] == ["a.css", "b.css", "c.css"]
    assert [one.href for one in found if not one.style] == NAMED


PIECES = st.sampled_from([
    "url(a.png)", "url('b.png')", 'url( "c.png" )', "@import ", '"d.css"', "'e'", ";", "{", "}",
    "(", ")", "/*", "*/", "/", "*", "\n", " ", "url(", "URL(f\\20 g)", '"', "'", "x", "-",
    "@media ", "url(h i)", "\\66 ", "é",
])  # fmt: skip


@settings(max_examples=1500, derandomize=True)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_library_reads_the_same(css: str) -> None:
    ours = {one.href for one in addresses(css)}
    theirs = set(_read(tinycss2.parse_component_value_list(css, skip_comments=True)))
    assert theirs <= ours


def _read(nodes: list[Node]) -> list[str]:
    """Addresses as tinycss2 sees them: every url(), and the string after @import."""
    found, importing = [], False
    for node in nodes:
        if isinstance(node, URLToken):
            found.append(node.value.strip())
        elif isinstance(node, FunctionBlock) and node.lower_name == "url":
            given = [one.value.strip() for one in node.arguments if isinstance(one, StringToken)]
            found += given[:1]
        elif isinstance(node, StringToken) and importing:
            found.append(node.value.strip())
        importing = (importing and node.type == "whitespace") or (
            isinstance(node, AtKeywordToken) and node.lower_value == "import"
        )
        inside = getattr(node, "content", None) or getattr(node, "arguments", None) or []
        found += _read(inside)
    return [one for one in found if one]


HOSTILE = {
    "nested": "{(" * MAX_CSS, "functions": "a(url(" * MAX_CSS, "escapes": "\\61 " * MAX_CSS,
    "string": '"' + "x" * MAX_CSS, "escaped string": '"\\' * MAX_CSS, "comments": "/*" * MAX_CSS,
    "stars": "/*" + "*" * MAX_CSS, "imports": "@import" * MAX_CSS, "open urls": "url( " * MAX_CSS,
    "quoted urls": "url('" * MAX_CSS, "blanks": "url(" + " " * MAX_CSS,
    "backslashes": "url(" + "\\" * MAX_CSS, "sets": "image-set(" * MAX_CSS, "ends": ")(" * MAX_CSS,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_css_takes_bounded_time(name: str) -> None:
    began = time.process_time()
    assert len(addresses(HOSTILE[name])) <= MAX_FOUND
    assert time.process_time() - began < 20  # the slowest takes 3.4 s alone, on two cores


def test_addresses_of_a_stylesheet_are_bounded_and_absolute() -> None:
    many = "".join(f"a{{b:url({n}.png)}}" for n in range(MAX_FOUND + 10))
    assert len(addresses(many)) == MAX_FOUND
    css = b"@import 'b.css'; a{b:url(../c.png);d:url(data:image/png;base64,AA);e:url(javascript:x)}"
    found = of_style(page(css, url="http://a.test/css/x.css"))
    assert [one.url for one in found] == ["http://a.test/css/b.css", "http://a.test/c.png"]


def test_requisites_come_in_the_order_of_their_weight() -> None:
    body = (
        "<base href=/deep/><img src=one.png srcset='one-300.png 300w, one-600.png 600w'>"
        "<link rel=stylesheet href=late.css><img src='data:image/png;base64,AA'>"
        "<img src='http://['>"
    )
    found = [one.url.removeprefix("http://a.test/") for one in of_page(page(body, A))]
    assert found == [
        "deep/late.css", "deep/one.png", "favicon.ico", "deep/one-300.png", "deep/one-600.png",
    ]  # fmt: skip
    many = "".join(f"<img src={n}.png>" for n in range(2 * MAX_REQUISITES))
    assert len(of_page(page(many, A))) == MAX_REQUISITES


def test_srcset() -> None:
    text = " a.png 300w,b,c.png 2x , data:image/png;base64,AA== 1x,d.png 1.5x,, e.png"
    assert candidates(text) == [
        ("a.png", 300.0), ("b,c.png", 2000.0), ("data:image/png;base64,AA==", 1000.0),
        ("d.png", 1500.0), ("e.png", 0.0),
    ]  # fmt: skip
    for hostile in ("," * 10**6, "a " * 10**6, "a," * 10**6, "a" * 10**6, "a (" * 10**6):
        began = time.process_time()
        candidates(hostile)
        assert time.process_time() - began < 5


def test_which_files_of_media() -> None:
    film = Medium(
        kind="video", url="http://a/x.m3u8", poster="http://a/p.png", others=("http://a/x.mp4",)
    )
    picture = Medium(kind="image", url="http://a/s.png", others=("http://a/l.png",))
    player = Medium(kind="embed", url="https://player.test/x")
    every = (film, picture, player)
    assert media.files(every, "none") == []
    assert media.files(every, "linked") == ["http://a/x.mp4"]
    assert media.files(every, "all") == [
        "http://a/x.mp4", "http://a/p.png", "http://a/s.png", "http://a/l.png"
    ]  # fmt: skip
    stream = Medium(kind="audio", url="http://a/live.m3u8")
    assert media.files([stream], "all") == []
    assert media.files([Medium(kind="video", url="http://a/play?id=7")], "linked") == [
        "http://a/play?id=7"
    ]
