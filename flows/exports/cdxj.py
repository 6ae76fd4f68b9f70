"""CDXJ (https://specs.webrecorder.net/cdxj/0.1.0/): where the capture of a URL lies in which WARC.

Lines as cdxj-indexer makes them of the same files, so that pywb and replayweb.page find what is
archived. They are made of the catalog, and no WARC is read for them.
"""

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from flows.exports.memento import timestamp
from flows.exports.urlkeys import url_key
from storage.records import Capture, WarcPlace
from storage.warcread import REVISIT

SORTED_AT_ONCE = 100_000  # lines: about 40 MB in memory, and one temporary file of them


def line(capture: Capture, place: WarcPlace | None = None) -> str:
    """The line of a capture, without its end; `place` is where its record was copied to."""
    at = place or capture.warc
    about = {
        "url": capture.url,
        "mime": "warc/revisit" if (capture.error or "").startswith(REVISIT) else capture.mime,
        "status": None if capture.status is None else str(capture.status),
        "digest": capture.payload_digest,
        "length": str(at.length),
        "offset": str(at.offset),
        "filename": at.file,
    }
    shown = json.dumps({name: value for name, value in about.items() if value is not None})
    return f"{url_key(capture.url)} {timestamp(capture.fetched_at)} {shown}"


def index(captures: Iterable[Capture]) -> Iterator[str]:
    """The lines of all captures that have a response, sorted by their bytes.

    In bounded memory: what is more than `SORTED_AT_ONCE` is sorted in temporary files.
    """
    lines = (line(one) for one in captures if one.status is not None)
    with tempfile.TemporaryDirectory(prefix="copytrail-") as name:
        portions: list[Iterable[str]] = []
        while some := sorted(islice(lines, SORTED_AT_ONCE)):
            if len(some) == SORTED_AT_ONCE:
                path = Path(name) / str(len(portions))
                path.write_text("\n".join(some))  # plain ASCII, as json.dumps and url_key make it
                portions.append(_read(path))
            else:
                portions.append(some)
        yield from heapq.merge(*portions)


def _read(path: Path) -> Iterator[str]:
    with path.open() as file:
        for one in file:
            yield one.rstrip("\n")
