"""Peers that look for the same copies, each in a process of its own: `python -m bench.growth`.

They are indexes of MinHash in memory. Each gets every five-word sequence of a text, our words and
paragraphs included, and no hint of boilerplate; 128 permutations, as their examples have. What an
index gives is kept where the two signatures' estimate reaches the threshold, as its users do.
"""

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.readers.peers import release
from flows.crossposts.fingerprints import GRAM
from flows.text.unicode import norms
from storage.records import Article

PERMUTATIONS = 128
NEAR, FAR = 0.7, 0.2
"""Jaccard thresholds: near-duplicates (DESIGN §7), and what half a text in another page has."""
CONTAINED = 0.4
"""Of the new article's sequences: what an excerpt of half of a text with 150 words more has."""
STATM = Path("/proc/self/statm")

Keys = set[int]
"""Places of known articles."""


class Index(NamedTuple):
    """A peer's index: what makes a text's signature, takes all the known ones in, and asks."""

    sign: Callable[[list[str]], Any]
    fill: Callable[[Sequence[Any]], None]
    ask: Callable[[Any], Keys]


def datasketch(threshold: float) -> Index:
    """`MinHashLSH`, its bands chosen by itself."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    known: list[Any] = []

    def sign(tokens: list[str]) -> Any:
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([one.encode() for one in tokens])
        return signature

    def fill(signatures: Sequence[Any]) -> None:
        known.extend(signatures)
        with index.insertion_session() as session:
            for key, one in enumerate(signatures):
                session.insert(key, one)

    def ask(one: Any) -> Keys:
        return {key for key in index.query(one) if known[key].jaccard(one) >= threshold}

    return Index(sign, fill, ask)


def ensemble(threshold: float) -> Index:
    """`MinHashLSHEnsemble`, which looks for containment; it keeps no signature to check by."""
    from datasketch import MinHashLSHEnsemble

    index = MinHashLSHEnsemble(threshold=threshold, num_perm=PERMUTATIONS)
    sign = datasketch(threshold).sign

    def fill(signatures: Sequence[Any]) -> None:
        index.index((key, one, one.count()) for key, one in enumerate(signatures))

    return Index(sign, fill, lambda one: set(index.query(one, one.count())))


def rensa(threshold: float) -> Index:
    """`RMinHashLSH`; its bands are ours to choose: the curve's middle lies at .7 with 16, at .13
    with 64."""
    from rensa import RMinHash, RMinHashLSH

    bands = 16 if threshold == NEAR else 64
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands)
    known: list[Any] = []

    def sign(tokens: list[str]) -> Any:
        signature = RMinHash(num_perm=PERMUTATIONS, seed=1)
        signature.update(tokens)
        return signature

    def fill(signatures: Sequence[Any]) -> None:
        known.extend(signatures)
        index.insert_many(signatures)

    def ask(one: Any) -> Keys:
        return {key for key in index.query(one) if known[key].jaccard(one) >= threshold}

    return Index(sign, fill, ask)


PEERS: dict[str, tuple[str, Callable[[], Index]]] = {
    f"datasketch LSH {NEAR}": ("datasketch", lambda: datasketch(NEAR)),
    f"datasketch LSH {FAR}": ("datasketch", lambda: datasketch(FAR)),
    f"datasketch LSH Ensemble {CONTAINED}": ("datasketch", lambda: ensemble(CONTAINED)),
    f"rensa LSH {NEAR}": ("rensa", lambda: rensa(NEAR)),
    f"rensa LSH {FAR}": ("rensa", lambda: rensa(FAR)),
}
"""Name to package and what makes the index."""


MAX_SECONDS = 180
"""Of one peer: six times what those take that end."""


def sequences(article: Article) -> list[str]:
    """Every five words in a row."""
    words = norms(article.text)
    return [" ".join(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)]


def measured(name: str, size: int) -> dict[str, Any]:
    """One peer over `size` made-up articles, in a child process; without it, that it is missing."""
    if release(PEERS[name][0]) is None:
        return {"peer": name, "missing": "make bench installs it"}
    command = [sys.executable, "-m", "bench.finders.peers", name, str(size)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        return {"peer": name, "release": release(PEERS[name][0]), "stopped_after": MAX_SECONDS}
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr.decode('utf-8', 'replace')[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compared(
    index: Index, known: Iterable[Article], new: Sequence[Article], taken: dict[str, int]
) -> dict[str, Any]:
    """Take the known articles in and ask for the new ones. `taken`: of the new ones that are taken
    from a known one (ids), its place."""
    before, began = _resident(), time.process_time()
    index.fill([index.sign(sequences(one)) for one in known])
    filling = time.process_time() - began
    gc.collect()
    used, count = _resident() - before, 0
    began = time.process_time()
    answers = {one.id: index.ask(index.sign(sequences(one))) for one in new}
    asking = time.process_time() - began
    whole, part = 0, 0
    for number, one in enumerate(new):
        right = {taken[one.id]} if one.id in taken else set()
        hit = bool(right & answers[one.id])
        whole, part = whole + (hit and number % 2 == 0), part + (hit and number % 2 == 1)
        count += len(answers[one.id] - right)
    return {
        "fill_cpu_seconds": round(filling, 2),
        "ask_cpu_seconds": round(asking, 2),
        "memory": used,
        "whole_found": f"{whole} of {sum(n % 2 == 0 for n in range(len(taken)))}",
        "part_found": f"{part} of {sum(n % 2 == 1 for n in range(len(taken)))}",
        "wrong_pairs": count,
    }


def _resident() -> int:
    """Bytes of memory in use."""
    return int(STATM.read_text().split()[1]) * resource.getpagesize()


def main(name: str, size: str) -> None:
    """One peer over so many articles, as one line of JSON."""
    from bench import growth

    texts = growth.Texts(int(size))
    known, rounds = growth.made(texts)
    for number in range(len(known), int(size)):
        outlet = number % growth.OUTLETS
        known.append(growth.article("k", number, texts.text(), texts.boilerplate, outlet))
    new = rounds[0]
    taken = {one.id: number for number, one in enumerate(new[: growth.TAKEN])}
    found = compared(PEERS[name][1](), known, new, taken)
    found["bytes_an_article_in_memory"] = found.pop("memory") // len(known)
    print(json.dumps({"peer": name, "release": release(PEERS[name][0]), "articles": len(known)}
                     | found))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
