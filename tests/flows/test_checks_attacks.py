"""What an attacker may do who can write to the store: none of it passes the audit.

Those who also have the key are in `test_checks_proofs`, and what only an outside head shows.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import layout
from storage.warcstream import file_chunks, records
from tests.flows.checks_made import ONE, THREE, TWO, Signed, flip, run_folder

WARC = f"runs/{ONE}/warc/{ONE}-00001.warc.gz"
ROWS = f"runs/{ONE}/records/articles.parquet"
Attack = Callable[[Signed], object]


def cut_at_a_record(archive: Signed) -> None:
    """What is left is a sound WARC, with one exchange fewer."""
    whole = archive.path(WARC)
    *_, last = (one.offset for one in records(file_chunks(whole), WARC, keep=0))
    archive.put(WARC, whole.read_bytes()[:last])


def swap(archive: Signed, one: str, other: str) -> None:
    aside = archive.root.with_name("aside")
    archive.path(one).rename(aside)
    archive.path(other).rename(archive.path(one))
    aside.rename(archive.path(other))


def remove_with_its_entry(archive: Signed) -> None:
    """A run, its entry, and all later entries a number less."""
    shutil.rmtree(archive.path(f"runs/{ONE}"))
    for seq in (1, 2):
        archive.put(layout.log_key(seq), archive.entry(seq + 1))
    archive.path(layout.log_key(3)).unlink()


def mend_the_sums(archive: Signed) -> None:
    """An object and its line in SHA256SUMS."""
    forged = b"PAR1 forged PAR1"
    old, new = (
        hashlib.sha256(data).hexdigest().encode()
        for data in (archive.path(ROWS).read_bytes(), forged)
    )
    archive.put(ROWS, forged)
    sums = layout.sums_key(ONE)
    archive.put(sums, archive.path(sums).read_bytes().replace(old, new))


def mend_the_entry(archive: Signed) -> None:
    """The object, the sums, the entry, and those after it: all but the signatures."""
    mend_the_sums(archive)
    before = json.loads(archive.entry(1))["prev"]
    for seq in (1, 2, 3):
        entry = json.loads(archive.entry(seq)) | {"prev": before}
        if seq == 1:
            sums = archive.path(layout.sums_key(ONE)).read_bytes()
            folder = archive.path(f"runs/{ONE}")
            files = [one for one in folder.rglob("*") if one.is_file() and one.name != layout.SUMS]
            entry["sha256sums"] = hashlib.sha256(sums).hexdigest()
            entry["bytes"] = sum(one.stat().st_size for one in files)
        data = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        archive.put(layout.log_key(seq), data)
        before = hashlib.sha256(data).hexdigest()


def slip_in(archive: Signed) -> None:
    """A run that nobody sealed."""
    shutil.copytree(run_folder(archive.work / THREE, THREE), archive.path(f"runs/{THREE}"))


ATTACKS: dict[str, tuple[Attack, set[str]]] = {
    "a bit of a WARC flipped": (
        lambda archive: archive.change(WARC, lambda data: flip(data, len(data) // 2)),
        {"fixity", "structure"},
    ),
    "a WARC cut": (
        lambda archive: archive.change(WARC, lambda data: data[:-20]), {"fixity", "structure"},
    ),
    "a WARC cut at a record": (cut_at_a_record, {"fixity"}),
    "a table cut": (lambda archive: archive.change(ROWS, lambda data: data[:5]), {"fixity"}),
    "an object deleted": (lambda archive: archive.path(WARC).unlink(), {"fixity"}),
    "an object added": (lambda archive: archive.put(f"runs/{ONE}/more.json", b"{}"), {"fixity"}),
    "an object and its sums": (mend_the_sums, {"fixity"}),
    "an object, its sums and the chain": (mend_the_entry, {"proofs"}),
    "a run deleted": (
        lambda archive: shutil.rmtree(archive.path(f"runs/{ONE}")), {"fixity"},
    ),
    "a run deleted with its entry": (remove_with_its_entry, {"chain"}),
    "a run slipped in": (slip_in, {"unsealed"}),
    "two runs swapped": (lambda archive: swap(archive, f"runs/{ONE}", f"runs/{TWO}"), {"fixity"}),
    "two entries swapped": (
        lambda archive: swap(archive, layout.log_key(1), layout.log_key(2)), {"chain"},
    ),
    "two objects swapped": (
        lambda archive: swap(archive, ROWS, layout.run_key(ONE)), {"fixity"},
    ),
    "an entry deleted": (lambda archive: archive.path(layout.log_key(1)).unlink(), {"chain"}),
    "an entry replaced": (
        lambda archive: archive.put(layout.log_key(1), archive.entry(3)), {"chain"},
    ),
    "a signature deleted": (lambda archive: archive.path(archive.proof(2)).unlink(), {"proofs"}),
    "a signature replaced": (
        lambda archive: archive.put(archive.proof(2), archive.path(archive.proof(1)).read_bytes()),
        {"proofs"},
    ),
    "a time stamp deleted": (
        lambda archive: archive.path(archive.proof(2, layout.token_key)).unlink(), {"proofs"},
    ),
    "a time stamp replaced": (
        lambda archive: archive.put(
            archive.proof(2, layout.token_key),
            archive.path(archive.proof(1, layout.token_key)).read_bytes(),
        ),
        {"proofs"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(sealed_and_stamped: Signed) -> Signed:
    """Made once: each attack is on a copy."""
    assert sealed_and_stamped.found() == []
    return sealed_and_stamped


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found(sound: Signed, tmp_path: Path, name: str) -> None:
    archive = sound.copied_to(tmp_path)
    attack, wanted = ATTACKS[name]
    attack(archive)
    found = {check for check, _ in archive.found()}
    assert wanted <= found, found
