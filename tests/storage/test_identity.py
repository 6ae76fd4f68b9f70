"""Canonical URLs, sites and ids: what makes two things the same thing."""

import random
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.identity import (
    SKETCH,
    article_id,
    canonical_url,
    days_before,
    host,
    new_run_id,
    now,
    resemblance,
    sha256_hex,
    site,
    sketch,
    untracked,
)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.com/", "http://example.com"),
        ("HTTPS://WWW.Example.COM:443/a/", "http://example.com/a"),
        ("  https://example.com/a\n", "http://example.com/a"),
        ("http://example.com./a", "http://example.com/a"),
        ("https://example.com:80/a", "http://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("http://www.www.example.com/", "http://example.com"),
        ("http://www.com/", "http://www.com"),
        ("http://www.localhost:8000/", "http://www.localhost:8000"),
        ("http://me:secret@www.example.com/a", "http://example.com/a"),
        ("http://example.com/a#b", "http://example.com/a"),
        ("http://example.com/a/../b/./c//", "http://example.com/b/c"),
        ("http://example.com/%7Ea%2fb%C3%a4", "http://example.com/~a%2Fb%C3%A4"),
        ("http://example.com/ä", "http://example.com/%C3%A4"),
        ("http://example.com/%%32e", "http://example.com/%252e"),
        ("http://bücher.example/", "http://xn--bcher-kva.example"),
        ("http://example.com/?b=1&a=2", "http://example.com?a=2&b=1"),
        ("http://example.com/?a=2&a=1", "http://example.com?a=2&a=1"),  # order of one name counts
        ("http://example.com/?a", "http://example.com?a="),
        ("http://example.com/?&&", "http://example.com"),
        ("http://example.com/?a=b+c", "http://example.com?a=b%20c"),
        ("http://example.com/?p=1&utm_source=x&UTM_Medium=y&fbclid=z", "http://example.com?p=1"),
        ("http://example.com/?_gallery=3&gclids=4", "http://example.com?_gallery=3&gclids=4"),
        ("http://2130706433/", "http://127.0.0.1"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("http://[0:0::1]/", "http://[::1]"),
        ("mailto:me@example.com", "mailto:me@example.com"),
        ("no address", "no address"),
        ("http://\ud800/", "http://\ud800/"),
        ("http://[::1/", "http://[::1/"),
        ("", ""),
    ],
)
def test_the_key_of_a_page(url: str, key: str) -> None:
    assert canonical_url(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/?q=%E9", "http://example.com/?q=%E8"),  # Latin-1, two words
        ("http://example.com/a%2Fb", "http://example.com/a/b"),
        ("http://example.com/A", "http://example.com/a"),
        ("http://example.com/?p=1", "http://example.com/?p=2"),
        ("http://example.com:8080/", "http://example.com:8081/"),
        ("http://blog.example.com/", "http://example.com/"),
    ],
)
def test_different_pages_have_different_keys(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


hosts = st.sampled_from(
    ["example.com", "www.example.co.uk", "www.www.example.org", "www.com", "localhost",
     "127.0.0.1", "[::1]", "münchen.example", "a:b@example.com", "example.com.", "0x7f.1"]
)  # fmt: skip
ports = st.sampled_from(["", ":80", ":443", ":8080", ":0", ":99999"])
paths = st.text(st.sampled_from("/ab.%2eE5fäé ;\\?&=+#utm_"), max_size=25)
addresses = st.builds(
    "{}://{}{}/{}".format, st.sampled_from(["http", "https", "HTTP"]), hosts, ports, paths
)
anything = st.one_of(
    addresses,
    st.text(),
    st.text(st.characters()).map("http://{}".format),
    st.text(st.characters(categories=["Cs", "Cc", "Lu"])).map("https://a{}/".format),
)


@settings(max_examples=500)
@given(anything)
def test_whatever_comes_a_key_is_its_own_key(url: str) -> None:
    key = canonical_url(url)
    assert canonical_url(key) == key
    assert site(url) == site(url.strip())
    assert host(url) == host(url).lower()


@given(paths)
def test_scheme_www_and_fragment_make_no_other_page(path: str) -> None:
    clean = path.replace("#", "").rstrip()  # space at an address's end is not of it
    same = {
        canonical_url(f"http://example.com/{clean}"),
        canonical_url(f"https://www.example.com:443/{clean}#top"),
    }
    assert len(same) == 1


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://a.example/?p=163&utm_source=kp#top", "http://a.example/?p=163#top"),
        ("http://a.example/b/?UTM_Medium=rss&fbclid=1", "http://a.example/b/"),
        ("http://a.example/?b=%e4&&a=1+2&gclid", "http://a.example/?b=%e4&&a=1+2"),
        ("http://a.example/?utmost=1", "http://a.example/?utmost=1"),
        ("http://a.example/?", "http://a.example/?"),
        ("http://a.example/#?utm_source=x", "http://a.example/#?utm_source=x"),
        ("words", "words"),
    ],
)
def test_an_address_without_how_a_reader_came(url: str, plain: str) -> None:
    """All else stays to the letter: this one is fetched."""
    assert untracked(url) == plain == untracked(plain)
    assert canonical_url(url) == canonical_url(plain)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.com/a", "example.com"),
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("https://a.github.io/", "a.github.io"),  # each its own publisher
        ("https://a.b.github.io/", "b.github.io"),
        ("https://co.uk/", "co.uk"),
        ("https://example.unknowntld/", "example.unknowntld"),
        ("https://www.example.com./", "example.com"),
        ("https://www.example.com:8443/", "example.com:8443"),
        ("https://www.example.com:443/", "example.com"),
        ("http://www.münchen.de/", "xn--mnchen-3ya.de"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("http://[::ffff:1.2.3.4]/", "[::ffff:102:304]"),
        ("http://localhost:8001/", "localhost:8001"),
        ("http://localhost/", "localhost"),
        ("http://www.食狮.公司.cn/a", "xn--85x722f.xn--55qx5d.cn"),  # `公司.cn` is on the list
        ("http://a.xn--85x722f.xn--55qx5d.cn/", "xn--85x722f.xn--55qx5d.cn"),
        ("mailto:me@example.com", ""),
        ("words", ""),
        ("", ""),
    ],
)
def test_the_site_of_a_page(url: str, expected: str) -> None:
    assert site(url) == expected


