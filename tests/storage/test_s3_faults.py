"""What a network does to S3: lost answers, silence, half a body. A real proxy before SeaweedFS."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from storage import parts as sizes
from storage import s3
from storage.objects import AlreadyThere, Refused, Store, Unavailable, describe, open_store

SOON = 30.0
"""Seconds in which whoever asks in vain has given up: three asks of two attempts of a second each
and botocore's pauses take 9 at most, a busy machine three times that. One attempt with the limit
that is shipped would take 60, and without any they would go on for ever."""
Harm = Callable[[bytes, bytes], bytes | None]
"""Request head and a piece of the answer → what to pass on; None: cut the line."""


class Proxy:
    """Passes bytes on to a server, and does harm to its answers."""

    def __init__(self, port: int) -> None:
        self.harm: Harm = lambda request, answer: answer
        self._upstream = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                upstream = socket.create_connection(("127.0.0.1", self._upstream))
                request = bytearray()
                for one, other, back in ((client, upstream, False), (upstream, client, True)):
                    threading.Thread(
                        target=self._pass, args=(one, other, request, back), daemon=True
                    ).start()

    def _pass(
        self, source: socket.socket, to: socket.socket, request: bytearray, back: bool
    ) -> None:
        with suppress(OSError), source, to:
            while data := source.recv(65536):
                if not back:
                    if data.startswith((b"PUT ", b"GET ", b"HEAD ", b"POST ", b"DELETE ")):
                        request[:] = data.split(b"\r\n", 1)[0]
                    to.sendall(data)
                elif (passed := self.harm(bytes(request), data)) is None:
                    for one in (source, to):
                        one.shutdown(socket.SHUT_RDWR)
                    return
                else:
                    to.sendall(passed)


@pytest.fixture
def proxy(
    s3_bucket: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """A proxy before the real server, with the environment leading to it."""
    _, env = s3_bucket
    proxy = Proxy(urlsplit(env["AWS_ENDPOINT_URL"]).port or 0)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setattr(s3, "READ_SECONDS", 1)
    monkeypatch.setattr(s3, "ATTEMPTS", 2)
    yield proxy
    proxy.close()


@pytest.fixture
def store(proxy: Proxy, s3_bucket: tuple[str, dict[str, str]]) -> Store:
    """The store, through the proxy."""
    return open_store(s3_bucket[0])


def lose(proxy: Proxy, method: bytes, times: int) -> list[bytes]:
    """Lose the first answers to requests of one kind; returns the list of those lost."""
    lost: list[bytes] = []

    def harm(request: bytes, answer: bytes) -> bytes | None:
        final = not answer.startswith(b"HTTP/1.1 100 ")
        if request.startswith(method) and final and len(lost) < times:
            lost.append(request)
            return None
        return answer

    proxy.harm = harm
    return lost


def test_a_put_whose_answer_is_lost_succeeds(proxy: Proxy, store: Store) -> None:
    """boto3 puts again, the server says 412, and the object there is found to be ours."""
    lost = lose(proxy, b"PUT", 1)
    assert store.put_if_absent("k", b"content") == describe("k", b"content")
    assert len(lost) == 1
    assert store.get("k") == b"content"
    with pytest.raises(AlreadyThere):
        store.put_if_absent("k", b"other")


def test_a_completed_upload_in_parts_whose_answer_is_lost_succeeds(
    proxy: Proxy, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MULTIPART", 1024)
    content = bytes(range(256)) * 8
    lost: list[bytes] = []

    def harm(request: bytes, answer: bytes) -> bytes | None:
        # The request that begins an upload has `?uploads`, the one that completes it its id.
        if request.startswith(b"POST") and b"uploadId=" in request and not lost:
            lost.append(request)
            return None
        return answer

    proxy.harm = harm
    assert store.put_if_absent("k", content) == describe("k", content)
    assert len(lost) == 1
    assert store.get("k") == content


@pytest.mark.parametrize("method", [b"PUT", b"GET", b"HEAD"])
def test_a_server_that_never_answers(proxy: Proxy, store: Store, method: bytes) -> None:
    store.put_if_absent("k", b"content")
    asked = threading.Event()

    def harm(request: bytes, answer: bytes) -> bytes:
        if not request.startswith(method):
            return answer
        asked.set()
        return b""

    proxy.harm = harm
    started = time.monotonic()
    asks: dict[bytes, Callable[[], object]] = {
        b"PUT": lambda: store.put_if_absent("k2", b"x"),
        b"GET": lambda: store.get("k"),
        b"HEAD": lambda: store.head("k"),
    }
    with pytest.raises(Unavailable, match="does not answer"):
        asks[method]()
    assert asked.is_set()
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize("cut", [True, False], ids=["cut", "silent"])
def test_half_a_body(proxy: Proxy, store: Store, cut: bool) -> None:
    """A rotten object: the answer begins, and then ends or never goes on."""
    content = bytes(1024 * 1024)
    store.put_if_absent("k", content)
    passed = 0

    def harm(request: bytes, answer: bytes) -> bytes | None:
        nonlocal passed
        if not request.startswith(b"GET"):
            return answer
        passed += len(answer)
        if passed < 300_000:
            return answer
        return None if cut else b""

    proxy.harm = harm
    started = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer"):
        store.get("k")
    with pytest.raises(Unavailable, match="does not answer"):
        list(store.chunks("k"))
    with pytest.raises(Unavailable, match="does not answer"):
        store.get_range("k", 0, len(content))
    assert time.monotonic() - started < SOON


def answer_with(status: bytes, code: bytes) -> Harm:
    body = b"<Error><Code>" + code + b"</Code><Message>m</Message></Error>"
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/xml\r\nContent-Length: "
    return lambda request, answer: head + str(len(body)).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("status", "code", "error", "says"),
    [
        (b"503 Slow Down", b"SlowDown", Unavailable, "out of order"),
        (b"500 Internal Server Error", b"InternalError", Unavailable, "out of order"),
        (b"501 Not Implemented", b"NotImplemented", Refused, "only once"),
        (b"403 Forbidden", b"AccessDenied", Refused, "right to read, write and list"),
        (b"301 Moved Permanently", b"PermanentRedirect", Refused, "redirects only"),
    ],
)
def test_what_the_server_says(
    proxy: Proxy, store: Store, status: bytes, code: bytes, error: type[Exception], says: str
) -> None:
    proxy.harm = answer_with(status, code)
    started = time.monotonic()
    with pytest.raises(error, match=says):
        store.put_if_absent("k", b"x")
    assert time.monotonic() - started < SOON
