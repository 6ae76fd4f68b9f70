"""Uploading an archive's objects to S3, beside plain boto3: `python -m bench.upload`.

The peer is boto3's own transfer manager with the settings that `aws s3 cp` has: parts of 8 MiB,
ten at a time, one file after the other. It uploads; copytrail also creates each object once only,
sends a SHA-256 with it, and reads the store's checksum back. Both go to one SeaweedFS on loopback,
in turn within each round, so that the ratios hold though the machine is busy.
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

from storage.objects import Store, open_store
from tests import servers

MIB = 1024 * 1024
ROUNDS = 5
AWS_CP = TransferConfig(
    multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=10, use_threads=True
)
"""Defaults of `aws s3 cp` (AWS CLI S3 configuration)."""
SHAPES: dict[str, list[int]] = {
    # As runs have them: a WARC, four tables, run.json, SHA256SUMS.
    "four runs": [12 * MIB, 400_000, 90_000, 30_000, 8_000, 4_000, 700] * 4,
    "a WARC of 64 MiB": [64 * MIB],
}


def make(folder: Path, sizes: list[int]) -> list[Path]:
    """Files of random bytes: what a store cannot pack."""
    chance = random.Random(1)
    paths = []
    for number, size in enumerate(sizes):
        path = folder / str(number)
        path.write_bytes(
            b"".join(chance.randbytes(min(MIB, size - at)) for at in range(0, size, MIB))
        )
        paths.append(path)
    return paths


def seconds(act: Callable[[], None]) -> float:
    """Wall time."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def ours(store: Store, paths: list[Path]) -> None:
    """As a sealing uploads them, one after the other."""
    prefix = uuid4().hex
    for path in paths:
        store.put_if_absent(f"{prefix}/{path.name}", path)


def peer(client: Any, paths: list[Path]) -> None:
    """As `aws s3 cp` does."""
    prefix = uuid4().hex
    for path in paths:
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
                measure(shape, make(folder, sizes), client, rounds)


def measure(shape: str, paths: list[Path], client: Any, rounds: int) -> None:
    """One line for a shape."""
    size = sum(path.stat().st_size for path in paths) / MIB
    store = open_store(f"s3://{servers.BUCKET}")
    ours(store, paths)
    peer(client, paths)  # both have been there before the first round
    pairs = []
    for number in range(rounds):
        both = [lambda: ours(store, paths), lambda: peer(client, paths)]
        times = [seconds(act) for act in (both if number % 2 else both[::-1])]
        mine, theirs = times if number % 2 else times[::-1]
        pairs.append((mine, theirs))
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    mine, theirs = (size / statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{shape} ({size:.0f} MiB, {len(paths)} objects): copytrail {mine:.0f} MiB/s, "
        f"boto3 {theirs:.0f} MiB/s, ratio {ratio:.2f} (median of {rounds} rounds)",
        flush=True,
    )


if __name__ == "__main__":
    main()
