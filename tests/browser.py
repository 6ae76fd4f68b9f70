"""Chromium without a screen, driven by Playwright: for pages that only a browser can judge."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

from tests.servers import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser under test asks nobody but us: no updates, no field trials, no look-ups of its own.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; the test is skipped where none is installed."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        missing("no Chromium: `make test` installs Debian's where it may")
    # Root has no sandbox; only pages of ours are shown.
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=flags)
        except Error as error:
            missing(f"{program} does not start: {error}")
        yield browser
        browser.close()
