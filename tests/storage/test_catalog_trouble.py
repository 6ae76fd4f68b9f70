"""A catalog that several use at once, and one that cannot be used."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Timer

import pytest

from storage import schema
from storage.catalog import Catalog, open_catalog
from storage.records import Capture
from storage.trouble import CatalogError
from tests.storage.catalog_made import PAGE, capture, run, sample

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


def test_who_opens_a_database_that_another_is_making_waits(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # SQLite's own time-out does not hold against this
    end = Timer(0.3, lambda: other.execute("COMMIT"))
    end.start()
    assert open_catalog(f"sqlite:///{path}").last_seq() == 0
    end.join()
    other.close()


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
    with pytest.raises(
        CatalogError, match=rf"version 0, but this copytrail needs {schema.VERSION}.*rebuild"
    ):
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
