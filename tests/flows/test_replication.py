"""A second copy of the archive, and bringing damage back from it, on folders and on S3."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from flows.checks import Trust, audit
from flows.replication import Replicated, replicate, restore
from storage import layout, log
from storage.attestation import NOBODY, Attestation
from storage.objects import Store, StoreError, Unavailable, open_store
from storage.repaired import Repaired
from storage.signing import make_key
from tests.faults import FAILED, Faulty
from tests.flows.checks_made import ONE, THREE, TWO, Archive, flip_last, run_folder
from tests.flows.test_checks_proofs import Signed

OBJECTS = 2 * (3 + 1) + 3 + 3  # two runs with their sums, three entries, their signatures


def quiet(key: str) -> None:
    """Nobody looks on."""


@pytest.fixture
def archive(tmp_path: Path) -> Signed:
    signer = make_key(tmp_path / "keys")
    return Signed(tmp_path, Attestation(signer), Trust(keys=(signer.public,)))


@pytest.fixture
def replica(archive: Signed, tmp_path: Path) -> Store:
    store = open_store(str(tmp_path / "replica"))
    assert replicate(archive.store, store, quiet).troubles == ()
    return store


def keys(store: Store) -> list[str]:
    return [one.key for one in store.list("")]


def faults(archive: Archive, trust: Trust) -> list[tuple[str, str]]:
    report = audit(Repaired(archive.store), trust=trust)
    assert report.could_not == ()
    return [(one.check, one.key) for one in report.faults]


def test_a_replica_is_the_same_and_is_brought_up_to_date(archive: Signed, tmp_path: Path) -> None:
    target = open_store(str(tmp_path / "replica"))
    first = replicate(archive.store, target, quiet)
    assert (first.objects, first.troubles) == (OBJECTS, ())
    assert keys(target) == keys(archive.store)
    assert audit(target, trust=archive.trust).faults == ()
    assert replicate(archive.store, target, quiet) == Replicated(0, 0, ())
    log.seal(archive.store, THREE, run_folder(tmp_path / THREE, THREE), archive.attestation)
    assert replicate(archive.store, target, quiet).objects == 4 + 2
    assert keys(target) == keys(archive.store)


def test_damage_does_not_travel(archive: Signed, tmp_path: Path) -> None:
    archive.change(archive.warc, flip_last)
    target = open_store(str(tmp_path / "replica"))
    done = replicate(archive.store, target, quiet)
    assert len(done.troubles) == 1
    assert archive.warc in done.troubles[0]
    assert archive.warc not in keys(target)
    assert [one.key for one in audit(target, trust=archive.trust).faults] == [archive.warc]


HARM: dict[str, Callable[[Signed], str]] = {}


def harm(act: Callable[[Signed], str]) -> Callable[[Signed], str]:
    HARM[act.__name__] = act
    return act


@harm
def a_flipped_bit(archive: Signed) -> str:
    archive.change(archive.warc, flip_last)
    return archive.warc


@harm
def a_cut_table(archive: Signed) -> str:
    archive.change(archive.rows, lambda data: data[:3])
    return archive.rows


@harm
def damaged_sums(archive: Signed) -> str:
    archive.change(layout.sums_key(TWO), lambda data: data + b"x")
    return layout.sums_key(TWO)


@harm
def garbage_in_place_of_an_entry(archive: Signed) -> str:
    archive.change(layout.log_key(2), lambda data: b"garbage")
    return layout.log_key(2)


@pytest.mark.parametrize("how", HARM)
def test_what_is_damaged_is_kept_and_stood_in_for(
    archive: Signed, replica: Store, how: str
) -> None:
    key = HARM[how](archive)
    damaged = archive.path(key).read_bytes()
    assert faults(archive, archive.trust)
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert (done.created, done.repaired, done.troubles) == ((), (key,), ())
    assert archive.path(key).read_bytes() == damaged
    assert Repaired(archive.store).get(key) == replica.get(key)
    report = audit(Repaired(archive.store), trust=archive.trust)
    assert report.faults == ()
    assert [note.key for note in report.notes] == [key]
    assert log.head(archive.store).seq == done.log_entry
    again = restore(archive.store, replica, archive.attestation, quiet)
    assert (again.created, again.repaired, again.log_entry) == ((), (), None)


@pytest.mark.parametrize(
    "key", [f"runs/{ONE}/run.json", f"runs/{ONE}/SHA256SUMS", Signed.warc, layout.log_key(1)]
)
def test_what_is_no_object_is_stood_in_for(archive: Signed, replica: Store, key: str) -> None:
    archive.path(key).unlink()
    os.mkfifo(archive.path(key))
    assert faults(archive, archive.trust)
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert (done.created, done.repaired, done.troubles) == ((), (key,), ())
    assert archive.path(key).is_fifo()
    assert Repaired(archive.store).get(key) == replica.get(key)
    assert audit(Repaired(archive.store), trust=archive.trust).faults == ()


@pytest.mark.parametrize("which", range(OBJECTS))
def test_whatever_is_missing_is_created_again(archive: Signed, replica: Store, which: int) -> None:
    key = keys(archive.store)[which]
    archive.path(key).unlink()
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert (done.created, done.repaired, done.troubles) == ((key,), (), ())
    assert archive.store.get(key) == replica.get(key)
    assert faults(archive, archive.trust) == []


def test_a_whole_archive_lost(archive: Signed, replica: Store, tmp_path: Path) -> None:
    fresh = open_store(str(tmp_path / "fresh"))
    done = restore(fresh, replica, archive.attestation, quiet)
    assert len(done.created) == OBJECTS
    assert audit(fresh, trust=archive.trust).faults == ()


def test_what_both_lost_is_told(archive: Signed, replica: Store, tmp_path: Path) -> None:
    archive.change(archive.warc, flip_last)
    copy = tmp_path / "replica" / archive.warc
    copy.chmod(0o644)
    copy.write_bytes(b"rotten, too")
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert done.repaired == ()
    assert any(archive.warc in one for one in done.troubles)
    assert ("fixity", archive.warc) in faults(archive, archive.trust)


def test_another_archive_restores_nothing(archive: Signed, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = Archive(tmp_path / "elsewhere")
    archive.change(archive.warc, flip_last)
    before = keys(archive.store)
    for act in (
        lambda: restore(archive.store, other.store, NOBODY, quiet),
        lambda: replicate(archive.store, other.store, quiet),
    ):
        with pytest.raises(StoreError, match="no copy of this archive"):
            act()
    assert keys(archive.store) == before


def test_a_log_that_went_another_way_is_for_a_person(archive: Signed, replica: Store) -> None:
    entry = archive.path(layout.log_key(3))
    entry.unlink()
    log.beat(archive.store, archive.attestation)
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert any("a person must say why" in one for one in done.troubles)
    assert done.repaired == ()


def test_a_repair_that_was_slipped_in_is_found(archive: Signed) -> None:
    forged = layout.repair_key(THREE, archive.warc)
    archive.path(forged).parent.mkdir(parents=True)
    archive.path(forged).write_bytes(b"forged")
    found = faults(archive, archive.trust)
    assert ("fixity", archive.warc) in found
    assert ("unsealed", layout.repair_prefix(THREE)) in found


def altered_signature(archive: Signed) -> str:
    (key, *_) = [one.key for one in archive.store.list("signatures/")]
    archive.change(key, flip_last)
    return key


def test_an_altered_signature_is_stood_in_for_by_the_one_that_holds(
    archive: Signed, replica: Store
) -> None:
    key = altered_signature(archive)
    assert faults(archive, archive.trust)
    done = restore(archive.store, replica, archive.attestation, quiet, archive.trust)
    assert (done.created, done.repaired, done.troubles) == ((), (key,), ())
    assert faults(archive, archive.trust) == []
    again = restore(archive.store, replica, archive.attestation, quiet, archive.trust)
    assert (again.created, again.repaired, again.log_entry) == ((), (), None)


def test_without_the_key_nobody_can_tell_which_signature_holds(
    archive: Signed, replica: Store
) -> None:
    key = altered_signature(archive)
    done = restore(archive.store, replica, archive.attestation, quiet)
    assert (done.created, done.repaired) == ((), ())
    assert key in done.troubles[0]


def test_a_replica_with_an_altered_signature_gives_none(
    archive: Signed, replica: Store, tmp_path: Path
) -> None:
    (key, *_) = [one.key for one in archive.store.list("signatures/")]
    copy = tmp_path / "replica" / key
    copy.chmod(0o644)
    copy.write_bytes(flip_last(copy.read_bytes()))
    done = restore(archive.store, replica, archive.attestation, quiet, archive.trust)
    assert (done.created, done.repaired, done.troubles) == ((), (), ())
    archive.path(key).unlink()
    done = restore(archive.store, replica, archive.attestation, quiet, archive.trust)
    assert (done.created, done.repaired) == ((), ())
    assert key in done.troubles[0]
    assert key not in keys(archive.store)


def test_an_altered_signature_does_not_travel(archive: Signed, tmp_path: Path) -> None:
    key = altered_signature(archive)
    target = open_store(str(tmp_path / "replica"))
    done = replicate(archive.store, target, quiet, archive.trust)
    assert key in done.troubles[0]
    assert key not in keys(target)


@pytest.mark.parametrize("kind", ["lost", "short"])
@pytest.mark.parametrize("which", ["source", "target"])
def test_any_call_may_fail_while_replicating(
    archive: Signed, tmp_path: Path, kind: str, which: str
) -> None:
    nth, done = 0, True
    while done:
        nth += 1
        target = open_store(str(tmp_path / f"replica-{nth}"))
        faulty = Faulty(archive.store if which == "source" else target, nth, kind)
        stores = (faulty, target) if which == "source" else (archive.store, faulty)
        try:
            ended = not replicate(*stores, quiet, archive.trust).troubles
        except (*FAILED, StoreError):
            ended = False
        done = faulty.done
        there = keys(target)
        assert all(target.get(key) == archive.store.get(key) for key in there)
        if ended and kind != "short":
            assert there == keys(archive.store)
        assert replicate(archive.store, target, quiet, archive.trust).troubles == ()
        assert keys(target) == keys(archive.store)
    assert nth > 5


class _Failing:
    """A store whose N-th writing fails, before or after it took effect."""

    def __init__(self, store: Store, nth: int, after: bool) -> None:
        self._store, self._left, self._after = store, nth, after

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def put_if_absent(self, key: str, content: Path | bytes) -> object:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Unavailable("the store is away")
        stored = self._store.put_if_absent(key, content)
        if self._left == 0:
            raise Unavailable("the answer was lost")
        return stored


@pytest.mark.parametrize("after", [False, True])
def test_a_restoration_that_is_cut_off_is_completed_by_the_next(
    tmp_path: Path, after: bool
) -> None:
    for nth in range(1, 8):
        folder = tmp_path / str(nth)
        folder.mkdir()
        signer = make_key(folder / "keys")
        archive = Signed(folder, Attestation(signer), Trust(keys=(signer.public,)))
        replica = open_store(str(folder / "replica"))
        replicate(archive.store, replica, quiet)
        archive.change(archive.warc, flip_last)
        archive.change(archive.rows, flip_last)
        archive.path(f"runs/{TWO}/run.json").unlink()
        failing: object = _Failing(archive.store, nth, after)
        with suppress(Unavailable):
            restore(failing, replica, archive.attestation, quiet)  # type: ignore[arg-type]
        restore(archive.store, replica, archive.attestation, quiet)
        assert faults(archive, archive.trust) == [], nth


def test_to_s3_and_back(
    archive: Signed, s3_bucket: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, env = s3_bucket
    for name, value in env.items():
        monkeypatch.setitem(os.environ, name, value)
    target = open_store(url)
    assert replicate(archive.store, target, quiet).troubles == ()
    assert audit(target, trust=archive.trust).faults == ()
    archive.change(f"runs/{ONE}/run.json", flip_last)
    done = restore(archive.store, target, archive.attestation, quiet)
    assert done.repaired == (f"runs/{ONE}/run.json",)
    assert faults(archive, archive.trust) == []
