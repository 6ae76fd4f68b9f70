"""A running `copytrail schedule` with its own Prefect server, to be looked at and disturbed."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.registry import Politeness, Source, dump_source
from tests import servers
from tests.journeys.copytrail import PROGRAM, Copytrail, Row
from tests.journeys.outages import LOOK, children_of, wait_for
from tests.journeys.prefect_api import Api

STARTED = 400.0  # seconds until the server and the runner are at work; alone it took 20
ENDED = 300.0  # until a run of a few articles has ended; alone it took 12
NEVER = "0 0 1 1 *"


class Schedule:
    """A running `copytrail schedule`."""

    def __init__(self, folder: Path, *words: str, **env: str) -> None:
        self._words = words
        (port,) = servers.free_ports(1)
        mine = {
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.5",
            "COPYTRAIL_PREFECT_PORT": str(port),
            "COPYTRAIL_SCHEDULE_JITTER": "0",
            "COPYTRAIL_RECHECK_SCHEDULE": "never",
            "COPYTRAIL_AUDIT_SCHEDULE": "never",
            "COPYTRAIL_HEARTBEAT_SCHEDULE": "never",
            "COPYTRAIL_REVISIT_DAYS": "0",
        }
        self.copytrail = Copytrail(folder, **(mine | env))
        self.api = Api(f"http://127.0.0.1:{port}/api")
        self.process: subprocess.Popen[bytes] | None = None

    def watch(self, name: str, url: str, schedule: str = NEVER, delay: float = 0.05) -> None:
        """A source of an outlet that has its feed at `/feed`."""
        folder = self.copytrail.home / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        source = Source(
            id=name, name=name.title(), homepage=url, feeds=(url + "feed",), schedule=schedule,
            politeness=Politeness(delay=delay),
        )  # fmt: skip
        (folder / f"{name}.yml").write_text(dump_source(source))

    def start(self) -> None:
        """Start it, and wait until it serves."""
        with (self.copytrail.folder / "schedule.txt").open("ab") as out:
            self.process = subprocess.Popen(
                [PROGRAM, "schedule", *self._words],
                env=self.copytrail.env, cwd=self.copytrail.folder,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        wait_for(lambda: "are visited by" in self.said() or not self.alive(), STARTED, LOOK)
        assert self.alive(), self.said()

    def end(self) -> None:
        """End it as a person does, where it runs, and wait for that."""
        if self.process is not None and self.alive():
            self.process.terminate()
            self.process.wait(90)

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def said(self) -> str:
        """What it printed."""
        return (self.copytrail.folder / "schedule.txt").read_text()

    def ask_for(self, deployment: str, **parameters: Any) -> Row:
        """What Prefect's form does: a flow run of the deployment with these parameters."""
        found = self.api.get(f"deployments/name/{deployment}")
        path = f"deployments/{found['id']}/create_flow_run"
        return dict(self.api.ask(path, parameters=found["parameters"] | parameters))

    def state(self, run: Row) -> str:
        """The type of a flow run's state."""
        with suppress(OSError):  # its server may be on its way up again
            return str(self.api.get(f"flow_runs/{run['id']}")["state_type"])
        return ""

    def wait(self, run: Row, *states: str) -> None:
        """Until a flow run is in one of these states."""
        wait_for(lambda: self.state(run) in states or not self.alive(), ENDED, LOOK)
        assert self.alive(), self.said()

    def cancel(self, run: Row) -> None:
        """Cancel a flow run as Prefect's pages do, and wait for its end."""
        state = {"type": "CANCELLING", "name": "Cancelling"}
        self.api.ask(f"flow_runs/{run['id']}/set_state", state=state)
        self.wait(run, "CANCELLED", "CRASHED", "COMPLETED", "FAILED")

    def server(self) -> int:
        """The process of the Prefect server."""
        return int((self.copytrail.home / "prefect" / "server.pid").read_text())

    def flow_processes(self) -> list[int]:
        """The processes of flow runs, and the crawls below them."""
        assert self.process is not None
        below = [pid for pid in children_of(self.process.pid) if pid != self.server()]
        return below + children_of(*below)

    def process_of(self, run: Row) -> int:
        """The process of a flow run that is at work: its environment names it."""
        assert self.process is not None
        named = run["id"].encode()
        (found,) = [
            pid for pid in children_of(self.process.pid)
            if named in Path(f"/proc/{pid}/environ").read_bytes()
        ]  # fmt: skip
        return found

    def attempts(self, source: str | None = None) -> list[Row]:
        """The lines of its journal, all or those on this source."""
        path = self.copytrail.home / "schedule.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [row for row in map(json.loads, lines) if source in (None, row["source"])]
