"""The commands that look: quick, quiet in a pipe, readable by programs and by people."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from flows.cli import app
from tests.journeys.bundled import Bundled
from tests.journeys.copytrail import LONGEST, PROGRAM, Copytrail

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-9]|4[0-7]|9[0-7])m")
HEAVY = {"prefect", "scrapy", "twisted", "trafilatura", "boto3", "pyarrow", "fastapi"}
MOST_OF_THAT = 2.5
"""Times what importing its libraries takes: 1.1 to 1.5 were measured, with Prefect it was 6."""


def commands(bundled: Bundled) -> dict[str, tuple[str, ...]]:
    """Every reading command, with words that give it something to show."""
    copy = bundled.truth(1)["cases"]["chain_bc"]["copy"]
    return {
        "articles": ("articles",),
        "trails": ("trails",),
        "trace": ("trace", copy),
        "show-diff": ("show-diff", copy),
        "versions": ("versions", copy),
        "config": ("config",),
        "sources list": ("sources", "list"),
        "sources show": ("sources", "show", "steppe-front"),
        "run --dry-run": ("run", "--dry-run"),
        "doctor": ("doctor",),
        "audit": ("audit",),
    }


NAMES = (
    "articles", "trails", "trace", "show-diff", "versions", "config", "sources list",
    "sources show", "run --dry-run", "doctor", "audit",
)  # fmt: skip
# These look further than the catalog: at the store, at what is installed.
LIGHT = tuple(name for name in NAMES if name not in ("doctor", "audit"))


@pytest.fixture
def words(bundled: Bundled, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The words of the command that the test is about."""
    return commands(bundled)[request.param]


# --- for programs -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", NAMES, indirect=True)
def test_json_is_one_value_a_line_and_nothing_else(
    bundled: Bundled, words: tuple[str, ...]
) -> None:
    ended = bundled.copytrail.run(*words, "--json", COPYTRAIL_CONTACT="test@example.org")
    assert ended.rows()
    assert all(isinstance(row, dict) for row in ended.rows())
    assert ended.stderr == ""
    assert "\x1b" not in ended.stdout


@pytest.mark.parametrize("words", LIGHT, indirect=True)
def test_a_pipe_that_closes_early_is_no_error(bundled: Bundled, words: tuple[str, ...]) -> None:
    for more in ("", " --json"):
        line = f'set -o pipefail; "$0" "$@"{more} | head -n 1 | cut -c 1-40'
        ended = subprocess.run(
            ["bash", "-c", line, PROGRAM, *words],
            env=bundled.copytrail.env | {"COPYTRAIL_CONTACT": "archive@example.org"},
            cwd=bundled.copytrail.folder, capture_output=True, timeout=LONGEST, check=False,
        )  # fmt: skip
        assert (ended.returncode, ended.stderr) == (0, b"")
        assert ended.stdout


@pytest.mark.parametrize("words", LIGHT, indirect=True)
def test_a_reading_command_imports_nothing_heavy(bundled: Bundled, words: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", PROGRAM, *words, "--json"],
        env=bundled.copytrail.env, cwd=bundled.copytrail.folder, capture_output=True, text=True,
        timeout=LONGEST, check=True,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in
                ended.stderr.splitlines() if line.startswith("import time:")}  # fmt: skip
    assert "flows" in imported
    assert not imported & HEAVY


def test_a_reading_command_starts_at_once(bundled: Bundled, tmp_path: Path) -> None:
    """In CPU time, best of five in turn with the libraries that it cannot do without: other work
    on the machine is no fault of the command."""
    empty = Copytrail(tmp_path)
    least = [sys.executable, "-c", "import msgspec, sqlalchemy, typer"]
    times = [
        (cpu_seconds(empty, PROGRAM, "articles", "--json"), cpu_seconds(empty, *least))
        for _ in range(5)
    ]
    ours, theirs = map(min, zip(*times, strict=True))
    assert ours < MOST_OF_THAT * theirs


