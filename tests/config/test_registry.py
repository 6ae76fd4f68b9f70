"""Source files: what they may say, and how a fault in one is told."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.registry import (
    SHIPPED,
    Articles,
    Expect,
    Listing,
    Politeness,
    Source,
    SourceError,
    dump_source,
    load_registry,
    parse_source,
)
from config.rules import Rules, holding

LEAST = "id: kestrel\nname: The Kestrel\nhomepage: https://kestrel.example/\n"


def test_a_source_needs_three_lines() -> None:
    source = parse_source(LEAST, "kestrel.yml")
    assert source == Source(id="kestrel", name="The Kestrel", homepage="https://kestrel.example/")
    assert source.enabled
    assert source.politeness == Politeness(delay=1.0, concurrency=1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Expected `object`, got `null`"),
        ("just words", "Expected `object`, got `str`"),
        ("id: kestrel", "missing required field `name`"),
        (LEAST + "feds: []", "unknown field `feds`"),
        (LEAST + "feeds: https://a.example/feed", r"\$\.feeds"),
        (LEAST + "language: no", r"\$\.language"),  # YAML 1.1 takes it for false
        (LEAST + "politeness: {delays: 2}", r"unknown field `delays` - at `\$\.politeness`"),
        (LEAST + "politeness: {delay: -1}", "politeness: delay"),
        (LEAST + "politeness: {delay: .nan}", "politeness: delay"),
        (LEAST + "politeness: {delay: .inf}", "politeness: delay"),
        (LEAST + "politeness: {concurrency: 0}", "politeness: delay"),
        (LEAST + "listings: [{links: a}]", r"missing required field `url`.*\$\.listings\[0\]"),
        (LEAST + "listings: [{url: news}]", "`news` is not an http"),
        (LEAST + "feeds: [/feed]", "`/feed` is not an http"),
        (LEAST + "api: wp-json", "`wp-json` is not an http"),
        (LEAST + "sitemaps: ['https://a b/']", "is not an http"),
        (LEAST + "sitemaps: ['https://a.example:99999/']", "is not an http"),
        (LEAST + "sitemaps: ['https://[::1/']", "is not an http"),
        (LEAST + "sitemaps: ['https:///x']", "is not an http"),
        (LEAST + "api: 'https://me:pass@a.example/wp/v2/'", "holds a user name or password"),
        (LEAST + "articles: {include: ['(']}", r"articles: `\(` is not a regular expression"),
        (LEAST + "rules: [{body: div..x}]", r"rules\[0\]\.body: `div\.\.x` is not a CSS selector"),
        (LEAST + "rules: [{title: 'h1::text'}]", "Pseudo-elements are not supported"),
        (LEAST + "rules: [{leave_out: [a, '']}]", r"rules\[0\]\.leave_out\[1\]"),
        (LEAST + "rules: [{boilerplate: ['(']}]", r"boilerplate\[0\]: `\(` is not a regular"),
        (LEAST + "rules: [{boilerplate: ['x*']}]", r"`x\*` fits every text"),
        (LEAST + "rules: [{bodi: a}]", r"unknown field `bodi` - at `\$\.rules\[0\]`"),
        (LEAST + "rules: [{from: 2019}]", r"Expected `date \| null`.*\$\.rules\[0\]\.from"),
        (LEAST + "rules: [{from: 2020-01-01, until: 2019-01-01}]", r"rules\[0\]: from 2020"),
        (LEAST + "rules: [{body: a}, {body: b}]", "hold on the same days"),
        (LEAST + "rules: [{until: 2019-01-02}, {from: 2019-01-01}]", "hold on the same days"),
        (LEAST + "schedule: daily", "schedule: `daily` is not cron"),
        (LEAST + "note: 2020-13-01", "not valid YAML"),
        (LEAST + "note: [", "not valid YAML"),
        (LEAST + "note: " + "[" * 10_000, "not valid YAML"),
        (LEAST.replace("kestrel\n", "The Kestrel\n"), "id `The Kestrel` must be small letters"),
        (LEAST.replace("The Kestrel", "' '"), "name must not be empty"),
        (LEAST.replace("https:", "ftp:"), "`ftp://kestrel.example/` is not an http"),
        (LEAST + "\0", "not valid YAML"),
    ],
)
def test_a_fault_is_told_with_its_file_and_field(text: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as told:
        parse_source(text, "here.yml")
    assert str(told.value).startswith("here.yml: ")


def test_the_users_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for folder in (shipped, own):
        folder.mkdir()
    (shipped / "kestrel.yml").write_text(LEAST + "feeds: ['https://kestrel.example/feed']")
    (shipped / "merrow.yml").write_text(LEAST.replace("kestrel", "merrow"))
    (own / "kestrel.yml").write_text(LEAST + "enabled: false")
    registry = load_registry(own, shipped)
    assert sorted(registry.sources) == ["kestrel", "merrow"]
    assert registry.get("kestrel").feeds == ()  # replaced whole, not mixed
    assert registry.files["kestrel"] == own / "kestrel.yml"
    assert registry.files["merrow"] == shipped / "merrow.yml"
    assert [source.id for source in registry.enabled()] == ["merrow"]


def test_without_a_folder_of_ones_own_the_shipped_ones_stand(tmp_path: Path) -> None:
    registry = load_registry(tmp_path / "none")
    assert {path.parent for path in registry.files.values()} <= {SHIPPED}


def test_an_unknown_source_is_told_with_the_known(tmp_path: Path) -> None:
    (tmp_path / "kestrel.yml").write_text(LEAST)
    registry = load_registry(tmp_path, tmp_path / "none")
    with pytest.raises(SourceError, match=r"no source `kestral`\. Known: kestrel\."):
        registry.get("kestral")
    with pytest.raises(SourceError, match="Known: none"):
        load_registry(tmp_path / "none", tmp_path / "none").get("x")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("merrow.yml", LEAST.encode(), "id `kestrel` must be the file's name, `merrow`"),
        ("kestrel.yml", b"name: \xff", "cannot be read"),
        ("kestrel.yml", b"id: kestrel\n", "missing required field"),
        ("kestrel.yaml", LEAST.encode(), r"end in \.yml"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    name: str, content: bytes, says: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says) as told:
        load_registry(tmp_path, tmp_path / "none")
    assert str(tmp_path / name) in str(told.value)


text = st.text(max_size=30)
address = st.from_regex(
    re.compile(r"https?://[a-z]{1,9}\.example(:[1-9][0-9]{1,3})?/[!-~]{0,9}", re.ASCII),
    fullmatch=True,
)
number = st.floats(min_value=0, max_value=1e6, allow_nan=False)
selector = st.sampled_from(["", "a", ".next > a[rel~='next']", "#list li:first-child", "h2, h3 a"])


@st.composite
def dated(draw: st.DrawFn, days: list[date]) -> tuple[Rules, ...]:
    """Rules for the stretches of time between these days."""
    stretches = pairwise([*days, None])
    return tuple(
        Rules(
            since=since,
            until=until,
            title=draw(selector),
            body=draw(selector),
            boilerplate=tuple(draw(st.lists(text.filter(bool).map(re.escape), max_size=2))),
        )
        for since, until in stretches
    )


sources = st.builds(
    Source,
    id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True),
    name=text.filter(str.strip),
    homepage=address,
    aliases=st.lists(text, max_size=3).map(tuple),
    domains=st.lists(text, max_size=3).map(tuple),
    language=st.none() | text,
    enabled=st.booleans(),
    feeds=st.lists(address, max_size=2).map(tuple),
    api=st.just("") | address,
    listings=st.lists(st.builds(Listing, url=address, links=text, next=text), max_size=2).map(
        tuple
    ),
    rules=st.lists(st.dates(), max_size=3, unique=True).map(sorted).flatmap(dated),
    articles=st.builds(Articles, include=st.lists(text.map(re.escape), max_size=2).map(tuple)),
    politeness=st.builds(
        Politeness, delay=number, concurrency=st.integers(min_value=1, max_value=9)
    ),
    verify_tls=st.booleans(),
    expect=st.builds(Expect, articles_per_day=st.none() | number),
    note=text,
)


@given(sources)
def test_a_source_that_is_written_reads_back_the_same(source: Source) -> None:
    assert parse_source(dump_source(source), "written.yml") == source


@pytest.mark.parametrize("name", ["a\x85", "\u2028a", "a\u2029b", "a: b # c", "no", "1e3", "a\nb "])
def test_a_name_that_yaml_would_change_stays(name: str) -> None:
    source = Source(id="a", name=name, homepage="https://a.example/")
    assert parse_source(dump_source(source), "written.yml") == source


def test_what_is_usual_is_not_written() -> None:
    assert dump_source(parse_source(LEAST, "x")) == LEAST


def test_rules_hold_from_their_first_day_up_to_the_next_ones() -> None:
    text = LEAST + "rules:\n- until: 2019-05-01\n  body: table\n- from: 2019-05-01\n  body: main\n"
    old, new = parse_source(text, "x").rules

    def body(day: str) -> str:
        found = holding((old, new), day)
        return found.body if found else ""

    assert body("2009-07-01T00:00:00Z") == body("2019-04-30T23:59:59.999999Z") == "table"
    assert body("2019-05-01T00:00:00.000000Z") == body("2026-01-01") == "main"
    assert holding((new,), "2019-04-30") is None


def test_the_version_of_rules_says_what_they_say() -> None:
    def version(lines: str) -> str:
        return parse_source(f"{LEAST}rules:\n- {lines}", "x").rules[0].version

    assert re.fullmatch(r"2019-05-01\.[0-9a-f]{8}", version("from: 2019-05-01\n  body: main"))
    assert version("body: main") == version('body: main\n  title: ""') != version("body: table")
    assert version("body: main").startswith("0000.")
