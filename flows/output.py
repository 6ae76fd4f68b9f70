"""Output for people (rich tables, on a terminal with colour) and for programs (JSON Lines)."""

import os
import sys
import unicodedata
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:  # rich takes 0.05 s to import; who asks for JSON does not wait for it
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

SOFT_HYPHEN = "\u00ad"
JOINERS = "\u200c\u200d"


def console() -> "Console":
    """Where tables go. rich itself honours NO_COLOR and leaves colour out of pipes."""
    from flows.consoles import Patient

    return Patient(highlight=False, width=None if sys.stdout.isatty() else 140)


def messages() -> "Console":
    """Where progress and remarks go, so that stdout holds results only."""
    from flows.consoles import Patient

    return Patient(stderr=True, highlight=False)


def complain(text: str) -> None:
    """One message for people on stderr."""
    messages().print(cell(f"copytrail: {text}"), soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """A line of a result, for people."""
    console().print(cell(text, style), soft_wrap=True)


def write_json(rows: Iterable[Any]) -> None:
    """One JSON value a line."""
    for row in rows:
        _patiently(sys.stdout.buffer.write, msgspec.json.encode(row) + b"\n")
    _patiently(sys.stdout.buffer.flush)


def write_lines(lines: Iterable[str]) -> None:
    """Lines as they are, in a format for programs."""
    for line in lines:
        _patiently(sys.stdout.buffer.write, line.encode() + b"\n")
    _patiently(sys.stdout.buffer.flush)


def _patiently(act: Callable[..., object], *arguments: object) -> None:
    try:
        act(*arguments)
    except BrokenPipeError:
        let_go(sys.stdout)


def let_go(stream: IO[str]) -> None:
    """Lead a stream whose reader has gone (`| head`) nowhere, so that a run ends its work and every
    command keeps its own exit status."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def table(*columns: str) -> "Table":
    """A table in the one style that all commands share."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold", header_style="bold")
    return made


def clean(text: str) -> str:
    """Text of a hostile page without what moves a terminal's cursor or turns its writing round."""
    return "".join(map(_shown, text, " " + text))


def _shown(char: str, before: str) -> str:
    if char in "\n\t" or char.isprintable():
        return char
    if unicodedata.category(char) == "Zs":  # French has no-break spaces before its colons
        return " "
    if char == SOFT_HYPHEN:
        return ""
    if char in JOINERS and not before.isascii():  # Persian, Hindi and emoji are spelt with them
        return char
    # Controls, half surrogate pairs and bidirectional controls (UAX #9), which can make a printed
    # address read as another one.
    return "\N{REPLACEMENT CHARACTER}"


def counted(number: int, what: str) -> str:
    """`1 fault`, `1,234 faults`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def cell(text: str | None, style: str = "") -> "Text":
    """A table cell of untrusted text: no markup, no control characters."""
    from rich.text import Text

    return Text(clean(text or "–"), style=style)
