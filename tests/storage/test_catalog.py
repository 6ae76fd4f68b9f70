"""One suite for the catalog, over SQLite and over a real PostgreSQL."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from storage import schema
from storage.catalog import Catalog, open_catalog
from storage.identity import canonical_url, sketch
from storage.postings import IN_ONE_QUERY, MAX_POSTINGS
from storage.records import Posting
from storage.trouble import CatalogError
from tests.storage.catalog_made import (
    KEY,
    article,
    at,
    capture,
    everything,
    match,
    postings,
    run,
    sample,
    visit,
)


def test_an_empty_catalog_knows_nothing(catalog: Catalog) -> None:
    assert catalog.last_seq() == 0
    assert catalog.run_of(1) is None
    assert everything(catalog) == [[], [], [], [], {}, [[], []], {}, {}]
    assert catalog.articles_by_id(["x"]) == {}
    assert catalog.matches_of(["x"]) == {}
    assert catalog.histories(["x"]) == {}


def test_what_is_taken_in_is_found(catalog: Catalog) -> None:
    captures, articles, matches = sample()
    catalog.take_in(4, run(4), captures, articles, matches)
    records = [one for one, _ in articles]
    assert (catalog.last_seq(), catalog.run_of(4)) == (4, "RUN4")
    assert list(catalog.runs()) == [(4, run(4))]
    assert list(catalog.captures()) == captures
    assert list(catalog.captures(page=canonical_url(captures[1].url))) == captures[1:2]
    assert list(catalog.captures(run="RUN1")) == captures
    assert list(catalog.captures(run="RUN4")) == []
    assert list(catalog.articles()) == records
    assert list(catalog.articles(source="merrow")) == []
    assert list(catalog.articles(source="kestrel", since=at(2))) == records[1:]
    assert list(catalog.articles(since="2026-01-03")) == records[2:]
    assert list(catalog.articles(page=records[0].canonical_url)) == records[:1]
    assert catalog.articles_by_id(["a3", "a1", "none"]) == {"a1": records[0], "a3": records[2]}
    assert list(catalog.matches()) == sorted(matches, key=lambda one: (one.a, one.b))
    assert set(catalog.matches_of(["a3"])) == {("a1", "a3"), ("a2", "a3")}
    assert postings(catalog, [1, 3, 99]) == {
        1: [Posting("a1", records[0].canonical_url, "kestrel", 9)],
        3: [Posting(f"a{n}", records[n - 1].canonical_url, "kestrel", 9) for n in (1, 2, 3)],
    }


def test_a_run_is_taken_in_once(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), *sample())
    before = everything(catalog)
    catalog.take_in(1, run(1), *sample())
    catalog.take_in(1, run(1), [capture("c9", 9, 1)], [], [])  # the run is in: it stays as it is
    assert everything(catalog) == before


def test_another_process_finds_it(catalog: Catalog, url: str) -> None:
    catalog.take_in(1, run(1), *sample())
    again = open_catalog(url)
    assert everything(again) == everything(catalog)
    again._engine.dispose()


@pytest.mark.parametrize("where", [0, 1, 2])
def test_an_error_midway_leaves_nothing(where: int, catalog: Catalog) -> None:
    def broken(records: Sequence[Any]) -> Iterator[Any]:
        yield from records[:2]
        raise OSError("the table could not be read on")

    catalog.take_in(1, run(1), [capture("c0", 1, 1)], [], [])
    before = everything(catalog)
    given: list[Any] = list(sample())
    given[where] = broken(given[where])
    with pytest.raises(OSError, match="could not be read on"):
        catalog.take_in(2, run(2), *given)
    assert everything(catalog) == before
    catalog.take_in(2, run(2), *sample())
    assert len(list(catalog.articles())) == 3


def test_a_run_that_contradicts_another_is_refused_whole(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), [], [], [])
    with pytest.raises(CatalogError):
        catalog.take_in(2, run(1), *sample())  # one run cannot be sealed twice
    assert catalog.last_seq() == 1
    assert list(catalog.captures()) == []


KILLED = """
import sys, time
from storage.catalog import open_catalog
from tests.storage.catalog_made import run, sample
captures, articles, matches = sample()
def slow():
    yield matches[0]
    print("midway", flush=True)
    time.sleep(60)
open_catalog(sys.argv[1]).take_in(2, run(2), captures, articles, slow())
"""


def test_a_killed_process_leaves_nothing(catalog: Catalog, url: str) -> None:
    catalog.take_in(1, run(1), [capture("c0", 1, 1)], [], [])
    before = everything(catalog)
    child = subprocess.Popen([sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "midway\n"
    child.kill()
    child.wait()
    child.stdout.close()
    assert everything(catalog) == before
    catalog.take_in(2, run(2), *sample())
    assert len(list(catalog.articles())) == 3


def test_a_rebuild_that_fails_midway_leaves_the_old_one(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a catalog whose `runs` still stood would believe itself complete."""
    catalog.take_in(1, run(1), *sample())
    before = everything(catalog)

    def fails(_: object) -> None:
        raise OSError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(schema.META, "create_all", fails)
        with pytest.raises(OSError, match="killed here"):
            catalog.empty()
    assert everything(catalog) == before


def test_emptied_and_filled_again_it_says_the_same(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), *sample())
    before = everything(catalog)
    catalog.empty()
    assert catalog.last_seq() == 0
    assert list(catalog.articles()) == []
    catalog.take_in(1, run(1), *sample())
    assert everything(catalog) == before


