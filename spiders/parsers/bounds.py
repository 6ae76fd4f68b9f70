"""Markup that libxml2 would choke on, made such that it does not."""

import re

from storage.records import ENDLESS, IN_A_TAG

# A tag ends at a `>` outside of quotes, and quotes count only after `=`, as libxml2 has it; `a<b`
# in a script is no tag. All parts are possessive: one pass over any page, in linear time.
ATTRIBUTES = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
SKIPPED = rb"<!--(?:[^-]++|-(?!->))*+"
SCRIPT = rb"<((?:script|style)\b" + ATTRIBUTES + rb")>(?:[^<]++|<(?!/(?:script|style)))*+"
TAG = re.compile(SKIPPED + rb"|" + SCRIPT + rb"|<([a-z]" + ATTRIBUTES + rb")", re.IGNORECASE)
NAME = re.compile(rb"[a-zA-Z][a-zA-Z0-9]{0,20}")
QUOTED = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")
BETWEEN = re.compile(rb"[\s/]+")
# libxml2 compares each attribute of a tag with all before it: 20,000 took 9 s. Real tags have under
# 100.
MAX_ATTRIBUTES = 200
# The shortest tag that could have more: a blank and a letter each.
LONG_TAG = 2 * MAX_ATTRIBUTES
# libxml2 reads nothing below its 256th level (and adds some itself, as `html` and `tbody`); real
# pages have under 60.
MAX_DEPTH = 150
LEVEL = re.compile(
    SKIPPED + rb"|" + SCRIPT + rb"|<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*+)" + ATTRIBUTES + rb">?",
    re.IGNORECASE,
)
# Elements without content, and those whose end tag may be left out (HTML Living Standard §13.1.2):
# libxml2 ends most by itself, so they are no measure of depth.
BEGIN = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
ENDS = (b"</html", b"</body", b"</HTML", b"</BODY")
UNCOUNTED = frozenset(
    b"area base br col embed hr img input link meta source track wbr html head body p li dt dd "
    b"option optgroup rp rt".split()
)

# Without them nobody knows what a page is called. One more level each.
TITLES = frozenset((b"title", b"h1", b"h2", b"h3"))


def bounded(data: bytes) -> tuple[bytes, int]:
    """A page without the attributes of tags that have more than any real one, and how many."""
    pieces, done, count = [], 0, 0
    for match in TAG.finditer(data):
        inside = match[1] or match[2] or b""
        if len(inside) < LONG_TAG:
            continue
        if len(BETWEEN.findall(QUOTED.sub(b"=", inside))) > MAX_ATTRIBUTES:
            start = match.start() + 1
            name = NAME.match(inside)
            pieces += [data[done:start], name[0] if name else b"p"]
            done, count = start + len(inside), count + 1
    return (b"".join([*pieces, data[done:]]) if count else data), count


def flat(data: bytes) -> bytes:
    """A page without the tags that lie deeper than MAX_DEPTH; their text stays, and headings."""
    pieces, done, depth, heading = [], 0, 0, b""
    for match in LEVEL.finditer(data):
        name = match["name"]
        if name is None or name.lower() in UNCOUNTED:
            continue
        if match["close"]:
            depth = max(0, depth - 1)
        below = depth >= MAX_DEPTH
        if not match["close"]:
            depth += 1
        if below and name.lower() in TITLES and heading == (match["close"] and name.lower()):
            heading = b"" if match["close"] else name.lower()  # one within another is dropped
        elif below:
            pieces += [data[done : match.start()], b" "]
            done = match.end()
    return b"".join([*pieces, data[done:]])


def breaks_off(data: bytes) -> str | None:
    """How one sees that a page was cut: 127 of 128 real pages end their body or themselves."""
    last = data.rfind(b"<", -1000)
    if last >= 0 and b">" not in data[last:] and data[last + 1 : last + 2].isalpha():
        return IN_A_TAG
    if BEGIN.search(data) and not any(end in data for end in ENDS):
        return ENDLESS
    return None
