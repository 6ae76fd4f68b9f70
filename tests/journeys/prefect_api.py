"""A running Prefect server, asked over REST as anybody may."""

import json
import time
import urllib.error
import urllib.request
from contextlib import suppress
from typing import Any

PATIENCE = 60.0  # seconds for one answer: a server that comes up on a busy machine took over 10


class Api:
    """The API at an address that ends in `/api`."""

    def __init__(self, api: str) -> None:
        self.api = api

    def healthy(self) -> bool:
        """Whether it answers."""
        with suppress(OSError):
            return self.get("health") is True
        return False

    def get(self, path: str) -> Any:
        """What GET gives."""
        return _answer(urllib.request.Request(f"{self.api}/{path}"))

    def ask(self, path: str, **body: Any) -> Any:
        """What POST gives."""
        request = urllib.request.Request(
            f"{self.api}/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        return _answer(request)

    def flow_runs(self, outlet: str) -> list[dict[str, Any]]:
        """The flow runs over an outlet, the newest first."""
        wanted = {"name": {"any_": [f"archive {outlet}"]}}
        found = self.ask("flow_runs/filter", flow_runs=wanted, sort="START_TIME_DESC")
        return list(found)

    def artifacts(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """A flow run's artifacts by key."""
        wanted = {"flow_run_id": {"any_": [run["id"]]}}
        return {one["key"]: one for one in self.ask("artifacts/filter", artifacts=wanted)}

    def log(self, run: dict[str, Any]) -> str:
        """What its log says."""
        wanted = {"flow_run_id": {"any_": [run["id"]]}}
        return "\n".join(one["message"] for one in self.ask("logs/filter", logs=wanted))


def _answer(request: urllib.request.Request) -> Any:
    """What comes; 503 is what the server says while its database is busy, and is asked again, as
    Prefect's own client does."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > end:
                raise
            time.sleep(0.5)
