"""Memento (RFC 7089): a TimeGate, a TimeMap and the mementos of each archived page.

A memento is given as a file to keep, under its own media type: programs get what the protocol
promises, and no browser ever renders a stranger's page at this address.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, urljoin

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
from storage.identity import canonical_url
from storage.lookup import MOVED
from storage.records import Capture
from storage.warcread import read_page

BASE = "/memento"
DIGITS = 14
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

    @router.get("/{stamp:int}/{url:path}")
    def memento(request: Request, stamp: int) -> Response:
        digits = f"{stamp:014d}"
        url = _url(request, f"/{digits}/")
        return _memento(room, request, url, digits)

    @router.get("/{url:path}")
    def timegate(request: Request) -> Response:
        return _timegate(room, request, _url(request, "/"))

    return router


def _url(request: Request, after: str) -> str:
    """The page's address out of the raw one: nothing in it may be decoded, or lost behind `?`."""
    raw = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    path = raw.removeprefix(BASE + after)
    url = f"{path}?{query}" if query else path
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
    try:
        moment = parsedate_to_datetime(asked) if asked else None
    except ValueError:
        return Response(f"Accept-Datetime is no date: {asked}\n", 400, media_type="text/plain")
    best = _nearest(found, moment)
    headers = {"Vary": "accept-datetime", "Link": _links(request, url, found)}
    return RedirectResponse(_at(request, url).memento(best), 302, headers)


def _nearest(found: list[Capture], moment: datetime | None) -> Capture:
    """RFC 7089 §4.5.3: without a time, the newest."""
    if moment is None:
        return found[-1]
    asked = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(found, key=lambda one: abs(datetime.fromisoformat(one.fetched_at) - asked))


def _memento(room: Room, request: Request, url: str, digits: str) -> Response:
    found = _mementos(room, url)
    exact = [one for one in found if timestamp(one.fetched_at) == digits]
    if not exact:
        try:
            moment = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            raise no_such("That is no time: fourteen digits, 20200719101112.") from None
        return RedirectResponse(_at(request, url).memento(_nearest(found, moment)), 302)
    capture = exact[0]
    if capture.warc.length > SHORT:
        raise no_such("That capture is too long to be given as a memento; its page has its record.")
    place = capture.warc
    member = room.context.store.get_range(key_of(capture), place.offset, place.length)
    limit = room.context.settings.max_decoded_bytes
    shown = read_page(member, capture, max_decoded_bytes=limit)
    headers = dict(_headers(request, url, found, capture))
    return Response(shown.body, capture.status or 200, headers, media_type=_kind(capture))


def _headers(
    request: Request, url: str, found: list[Capture], capture: Capture
) -> Iterator[tuple[str, str]]:
    yield "Memento-Datetime", http_date(capture.fetched_at)
    yield "Link", _links(request, url, found)
    if capture.location and capture.status in MOVED:
        base = f"{request.url.scheme}://{request.url.netloc}{BASE}"
        target = quote(urljoin(capture.url, capture.location), safe=URI_SAFE)
        yield "Location", f"{base}/{timestamp(capture.fetched_at)}/{target}"
    yield "Content-Security-Policy", SANDBOX
    yield "Content-Disposition", 'attachment; filename="memento"'


def _kind(capture: Capture) -> str:
    mime = (capture.mime or "").lower()
    plain = all(char.isalnum() or char in "/+.-" for char in mime)
    return mime if mime.isascii() and plain and mime.count("/") == 1 else BINARY
