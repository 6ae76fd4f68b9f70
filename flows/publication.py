"""Heads told outside the archive, so that a cut or rewritten log is found out.

Whoever may write to a store can cut the newest entries off, and whoever has the key, too, can write
all anew; the result is sound in itself. Only a head that somebody else keeps shows it (see
`docs/layout.md`). Each sealing is noted in the home folder, and sent to where `publish_head` says.
"""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec

from config.settings import Settings
from storage.identity import now, sha256_hex
from storage.log import Head

SECONDS = 30.0  # for a webhook's answer, and for each call of git
HEADS = "heads.txt"


class NoHeads(Exception):
    """A file of heads cannot be used. The message names the line."""


def noted(settings: Settings) -> Path:
    """This machine's own note of the heads of the archive that is configured."""
    return settings.home / "heads" / f"{sha256_hex(settings.store_url.encode())[:16]}.txt"


def publish(settings: Settings, head: Head) -> list[str]:
    """Note the head down, and tell it to all that `publish_head` names.

    The result says in words what did not work: the next head, which vouches for this one, is told
    again, so a run does not fail for it.
    """
    line = f"{head.seq} {head.sha256} {now()}\n"
    troubles = []
    for target in (str(noted(settings)), *settings.publish_head.split()):
        try:
            _tell(target, head, line)
        except (OSError, subprocess.SubprocessError, urllib.error.URLError) as error:
            troubles.append(f"the head could not be published to {_public(target)}: {_why(error)}")
    return troubles


def _tell(target: str, head: Head, line: str) -> None:
    if target.startswith(("http://", "https://")):
        body = {"seq": head.seq, "sha256": head.sha256, "time": line.split()[2]}
        request = urllib.request.Request(  # noqa: S310 - http(s) only, by the test above
            target, msgspec.json.encode(body), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return
    if target.startswith("git:"):
        _commit(Path(target.removeprefix("git:")).expanduser(), head, line)
        return
    _append(Path(target).expanduser(), line)


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _commit(repository: Path, head: Head, line: str) -> None:
    """A commit in a repository; pushed where its branch has an upstream."""
    _git(repository, "rev-parse", "--git-dir")  # before a file is left in a folder that is none
    _append(repository / HEADS, line)
    _git(repository, "add", HEADS)
    _git(repository, "commit", "--quiet", "--message", f"Log entry {head.seq}", "--", HEADS)
    upstream = ["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]
    if _git(repository, *upstream, check=False).returncode == 0:
        _git(repository, "push", "--quiet")


def _git(
    repository: Path, *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=SECONDS, check=check, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},
    )  # fmt: skip


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = error.stderr.decode(errors="replace").strip().splitlines()
        return f"git: {said[-1] if said else 'failed'}"
    return str(error)


def _public(target: str) -> str:
    """A webhook's address often is its own password."""
    return target.partition("://")[0] + "://…" if "://" in target else target


def read_heads(path: Path) -> Iterator[Head]:
    """The heads in a file as `publish` writes it: number, SHA-256, time. Raises NoHeads."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NoHeads(f"{path}: cannot be read as heads: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield parse_head(" ".join(line.split()[:2]))
            except ValueError as error:
                raise NoHeads(f"{path}: line {number}: {error}") from error


def parse_head(text: str) -> Head:
    """`7 9f02…`, `7:9f02…` or `7:sha256:9f02…`. Raises ValueError."""
    seq, _, digest = text.strip().replace(" ", ":").partition(":")
    digest = digest.removeprefix("sha256:").lower()
    if not seq.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"`{text:.100}` is not a head: write NUMBER:SHA256, as each run prints it")
    return Head(int(seq), digest)
