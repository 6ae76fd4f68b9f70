"""Captures that are read again: the newest reading counts, and it is never taken for an edit."""

from msgspec import structs

from storage.catalog import Catalog
from storage.readers import comparable, parser_name
from storage.records import Article, Capture
from tests.storage.catalog_made import (
    KEY,
    article,
    capture,
    everything,
    match,
    postings,
    run,
    visit,
)

OLD, NEW = "generic/1", "generic/2"


def read_again(
    catalog: Catalog, seq: int, of: int, captures: list[Capture], found: list[Article], *more: str
) -> None:
    """Take in a reading of run `of`; `more` are ids of pairs that it found to share text."""
    reading = structs.replace(run(seq), kind="reading", asked={"run": f"RUN{of}"})
    pairs = [match(*pair.split("=")) for pair in more]
    catalog.take_in(seq, reading, captures, [(one, [seq, 77]) for one in found], pairs)


def by(parser: str, name: str, seen: Capture, **rest: str) -> Article:
    return article(name, seen, parser=parser, **rest)


def versions(catalog: Catalog) -> list[str]:
    return [one.id for one in catalog.histories([KEY])[KEY].versions]


def test_another_reading_is_no_edit(catalog: Catalog) -> None:
    seen = capture("c1", 1, 1)
    catalog.take_in(1, run(1), [seen], [(by(OLD, "old", seen), [5])], [])
    read_again(catalog, 2, 1, [seen], [by(NEW, "new", seen)])
    assert versions(catalog) == ["new"]
    assert [one.id for one in catalog.articles()] == ["new"]
    assert postings(catalog, [5]) == {}  # nothing is compared with what is read otherwise now
    (before,) = catalog.earlier(page=KEY)
    assert (before.article.id, before.run, before.replaced_by) == ("old", "RUN1", "RUN2")


def test_an_edit_stays_one(catalog: Catalog) -> None:
    first, second = capture("c1", 1, 1), capture("c2", 2, 2)
    catalog.take_in(1, run(1), [first], [(by(OLD, "a", first), [])], [])
    catalog.take_in(2, run(2), [second], [(by(OLD, "b", second), [])], [])
    read_again(catalog, 3, 1, [first], [by(NEW, "a2", first)])
    # Half of it is read anew: what differs now may be the parser's doing, so it is not told.
    assert versions(catalog) == ["b"]
    history = catalog.histories([KEY])[KEY]
    assert (history.number("a2"), history.number("b")) == (1, 1)
    read_again(catalog, 4, 2, [second], [by(NEW, "b2", second)])
    assert versions(catalog) == ["a2", "b2"]


def test_a_page_that_a_new_parser_reads_otherwise_is_not_edited(catalog: Catalog) -> None:
    seen = [capture(f"c{n}", n, n) for n in (1, 2, 3)]
    for n, (parser, name) in enumerate([(OLD, "a"), (OLD, "b"), (NEW, "c")]):
        one = by(parser, name, seen[n])
        catalog.take_in(n + 1, run(n + 1), [seen[n]], [(one, [])], [])
    assert versions(catalog) == ["a", "c"]  # a to b was an edit; b to c cannot be told
    history = catalog.histories([KEY])[KEY]
    assert history.current.id == "c"
    assert [history.number(name) for name in "abc"] == [1, 2, 2]


def test_particulars_that_are_no_part_of_the_id_are_replaced(catalog: Catalog) -> None:
    seen = capture("c1", 1, 1)
    catalog.take_in(1, run(1), [seen], [(by(OLD, "a", seen), [5])], [])
    read_again(catalog, 2, 1, [seen], [by(NEW, "a", seen, language="de")])
    (now,) = catalog.articles()
    assert (now.language, now.parser) == ("de", NEW)
    assert [one.article.parser for one in catalog.earlier(page=KEY)] == [OLD]
    assert [one.article for one in postings(catalog, [5])[5]] == ["a"]


