"""The reading room over the bundled outlets, looked at with a real browser."""

import csv
import gzip
import hashlib
import io
import json
import re
import signal
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from storage.identity import canonical_url
from tests.browser import chromium
from tests.journeys.bundled import Bundled
from tests.journeys.rooms import get, looking, served
from tests.replayweb import scripts

WIDE = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
NARROW = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}
REPLAYED_MS = 120_000  # it took 3 s; the player's worker starts slowly on a loaded machine
Row = dict[str, Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def room(bundled: Bundled) -> Iterator[str]:
    with served(bundled.copytrail) as address:
        yield address


@pytest.fixture(scope="module")
def trail(bundled: Bundled) -> Row:
    """The trail with most copies."""
    return max(bundled.visits[2].trails, key=lambda one: len(one["copies"]))


@pytest.fixture(scope="module")
def pages(bundled: Bundled, trail: Row) -> dict[str, str]:
    """One address of each kind."""
    copy = next(one for one in trail["copies"] if one["original_article"])
    edited = next(one for one in bundled.visits[2].articles if one["state"] == "edited")
    return {
        "overview": "/",
        "trails": "/trails",
        "trail": f"/trails/{trail['id']}",
        "compare": f"/compare?left={copy['original_article']}&right={copy['copy_article']}",
        "article": f"/articles/{edited['id']}",
        "capture": f"/captures/{edited['capture']}",
        "search": "/search?q=ferry",
        "network": "/network",
        "audits": "/audits",
        "nothing": "/trails/0000000000000000",
    }


def violations(page: Page) -> list[str]:
    """What axe-core finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found
            for node in one["nodes"]]  # fmt: skip


KINDS = ("overview", "trails", "trail", "compare", "article", "capture", "search", "network",
         "audits", "nothing")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [WIDE, NARROW], ids=["wide", "narrow"])
def test_each_page(
    browser: Browser, room: str, pages: dict[str, str], kind: str, options: dict[str, Any]
) -> None:
    """Nothing is reported, asked elsewhere, inaccessible, or wider than the screen."""
    with looking(browser, **options) as (page, looked):
        answer = page.goto(room + pages[kind])
        assert answer is not None
        assert answer.status == (404 if kind == "nothing" else 200)
        if kind == "network":  # on a loaded machine it is worked out while one waits
            page.wait_for_selector("img.network")
        assert page.locator("h1").count() == 1
        assert violations(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= options["viewport"]["width"]
        noted = [one for one in looked.said if kind != "nothing" or "404" not in one]
        assert noted == []
        assert looked.elsewhere(room) == []


def test_from_the_overview_to_the_evidence(
    browser: Browser, room: str, bundled: Bundled, trail: Row
) -> None:
    """One click to a trail, the next to the texts, or to the bytes."""
    title = trail["articles"][0]["title"]
    with looking(browser, **WIDE) as (page, _):
        page.goto(room)
        page.get_by_role("link", name=title).first.click()
        assert page.locator("h1").inner_text() == title
        assert page.locator("article.copy").count() == len(trail["copies"])
        for copy in trail["copies"]:
            assert page.get_by_text(copy["reason"]).count() >= 1
        claims = {
            claim["text"] for one in bundled.visits[2].articles for claim in one["claims"]
            if one["id"] in {end["article"] for end in trail["articles"]}
        }  # fmt: skip
        shown = page.locator("main").inner_text()
        assert claims
        assert [text for text in claims if text not in shown] == []
        inward = page.locator("main a[href^='/']").evaluate_all("all => all.map(a => a.href)")
        assert inward
        for address in sorted(set(inward)):
            assert get(address)
        page.get_by_role("link", name="Side by side").first.click()
        assert page.locator("h1").inner_text() == "Side by side"


def test_side_by_side_is_readable_without_colour(
    browser: Browser, room: str, bundled: Bundled
) -> None:
    edited = next(
        one for one in bundled.visits[2].articles if one["state"] == "edited" and one["version"] > 1
    )
    with looking(browser, **WIDE) as (page, _):
        page.goto(f"{room}/articles/{edited['id']}")
        page.get_by_role("link", name="with version 1").click()
        marks = page.locator(".sides ins, .sides del").all_inner_texts()
        assert marks
        assert {text[0] for text in marks} <= {"+", "−"}
        for side, end in ((0, "del"), (1, "ins")):
            plain = page.locator(f".pair.paragraph .side:nth-child({side + 1})").evaluate_all(
                "all => all.map(one => { const c = one.cloneNode(true);"
                "c.querySelectorAll('.mark, .edits, .nothing').forEach(n => n.remove());"
                "return c.textContent.trim() })"
            )
            version = {0: 1, 1: edited["version"]}[side]
            wanted = next(
                one for one in bundled.visits[2].articles
                if one["url"] == edited["url"] and one["version"] == version
            )  # fmt: skip
            assert [text for text in plain if text] == wanted["paragraphs"], end


def test_keyboard_alone(browser: Browser, room: str) -> None:
    with looking(browser, **WIDE) as (page, _):
        page.goto(room)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("/")
        page.keyboard.type("ferry")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=ferry")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('.hit h2')"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/articles/*")


def test_search_while_typing_and_without_scripts(browser: Browser, room: str) -> None:
    with looking(browser, **WIDE) as (page, looked):
        page.goto(f"{room}/search")
        everything = page.locator(".count").inner_text()
        page.locator("#q").press_sequentially("ferry")
        page.wait_for_url("**/search?q=ferry")
        expect(page.locator(".count")).not_to_have_text(everything)
        typed = page.locator(".hit h2").all_inner_texts()
        assert looked.said == []
    with looking(browser, **WIDE, java_script_enabled=False) as (page, _):
        page.goto(f"{room}/search")
        page.locator("#q").fill("ferry")
        page.get_by_role("button", name="Search").click()
        assert page.locator(".hit h2").all_inner_texts() == typed
        page.locator(".facets a", has_text="Steppe Front").first.click()
        assert 0 < page.locator(".hit").count() < len(typed)


def test_print(browser: Browser, room: str, pages: dict[str, str]) -> None:
    with looking(browser, **WIDE) as (page, _):
        page.goto(room + pages["trail"])
        page.emulate_media(media="print")
        assert not page.locator(".bar").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert page.pdf().startswith(b"%PDF-")


def test_downloads_are_the_bytes_of_the_archive(room: str, bundled: Bundled) -> None:
    article = bundled.visits[2].articles[0]
    place = article["warc"]
    file = bundled.copytrail.store / "runs" / place["run"] / "warc" / place["file"]
    kept = file.read_bytes()[place["offset"] :][: place["length"]]
    record, headers = get(f"{room}/captures/{article['capture']}/record.warc.gz")
    assert record == kept
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["content-type"] == "application/octet-stream"
    response, _ = get(f"{room}/captures/{article['capture']}/response.bin")
    assert gzip.decompress(kept).partition(b"\r\n\r\n")[2] == response + b"\r\n\r\n"


def test_the_capture_page_shows_the_wire(browser: Browser, room: str, bundled: Bundled) -> None:
    article = bundled.visits[2].articles[0]
    response, _ = get(f"{room}/captures/{article['capture']}/response.bin")
    head = response.partition(b"\r\n\r\n")[0].decode()
    with looking(browser, **WIDE) as (page, _):
        page.goto(f"{room}/captures/{article['capture']}")
        shown = page.get_by_role("region", name="Response headers").inner_text()
        assert shown.replace("␍␊", "").strip().splitlines() == head.splitlines()
        whole = page.locator("main").inner_text()
        assert f"tail -c +{article['warc']['offset'] + 1}" in whole
        assert "has the same sum ✓" in whole
        assert "GET " in page.get_by_role("region", name="Request", exact=True).inner_text()


def test_lists_are_those_of_the_commands(room: str, bundled: Bundled) -> None:
    def rows(path: str) -> list[Row]:
        return [json.loads(line) for line in get(room + path)[0].splitlines()]

    trails = bundled.copytrail.rows("trails")
    assert sorted(rows("/trails.json"), key=lambda one: str(one["id"])) == trails
    table = list(csv.DictReader(io.StringIO(get(room + "/trails.csv")[0].decode())))
    assert len(table) == sum(len(one["copies"]) for one in trails)
    assert {row["verdict"] for row in table} == {
        copy["verdict"] for one in trails for copy in one["copies"]
    }
    ids = {one["id"] for one in bundled.copytrail.rows("articles")}
    assert {one["id"] for one in rows("/search.json")} == ids
    assert len(get(room + "/search.csv")[0].decode().splitlines()) >= len(ids) + 1
    assert json.loads(get(room + "/network.json")[0]) == bundled.copytrail.rows("network")[0]
    # A trail that is gathered alone is the one that is gathered with all.
    for trail in trails:
        for page in trail["articles"]:
            name = hashlib.sha256(canonical_url(page["url"]).encode()).hexdigest()[:16]
            assert json.loads(get(f"{room}/trails/{name}.json")[0]) == trail


def test_memento(room: str, bundled: Bundled) -> None:
    """RFC 7089: TimeGate, TimeMap and memento of a page that was captured twice with a change."""
    page = next(one["url"] for one in bundled.visits[2].articles if one["state"] == "edited")
    text = get(f"{room}/memento/timemap/link/{page}")[0].decode()
    mementos = re.findall(r'<([^>]+)>; rel="[^"]*memento"; datetime="([^"]+)"', text)
    assert len(mementos) >= 2
    assert f'<{room}/memento/{page}>; rel="timegate"' in text
    address, at = mementos[0]
    body, headers = get(f"{room}/memento/{page}", Accept_Datetime="Thu, 01 Jan 1998 00:00:00 GMT")
    assert headers["memento-datetime"] == at
    assert 'rel="original"' in headers["link"].replace('"original timegate"', '"original"')
    assert headers["content-security-policy"].endswith("sandbox")
    assert headers["content-disposition"].startswith("attachment")
    assert (body, at) == (get(address)[0], at)
    newest, headers = get(f"{room}/memento/{page}")
    assert newest != body
    assert headers["memento-datetime"] == mementos[-1][1]
    as_json = json.loads(get(f"{room}/memento/timemap/json/{page}")[0])
    assert len(as_json["mementos"]["list"]) == len(mementos)
    with pytest.raises(HTTPError, match="404"):
        get(f"{room}/memento/https://nobody.example/")
    with pytest.raises(HTTPError, match="400"):
        get(f"{room}/memento/{page}", Accept_Datetime="yesterday")


def test_a_report_stands_alone(
    browser: Browser, bundled: Bundled, trail: Row, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    copy = trail["copies"][0]["copy_url"]
    bundled.copytrail.well("report", copy, "-o", str(file))
    with looking(browser, **WIDE) as (page, looked):
        page.goto(file.as_uri())
        assert violations(page) == []
        assert looked.said == []
        assert looked.elsewhere("file:") == []
        assert page.locator("h2", has_text="Evidence").count() == 1
        assert page.locator("a[href^='/']").count() == 0
        records = page.locator("a[download]").evaluate_all("all => all.map(a => a.href)")
        sums = [
            hashlib.sha256(b64decode(one.partition("base64,")[2])).hexdigest() for one in records
        ]
        shown = page.locator("main").inner_text()
        assert sums
        assert [one for one in sums if f"sha256:{one}" not in shown] == []
        assert page.pdf().startswith(b"%PDF-")
    ended = bundled.copytrail.run("report", "https://nobody.example/x", "-o", str(file))
    assert ended.code == 1
    assert "in no trail" in ended.stderr


def test_a_page_leads_to_its_newest_version(room: str, bundled: Bundled) -> None:
    url = bundled.visits[2].articles[0]["url"]
    body, _ = get(f"{room}/page?url={quote(url, safe='')}")
    assert url.encode() in body


def test_it_only_reads(room: str) -> None:
    import http.client

    host = room.removeprefix("http://")
    for method, name, status in (
        ("POST", host, 405), ("DELETE", host, 405), ("HEAD", host, 200),
        ("GET", "evil.example", 421), ("GET", "localhost", 200), ("GET", "[::1]:9", 200),
    ):  # fmt: skip
        connection = http.client.HTTPConnection(host)
        connection.putrequest(method, "/", skip_host=True)
        connection.putheader("Host", name)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == status, (method, name)
        policy = answer.getheader("Content-Security-Policy") or ""
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        assert (method != "HEAD") or answer.read() == b""
        connection.close()


def test_replay_is_an_illustration_elsewhere(
    browser: Browser, bundled: Bundled, tmp_path: Path
) -> None:
    """At a port of its own, under a policy of its own, and it says what it is."""
    article = bundled.visits[2].articles[0]
    with (
        served(bundled.copytrail, "--replay", str(scripts(tmp_path))) as room,
        looking(browser, **WIDE) as (page, looked),
    ):
        page.goto(f"{room}/captures/{article['capture']}")
        with page.context.expect_page() as opening:
            page.get_by_role("link", name="Replay, an illustration").click()
        replay = opening.value
        replay.on("request", lambda request: looked.asked.append(request.url))
        assert not replay.url.startswith(room)
        expect(replay.get_by_role("note")).to_contain_text("An illustration, no evidence.")
        shown = replay.frame_locator("iframe").frame_locator("iframe").locator("h1").first
        expect(shown).to_contain_text(article["title"], timeout=REPLAYED_MS)
        origin = replay.url.partition("/pages/")[0]
        assert [url for url in looked.elsewhere(room) if not url.startswith(origin)] == []
    ended = bundled.copytrail.run("serve", "--replay", str(bundled.copytrail.folder))
    assert ended.code == 2
    assert "make replay" in ended.stderr


def test_a_token_lets_in(browser: Browser, bundled: Bundled) -> None:
    token = "a-token-of-forty-letters-that-is-no-secret"
    with served(bundled.copytrail, "--token", token) as address, looking(browser) as (page, _):
        room, _, told = address.partition("/?token=")
        assert told == "…"
        for url in (f"{room}/", f"{room}/?token=wrong", f"{room}/static/room.css"):
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 401
        page.goto(f"{room}/trails?token={token}&at=1")
        assert page.url == f"{room}/trails?at=1"
        (cookie,) = page.context.cookies()
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        assert token not in cookie["value"]
        assert page.locator("h1").inner_text() == "Trails"
        assert get(f"{room}/", Authorization=f"Bearer {token}")
    ended = bundled.copytrail.run("serve", "--token", "short")
    assert ended.code == 2
    assert "16 letters" in ended.stderr
    # A service manager ends what it started by SIGTERM, and takes another status for a failure.
    with served(
        bundled.copytrail, "--name", "room.example", end=signal.SIGTERM, status=0
    ) as address:
        assert "?token=" in address
    ended = bundled.copytrail.run("serve", "--host", "a..b")
    assert (ended.code, "a..b, port 8484" in ended.stderr) == (2, True)
