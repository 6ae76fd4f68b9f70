"""Two small runs, with real WARCs and real records, for the tests of sealing."""

from pathlib import Path

import msgspec
from msgspec import Struct

from storage import log, tables
from storage.exchange import Exchange
from storage.records import Article, Capture, Match, Run
from storage.warc import WarcWriter
from storage.warcread import read_captures, read_page

RUNS = ("01JD3W0E8Q0000000000000001", "01JD3W0E8Q0000000000000002")
THEN = "2026-01-02T03:04:05.000006Z"
BODY = b"<h1>The ferry stops</h1>"
LIMIT = 1 << 20  # bytes; the pages have twenty


class Made(Struct, frozen=True):
    """A run's folder, complete: its files by path, and their `SHA256SUMS`."""

    folder: Path
    files: dict[str, bytes]
    sums: bytes


def made_runs(above: Path) -> dict[str, Made]:
    """Both runs; each article in them has its record, with the body that it was read from."""
    return {run: _made(above / run, run) for run in RUNS}


def _made(folder: Path, run: str) -> Made:
    (folder / "warc").mkdir(parents=True)
    (folder / "records").mkdir()
    with WarcWriter(folder / "warc", run, rotate_bytes=1 << 30, warcinfo={}) as writer:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
        writer.write(
            Exchange(
                url=f"http://127.0.0.1/{run}", fetched_at=THEN,
                request=b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                response=head % len(BODY) + BODY,
            )
        )  # fmt: skip
    (path,) = (folder / "warc").iterdir()
    captures = [one.capture for one in read_captures(path, run, max_decoded_bytes=LIMIT)]
    articles = [_article(one) for one in captures]
    tables.write(folder / "records/captures.parquet", Capture, captures)
    tables.write(folder / "records/articles.parquet", Article, articles)
    tables.write(folder / "records/matches.parquet", Match, ())
    about = Run(
        id=run, kind="archive", source="ferry", asked={}, started_at=THEN, ended_at=THEN,
        outcome="complete", counts={}, versions={}, config_digest="",
    )  # fmt: skip
    (folder / "run.json").write_bytes(msgspec.json.encode(about))
    sums = log.write_sums(folder)
    files = {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file() and one.name != "SHA256SUMS"
    }
    assert [one.capture for one in articles] == [one.id for one in captures]
    for one in captures:
        place = one.warc
        member = files[f"warc/{place.file}"][place.offset : place.offset + place.length]
        assert read_page(member, one, max_decoded_bytes=LIMIT).body == BODY
    return Made(folder, files, sums)


def _article(capture: Capture) -> Article:
    return Article(
        id=f"article-{capture.warc.run}", capture=capture.id, source="ferry", outlet="The Ferry",
        url=capture.url, canonical_url=capture.url, title="The ferry stops",
        paragraphs=("The ferry stops.",), captured_at=capture.fetched_at, parser="test/1",
        warc=capture.warc,
    )  # fmt: skip
