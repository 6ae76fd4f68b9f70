"""What makes two things the same thing: canonical URL, site, digests, ids.

Nothing here makes an object key: those come from `layout`, never from URL text.
"""

import hashlib
import ipaddress
import re
from datetime import UTC, datetime
from functools import cache

import can_ada
import msgspec
from publicsuffixlist import PublicSuffixList
from ulid import ULID
from w3lib.url import canonicalize_url, url_query_cleaner

# Parameters that say how a reader came, not what page it is. Prefix match on the name.
TRACKING = (
    "utm_", "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid", "_ga",
)  # fmt: skip
DEFAULT_PORTS = {"http": "80", "https": "443"}


def canonical_url(url: str) -> str:
    """The key under which visits to one page are gathered.

    WHATWG parsing (https://url.spec.whatwg.org/), then: scheme folded to http(s) as one, host
    without `www.`, default port, fragment and tracking parameters off, query sorted, no slash at
    the end. It is a key, not an address: never fetch it. Text that is no URL is returned unchanged.
    """
    try:
        parsed = can_ada.parse(url.strip())
    except ValueError:
        return url
    if parsed.protocol not in ("http:", "https:"):
        return url
    clean = canonicalize_url(parsed.href, keep_fragments=False)
    names = [pair.partition("=")[0] for pair in clean.partition("?")[2].split("&") if pair]
    drop = [name for name in names if name.lower().startswith(TRACKING)]
    if drop:
        clean = url_query_cleaner(clean, drop, remove=True, unique=False)
    rest = re.sub(r"^https?://(?:www\.)?", "", clean)
    path, mark, query = rest.partition("?")
    return "http://" + path.rstrip("/") + mark + query


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


def host(url: str) -> str:
    """Lower-case host of a URL with a port that is not the scheme's own; "" if there is none."""
    try:
        parsed = can_ada.parse(url.strip())
    except ValueError:
        return ""
    port = parsed.port
    return parsed.hostname + (f":{port}" if port else "")


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
    bound no two of 10^12 versions are expected to meet.
    """
    body = msgspec.json.encode([canonical_url(url), content], order="deterministic")
    return sha256_hex(body)[:32]


def new_run_id() -> str:
    """A ULID: unique, and sorted by the time of its making."""
    return str(ULID())


def now() -> str:
    """The time, UTC, ISO 8601 with microseconds and `Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
