"""How fast the reading room answers in a large archive: `python -m bench.room --size 100000`.

A catalog of so many articles with texts is made, a fifth of them in trails of two to six pages; a
few trails have a hundred. `copytrail serve` is started over it, and each kind of page is asked for,
one after the other and each time another one of its kind. The server's memory is looked at before
and after.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import msgspec
from sqlalchemy import Connection, create_engine, insert

from bench.growth import OUTLETS, Texts
from storage import searching
from storage.catalog import open_catalog
from storage.identity import canonical_url
from storage.records import Article, Capture, Claim, Match, Origin, Run, Span, WarcPlace
from storage.schema import ARTICLES, CAPTURES, MATCHES, RUNS, SIGHTINGS

SIZE = 100_000
IN_A_RUN = 1000  # articles that are taken in at once
WORDS = 420  # of a text; English news have so many
SHARED = 0.2  # of all articles that are in trails
LONG_TRAILS, LONG = 5, 100  # trails that are far longer than others, and their pages
ASKED = 30  # addresses of each kind
BOUND_MS = 200.0
RESTING = 1.0  # seconds between two kinds of pages
TIMEOUT = 120


class Made:
    """The catalog, as it is written."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.texts = Texts(1)
        self.chance = random.Random(size)
        self.words = [" ".join(self.texts.words(60)) for _ in range(5000)]
        self.shared: list[Article] = []
        """Those that others take their text from."""
        self.ids: dict[str | None, str] = {}

    def paragraphs(self) -> tuple[str, ...]:
        """A text of its own."""
        return tuple(self.chance.choice(self.words) for _ in range(WORDS // 60))

    def article(self, number: int) -> Article:
        """An article of one of the outlets, on a day of the last three years."""
        outlet, of = number % OUTLETS, self._original()
        day = f"{2024 + number * 3 // self.size}-{1 + number % 12:02}-{1 + number % 28:02}"
        at = f"{day}T{number % 24:02}:{number % 60:02}:00.000000Z"
        url = f"https://outlet{outlet}.example/{number}"
        claims: tuple[Claim, ...] = ()
        if of:
            said = f"The original source of this article is {of.outlet}"
            claims = (
                Claim(
                    kind="original_source", text=said, target_name=of.outlet, target_url=of.url,
                    href=of.url, place="/html/body/p[9]",
                ),
            )  # fmt: skip
        return Article(
            id=f"{number:032x}", capture=f"capture-{number}", source=f"outlet{outlet}",
            outlet=f"Outlet {outlet}", url=url, canonical_url=url.replace("https", "http"),
            title=" ".join(self.texts.words(8)),
            paragraphs=of.paragraphs if of else self.paragraphs(),
            published_at=day, captured_at=at, parser="bench/1", language="en", words=WORDS,
            claims=claims, republished_from=Origin(of.outlet, of.url) if of else None,
            authors=(f"Author {number % 997}",),
            warc=WarcPlace(run_id(number), "bench.warc.gz", 0, 1),
        )  # fmt: skip

    def _original(self) -> Article | None:
        if not self.shared or self.chance.random() > SHARED * 0.75:
            return None
        if self.chance.random() < LONG_TRAILS * LONG / (self.size * SHARED):
            return self.shared[self.chance.randrange(min(LONG_TRAILS, len(self.shared)))]
        return self.shared[-1 - min(int(self.chance.expovariate(0.4)), len(self.shared) - 1)]

    def runs(self) -> Iterator[tuple[int, Run, list[Capture], list[Article], list[Match]]]:
        """As runs bring them."""
        for seq, start in enumerate(range(0, self.size, IN_A_RUN), 1):
            articles, matches = [], []
            for number in range(start, min(start + IN_A_RUN, self.size)):
                one = self.article(number)
                articles.append(one)
                if one.republished_from:
                    a, b = sorted((one.id, self.ids[one.republished_from.url]))
                    matches.append(
                        Match(
                            a=a, b=b, kind="copy", words=WORDS, a_contained=1.0, b_contained=1.0,
                            spans=(Span(0, WORDS, 0, WORDS),), method="bench/1",
                        )
                    )  # fmt: skip
                elif self.chance.random() < SHARED * 0.3:
                    self.shared.append(one)
                    self.ids[one.url] = one.id
            captures = [
                Capture(
                    id=one.capture, url=one.url, fetched_at=one.captured_at, route="live",
                    why="feed", source=one.source, status=200, mime="text/html", warc=one.warc,
                )
                for one in articles
            ]  # fmt: skip
            run = Run(
                id=run_id(start), kind="archive", source=f"outlet{seq % OUTLETS}", asked={},
                started_at=articles[0].captured_at, ended_at=articles[-1].captured_at,
                outcome="complete", counts={}, versions={}, config_digest="",
            )  # fmt: skip
            yield seq, run, captures, articles, matches


def run_id(number: int) -> str:
    """A ULID."""
    return f"01{number // IN_A_RUN:024d}"


def fill(home: Path, size: int) -> float:
    """Make the catalog; returns the seconds that it took. Its rows are those that `take_in` writes,
    in bulk; the room asks nothing of fingerprints, so there are none."""
    url = f"sqlite:///{home / 'catalog.sqlite'}"
    open_catalog(url)
    began, engine = time.perf_counter(), create_engine(url)
    for seq, run, captures, articles, matches in Made(size).runs():
        with engine.begin() as db:
            _write(db, seq, run, captures, articles, matches)
    engine.dispose()
    return time.perf_counter() - began


def _write(
    db: Connection, seq: int, run: Run, captures: list[Capture], articles: list[Article],
    matches: list[Match],
) -> None:  # fmt: skip
    def doc(record: Any) -> str:
        return msgspec.json.encode(record).decode()

    numbers = range((seq - 1) * IN_A_RUN + 1, (seq - 1) * IN_A_RUN + 1 + len(articles))
    db.execute(insert(RUNS), {"seq": seq, "id": run.id, "source": run.source, "doc": doc(run)})
    db.execute(insert(CAPTURES), [
        {"id": one.id, "run": run.id, "page": canonical_url(one.url), "source": one.source,
         "status": 200, "fetched_at": one.fetched_at, "doc": doc(one)} for one in captures
    ])  # fmt: skip
    db.execute(insert(ARTICLES), [
        {"n": n, "id": one.id, "page": one.canonical_url, "source": one.source,
         "captured_at": one.captured_at, "run": run.id, "hashes": 0, "sketch": b"", "doc": doc(one)}
        for n, one in zip(numbers, articles, strict=True)
    ])  # fmt: skip
    db.execute(insert(SIGHTINGS), [
        {"capture": one.capture, "article": one.id, "seen_at": one.captured_at} for one in articles
    ])  # fmt: skip
    searching.put(db, list(zip(numbers, articles, strict=True)))
    if matches:
        db.execute(insert(MATCHES), [{"a": one.a, "b": one.b, "doc": doc(one)} for one in matches])


def addresses(room: str, size: int) -> dict[str, list[str]]:
    """Addresses of each kind of page, each another one."""
    chance = random.Random(1)
    found = [page(f"{room}/trails?at={1 + number}") for number in range(10)]
    trails = re.findall(r'href="(/trails/[0-9a-f]{16})"', "".join(found))
    chance.shuffle(trails)
    shown = "".join(page(room + trail) for trail in trails[:60])
    pairs = [one.replace("&amp;", "&") for one in re.findall(r'href="(/compare\?[^"]+)"', shown)]
    ids = [f"{chance.randrange(size):032x}" for _ in range(ASKED)]
    words = "".join(page(f"{room}/articles/{one}") for one in ids[:10])
    common = sorted(set(re.findall(r"\b[a-z]{3,9}\b", words)))
    chance.shuffle(common)
    return {
        "overview": ["/"] * ASKED,
        "trails": [f"/trails?at={1 + chance.randrange(1 + size // 1000)}" for _ in range(ASKED)],
        "trail": trails[-ASKED:],
        "side by side": pairs[:ASKED],
        "article": [f"/articles/{one}" for one in ids],
        "search, one word": [f"/search?q={quote(one)}" for one in common[:ASKED]],
        "search, two words": [
            f"/search?q={quote(' '.join(pair))}" for pair in
            zip(common[:ASKED], reversed(common[:ASKED]), strict=True)
        ],
        "search, an outlet": [f"/search?source=outlet{n}&sort=newest" for n in range(ASKED)],
        "capture": [f"/captures/capture-{chance.randrange(size)}" for _ in range(ASKED)],
        "timemap": [f"/memento/timemap/link/https://outlet{n}.example/{n}" for n in range(ASKED)],
        "audits": ["/audits"] * ASKED,
    }  # fmt: skip


def page(url: str) -> str:
    """What is answered."""
    with urlopen(url, timeout=TIMEOUT) as answer:
        return str(answer.read().decode())


def resident(process: int) -> int:
    """Resident bytes of a process, in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def cpu_seconds(process: int) -> float:
    """CPU that a process has used: on a machine that does other things, too, it tells more than
    the clock."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    fields = after_name.split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime


def network_ready(room: str) -> float:
    """Seconds until the network is worked out."""
    began = time.perf_counter()
    while "being worked out" in page(f"{room}/network"):
        time.sleep(0.5)
    return time.perf_counter() - began


def ask(process: int, room: str, paths: list[str]) -> dict[str, float]:
    """Ask for each of these addresses, one after the other."""
    took, cpu = [], cpu_seconds(process)
    for path in paths:
        began = time.perf_counter()
        page(room + path)
        took.append(1000 * (time.perf_counter() - began))
    return {
        "median_ms": round(statistics.median(took), 1),
        "slowest_ms": round(max(took), 1),
        "cpu_ms": round(1000 * (cpu_seconds(process) - cpu) / len(took), 1),
        "asked": len(took),
    }


def measure(home: Path, size: int) -> dict[str, Any]:
    """Start a room over the catalog, and ask."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("copytrail"), "serve", "--port", "0"],
        env={"COPYTRAIL_HOME": str(home), "PATH": os.defpath}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        room = process.stdout.readline().split()[-1].rstrip("/")
        began = time.perf_counter()
        page(room + "/trails")
        first = time.perf_counter() - began
        asked = addresses(room, size)
        result: dict[str, Any] = {"articles": size, "first_page_s": round(first, 2)}
        for turn in (1, 2):
            for kind, paths in asked.items():
                found = ask(process.pid, room, paths)
                result |= {kind: found} if turn == 1 else {}
                print(kind, found, file=sys.stderr, flush=True)
                time.sleep(RESTING)
            result[f"MiB after turn {turn}"] = resident(process.pid)
        result["network_s"] = round(network_ready(room), 1)
        result["network"] = ask(process.pid, room, ["/network"] * ASKED)
        result["MiB with network"] = resident(process.pid)
        return result
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    """One JSON line; exit status 1 where a median is above the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--keep", type=Path, help="a folder for the catalog, to be used again")
    asked = parser.parse_args()
    home = asked.keep or Path(tempfile.mkdtemp(prefix="copytrail-room-"))
    try:
        filled = None
        if not (home / "catalog.sqlite").exists():
            home.mkdir(exist_ok=True)
            filled = round(fill(home, asked.size), 1)
        found = measure(home, asked.size)
        print(json.dumps({"fill_s": filled} | found), flush=True)
        medians = [one["median_ms"] for one in found.values() if isinstance(one, dict)]
        return int(max(medians) > BOUND_MS)
    finally:
        if not asked.keep:
            shutil.rmtree(home)


if __name__ == "__main__":
    raise SystemExit(main())
