"""How well and how fast pages are read: `python -m bench.reading [--alone] [--worst N] [--json]`.

Beside copytrail stand the peers of `bench/readers` that are installed (`make bench` installs them),
in the same run, each in a process of its own.

Body: word 4-gram overlap, precision and recall averaged over pages and F1 made of the averages, as
the article-extraction benchmark (https://github.com/scrapinghub/article-extraction-benchmark) does.
Title: equal after folding white space and quotes; loose: one contains the other, or nine tenths of
the words are shared. Author: at least one right, over the pages that have any. Date: the same
moment where both have a zone, else the same day. Kinds: outlets, agencies and desks that are called
people (a peer calls every author so), and people who are called one of these, counted; the names
that the pages hold were judged by hand. Speed: pages per second of CPU time on one core.
"""

import argparse
import gzip
import json
import logging
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from bench.readers.peers import OURS, PEERS, measured, release, timed
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
        "kinds": {one.name: one.kind for one in found.credited},
    }  # fmt: skip


# Names in authors' places on the pages of `pages` and `claims` that are no person's.
NO_PEOPLE = """
AFP; AFP Deutschland; AP; Anadolu Ajansı; Associated Press; BR24 Redaktion; CBS News; Der Postillon;
Deutsche Presse-Agentur; Dizindaba; Euronews; FOCUS online; Futurism; Guardian staff reporter;
Habertürk; IN-Redaktion; Ilanga D; Krautreporter; LBCI; Le Figaro et AFP; Lille; Lrt.lt;
MDR SACHSEN-ANHALT; MDR THÜRINGEN; MM-Redaktion; MND Staff; NDR; NTV; Reuters; SDA;
Redaktion hessenschau.de; The Grayzone; VnExpress; dpa; hessenschau.de; kicker; mbl.is; mdr.de;
n-tv NACHRICHTEN; ndr.de; ntv.com.tr; srf/hosb; Última Hora; 毎日新聞; 日刊現代; 朝日新聞デジタル;
한국일보
"""


def kinds_wrong(read: Read) -> int | None:
    """How many in authors' places are taken for a person and are none, or the other way round."""
    if "authors" not in read:
        return None
    named = read.get("kinds") or dict.fromkeys(read["authors"], "person")
    none = {letters(name) for name in NO_PEOPLE.split(";")}
    return sum((letters(one) in none) == (kind == "person") for one, kind in named.items() if one)


def letters(name: str) -> str:
    """A name as compared: letters and digits alone."""
    return re.sub(r"\W", "", folded(name))


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
    return bool(set(map(letters, found)) & set(map(letters, expected)))


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
    """The marks of one page; None where nothing was asked, or a peer has no such field."""
    precision, recall = overlap(" ".join(read["paragraphs"]), " ".join(row["paragraphs"]))
    return {
        "file": row["file"], "precision": precision, "recall": recall,
        "title": folded(read["title"]) == folded(row["title"]) if "title" in read else None,
        "loose": loose(read["title"], row["title"]) if "title" in read else None,
        "author": author_right(read["authors"], row["authors"])
        if row["authors"] and "authors" in read
        else None,
        "date": date_right(read["date"], row["published_at"])
        if row["published_at"] and "date" in read
        else None,
        "kinds": kinds_wrong(read), "row": row, "read": read,
    }  # fmt: skip


def mean(marks: list[dict[str, Any]], name: str) -> float | None:
    """The mean of a mark over the pages that have it; None where none has."""
    values = [mark[name] for mark in marks if mark[name] is not None]
    return float(sum(values) / len(values)) if values else None


def total(marks: list[dict[str, Any]], name: str) -> int | None:
    """The sum of a count; None where no page has it."""
    values = [mark[name] for mark in marks if mark[name] is not None]
    return sum(values) if values else None


def summary(found: dict[str, Any], pages: list[tuple[Row, bytes]]) -> dict[str, Any]:
    """The means, pages per second, and each page's marks of what `timed` found."""
    marks = [score(row, read) for (row, _), read in zip(pages, found["reads"], strict=True)]
    precision, recall = mean(marks, "precision") or 0.0, mean(marks, "recall") or 0.0
    return {
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "precision": precision, "recall": recall,
        **{name: mean(marks, name) for name in ("title", "loose", "author", "date")},
        "kinds": total(marks, "kinds"),
        "pages_per_second": len(pages) / max(1e-9, found["seconds"]),
        "peak_mb": found["peak_mb"], "errors": found["errors"],
        "network": found.get("network", []), "marks": marks,
    }  # fmt: skip


def measure(reader: Callable[[Row, bytes], Read], pages: list[tuple[Row, bytes]]) -> dict[str, Any]:
    """All pages through one reader, in this process."""
    return summary(timed(reader, pages), pages)


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
    """Each claim page: its file, whether it was read right (origin, and kinds of authors), and the
    origin that was read."""
    out = []
    for row, body in pages:
        read = ours(row, body)
        article = read.get("article")
        told = repr(article.republished_from) if article else "no article"
        right = claim_right(row, article) and not kinds_wrong(read)
        out.append((row["file"], right, told))
    return out


HEADINGS = {
    "f1": "body F1", "precision": "precision", "recall": "recall", "title": "title exact",
    "loose": "title loose", "author": "author", "date": "date", "kinds": "kinds wrong",
    "pages_per_second": "pages/s", "peak_mb": "peak MB",
}  # fmt: skip


def table(results: dict[str, dict[str, Any]]) -> Table:
    """The results; `–` where a reader has no such field."""
    made = Table("reader", *HEADINGS.values(), "errors", box=MARKDOWN)
    for reader, result in results.items():
        cells = ["–" if result[n] is None else f"{result[n]:.3f}" for n in list(HEADINGS)[:-3]]
        kinds = "–" if result["kinds"] is None else str(result["kinds"])
        speed, peak = f"{result['pages_per_second']:.1f}", f"{result['peak_mb']:.0f}"
        made.add_row(reader, *cells, kinds, speed, peak, str(len(result["errors"])))
    return made


def run(data: Path, alone: bool) -> dict[str, dict[str, Any]]:
    """Every reader, one after the other, each in a process of its own."""
    pages = load("pages", data)
    names = [OURS] if alone else [OURS, *PEERS]
    missing = [name for name in names if name != OURS and release(PEERS[name][0]) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; `make bench` installs them", file=sys.stderr)
    return {
        name if name == OURS else f"{name} {release(PEERS[name][0])}": summary(
            measured(name, str(data)), pages
        )
        for name in names
        if name not in missing
    }


def main() -> None:
    """Print the table, the claims, and the worst pages."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--alone", action="store_true", help="read with copytrail alone")
    options.add_argument("--worst", type=int, default=0, help="show the N worst pages")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_argument("--data", type=Path, default=DATA)
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    if not (chosen.data / "pages").exists():
        print(f"needs the shared test data in {chosen.data}; name another with --data")
        return
    results = run(chosen.data, chosen.alone)
    read = claims(load("claims", chosen.data))
    if chosen.json:
        means = {
            reader: {key: value for key, value in result.items() if key != "marks"}
            for reader, result in results.items()
        }
        print(json.dumps({"pages": means, "claims": [[*one] for one in read]}))
        return
    console = Console(width=160)
    console.print(table(results))
    for reader, result in results.items():
        for error in (*result["errors"], *result["network"]):
            print(f"{reader}: {' '.join(error.split())[:150]}")
    for file, right, told in read:
        print("right" if right else "WRONG", file, told)
    if chosen.worst:
        show_worst(results[OURS]["marks"], chosen.worst)


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