def test_what_is_no_article_any_more_is_gone_from_view(catalog: Catalog) -> None:
    seen = capture("c1", 1, 1)
    visit(catalog, 1, seen, "a")
    read_again(catalog, 2, 1, [structs.replace(seen, page_kind="consent")], [])
    assert list(catalog.articles()) == []
    assert [one.article.id for one in catalog.earlier(page=KEY)] == ["a"]
    assert [one.page_kind for one in catalog.captures()] == ["consent"]


def test_unchanged_answers_go_with_the_reading_before_them(catalog: Catalog) -> None:
    full, unchanged = capture("c1", 1, 1), capture("c2", 5, 2, status=304)
    visit(catalog, 1, full, "a")
    visit(catalog, 2, unchanged)
    read_again(catalog, 3, 1, [full], [by(NEW, "b", full)])
    history = catalog.histories([KEY])[KEY]
    assert [one.id for one in history.versions] == ["b"]
    assert history.last_seen["b"] == unchanged.fetched_at


def test_matches_go_with_the_readings_that_they_are_between(catalog: Catalog) -> None:
    one, two = capture("c1", 1, 1), capture("c2", 1, 1, "https://merrow.example/x")
    pair = [(article("a", one), [1]), (article("b", two), [1])]
    catalog.take_in(1, run(1), [one, two], pair, [match("a", "b")])
    read_again(catalog, 2, 1, [one, two], [by(NEW, "a2", one), article("b", two)], "a2=b", "a=b")
    assert [(m.a, m.b) for m in catalog.matches()] == [("a2", "b")]


def test_only_the_bytes_of_its_own_run_are_read_anew(catalog: Catalog) -> None:
    seen = capture("c1", 1, 1)
    visit(catalog, 1, seen, "a")
    catalog.take_in(2, run(2), [capture("c1", 1, 2)], [], [])  # an import that brings it again
    read_again(catalog, 3, 2, [seen], [by(NEW, "forged", seen)])
    assert versions(catalog) == ["a"]


def test_the_same_readings_again_change_nothing(catalog: Catalog) -> None:
    seen = capture("c1", 1, 1)
    catalog.take_in(1, run(1), [seen], [(by(OLD, "old", seen), [5])], [])
    read_again(catalog, 2, 1, [seen], [by(NEW, "new", seen)])
    before = everything(catalog)[1:]
    read_again(catalog, 3, 1, [seen], [by(NEW, "new", seen)])
    assert everything(catalog)[1:] == before
    assert len(list(catalog.earlier(page=KEY))) == 1
    catalog.take_in(4, structs.replace(run(4), kind="reading", asked={"run": "RUN1"}), [seen],
                    [(by(OLD, "old", seen), [5])], [])  # fmt: skip
    assert versions(catalog) == ["old"]  # a parser that was taken back
    assert [one.article for one in postings(catalog, [5])[5]] == ["old"]


def test_who_read_alike() -> None:
    def pair(one: str, other: str, day: int = 1) -> bool:
        return comparable(by(one, "a", capture("c", day, 1)), by(other, "b", capture("d", 20, 1)))

    rules = parser_name("generic/2", "kestrel", "2026-01-10.0a1b2c3d")
    assert rules == "kestrel/2026-01-10.0a1b2c3d+generic/2"
    older = parser_name("generic/2", "kestrel", "2019-01-01.99999999")
    changed = parser_name("generic/2", "kestrel", "2026-01-10.ffffffff")
    assert pair("generic/2", "generic/2")
    assert not pair("generic/1", "generic/2")
    assert pair(older, rules)  # a new design, with rules of its own
    assert not pair(rules, changed)  # the same time, by other rules
    assert pair("generic/2", rules, day=5)  # no rules held yet
    assert not pair("generic/2", rules, day=15)
    assert not pair(rules, "generic/2")
    assert not pair(rules, rules.replace("generic/2", "generic/3"))
