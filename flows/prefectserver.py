"""A Prefect server of our own, where none is configured: SQLite in the home folder, loopback only.

It is started without importing Prefect here, watched, and started again when it dies.
"""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from config.settings import Settings
from flows.journal import LATE
from flows.workplace import Busy, locked, write_synced

API = "PREFECT_API_URL"
START_SECONDS = 300.0
"""The first start makes the database: 7 to 37 s alone, more than 120 s on a machine with ten times
as much to do as it can (measured)."""
STOP_SECONDS = 15.0
PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between two looks at a server that does not answer; the last for all later ones."""
ANSWER_SECONDS = 10.0  # for one look
HISTORY_SECONDS = 30 * 86400
"""Flow runs, with their logs and artifacts, are dropped from Prefect's database after a month. What
was archived, and how it went, stands in the sealed runs for ever."""
LOG_BYTES = 16 * 1024 * 1024  # of the server's own log, before it is begun anew; one older is kept


class NoServer(Exception):
    """The Prefect server cannot be had. The message says what to do."""


@contextmanager
def server(settings: Settings, tell: Callable[[str], None]) -> Iterator[str]:
    """The address of the server's API: that of PREFECT_API_URL, or of one that is started for as
    long as this lasts. Raises NoServer.

    One that is configured may be on its way up, as in a container beside this one: where it does
    not answer, `tell` is given why, and it is asked again, for as long as one of our own may take.
    """
    if configured := os.environ.get(API):
        await_answer(configured, tell, START_SECONDS)
        yield configured
        return
    folder = (settings.home / "prefect").absolute()
    try:
        with locked(settings.home / "locks" / "prefect.lock", "the Prefect server") as lock:
            own = _Own(folder, _port(settings.prefect_port), lock)
            try:
                own.start()
                os.environ |= own.env
                yield own.env[API]
            finally:
                own.stop()
    except Busy as error:
        raise NoServer(
            f"{error}. A server that an earlier `copytrail schedule` left is in {folder}: its "
            "number is in server.pid; end it with `kill`."
        ) from error


def await_answer(api: str, tell: Callable[[str], None], seconds: float) -> None:
    """Until the API at this address answers. Raises NoServer after so many seconds."""
    end = time.monotonic() + seconds
    for wait in chain(PAUSES, repeat(PAUSES[-1])):
        if not (trouble := _trouble(api)):
            return
        said = f"the Prefect server of {API} ({api}) {trouble}."
        left = end - time.monotonic()
        if left <= 0:
            raise NoServer(
                f"{said} Start it, or mend the address, which ends in /api; without {API} "
                "`copytrail schedule` starts a server of its own."
            )
        tell(f"{said} It is asked again in {wait:g} s, for {left:.0f} s more; Ctrl-C ends it.")
        time.sleep(min(wait, left))


def _trouble(api: str) -> str:
    """Why the API cannot be used, in words; "" where it can."""
    try:
        with urlopen(f"{api.rstrip('/')}/health", timeout=ANSWER_SECONDS):  # noqa: S310 - the user's
            return ""
    except HTTPError as error:
        # Who may ask, is between Prefect's own client and the server.
        return "" if error.code in (401, 403) else f"answers {error.code} for /health"
    except URLError as error:
        if isinstance(error.reason, ssl.SSLError):  # Prefect may trust others than we do
            return ""
        return f"does not answer ({getattr(error.reason, 'strerror', None) or error.reason})"
    except ValueError as error:
        raise NoServer(f"{API}: {error}. It is an address such as http://127.0.0.1:4200/api") from (
            error
        )
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer ({error or type(error).__name__})"


def _port(wanted: int) -> int:
    """The port, or a free one where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise NoServer("no port is free on 127.0.0.1")


class _Own:
    def __init__(self, folder: Path, port: int, lock: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = port
        self._lock = lock
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.env = {
            API: f"http://127.0.0.1:{port}/api",
            "PREFECT_HOME": os.environ.get("PREFECT_HOME", str(folder)),
            "PREFECT_SERVER_API_HOST": "127.0.0.1",
            "PREFECT_SERVER_API_PORT": str(port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            # In memory, a restart would leave the place of a run that it interrupted taken.
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
                "prefect.server.concurrency.lease_storage.filesystem"
            ),
            # Late is what `status` calls so, not what waits for 15 s: to mark hundreds of those at
            # once locked SQLite against all else, for minutes (measured in the soak).
            "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": f"{LATE.total_seconds():.0f}",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(HISTORY_SECONDS),
        }

    def start(self) -> None:
        """Start it, wait until it answers, and watch it from then on. Raises NoServer."""
        self._spawn()
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is not None and self._process.poll() is not None:
                raise NoServer(f"the Prefect server did not start; {self._log} says why")
            if time.monotonic() > end:
                raise NoServer(f"the Prefect server gave no answer in time; see {self._log}")
            time.sleep(0.2)
        threading.Thread(target=self._watch, name="prefect-server", daemon=True).start()

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _spawn(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "server", "start"],
                env=os.environ | self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                # Ctrl-C on the terminal is for us: flow runs that end still need the server.
                start_new_session=True, pass_fds=(self._lock,),
            )  # fmt: skip
        write_synced(self._folder / "server.pid", f"{self._process.pid}\n".encode())

    def _answers(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            asked.request("GET", "/api/health")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def _watch(self) -> None:
        while not self._stopping.wait(1.0):
            if self._process is not None and self._process.poll() is not None:
                self._spawn()
                self._stopping.wait(5.0)  # one that dies at its start must not spin

    def stop(self) -> None:
        """End it: its process, and what that started."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
