"""RFC 3161 tokens: an authority's word that an entry existed at a time.

openssl asks and checks, as an auditor would by hand; so a token is a time-stamp reply (RFC 3161
§2.4.2) as `openssl ts` writes it.
"""

import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

MAX_TOKEN = 64 * 1024  # bytes; with four certificates they have about 6 KiB
ANSWER_SECONDS = 30.0  # authorities answer within one or two
OPENSSL_SECONDS = 30.0
_TIME = re.compile(r"^Time stamp: (\w{3} +\d+ [\d:]{8})(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)


class TimestampError(Exception):
    """No token could be had, or a token does not hold. The message says why."""


def ask(url: str, roots: Path, data: bytes) -> bytes:
    """A token for `data` from the authority at `url` (RFC 3161 §3.4), checked against `roots`.

    Raises TimestampError where the authority does not answer in time, or its token does not hold.
    """
    query = _openssl(["ts", "-query", "-data", "data", "-sha256", "-cert"], data=data)
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked with the settings
        url, query, {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            token: bytes = answer.read(MAX_TOKEN + 1)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise TimestampError(f"{url}: gives no time stamp: {error}") from error
    if len(token) > MAX_TOKEN:
        raise TimestampError(f"{url}: answered with more than {MAX_TOKEN} bytes")
    try:
        verify(token, data, roots)
    except TimestampError as error:
        raise TimestampError(f"{url}: its time stamp does not hold: {error}") from error
    return token


def when(token: bytes) -> datetime:
    """The time that a token states, UTC, to the second. Raises TimestampError if it states none."""
    text = _openssl(["ts", "-reply", "-in", "token", "-text"], token=token).decode(errors="replace")
    found = _TIME.search(text)
    if found is None:
        raise TimestampError("it holds no time")
    stated = " ".join(f"{found[1]} {found[2]}".split())
    return datetime.strptime(stated, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)


def verify(token: bytes, data: bytes, roots: Path) -> datetime:
    """The time at which `data` existed, by an authority whose root is in the PEM file `roots`.

    Certificates are judged as of that time, for they end sooner than an archive does. Raises
    TimestampError if the token is of other data, or leads to none of these roots.
    """
    if not roots.is_file():
        raise TimestampError(f"{roots}: no such file of authorities' certificates")
    stated = when(token)
    check = ["ts", "-verify", "-data", "data", "-in", "token", "-CAfile", str(roots.absolute())]
    _openssl([*check, "-attime", f"{stated.timestamp():.0f}"], data=data, token=token)
    return stated


def _openssl(arguments: list[str], **files: bytes) -> bytes:
    program = shutil.which("openssl")
    if program is None:
        raise TimestampError("there is no `openssl` here, which time stamps need; install it")
    with tempfile.TemporaryDirectory(prefix="copytrail-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        try:
            done = subprocess.run(
                [program, *arguments], cwd=folder, capture_output=True, check=False,
                stdin=subprocess.DEVNULL, timeout=OPENSSL_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise TimestampError(f"openssl took more than {OPENSSL_SECONDS:.0f} s") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it says no more"]
        raise TimestampError(f"openssl: {_reason(lines)}")
    return done.stdout


def _reason(lines: list[str]) -> str:
    """The last part of openssl's `thread:error:code:library:function:REASON:file:line:more`."""
    for line in lines:
        parts = line.split(":")
        if len(parts) > 6 and parts[1] == "error":
            return " ".join(one for one in (parts[5], *parts[8:]) if one.strip())
    return lines[-1]
