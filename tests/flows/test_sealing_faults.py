"""Any call to the store may go wrong while a run is sealed and taken into the catalog."""

import shutil
from pathlib import Path

import pytest

from flows import sealing
from flows.workplace import Workplace
from storage import layout, log
from storage.attestation import NOBODY
from storage.catalog import Catalog, open_catalog
from storage.objects import Store, StoreError, open_store
from storage.warcread import read_page
from tests.faults import FAILED, Faulty
from tests.storage.runs_made import BODY, LIMIT, RUNS, Made, made_runs

RUN = RUNS[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_runs(tmp_path_factory.mktemp("made"))[RUN]


def at_work(folder: Path, made: Made) -> Workplace:
    """A run that is ready to be sealed."""
    shutil.copytree(made.folder, folder / "work" / RUN / "run")
    return Workplace(RUN, folder / "work" / RUN, -1)


def articles(catalog: Catalog, store: Store) -> int:
    """How many there are; each has its record, with the body that it was read from."""
    captures = {one.id: one for one in catalog.captures()}
    found = list(catalog.articles())
    for one in found:
        key = layout.object_key(one.warc.run, f"warc/{one.warc.file}")
        member = store.get_range(key, one.warc.offset, one.warc.length)
        assert read_page(member, captures[one.capture], max_decoded_bytes=LIMIT).body == BODY
    return len(found)


@pytest.mark.parametrize("kind", ["503", "lost", "short"])
def test_any_call_may_fail(kind: str, made: Made, tmp_path: Path) -> None:
    nth, done = 0, True
    while done:  # as many rounds as a whole sealing has calls
        nth += 1
        folder = tmp_path / str(nth)
        place, store = at_work(folder, made), open_store(str(folder / "archive"))
        catalog, faulty = open_catalog("sqlite://"), Faulty(store, nth, kind)
        head = None
        try:
            head = sealing.seal(place, faulty, catalog, NOBODY)
        except (*FAILED, StoreError):
            assert place.folder.exists()
        done = faulty.done
        known = articles(catalog, store)
        if head:
            assert (known, head) == (1, log.head(store))
            assert not place.folder.exists()
        else:
            again = sealing.seal(place, store, catalog, NOBODY)
            assert again == log.head(store)
            assert articles(catalog, store) == 1
        assert log.head(store).seq == 1
    assert nth > 15


def test_what_is_not_as_it_was_sealed_is_not_found(made: Made, tmp_path: Path) -> None:
    place, store = at_work(tmp_path, made), open_store(str(tmp_path / "archive"))
    sealing.seal(place, store, open_catalog("sqlite://"), NOBODY)
    path = tmp_path / "archive" / layout.object_key(RUN, "records/articles.parquet")
    path.chmod(0o644)
    other = made_runs(tmp_path / "others")[RUNS[1]].files["records/articles.parquet"]
    path.write_bytes(other)  # a sound table of articles, but not the one that was sealed
    found = sealing.catch_up(store, open_catalog("sqlite://"))
    assert found.taken == 0
    assert "not what was sealed" in found.left_out[0]
