"""The JSON that stands in a page's scripts, decoded and never run."""

import json
import re
from collections.abc import Iterator
from typing import Any

from spiders.parsers.base import Document

LEAST = 300
"""Characters of a value that can hold an article."""
# The largest real state had 1.4 MB; a page with more scripts than this keeps no article in them.
MAX_STATE, MAX_SCRIPTS, MAX_STARTS = 5_000_000, 200, 20
# Where JSON may start: an assignment or a call; also JSON in a string (`JSON.parse("{…}")`).
START = re.compile(r"(?:=|\(|,)\s*(?=[\[{]|\"\s*[\[{])")


def values(doc: Document) -> Iterator[Any]:
    """What the page's scripts hold as JSON, and the text that Next.js streams in pieces."""
    pieces: list[str] = []
    left = MAX_STATE
    for script in doc.tree.xpath("//script[not(@src)]")[:MAX_SCRIPTS]:
        text = script.text or ""
        kind = str(script.get("type") or "")
        if len(text) < LEAST or len(text) > left or "ld+json" in kind:
            continue
        left -= len(text)
        for value in _json(text, "json" in kind):
            if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
                pieces.append(value[1])  # `self.__next_f.push([1, "…"])`
            else:
                yield value
    if pieces:
        yield "".join(pieces)


def _json(text: str, whole: bool) -> Iterator[Any]:
    """The JSON values that a script is, or assigns, or passes on."""
    if whole:
        try:
            yield json.loads(text)
        except (ValueError, RecursionError):
            return
        return
    decoder = json.JSONDecoder(strict=False)
    at = tries = 0
    while (match := START.search(text, at)) and tries < MAX_STARTS:
        tries += 1
        try:
            value, at = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            at = match.end()
            continue
        if at - match.end() >= LEAST:
            yield from _json(value, True) if isinstance(value, str) else (value,)
