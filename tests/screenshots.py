"""`make screenshots`: the pictures in docs/reading-room.md, of the archive that the demo left."""

import re
import sys
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser

from tests.browser import chromium
from tests.demo import HOME
from tests.journeys.copytrail import Copytrail
from tests.journeys.rooms import served

FOLDER = Path("docs/pictures")
WIDTH, HEIGHT = (
    900,
    1050,
)  # of a picture: what comes first on a page, and no megabytes of what comes last


def main() -> None:
    """Take a picture of each kind of page."""
    if not (HOME / "catalog.sqlite").exists():
        sys.exit("There is no demo archive yet: make demo")
    copytrail = Copytrail(Path())
    copytrail.env |= {"COPYTRAIL_HOME": str(HOME.absolute())}
    FOLDER.mkdir(exist_ok=True)
    with served(copytrail) as room, chromium() as browser:
        for name, path in _pages(room).items():
            _picture(browser, room + path, name, WIDTH, "light")
        trail = _pages(room)["trail"]
        _picture(browser, room + trail, "trail-dark", WIDTH, "dark")
        _picture(browser, room + trail, "trail-narrow", 360, "light")


def _pages(room: str) -> dict[str, str]:
    overview = _read(room + "/")
    trails = list(dict.fromkeys(re.findall(r"/trails/[0-9a-f]{16}", overview)))
    trail = max(trails, key=lambda one: _read(room + one).count('class="copy"'))
    compare = re.findall(r'href="(/compare\?[^"]+)"', _read(room + trail))[-1]
    shown = _read(room + trail)
    article = re.findall(r"/articles/[0-9a-f]{32}", shown)[1]
    capture = re.findall(r'href="(/captures/[^"/]+)"', _read(room + article))[0]
    return {
        "overview": "/",
        "trails": "/trails",
        "trail": trail,
        "side-by-side": compare.replace("&amp;", "&"),
        "article": article,
        "capture": capture,
        "search": "/search?q=ferry",
        "network": "/network",
        "audits": "/audits",
    }


def _read(url: str) -> str:
    with urlopen(url) as answer:
        return str(answer.read().decode())


def _picture(browser: Browser, url: str, name: str, width: int, scheme: str) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.goto(url)
    if url.endswith("/network"):
        page.wait_for_selector("img.network")
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.screenshot(
        path=FOLDER / f"{name}.png", full_page=True, animations="disabled",
        clip={"x": 0, "y": 0, "width": width, "height": min(whole, HEIGHT)},
    )  # fmt: skip
    page.close()


if __name__ == "__main__":
    main()
