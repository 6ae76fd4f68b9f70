"""What makes two things the same thing: canonical URL, site, digests, ids.

Nothing here makes an object key: those come from `layout`, never from URL text.
"""

import hashlib
import ipaddress
import re
import string
import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import can_ada
import msgspec
from publicsuffixlist import PSLFILE, PublicSuffixList

# Parameters that say how a reader came, not what page it is; with them all that begin with utm_.
TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "_ga", "_gl",
})  # fmt: skip
# `www.` in front of a name that has a dot of its own (www.com is no subdomain), once or more.
WWW = re.compile(r"(?:www\.)+(?=[^.]+\.[^.])")
ESCAPE = re.compile("%([0-9A-Fa-f]{2})?")
UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")  # RFC 3986 §2.3
SKETCH = 32  # hashes: 256 bytes for an article, beside its record of 10 kB


def canonical_url(url: str) -> str:
    """The key under which visits to one page are gathered.

    WHATWG parsing (https://url.spec.whatwg.org/), then: scheme folded to http(s) as one, host
    without `www.` and the root's dot, either scheme's port, credentials, fragment and tracking
    parameters off, needless percent-encoding undone (RFC 3986 §6.2.2), query sorted by name, no
    slash at the end. It is a key, not an address: never fetch it. Text that is no URL is returned
    unchanged. Never raises.
    """
    parsed = _parse(url)
    if parsed is None or parsed.protocol not in ("http:", "https:"):
        return url
    name = WWW.sub("", _name(parsed), count=1) if parsed.hostname[-1:] != "]" else parsed.hostname
    # With the scheme folded, http on 443 and https on 80 cannot be told from the usual.
    port = "" if parsed.port in ("", "80", "443") else f":{parsed.port}"
    path = _unescaped(parsed.pathname).rstrip("/")
    query = _query(parsed.search.removeprefix("?"))
    return f"http://{name}{port}{path}{'?' if query else ''}{query}"


def untracked(url: str) -> str:
    """The address without the parameters that say how a reader came, otherwise to the letter.

    Whom we ask for a page did not come by a newsletter; and a page is archived once, not once for
    each way to it.
    """
    address, mark, fragment = url.partition("#")
    page, _, query = address.partition("?")
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _tracks(pair.partition("=")[0].lower())]
    if len(kept) == len(pairs):
        return url
    return page + ("?" if kept else "") + "&".join(kept) + mark + fragment


def _parse(url: str) -> can_ada.URL | None:
    """None for text that is no URL."""
    try:
        return can_ada.parse(url.strip())
    except (ValueError, TypeError):  # TypeError: half a surrogate pair, which has no UTF-8
        return None


def _name(parsed: can_ada.URL) -> str:
    """The host's name or address, without the dot that stands for the root."""
    name: str = parsed.hostname
    return name.rstrip(".")


def _query(text: str) -> str:
    """Not by URLSearchParams: it takes all escapes that are not UTF-8 (`?name=%EB`) for one."""
    pairs = [
        _unescaped(pair.replace("+", "%20")).partition("=") for pair in text.split("&") if pair
    ]
    kept = [(name, value) for name, _, value in pairs if not _tracks(name.lower())]
    return "&".join(f"{name}={value}" for name, value in sorted(kept, key=lambda pair: pair[0]))


def _tracks(name: str) -> bool:
    return name in TRACKING or name.startswith("utm_")


def _unescaped(text: str) -> str:
    return ESCAPE.sub(_plain_or_upper, text)


def _plain_or_upper(escape: re.Match[str]) -> str:
    """An escaped letter, digit, `-`, `.`, `_` or `~` plain; other escapes in capitals; a lone `%`
    escaped, lest `%%32e` become an escape the second time."""
    if not escape[1]:
        return "%25"
    char = chr(int(escape[1], 16))
    return char if char in UNRESERVED else escape[0].upper()