def cpu_seconds(copytrail: Copytrail, *words: str) -> float:
    process = subprocess.Popen(
        words, env=copytrail.env, cwd=copytrail.folder, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


# --- for people -------------------------------------------------------------------------------


def on_a_terminal(copytrail: Copytrail, *words: str, **env: str) -> str:
    """What a command prints where stdout is a terminal."""
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [PROGRAM, *words], env=copytrail.env | {"TERM": "xterm-256color"} | env,
            cwd=copytrail.folder, stdin=slave, stdout=slave, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(slave)
        shown = b""
        while True:
            try:
                data = screen.read(65536)
            except OSError:  # Linux says so when the other end has closed
                break
            if not data:
                break
            shown += data
        _, complaint = process.communicate(timeout=LONGEST)
        assert process.returncode == 0, complaint
    return shown.decode()


def test_colour_on_a_terminal_unless_it_is_refused(bundled: Bundled) -> None:
    assert COLOUR.search(on_a_terminal(bundled.copytrail, "trails"))
    plain = on_a_terminal(bundled.copytrail, "trails", NO_COLOR="1")
    assert "confirmed" in plain
    assert not COLOUR.search(plain)


def every_command() -> Iterator[tuple[str, ...]]:
    """All commands as one would type them."""

    def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*path, name))

    return walk(typer.main.get_command(app), ())


