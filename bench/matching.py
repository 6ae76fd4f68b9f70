"""How well copies are found, on made copies of real texts: `python -m bench.matching`.

The texts are those of `../shared/data/pages` (real pages in many languages). Some supply outlets'
boilerplate and the copiers' own words, the others are originals. Each original is taken whole, as
an excerpt of 30 to 70 percent, embedded in a longer page, and as part of a digest of three; words
are changed here and there, and every page carries its outlet's boilerplate.

A pair that is found counts as right if one is made from the other, or both from a third.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from py3langid import classify

from flows.comparing import compare
from flows.crossposts.trails import LIVE
from flows.text.unicode import words
from storage.catalog import open_catalog
from storage.records import Article, WarcPlace

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages" / "expected.jsonl"
OUTLETS = 16
FILLERS = 30
"""Texts kept back for boilerplate and own words."""

Text = tuple[str, ...]


class Made:
    """The pages that were made, and from which originals each takes text."""

    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.kinds: dict[str, str] = {}
        self.taken_from: dict[str, set[str]] = {}

    def add(self, kind: str, outlet: int, text: Sequence[str], origins: set[str]) -> str:
        """Put a page at an outlet and return its id."""
        name = f"{kind}-{len(self.articles):05d}"
        url = f"http://outlet{outlet}.example/{name}"
        self.articles.append(
            Article(
                id=name,
                capture=name,
                source=f"outlet{outlet}",
                outlet=f"Outlet {outlet}",
                url=url,
                canonical_url=url,
                title=name,
                paragraphs=tuple(text),
                language=language_of(tuple(text)),
                captured_at="2026-01-01T00:00:00.000000Z",
                parser="bench/1",
                warc=WarcPlace("bench", "bench.warc.gz", 0, 1),
            )
        )
        self.kinds[name] = kind
        self.taken_from[name] = origins or {name}
        return name


def language_of(text: Text) -> str:
    """What the reader takes it for where a page does not say."""
    return str(classify(" ".join(text)[:4000])[0])


def texts() -> list[tuple[str, Text]]:
    """Language (the folder's name) and paragraphs of each page with at least 80 words."""
    found = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        text = tuple(page["paragraphs"])
        if sum(word.weight for word in words(" ".join(text))) >= 80:
            found.append((page["file"].split("/")[0], text))
    return found


def edited(text: Sequence[str], chance: random.Random, rate: float = 0.01) -> Text:
    """A copy editor's changes: one word in a hundred replaced or left out."""
    out = []
    for paragraph in text:
        parts = paragraph.split(" ")
        for place in range(len(parts)):
            if chance.random() < rate:
                parts[place] = chance.choice(("", parts[chance.randrange(len(parts))]))
        out.append(" ".join(part for part in parts if part))
    return tuple(out)


def part(text: Text, share: float, chance: random.Random) -> Text:
    """Paragraphs in a row that make up about this share of the text."""
    sizes = [len(paragraph) for paragraph in text]
    wanted = share * sum(sizes)
    start = chance.randrange(len(text))
    while sum(sizes[start:]) < wanted and start:
        start -= 1
    end = start
    while sum(sizes[start:end]) < wanted and end < len(text):
        end += 1
    # A text of one long paragraph is cut within it.
    piece = list(text[start:end])
    over = sum(sizes[start:end]) - wanted
    if over > 0.1 * wanted:
        piece[-1] = piece[-1][: max(1, int(len(piece[-1]) - over))]
    return tuple(piece)


def make(seed: int) -> Made:
    """All pages, the same for the same seed."""
    chance = random.Random(seed)
    pool = texts()
    chance.shuffle(pool)
    fillers, originals = pool[:FILLERS], pool[FILLERS:]
    boilerplate = [part(fillers[k][1], 0.2, chance)[:3] for k in range(OUTLETS)]
    own = [text for _, text in fillers[OUTLETS:]]
    # Own words differ from page to page: two paragraphs of the fillers, each used once.
    spare = [paragraph for text in own for paragraph in text if len(paragraph) > 60]
    chance.shuffle(spare)
    made = Made()
    ids = {}

    def page(kind: str, outlet: int, text: Sequence[str], origins: set[str]) -> str:
        return made.add(kind, outlet, (*text, *boilerplate[outlet]), origins)

    def intro(count: int) -> Text:
        return tuple(spare.pop() for _ in range(count) if spare)

    for number, (_, text) in enumerate(originals):
        ids[number] = page("original", number % OUTLETS, text, set())
    has = {number: {number % OUTLETS} for number in range(len(originals))}
    for number, (_, text) in enumerate(originals):
        # Each by another outlet: three texts of one outlet that share one make it boilerplate.
        others = [k for k in range(OUTLETS) if k not in has[number]]
        chance.shuffle(others)
        has[number] |= set(others[:3])
        copier = others[0]
        page("whole", copier, edited(text, chance), {ids[number]})
        copier = others[1]
        piece = edited(part(text, chance.uniform(0.3, 0.7), chance), chance)
        page("excerpt", copier, (*intro(1), *piece), {ids[number]})
        copier = others[2]
        page("embedded", copier, (*intro(2), *edited(text, chance), *intro(2)), {ids[number]})
        three = [number, (number + 5) % len(originals), (number + 11) % len(originals)]
        free = [k for k in range(OUTLETS) if not any(k in has[n] for n in three)]
        if not free:
            continue
        copier = chance.choice(free)
        for n in three:
            has[n].add(copier)
        pieces = [part(originals[n][1], 0.4, chance) for n in three]
        page(
            "digest",
            copier,
            [paragraph for piece in pieces for paragraph in piece],
            {ids[n] for n in three},
        )
    return made


def found_pairs(made: Made) -> tuple[dict[tuple[str, str], str], float]:
    """Kind of each live match between outlets, and the seconds that it took."""
    source = {one.id: one.source for one in made.articles}
    catalog = open_catalog("sqlite://")
    begun = time.perf_counter()
    matches = compare(made.articles, catalog)
    seconds = time.perf_counter() - begun
    found = {
        (one.a, one.b): one.kind
        for one in matches
        if one.kind in LIVE and source[one.a] != source[one.b]
    }
    return found, seconds


def main() -> int:
    """Print precision and recall; exit status 2 where the texts are absent."""
    if not DATA.is_file():
        print(f"{DATA} is absent: nothing to measure")
        return 2
    verbose = "-v" in sys.argv
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for seed in range(3):
        made = make(seed)
        found, seconds = found_pairs(made)
        for a, b in found:
            if not made.taken_from[a] & made.taken_from[b]:
                wrong[max(made.kinds[a], made.kinds[b])] += 1
                if verbose:
                    print("wrong", seed, a, b, found[a, b])
        by_id = {one.id: one for one in made.articles}
        for name, origins in made.taken_from.items():
            for origin in origins - {name}:
                kind = made.kinds[name]
                wanted[kind] += 1
                if (min(name, origin), max(name, origin)) in found:
                    right[kind] += 1
                elif verbose:
                    print("missed", seed, name, origin, len(words(by_id[origin].text)))
        print(
            f"seed {seed}: {len(made.articles)} pages, {len(found)} pairs found in {seconds:.1f} s"
        )
    for kind in ("whole", "excerpt", "embedded", "digest"):
        hits, errors = right[kind], wrong[kind]
        print(
            f"{kind:9} precision {hits / max(hits + errors, 1):.4f}  "
            f"recall {hits / wanted[kind]:.4f}  ({hits} of {wanted[kind]}, {errors} wrong)"
        )
    print(f"wrong among originals: {wrong['original']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
