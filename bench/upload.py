"""Sealing an archive's runs in S3, beside plain boto3: `python -m bench.upload`.

The peer is boto3's own transfer manager with the settings that `aws s3 cp` has: parts of 8 MiB,
ten at a time, one file after the other. It uploads. Of copytrail is measured all that a sealing
does before its log entry, in the very function: every file is hashed for `SHA256SUMS`, which is
written and made durable; each object is created once only, with a SHA-256, and the store's
checksum read back. `SHA256SUMS` goes up, too, as it does in the peer's turn.

The second peer is the same with `--checksum-algorithm SHA256`: the store then has to check what it
has to check for us. All go to one SeaweedFS on loopback, in turn within each round, so that the
ratios hold though the machine is busy.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from boto3.s3.transfer import TransferConfig

from storage import layout, log
from storage.identity import new_run_id
from storage.objects import Store, open_store
from tests import servers

MIB = 1024 * 1024
ROUNDS = 5
AWS_CP = TransferConfig(
    multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB, max_concurrency=10, use_threads=True
)
"""Defaults of `aws s3 cp` (AWS CLI S3 configuration)."""
PEERS: dict[str, dict[str, str]] = {
    "aws s3 cp": {},
    "aws s3 cp --checksum-algorithm SHA256": {"ChecksumAlgorithm": "SHA256"},
}
SHAPES: dict[str, list[list[int]]] = {
    # As runs have them: a WARC, four tables, run.json.
    "four runs": [[12 * MIB, 400_000, 90_000, 30_000, 8_000, 4_000]] * 4,
    "a WARC of 64 MiB": [[64 * MIB]],
}


def make(folder: Path, runs: list[list[int]]) -> list[Path]:
    """Folders of files of random bytes: what a store cannot pack."""
    chance = random.Random(1)
    made = []
    for sizes in runs:
        made.append(folder / new_run_id())
        made[-1].mkdir()
        for place, size in enumerate(sizes):
            (made[-1] / str(place)).write_bytes(
                b"".join(chance.randbytes(min(MIB, size - at)) for at in range(0, size, MIB))
            )
    return made


def seconds(act: Callable[[], None]) -> float:
    """Wall time."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def ours(store: Store, runs: list[Path]) -> None:
    """As a sealing does it, run by run."""
    for folder in runs:
        (folder / layout.SUMS).unlink(missing_ok=True)
        log.put_run(store, new_run_id(), folder)


def peer(client: Any, runs: list[Path], more: dict[str, str]) -> None:
    """As `aws s3 cp` does, with what our last turn has left as `SHA256SUMS`."""
    prefix = uuid4().hex
    for path in (path for folder in runs for path in sorted(folder.iterdir())):
        key = f"{prefix}/{path.parent.name}/{path.name}"
        client.upload_file(str(path), servers.BUCKET, key, Config=AWS_CP, ExtraArgs=more)


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


def measure_shape(shape: str, runs: list[Path], client: Any, rounds: int) -> None:
    """A line for a shape, and one for each peer."""
    store = open_store(f"s3://{servers.BUCKET}")
    turns = {"copytrail": lambda: ours(store, runs)}
    turns |= {name: partial(peer, client, runs, more) for name, more in PEERS.items()}
    for act in turns.values():
        act()  # all have been there before the first round
    size = sum(path.stat().st_size for folder in runs for path in folder.iterdir()) / MIB
    found: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        order = list(turns)[number % len(turns) :] + list(turns)[: number % len(turns)]
        for name in order:
            found[name].append(seconds(turns[name]))
    mine = found.pop("copytrail")
    print(f"{shape}, {size:.0f} MiB: copytrail {size / statistics.median(mine):.0f} MiB/s")
    for name, theirs in found.items():
        ratio = statistics.median(his / my for his, my in zip(theirs, mine, strict=True))
        speed = size / statistics.median(theirs)
        print(f"  {name}: {speed:.0f} MiB/s, ratio {ratio:.2f} (median of {rounds})", flush=True)


if __name__ == "__main__":
    main()
