"""One suite for the catalog, over SQLite and over a real PostgreSQL."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine

from storage import schema
from storage.catalog import Catalog, open_catalog
from storage.identity import canonical_url
from storage.lookup import IN_ONE_QUERY, Known, Posting
from storage.records import Article, Capture, Match, Run, WarcPlace
from storage.schema import CatalogError

PAGE = "https://kestrel.example/a"
KEY = canonical_url(PAGE)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    found = str(request.getfixturevalue("postgres_url"))
    engine = create_engine(found)
    schema.META.drop_all(engine)
    engine.dispose()
    return found


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    """An empty catalog."""
    opened = open_catalog(url)
    yield opened
    opened._engine.dispose()


def at(day: int) -> str:
    """Noon of a day in January."""
    return f"2026-01-{day:02}T12:00:00.000000Z"


def run(number: int, source: str = "kestrel") -> Run:
    """A run."""
    return Run(
        id=f"RUN{number}", kind="archive", source=source, asked={}, started_at=at(1),
        ended_at=at(1), outcome="complete", counts={}, versions={}, config_digest="",
    )  # fmt: skip


def capture(name: str, day: int, number: int, page: str = PAGE, **rest: Any) -> Capture:
    """A capture of run `number` on a day."""
    values: dict[str, Any] = {"source": "kestrel", "status": 200, "route": "live", "why": "feed"}
    return Capture(
        id=name, url=page, fetched_at=at(day), warc=WarcPlace(f"RUN{number}", "a", 0, 1),
        **values | rest,
    )  # fmt: skip


def article(name: str, seen: Capture, **rest: Any) -> Article:
    """What was read out of a capture."""
    values = {"title": "T", "parser": "generic/1", "outlet": "", "source": seen.source}
    return Article(
        id=name, capture=seen.id, url=seen.url, canonical_url=canonical_url(seen.url),
        captured_at=seen.fetched_at, warc=seen.warc, **values | rest,
    )  # fmt: skip


def match(a: str, b: str, words: int = 100) -> Match:
    """Evidence that two articles share text."""
    return Match(
        a=a, b=b, kind="copy", words=words, a_contained=1.0, b_contained=0.5, spans=(), method="m"
    )


def visit(catalog: Catalog, number: int, seen: Capture, name: str | None = None) -> None:
    """Take in run `number`, which made one capture, read as version `name` of the page."""
    catalog.take_in(number, run(number), [seen], [(article(name, seen), [])] if name else [], [])


def everything(catalog: Catalog) -> list[Any]:
    """All that the catalog says."""
    pages = [one.canonical_url for one in catalog.articles()]
    return [
        list(catalog.runs()),
        list(catalog.captures()),
        list(catalog.articles()),
        list(catalog.matches()),
        catalog.histories(pages),
        [list(catalog.known_pages(source)) for source in ("kestrel", "merrow")],
        catalog.postings(range(50)),
    ]


def sample() -> tuple[list[Capture], list[tuple[Article, Sequence[int]]], list[Match]]:
    """Three pages that share text."""
    captures = [capture(f"c{n}", n, 1, f"https://kestrel.example/{n}") for n in (1, 2, 3)]
    articles = [(article(f"a{n}", captures[n - 1]), list(range(n, n + 9))) for n in (1, 2, 3)]
    return captures, articles, [match("a1", "a2"), match("a2", "a3"), match("a1", "a3")]


def test_an_empty_catalog_knows_nothing(catalog: Catalog) -> None:
    assert catalog.last_seq() == 0
    assert catalog.run_of(1) is None
    assert everything(catalog) == [[], [], [], [], {}, [[], []], {}]
    assert catalog.articles_by_id(["x"]) == {}
    assert catalog.matched_with(["x"]) == set()
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
    assert catalog.matched_with(["a3"]) == {"a1", "a2"}
    assert catalog.postings([1, 3, 99]) == {
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
from tests.storage.test_catalog import run, sample
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


# --- a page's life -----------------------------------------------------------------------------


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


# --- matches and hashes ------------------------------------------------------------------------


def test_the_first_evidence_stays(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), [], [], [match("a", "b", 100), match("a", "b", 5)])
    catalog.take_in(2, run(2), [], [], [match("a", "b", 7)])
    assert list(catalog.matches()) == [match("a", "b", 100)]


def test_a_version_seen_again_keeps_its_first_record_and_hashes(catalog: Catalog) -> None:
    first, again = capture("c1", 1, 1), capture("c2", 2, 2)
    catalog.take_in(1, run(1), [first], [(article("A", first), [1, 2, 2])], [])
    catalog.take_in(2, run(2), [again], [(article("A", again), [1, 2])], [])
    assert list(catalog.articles()) == [article("A", first)]
    assert catalog.postings([2]) == {2: [Posting("A", KEY, "kestrel", 2)]}


def test_more_than_fits_one_query(catalog: Catalog) -> None:
    count = 2 * IN_ONE_QUERY + 1
    seen = [capture(f"c{n}", 1, 1, f"https://kestrel.example/{n}") for n in range(count)]
    articles = [(article(f"a{n}", one), [n, -n]) for n, one in enumerate(seen)]
    matches = [match("a0", f"a{n}") for n in range(1, count)]
    catalog.take_in(1, run(1), seen, articles, matches)
    ids = [one.id for one, _ in articles]
    assert set(catalog.articles_by_id(ids)) == set(ids)
    assert len(catalog.postings(range(count))) == count
    assert catalog.matched_with(["a0"]) == set(ids[1:])
    assert catalog.matched_with(ids[1:]) == {"a0"}
    assert len(catalog.histories(one.canonical_url for one, _ in articles)) == count


def test_the_greatest_hashes_fit(catalog: Catalog) -> None:
    hashes = [0, 2**63 - 1, -(2**63)]
    seen = capture("c1", 1, 1)
    catalog.take_in(1, run(1), [seen], [(article("A", seen), hashes)], [])
    assert sorted(catalog.postings(hashes)) == sorted(hashes)


def test_a_hundred_thousand_hashes_take_seconds(catalog: Catalog) -> None:
    """100 articles of 4,000 words; SQLite took 0.7 s, PostgreSQL 4 s (measured)."""
    seen = [capture(f"c{n}", 1, 1, f"https://kestrel.example/{n}") for n in range(100)]
    hashes = random.Random(1).sample(range(2**61), 100_000)
    articles = [
        (article(f"a{n}", one), hashes[n * 1000 : (n + 1) * 1000]) for n, one in enumerate(seen)
    ]
    began = time.monotonic()
    catalog.take_in(1, run(1), seen, articles, [])
    found = catalog.postings(hashes[:5000])
    assert len(found) == 5000
    assert time.monotonic() - began < 60  # ten times and more on a busy machine


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


# --- several at once ---------------------------------------------------------------------------


def at_once(count: int, act: Callable[[int], None]) -> None:
    """Run `act` in threads that begin together."""
    start = Barrier(count)

    def one(number: int) -> None:
        start.wait()
        act(number)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


def test_many_open_a_new_catalog_at_once(url: str) -> None:
    def one(_: int) -> None:
        opened = open_catalog(url)
        assert opened.last_seq() == 0
        opened._engine.dispose()

    at_once(6, one)


def test_many_take_in_the_same_runs_at_once(catalog: Catalog, url: str) -> None:
    def one(_: int) -> None:
        opened = open_catalog(url)
        for number in range(1, 6):
            opened.take_in(number, run(number), [capture(f"c{number}", 1, number)], [], [])
        opened._engine.dispose()

    at_once(4, one)
    assert [seq for seq, _ in catalog.runs()] == [1, 2, 3, 4, 5]
    assert len(list(catalog.captures())) == 5


def test_one_reads_while_another_takes_in(catalog: Catalog, url: str) -> None:
    catalog.take_in(1, run(1), *sample())
    reader = open_catalog(url)
    reading = reader.articles()
    next(reading)
    counts: list[int] = []

    def captures() -> Iterator[Capture]:
        yield capture("new", 9, 2, PAGE + "2")
        counts.append(len(list(reader.captures())))

    catalog.take_in(2, run(2), captures(), [], [])
    assert counts == [3]  # nothing of a run before all of it
    assert len(list(reading)) == 2
    assert len(list(reader.captures())) == 4
    reader._engine.dispose()


# --- what cannot be used -----------------------------------------------------------------------


def test_tables_of_another_version_are_refused(catalog: Catalog, url: str) -> None:
    with catalog._engine.begin() as db:
        db.execute(schema.STATE.update().values(value="0"))
    with pytest.raises(CatalogError, match=r"version 0, but this copytrail needs 1.*rebuild"):
        open_catalog(url)


def test_a_record_that_cannot_be_read_is_told(catalog: Catalog) -> None:
    catalog.take_in(1, run(1), *sample())
    with catalog._engine.begin() as db:
        db.execute(schema.ARTICLES.update().values(doc='{"id": 5}'))
    with pytest.raises(CatalogError, match="copytrail rebuild"):
        list(catalog.articles())


def test_a_table_that_is_lost_is_told(catalog: Catalog) -> None:
    with catalog._engine.begin() as db:
        schema.HASHES.drop(db)
    with pytest.raises(CatalogError, match="hashes"):
        catalog.postings([1])


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "Use sqlite:///PATH"),
        ("", "Use sqlite:///PATH"),
        ("mysql://me:secret@example.invalid/x", "only SQLite and PostgreSQL are known"),
        ("postgresql://me:secret@127.0.0.1/x", r"postgresql\+psycopg"),
        ("postgresql+psycopg://me:secret@127.0.0.1:many/x", "Use sqlite:///PATH"),
        ("postgresql+none://me:secret@127.0.0.1/x", "Use sqlite:///PATH"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(url: str, says: str) -> None:
    with pytest.raises(CatalogError, match=says) as told:
        open_catalog(url)
    assert "secret" not in str(told.value)


def test_a_server_that_is_down_is_named() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # held, but nobody listens
        port = nobody.getsockname()[1]
        with pytest.raises(
            CatalogError, match=f"127.0.0.1:{port}/x.*refused.*Is it reachable"
        ) as told:
            open_catalog(f"postgresql+psycopg://me:secret@127.0.0.1:{port}/x")
    assert "secret" not in str(told.value)


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(CatalogError, match="timeout"):
            open_catalog(f"postgresql+psycopg://me@127.0.0.1:{port}/x?connect_timeout=2")
        assert time.monotonic() - began < 20


def test_a_file_that_is_no_catalog_is_named(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    file.write_bytes(b"words, no database" * 100)
    with pytest.raises(CatalogError, match=r"catalog\.sqlite: file is not a database.*remove it"):
        open_catalog(f"sqlite:///{file}")
    with pytest.raises(CatalogError, match="folder cannot be made"):
        open_catalog(f"sqlite:///{file}/below/catalog.sqlite")
    with pytest.raises(CatalogError, match="unable to open"):
        open_catalog(f"sqlite:///{tmp_path}")


def test_its_folder_is_made(tmp_path: Path) -> None:
    open_catalog(f"sqlite:///{tmp_path / 'a' / 'b' / 'catalog.sqlite'}")
    assert (tmp_path / "a" / "b" / "catalog.sqlite").is_file()
