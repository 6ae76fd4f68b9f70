"""The reading room as a person has it: `copytrail serve`, and a browser that looks at it."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page

from tests.journeys.copytrail import PROGRAM, Copytrail

CLOSING = 30  # seconds that a room may take to close


@contextmanager
def served(
    copytrail: Copytrail, *words: str, end: signal.Signals = signal.SIGINT, status: int = 130
) -> Iterator[str]:
    """The address of a room over this archive, without the slash at its end."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", *words], env=copytrail.env, cwd=copytrail.folder,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.poll()
        yield found[0].rstrip("/")
    finally:
        process.send_signal(end)
        assert process.wait(CLOSING) == status
        assert process.stdout is not None
        process.stdout.close()


def get(url: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of an answer; raises HTTPError for 400 and above."""
    request = Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})
    with urlopen(request) as answer:
        return answer.read(), {name.lower(): text for name, text in answer.getheaders()}


@dataclass
class Looked:
    """What a browser noticed while it looked."""

    said: list[str] = field(default_factory=list)
    """Console messages, errors of scripts, dialogs."""
    asked: list[str] = field(default_factory=list)
    """Every address that was asked for."""

    def elsewhere(self, room: str) -> list[str]:
        """Those that were not the room's."""
        return [url for url in self.asked if not url.startswith((room + "/", "data:", "file:"))]


@contextmanager
def looking(browser: Browser, **options: object) -> Iterator[tuple[Page, Looked]]:
    """A page in a fresh context."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page, looked = context.new_page(), Looked()

    def dialog(opened: object) -> None:
        looked.said.append("a dialog")
        opened.dismiss()  # type: ignore[attr-defined]

    page.on("console", lambda message: looked.said.append(message.text))
    page.on("pageerror", lambda error: looked.said.append(str(error)))
    page.on("dialog", dialog)
    page.on("request", lambda request: looked.asked.append(request.url))
    try:
        yield page, looked
    finally:
        context.close()
