"""How well and how fast pages are read: `python -m bench.reading [--trafilatura] [--worst N]`.

Body: word 4-gram overlap, precision and recall averaged over pages and F1 made of the averages, as
the article-extraction benchmark (https://github.com/scrapinghub/article-extraction-benchmark) does.
Title: equal after folding white space and quotes; loose: one contains the other, or nine tenths of
the words are shared. Author: at least one right, over the pages that have any. Date: the same
moment where both have a zone, else the same day. Speed: pages per second on one core.
"""

import argparse
import gzip
import json
import logging
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from config.registry import Source
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, Capture, Page, WarcPlace

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
Row = dict[str, Any]
Read = dict[str, Any]
NO_SOURCES: tuple[Source, ...] = ()


def page_of(url: str, body: bytes, fetched_at: str = "2026-01-01T00:00:00.000000Z") -> Page:
    """A page as a capture of `body` would give it."""
    capture = Capture(
        id="00000000-0000-0000-0000-000000000000", url=url, fetched_at=fetched_at, route="import",
        why="import", status=200, warc=WarcPlace("bench", "bench.warc.gz", 0, len(body)),
    )  # fmt: skip
    return Page(capture=capture, headers=(("Content-Type", "text/html"),), body=body)


def load(kind: str, data: Path = DATA) -> list[tuple[Row, bytes]]:
    """The rows of `pages` or `claims`, each with its page's bytes."""
    lines = (data / kind / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row, gzip.decompress((data / kind / row["file"]).read_bytes())) for row in rows]


def ours(row: Row, body: bytes) -> Read:
    """What copytrail reads."""
    found = parse(page_of(row["url"], body), None, Outlets(NO_SOURCES))
    if not isinstance(found, Article):
        return {"title": "", "authors": [], "date": None, "paragraphs": [], "why": found.reason}
    return {
        "title": found.title, "authors": list(found.authors), "date": found.published_at,
        "paragraphs": list(found.paragraphs), "article": found,
    }  # fmt: skip


def trafilaturas(row: Row, body: bytes) -> Read:
    """What trafilatura reads in its fast mode, with metadata."""
    from trafilatura import bare_extraction

    found = bare_extraction(
        body, url=row["url"], fast=True, with_metadata=True, include_comments=False
    )
    if found is None or isinstance(found, dict):
        return {"title": "", "authors": [], "date": None, "paragraphs": []}
    return {
        "title": found.title or "", "authors": (found.author or "").split("; "),
        "date": found.date, "paragraphs": (found.text or "").split("\n"),
    }  # fmt: skip


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Word 4-grams; texts of fewer words are one gram."""
    words = re.findall(r"\w+", text)
    size = min(4, len(words)) or 1
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def overlap(found: str, expected: str) -> tuple[float, float]:
    """Precision and recall of the 4-grams."""
    one, other = shingles(found), shingles(expected)
    both = sum((one & other).values())
    return both / max(1, sum(one.values())), both / max(1, sum(other.values()))


def folded(text: str) -> str:
    """White space, quotes, dashes and case folded."""
    plain = unicodedata.normalize("NFKC", text or "").translate(
        str.maketrans("“”„«»‟′‘’‚`–—‑‐", '""""""\'\'\'\'\'----')
    )
    return " ".join(plain.replace("\xad", "").split()).casefold()


def loose(found: str, expected: str) -> bool:
    """One title in the other, or nine tenths of the words shared."""
    one, other = folded(found), folded(expected)
    if one and other and (one in other or other in one):
        return True
    left, right = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    return len(left & right) >= 0.9 * max(len(left), len(right), 1)


def author_right(found: list[str], expected: list[str]) -> bool:
    """At least one name, letters alone compared."""
    letters = {re.sub(r"\W", "", folded(name)) for name in found}
    return any(re.sub(r"\W", "", folded(name)) in letters for name in expected)


def date_right(found: str | None, expected: str) -> bool:
    """The same day; in the same zone where both have one."""
    if not found:
        return False
    try:
        one, other = datetime.fromisoformat(found), datetime.fromisoformat(expected)
    except ValueError:
        return found[:10] == expected[:10]
    if one.tzinfo and other.tzinfo:
        one = one.astimezone(other.tzinfo)
    return one.date() == other.date()


def score(row: Row, read: Read) -> dict[str, Any]:
    """The marks of one page; None where nothing was asked."""
    precision, recall = overlap(" ".join(read["paragraphs"]), " ".join(row["paragraphs"]))
    return {
        "file": row["file"], "precision": precision, "recall": recall,
        "title": folded(read["title"]) == folded(row["title"]),
        "loose": loose(read["title"], row["title"]),
        "author": author_right(read["authors"], row["authors"]) if row["authors"] else None,
        "date": date_right(read["date"], row["published_at"]) if row["published_at"] else None,
        "row": row, "read": read,
    }  # fmt: skip


def mean(marks: list[dict[str, Any]], name: str) -> float:
    """The mean of a mark over the pages that have it."""
    values = [mark[name] for mark in marks if mark[name] is not None]
    return float(sum(values) / max(1, len(values)))


def measure(reader: Callable[[Row, bytes], Read], pages: list[tuple[Row, bytes]]) -> dict[str, Any]:
    """All pages through one reader: means, pages per second, and each page's marks."""
    if pages:
        reader(*pages[0])  # imports and caches are not the reading
    start = time.process_time()
    reads = [(row, reader(row, body)) for row, body in pages]
    seconds = time.process_time() - start
    marks = [score(row, read) for row, read in reads]
    precision, recall = mean(marks, "precision"), mean(marks, "recall")
    return {
        "precision": precision, "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "title": mean(marks, "title"), "loose": mean(marks, "loose"),
        "author": mean(marks, "author"), "date": mean(marks, "date"),
        "pages_per_second": len(pages) / max(1e-9, seconds), "marks": marks,
    }  # fmt: skip


