"""The fuzz targets on their seeds, on what fuzzing found, and on some thousand mutations."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.found import FOUND
from tests.fuzz.seeds import SEEDS, mutated
from tests.fuzz.targets import TARGETS, timed

# As many as each target does in one to eleven seconds on a busy machine (measured).
MUTATIONS = {
    "reading": 100, "dates": 2000, "discovery": 800, "charset": 1500, "message": 5000, "warc": 500,
}  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_mutations(name: str) -> None:
    chance = random.Random(20210504)
    for seed in SEEDS[name]:
        timed(TARGETS[name], seed)
    for number in range(MUTATIONS[name]):
        data = mutated(SEEDS[name], chance)
        try:
            timed(TARGETS[name], data)
        except Exception as error:
            error.add_note(f"mutation {number}: {data!r}")
            raise


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_fuzzing_found_stays_mended(name: str, data: bytes) -> None:
    timed(TARGETS[name], data)


def test_the_fuzzer_runs(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel here")
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "message", "2"], env={"PYTHONPATH": str(root)},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "stat::number_of_executed_units" in done.stderr
