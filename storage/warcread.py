"""Captures out: read our own WARCs, and those of any tool, into Captures and Pages.

A response record of ours is followed by a metadata record that says all that a Capture needs, so
records are derived from the WARC alone. For other tools' records the route is `import`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import structs

from storage.exchange import Facts, capture_of, read_facts, with_route
from storage.message import decoded, entity, head_length, http_parts
from storage.records import Capture, Page, Route, WarcPlace
from storage.warcfields import bare_id, clean_text, parse_fields
from storage.warcstream import Record, WarcError, file_chunks, records

__all__ = ["Captured", "WarcError", "check", "read_captures", "read_page"]

# Bytes of a block that are read beyond the largest body: its head, and the framing of chunks.
HEAD_ROOM = 1024 * 1024
PAGE_TYPES = ("text/html", "application/xhtml+xml")
REVISIT = "revisit:"  # how `error` begins where a body was not stored again
REMEMBERED = 64  # request records that are kept in mind until their response comes


class Captured:
    """One exchange that was read: its Capture, and the way to its Page."""

    def __init__(self, capture: Capture, response: bytes, max_decoded_bytes: int) -> None:
        self.capture = capture
        self._response = response
        self._max_decoded_bytes = max_decoded_bytes

    def page(self) -> Page:
        """The response, transfer and content codings removed; empty where none came."""
        return _page(self.capture, self._response, self._max_decoded_bytes)


def _page(capture: Capture, response: bytes, max_decoded_bytes: int) -> Page:
    parts = http_parts(response)
    body = entity(parts, capture.method, trust_length=capture.route != "import").body
    plain, note = decoded(parts, body, max_decoded_bytes)
    notes = (note,) if note else ()
    return Page(capture=capture, headers=parts.headers, body=plain, notes=notes)


def read_captures(
    path: Path,
    run: str,
    *,
    max_decoded_bytes: int,
    route: Route | None = None,
    name: str | None = None,
) -> Iterator[Captured]:
    """Each capture of a WARC, gzip or plain, in the order of the file.

    Our own exchanges, failed ones too; of other tools the `response` and `revisit` records with an
    http(s) address, and `resource` records that are HTML, which count as answered with 200. `route`
    replaces what our own records say, for an archive that came from elsewhere. `name` is the
    file's name in the archive, if it is not its own.

    Raises WarcError where the file cannot be read on, after all before that place was yielded.
    """
    yield from captures_in(
        file_chunks(path), run, name or path.name, max_decoded_bytes=max_decoded_bytes, route=route
    )


def captures_in(
    chunks: Iterable[bytes],
    run: str,
    name: str,
    *,
    max_decoded_bytes: int,
    route: Route | None = None,
) -> Iterator[Captured]:
    """The same of a WARC's bytes; `name` is the file's name in the archive."""
    reader = _Reader(run, name, max_decoded_bytes, route)
    try:
        # What is longer than a body may unpack to is not read: its head is enough.
        keep = max_decoded_bytes + HEAD_ROOM
        for one in records(chunks, name, keep=keep, keep_of_long=HEAD_ROOM):
            if not one.alone:
                reason = "several records share a gzip member; import the file to mend that"
                raise WarcError(name, one.offset, reason)
            yield from reader.take(one)
    except WarcError:
        yield from reader.flush()
        raise
    yield from reader.flush()


class _Reader:
    """Puts together what belongs to one exchange. Its records are neighbours in all WARCs that we
    know; only the request may come before or after the response."""

    def __init__(self, run: str, file: str, max_decoded_bytes: int, route: Route | None) -> None:
        self._run = run
        self._file = file
        self._max_decoded_bytes = max_decoded_bytes
        self._route = route
        self._pending: Record | None = None
        self._methods: dict[str, str] = {}

    def take(self, one: Record) -> Iterator[Captured]:
        """What has become complete with this record."""
        if one.kind == "request":
            self._remember(one)
        elif one.kind == "metadata":
            facts = read_facts(parse_fields(one.block))
            if facts is None:
                return
            if self._pending and self._pending.id in _tied(one):
                yield self._captured(self._pending, with_route(facts, self._route))
                self._pending = None
            else:
                yield from self.flush()
                yield self._captured(one, with_route(facts, self._route))
        elif _is_capture(one):
            yield from self.flush()
            self._pending = one

    def flush(self) -> Iterator[Captured]:
        """The capture that still waited, without a metadata record of ours."""
        if one := self._pending:
            self._pending = None
            known = [m for i in (one.id, *_tied(one)) if (m := self._methods.get(i))]
            yield self._captured(one, Facts(method=known[0] if known else "GET"))

    def _remember(self, request: Record) -> None:
        method = request.block.partition(b" ")[0].decode("latin-1")[:32]
        for record_id in (request.id, *_tied(request)):
            self._methods[record_id] = clean_text(method)
        while len(self._methods) > REMEMBERED:
            del self._methods[next(iter(self._methods))]

    def _captured(self, one: Record, facts: Facts) -> Captured:
        response = _response(one)
        try:
            capture = capture_of(
                facts,
                record_id=one.id,
                url=one.url,
                date=one.get("WARC-Date"),
                ip=one.get("WARC-IP-Address") or None,
                response=response,
                truncated=one.get("WARC-Truncated") or None,
                place=WarcPlace(self._run, self._file, one.offset, one.length),
            )
        except ValueError as error:
            raise WarcError(self._file, one.offset, f"WARC-Date: {error}") from error
        if one.kind == "revisit":
            capture = _revisit(capture, one)
        elif one.block_length > len(one.block):
            capture = _too_long(capture, one, facts)
        return Captured(capture, response, self._max_decoded_bytes)


def _tied(one: Record) -> list[str]:
    return [bare_id(value) for value in one.all("WARC-Concurrent-To")]


def _is_capture(one: Record) -> bool:
    if not one.url.lower().startswith(("http://", "https://")):
        return False
    mime = one.get("Content-Type").partition(";")[0].strip().lower()
    return one.kind in ("response", "revisit") or (one.kind == "resource" and mime in PAGE_TYPES)


def _response(one: Record) -> bytes:
    """The HTTP response in a record; for a resource, the one that it stands for."""
    if one.kind in ("response", "revisit"):
        return one.block
    if one.kind == "resource":
        kind = clean_text(one.get("Content-Type"))
        return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + one.block
    return b""


def _revisit(capture: Capture, one: Record) -> Capture:
    """A body that was the same as before, and was not stored again (WARC 1.1 §6.7)."""
    digest = one.get("WARC-Payload-Digest")
    before = one.get("WARC-Refers-To-Target-URI") or one.get("WARC-Refers-To")
    return structs.replace(
        capture,
        payload_digest=digest.lower() if digest.startswith("sha256:") else None,
        body_bytes=0,
        error=clean_text(f"{REVISIT} the body is stored with an earlier capture {before}"),
    )


def _too_long(capture: Capture, one: Record, facts: Facts) -> Capture:
    """A block of which only the beginning was read."""
    size = one.block_length - (head_length(one.block) or 0)
    return structs.replace(
        capture,
        payload_digest=facts.payload_digest,
        body_bytes=facts.body_bytes or size,
    )


def read_page(member: bytes, capture: Capture, *, max_decoded_bytes: int) -> Page:
    """The Page of a capture, out of the bytes at `capture.warc`, as a store's `get_range` gives
    them.

    Raises WarcError if the capture's record is not what lies there.
    """
    place = capture.warc
    one = next(records([member], place.file, keep=max_decoded_bytes + HEAD_ROOM), None)
    if one is None or one.id != capture.id:
        raise WarcError(place.file, place.offset, f"record {capture.id} is not there")
    return _page(capture, _response(one), max_decoded_bytes)


def check(chunks: Iterable[bytes], name: str) -> Iterator[str]:
    """The faults of a WARC, one line each: records that cannot be read, digests that do not
    match, gzip members with more than one record. Memory stays bounded; nothing is raised."""
    count = 0
    try:
        for one in records(chunks, name, keep=0):
            count += 1
            where = f"{name}: record {one.id or '(no id)'} at byte {one.offset}"
            yield from (f"{where}: {fault}" for fault in one.faults)
            if not one.alone:
                yield f"{where}: shares a gzip member with other records"
            if not one.id or not one.kind or not one.get("WARC-Date"):
                yield f"{where}: a mandatory field is missing (WARC 1.1 §5)"
    except WarcError as error:
        yield str(error)
    if not count:
        yield f"{name}: holds no record"
