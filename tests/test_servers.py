"""The tests' own servers: that they are real, and that nothing is skipped unseen."""

import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy

from tests import servers


def test_postgresql_answers(postgres_url: str) -> None:
    with sqlalchemy.create_engine(postgres_url).connect() as connection:
        version = connection.execute(sqlalchemy.text("select version()")).scalar_one()
    assert version.startswith("PostgreSQL")


def test_seaweedfs_answers_only_who_has_the_key(seaweed_server: servers.Seaweed) -> None:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import ClientError

    assert seaweed_server.answers()
    stranger = boto3.client(
        "s3",
        endpoint_url=seaweed_server.endpoint,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED, s3={"addressing_style": "path"}),
    )
    with pytest.raises(ClientError, match=r"AccessDenied|Access Denied"):
        stranger.list_objects_v2(Bucket=servers.BUCKET)


def test_a_missing_server_skips_and_in_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no weed"):
        servers.missing("no weed")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no weed"):
        servers.missing("no weed")


def test_a_server_is_stopped(tmp_path: Path) -> None:
    server = servers.start(["sleep", "60"], tmp_path / "log")
    assert server.alive()
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(server.process.pid, 0)


def test_installing_is_quiet_and_never_fails() -> None:
    script = Path(servers.__file__).with_name("install-servers")
    nothing = subprocess.run(
        ["bash", "-c", f'compgen() {{ return 1; }}; command() {{ return 1; }}; . "{script}"'],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert nothing.returncode == 0
    assert "their tests will be skipped" in nothing.stderr
