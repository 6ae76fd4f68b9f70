"""Copytrail as a person has it: the installed command, its own folder, its own environment."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("copytrail")
# Settings of whoever runs the tests must not lead them to another archive, store or server.
FOREIGN = ("COPYTRAIL_", "AWS_", "PREFECT_", "PG", "NO_COLOR", "FORCE_COLOR", "PYTHON")
WITHOUT = Path(__file__).with_name("without")  # what is not installed where copytrail is
LONGEST = 200  # seconds for one command; the longest took 15 alone on two cores

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

    def run(self, *words: str, **env: str) -> Ended:
        """Run a command to its end, whatever that is."""
        ended = subprocess.run(
            [PROGRAM, *words], env=self.env | env, cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=LONGEST, check=False,
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

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
