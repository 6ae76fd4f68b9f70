"""Uploading an archive's objects to S3, beside plain boto3: `python -m bench.upload`.

The peer is boto3's own transfer manager with the settings that `aws s3 cp` has: parts of 8 MiB,
ten at a time, one file after the other. It uploads; copytrail also creates each object once only,
sends a SHA-256 with it, and reads the store's checksum back. Both go to one SeaweedFS on loopback,
in turn within each round, so that the ratios hold though the machine is busy.

Two ratios are told: with all digests made from the files, and of the upload alone, as in a sealing,
which has made them for `SHA256SUMS` before.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from boto3.s3.transfer import TransferConfig

from storage.objects import Several, open_store, several
from storage.parts import measure
from tests import servers

MIB = 1024 * 1024
ROUNDS = 5
AWS_CP = TransferConfig(
    multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=10, use_threads=True
)
"""Defaults of `aws s3 cp` (AWS CLI S3 configuration)."""
SHAPES: dict[str, list[list[int]]] = {
    # As runs have them: a WARC, four tables, run.json, SHA256SUMS.
    "four runs": [[12 * MIB, 400_000, 90_000, 30_000, 8_000, 4_000, 700]] * 4,
    "a WARC of 64 MiB": [[64 * MIB]],
}


def make(folder: Path, runs: list[list[int]]) -> list[list[Path]]:
    """Files of random bytes: what a store cannot pack."""
    chance = random.Random(1)
    made = []
    for number, sizes in enumerate(runs):
        made.append([folder / f"{number}-{place}" for place in range(len(sizes))])
        for path, size in zip(made[-1], sizes, strict=True):
            path.write_bytes(
                b"".join(chance.randbytes(min(MIB, size - at)) for at in range(0, size, MIB))
            )
    return made


def seconds(act: Callable[[], None]) -> float:
    """Wall time."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def ours(store: Several, runs: list[list[Path]]) -> float:
    """As a sealing uploads them, run by run; the seconds of the uploads alone."""
    prefix, uploading = uuid4().hex, 0.0
    for paths in runs:
        files = {f"{prefix}/{path.name}": (path, measure(path)) for path in paths}
        uploading += seconds(lambda files=files: store.put_each(files))  # type: ignore[misc]
    return uploading


def peer(client: Any, runs: list[list[Path]]) -> None:
    """As `aws s3 cp` does."""
    prefix = uuid4().hex
    for path in (path for paths in runs for path in paths):
        client.upload_file(str(path), servers.BUCKET, f"{prefix}/{path.name}", Config=AWS_CP)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="copytrail-bench-") as name:
        folder = Path(name)
        with servers.seaweed(folder / "weed") as running:
            os.environ |= running.env
            client = running.client()
            client.create_bucket(Bucket=servers.BUCKET)
            for shape, sizes in SHAPES.items():
                measure_shape(shape, make(folder, sizes), client, rounds)


def measure_shape(shape: str, runs: list[list[Path]], client: Any, rounds: int) -> None:
    """Two lines for a shape."""
    size = sum(path.stat().st_size for paths in runs for path in paths) / MIB
    store = several(open_store(f"s3://{servers.BUCKET}"))
    assert store
    ours(store, runs)
    peer(client, runs)  # both have been there before the first round
    found: dict[str, list[float]] = {"with all digests": [], "the upload alone": []}
    theirs = []
    for number in range(rounds):
        if number % 2:
            theirs.append(seconds(lambda: peer(client, runs)))
        begun = time.perf_counter()
        found["the upload alone"].append(ours(store, runs))
        found["with all digests"].append(time.perf_counter() - begun)
        if not number % 2:
            theirs.append(seconds(lambda: peer(client, runs)))
    print(f"{shape}, {size:.0f} MiB: boto3 {size / statistics.median(theirs):.0f} MiB/s")
    for what, mine in found.items():
        ratio = statistics.median(his / my for his, my in zip(theirs, mine, strict=True))
        speed = size / statistics.median(mine)
        print(f"  {what}: {speed:.0f} MiB/s, ratio {ratio:.2f} (median of {rounds})", flush=True)


if __name__ == "__main__":
    main()
