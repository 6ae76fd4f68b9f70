"""Memento (RFC 7089): the TimeMap of a URL, in `application/link-format` (RFC 6690) and as JSON.

Pure functions of the page's captures. Whoever serves the mementos says under which addresses; where
nobody does, a memento is named by its WARC-Record-ID, `urn:uuid:…`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from storage.records import Capture

LINK_FORMAT = "application/link-format"
JSON = "application/json"
# What may stand in a URI (RFC 3986 §2.2 and §2.3), and `%`; all else would end a link's `<…>`.
URI_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
_NOT_MODIFIED = 304  # RFC 9110 §15.4.5: has no body, and says that an earlier one still holds


def _urn(capture: Capture) -> str:
    return f"urn:uuid:{capture.id}"


class Addresses(Struct, frozen=True):
    """Where the TimeMap, the TimeGate and the mementos of one page are served."""

    link: str | None = None
    """URL of the TimeMap in link-format; None: it is not served."""
    json: str | None = None
    timegate: str | None = None
    memento: Callable[[Capture], str] = _urn


NOWHERE = Addresses()


def addresses(base: str, url: str) -> Addresses:
    """The addresses as pywb and most archives have them, below `base` (an http(s) URL)."""
    base = base.rstrip("/")
    return Addresses(
        link=f"{base}/timemap/link/{url}",
        json=f"{base}/timemap/json/{url}",
        timegate=f"{base}/{url}",
        memento=lambda capture: f"{base}/{timestamp(capture.shown_at)}/{capture.page_url}",
    )


def mementos(captures: Iterable[Capture]) -> list[Capture]:
    """The captures that show a page, in the order of the time at which it was so.

    Redirects and errors of the server are among them (RFC 7089 §4.5); not a challenge or consent
    page in the page's place, and not a 304, which has nothing to show.
    """
    shown = [
        one for one in captures if one.status not in (None, _NOT_MODIFIED) and one.page_kind is None
    ]
    return sorted(shown, key=lambda one: (one.shown_at, one.id))


def timestamp(moment: str) -> str:
    """Fourteen digits of a UTC time, `20200719101112`, as archives' addresses have it."""
    return re.sub(r"\D", "", moment)[:14]


def http_date(moment: str) -> str:
    """Of a UTC time in ISO 8601: `Sun, 19 Jul 2020 10:11:12 GMT` (RFC 7089 §2.1.1)."""
    return format_datetime(datetime.fromisoformat(moment).astimezone(UTC), usegmt=True)


def link_format(url: str, captures: Sequence[Capture], at: Addresses = NOWHERE) -> str:
    """The TimeMap in link-format. `captures` as `mementos` gives them; not empty (ValueError)."""
    found = _some(captures)
    links = [_link(url, rel="original")]
    if at.link:
        span = {"from": http_date(found[0].shown_at), "until": http_date(found[-1].shown_at)}
        links.append(_link(at.link, rel="self", type=LINK_FORMAT, **span))
    if at.json:
        links.append(_link(at.json, rel="timemap", type=JSON))
    if at.timegate:
        links.append(_link(at.timegate, rel="timegate"))
    for number, one in enumerate(found):
        rel = " ".join([*_ends(number, len(found)), "memento"])
        links.append(_link(at.memento(one), rel=rel, datetime=http_date(one.shown_at)))
    return ",\n".join(links) + "\n"


def as_json(url: str, captures: Sequence[Capture], at: Addresses = NOWHERE) -> dict[str, Any]:
    """The TimeMap in the JSON that Memento aggregators give; times are ISO 8601 UTC."""
    found = [
        {"datetime": one.shown_at, "uri": quote(at.memento(one), safe=URI_SAFE)}
        for one in _some(captures)
    ]
    served = {"link_format": at.link, "json_format": at.json}
    return {
        "original_uri": url,
        "self": at.json,
        "timegate_uri": at.timegate,
        "timemap_uri": {name: uri for name, uri in served.items() if uri},
        "mementos": {"first": found[0], "last": found[-1], "list": found},
    }


def _some(captures: Sequence[Capture]) -> Sequence[Capture]:
    if not captures:
        raise ValueError("a TimeMap needs a memento")
    return captures


def _ends(number: int, count: int) -> list[str]:
    """RFC 7089 §2.2.4: the first and the last memento say so."""
    return ["first"] * (number == 0) + ["last"] * (number == count - 1)


def _link(target: str, **attributes: str) -> str:
    """One link (RFC 6690 §2). The attributes' values are our own, and need no escapes."""
    shown = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f"<{quote(target, safe=URI_SAFE)}>{shown}"
