"""One HTTP exchange, as the wire gives it and as three WARC records keep it.

`pack` makes the records, `capture_of` makes the Capture out of what they say; the writer and the
reader both use `capture_of`, so that a live capture and one that is read back are equal.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Literal, cast, get_args

from msgspec import Struct, structs

from storage.identity import site
from storage.mementos import HEADER, memento
from storage.message import STATUS, entity, entity_pieces, http_parts
from storage.records import Capture, Route, WarcPlace
from storage.warcfields import (
    RECORD_END,
    Fields,
    clean_text,
    clean_url,
    fields_block,
    new_record_id,
    record,
    record_head,
    sha256,
    urn,
)

FORMAT = "copytrail-exchange/1"
BLANK = re.compile(rb"\n[ \t]+\r?\n")
PIECE = 256 * 1024  # bytes of a long response that are read at a time
Truncated = Literal["length", "time", "disconnect", "unspecified"]
"""Why a record is not whole (WARC 1.1 §5.13)."""


class Tls(Struct, frozen=True):
    """How the connection was secured. `chain` is the server's certificates, DER, leaf first."""

    version: str
    cipher: str
    chain: tuple[bytes, ...] = ()


class Rest(Struct, frozen=True):
    """What follows the beginning of a long response: `size` bytes in a file without a name, which
    is gone when nobody holds it any more."""

    file: IO[bytes]
    size: int

    def pieces(self) -> Iterator[bytes]:
        """The bytes, from the first on. Raises OSError."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece


class Exchange(Struct, frozen=True, kw_only=True):
    """One request and what came of it, byte for byte."""

    url: str
    method: str = "GET"
    fetched_at: str
    """When the request was begun: UTC, microseconds, `Z`."""
    request: bytes = b""
    """All that was sent; empty where no connection came about."""
    response: bytes = b""
    """All that came back after the interim responses, perhaps cut; empty if nothing came."""
    rest: Rest | None = None
    """The bytes after those in `response`, which then has the whole head."""
    interim: bytes = b""
    """The 1xx responses that came before it."""
    ip: str | None = None
    port: int | None = None
    tls: Tls | None = None
    verify_tls: bool = True
    """Whether the certificate had to be valid."""
    why: str = "asked"
    via: str | None = None
    route: Route = "live"
    source: str = ""
    error: str | None = None
    truncated: Truncated | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """What a metadata record says about its exchange; for records of other tools, the defaults."""

    why: str = "import"
    via: str | None = None
    route: Route = "import"
    source: str = ""
    method: str = "GET"
    error: str | None = None
    payload_digest: str | None = None
    body_bytes: int = 0


class Packed(Struct, frozen=True):
    """The records of one exchange, uncompressed, in the order in which they are written."""

    response: bytes
    """Empty where nothing came back; without the block's `rest` and what ends a record, where
    there is one."""
    rest: Rest | None
    request: bytes
    metadata: bytes
    response_id: str
    metadata_id: str
    facts: Facts


def _facts(exchange: Exchange, digest: str | None, size: int) -> Facts:
    """What the metadata record will say."""
    return Facts(
        why=clean_text(exchange.why),
        via=clean_url(exchange.via) if exchange.via else None,
        route=exchange.route,
        source=clean_text(exchange.source),
        method=clean_text(exchange.method),
        error=clean_text(exchange.error) or None if exchange.error else None,
        payload_digest=digest,
        body_bytes=size,
    )


def payload(
    response: bytes, method: str, *, trust_length: bool = True
) -> tuple[str | None, int, bool]:
    """Digest and size of the entity body, and whether every tool takes just that for the payload:
    no transfer coding, nothing after it, and a head that ends as it should."""
    parts = http_parts(response)
    if not response or not parts.complete:
        return None, 0, False
    body = entity(parts, method, trust_length=trust_length).body
    clean_head = _is_clean(response[: len(response) - len(parts.body)])
    whole = parts.get("transfer-encoding") is None and len(body) == len(parts.body)
    return sha256(body), len(body), whole and clean_head


def _is_clean(head: bytes) -> bool:
    """Whether all tools find the same end of the head: it begins with a status line, its lines end
    as they should, and none is blank but the last."""
    begins = STATUS.match(head) is not None
    return begins and head.find(b"\r\n\r\n") + 4 == len(head) and not BLANK.search(head)


def _digests(exchange: Exchange) -> tuple[str, str | None, int, bool]:
    """The digest of the response's block, and what `payload` says of it."""
    response, rest = exchange.response, exchange.rest
    if rest is None:
        return (sha256(response), *payload(response, exchange.method))
    parts = http_parts(response)
    block, body, size = hashlib.sha256(response), hashlib.sha256(), 0

    def coming() -> Iterator[bytes]:
        yield parts.body
        for piece in rest.pieces():
            block.update(piece)
            yield piece

    came = coming()
    for piece in entity_pieces(parts, exchange.method, came):
        body.update(piece)
        size += len(piece)
    for _ in came:  # what a status without a body has all the same counts for the block
        pass
    clean_head = _is_clean(response[: len(response) - len(parts.body)])
    whole = parts.get("transfer-encoding") is None and size == len(parts.body) + rest.size
    return f"sha256:{block.hexdigest()}", f"sha256:{body.hexdigest()}", size, whole and clean_head


