"""What is only for show waits for no server for long."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from prefect.logging import disable_run_logger
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import showing
from flows.showing import Watcher
from spiders.job import Progress


class Refusing(BaseHTTPRequestHandler):
    """An API that is out of order."""

    asked: list[str]

    def do_GET(self) -> None:
        """Also what Prefect's client asks first: whether it needs a token."""
        self.asked.append(self.path)
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The paths that a server was asked for which cannot answer."""
    handler = type("Handler", (Refusing,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/api"
    with temporary_settings({PREFECT_API_URL: url}), disable_run_logger():
        yield handler.asked
    server.shutdown()
    server.server_close()


def test_progress_is_shown_no_more_for_a_while_where_that_failed(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher("quay")
    watcher._artifact = uuid4()
    watcher._failed = float("-inf")
    asked.clear()
    for done in (10, 20, 30):
        watcher.on_event(Progress(done=done, queued=100 - done))
    assert len(asked) == 1
    monkeypatch.setattr(showing, "REST", 0.0)
    watcher.on_event(Progress(done=40, queued=60))
    assert len(asked) == 2
