"""What of a page could not be read, in words: an article's notes."""

from collections.abc import Iterable

from spiders.parsers.blocks import MAX_BLOCKS
from spiders.parsers.reading import Reading
from spiders.parsers.titles import MAX_TITLE
from storage.records import PrintedDate

# Dates that are told one by one; a page with more of them is none that anybody wrote.
MAX_TOLD = 10
SHOWN = 60
"""Characters of a date that are repeated in a note."""


def unread(reading: Reading, titles: Iterable[str], published: list[PrintedDate]) -> list[str]:
    """The notes of all layers, each once, and what was cut or not understood."""
    notes = list(dict.fromkeys(reading.doc.notes))
    if any(len(title) > MAX_TITLE for title in titles):
        notes.append(f"a title was longer than {MAX_TITLE} characters, and cut there")
    if len(reading.blocks) >= MAX_BLOCKS:
        notes.append(f"only the first {MAX_BLOCKS} blocks of text were read")
    wrong = [one for one in published if one.value is None]
    told = [f"a date could not be read: {one.raw[:SHOWN]!r} ({one.where})" for one in wrong]
    return notes + told[:MAX_TOLD]
