"""Keys of CDXJ lines, against the `surt` package that cdxj-indexer and pywb use."""

import pytest
import surt
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exports.urlkeys import url_key

URLS = [
    "http://127.0.0.1:4711/a/B?x=Y&a=1",
    "http://www.example.org/",
    "https://WWW2.Example.org:443/A/b/?q=1",
    "http://example.org",
    "http://example.org/?",
    "http://example.org/a//b/../c/",
    "http://example.org/../a/./b",
    "http://example.org/%7Ea%20b/ä?ö=%C3%A4&z",
    "http://user:pw@example.org:8080/",
    "http://example.org/a?jsessionid=0123456789abcdef0123456789abcdef&b=1",
    "http://example.org/a?b=1&PHPSESSID=0123456789abcdef0123456789abcdef",
    "http://example.org/a?cfid=1&cftoken=2&x=3",
    "http://münchen.de/x",
    "http://example.org/a#frag?x",
    "http://example.org/a%2Fb%25",
    "http://example.org/%252525252541",
    "http://3232235521/",
    "http://example.org/a/?b&c=2&a&b=0",
    "http://example.org./x",
    "http://example.org/a b",
    "https://example.org:80/x",
    "http://www.com/x",
    "http://example.org/a/%E4%F6?%FF",
    "http://example.org/(a(0123456789abcdefghijklmn))/p.aspx",
    "http://example.org/x?a=b?c=d",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_the_key_is_that_of_surt(url: str) -> None:
    assert url_key(url) == surt.surt(url)


chars = st.text("abAB01/.%?&=-~ ä#;:@()+", max_size=30)


@settings(max_examples=300)
@given(st.sampled_from(["http://Example.org", "https://www3.a.b.example:8443"]), chars, chars)
def test_any_path_and_query(site: str, path: str, query: str) -> None:
    url = f"{site}/{path}?{query}"
    assert url_key(url) == surt.surt(url)


@given(st.text())
def test_a_key_has_no_blank_and_no_line_end(text: str) -> None:
    assert url_key(text).isprintable()
    assert " " not in url_key(text)
    assert " " not in url_key(f"http://{text}/{text}")


def test_hostile_escapes_come_to_an_end() -> None:
    assert url_key("http://example.org/%" + "25" * 1000 + "41").startswith("org,example)/")
