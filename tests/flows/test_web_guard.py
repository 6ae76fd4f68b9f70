"""Who may ask the reading room."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from flows.web.guard import Guard, is_loopback, new_token

TOKEN = "a-token-of-forty-letters-that-is-no-secret"


def room(token: str = "", *names: str) -> TestClient:
    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("in")

    app = Starlette(routes=[Route("/{path:path}", answer)])
    return TestClient(Guard(app, names=names, token=token), base_url="http://127.0.0.1:8484")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8484", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8484", 200),
        ("10.1.2.3", 200),
        ("room.example:8484", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost@evil.example", 421),
        ("", 421),
        ("a:b:c", 421),
        ("localhost:port", 421),
    ],
)
def test_only_our_names(host: str, status: int) -> None:
    assert room("", "room.example").get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"])
def test_only_reading(method: str) -> None:
    answer = room().request(method, "/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_token_is_asked_for_and_becomes_a_cookie() -> None:
    client = room(TOKEN)
    for bad in ("/", "/?token=", "/?token=wrong", f"/?token={TOKEN}x", f"/?tokens={TOKEN}"):
        assert client.get(bad).status_code == 401
    assert client.get("/", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
    assert client.get("/", headers={"Cookie": f"copytrail={TOKEN}"}).status_code == 401
    assert client.get("/", headers={"Cookie": b'copytrail="; \x80'}).status_code == 401  # type: ignore[dict-item]
    client = room(TOKEN)
    answer = client.get(f"/a?x=1&token={TOKEN}&y=%26", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/a?x=1&y=%26"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert TOKEN not in answer.headers["set-cookie"]
    assert client.get("/").text == "in"
    assert room(TOKEN).get("/", headers={"Authorization": f"Bearer {TOKEN}"}).text == "in"


def test_the_way_in_leads_to_no_other_host() -> None:
    answer = room(TOKEN).get(
        f"http://127.0.0.1:8484//evil.example/?token={TOKEN}", follow_redirects=False
    )
    assert answer.headers["location"] == "/evil.example/"


def test_every_answer_says_what_a_browser_may_do() -> None:
    for answer in (room().get("/"), room(TOKEN).get("/"), room().post("/")):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_what_is_loopback() -> None:
    assert [
        is_loopback(one) for one in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost")
    ] == ([True] * 5)
    assert not any(is_loopback(one) for one in ("0.0.0.0", "::", "10.0.0.1", "room.example", ""))
    assert len(new_token()) >= 32
    assert new_token() != new_token()
