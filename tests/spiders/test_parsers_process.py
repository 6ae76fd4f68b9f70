"""Reading in a process of its own: its memory is bounded, and ids do not hang on its hash seed."""

import os
import subprocess
import sys

import pytest

READ = """
import os, sys
from pathlib import Path
from tests.spiders.reading_help import NORTH, OUTLETS, html, page
from tests.spiders.test_parsers_hostile import HOSTILE
from spiders.parsers import parse
pages = HOSTILE | {
    "20 MB": lambda: html().encode() + b"<p>filler filler filler</p>" * 800_000,
    "20 MB of tags": lambda: html().encode() + b"<b>a</b>" * 2_500_000,
    "20 MB of links": lambda: html().encode() + b"<a href=/b>c</a>" * 1_250_000,
    "attributes of 1 MB": lambda: b"<div " + b"a=1 " * 250_000 + b">" + html().encode(),
}
for kind in sys.argv[1:]:
    if (pid := os.fork()) == 0:
        made = pages[kind]() if callable(pages[kind]) else pages[kind]
        article = parse(page(made), NORTH, OUTLETS)
        status = Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's, if more
        high = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
        print(kind, int(high) // 1024, getattr(article, "id", ""), sep="\\t", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
"""
# Megabytes that the whole process may need. The worst, 20 MB of nothing but short tags, took 906:
# some 40 bytes for each byte of markup, most in the tree; no more than 20 MB are read.
ROOM = 1_500
KINDS = (
    "20 MB", "20 MB of tags", "20 MB of links", "deep divs", "deep links", "many empty tags",
    "a title of 1 MB", "a class of 1 MB", "attributes of 1 MB", "many tags of many attributes",
    "nested JSON-LD", "nested JSON-LD objects", "wide JSON-LD", "a circle in JSON-LD",
)  # fmt: skip


def read_apart(*kinds: str, seed: str = "0") -> dict[str, tuple[int, str]]:
    """Each kind read in a fork of its own, for the imports take longer than most: megabytes that it
    took at most, and the article's id. One that did not end well is missing."""
    said = subprocess.run(
        [sys.executable, "-c", READ, *kinds],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed},
    )  # fmt: skip
    told = (line.split("\t") for line in said.stdout.splitlines())
    return {kind: (int(room), made) for kind, room, made in told}


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[int, str]]:
    return read_apart(*KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_takes_memory_without_bound(kind: str, read: dict[str, tuple[int, str]]) -> None:
    assert read[kind][0] < ROOM


def test_ids_are_the_same_in_every_process() -> None:
    kinds = ("wrong types in JSON-LD", "many meta", "control and direction characters")
    first, second, third = (read_apart(*kinds, seed=seed) for seed in ("1", "2", "77"))
    ids = [[made[kind][1] for kind in kinds] for made in (first, second, third)]
    assert ids[0] == ids[1] == ids[2]
    assert "" not in ids[0]
