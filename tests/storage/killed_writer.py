"""A writer that goes on until it is killed; the test of kill -9 forks it."""

import os
import random
from pathlib import Path

from storage.identity import now
from storage.warc import Exchange, WarcWriter


def write_for_ever(folder: Path, seed: int) -> None:
    """Write exchanges of all sizes; each that is acknowledged gets a line in `folder`.told."""
    chance = random.Random(seed)
    told = os.open(folder.with_suffix(".told"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writer = WarcWriter(folder, "RUN", rotate_bytes=100_000, warcinfo={"software": "test"})
    while True:
        size = chance.choice((10, 3_000, 20_000, 200_000))
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size
        response = head + chance.randbytes(size)
        capture = writer.write(Exchange(url="http://a.test/", fetched_at=now(), response=response))
        os.write(told, capture.id.encode() + b"\n")
