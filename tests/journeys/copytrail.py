"""Copytrail as a person has it: its command, its own folder, its own environment."""

import json
import os
import sys
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Any

from tests.forks import forking_python

PROGRAM = Path(sys.executable).with_name("copytrail")
# Settings of whoever runs the tests must not lead them to another archive, store or server.
FOREIGN = ("COPYTRAIL_", "AWS_", "PREFECT_", "PG", "NO_COLOR", "FORCE_COLOR", "PYTHON")
WITHOUT = Path(__file__).with_name("without")  # what is not installed where copytrail is
LONGEST = 200  # seconds for one command; the longest took 15 alone on two cores

# Most of a command's time are its imports, and the journeys are a thousand commands. So they are
# forked from a process that has imported; what is disturbed or measured is the installed PROGRAM.
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.loaded"])

Row = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str

    def rows(self) -> list[Row]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.stdout.splitlines()]


class Copytrail:
    """`copytrail` in a folder: `home` is its archive, `env` what its environment has more."""

    def __init__(self, folder: Path, **env: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.home = folder / "home"
        mine = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self.env = mine | {
            "HOME": str(folder),  # ~/.aws, ~/.pgpass
            "PYTHONPATH": str(WITHOUT),
            "COPYTRAIL_HOME": str(self.home),
            # The outlets of the tests are on 127.0.0.1.
            "COPYTRAIL_ALLOW_PRIVATE_ADDRESSES": "true",
            **env,
        }

    def run(self, *words: str, patch: str = "", **env: str) -> Ended:
        """Run a command to its end, whatever that is; `patch` is Python that is run before it."""
        with TemporaryDirectory() as name:
            streams = Path(name)
            given = (words, self.env | env, self.folder, streams, forking_python(), patch)
            process = FORKS.Process(target=be_copytrail, args=given)
            process.start()
            process.join(LONGEST)
            if process.exitcode is None:
                process.kill()
                process.join()
                raise TimeoutExpired(words, LONGEST)
            out, err = ((streams / number).read_text() for number in "12")
            return Ended(process.exitcode, out, err)

    def well(self, *words: str, **env: str) -> Ended:
        """Run a command that must end with 0."""
        ended = self.run(*words, **env)
        assert ended.code == 0, f"copytrail {' '.join(words)} ended with {ended}"
        return ended

    def rows(self, *words: str) -> list[Row]:
        """What a command that must succeed says with --json."""
        return self.well(*words, "--json").rows()

    def audit(self) -> Row:
        """The audit's report; it must find nothing."""
        (report,) = self.rows("audit")
        assert not report["faults"], report["faults"]
        assert not report["could_not"], report["could_not"]
        return report

    @property
    def store(self) -> Path:
        """The folder of the archive, where it is a local one."""
        return self.home / "archive"


def be_copytrail(
    words: tuple[str, ...],
    env: dict[str, str],
    folder: Path,
    streams: Path,
    python: str,
    patch: str,
) -> None:
    """What a forked process does; the files `1` and `2` in `streams` are its stdout and stderr."""
    from flows.cli import main

    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(folder)
    for number, path in enumerate((Path(os.devnull), streams / "1", streams / "2")):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    sys.argv = [str(PROGRAM), *words]
    sys.executable = python
    exec(patch, {})
    main()
