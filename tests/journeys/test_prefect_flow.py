"""The flow on a real Prefect server: states, artifacts, logs, the end by force, deployments."""

import json
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.journeys.copytrail import Copytrail
from tests.journeys.kept import LATEST, at_home
from tests.journeys.outages import (
    GONE,
    LOOK,
    OUTLET,
    SOON,
    Ferry,
    alive,
    captured,
    children_of,
    left_in_work,
    wait_for,
    watch_outlet,
)
from tests.journeys.prefect_api import Api
from tests.journeys.scheduled import STARTED

pytestmark = pytest.mark.timeout(1200)  # the first test has to wait for the server: STARTED
REPO = Path(__file__).parents[2]
PREFECT = Path(sys.executable).with_name("prefect")
FLOW = "from flows.archive import archive; "


class Server(Api):
    """A Prefect server of the tests, on a free port."""

    def __init__(self, folder: Path) -> None:
        (port,) = servers.free_ports(1)
        super().__init__(f"http://127.0.0.1:{port}/api")
        self.env = {
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_API_HOST": "127.0.0.1",
            "PREFECT_SERVER_API_PORT": str(port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.5",
            "DO_NOT_TRACK": "1",
        }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("prefect")
    running = Server(folder)
    env = Copytrail(folder).env | running.env
    process = servers.start(
        [str(PREFECT), "server", "start", "--host", "127.0.0.1"], folder / "server.log", env
    )
    try:
        process.wait_until(running.healthy, STARTED)
        yield running
    finally:
        process.stop()


@pytest.fixture
def copytrail(tmp_path: Path, server: Server) -> Copytrail:
    return Copytrail(tmp_path, **server.env)


def python(copytrail: Copytrail, code: str) -> subprocess.Popen[bytes]:
    """A Python that runs `code` where the repository is."""
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPO, env=copytrail.env, stdin=subprocess.DEVNULL,
        stdout=(copytrail.folder / "flow.txt").open("wb"), stderr=subprocess.STDOUT,
    )  # fmt: skip


def said(copytrail: Copytrail) -> str:
    return (copytrail.folder / "flow.txt").read_text()


def test_a_run_shows_in_prefect(copytrail: Copytrail, server: Server) -> None:
    with Ferry(5) as site:
        watch_outlet(copytrail, site.url, "shown")
        code = python(copytrail, f"{FLOW}archive(source='shown', since='2020-01-01')").wait(120)
    assert code == 0, said(copytrail)
    (run,) = server.flow_runs("shown")
    assert run["state_type"] == "COMPLETED"
    shown = server.artifacts(run)
    assert shown["progress-shown"]["data"] == 100.0
    counts = {row["what"]: row["count"] for row in json.loads(shown["counts-shown"]["data"])}
    assert counts["articles"] == 5
    assert "shown: complete" in shown["run-shown"]["data"]
    assert copytrail.audit()["head"]["sha256"] in shown["run-shown"]["data"]
    assert f"{site.url}feed lists 5 articles" in server.log(run)
    assert captured(copytrail) == set(site.articles)


def test_an_audit_shows_in_prefect(server: Server, tmp_path: Path) -> None:
    copytrail = at_home(LATEST, tmp_path)
    copytrail.env |= server.env
    copytrail.well("rebuild")
    asked = "from flows.audit import audit; audit(sample=0.5, skip=['lineage'])"
    assert python(copytrail, asked).wait(120) == 0, said(copytrail)
    missing = next(copytrail.store.glob("runs/*/records/articles.parquet"))
    missing.unlink()
    assert python(copytrail, asked).wait(120) != 0
    wanted = {"name": {"any_": ["audit"]}}
    failed, fine = server.ask("flow_runs/filter", flow_runs=wanted, sort="START_TIME_DESC")
    assert (fine["state_type"], failed["state_type"]) == ("COMPLETED", "FAILED")
    key = missing.relative_to(copytrail.store).as_posix()
    assert f"{key} is missing" in failed["state"]["message"]
    assert key in server.log(failed)
    shown = server.artifacts(failed)
    assert f"`{key}` `is missing`" in shown["audit"]["data"]
    counts = {row["class"]: row["faults"] for row in json.loads(shown["audit-classes"]["data"])}
    assert counts["fixity"] == 1
    assert "Audit: fine" in server.artifacts(fine)["audit"]["data"]


def test_what_could_not_be_archived_fails_the_flow_run(
    copytrail: Copytrail, server: Server
) -> None:
    dead = f"http://127.0.0.1:{servers.free_ports(1)[0]}/"
    watch_outlet(copytrail, dead, "dead")
    assert python(copytrail, f"{FLOW}archive(source='dead')").wait(120) != 0
    (run,) = server.flow_runs("dead")
    assert run["state_type"] == "FAILED"
    assert "connection refused" in run["state"]["message"]
    assert "connection refused" in server.artifacts(run)["run-dead"]["data"]
    report = copytrail.audit()
    assert report["runs"] == 1
    assert report["head"]["sha256"] in server.artifacts(run)["run-dead"]["data"]


