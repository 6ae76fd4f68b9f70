"""Indexes of web archives: the CDX server API as the Wayback Machine and pywb have it.

https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server,
https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html. Answers come as a JSON array of
arrays, as JSON lines (pywb, Common Crawl), or as text with blanks between the fields.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from spiders.crawlers.found import MAX_URL, FoundPage, Place, Reading, absolute
from spiders.crawlers.windows import Window
from storage.identity import canonical_url, host, site
from storage.records import Page

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""The default fields of a CDX server, in its order; asked for, so that text can be read."""
LIMIT = 5000
"""Captures of one answer: about a megabyte, and a second's work for an index."""
MAX_PAGES = 200
"""Answers of one index and window: a million captures; narrower windows have fewer."""
STAMP = re.compile(r"\d{14}")


class NotAnIndex(ValueError):
    """An answer that is no CDX: what it says of captures is nothing, not that there is none."""


def wayback_url(cdx: str, outlet: str, window: Window) -> str:
    """All captures of an outlet's pages (`identity.site`) that the archive made in the window."""
    query = [
        *_scope(outlet, window),
        ("output", "json"),
        ("fl", ",".join(FIELDS)),
        ("filter", "statuscode:200"),
        ("filter", "mimetype:text/html"),
        ("collapse", "urlkey"),  # the first capture of each address
        ("limit", str(LIMIT)),
        ("showResumeKey", "true"),
    ]
    return f"{cdx}{'&' if '?' in cdx else '?'}{urlencode(query)}"


def commoncrawl_url(index: str, outlet: str, window: Window) -> str:
    """How many pages the index has of these captures; `read` goes on to each of them."""
    query = [
        *_scope(outlet, window),
        ("output", "json"),
        ("filter", "=status:200"),
        ("filter", "=mime:text/html"),
        ("showNumPages", "true"),
    ]
    return f"{index}?{urlencode(query)}"


def _scope(outlet: str, window: Window) -> list[tuple[str, str]]:
    # An address, or a name with a port, has no subdomains.
    of_name = outlet == site(f"http://{outlet}/") and ":" not in outlet and "." in outlet
    kind = "domain" if of_name and not outlet.replace(".", "").isdecimal() else "host"
    return [
        ("url", outlet),
        ("matchType", kind),
        ("from", f"{window.since:%Y%m%d}"),
        ("to", f"{window.until:%Y%m%d}"),
    ]


def read(page: Page, why: str = "index") -> Reading:
    """The pages that the index names, each once with its first capture, and further answers.

    Raises NotAnIndex.
    """
    asked = page.capture.url
    query = parse_qsl(urlsplit(asked).query, keep_blank_values=True)
    if ("showNumPages", "true") in query:
        return Reading((), tuple(_pages(page, query)))
    rows, key = _rows(page.body)
    first: dict[str, FoundPage] = {}
    for row in rows:
        if (found := _found(row, asked, why)) and found.archived:
            name = canonical_url(found.url)
            old = first.get(name)
            if old is None or found.archived < (old.archived or ""):
                first[name] = found
    if key is None:
        return Reading(tuple(first.values()))
    rest = [(name, value) for name, value in query if name != "resumeKey"]
    return Reading(tuple(first.values()), (_with(asked, [*rest, ("resumeKey", key)]),))


def says_none(page: Page) -> bool:
    """Whether a 404 is the index's way to say that it has no such captures (pywb, Common Crawl)."""
    try:
        said = msgspec.json.decode(page.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    told = said.get("message") or said.get("error") if isinstance(said, dict) else None
    return isinstance(told, str) and told.lower().startswith("no captures found")


def indexes(page: Page, window: Window) -> list[str]:
    """The `cdx-api` of the crawls that may hold captures of the window (`collinfo.json`).

    Raises NotAnIndex.
    """
    listed = _json(page.body, "a list of indexes")
    if not isinstance(listed, list):
        raise NotAnIndex("it is not a list of indexes (collinfo.json)")
    found = []
    for one in listed[:MAX_PAGES]:
        if isinstance(one, dict) and isinstance(api := one.get("cdx-api"), str):
            span = (str(one.get("from") or "")[:10], str(one.get("to") or "")[:10])
            early = span[1] and span[1] < window.since.isoformat()
            late = span[0] and span[0] > window.until.isoformat()
            if (url := absolute(page.capture.url, api)) and not early and not late:
                found.append(url)
    return found


def _pages(page: Page, query: list[tuple[str, str]]) -> Iterator[str]:
    counted = _json(page.body, "a number of pages")
    pages = counted.get("pages") if isinstance(counted, dict) else counted
    if not isinstance(pages, int) or pages < 0:
        raise NotAnIndex("it does not say how many pages its answer has")
    rest = [(name, value) for name, value in query if name != "showNumPages"]
    for number in range(min(pages, MAX_PAGES)):
        yield _with(page.capture.url, [*rest, ("page", str(number))])


def _with(url: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{url.partition('?')[0]}?{urlencode(query)}"


def _json(body: bytes, what: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnIndex(f"it is not {what}: {error}") from error


def _rows(body: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """The captures as dictionaries, and the key with which to ask for the rest."""
    text = body.strip()
    if text.startswith(b"["):
        return _arrays(_json(text, "a CDX array"))
    if text.startswith(b"{"):
        rows = [_json(line, "CDX JSON") for line in text.splitlines() if line.strip()]
        if not all(isinstance(row, dict) for row in rows):
            raise NotAnIndex("its lines are not CDX JSON")
        return rows, None
    return _lines(text)


def _arrays(table: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The first row names the fields; a resume key stands alone after an empty row."""
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise NotAnIndex("its JSON is not an array of arrays")
    if not table:
        return [], None
    key = None
    if len(table) > 2 and table[-2] == [] and len(table[-1]) == 1:
        key, table = str(table[-1][0]), table[:-2]
    names, *rows = table
    if "timestamp" not in names or not all(isinstance(name, str) for name in names):
        raise NotAnIndex("its first row does not name the fields")
    return [dict(zip(names, row, strict=False)) for row in rows], key


def _lines(text: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """One capture a line; a resume key stands alone after an empty line."""
    lines = text.decode("utf-8", "replace").splitlines()
    key = None
    if len(lines) > 2 and not lines[-2].strip() and " " not in lines[-1].strip():
        key, lines = lines[-1].strip(), lines[:-2]
    rows = []
    for line in lines:
        parts = line.split()
        if len(parts) < len(FIELDS) or not STAMP.fullmatch(parts[1]):
            raise NotAnIndex(f"this is no line of a CDX: {line[:80]!r}")
        rows.append(dict(zip(FIELDS, parts, strict=False)))
    return rows, key


def _found(row: dict[str, Any], asked: str, why: str) -> FoundPage | None:
    """None for a row that names no page, or no capture of it."""
    url, stamp = row.get("original") or row.get("url"), row.get("timestamp")
    if not (isinstance(url, str) and isinstance(stamp, str) and STAMP.fullmatch(stamp)):
        return None
    if len(url) > MAX_URL or not url.startswith(("http://", "https://")) or not host(url):
        return None
    return FoundPage(url=url, why=why, via=asked, archived=stamp, record=_place(row))


def _place(row: dict[str, Any]) -> Place | None:
    file, offset, length = row.get("filename"), str(row.get("offset")), str(row.get("length"))
    if not isinstance(file, str) or not (offset.isdecimal() and length.isdecimal()):
        return None
    return Place(file, int(offset[:15]), int(length[:15]))