@cache
def _suffixes() -> PublicSuffixList:
    # `host` gives names in ASCII, so that is all the list need have. The library would encode each
    # of its ten thousand lines, which takes as long again: 0.05 s of most commands.
    with Path(PSLFILE).open(encoding="utf-8") as lines:
        return PublicSuffixList(map(_in_ascii, lines), accept_encoded_idn=False)


def _in_ascii(line: str) -> str:
    """A line of the list, IDNA-encoded where it is a name; `!` and `*.` may stand before it."""
    if line.isascii() or line.startswith("//"):
        return line
    exception = line.startswith("!")
    return "!" * exception + line.removeprefix("!").split()[0].encode("idna").decode("ascii")


def host(url: str) -> str:
    """Lower-case host of a URL with a port that is not the scheme's own; "" if there is none."""
    parsed = _parse(url)
    if parsed is None:
        return ""
    return _name(parsed) + (f":{parsed.port}" if parsed.port else "")


@lru_cache(maxsize=1024)  # a page asks for its own again and again
def site(url: str) -> str:
    """What belongs to one publisher's site: the registrable domain (Public Suffix List).

    Addresses and names without a dot have no registrable domain; there host and port are the site,
    so that two outlets on one machine stay two. A port other than the scheme's own always counts.
    """
    netloc = host(url)
    name, colon, port = netloc.partition(":") if not netloc.startswith("[") else (netloc, "", "")
    if not name or _is_address(name) or "." not in name:
        return netloc
    return (_suffixes().privatesuffix(name) or name) + colon + port


def label(url: str) -> str:
    """The name in a registrable domain: `bbc` of bbc.com and of bbc.co.uk.

    "" where there is no registrable domain: two outlets on 127.0.0.1 have no name in common.
    """
    name = site(url).partition(":")[0]
    return "" if "." not in name or _is_address(name) else name.partition(".")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def article_id(url: str, content: object) -> str:
    """Id of one version of one page: the same canonical URL and content give the same id.

    `content` is anything that `msgspec` can encode. 128 bits of SHA-256, in hex: by the birthday
    bound no two of 10^12 versions are expected to meet. Raises UnicodeEncodeError for text with
    half a surrogate pair in it: parsers replace those.
    """
    body = msgspec.json.encode([canonical_url(url), content], order="deterministic")
    return sha256_hex(body)[:32]


def new_run_id() -> str:
    """A ULID: unique, and sorted by the time of its making."""
    from ulid import ULID  # takes 0.06 s to import; only those who begin a run wait for it

    return str(ULID())


def now() -> str:
    """The time, UTC, ISO 8601 with microseconds and `Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def days_before(moment: str, days: int) -> str:
    """The time so many days before `moment`, in the same form."""
    earlier = datetime.fromisoformat(moment) - timedelta(days=days)
    return earlier.isoformat(timespec="microseconds").replace("+00:00", "Z")


def sketch(hashes: Iterable[int]) -> bytes:
    """The smallest of an article's hashes: enough to tell whether two articles carry one text.

    A bottom-k sketch (Broder 1997, "On the resemblance and containment of documents"). Hashes are
    of 63 bits; eight bytes each, rising.
    """
    least = sorted(set(hashes))[:SKETCH]
    return struct.pack(f"<{len(least)}q", *least)


def resemblance(one: bytes, other: bytes) -> float:
    """The share of all hashes of two articles that both have, 0 to 1, by their sketches.

    Exact for articles of fewer than `SKETCH` hashes; else with a standard error of .09 at most.
    """
    first, second = _hashes(one), _hashes(other)
    if first.isdisjoint(second):
        return 0.0
    union = sorted(first | second)
    if max(len(first), len(second)) >= SKETCH:
        union = union[:SKETCH]
    return sum(value in first and value in second for value in union) / max(len(union), 1)


@lru_cache(maxsize=1024)  # one is set beside many; 4 MB
def _hashes(packed: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(packed) // 8}q", packed))
