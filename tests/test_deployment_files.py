"""The files by which copytrail is deployed, as far as they can be tried without a Docker engine."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return found


def test_the_compose_file_hangs_together() -> None:
    found = compose()
    services, volumes, configs = found["services"], found["volumes"], found["configs"]
    assert {"postgres", "prefect", "worker", "store"} <= set(services)
    for name, service in services.items():
        assert "image" in service, name
        assert set(service.get("depends_on", ())) <= set(services), name
        assert {one.partition(":")[0] for one in service.get("volumes", ())} <= set(volumes), name
        assert {one["source"] for one in service.get("configs", ())} <= set(configs), name
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), f"{name} is open to the network"
    for awaited in [one.get("depends_on", {}) for one in services.values()]:
        for name, how in awaited.items() if isinstance(awaited, dict) else ():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_its_settings_are_settings() -> None:
    from config.settings import load

    env = compose()["services"]["worker"]["environment"]
    filled = {name: re.sub(r"\$\{\w+:\?\}", "x", value) for name, value in env.items()}
    assert load(filled, ROOT).settings.store == "s3://copytrail/archive"


def test_no_password_stands_in_it() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for line in text.splitlines():
        if re.search(r"PASSWORD|SECRET|secretKey", line) and not line.lstrip().startswith("#"):
            assert re.search(r"\$\{(POSTGRES_PASSWORD|S3_SECRET):\?\}", line), line


def test_the_image_has_what_runs() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert {"config", "storage", "spiders", "flows", "requirements.txt", "pyproject.toml"} <= copied
    for name in copied:
        assert (ROOT / name).exists(), name
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(let_in)
    user = max(number for number, line in enumerate(lines) if line.startswith("USER"))
    assert not any(line.startswith(("RUN", "COPY")) for line in lines[user:])


def test_every_flow_that_is_deployed_is_there() -> None:
    found = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    for one in found["deployments"]:
        file, _, flow = one["entrypoint"].partition(":")
        assert re.search(rf"^def {flow}\(", (ROOT / file).read_text("utf-8"), re.M), one


def test_the_automations_of_the_docs_are_automations() -> None:
    from prefect.events.schemas.automations import AutomationCore

    text = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.S)
    found = [AutomationCore.model_validate(one) for one in yaml.safe_load(block)["automations"]]
    assert [one.name for one in found] == ["a run failed", "nothing was completed for a day"]
