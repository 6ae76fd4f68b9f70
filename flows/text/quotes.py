"""Quoted speech: which parts of a text are somebody's words in quotation marks.

Two reporters at one press conference print the same sentences; that is no copying. All usual marks
are known: “…” ”…” „…“ «…» »…« ‹…› ›…‹ "…" ‘…’ ‚…‘ 「…」 『…』, and quotations over several
paragraphs, whether each paragraph opens anew (English use) or not.
"""

import re

# What closes a quotation that was opened by the key.
CLOSERS = {
    "“": "”\"“", "„": "“”\"", "”": "”", "‟": "”", "«": "»", "»": "«»", '"': '"”', "＂": "＂",
    "‹": "›", "›": "‹", "‘": "’", "‚": "‘’", "「": "」", "『": "』", "'": "'",
}  # fmt: skip

SINGLE = "‘‚'"
"""Marks that are apostrophes too: such a quotation ends within its paragraph."""

MAX_REOPENED = 30
"""Further paragraphs of a quotation that opens anew in each. A speech given in full has so many."""

MAX_SILENT = 3
"""Further paragraphs of a quotation that does not. On 128 real pages the longest had two; a mark
that was left open by mistake must not swallow the page."""

_MARK = re.compile(
    "[" + re.escape("".join(sorted(set("".join(CLOSERS) + "”“»«"))) + "’›‹」』") + "]"
)
_SPACED_WORD = re.compile(r"[^\W_\u2e80-\U0003ffff]")
_BREAK = re.compile(r"\n\s*\n")

Piece = tuple[int, int]


def quoted(text: str) -> list[Piece]:
    """Where quoted speech stands in `text`: pieces [start, end), rising, marks included.

    A mark that is never closed quotes nothing.
    """
    edges = [found.end() for found in _BREAK.finditer(text)]
    paragraphs = list(zip([0, *edges], [*edges, len(text)], strict=True))
    pieces: list[Piece] = []
    number, position = 0, 0
    # Marks that nothing closes from here on: looking again for each would take a time that grows
    # with the square of a paragraph.
    open_for_good: set[tuple[int, str]] = set()
    while number < len(paragraphs):
        start, end = paragraphs[number]
        opened = _opening(text, max(start, position), end)
        if opened is None:
            number += 1
            continue
        closed = None
        if (number, text[opened]) not in open_for_good:
            closed = _closing(text, opened, end)
            if closed is None and text[opened] not in SINGLE:
                following = paragraphs[number + 1 : number + 1 + MAX_REOPENED]
                closed = _closing_later(text, opened, following)
        if closed is None:
            open_for_good.add((number, text[opened]))
            position = opened + 1
            continue
        pieces.append((opened, closed))
        position = closed
        while number < len(paragraphs) and paragraphs[number][1] <= position:
            number += 1
    return pieces


def _opening(text: str, start: int, end: int) -> int | None:
    for found in _MARK.finditer(text, start, end):
        if text[found.start()] in CLOSERS and _opens(text, found.start()):
            return found.start()
    return None


def _closing(text: str, opened: int, end: int, start: int | None = None) -> int | None:
    closers = CLOSERS[text[opened]]
    for found in _MARK.finditer(text, opened + 1 if start is None else start, end):
        if text[found.start()] in closers and _closes(text, found.start()):
            return found.end()
    return None


def _closing_later(text: str, opened: int, following: list[Piece]) -> int | None:
    """The end of a quotation that runs on over paragraphs; None if it does not.

    Where a paragraph opens anew, the quotation goes on in it; a last one without an end goes as far
    as its paragraph. Where none opens, a closing mark must come before the next opening one.
    """
    mark = text[opened]
    reached: int | None = None
    for number, (start, end) in enumerate(following):
        if text.startswith(mark, start):
            closed = _closing(text, start, end)
            if closed is not None:
                return closed
            reached = end
            continue
        if reached is not None or number >= MAX_SILENT:
            return reached
        closed = _closing(text, opened, end, start)
        again = _next(text, mark, start, end)
        if again is not None and (closed is None or again < closed - 1):
            return None
        if closed is not None:
            return closed
    return reached


def _next(text: str, mark: str, start: int, end: int) -> int | None:
    at = text.find(mark, start, end)
    while at != -1 and not _opens(text, at):
        at = text.find(mark, at + 1, end)
    return at if at != -1 else None


def _opens(text: str, at: int) -> bool:
    """An opening mark stands before a word and not right behind one: 5'10\" opens nothing."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if _SPACED_WORD.match(before):
        return False
    # French and Russian typography set a space inside guillemets.
    return text[at] in "«»" or not after.isspace()


def _closes(text: str, at: int) -> bool:
    """A closing mark stands behind something and not right before a word: don’t closes nothing."""
    after = text[at + 1] if at + 1 < len(text) else " "
    if _SPACED_WORD.match(after):
        return False
    before = text[at - 1]
    if text[at] == "'":
        # As an apostrophe it follows letters (the workers' rights); as a mark, a stop or comma.
        return before in ".,!?…;:"
    return text[at] in "«»" or not before.isspace()