def test_parameters_are_checked_before_anything_is_fetched(
    copytrail: Copytrail, server: Server
) -> None:
    code = f"""{FLOW}
for words in ({{"since": "nonsense"}}, {{"since": "2021-01-02", "until": "2021-01-01"}}):
    try:
        archive(source="{OUTLET}", **words)
        print("taken:", words)
    except Exception as error:
        print("refused:", " ".join(str(error).split()))
"""
    with Ferry(1) as site:
        watch_outlet(copytrail, site.url)
        assert python(copytrail, code).wait(120) == 0, said(copytrail)
        assert site.asked == []
    told = said(copytrail)
    assert "taken:" not in told
    first, second = (line for line in told.splitlines() if line.startswith("refused:"))
    assert "since: Input should be a valid date" in first
    assert "is after until" in second
    assert not left_in_work(copytrail)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_flow_that_is_ended_leaves_no_crawl(
    number: signal.Signals, copytrail: Copytrail, server: Server
) -> None:
    # SIGTERM is how Prefect's workers cancel a flow run, and SIGKILL follows.
    outlet = f"ended-{int(number)}"
    with Ferry(500) as site:
        watch_outlet(copytrail, site.url, outlet)
        flow = python(copytrail, f"{FLOW}archive(source='{outlet}')")
        wait_for(lambda: len(site.answered()) >= 3 or flow.poll() is not None)
        children = children_of(flow.pid)
        assert children, said(copytrail)
        flow.send_signal(number)
        flow.wait(GONE + 10)
        for child in children:
            wait_for(lambda child=child: not alive(child), GONE)  # type: ignore[misc]
        asked = site.answered()
    assert copytrail.run("audit").code == 0
    copytrail.run("run")  # the outlet is off: what it seals is what was left
    assert len(captured(copytrail)) >= len(asked) - 1
    assert not left_in_work(copytrail)
    copytrail.audit()


def test_both_entry_points_load(copytrail: Copytrail) -> None:
    code = """
import json
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
for entrypoint in ("flows/archive.py:archive", "flows.archive.archive"):
    flow = load_flow_from_entrypoint(entrypoint)
    print(json.dumps([flow.name, parameter_schema(flow).model_dump()["properties"]]))
"""
    assert python(copytrail, code).wait(120) == 0, said(copytrail)
    loaded = [json.loads(line) for line in said(copytrail).splitlines() if line.startswith('["')]
    assert [name for name, _ in loaded] == ["archive", "archive"]
    for _, fields in loaded:
        assert all(field["description"] for field in fields.values())
        assert {one.get("format") for one in fields["since"]["anyOf"]} == {"date", None}


def test_prefect_deploys_it_and_a_worker_runs_it(copytrail: Copytrail, server: Server) -> None:
    def prefect(*words: str) -> None:
        ended = subprocess.run(
            [PREFECT, *words], cwd=REPO, env=copytrail.env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended

    before = (REPO / "prefect.yaml").read_bytes()
    prefect("work-pool", "create", "copytrail", "--type", "process")
    prefect("deploy", "--all", "--no-prompt")
    assert (REPO / "prefect.yaml").read_bytes() == before
    deployment = server.get("deployments/name/archive/archive")
    assert deployment["work_pool_name"] == "copytrail"
    assert deployment["parameter_openapi_schema"]["required"] == ["source"]
    with pytest.raises(urllib.error.HTTPError):
        server.ask(f"deployments/{deployment['id']}/create_flow_run", parameters={"source": 5})
    with Ferry(2) as one, Ferry(2) as other:
        watch_outlet(copytrail, one.url, "deployed")
        server.ask(
            f"deployments/{deployment['id']}/create_flow_run", parameters={"source": "deployed"}
        )
        # The same by our own command, which knows the sources and their crons.
        watch_outlet(copytrail, other.url, "written")
        copytrail.well("schedule", "--pool", "copytrail")
        written = server.get("deployments/name/archive/written")
        assert written["work_pool_name"] == "copytrail"
        (cron,) = [each["schedule"] for each in written["schedules"]]
        assert cron["timezone"] == "UTC"
        server.ask(f"deployments/{written['id']}/create_flow_run", parameters=written["parameters"])
        prefect("worker", "start", "--pool", "copytrail", "--run-once")
        for name in ("deployed", "written"):  # the worker may go before its flow runs have ended
            wait_for(lambda name=name: has_ended(server, name), 2 * SOON, LOOK)  # type: ignore[misc]
    for name in ("deployed", "written"):
        (run,) = server.flow_runs(name)
        assert run["state_type"] == "COMPLETED", server.log(run)
    assert captured(copytrail) == {*one.articles, *other.articles}


def has_ended(server: Server, outlet: str) -> bool:
    """Whether the flow run over this outlet is over."""
    ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    return server.flow_runs(outlet)[0]["state_type"] in ended


def test_a_server_that_does_not_answer_is_named(copytrail: Copytrail) -> None:
    watch_outlet(copytrail, "http://127.0.0.1:9/")
    dead = f"http://127.0.0.1:{servers.free_ports(1)[0]}/api"
    ended = copytrail.run("schedule", "--pool", "copytrail", PREFECT_API_URL=dead)
    assert ended.code == 2
    assert f"PREFECT_API_URL ({dead}) does not answer" in ended.stderr
