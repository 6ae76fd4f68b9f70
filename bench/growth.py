"""How matching grows with the archive: `python -m bench.growth --size 100000`.

A catalog of so many articles is made, and 300 new ones are compared with it by the same function
that ends every run. What is known needs no text to be found, so most of it is written as postings
alone: five-word sequences of a text's own, of its outlet's boilerplate, and of stock phrases. 1,000
known articles have texts, and 120 of the new ones are taken from those, whole or in part. Peers get
texts of all their articles, and the same new ones (`bench/finders/peers.py`).
"""

import argparse
import json
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, create_engine, func, insert, select

from bench.finders import peers
from flows.comparing import compare
from flows.crossposts.fingerprints import BOUND, fingerprint
from storage.catalog import Catalog, open_catalog
from storage.identity import SKETCH, sketch
from storage.records import Article, Run, WarcPlace
from storage.schema import ARTICLES, HASHES

SIZES = (10_000, 100_000)
"""What `make bench` measures. A million takes 5 GB of disk and a quarter of an hour."""
NEW, KNOWN, TAKEN = 300, 1000, 120
"""Articles of a large run; known ones with texts; new ones that are taken from those."""
OUTLETS = 500
OWN_HASHES = 130
"""Of an article with 520 words of its own: one sequence in four."""
BOILERPLATE_WORDS = 44
"""Of each outlet's, on all its pages: ten hashes."""
PHRASES, PHRASES_EACH = 20_000, 5
"""Stock phrases, and how many an article has; some are everywhere."""
PARTS = 64
"""The postings are made in so many ranges of hashes: 100 MB for a million articles at a time."""
VOCABULARY, ZIPF = 60_000, 1.0
"""Different words, and the exponent of their frequencies, as in English (Zipf 1949)."""
MEDIAN_WORDS, SPREAD = 500, 0.6
"""Log-normal lengths, as news articles have."""
ROUNDS = 3
"""Of either kind."""
TIME = "2026-01-01T00:00:00.000000Z"


