"""From a name or an address on a page to the outlet that is meant."""

import pytest

from config.registry import Source
from storage.outlets import Outlets, folded_name

SOUTH = Source(
    id="south-front",
    name="South Front",
    homepage="https://southfront.press/",
    aliases=("SouthFront Analysis",),
    domains=("southfront.org", "www.southfront.example", "https://southfront.team/"),
)
GLOBAL = Source(
    id="global-research", name="Global Research", homepage="https://www.globalresearch.ca/"
)
LOCAL = Source(id="local", name="The Local Paper", homepage="http://127.0.0.1:8001/")
OUTLETS = Outlets([SOUTH, GLOBAL, LOCAL])


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("http://southfront.press/a", SOUTH),
        ("https://maps.southfront.org/a", SOUTH),
        ("https://southfront.example/", SOUTH),
        ("https://www.southfront.team/", SOUTH),
        ("https://globalresearch.ca", GLOBAL),
        ("http://127.0.0.1:8001/x", LOCAL),
        ("http://127.0.0.1:8002/x", None),
        ("https://southfront.press:8443/", None),
        ("https://notsouthfront.press/", None),
        ("https://southfront.press.example/", None),
        ("words", None),
        ("", None),
    ],
)
def test_by_address(url: str, source: Source | None) -> None:
    assert OUTLETS.by_url(url) is source


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("South Front", SOUTH),
        ("SOUTHFRONT", SOUTH),
        ("South-Front.org", SOUTH),
        ("“South Front”,", SOUTH),
        ("southfront analysis", SOUTH),
        ("www.globalresearch.ca", GLOBAL),
        ("Global\u00a0Research", GLOBAL),
        ("global-research", GLOBAL),
        ("Local Paper", LOCAL),
        ("South Front Page", None),
        ("South", None),
        ("…", None),
        ("", None),
    ],
)
def test_by_name(name: str, source: Source | None) -> None:
    assert OUTLETS.by_name(name) is source


def test_names_in_other_scripts_are_kept() -> None:
    assert folded_name("Новая Газета") == "новаягазета"
    assert folded_name("The Straße.de") == folded_name("STRASSE")


def test_the_key_is_the_source_or_else_the_site() -> None:
    assert OUTLETS.key("https://southfront.org/a") == "south-front"
    assert OUTLETS.key("https://www.elsewhere.example/a") == "elsewhere.example"
    assert OUTLETS.same("https://southfront.org/a", "https://southfront.press/b")
    assert OUTLETS.same("https://a.elsewhere.example/", "https://b.elsewhere.example/")
    assert not OUTLETS.same("https://southfront.org/a", "https://globalresearch.ca/a")


def test_the_first_of_two_sources_keeps_a_place_that_both_want() -> None:
    other = Source(id="other", name="South Front", homepage="https://southfront.press/fr/")
    assert Outlets([SOUTH, other]).by_url("https://southfront.press/fr/x") is SOUTH
    assert Outlets([SOUTH, other]).by_name("other") is other


def test_sources_on_subdomains_of_one_domain() -> None:
    blog = Source(id="blog", name="Blog", homepage="https://blog.rivers.test/")
    news = Source(id="news", name="News", homepage="https://www.news.rivers.test/")
    local = Source(id="local", name="Local", homepage="https://local.news.rivers.test/")
    outlets = Outlets([blog, news, local])
    told = {
        "https://blog.rivers.test/a": blog, "https://news.rivers.test/a": news,
        "https://local.news.rivers.test/a": local, "https://m.local.news.rivers.test/a": local,
        "https://old.news.rivers.test/a": news, "https://shop.rivers.test/a": None,
        "https://myblog.rivers.test/a": None,
    }  # fmt: skip
    assert {url: outlets.by_url(url) for url in told} == told
    assert not outlets.same("https://blog.rivers.test/a", "https://news.rivers.test/a")
    assert outlets.by_name("news.rivers.test") == news


def test_the_only_source_on_a_domain_has_all_of_it() -> None:
    blog = Source(id="blog", name="Blog", homepage="https://blog.rivers.test/")
    assert Outlets([blog]).by_url("https://shop.rivers.test/a") == blog
    assert Outlets([blog]).by_url("https://rivers.test:8080/") is None


def test_addresses_and_ports_are_sites_of_their_own() -> None:
    one = Source(id="one", name="One", homepage="http://127.0.0.1:8001/")
    two = Source(id="two", name="Two", homepage="http://127.0.0.1:8002/")
    outlets = Outlets([one, two])
    assert outlets.by_url("http://127.0.0.1:8001/a") == one
    assert outlets.by_url("http://127.0.0.1:8002/a") == two
    assert outlets.by_url("http://127.0.0.1:8003/a") is None


def test_names_that_are_domains_of_any_script() -> None:
    post = Source(id="post", name="Die Post", homepage="https://www.müller-post.de/")
    river = Source(id="river", name="Река", homepage="https://xn--80alf9aa.xn--p1ai/")
    outlets = Outlets([post, river])
    for name in ("müller-post.de", "www.xn--mller-post-9db.de", "https://www.müller-post.de/"):
        assert outlets.by_name(name) == post, name
    assert outlets.by_name("müller-post.com") is None
    assert outlets.by_name("St. Petersburg Times") is None