def pack(exchange: Exchange) -> Packed:
    """The records of an exchange: response, request and metadata, tied by WARC-Concurrent-To.

    WARC-Payload-Digest is left out where a transfer coding is present, where bytes follow the
    message, or where the head's lines end in LF alone: warcio and FastWARC hash all that follows
    what they take for the head, so that the right value would fail. It stands in the metadata.
    """
    response_id, request_id, metadata_id = new_record_id(), new_record_id(), new_record_id()
    anchor = response_id if exchange.response else metadata_id
    block_digest, digest, size, undisputed = _digests(exchange)
    facts = _facts(exchange, digest, size)
    common: Fields = [("WARC-Target-URI", clean_url(exchange.url))]
    wire = common + _wire_fields(exchange)
    date = exchange.fetched_at
    response = b""
    if exchange.response:
        fields = [*wire, ("WARC-Concurrent-To", urn(request_id))]
        if exchange.truncated:
            fields.append(("WARC-Truncated", exchange.truncated))
        if digest and undisputed:
            fields.append(("WARC-Payload-Digest", digest))
        fields.append(("Content-Type", "application/http;msgtype=response"))
        length = len(exchange.response) + (exchange.rest.size if exchange.rest else 0)
        head = record_head("response", response_id, date, fields, block_digest, length)
        response = head + exchange.response + (b"" if exchange.rest else RECORD_END)
    request = b""
    if exchange.request:
        fields = [*wire, ("WARC-Concurrent-To", urn(anchor))]
        fields.append(("Content-Type", "application/http;msgtype=request"))
        request = record("request", request_id, date, fields, exchange.request)
    fields = common + ([("WARC-IP-Address", exchange.ip)] if exchange.ip else [])
    if exchange.response or exchange.request:
        tied = response_id if exchange.response else request_id
        fields.append(("WARC-Concurrent-To", urn(tied)))
    fields.append(("Content-Type", "application/warc-fields"))
    block = fields_block(_metadata_fields(exchange, facts))
    metadata = record("metadata", metadata_id, date, fields, block)
    return Packed(response, exchange.rest, request, metadata, response_id, metadata_id, facts)


def _wire_fields(exchange: Exchange) -> Fields:
    """WARC-Protocol and WARC-Cipher-Suite are the IIPC's agreed additions to WARC 1.1."""
    fields: Fields = [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
    old = exchange.response.startswith(b"HTTP/1.0")
    fields.append(("WARC-Protocol", "http/1.0" if old else "http/1.1"))
    if exchange.tls:
        fields.append(("WARC-Protocol", exchange.tls.version.lower().replace("tlsv", "tls/")))
        fields.append(("WARC-Cipher-Suite", exchange.tls.cipher))
    return fields


def _metadata_fields(exchange: Exchange, facts: Facts) -> Fields:
    fields: Fields = [("format", FORMAT)]
    for name in ("why", "via", "route", "source", "method", "error", "payload_digest"):
        if value := getattr(facts, name):
            fields.append((name.replace("_", "-"), value))
    fields.append(("body-bytes", str(facts.body_bytes)))
    if exchange.port is not None:
        fields.append(("port", str(exchange.port)))
    if exchange.url.startswith("https:"):
        fields.append(("tls-verified", "yes" if exchange.verify_tls else "no"))
    if exchange.tls:
        fields.append(("tls-version", exchange.tls.version))
        fields += [("certificate", _base64(one)) for one in exchange.tls.chain]
    if exchange.interim:
        fields.append(("interim-responses", _base64(exchange.interim)))
    return fields


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read_facts(fields: Fields) -> Facts | None:
    """What a metadata record of ours says; None for one of another tool."""
    values = {name.replace("-", "_"): value for name, value in fields}
    if values.get("format") != FORMAT:
        return None
    size = values.get("body_bytes", "")
    return Facts(
        why=values.get("why", ""),
        via=values.get("via"),
        route=cast(Route, values["route"]) if values.get("route") in get_args(Route) else "import",
        source=values.get("source", ""),
        method=values.get("method", "GET"),
        error=values.get("error"),
        payload_digest=values.get("payload_digest"),
        body_bytes=int(size) if size.isascii() and size.isdigit() else 0,
    )


def capture_of(
    facts: Facts,
    *,
    record_id: str,
    url: str,
    date: str,
    ip: str | None,
    response: bytes,
    truncated: str | None,
    place: WarcPlace,
    trust_facts: bool = False,
) -> Capture:
    """The Capture that the records of one exchange amount to.

    Digest and size are reckoned from the bytes, but with `trust_facts` taken from the facts, which
    the writer has just made out of the same bytes.
    """
    parts = http_parts(response)
    digest, size = facts.payload_digest, facts.body_bytes
    if not trust_facts:
        trust = facts.route != "import"  # see `entity`
        digest, size, _ = payload(response, facts.method, trust_length=trust)
    mime = (parts.get("content-type") or "").partition(";")[0].strip().lower()
    archived = facts.route == "backfill-wayback"
    copied = memento(url, parts.get(HEADER)) if archived and response else None
    return Capture(
        id=record_id,
        url=url,
        fetched_at=full_date(date),
        route=facts.route,
        why=facts.why,
        via=facts.via,
        source=facts.source or site(url),
        method=facts.method,
        status=parts.status if response else None,
        mime=mime or None,
        payload_digest=digest,
        body_bytes=size,
        ip=ip,
        etag=parts.get("etag"),
        last_modified=parts.get("last-modified"),
        location=parts.get("location"),
        memento_of=copied.url if copied else None,
        memento_at=full_date(copied.at) if copied else None,
        truncated=truncated,
        error=facts.error,
        warc=place,
    )


def full_date(date: str) -> str:
    """A WARC-Date with microseconds. Coarser ones, which WARC 1.1 §5.4 allows, are taken at their
    beginning. Raises ValueError if it is no date."""
    digits = {4: "-01-01", 7: "-01"}.get(len(date), "")
    moment = datetime.fromisoformat(date + digits)
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def with_route(facts: Facts, route: Route | None) -> Facts:
    """The facts, for an import: what another archive says of its route is not ours."""
    return structs.replace(facts, route=route) if route else facts
