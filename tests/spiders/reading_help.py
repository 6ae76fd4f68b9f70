"""What the tests of reading share: a page from bytes, a page read, the shared data or a skip."""

from pathlib import Path

import pytest

from config.registry import Source
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, Capture, NotAnArticle, Page, WarcPlace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

NORTH = Source(
    id="north-post", name="North Post", homepage="https://www.northpost.test/",
    aliases=("The Northern Post",), domains=("northpost.example",),
)  # fmt: skip
SOUTH = Source(
    id="south-wire", name="South Wire", homepage="https://southwire.test/",
    domains=("southwire.example",),
)  # fmt: skip
OUTLETS = Outlets([NORTH, SOUTH])
URL = "https://www.northpost.test/2021/05/a-story-about-rivers/1234"

PROSE = (
    "The river rose by two metres in the night, and the old bridge was closed to all traffic.",
    "Engineers from the county came at dawn to look at the pillars, and found three deep cracks.",
    "Nobody was hurt, but the market on the far bank will stay shut until the end of the month.",
    "The mayor said that a new bridge had been promised for eleven years, and that he had waited.",
)


def page(body: bytes | str, url: str = URL, **capture: object) -> Page:
    """A captured page. Headers by `content_type`, everything else goes to the capture."""
    data = body.encode() if isinstance(body, str) else body
    content_type = str(capture.pop("content_type", "text/html"))
    fields: dict[str, object] = {
        "id": "8f14e45f-0000-4000-8000-000000000001", "url": url, "route": "live", "why": "feed",
        "fetched_at": "2021-05-04T10:00:00.000000Z", "status": 200,
        "warc": WarcPlace("run", "a.warc.gz", 10, 200),
    }  # fmt: skip
    made = Capture(**(fields | capture))  # type: ignore[arg-type]
    return Page(capture=made, headers=(("Content-Type", content_type),), body=data)


def read(body: bytes | str, url: str = URL, source: Source | None = NORTH) -> Article:
    """The article on a page; fails where there is none."""
    found = parse(page(body, url), source, OUTLETS)
    assert isinstance(found, Article), f"not read as an article: {found}"
    return found


def refused(body: bytes | str, url: str = URL, **capture: object) -> str:
    """Why a page is no article; fails where it is one."""
    found = parse(page(body, url, **capture), NORTH, OUTLETS)
    assert isinstance(found, NotAnArticle), f"read as an article: {found.title!r}"
    return found.reason


def html(
    inner: str = "", head: str = "", title: str = "A story about rivers", after: str = "",
    before: str = "", prose: tuple[str, ...] = PROSE,
) -> str:  # fmt: skip
    """A plain article page: `before` stands above the text, `inner` below, `after` the article."""
    text = "".join(f"<p>{one}</p>" for one in prose)
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        f"<title>{title}</title>{head}</head>"
        f"<body><nav><a href=/>Home</a> <a href=/world>World</a></nav><article><h1>{title}</h1>"
        f"{before}<div class=entry-content>{text}{inner}</div></article>{after}</body></html>"
    )


def shared(name: str) -> Path:
    """A file or folder of the shared test data; skips the test where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs the shared test data: {path} is not there")
    return path
