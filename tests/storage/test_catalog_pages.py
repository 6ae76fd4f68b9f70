"""A page's life in the catalog: its versions, its visits, its end."""

import pytest

from storage.catalog import Catalog
from storage.identity import canonical_url
from storage.lookup import Known
from tests.storage.catalog_made import KEY, PAGE, article, at, capture, run, visit


def test_a_page_that_changes_and_changes_back_has_two_versions(catalog: Catalog) -> None:
    for day, name in enumerate("ABA", start=1):
        visit(catalog, day, capture(f"c{day}", day, day), name)
    history = catalog.histories([KEY])[KEY]
    assert [version.id for version in history.versions] == ["A", "B"]
    assert history.current.id == "A"
    assert (history.first_seen, history.gone_at) == (at(1), None)
    assert [one.id for one in catalog.articles(page=KEY)] == ["A", "B"]
    (known,) = catalog.known_pages("kestrel")
    assert (known.first_seen, known.last_seen) == (at(1), at(3))


def test_an_unchanged_page_was_seen_all_the_same(catalog: Catalog) -> None:
    visit(catalog, 1, capture("c1", 1, 1, etag='"1"', last_modified="Thu"), "A")
    visit(catalog, 2, capture("c2", 2, 2, status=304))
    assert list(catalog.known_pages("kestrel")) == [Known(PAGE, '"1"', "Thu", at(1), at(2))]
    visit(catalog, 3, capture("c3", 3, 3, etag='"2"'), "B")
    visit(catalog, 4, capture("c4", 4, 4, status=304))
    visit(catalog, 5, capture("c5", 5, 5, status=404))
    visit(catalog, 6, capture("c6", 6, 6, status=304))
    assert list(catalog.known_pages("kestrel")) == [Known(PAGE, '"2"', None, at(1), at(6))]
    assert catalog.histories([KEY])[KEY].gone_at is None


def test_redirects_lead_to_their_end_and_circles_nowhere(catalog: Catalog) -> None:
    site = "http://kestrel.example"
    steps = {"/?p=5": "/old/", "/old/": f"{site}/new/", "/round/": "/about/", "/about/": "/round/"}
    for number, (start, end) in enumerate(steps.items(), start=1):
        moved = capture(f"c{number}", number, number, site + start, status=301, location=end)
        visit(catalog, number, moved)
    keys = [canonical_url(site + path) for path in [*steps, "/new/", "/unknown/"]]
    end = canonical_url(f"{site}/new/")
    assert catalog.redirects(keys) == {keys[0]: end, keys[1]: end}


def test_a_304_in_the_run_that_first_read_the_page(catalog: Catalog) -> None:
    first, again = capture("c1", 1, 1), capture("c2", 2, 1, status=304)
    catalog.take_in(1, run(1), [again, first], [(article("A", first), [])], [])
    (known,) = catalog.known_pages("kestrel")
    assert (known.first_seen, known.last_seen) == (at(1), at(2))


def test_a_304_of_the_past_dates_no_later_version(catalog: Catalog) -> None:
    """An imported WARC of last year cannot make what we first saw today a year old."""
    visit(catalog, 1, capture("c1", 20, 1), "A")
    visit(catalog, 2, capture("c2", 2, 2, status=304, route="import"))
    assert catalog.histories([KEY])[KEY].first_seen == at(20)
    visit(catalog, 3, capture("c3", 1, 3, route="import"), "older")
    history = catalog.histories([KEY])[KEY]
    assert history.first_seen == at(1)
    assert [version.id for version in history.versions] == ["older", "A"]


def test_a_304_is_of_the_full_answer_before_it_whichever_was_imported_first(
    catalog: Catalog,
) -> None:
    visit(catalog, 1, capture("c1", 1, 1), "A")
    visit(catalog, 2, capture("c2", 9, 2, status=304, route="import"))
    visit(catalog, 3, capture("c3", 5, 3, route="import"), "B")
    assert catalog.histories([KEY])[KEY].last_seen == {"A": at(1), "B": at(9)}


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_and_comes_back(status: int, catalog: Catalog) -> None:
    def gone_at() -> str | None:
        return catalog.histories([KEY])[KEY].gone_at

    visit(catalog, 1, capture("c1", 1, 1), "A")
    visit(catalog, 2, capture("c2", 2, 2, status=status))
    visit(catalog, 3, capture("c3", 3, 3, status=status))
    assert gone_at() == at(2)
    visit(catalog, 4, capture("c4", 4, 4), "A")
    assert gone_at() is None
    visit(catalog, 5, capture("c5", 5, 5, status=status))
    assert gone_at() == at(5)


