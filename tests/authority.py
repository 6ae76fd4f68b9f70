"""A time-stamp authority on 127.0.0.1: `openssl ts` behind a web server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
"""


@dataclass
class TimestampAuthority:
    """A running authority."""

    url: str
    roots: Path
    status: int = 200
    """What it answers with; above 299, nothing is granted."""
    asked: list[str] = field(default_factory=list)
    """The content types of the requests."""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: Path) -> None:
    """A root, and a certificate for time stamps (RFC 3161 §2.3: that use alone, and critical)."""
    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(folder, *new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root")
    openssl(folder, *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Authority")
    (folder / "ext").write_text("extendedKeyUsage = critical, timeStamping\n")
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-out", "tsa.pem", "-extfile", "ext",
    )  # fmt: skip
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")


@contextmanager
def timestamp_authority(folder: Path) -> Iterator[TimestampAuthority]:
    """An authority with its files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    make_certificates(folder)
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            running.asked.append(self.headers["Content-Type"])
            with one_at_a_time:
                (folder / "query").write_bytes(query)
                reply = ("-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
                openssl(folder, "ts", "-reply", *reply)
                token = (folder / "reply").read_bytes()
            self.send_response(running.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(token)))
            self.end_headers()
            self.wfile.write(token)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = TimestampAuthority(f"http://127.0.0.1:{server.server_port}/tsa", folder / "ca.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
