"""WARC records as bytes (WARC 1.1, ISO 28500:2017): named fields, digests, and one gzip member
per record (§ annex D)."""

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits, punctuation
from urllib.parse import quote

from isal import isal_zlib

from storage.message import parse_lines

VERSION = b"WARC/1.1"
RECORD_END = b"\r\n\r\n"
# isal's level 2 wrote 6 to 8 times as many pages a second as zlib at about the same size.
LEVEL = 2
GZIP = 31  # zlib's window bits for a gzip member
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Fields = list[tuple[str, str]]


def new_record_id() -> str:
    """A fresh record id: the bare UUID, as `Capture.id` has it."""
    return str(uuid.uuid4())


def urn(record_id: str) -> str:
    """A record id as WARC fields write it."""
    return f"<urn:uuid:{record_id}>"


def bare_id(value: str) -> str:
    """The record id out of a field; other tools' ids that are no UUID stay whole."""
    return value.strip().removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")


def clean_url(url: str) -> str:
    """`url` with everything outside printable ASCII percent-encoded: it can end no header line."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url  # as nearly all are
    return quote(url, safe=ascii_letters + digits + punctuation, errors="replace")


def clean_text(text: str) -> str:
    """`text` on one line: control characters and line ends become spaces."""
    if text.isascii() and text.isprintable():
        return text.strip()  # as nearly all is
    return CONTROL.sub(" ", text).encode("utf-8", "replace").decode("utf-8").strip()


def sha256(data: bytes) -> str:
    """`sha256:` and the lower-case hex digest, as WARC digest fields write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def fields_block(fields: Iterable[tuple[str, str]]) -> bytes:
    """A block of type application/warc-fields."""
    return "".join([f"{n}: {clean_text(v)}\r\n" for n, v in fields]).encode()


def parse_fields(block: bytes) -> Fields:
    """The fields of a block of type application/warc-fields; folded lines are joined."""
    return parse_lines(block.decode("utf-8", "replace").split("\n"))


def record(kind: str, record_id: str, date: str, fields: Fields, block: bytes) -> bytes:
    """One record, uncompressed."""
    head = record_head(kind, record_id, date, fields, sha256(block), len(block))
    return head + block + RECORD_END


def record_head(
    kind: str, record_id: str, date: str, fields: Fields, digest: str, length: int
) -> bytes:
    """What stands before a block of `length` bytes. Values are cleaned here, so that none can
    inject a field."""
    head: Fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", urn(record_id)),
        ("WARC-Date", date),
        *fields,
        ("WARC-Block-Digest", digest),
        ("Content-Length", str(length)),
    ]
    return VERSION + b"\r\n" + fields_block(head) + b"\r\n"


def member(raw: bytes) -> bytes:
    """`raw` as one gzip member."""
    packed: bytes = isal_zlib.compress(raw, LEVEL, GZIP)
    return packed


def member_pieces(raw: Iterable[bytes]) -> Iterator[bytes]:
    """`raw` as one gzip member, in pieces as they come."""
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP)
    for piece in raw:
        yield packer.compress(piece)
    yield packer.flush()


def digest_equals(value: str, digest: "hashlib._Hash") -> bool | None:
    """Whether a digest field says what `digest` came to, in hex, base32 or base64.

    None where the field is of another algorithm, so that nothing can be said.
    """
    algorithm, _, text = value.strip().partition(":")
    if algorithm.lower().replace("-", "") != digest.name.replace("-", ""):
        return None
    want = digest.digest()
    if text.lower() == want.hex() or text.upper().rstrip("=") == base64.b32encode(
        want
    ).decode().rstrip("="):
        return True
    try:
        return base64.b64decode(text, altchars=b"-_" if set("-_") & set(text) else None) == want
    except (binascii.Error, ValueError):
        return False
