"""The reading room over an archive of pages that were made to get at those who look."""

import csv
import io
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs
from playwright.sync_api import Browser
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.catalog import open_catalog
from storage.records import Claim, Credited, Medium, Origin, PrintedDate, WarcPlace
from tests.browser import chromium
from tests.flows.crossposts_made import HARBOUR
from tests.journeys.copytrail import Copytrail
from tests.journeys.rooms import get, looking, served
from tests.storage.catalog_made import article, capture, run

OVERRIDE, ISOLATE, ESCAPE = "\u202e", "\u2066", "\x1b"
TURNED = "https://third.example/turned"
SCRIPT = "<script>window.owned=1</script>"
BREAKS_OUT = "\"'><img src=x onerror=window.owned=1>"
ORIGINAL = f"https://first.example/a?x={BREAKS_OUT}&y=<svg/onload=owned=1>"
COPY = "https://second.example/b/{{7*7}}/%00/%E2%80%AE"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
FORMULA = '=HYPERLINK("https://evil.example")'


def escaped(text: str) -> str:
    """As a page has to write it to say it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def hostile(title: str, author: str, day: str, after: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (*HARBOUR, escaped(SCRIPT + ISOLATE)))
    return (
        f"<html lang='en'><head><title>{escaped(title)}</title>"
        f"<meta property='og:title' content=\"{escaped(title)}\">"
        "<meta property='og:type' content='article'>"
        f"<meta name='author' content=\"{escaped(author)}\">"
        f"<meta property='article:published_time' content=\"{escaped(day)}\">"
        "<link rel=preconnect href=https://evil.example>"
        "<meta http-equiv=refresh content='0;url=https://evil.example/'></head>"
        f"<body><article><h1>{escaped(title)}</h1>{text}{after}{SCRIPT}"
        "<img src='https://evil.example/pixel.png'></article></body></html>"
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Copytrail:
    copytrail = Copytrail(tmp_path_factory.mktemp("hostile"))
    credit = (
        f"<p>The original source of this article is <a href='javascript:window.owned=1'>"
        f"{escaped(SCRIPT)}</a></p><p>Copyright © {escaped(BREAKS_OUT)}, 2026</p>"
    )
    pages = [
        (ORIGINAL, hostile(f"{SCRIPT}{OVERRIDE}exe.gpj", f"{BREAKS_OUT}{OVERRIDE}", "2026-02-17")),
        (COPY, hostile(FORMULA, "{{ 7*7 }}", f"2026-02-18{SCRIPT}", credit)),
    ]
    path = copytrail.folder / "hostile.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in pages:
            headers = [
                ("Content-Type", "text/html; charset=utf-8"),
                ("X-Script", SCRIPT),
                ("X-Turned", f"a{OVERRIDE}b".encode().decode("latin-1")),
                ("X-Escape", f"{ESCAPE}]0;owned"),
                ("Set-Cookie", f"a={BREAKS_OUT}"),
            ]
            head = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body.encode()), http_headers=head,
                    warc_headers_dict={"WARC-Date": "2026-03-01T08:00:00Z"},
                )
            )  # fmt: skip
    copytrail.well("import", str(path))
    turned(copytrail)
    return copytrail


def turned(copytrail: Copytrail) -> None:
    """What another reader than ours could leave in a catalog: ours takes direction marks out."""
    text = f"before{OVERRIDE}after{ISOLATE}{ESCAPE}[2J{SCRIPT}"
    place = WarcPlace("01KBXK8NFFP7P4S1D0ZC9T5ZZZ", "none.warc.gz", 0, 9)
    seen = structs.replace(
        capture(f"urn:{text}", 1, 1, TURNED, source=text, mime=text, etag=text, error=text),
        warc=place,
    )
    claim = Claim(kind="copyright", text=text, target_name=text, href=text, place=text)
    shown = article(
        "turned", seen, title=text, title_prefix=text, subtitle=text, authors=(text,),
        credited=(Credited(text, "person"),), published_at=text, paragraphs=(text, f"“{text}”"),
        boilerplate=(text,), claims=(claim,), taxonomy={text: (text,)}, outlet=text, language=text,
        republished_from=Origin(text, text), stated_canonical=text, notes=(text,),
        published=(
            PrintedDate(raw=text, value=text, precision=None, says="published", where=text),
        ),
        media=(Medium(kind="image", url=text, caption=text),), links=(text,),
    )  # fmt: skip
    catalog = open_catalog(f"sqlite:///{copytrail.home / 'catalog.sqlite'}")
    catalog.take_in(99, run(1, text), [seen], [(shown, [])], [])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def room(archive: Copytrail) -> Iterator[str]:
    with served(archive) as address:
        yield address


@pytest.fixture(scope="module")
def paths(archive: Copytrail) -> list[str]:
    """All pages that show something of it."""
    (trail,) = archive.rows("trails")
    articles = [one for one in archive.rows("articles") if one["url"] != TURNED]
    ids = [one["id"] for one in articles]
    return [
        "/", "/trails", f"/trails/{trail['id']}", f"/compare?left={ids[0]}&right={ids[1]}",
        *[f"/articles/{one}" for one in ids],
        *[f"/captures/{one['capture']}" for one in articles],
        "/search?q=%3Cscript%3E%E2%80%AE%22", f"/search?source={SCRIPT}&credits=%22%3E{SCRIPT}",
        "/network", f"/page?url={SCRIPT}", f"/trails/{SCRIPT}", f"/captures/{SCRIPT}",
    ]  # fmt: skip


def test_nothing_runs_and_nobody_is_asked(browser: Browser, room: str, paths: list[str]) -> None:
    with looking(browser) as (page, looked):
        for path in paths:
            answer = page.goto(room + path)
            assert answer is not None
            assert answer.status in (200, 404)
            assert page.evaluate("window.owned") is None
            scripts = page.locator("script").evaluate_all("all => all.map(one => one.src)")
            assert scripts == [f"{room}/static/room.js"]
            bad = (
                "[onerror], [onload], iframe, object, embed, base, main img:not(.network), "
                "a:not([href^='/']):not([href^='http']):not([href^='#'])"
            )
            assert page.locator(bad).count() == 0, path
            outward = page.locator("a[href^='http']").evaluate_all("all => all.map(a => a.rel)")
            assert set(outward) <= {"noopener noreferrer nofollow"}
        assert looked.elsewhere(room) == []
        assert [one for one in looked.said if "404" not in one] == []


def test_everything_is_shown(browser: Browser, room: str, archive: Copytrail) -> None:
    """What cannot be seen is named, markup and templates stand there as they were written."""
    found = {one["source"]: one for one in archive.rows("articles")}
    first, second = found["first.example"], found["second.example"]
    with looking(browser) as (page, _):
        page.goto(f"{room}/articles/{first['id']}")
        title = page.locator("h1").text_content() or ""
        assert title.strip() == f"{SCRIPT}exe.gpj"
        whole = page.locator("main").inner_text()
        assert "onerror=window.owned=1" in whole
        page.goto(f"{room}/articles/{second['id']}")
        whole = page.locator("main").inner_text()
        assert "{{ 7*7 }}" in whole
        assert "javascript:window.owned=1" in whole
        assert page.locator("a[href^='javascript']").count() == 0
        page.goto(f"{room}/captures/{first['capture']}")
        head = page.get_by_role("region", name="Response headers").inner_text()
        assert f"X-Script: {SCRIPT}" in head
        assert "U+001B" in head
        assert f"a={BREAKS_OUT}" in head


def test_signs_that_cannot_be_seen_are_named(browser: Browser, room: str) -> None:
    with looking(browser) as (page, looked):
        for path in ("/articles/turned", "/search?q=before", "/compare?left=turned&right=turned"):
            page.goto(room + path)
            whole = page.content()
            assert 'before<i class="sign">U+202E</i>after' in whole
            assert not set(OVERRIDE + ISOLATE + ESCAPE) & set(whole)
            assert page.evaluate("window.owned") is None
        page.goto(f"{room}/articles/turned")
        page.get_by_role("link", name="The bytes that it was read from").click()
        assert "The bytes cannot be read" in page.locator("main").inner_text()
        assert not set(OVERRIDE + ISOLATE + ESCAPE) & set(page.content())
        assert [one for one in looked.said if "404" not in one] == []


def test_a_memento_is_never_rendered(room: str) -> None:
    _, headers = get(f"{room}/memento/{COPY}")
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "set-cookie" not in headers
    assert "x-script" not in headers


def test_no_cell_is_a_formula(room: str) -> None:
    for path in ("/search.csv", "/trails.csv", "/network.csv"):
        rows = list(csv.reader(io.StringIO(get(room + path)[0].decode())))
        assert len(rows) > 1
        cells = [cell for row in rows for cell in row if not NUMBER.fullmatch(cell)]
        assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
        assert not any(OVERRIDE in cell or ESCAPE in cell for cell in cells)
    assert f"'{FORMULA}" in {
        cell for row in csv.reader(io.StringIO(get(room + "/search.csv")[0].decode()))
        for cell in row
    }  # fmt: skip


def test_a_report_runs_nothing(browser: Browser, archive: Copytrail, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    (trail,) = archive.rows("trails")
    archive.well("report", trail["articles"][0]["url"], "-o", str(file))
    with looking(browser) as (page, looked):
        page.goto(file.as_uri())
        assert page.evaluate("window.owned") is None
        assert page.locator("script, iframe, img, object, [onerror]").count() == 0
        assert looked.elsewhere("file:") == []
        assert looked.said == []
        assert f"{SCRIPT}exe.gpj" in (page.locator("h1").text_content() or "")