class Texts:
    """Made-up text with a natural vocabulary; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        letters = random.Random(seed)
        made = {
            "".join(letters.choices("etaoinshrdlucmfwypvbgk", k=letters.randint(2, 11))): None
            for _ in range(VOCABULARY)
        }
        self._words = np.array(list(made))
        weights = 1 / np.arange(1, len(made) + 1) ** ZIPF
        self._below = np.cumsum(weights / weights.sum())
        self.boilerplate = [self.words(BOILERPLATE_WORDS) for _ in range(OUTLETS)]
        self.phrases = [
            phrase for _ in range(4 * PHRASES) if fingerprint([" ".join(phrase := self.words(5))])
        ]

    def words(self, count: int) -> list[str]:
        """Words as they come."""
        chosen = np.searchsorted(self._below, self.chance.random(count))
        return [str(word) for word in self._words[np.minimum(chosen, len(self._words) - 1)]]

    def text(self) -> list[str]:
        """Words of one article, stock phrases among them."""
        length = int(self.chance.lognormal(np.log(MEDIAN_WORDS), SPREAD))
        text = self.words(max(80, length))
        for rank in self.chance.zipf(1.3, PHRASES_EACH):
            place = int(self.chance.integers(len(text)))
            text[place:place] = self.phrases[rank % len(self.phrases)]
        return text


def article(
    batch: str, number: int, text: Sequence[str], plates: Sequence[Sequence[str]], outlet: int
) -> Article:
    """An article of one of the outlets; `plates`: the boilerplate of each."""
    step = 60  # words in a paragraph
    url = f"http://outlet{outlet}.example/{batch}/{number}"
    paragraphs = [" ".join(text[at : at + step]) for at in range(0, len(text), step)]
    return Article(
        id=f"{batch}{number:031d}", capture=f"{batch}{number}", source=f"outlet{outlet}",
        outlet=f"Outlet {outlet}", url=url, canonical_url=url, title=f"Number {number}",
        paragraphs=(*paragraphs, " ".join(plates[outlet])), captured_at=TIME, parser="bench/1",
        warc=WarcPlace("bench", "bench.warc.gz", 0, 1),
    )  # fmt: skip


def made(texts: Texts) -> tuple[list[Article], list[list[Article]]]:
    """Known articles with texts, and new ones for each round; some are taken from known ones.

    In the first half of the rounds each is of another outlet, in the second all are of one.
    """
    known = [texts.text() for _ in range(KNOWN)]
    rounds = []
    for turn in range(2 * ROUNDS):
        batch = []
        for number in range(NEW):
            text = texts.text()
            if number < TAKEN:
                text = known[(turn * TAKEN + number) % KNOWN]
                if number % 2:  # an excerpt in other words
                    text = texts.words(150) + text[len(text) // 4 : len(text) * 3 // 4]
            outlet = number + 17 if turn < ROUNDS else turn
            batch.append(article(f"{turn}", number, text, texts.boilerplate, outlet))
        rounds.append(batch)
    return [
        article("k", number, text, texts.boilerplate, number % OUTLETS)
        for number, text in enumerate(known)
    ], rounds


def fill(url: str, size: int, texts: Texts) -> None:
    """`size` articles as postings, in the order in which an index is written fastest."""
    chance = texts.chance
    engine = create_engine(url)
    with engine.begin() as db:
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA synchronous = OFF")  # it may be lost, and is made again
        for at in range(0, size, 10_000):
            db.execute(insert(ARTICLES), list(_rows(at, min(at + 10_000, size))))
        if db.dialect.name == "postgresql":  # which numbers on by itself, from what it gave last
            sequence = func.pg_get_serial_sequence(ARTICLES.name, "n")
            db.execute(select(func.setval(sequence, size)))
    plates = [np.array(fingerprint([" ".join(one)])) for one in texts.boilerplate]
    phrases = np.array([fingerprint([" ".join(one)])[0] for one in texts.phrases])
    common = phrases[chance.zipf(1.3, size * PHRASES_EACH) % len(phrases)]
    having = chance.integers(1, size + 1, len(common))
    for part in range(PARTS):
        low, high = BOUND // PARTS * part, BOUND // PARTS * (part + 1)
        count = size * OWN_HASHES // PARTS
        here = (common >= low) & (common < high)
        values, numbers = [common[here]], [having[here]]
        values.append(chance.integers(low, high, count))
        numbers.append(chance.integers(1, size + 1, count))
        for outlet, plate in enumerate(plates):
            for value in plate[(plate >= low) & (plate < high)]:
                numbers.append(np.arange(1 + outlet, size + 1, OUTLETS))
                values.append(np.full(len(numbers[-1]), value))
        column = np.concatenate(values), np.concatenate(numbers)
        order = np.lexsort((column[1], column[0]))
        pairs = np.stack(column, axis=1)[order]
        first = np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))
        with engine.begin() as db:
            _write(db, pairs[first])
    engine.dispose()


def _rows(start: int, end: int) -> Iterator[dict[str, Any]]:
    blank = msgspec.json.encode(article("f", 0, (), ((),), 0)).decode()
    for n in range(start + 1, end + 1):
        outlet = (n - 1) % OUTLETS
        yield {
            "n": n, "id": f"f{n:031d}", "page": f"http://outlet{outlet}.example/f/{n}",
            "source": f"outlet{outlet}", "captured_at": TIME, "hashes": OWN_HASHES + 15,
            "run": "fill", "sketch": sketch(range(n * SKETCH, (n + 1) * SKETCH)), "doc": blank,
        }  # fmt: skip


def _write(db: Connection, pairs: "np.ndarray[Any, Any]") -> None:
    driver: Any = db.connection.driver_connection
    if db.dialect.name == "sqlite":
        driver.executemany(f"INSERT INTO {HASHES.name} (hash, n) VALUES (?, ?)", pairs.tolist())
    else:
        with driver.cursor().copy(f"COPY {HASHES.name} (hash, n) FROM STDIN") as copy:
            for row in pairs.tolist():
                copy.write_row(row)


def measure(url: str, size: int) -> dict[str, Any]:
    """Fill a new catalog and compare with it, as often as there are rounds."""
    texts = Texts(size)
    known, rounds = made(texts)
    catalog = open_catalog(url)
    began = time.perf_counter()
    fill(url, size - KNOWN, texts)
    filled = time.perf_counter() - began
    take_in(catalog, 1, known)
    seconds, computing, taking, found = [], [], [], 0
    for turn, batch in enumerate(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        matches = compare(batch, catalog)
        seconds.append(time.perf_counter() - began)
        computing.append(time.process_time() - cpu)
        ends = {end for one in matches if one.kind != "quotation" for end in (one.a, one.b)}
        found += sum(one.id in ends for one in batch)  # and known ones that are compared anew
        if turn < ROUNDS:  # enough to be timed; more would count as bytes of the known ones
            began = time.perf_counter()
            take_in(catalog, turn + 2, batch)
            taking.append(time.perf_counter() - began)
    rounded = [round(one, 2) for one in seconds]
    catalog.close()  # SQLite puts what is in its write-ahead log where it belongs
    return {
        "articles": size,
        "fill_seconds": round(filled, 1),
        "compare_seconds": rounded[:ROUNDS],
        "compare_one_outlet_seconds": rounded[ROUNDS:],
        "compare_cpu_seconds": [round(one, 2) for one in computing],
        "take_in_seconds": [round(one, 2) for one in taking],
        "taken_found": f"{found} of {len(rounds) * TAKEN}",
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "record_bytes": sum(map(record_bytes, known)) // len(known),
        "all_record_bytes": sum(map(record_bytes, chain(known, *rounds[:ROUNDS]))),
    }


def record_bytes(one: Article) -> int:
    """What an article's record takes."""
    return len(msgspec.json.encode(one))


def take_in(catalog: Catalog, seq: int, articles: Sequence[Article]) -> None:
    """As the end of a run does it."""
    run = Run(
        id=f"RUN{seq}", kind="archive", source="bench", asked={}, started_at=TIME, ended_at=TIME,
        outcome="complete", counts={}, versions={}, config_digest="",
    )  # fmt: skip
    catalog.take_in(seq, run, [], [(one, fingerprint(one.paragraphs)) for one in articles], [])


def main() -> int:
    """One JSON line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="articles; may be repeated")
    parser.add_argument(
        "--peers", type=int, default=10_000, help="articles that datasketch and rensa get; 0: none"
    )
    parser.add_argument("--catalog", help="an empty PostgreSQL database; default: SQLite in /tmp")
    asked = parser.parse_args()
    for size in asked.size or SIZES:
        folder = Path(tempfile.mkdtemp(prefix="copytrail-growth-"))
        try:
            url = asked.catalog or f"sqlite:///{folder / 'catalog.sqlite'}"
            found = measure(url, size)
            records = found.pop("all_record_bytes")
            if not asked.catalog:
                used = sum(path.stat().st_size for path in folder.iterdir())
                found["bytes_an_article_without_record"] = (used - records) // size
            print(json.dumps(found), flush=True)
        finally:
            shutil.rmtree(folder)
    for name in peers.PEERS if asked.peers else ():
        print(json.dumps(peers.measured(name, max(asked.peers, KNOWN))), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
