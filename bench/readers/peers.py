"""Peers that read the same pages, each in a process of its own that cannot reach the network.

Each gets a page as its documentation says for HTML that one has already: bytes where it takes them,
else text as its own parts decode it. A peer's text and fields are
taken as it gives them; a field that it has no notion of is None and is not judged. What a peer
raises makes an empty reading, and is told.
"""

import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Read = dict[str, Any]
Pages = list[tuple[Row, bytes]]
Reader = Callable[[Row, bytes], Read]
OURS = "copytrail"
NO_FIELDS: Read = {"title": "", "authors": [], "date": None}


def _trafilatura(row: Row, body: bytes, **how: bool) -> Read:
    from trafilatura import bare_extraction

    found = bare_extraction(body, url=row["url"], include_comments=False, **how)
    if found is None or isinstance(found, dict):
        return {"paragraphs": []} | (NO_FIELDS if how["with_metadata"] else {})
    read: Read = {"paragraphs": (found.text or "").split("\n")}
    if how["with_metadata"]:
        authors = (found.author or "").split("; ")
        read |= {"title": found.title or "", "authors": authors, "date": found.date}
    return read


def trafilatura(row: Row, body: bytes) -> Read:
    """As its users call it, with metadata."""
    return _trafilatura(row, body, fast=False, with_metadata=True)


def trafilatura_fast(row: Row, body: bytes) -> Read:
    """Without its fallbacks, with metadata."""
    return _trafilatura(row, body, fast=True, with_metadata=True)


def trafilatura_text(row: Row, body: bytes) -> Read:
    """Without its fallbacks, the text alone."""
    return _trafilatura(row, body, fast=True, with_metadata=False)


def newspaper4k(row: Row, body: bytes) -> Read:
    """Given HTML, no pictures; `nlp()`, which would fetch nltk's data, is not called."""
    import newspaper

    found = newspaper.Article(row["url"], fetch_images=False)
    found.download(input_html=newspaper.parsers.get_unicode_html(body))
    found.parse()
    return {
        "title": found.title or "", "authors": list(found.authors),
        "date": found.publish_date.isoformat() if found.publish_date else None,
        "paragraphs": found.text.split("\n"),
    }  # fmt: skip


def news_please(row: Row, body: bytes) -> Read:
    """Given HTML, no pictures; decoded as its own `from_warc` does."""
    from bs4.dammit import EncodingDetector
    from newsplease import NewsPlease

    charset = EncodingDetector.find_declared_encoding(body, is_html=True) or "utf-8"
    html = body.decode(charset, "replace")
    found = NewsPlease.from_html(html, url=row["url"], fetch_images=False)
    date = found.date_publish
    return {
        "title": found.title or "", "authors": list(found.authors or ()),
        "date": date.isoformat() if date else None,
        "paragraphs": (found.maintext or "").split("\n"),
    }  # fmt: skip


def resiliparse(row: Row, body: bytes) -> Read:
    """Main content, without forms and comments; it knows no fields but the document's title."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(bytes_to_str(body, detect_encoding(body, from_html_meta=True)))
    text = extract_plain_text(tree, main_content=True, alt_texts=False, comments=False)
    return {"title": tree.title or "", "paragraphs": text.split("\n")}


PEERS: dict[str, tuple[str, Reader]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura fast": ("trafilatura", trafilatura_fast),
    "trafilatura fast, text alone": ("trafilatura", trafilatura_text),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "news-please": ("news-please", news_please),
    "resiliparse": ("resiliparse", resiliparse),
}
"""Name in the table to package and reader."""


def release(package: str) -> str | None:
    """The installed version of a peer; None where it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def timed(reader: Reader, pages: Pages) -> dict[str, Any]:
    """All pages through a reader: what it read, its errors, seconds of CPU, peak memory in MB."""
    reads: list[Read] = []
    errors: list[str] = []
    if pages:
        _one(reader, *pages[0], [])  # imports and caches are not the reading
    start = time.process_time()
    for row, body in pages:
        reads.append(_one(reader, row, body, errors))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"reads": reads, "errors": errors, "seconds": seconds, "peak_mb": peak}


def _one(reader: Reader, row: Row, body: bytes, errors: list[str]) -> Read:
    try:
        return reader(row, body)
    except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is reported)
        errors.append(f"{row['file']}: {type(error).__name__}: {str(error)[:200]}")
        return {"paragraphs": []} | NO_FIELDS


def close_network() -> list[str]:
    """Make each try to connect or to look a name up fail; the list fills with them."""
    tried: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
            tried.append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]}")
            raise PermissionError("readers must not use the network")

    sys.addaudithook(hook)
    return tried


def measured(name: str, data: str) -> dict[str, Any]:
    """`timed` of one peer over `data`, in a child process."""
    command = [sys.executable, "-m", "bench.readers.peers", name, data]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr.decode('utf-8', 'replace')[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(name: str, data: str) -> None:
    """One peer over all pages, as one line of JSON."""
    from bench.reading import load, ours

    logging.disable(logging.CRITICAL)
    tried = close_network()
    reader = ours if name == OURS else PEERS[name][1]
    found = timed(reader, load("pages", Path(data)))
    for read in found["reads"]:
        read.pop("article", None)  # no JSON; `ours` reads the claim pages in the parent
    print("\n" + json.dumps(found | {"network": tried}))


if __name__ == "__main__":
    main(*sys.argv[1:])
