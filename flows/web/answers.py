"""Answers of the kinds that the pages give."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from flows.web.display import csv_text, render

BINARY = "application/octet-stream"


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the room."""
    return HTMLResponse(render(template, **values), status)


def no_such(what: str) -> HTTPException:
    """Raise it where something is not there."""
    return HTTPException(404, what)


def json_lines(rows: Iterable[Any], name: str) -> StreamingResponse:
    """One JSON value a line, as the commands give with `--json`."""
    lines = (msgspec.json.encode(row) + b"\n" for row in rows)
    return download(lines, name, "application/x-ndjson")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> StreamingResponse:
    """A table for spreadsheets, as it comes."""

    def lines() -> Iterator[bytes]:
        yield csv_text(columns, []).encode()
        for row in rows:
            yield csv_text((), [row]).removeprefix("\r\n").encode()

    return download(lines(), name, "text/csv; charset=utf-8")


def download(pieces: Iterable[bytes], name: str, kind: str = BINARY) -> StreamingResponse:
    """A file to keep; `name` is ours, so that no header is made of a stranger's text."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rest = iter(pieces)
    first = next(rest, b"")  # trouble is told, if it comes before the answer has begun
    return StreamingResponse(itertools.chain([first], rest), media_type=kind, headers=headers)


def picture(data: bytes) -> Response:
    """An SVG file. What it might hold runs nowhere."""
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(data, media_type="image/svg+xml", headers=headers)
