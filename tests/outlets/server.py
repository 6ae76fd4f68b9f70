"""Serve the three outlets on 127.0.0.1.

`python -m tests.outlets.server [--visit 2] [--ports a,b,c]` prints one JSON line, outlet id to URL,
then serves until stdin closes or SIGTERM comes.
"""

import argparse
import gzip
import json
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.outlets.common_inquiry import CommonInquiry
from tests.outlets.content import NAMES
from tests.outlets.kestrel_daily import KestrelDaily
from tests.outlets.site import Reply, Site
from tests.outlets.steppe_front import SteppeFront

SITES: dict[str, type[Site]] = {
    site.outlet: site for site in (SteppeFront, CommonInquiry, KestrelDaily)
}
CHUNKED = "kestrel-daily"
CHUNK = 1500


class Handler(BaseHTTPRequestHandler):
    """The wire: content coding, framing, conditions. What to say is the site's."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    timeout = 60

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        reply = self.server.site().answer(unquote(url.path), query)
        status = 304 if reply.status == 200 and self.unchanged(reply) else reply.status
        self.server.outlets.requests.append((self.server.outlet, self.command, self.path, status))
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.etag:
            self.send_header("ETag", reply.etag)
        if reply.modified:
            self.send_header("Last-Modified", http_date(reply.modified))
        self.send_header("Vary", "Accept-Encoding")
        if status == 304:
            self.end_headers()
        else:
            self.send_body(reply)

    do_HEAD = do_GET

    def unchanged(self, reply: Reply) -> bool:
        """RFC 9110, 13.2.2: If-None-Match decides; If-Modified-Since only where it is absent."""
        if (tags := self.headers["If-None-Match"]) is not None:
            given = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return bool(reply.etag) and (reply.etag or "").removeprefix("W/") in given
        if (since := self.headers["If-Modified-Since"]) and reply.modified:
            with suppress(ValueError):
                return reply.modified <= parsedate_to_datetime(since)
        return False

    def send_body(self, reply: Reply) -> None:
        body = reply.body
        self.send_header("Content-Type", reply.type)
        textual = reply.type.startswith(("text/", "application/")) and "gzip" not in reply.type
        if textual and accepts_gzip(self.headers["Accept-Encoding"] or ""):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        chunked = self.server.outlet == CHUNKED and self.request_version == "HTTP/1.1"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            pieces = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return {"steppe-front": "Apache", "common-inquiry": "nginx/1.18.0"}.get(
            self.server.outlet, "kestrel-edge"
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Nothing: `Outlets.requests` is the log."""


class Server(ThreadingHTTPServer):
    """One outlet's server. Closing it closes the connections that are kept alive, too."""

    daemon_threads = True

    def __init__(self, outlets: "Outlets", outlet: str, port: int) -> None:
        self.outlets, self.outlet = outlets, outlet
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def site(self) -> Site:
        return self.outlets.site(self.outlet)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; any other error is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Outlets:
    """The three outlets, served while the context lasts. Set `visit` to see them later in time."""

    def __init__(self, visit: int = 1, ports: Mapping[str, int] | None = None) -> None:
        self.visit = visit
        self.requests: list[tuple[str, str, str, int]] = []
        """(outlet, method, path, status) of every request, in order of answering."""
        self.urls: dict[str, str] = {}
        self._ports = ports or {}
        self._servers: list[Server] = []
        self._sites: dict[tuple[str, int], Site] = {}

    def __enter__(self) -> Self:
        for outlet in NAMES:
            server = Server(self, outlet, self._ports.get(outlet, 0))
            self._servers.append(server)
            self.urls[outlet] = f"http://127.0.0.1:{server.server_port}"
        for server in self._servers:
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def site(self, outlet: str) -> Site:
        """An outlet as it is on the visit that is set now."""
        at = (outlet, self.visit)
        if at not in self._sites:
            self._sites[at] = SITES[outlet](self.urls, self.visit)
        return self._sites[at]


def accepts_gzip(header: str) -> bool:
    codings = (coding.replace(" ", "").lower() for coding in header.split(","))
    return any(coding.split(";")[0] == "gzip" and not coding.endswith("q=0") for coding in codings)


def http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.outlets.server", description=__doc__)
    parser.add_argument("--visit", type=int, choices=(1, 2), default=1)
    parser.add_argument("--ports", help="three ports, in the order of the outlets", default="0,0,0")
    args = parser.parse_args()
    ports = dict(zip(NAMES, map(int, args.ports.split(",")), strict=True))

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    with Outlets(args.visit, ports) as outlets, suppress(KeyboardInterrupt):
        sys.stdout.write(json.dumps(outlets.urls) + "\n")
        sys.stdout.flush()
        while sys.stdin.buffer.read(4096):
            pass


if __name__ == "__main__":
    main()
