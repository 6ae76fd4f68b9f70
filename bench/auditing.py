"""How fast an archive is audited, beside others: `python -m bench.auditing [MEGABYTES [ROUNDS]]`.

An archive of made-up pages is sealed into a folder, in runs of one WARC file each. Then, round by
round, each of these reads all of it from the same (warm) disk:

    sums       `sha256sum -c` in each run's folder
    fixity     `copytrail audit --only fixity`: the same sums, and the log
    warcio     `warcio check`, FILES of all runs
    fastwarc   `fastwarc check`, each file of all runs
    structure  `copytrail audit --only structure`: the log, every record and its digests
    both       `copytrail audit --only fixity --only structure`: SHA-256 of the files as well

Wall time with each program's start, for that is what one waits for; ratios are of the same round.
CPU seconds of all its processes are told beside it: on a machine that does other work, wall time
says little of who uses two cores.
Peak memory is that of the largest process, for the archive and for one of a quarter of its size.
"""

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from storage import log
from storage.exchange import Exchange
from storage.identity import new_run_id, now
from storage.objects import open_store
from storage.records import Run
from storage.warc import WarcWriter

MEGABYTES = 512
ROUNDS = 3
RUNS = 8
BIN = Path(sys.executable).parent
SMALLEST, LARGEST = 20_000, 150_000  # bytes of HTML, as in bench.capture


def make_archive(home: Path, megabytes: int) -> None:
    """A sealed archive of so many megabytes of WARC files."""
    chance = random.Random(3)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
    store = open_store(str(home / "archive"))
    for _ in range(RUNS):
        run = new_run_id()
        folder = home / "making" / run
        (folder / "warc").mkdir(parents=True)
        with WarcWriter(folder / "warc", run, rotate_bytes=1 << 40, warcinfo={}) as writer:
            size = 0
            while size < megabytes * 1_000_000 // RUNS:
                exchange = _exchange(chance, words)
                writer.write(exchange)
                size = sum(path.stat().st_size for path in (folder / "warc").iterdir())
        about = Run(
            id=run, kind="archive", source="bench", asked={}, started_at=now(), ended_at=now(),
            outcome="complete", counts={}, versions={}, config_digest="",
        )  # fmt: skip
        (folder / "run.json").write_bytes(msgspec.json.encode(about))
        log.seal(store, run, folder)
        shutil.rmtree(folder)


def _exchange(chance: random.Random, words: list[str]) -> Exchange:
    size = chance.randint(SMALLEST, LARGEST)
    body = " ".join(chance.choices(words, k=size // 6)).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Exchange(
        url=f"http://127.0.0.1/{chance.random()}",
        fetched_at=now(),
        request=b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        response=head + body,
    )


def run(*words: str | Path, home: Path, cwd: Path | None = None) -> None:
    """A command that must find nothing wrong."""
    env = os.environ | {"COPYTRAIL_HOME": str(home)}
    done = subprocess.run(
        [str(word) for word in words], env=env, cwd=cwd or home, capture_output=True, check=False
    )
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])


def peers(home: Path) -> dict[str, Callable[[], None]]:
    """What each of them does, once."""
    folders = sorted((home / "archive/runs").iterdir())
    files = sorted((home / "archive/runs").glob("*/warc/*"))
    audit = (BIN / "copytrail", "audit")
    fixity, structure = ("--only", "fixity"), ("--only", "structure")

    def sums() -> None:
        for folder in folders:
            run("sha256sum", "--quiet", "-c", "SHA256SUMS", home=home, cwd=folder)

    def fastwarc() -> None:
        for file in files:
            run(BIN / "fastwarc", "check", "--quiet", file, home=home)

    return {
        "sums": sums,
        "fixity": lambda: run(*audit, *fixity, home=home),
        "warcio": lambda: run(BIN / "warcio", "check", *files, home=home),
        "fastwarc": fastwarc,
        "structure": lambda: run(*audit, *structure, home=home),
        "both": lambda: run(*audit, *fixity, *structure, home=home),
    }


def peak(home: Path) -> float:
    """MiB of the largest process of an audit of sums and structure."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    words = [str(BIN / "copytrail"), "audit", "--only", "fixity", "--only", "structure"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=os.environ | {"COPYTRAIL_HOME": str(home)},
        capture_output=True, check=True, cwd=home,
    )  # fmt: skip
    return int(done.stdout) / 1024


def cpu() -> float:
    """Seconds that all children so far have computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(megabytes: int, rounds: int) -> None:
    """Make the archive, let each audit it, and tell."""
    with tempfile.TemporaryDirectory(prefix="copytrail-bench-") as name:
        home, quarter = Path(name) / "whole", Path(name) / "quarter"
        make_archive(home, megabytes)
        make_archive(quarter, megabytes // 4)
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        times: dict[str, list[float]] = {one: [] for one in peers(home)}
        computed: dict[str, list[float]] = {one: [] for one in peers(home)}
        for _ in range(rounds):
            for one, act in peers(home).items():
                began, before = time.perf_counter(), cpu()
                act()
                times[one].append(time.perf_counter() - began)
                computed[one].append(cpu() - before)
        memory = [peak(quarter), peak(home)]
    print(f"{size / 1e6:.0f} MB in {RUNS} runs, medians of {rounds} rounds, {os.cpu_count()} cores")
    for one, took in times.items():
        middle = statistics.median(took)
        used = statistics.median(computed[one])
        print(f"  {one:10} {middle:7.2f} s  {size / 1e6 / middle:7.0f} MB/s  {used:7.2f} s of CPU")
    for ours, other, goal in (
        ("fixity", "sums", 0.9), ("structure", "warcio", 3.0), ("structure", "fastwarc", 1.2),
        ("both", "warcio", 3.0), ("both", "fastwarc", 1.2),
    ):  # fmt: skip
        pairs = zip(times[other], times[ours], strict=True)
        ratio = statistics.median(theirs / mine for theirs, mine in pairs)
        print(f"  {ours} is {ratio:.2f} times as fast as {other} (goal {goal})")
    print(f"  peak memory: {memory[0]:.0f} MiB for a quarter of it, {memory[1]:.0f} MiB for all")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [MEGABYTES, ROUNDS][len(given) :]))