@pytest.mark.parametrize("path", list(every_command()), ids=lambda path: " ".join(path) or "-")
def test_help_tells_the_exit_status(path: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(app, [*path, "--help"])
    assert ended.exit_code == 0
    assert "Usage:" in ended.stdout
    if path != ("sources",):  # it only leads to others
        assert "Exit status:" in ended.stdout
        assert re.search(r"\b0\b", ended.stdout.partition("Exit status:")[2])


def test_trails_are_readable_without_json(bundled: Bundled) -> None:
    shown = bundled.copytrail.well("trails").stdout
    for words in ("Steppe Front", "Kestrel Daily", "Common Inquiry", "confirmed", "contradicted"):
        assert words in shown


# --- what they say ----------------------------------------------------------------------------


def test_trace_leads_to_the_original_and_to_the_seal(bundled: Bundled) -> None:
    cases = bundled.truth(1)["cases"]
    (trace,) = bundled.copytrail.rows("trace", cases["chain_bc"]["copy"])
    urls = [step["article"]["url"] for step in trace["steps"]]
    assert urls == [
        cases["chain_bc"]["copy"],
        cases["chain_bc"]["original"],
        cases["chain_ab"]["original"],
    ]
    assert [step["copied_by"] and step["copied_by"]["verdict"] for step in trace["steps"]] == [
        None,
        "confirmed",
        "confirmed",
    ]
    for step in trace["steps"]:
        number = step["log_entry"]
        entry = bundled.copytrail.store / "log" / f"{number:010}.json"
        assert step["run"]["id"] in entry.read_text()
        assert step["article"]["warc"]["run"] == step["run"]["id"]
        assert step["article"]["capture"] in {one["id"] for one in step["captures"]}


def test_trace_shows_every_visit(bundled: Bundled) -> None:
    case = bundled.truth(1)["cases"]["gone_original"]
    (trace,) = bundled.copytrail.rows("trace", case["original"])
    statuses = [capture["status"] for capture in trace["steps"][0]["captures"]]
    assert set(statuses) == {200, 410}
    assert statuses == sorted(statuses)
    (trace,) = bundled.copytrail.rows("trace", case["copy"])
    assert {capture["status"] for capture in trace["steps"][0]["captures"]} == {200, 304}


def test_trace_tells_where_each_field_was_read(bundled: Bundled) -> None:
    copy = bundled.truth(1)["cases"]["chain_bc"]["copy"]
    (trace,) = bundled.copytrail.rows("trace", copy)
    fields = {one["field"]: one for one in trace["steps"][0]["article"]["provenance"]}
    assert {"title", "authors", "published_at", "paragraphs", "outlet"} <= set(fields)
    shown = " ".join(bundled.copytrail.well("trace", copy).stdout.split())
    assert f"read from title {fields['title']['place']} · authors" in shown


def test_trace_of_an_original_that_is_nowhere(bundled: Bundled) -> None:
    (trace,) = bundled.copytrail.rows("trace", bundled.truth(1)["single"]["unfindable"]["article"])
    assert len(trace["steps"]) == 1
    assert trace["open_end"]["verdict"] == "unverifiable"


def test_show_diff_tells_what_was_changed(bundled: Bundled) -> None:
    case = bundled.truth(1)["cases"]["uncredited_copy"]
    articles = bundled.truth(1)["articles"]
    changes = bundled.copytrail.rows("show-diff", case["copy"])
    assert changes == bundled.copytrail.rows("show-diff", case["copy"], case["original"])
    (title,) = [change for change in changes if change["what"] == "headline"]
    assert title["kind"] == "changed"

    def side(change: dict[str, list[dict[str, str]]], gone: str) -> str:
        return "".join(piece["text"] for piece in change["pieces"] if piece["op"] != gone)

    # Case and quotes are no change: what is the same is printed as the original has it.
    for page, other in (("original", "added"), ("copy", "removed")):
        assert side(title, other).casefold() == articles[case[page]]["title"].casefold()
    kinds = [change["kind"] for change in changes if change["what"] == "paragraph"]
    # Two small changes; all else is the same.
    assert kinds.count("same") > 3
    assert 1 <= kinds.count("changed") <= 2


def test_what_is_not_there_is_told(bundled: Bundled) -> None:
    for words in (("trace",), ("show-diff",)):
        ended = bundled.copytrail.run(*words, "http://127.0.0.1/never-seen")
        assert ended.code == 1
        assert ended.stdout == ""
        assert "http://127.0.0.1/never-seen" in ended.stderr
        assert "copytrail" in ended.stderr.partition(":")[2]  # the next step is a command


def test_articles_can_be_chosen(bundled: Bundled) -> None:
    rows = bundled.visits[2].articles
    copytrail = bundled.copytrail
    mine = [row for row in rows if row["source"] == "steppe-front"]
    assert copytrail.rows("articles", "--source", "steppe-front") == mine
    later = bundled.visits[2].run.rows()[0]["run"]["started_at"]
    new = [row for row in rows if row["captured_at"] >= later]
    assert len(new) == 2
    assert copytrail.rows("articles", "--since", later) == new
    url = mine[0]["url"]
    # However the address is written.
    assert copytrail.rows("articles", "--url", f"{url}?utm_source=mail#top") == [mine[0]]
    shown = copytrail.well("articles", "--url", url, "--text").stdout
    assert mine[0]["title"] in shown
    assert mine[0]["text"].split()[-1] in shown


def test_config_tells_where_each_value_comes_from(tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path, COPYTRAIL_MAX_PAGES="7")
    toml = tmp_path / "copytrail.toml"
    toml.write_text('contact = "archive@example.org"\nmax_pages = 5\n')
    rows = {row["name"]: (row["value"], row["from"]) for row in copytrail.rows("config")}
    assert rows["contact"] == ("archive@example.org", str(toml))
    assert rows["max_pages"] == (7, "environment COPYTRAIL_MAX_PAGES")
    assert rows["max_redirects"] == (10, "default")
    assert rows["allow_private_addresses"][0] is True
    assert rows["store"] == (str(copytrail.home / "archive"), "default")
    named = copytrail.run("config", "--json", COPYTRAIL_CONFIG=str(tmp_path / "none.toml"))
    assert named.code == 2
    assert "none.toml" in named.stderr


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"COPYTRAIL_MAX_PAGE": "3"}, "COPYTRAIL_MAX_PAGES"),
        ({"COPYTRAIL_MAX_PAGES": "many"}, "COPYTRAIL_MAX_PAGES"),
        ({"COPYTRAIL_CATALOG": "oracle://somewhere"}, "oracle://somewhere"),
    ],
)
def test_a_setting_that_cannot_be_used(tmp_path: Path, env: dict[str, str], told: str) -> None:
    ended = Copytrail(tmp_path).run("articles", **env)
    assert ended.code == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_doctor_looks_at_everything(bundled: Bundled) -> None:
    ended = bundled.copytrail.run("doctor", "--json", COPYTRAIL_CONTACT="archive@example.org")
    rows = {row["what"]: row for row in ended.rows()}
    assert ended.code == (0 if all(row["ok"] for row in rows.values()) else 1)
    for what in ("installed", "sources", "contact", "store", "catalog", "runs waiting"):
        assert rows[what]["ok"], rows[what]
    assert "6 log entries" in rows["store"]["detail"]
    assert "up to date" in rows["catalog"]["detail"]


def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    ended = Copytrail(tmp_path).run("doctor", "--json")
    assert ended.code == 1
    rows = {row["what"]: row for row in ended.rows()}
    assert not rows["contact"]["ok"]
    assert "COPYTRAIL_CONTACT" in rows["contact"]["next_step"]
    assert all(row["next_step"] for row in rows.values() if not row["ok"])
