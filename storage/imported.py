"""One record of somebody else's WARC, taken in by itself, with a note of where it came from."""

from storage.exchange import FORMAT
from storage.identity import canonical_url
from storage.records import Page
from storage.warcfields import (
    clean_text,
    clean_url,
    fields_block,
    member,
    new_record_id,
    record,
    urn,
)
from storage.warcread import captures_in
from storage.warcstream import WarcError, records


def imported(
    packed: bytes, url: str, origin: str, max_decoded_bytes: int, why: str
) -> tuple[bytes, Page]:
    """The gzip member `packed` as it is, with a metadata record of ours after it; and the page.

    `url` is the page that it must be of, `origin` where it lay. Raises WarcError where it is
    anything but one sound response record of that page.
    """
    found = list(records([packed], origin, keep=0))
    if len(found) != 1 or not packed.startswith(b"\x1f\x8b"):
        raise WarcError(origin, 0, "it is not one record in a gzip member")
    (one,) = found
    if one.kind != "response" or canonical_url(one.url) != canonical_url(url):
        raise WarcError(origin, 0, f"it is a {clean_text(one.kind)} of {clean_url(one.url)[:200]}")
    if one.faults:
        raise WarcError(origin, 0, "; ".join(one.faults))
    said = [("format", FORMAT), ("why", why), ("via", clean_url(origin)), ("route", "import")]
    fields = [
        ("WARC-Target-URI", clean_url(one.url)),
        ("WARC-Concurrent-To", urn(one.id)),
        ("Content-Type", "application/warc-fields"),
    ]
    note = record("metadata", new_record_id(), one.get("WARC-Date"), fields, fields_block(said))
    members = packed + member(note)
    (captured,) = captures_in([members], "", origin, max_decoded_bytes=max_decoded_bytes)
    return members, captured.page()