def test_an_articles_id_is_of_page_and_content() -> None:
    one = article_id("https://www.example.com/a/", {"b": ["x"], "a": "y"})
    assert re.fullmatch("[0-9a-f]{32}", one)
    assert article_id("http://example.com/a", {"a": "y", "b": ["x"]}) == one
    assert article_id("http://example.com/a", {"a": "y", "b": ["z"]}) != one
    assert article_id("http://example.com/b", {"a": "y", "b": ["x"]}) != one


def test_a_known_digest() -> None:  # FIPS 180-2, appendix B.1
    assert sha256_hex(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_run_ids_are_ulids_and_differ() -> None:
    ids = {new_run_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", one) for one in ids)


def test_times_have_microseconds_and_z() -> None:
    before = datetime.now(UTC)
    moment = now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment)
    assert before <= datetime.fromisoformat(moment) <= datetime.now(UTC)


def test_days_before_keeps_the_form() -> None:
    assert days_before("2024-03-01T00:00:00.000001Z", 1) == "2024-02-29T00:00:00.000001Z"
    assert days_before("2024-03-01T00:00:00.000000Z", 0) == "2024-03-01T00:00:00.000000Z"


def test_sketches_tell_how_alike_two_articles_are() -> None:
    chance = random.Random(4)
    hashes = [chance.getrandbits(63) for _ in range(3000)]
    one = sketch(hashes[:1000])
    assert one == sketch(reversed(hashes[:1000] * 2))
    assert len(one) == 8 * SKETCH
    assert resemblance(one, one) == 1.0
    assert resemblance(one, sketch(hashes[1000:])) == 0.0
    half = resemblance(one, sketch(hashes[333:1333]))  # 667 of 1333
    assert abs(half - 0.5) < 0.25
    short, other = sketch(hashes[:9]), sketch(hashes[3:12])
    assert resemblance(short, other) == 0.5  # of few hashes it is exact: 6 of 12
    assert resemblance(b"", b"") == 0.0