@pytest.mark.parametrize("status", [None, 301, 403, 500, 503])
def test_an_outlet_in_trouble_is_no_page_gone(status: int | None, catalog: Catalog) -> None:
    visit(catalog, 1, capture("c1", 1, 1), "A")
    visit(catalog, 2, capture("c2", 2, 2, status=status))
    assert catalog.histories([KEY])[KEY].gone_at is None


def test_one_pages_end_is_not_anothers(catalog: Catalog) -> None:
    visit(catalog, 1, capture("c1", 1, 1), "A")
    visit(catalog, 2, capture("c2", 2, 2, PAGE + "b", status=404))
    assert catalog.histories([KEY, KEY + "b"])[KEY].gone_at is None
    assert list(catalog.histories([KEY + "b"])) == []  # never seen as an article


def test_spellings_of_one_address_are_one_page(catalog: Catalog) -> None:
    visit(catalog, 1, capture("c1", 1, 1), "A")
    visit(catalog, 2, capture("c2", 2, 2, "http://www.kestrel.example/a/?utm_source=x"), "B")
    assert [version.id for version in catalog.histories([KEY])[KEY].versions] == ["A", "B"]


def test_known_pages_are_those_of_the_sources_runs(catalog: Catalog) -> None:
    own = capture("c1", 1, 1)
    other = capture("c2", 1, 1, "https://merrow.example/b", source="merrow", route="follow")
    feed = capture("c3", 1, 1, "https://kestrel.example/feed")
    catalog.take_in(
        1, run(1), [own, other, feed], [(article("A", own), []), (article("B", other), [])], []
    )
    urls = [known.url for known in catalog.known_pages("kestrel")]
    assert urls == [own.url, other.url]
    assert list(catalog.known_pages("merrow")) == []


def test_a_page_stays_known_to_all_whose_runs_captured_it(catalog: Catalog) -> None:
    visit(catalog, 1, capture("c1", 1, 1, etag='"1"'), "A")
    again = capture("c2", 2, 2, etag='"2"')
    catalog.take_in(2, run(2, "merrow"), [again], [(article("A", again), [])], [])
    expected = [Known(PAGE, '"2"', None, at(1), at(2))]
    assert list(catalog.known_pages("kestrel")) == expected
    assert list(catalog.known_pages("merrow")) == expected


def test_two_captures_at_one_moment_are_one_known_page(catalog: Catalog) -> None:
    one, two = capture("c1", 1, 1), capture("c2", 1, 1)
    catalog.take_in(1, run(1), [one, two], [(article("A", one), []), (article("B", two), [])], [])
    assert len(list(catalog.known_pages("kestrel"))) == 1


PART = ("the capture was cut off (disconnect)", "the page has no end; it may have been cut off")


def cut_visit(catalog: Catalog, number: int, name: str, notes: tuple[str, ...] = PART) -> None:
    """A visit that was cut off, though the server named a validator of the whole."""
    seen = capture(f"c{number}", number, number, truncated="disconnect", etag='"whole"')
    catalog.take_in(number, run(number), [seen], [(article(name, seen, notes=notes), [])], [])


def test_what_was_cut_off_is_no_version_beside_whole_ones(catalog: Catalog) -> None:
    cut_visit(catalog, 1, "half of A")
    assert [one.id for one in catalog.histories([KEY])[KEY].versions] == ["half of A"]
    visit(catalog, 2, capture("c2", 2, 2), "A")
    cut_visit(catalog, 3, "third of A")
    visit(catalog, 4, capture("c4", 4, 4), "B")
    history = catalog.histories([KEY])[KEY]
    assert [one.id for one in history.versions] == ["A", "B"]
    assert [one.article for one in history.sights] == ["A", "B"]
    assert [history.number(name) for name in ("half of A", "third of A", "B")] == [1, 1, 2]
    assert history.first_seen == at(1)


def test_what_was_cut_off_is_not_had(catalog: Catalog) -> None:
    cut_visit(catalog, 1, "half of A")
    (known,) = catalog.known_pages("kestrel")
    assert (known.broke_off, known.etag) == (True, None)
    assert catalog.had("kestrel") == {}
    visit(catalog, 2, capture("c2", 2, 2, etag='"2"'), "A")
    (known,) = catalog.known_pages("kestrel")
    assert (known.broke_off, known.etag) == (False, '"2"')
    assert list(catalog.had("kestrel")) == [KEY]


def test_a_whole_page_that_only_looks_cut_off_is_had(catalog: Catalog) -> None:
    """A server that states a Content-Length larger than what it sends does so each time."""
    cut_visit(catalog, 1, "A", PART[:1])
    assert [known.broke_off for known in catalog.known_pages("kestrel")] == [False]
    visit(catalog, 2, capture("c2", 2, 2), "B")
    assert [one.id for one in catalog.histories([KEY])[KEY].versions] == ["A", "B"]
