"""The candidates of a `srcset` (HTML Living Standard, 4.8.4.2.2), in linear time. Pure."""

import re

MAX_TEXT = 64 * 1024  # characters that are read; a real one has under 4 KiB
# An address ends at white space; commas at its end part it from the next candidate.
CANDIDATE = re.compile(r"[\s,]++|(\S*[^\s,])(?:,+|\s+([^,]*+),?+|$)")
SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([wx])")


def candidates(text: str) -> list[tuple[str, float]]:
    """Each address with its size: the width in pixels, or the density times 1000, so that 2x is
    more than a narrow picture and 1x as much as one of the usual width. 0 where none is given."""
    found = []
    for one in CANDIDATE.finditer(text[:MAX_TEXT]):
        if one[1] is None:
            continue
        size = SIZE.search(one[2] or "")
        factor = 1000.0 if size and size[2] == "x" else 1.0
        found.append((one[1], float(size[1]) * factor if size else 0.0))
    return found
