"""The addresses that a stylesheet names: other stylesheets, pictures and fonts. Pure.

A scanner for what of CSS Syntax Level 3 (§4) bears on addresses, in linear time: comments, strings,
`url()` and `@import`. tinycss2, which our tests hold it against, needs up to 14 s for the megabyte
that this scans in 2 s at most (measured), and a crawl would stand still meanwhile.
"""

import re
from typing import NamedTuple

MAX_CSS = 2 * 1024 * 1024
"""Characters of one stylesheet that are read; the largest frameworks have under 1 MiB."""
MAX_FOUND = 1000
"""Addresses taken from one stylesheet; icon sets name some hundreds."""

HEX = r"\\[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\r\n\f])?+"
STRING = r"""(?:"(?:[^"\\\n\r\f]++|\\[\s\S])*+(?:"|\Z)|'(?:[^'\\\n\r\f]++|\\[\s\S])*+(?:'|\Z))"""
# What does not hold together is gone over as the standard has it: a string ends at its line, a bad
# `url(` at the next parenthesis.
TOKEN = re.compile(
    r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+"
    r"|(?P<import>@import(?![\w-]))"
    rf"|(?<![\w@#-])url\(\s*+(?:(?P<quoted>{STRING})\s*+\)?+"
    rf"|(?P<bare>(?:[^\"'()\\\s\x00-\x1f\x7f]++|{HEX}|\\[^\n\r\f])*+)\s*+(?:\)|\Z)"
    r"|(?=[^\"'\s])(?:[^)\\]++|\\[\s\S])*+\)?+)"
    r"|(?P<set>(?<![\w-])(?:-webkit-)?image-set\()"
    rf"|(?P<string>{STRING})|[\"'][^\n\r\f]*+"
    r"|(?P<open>\()|(?P<close>\))|\\[\s\S]|(?P<end>[;{}])",
    re.IGNORECASE,
)
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|([\s\S]))")


class Named(NamedTuple):
    """An address as the stylesheet gives it."""

    href: str
    style: bool
    """Whether it is a stylesheet: `@import`."""


def addresses(css: str) -> list[Named]:
    """What the stylesheet names, each once, in order. Never raises."""
    found: dict[Named, None] = {}
    importing = False
    at = 0  # where what an import asks for has to begin
    sets: list[int] = []
    depth = 0
    for token in TOKEN.finditer(css[:MAX_CSS]):
        kind = token.lastgroup
        importing = importing and not css[at : token.start()].strip()
        at = token.end()
        if kind is None:  # a comment, an escape, a bad string
            continue
        if kind in ("quoted", "bare") or (
            kind == "string" and (importing or (sets and sets[-1] == depth))
        ):
            text = token[kind]
            if kind != "bare":
                text = text[1:].removesuffix(text[0])  # the last one may lack its end
            if href := _plain(text).strip():
                found.setdefault(Named(href, importing))
            if len(found) >= MAX_FOUND:
                break
        importing = kind == "import"
        if kind in ("set", "open"):
            depth += 1
            if kind == "set":
                sets.append(depth)
        elif kind == "close" and depth:
            if sets and sets[-1] == depth:
                sets.pop()
            depth -= 1
        elif kind == "end":
            sets.clear()
            depth = 0
    return list(found)


def _plain(text: str) -> str:
    """Escapes undone (§4.3.7)."""
    return ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    if escape[1]:
        code = int(escape[1], 16)
        bad = code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF
        return "\N{REPLACEMENT CHARACTER}" if bad else chr(code)
    return escape[3] or ""  # an escaped line end stands for nothing
