"""replayweb.page replays what we captured, in a real browser.

Its reason phrase is not looked at: replayweb.page 2.4 keeps none of any archive, and writes the
usual one of the status. pywb shows ours (`test_replay.py`).
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Response

from tests.browser import chromium
from tests.replayweb import replaying, shown
from tests.spiders.replayed import captured_site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def replayed(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Frame, list[Response]]]:
    """The captured page as replayweb.page shows it, and every answer that the browser had."""
    warc, site = captured_site(tmp_path_factory.mktemp("captured"))
    page = browser.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    with replaying(warc, f"{site}/replay", tmp_path_factory.mktemp("replay")) as address:
        try:
            yield shown(page, address, "document.images.length"), answers
        finally:
            page.close()


def test_the_page_is_shown(replayed: tuple[Frame, list[Response]]) -> None:
    frame, _ = replayed
    assert frame.inner_text("h1") == "The ferry stops"


def test_pictures_and_styles_are_shown(replayed: tuple[Frame, list[Response]]) -> None:
    frame, _ = replayed
    frame.wait_for_function("document.images[0].naturalWidth === 1")
    # The colour stands in a style that another style imports.
    frame.wait_for_function(
        "getComputedStyle(document.querySelector('h1')).color === 'rgb(18, 52, 86)'"
    )


def test_both_cookies_are_replayed(replayed: tuple[Frame, list[Response]]) -> None:
    """Service workers may not set cookies; replayweb.page hands them on in a header of its own."""
    _, answers = replayed
    presets = {answer.headers.get("x-wabac-preset-cookie") for answer in answers}
    assert "a=1; b=2" in presets
