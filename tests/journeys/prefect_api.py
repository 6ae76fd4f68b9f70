"""A running Prefect server, asked over REST as anybody may."""

import json
import urllib.request
from contextlib import suppress
from typing import Any


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
        with urllib.request.urlopen(f"{self.api}/{path}", timeout=10) as answer:
            return json.load(answer)

    def ask(self, path: str, **body: Any) -> Any:
        """What POST gives."""
        request = urllib.request.Request(
            f"{self.api}/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

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
