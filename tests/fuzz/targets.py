"""Entry functions for bytes that a stranger sent: each takes any bytes, and asserts what must hold.

Nothing but the documented errors is raised; the same bytes give the same answer; what is to be
stored can be stored and read back unchanged; and it takes no longer than BOUND.
"""

import gzip
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from config.registry import Listing
from spiders import charsets, markup, pagekind
from spiders.crawlers import api, feed, listing, sitemap
from spiders.homepage import api_link, feed_links, outlet_name
from spiders.parsers import dates, parse
from storage import tables
from storage.message import decoded, entity, http_parts
from storage.records import Article
from storage.warcread import WarcError, check, read_captures
from tests.spiders.reading_help import NORTH, OUTLETS, URL, page

BOUND = 10.0
"""Seconds of CPU for an input of at most LARGEST; the slowest seed took 0.02 s (measured)."""
LARGEST = 64 * 1024
DECODED = 1_000_000
"""What a content coding may unpack to here, in bytes."""
KINDS = (
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=windows-1251",
    "text/html; charset=shift_jis",
    "application/xhtml+xml",
    "text/html; charset=utf-16",
)


def reading(data: bytes) -> None:
    """A whole page: the first byte chooses what HTTP says of it, and whether the source is known.

    The record goes to JSON and to Parquet and comes back as it was.
    """
    first, body = data[:1] or b"\0", data[1:]
    source = NORTH if first[0] & 1 else None
    captured = page(body, content_type=KINDS[first[0] % len(KINDS)])
    found = parse(captured, source, OUTLETS)
    assert found == parse(captured, source, OUTLETS), "the same bytes give the same record"
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
    if not isinstance(found, Article):
        return
    assert found.title
    assert "\0" not in msgspec.json.encode(found).decode(), "PostgreSQL takes no NUL"
    assert b"\\u0000" not in msgspec.json.encode(found), "PostgreSQL takes no NUL"
    assert all(one.value is None or _is_date(one.value) for one in found.published)
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        tables.write(Path(file.name), Article, [found])
        assert list(tables.read(Path(file.name), Article)) == [found]


def _is_date(value: str) -> bool:
    # A year or a month stands for its first day.
    return datetime.fromisoformat(value + {4: "-01-01", 7: "-01"}.get(len(value), "")).year > 0


def printed_dates(data: bytes) -> None:
    """Dates in lines that people and machines wrote."""
    text = data.decode("utf-8", "replace")
    for raw, value, start, end in dates.find(text):
        assert _is_date(value)
        assert raw in text[start:end]
    for line in text.split("\n")[:50]:
        if one := dates.printed(line, "published", "meta:date"):
            assert one.value is None or _is_date(one.value)


def discovery(data: bytes) -> None:
    """What a site offers: a feed, a sitemap, a list by API, a home page, a wall."""
    one = page(data)
    found = [feed.read(one), sitemap.read(one, DECODED), api.read(one)]
    found.append(listing.read(one, Listing(url=URL)))
    assert found[0] == feed.read(one)
    for each in found:
        msgspec.json.encode(each)
    tree = markup.tree(one)
    outlet_name(tree, None, feed.about(one), URL)
    api_link(one, tree)
    feed_links(tree, URL)
    pagekind.wall(one)


def charset(data: bytes) -> None:
    """Bytes to text, whatever the labels say."""
    first, body = data[:1] or b"\0", data[1:]
    read = charsets.decode(page(body, content_type=KINDS[first[0] % len(KINDS)]), LARGEST)
    read.text.encode("utf-8")
    assert len(read.text) <= len(body) + 1


def message(data: bytes) -> None:
    """An HTTP response as it came over the wire."""
    parts = http_parts(data)
    for trusting in (True, False):
        body = entity(parts, trust_length=trusting)
        assert len(body.body) <= len(data)
        plain, note = decoded(parts, body.body, DECODED)
        assert len(plain) <= DECODED
        assert note is None or note.isprintable()


def warc(data: bytes) -> None:
    """A WARC file of any tool: plain as given, and as one gzip member."""
    with tempfile.TemporaryDirectory() as name:
        for suffix, content in ((".warc", data), (".warc.gz", gzip.compress(data, 1))):
            path = Path(name) / f"a{suffix}"
            path.write_bytes(content)
            for fault in check([content], path.name):
                msgspec.json.encode(fault)
            try:
                for one in read_captures(path, "RUN", max_decoded_bytes=DECODED):
                    known = msgspec.json.encode(one.capture)
                    assert msgspec.json.decode(known, type=type(one.capture)) == one.capture
                    assert len(one.page().body) <= DECODED
            except WarcError as error:
                msgspec.json.encode(str(error))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reading": reading,
    "dates": printed_dates,
    "discovery": discovery,
    "charset": charset,
    "message": message,
    "warc": warc,
}


def timed(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target; too slow is a fault, too."""
    start = time.process_time()
    target(data[:LARGEST])
    seconds = time.process_time() - start
    assert seconds < BOUND, f"took {seconds:.1f} s"
