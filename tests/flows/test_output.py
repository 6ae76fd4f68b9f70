"""What people and programs get to see."""

import io
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from rich.console import Console

from flows.output import cell, clean, complain, console, table, write_json
from storage.records import Span

BOX = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, “quoted” – naïve, Газета, 東京, 👍", "plain, “quoted” – naïve, Газета, 東京, 👍"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2J\x1b]0;title\x07", f"{BOX}[2J{BOX}]0;title{BOX}"),
        ("over\rwritten\b\x9b1m", f"over{BOX}written{BOX}{BOX}1m"),
        ("evil\u202eten.elpmaxe\u202c", f"evil{BOX}ten.elpmaxe{BOX}"),
        ("\u2066a\u2069\u200f\u061c", f"{BOX}a{BOX}{BOX}{BOX}"),
        ("exam\u200bple\u200d.com", f"exam{BOX}ple{BOX}.com"),
        ("half \ud800 pair \0", f"half {BOX} pair {BOX}"),
        ("a\u2028b\u2029c", f"a{BOX}b{BOX}c"),
        ("«\u00a0Qui\u202f?\u00a0»", "« Qui ? »"),  # French
        ("Donau\u00addampfschiff", "Donaudampfschiff"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\u200d", BOX),
        ("", ""),
    ],
)
def test_hostile_text_is_made_harmless_and_other_text_left(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert clean(shown) == shown


def test_every_character_can_be_shown() -> None:
    shown = clean("".join(map(chr, range(0x11000))))
    shown.encode()
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def printed(what: Any, width: int = 60) -> str:
    """What rich makes of it."""
    out = Console(file=io.StringIO(), width=width, highlight=False)
    out.print(what)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_cells_know_no_markup() -> None:
    made = table("url", "title")
    made.add_row(cell("http://[::1]/"), cell("[bold red]not bold[/] [link=http://x]y[/link]"))
    made.add_row(cell(None), cell(""))
    text = printed(made, 100)
    assert "[bold red]not bold[/] [link=http://x]y[/link]" in text
    assert "http://[::1]/" in text
    assert text.splitlines()[-1].split() == ["–", "–"]


def test_long_cells_are_folded_not_cut() -> None:
    made = table("url")
    address = "http://example.com/" + "".join(f"{n:03}" for n in range(60))
    made.add_row(cell(address))
    assert "".join(printed(made).split()[1:]) == address


def test_json_is_one_value_a_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_json([{"a": "line\nbreak \x1b ä"}, Span(1, 2, 3, 4), None])
    out = capfdbinary.readouterr().out
    assert [msgspec.json.decode(line) for line in out.splitlines()] == [
        {"a": "line\nbreak \x1b ä"},
        {"a_start": 1, "a_end": 2, "b_start": 3, "b_end": 4},
        None,
    ]
    assert b"\x1b" not in out
    assert out.endswith(b"\n")


def test_a_complaint_goes_to_stderr_in_one_piece(capfd: pytest.CaptureFixture[str]) -> None:
    complain("[red]/a/very/long/path" + "/x" * 200 + "[/red] \x1b[1m")
    out, err = capfd.readouterr()
    assert out == ""
    assert err == "copytrail: [red]/a/very/long/path" + "/x" * 200 + f"[/red] {BOX}[1m\n"


def test_a_pipe_gets_no_colour_and_a_fixed_width() -> None:
    code = (
        "from flows.output import cell, console, table\n"
        "made = table('a')\n"
        "made.add_row(cell('x' * 130, 'red'))\n"
        "console().print(made)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"\x1b" not in done.stdout
    assert b"x" * 130 in done.stdout


def test_a_console_of_its_own_for_each_call() -> None:
    assert console() is not console()  # sys.stdout is that of the moment