def test_the_order_of_coming_does_not_show(catalog: Catalog) -> None:
    captures, articles, matches = sample()
    catalog.take_in(1, run(1), captures, articles, matches)
    before = everything(catalog)
    for seed in range(3):
        rest = random.Random(seed)
        for records in (captures, articles, matches):
            rest.shuffle(records)  # type: ignore[arg-type]
        catalog.empty()
        catalog.take_in(1, run(1), captures, articles, matches)
        assert everything(catalog) == before


# --- matches and hashes ------------------------------------------------------------------------


def test_the_newest_reading_of_a_pair_counts(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), [], [], [match("a", "b", 100), match("a", "c", 100)])
    catalog.take_in(2, run(2), [], [], [match("a", "b", 7)])
    assert list(catalog.matches()) == [match("a", "b", 7), match("a", "c", 100)]
    assert catalog.matches_of(["b"]) == {("a", "b"): match("a", "b", 7)}
    assert set(catalog.matches_of(["a", "none"])) == {("a", "b"), ("a", "c")}


def test_a_version_seen_again_keeps_its_first_record_and_hashes(catalog: Catalog) -> None:
    first, again = capture("c1", 1, 1), capture("c2", 2, 2)
    catalog.take_in(1, run(1), [first], [(article("A", first), [1, 2, 2])], [])
    catalog.take_in(2, run(2), [again], [(article("A", again), [1, 2])], [])
    assert list(catalog.articles()) == [article("A", first)]
    assert postings(catalog, [2]) == {2: [Posting("A", KEY, "kestrel", 2)]}
    assert catalog.sketches(["A", "B"]) == {"A": sketch([1, 2])}


def test_more_than_fits_one_query(catalog: Catalog) -> None:
    count = IN_ONE_QUERY + 1
    seen = [capture(f"c{n}", 1, 1, f"https://kestrel.example/{n}") for n in range(count)]
    articles = [(article(f"a{n}", one), [n, -n]) for n, one in enumerate(seen)]
    matches = [match("a0", f"a{n}") for n in range(1, count)]
    catalog.take_in(1, run(1), seen, articles, matches)
    ids = [one.id for one, _ in articles]
    assert set(catalog.articles_by_id(ids)) == set(ids)
    assert len(postings(catalog, range(count))) == count
    assert set(catalog.matches_of(["a0"])) == {("a0", one) for one in ids[1:]}
    assert set(catalog.matches_of(ids[1:])) == {("a0", one) for one in ids[1:]}
    assert len(catalog.histories(one.canonical_url for one, _ in articles)) == count


def test_the_greatest_hashes_fit(catalog: Catalog) -> None:
    hashes = [0, 2**63 - 1, -(2**63)]
    seen = capture("c1", 1, 1)
    catalog.take_in(1, run(1), [seen], [(article("A", seen), hashes)], [])
    assert sorted(postings(catalog, hashes)) == sorted(hashes)


def test_a_hundred_thousand_hashes_take_seconds(catalog: Catalog) -> None:
    """100 articles of 4,000 words; SQLite took 0.7 s, PostgreSQL 4 s (measured)."""
    seen = [capture(f"c{n}", 1, 1, f"https://kestrel.example/{n}") for n in range(100)]
    hashes = random.Random(1).sample(range(2**61), 100_000)
    articles = [
        (article(f"a{n}", one), hashes[n * 1000 : (n + 1) * 1000]) for n, one in enumerate(seen)
    ]
    began = time.monotonic()
    catalog.take_in(1, run(1), seen, articles, [])
    found = postings(catalog, hashes[:30_000])  # in three queries, side by side
    assert {value: some[0].article for value, some in found.items()} == {
        value: f"a{place // 1000}" for place, value in enumerate(hashes[:30_000])
    }
    assert time.monotonic() - began < 60  # ten times and more on a busy machine


def test_the_postings_of_a_phrase_that_all_have_are_cut(catalog: Catalog) -> None:
    seen = [capture(f"c{n}", 1, 1, f"https://kestrel.example/{n}") for n in range(200)]
    articles = [(article(f"a{n:03}", one), [7, 1000 + n]) for n, one in enumerate(seen)]
    catalog.take_in(1, run(1), seen, articles, [])
    found = postings(catalog, [7, 1003, 9])
    assert len(found[7]) == MAX_POSTINGS + 1
    assert [one.article for one in found[1003]] == ["a003"]
    assert set(found) == {7, 1003}


def test_versions_of_one_page_hide_no_other_page(catalog: Catalog) -> None:
    seen = [capture(f"c{n:03}", 1, 1) for n in range(200)]
    last = capture("other", 2, 1, "https://kestrel.example/other")
    articles = [(article(f"a{n:03}", one), [7]) for n, one in enumerate([*seen, last])]
    catalog.take_in(1, run(1), [*seen, last], articles, [])
    assert len(postings(catalog, [7])[7]) == 201


# --- hostile text ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a\0b", "'); DROP TABLE runs; --", "\u2028\ufffe👩‍🚀", "%s{}:x"])
def test_text_of_pages_is_only_text(text: str, catalog: Catalog) -> None:
    seen = capture(
        f"c{text}", 1, 1, text, source=text, etag=text, mime=text, location=text, via=text
    )
    read = article("A", seen, title=text, paragraphs=(text,), taxonomy={text: (text,)})
    catalog.take_in(1, run(1), [seen], [(read, [1])], [])
    assert list(catalog.captures(page=canonical_url(text))) == [seen]
    assert list(catalog.articles(source=text)) == [read]
    assert catalog.histories([text])[text].versions == (read,)
    assert [known.url for known in catalog.known_pages("kestrel")] == [text]
    visit(catalog, 2, capture("again", 2, 2, text, status=304))
    assert next(catalog.known_pages("kestrel")).last_seen == at(2)
