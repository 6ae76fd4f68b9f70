"""Memento (RFC 7089): a TimeGate, a TimeMap and the mementos of each archived page.

A memento is given as a file to keep, under its own media type: programs get what the protocol
promises, and no browser ever renders a stranger's page at this address.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from flows.exports.memento import (
    LINK_FORMAT,
    URI_SAFE,
    Addresses,
    addresses,
    as_json,
    http_date,
    link_format,
    mementos,
    timestamp,
)
from flows.web.answers import BINARY, no_such
from flows.web.room import Room
from flows.web.wire import SHORT, key_of
from storage.httpfields import leads_to, moment
from storage.identity import canonical_url
from storage.lookup import MOVED
from storage.mementos import REPLAY
from storage.message import NO_BODY
from storage.records import Capture
from storage.warcread import read_page

BASE = "/memento"
STAMPED = re.compile(r"([0-9]+)/(.*)", re.DOTALL)
DIGITS = 14  # of a time in an address
STATUSES = range(200, 600)  # RFC 9110 §15: those of final answers; a server can be sent no others
SANDBOX = "default-src 'none'; sandbox"


def routes(room: Room) -> APIRouter:
    """This module's addresses."""
    router = APIRouter(prefix=BASE)

    @router.get("/timemap/link/{url:path}")
    def timemap(request: Request) -> Response:
        url = _url(request, "/timemap/link/")
        found = _mementos(room, url)
        text = link_format(url, found, _at(request, url))
        return Response(text, media_type=LINK_FORMAT)

    @router.get("/timemap/json/{url:path}")
    def timemap_as_json(request: Request) -> JSONResponse:
        url = _url(request, "/timemap/json/")
        return JSONResponse(as_json(url, _mementos(room, url), _at(request, url)))

    @router.get("/{url:path}")
    def memento_or_timegate(request: Request) -> Response:
        url = _url(request, "/")
        # No number in the route: it would be turned into an integer, however long it is.
        if stamped := STAMPED.fullmatch(url):
            return _memento(room, request, _plain(stamped[2]), stamped[1])
        return _timegate(room, request, url)

    return router


def _url(request: Request, after: str) -> str:
    """The page's address out of the raw one: nothing in it may be decoded, or lost behind `?`."""
    raw = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    path = raw.removeprefix(BASE + after)
    url = f"{path}?{query}" if query else path
    return _plain(url)


def _plain(url: str) -> str:
    return unquote(url) if url.lower().startswith(("http%3a", "https%3a")) else url


def _mementos(room: Room, url: str) -> list[Capture]:
    found = mementos(room.catalog.captures(page=canonical_url(url)))
    if not found:
        raise no_such(f"No capture of {url} is in the catalog.")
    return found


def _at(request: Request, url: str) -> Addresses:
    return addresses(f"{request.url.scheme}://{request.url.netloc}{BASE}", url)


def _links(request: Request, url: str, found: list[Capture]) -> str:
    """The links that a TimeGate and a memento give (RFC 7089 §4.2)."""
    text = link_format(url, [found[0], found[-1]] if len(found) > 1 else found, _at(request, url))
    return text.replace("\n", " ").replace('rel="self"', 'rel="timemap"').strip()


def _timegate(room: Room, request: Request, url: str) -> Response:
    found = _mementos(room, url)
    asked = request.headers.get("accept-datetime")
    at = moment(asked) if asked else None
    if asked and at is None:
        return Response(f"Accept-Datetime is no date: {asked}\n", 400, media_type="text/plain")
    best = _nearest(found, at)
    headers = {"Vary": "accept-datetime", "Link": _links(request, url, found)}
    return RedirectResponse(_at(request, url).memento(best), 302, headers)


def _nearest(found: list[Capture], moment: datetime | None) -> Capture:
    """RFC 7089 §4.5.3: without a time, the newest."""
    if moment is None:
        return found[-1]
    return min(found, key=lambda one: abs(datetime.fromisoformat(one.shown_at) - moment))


def _memento(room: Room, request: Request, url: str, digits: str) -> Response:
    found = _mementos(room, url)
    exact = [one for one in found if timestamp(one.shown_at) == digits]
    if not exact:
        return RedirectResponse(_at(request, url).memento(_nearest(found, _time(digits))), 302)
    capture = exact[0]
    if capture.status is None or capture.status not in STATUSES:
        raise no_such(f"That capture has the status {capture.status}; its page has its record.")
    if capture.warc.length > SHORT:
        raise no_such("That capture is too long to be given as a memento; its page has its record.")
    place = capture.warc
    member = room.context.store.get_range(key_of(capture), place.offset, place.length)
    limit = room.context.settings.max_decoded_bytes
    shown = read_page(member, capture, max_decoded_bytes=limit)
    headers = dict(_headers(request, url, found, capture))
    body = b"" if capture.status in NO_BODY else shown.body
    return Response(body, capture.status, headers, media_type=_kind(capture))


def _time(digits: str) -> datetime:
    try:
        if len(digits) == DIGITS:
            return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise no_such("That is no time: fourteen digits, 20200719101112.")


def _headers(
    request: Request, url: str, found: list[Capture], capture: Capture
) -> Iterator[tuple[str, str]]:
    yield "Memento-Datetime", http_date(capture.shown_at)
    yield "Link", _links(request, url, found)
    to = leads_to(capture.url, capture.location) if capture.location else None
    if to and capture.status in MOVED:
        copied = REPLAY.search(to) if capture.memento_of else None
        target = quote(copied[2] if copied else to, safe=URI_SAFE)
        base = f"{request.url.scheme}://{request.url.netloc}{BASE}"
        yield "Location", f"{base}/{timestamp(capture.shown_at)}/{target}"
    yield "Content-Security-Policy", SANDBOX
    yield "Content-Disposition", 'attachment; filename="memento"'


def _kind(capture: Capture) -> str:
    mime = (capture.mime or "").lower()
    plain = all(char.isalnum() or char in "/+.-" for char in mime)
    return mime if mime.isascii() and plain and mime.count("/") == 1 else BINARY
