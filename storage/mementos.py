"""Copies in a web archive (mementos, RFC 7089): of which page, and of when.

The WARC holds our exchange with the archive as it was; what the article is, and when it was so, the
archive says by its address and its header.
"""

import re
from typing import NamedTuple

from storage.httpfields import moment

# https://web.archive.org/web/20200717100200id_/https://outlet.example/a, and pywb's like it.
REPLAY = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/(https?://.+)$")
HEADER = "memento-datetime"
# Public archives whose word on a date is taken wherever a copy of theirs was met; anybody's server
# can send the header, with any date. The one that is configured is trusted besides.
KNOWN = frozenset({
    "web.archive.org", "wayback.archive-it.org", "arquivo.pt", "www.webarchive.org.uk",
    "webarchive.nationalarchives.gov.uk", "webarchive.loc.gov", "vefsafn.is",
})  # fmt: skip


class Memento(NamedTuple):
    """What a copy in a web archive is a copy of."""

    url: str
    at: str
    """When the archive captured it: ISO 8601, UTC, seconds."""


def memento(url: str, header: str | None) -> Memento | None:
    """What an answer at `url` is a copy of; None if it is none.

    `header` is its Memento-Datetime, which RFC 7089 §2.1.1 wants every memento to have: without it
    the archive speaks for itself (not found, too many requests), not for the page.
    """
    found = REPLAY.search(url)
    if found is None or not header:
        return None
    when = moment(header)
    if when is None or when.year < 1990:  # before the web nothing was copied
        return None
    return Memento(found[2], when.strftime("%Y-%m-%dT%H:%M:%SZ"))
