"""What differs between two readings, told from readings that lie on the disk."""

import tracemalloc
from pathlib import Path

from msgspec import structs

from flows.changes import changes
from storage.records import Article
from storage.spool import Spool
from tests.flows.crossposts_made import made

CHARACTERS = 20_000


def read(number: int, text: str) -> Article:
    article = made("north", f"page-{number}", [text * CHARACTERS])
    return structs.replace(article, capture=f"c{number}")


def test_two_readings_of_a_large_run_are_compared_article_by_article(tmp_path: Path) -> None:
    count = 200
    with Spool(tmp_path, Article) as before, Spool(tmp_path, Article) as after:
        for number in range(count):
            before.append(read(number, "a"))
            if number != 7:
                after.append(read(number, "b" if number == 5 else "a"))
        after.append(read(count, "a"))
        tracemalloc.start()
        found = changes(before, after)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [(one.capture, one.what) for one in found] == [
        ("c5", "changed"), (f"c{count}", "new"), ("c7", "gone"),
    ]  # fmt: skip
    assert peak < count * CHARACTERS / 8  # held, either reading would take all of that