def claim_right(row: Row, article: Article | None) -> bool:
    """Whether the page's origin was read as the data say."""
    if article is None:
        return False
    origin = article.republished_from
    if not row["copy"]:
        return origin is None
    if origin is None or folded(row["original_name"]) != folded(origin.name or ""):
        return False
    return "original_url" not in row or origin.url == row["original_url"]


def claims(pages: list[tuple[Row, bytes]]) -> list[tuple[str, bool, str]]:
    """Each claim page: its file, whether it was read right, and what was read."""
    out = []
    for row, body in pages:
        article = ours(row, body).get("article")
        told = repr(article.republished_from) if article else "no article"
        out.append((row["file"], claim_right(row, article), told))
    return out


def table(results: dict[str, dict[str, Any]]) -> str:
    """The results in Markdown."""
    names = ("f1", "precision", "recall", "title", "loose", "author", "date", "pages_per_second")
    lines = ["| reader | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for reader, result in results.items():
        cells = [f"{result[name]:.3f}" for name in names[:-1]] + [f"{result[names[-1]]:.1f}"]
        lines.append(f"| {reader} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, the claims, and the worst pages."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trafilatura", action="store_true", help="read with trafilatura too")
    options.add_argument("--worst", type=int, default=0, help="show the N worst pages")
    options.add_argument("--data", type=Path, default=DATA)
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    pages = load("pages", chosen.data)
    results = {"copytrail": measure(ours, pages)}
    if chosen.trafilatura:
        results["trafilatura fast"] = measure(trafilaturas, pages)
    print(table(results))
    for file, right, told in claims(load("claims", chosen.data)):
        print("right" if right else "WRONG", file, told)
    if chosen.worst:
        show_worst(results["copytrail"]["marks"], chosen.worst)


def show_worst(marks: list[dict[str, Any]], count: int) -> None:
    """What went wrong, worst body first, then each wrong field."""
    for mark in sorted(marks, key=lambda one: one["precision"] + one["recall"])[:count]:
        print(f"{mark['precision']:.3f} {mark['recall']:.3f} {mark['file']}")
    for name in ("title", "author", "date"):
        for mark in marks:
            if mark[name] is False:
                key = {"title": "title", "author": "authors", "date": "published_at"}[name]
                read = mark["read"]["date" if name == "date" else key]
                print(f"{name}: {mark['file']}: {read!r} != {mark['row'][key]!r}")


if __name__ == "__main__":
    main()
