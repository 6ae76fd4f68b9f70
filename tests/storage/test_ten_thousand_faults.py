"""Ten thousand faults in the sealing of runs; the invariants of the archive hold after each.

I1  an article exists ⇒ its WARC record exists and matches
I2  a sealed run verifies for ever
I3  a failure leaves nothing, or an unsealed run that the next sealing completes
I4  what was not archived is never reported as done

Each round seals two signed runs into a new archive. Every try but the last is struck at one of its
calls to the store: the first one, over all rounds, at every call in every way; the others, which
have less to do, early on, in turn, so that hardly any two rounds are the same.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path

import pytest

from storage import layout, log
from storage.attestation import Attestation
from storage.objects import Store, open_store
from storage.signing import Signer, make_key
from tests.faults import FAILED, KINDS, Faulty
from tests.storage.runs_made import RUNS, Made, made_runs

FAULTS = int(os.environ.get("FAULTS", "10000"))
AGAIN = 4  # further tries that are struck
EARLY = (
    13  # calls at the beginning of those; a prime, so that they meet the first ones in all pairs
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """In memory where there is such a place: nothing here is about the disk's speed."""
    memory = Path("/dev/shm")
    above = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="copytrail-faults-", dir=above) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def runs(place: Path) -> dict[str, Made]:
    """Two runs with real WARCs and records; that these match is seen to once, here (I1)."""
    return made_runs(place / "work")


@pytest.fixture(scope="module")
def signer(place: Path) -> Signer:
    return make_key(place / "keys")


class Archive:
    """An archive that is struck, and what must be true of it."""

    def __init__(self, folder: Path, runs: dict[str, Made], signer: Signer) -> None:
        self.folder, self.runs, self.signer = folder, runs, signer
        self.store = open_store(str(folder))
        self.before: dict[str, bytes] = {}

    def seal(self, store: Store) -> tuple[bool, list[str]]:
        """Try to seal both runs: whether it ended well, and the runs that were reported as done."""
        reported = []
        try:
            for run, made in self.runs.items():
                log.seal(store, run, made.folder, Attestation(self.signer))
                reported.append(run)
        except FAILED:
            return False, reported
        return True, reported

    def check(self, reported: list[str]) -> list[str]:
        """I1, I2 and I4; the sealed runs. Written out with nothing from `storage.log`."""
        held = dict(_files(self.folder))
        sealed = self.sealed(held)
        assert set(reported) <= set(sealed), "I4"
        for run in sealed:
            # The same bytes as in the run's folder, of which `made_runs` has seen that each article
            # has its record.
            base = f"runs/{run}/"
            there = {key.removeprefix(base): data for key, data in held.items() if base in key}
            sums = there.pop("SHA256SUMS")
            assert there == self.runs[run].files, "I1"
            assert sums == self.runs[run].sums, "I2"
        assert self.before.items() <= held.items(), "I2"
        self.before = held
        return sealed

    def sealed(self, held: dict[str, bytes]) -> list[str]:
        """The runs in the log, of which each entry follows from the one before and is signed."""
        keys = sorted(key for key in held if key.startswith("log/"))
        prev, found = "0" * 64, []
        for number, key in enumerate(keys, start=1):
            entry = json.loads(held[key])
            assert (key, entry["seq"], entry["prev"]) == (layout.log_key(number), number, prev)
            prev = hashlib.sha256(held[key]).hexdigest()
            signature = held[layout.signature_key(prev)]
            assert self.signer.public.verifies(held[key], signature)
            sums = hashlib.sha256(held[f"runs/{entry['run']}/SHA256SUMS"])
            assert entry["sha256sums"] == sums.hexdigest()
            found.append(entry["run"])
        return found


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All objects of an archive, by their keys."""
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".tmp"]
        for name in names:
            path = Path(above, name)
            yield path.as_posix().removeprefix(f"{folder}/"), path.read_bytes()


def calls_needed(place: Path, runs: dict[str, Made], signer: Signer) -> int:
    archive = Archive(place / "counted", runs, signer)
    counted = Faulty(archive.store, 0, "")
    assert archive.seal(counted) == (True, list(RUNS))
    assert archive.check(list(RUNS)) == list(RUNS)
    return counted.calls


@pytest.mark.timeout(900)  # a minute alone; five and more where others keep the machine busy
def test_ten_thousand_faults(place: Path, runs: dict[str, Made], signer: Signer) -> None:
    calls = calls_needed(place, runs, signer)
    ways = list(product(range(1, calls + 1), KINDS))
    others = cycle(product(range(1, EARLY + 1), KINDS))
    struck = 0
    met: set[tuple[int, str]] = set()
    for first in cycle(ways):
        archive = Archive(place / "archive", runs, signer)
        for nth, kind in (first, *islice(others, AGAIN)):
            faulty = Faulty(archive.store, nth, kind)
            ended, reported = archive.seal(faulty)
            sealed = archive.check(reported)
            struck += faulty.done
            if faulty.done and ended:  # the cut answer was one that nothing rests on
                assert kind == "short"
                assert sealed == list(RUNS)
        met.add(first)
        assert archive.seal(archive.store) == (True, list(RUNS)), "I3"
        assert archive.check(list(RUNS)) == list(RUNS)
        shutil.rmtree(archive.folder)
        if struck >= FAULTS and len(met) == len(ways):
            break
    assert struck >= FAULTS
