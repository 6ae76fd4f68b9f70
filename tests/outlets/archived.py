"""What others have of the Fjord Courier: a Wayback-type archive, a Common Crawl-type one.

They answer as the real ones do: the CDX server of the Wayback Machine with `resumeKey`, its `id_`
replays with `Memento-Datetime` and the original's headers as `x-archive-orig-…`; Common Crawl's
`collinfo.json`, its index (pywb) with `showNumPages` and `page`, and ranges of its WARC files.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.outlets.served import NOTHING, Query, Said, Served, host_of
from tests.outlets.year import Courier, day_of, page_of

MOST = 50  # rows of one answer, as real servers have a most, too
FIELDS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
INDEX_PAGE = 30  # rows of one page of the index
CRAWL = "CC-MAIN-2021-50"


def captured_at(number: int, visit: int = 0) -> datetime:
    """When an archive came by: two days after the publication, and a month later again."""
    day = day_of(number) + timedelta(days=2 + 30 * visit)
    return datetime(day.year, day.month, day.day, 11, 30, number % 60, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """Fourteen digits."""
    return f"{moment:%Y%m%d%H%M%S}"


def urlkey(url: str) -> str:
    """The address as an index sorts it; an address of numbers is not turned round."""
    return f"{host_of(url)})/{url.split('/', 3)[3].lower()}"


def http_date(moment: datetime) -> str:
    """As headers have it."""
    return format_datetime(moment, usegmt=True)


class Wayback(Served):
    """`/cdx/search/cdx` and `/web/…`. With `text` its index knows no JSON."""

    def __init__(self, courier: Courier, *, text: bool = False) -> None:
        super().__init__(self._answer)
        self._text = text
        self._pages = {url: n for n, url in enumerate(courier.articles)}
        rows = [
            self._row(url, captured_at(n, visit), "text/html")
            for url, n in self._pages.items()
            for visit in (0, 1)
        ]
        noise = ["", "tag/ferry", "style.css", "search?q=fjord"]  # what archives have besides
        rows += [
            self._row(
                courier.url + path, captured_at(5), "text/css" if "." in path else "text/html"
            )
            for path in noise
        ]
        self._rows = sorted(rows)

    def forget(self, url: str) -> None:
        """Have no captures of a page."""
        del self._pages[url]
        self._rows = [row for row in self._rows if row[2] != url]

    def _row(self, url: str, at: datetime, mime: str) -> list[str]:
        return [urlkey(url), stamp(at), url, mime, "200", "A" * 32, "1234"]

    def _answer(self, path: str, query: Query, headers: dict[str, str]) -> Said:
        if path == "/cdx/search/cdx":
            return self._index(query)
        return self._replay(unquote(path))

    def _index(self, query: Query) -> Said:
        asked = dict(query)
        filters = [value.split(":", 1) for name, value in query if name == "filter"]
        last = asked["to"] + "235959"
        found: list[list[str]] = []
        for row in self._rows:
            of = dict(zip(FIELDS, row, strict=True))
            inside = asked["from"] <= of["timestamp"] <= last
            fits = all(re.fullmatch(pattern, of[name]) for name, pattern in filters)
            if host_of(of["original"]) == asked["url"] and inside and fits:
                found.append(row)
        if asked.get("collapse") == "urlkey":
            found = [row for at, row in enumerate(found) if not at or found[at - 1][0] != row[0]]
        if key := asked.get("resumeKey"):
            found = [row for row in found if f"{row[0]} {row[1]}" > key]
        some = found[: min(int(asked.get("limit", MOST)), MOST)]
        rest = f"{some[-1][0]} {some[-1][1]}" if len(found) > len(some) else ""
        if self._text or asked.get("output") != "json":
            # A key in text has no blank: the real one is escaped, too.
            lines = [" ".join(row) for row in some] + (["", rest.replace(" ", "+")] if rest else [])
            return Said(("\n".join(lines) + "\n" if lines else "").encode(), kind="text/plain")
        table: list[list[str]] = [FIELDS, *some] if some else []
        table += [[], [rest]] if rest else []
        return Said(json.dumps(table).encode(), kind="application/json")

    def _replay(self, path: str) -> Said:
        found = re.fullmatch(r"/web/(\d{14})id_/(.+)", path)
        number = self._pages.get(found[2]) if found else None
        if found is None or number is None:
            return NOTHING
        asked = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        near = min((captured_at(number, v) for v in (0, 1)), key=lambda at: abs(at - asked))
        if near != asked:
            return Said(status=302, headers={"Location": f"/web/{stamp(near)}id_/{found[2]}"})
        return Said(
            page_of(number),
            headers={
                "Memento-Datetime": http_date(near),
                "Link": f'<{found[2]}>; rel="original"',
                "x-archive-orig-server": "nginx",
                "x-archive-orig-last-modified": http_date(captured_at(number) - timedelta(days=2)),
            },
        )


def record_of(url: str, number: int) -> bytes:
    """A gzip member with the response record that a crawler wrote of a story."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.0")
    headers = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
    )
    record = writer.create_warc_record(
        url, "response", payload=BytesIO(page_of(number)), http_headers=headers,
        warc_headers_dict={"WARC-Date": f"{captured_at(number):%Y-%m-%dT%H:%M:%SZ}"},
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


def warc_of(path: Path, courier: Courier) -> None:
    """All stories in one WARC file, as somebody else's crawl."""
    path.write_bytes(b"".join(record_of(url, n) for n, url in enumerate(courier.articles)))


class CommonCrawl(Served):
    """`/collinfo.json`, `/CC-MAIN-2021-50-index`, `/crawl-data/…`."""

    def __init__(self, courier: Courier) -> None:
        super().__init__(self._answer)
        self._rows: list[dict[str, Any]] = []
        self._data = b""
        self._file = f"crawl-data/{CRAWL}/segments/1.1/warc/{CRAWL}-00000.warc.gz"
        for number, url in enumerate(courier.articles):
            member = record_of(url, number)
            self._rows.append({
                "urlkey": urlkey(url), "timestamp": stamp(captured_at(number)), "url": url,
                "mime": "text/html", "mime-detected": "text/html", "status": "200",
                "digest": "A" * 32, "length": str(len(member)), "offset": str(len(self._data)),
                "filename": self._file, "languages": "eng", "encoding": "UTF-8",
            })  # fmt: skip
            self._data += member
        self._rows.sort(key=lambda row: (row["urlkey"], row["timestamp"]))

    def _answer(self, path: str, query: Query, headers: dict[str, str]) -> Said:
        if path == "/collinfo.json":
            return self._indexes()
        if path == f"/{CRAWL}-index":
            return self._index(query)
        if path == f"/{self._file}" and "range" in headers:
            return self._range(headers["range"])
        return NOTHING

    def _indexes(self) -> Said:
        listed = [
            {"id": name, "name": name, "timegate": f"{self.url}{name}/",
             "cdx-api": f"{self.url}{name}-index", "from": start, "to": end}
            for name, start, end in (
                (CRAWL, "2021-01-01T00:00:00", "2022-01-31T23:59:59"),
                ("CC-MAIN-2019-04", "2019-01-15T00:00:00", "2019-01-25T00:00:00"),
            )
        ]  # fmt: skip
        return Said(json.dumps(listed).encode(), kind="application/json")

    def _index(self, query: Query) -> Said:
        asked = dict(query)
        last = asked["to"] + "235959"
        found = [
            row for row in self._rows
            if host_of(row["url"]) == asked["url"] and asked["from"] <= row["timestamp"] <= last
        ]  # fmt: skip
        assert [v for name, v in query if name == "filter"] == ["=status:200", "=mime:text/html"]
        pages = -(-len(found) // INDEX_PAGE)
        if asked.get("showNumPages") == "true":
            said = {"pages": pages, "pageSize": 5, "blocks": pages}
            return Said(json.dumps(said).encode(), kind="application/json")
        if not found:
            said_none = {"message": f"No Captures found for: {asked['url']}"}
            return Said(json.dumps(said_none).encode(), 404, "application/json")
        at = INDEX_PAGE * int(asked["page"])
        lines = [json.dumps(row) for row in found[at : at + INDEX_PAGE]]
        return Said(("\n".join(lines) + "\n").encode(), kind="text/x-ndjson")

    def _range(self, text: str) -> Said:
        first, last = map(int, text.removeprefix("bytes=").split("-"))
        where = {"Content-Range": f"bytes {first}-{last}/{len(self._data)}"}
        piece = self._data[first : last + 1]
        return Said(piece, 206, "application/octet-stream", where)
