"""The searchable form of a URL (SURT) that CDXJ indexes are sorted by.

The form that pywb, OpenWayback and cdxj-indexer look up, which folds more than the CDXJ
specification says (https://specs.webrecorder.net/cdxj/0.1.0/): `www.` and the scheme's own port are
off, escapes are undone and made anew, session ids are out, the query is sorted, all is in small
letters. Tests hold it against the `surt` package, which cannot be used here: it is AGPL, and asks
the network for the public suffix list.
"""

import ipaddress
import re
from contextlib import suppress
from urllib.parse import quote_from_bytes, unquote_to_bytes

_URL = re.compile(rb"([a-z][a-z0-9+.-]*)://(?:[^/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.I)
_HOST = re.compile(rb"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
_WWW = re.compile(rb"\Awww[0-9]*\.")
_PORTS = {b"http": b"80", b"https": b"443"}
# What need not be escaped between space and DEL; `#` would begin a fragment, `%` an escape.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_PATH_SESSION = re.compile(rb"(.*/)\((?:(?:[a-z]\([0-9a-z]{24}\))+|[0-9a-z]{24})\)/([^?]+\.aspx.*)")
_QUERY_SESSIONS = [
    re.compile(rb"(.*)(?:" + name + rb")(?:&(.*))?", re.S)
    for name in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
]
ROUNDS = 20  # of unescaping; a hostile `%252525…` must not cost more


def url_key(url: str) -> str:
    """The key of an http(s) URL; of other text, the text with spaces and controls escaped."""
    raw = re.sub(rb"[\t\r\n]", b"", url.encode("utf-8", "replace").strip())
    found = _URL.match(raw)
    if not found:
        return _escaped(raw).decode()
    scheme, netloc, path, query = (part or b"" for part in found.groups())
    shown = _path(path)
    if query := _query(query):
        shown += b"?" + query
    return (_netloc(scheme.lower(), netloc) + b")" + shown).decode()


def _netloc(scheme: bytes, netloc: bytes) -> bytes:
    found = _HOST.match(netloc)
    name, port = (found[1], found[2] or b"") if found else (netloc, b"")
    host = _host(name.removeprefix(b"[").removesuffix(b"]"))
    port = port.lstrip(b"0")
    return b",".join(reversed(host.split(b"."))) + (
        b":" + port if port and port != _PORTS.get(scheme) else b""
    )


def _host(name: bytes) -> bytes:
    name = _unescaped(name)
    if not name.isascii():
        with suppress(UnicodeError):
            name = name.decode("utf-8").encode("idna")
    name = name.replace(b"..", b".").strip(b".")
    if name.isdigit() and len(name) < 20:  # an IPv4 address as one number
        return str(ipaddress.IPv4Address(int(name) & 0xFFFFFFFF)).encode()
    return _WWW.sub(b"", _escaped(name.lower()))


def _path(path: bytes) -> bytes:
    kept: list[bytes] = []
    parts = _unescaped(path).split(b"/")[1:]
    for part in parts:
        if part == b"..":
            if kept:
                kept.pop()
            else:
                kept.append(part)
        elif part != b".":
            kept.append(part)
    whole = b"/" + b"/".join([*filter(None, kept[:-1]), *kept[-1:]])
    whole = _escaped(whole).lower()
    while found := _PATH_SESSION.fullmatch(whole):
        whole = found[1] + found[2]
    return whole[:-1] if whole.endswith(b"/") and len(whole) > 1 else whole


def _query(query: bytes) -> bytes:
    text = _escaped(_unescaped(query)).lower()
    for pattern in _QUERY_SESSIONS:
        if found := pattern.fullmatch(text):
            text = found[1] + (found[2] or b"")
    pairs: list[bytes] = text.split(b"&")
    pairs.sort(key=lambda pair: pair.split(b"=", 1))
    return b"&".join(pairs)


def _unescaped(text: bytes) -> bytes:
    for _ in range(ROUNDS):
        plain = unquote_to_bytes(text)
        if plain == text:
            break
        text = plain
    return text


def _escaped(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_SAFE).encode()
