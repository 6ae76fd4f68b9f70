"""Who may ask the reading room, and what a browser may do with its answers.

Whoever gets a browser to open a page here must gain nothing: nothing changes by asking (GET and
HEAD alone), a name that was pointed at this machine is turned away (DNS rebinding), and markup that
slipped through every escape would still run nothing and reach nobody (Content Security Policy,
https://www.w3.org/TR/CSP3/).
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "copytrail"
TOKEN_BYTES = 24  # 192 bits: nobody guesses them
SHORTEST_TOKEN = 16  # letters of one that a person chose

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Cache-Control": "private, no-cache",
}
"""Of every answer that has none of its own of that name."""


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that is bound there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Guard:
    """Stands before the pages (ASGI)."""

    def __init__(self, app: ASGIApp, *, names: Collection[str] = (), token: str = "") -> None:
        """`names`: host names under which the room may be asked for, besides `localhost` and plain
        addresses, which no stranger can point elsewhere. `token`: "" asks for none."""
        self._app = app
        self._names = {"localhost", *(name.lower().strip("[]") for name in names)}
        self._token = token
        # The cookie is no token: who reads it in a browser's files cannot make a link of it.
        self._cookie = hmac.new(token.encode(), b"cookie", hashlib.sha256).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = self._refused(scope, headers) or self._let_in(scope, headers)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    given.setdefault(name, value)
            await send(message)

        # The server itself leaves the body out of an answer to HEAD.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await (answer or self._app)(asked, receive, guarded)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            allow = {"Allow": "GET, HEAD"}
            return PlainTextResponse("The reading room only reads.\n", 405, allow)
        if not self._is_ours(headers.get("host", "")):
            why = "This reading room does not go by that name; `copytrail serve --name` adds one.\n"
            return PlainTextResponse(why, 421)  # Misdirected Request, RFC 9110 §15.5.20
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
            urlsplit(f"//{host}").port  # noqa: B018 - raises where there is no number
        except ValueError:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return True

    def _let_in(self, scope: Scope, headers: Headers) -> Response | None:
        """None for those who may come in."""
        if not self._token:
            return None
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for name, value in given if name == "token"]
        if tokens and _same(tokens[-1], self._token):
            rest = urlencode([pair for pair in given if pair[0] != "token"])
            # Not `//host/…`, which a browser takes for another host.
            path = "/" + scope.get("raw_path", b"/").decode("latin-1").lstrip("/")
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict")
            return answer
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if _same(bearer, self._token) or _same(_cookie(headers), self._cookie):
            return None
        why = (
            "This reading room asks for its token: open the address that `copytrail serve` said.\n"
        )
        return PlainTextResponse(why, 401, {"WWW-Authenticate": "Bearer"})


def _same(one: str, other: str) -> bool:
    """In a time that does not tell how much of it is right."""
    return hmac.compare_digest(one.encode(), other.encode())


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
