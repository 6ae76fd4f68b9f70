"""What keeps an archive in a bucket from being deleted: the writer's policy, Object Lock."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from flows.checks import audit
from flows.context import open_context
from flows.health import examine
from storage import log, s3
from storage import parts as sizes
from storage.objects import Protection, Refused, open_store
from storage.s3 import S3Store
from tests import servers
from tests.storage.runs_made import RUNS, made_runs

LOCKED = "copytrail-locked"
DAYS = 2


@pytest.fixture(scope="module")
def client(seaweed_server: servers.Seaweed) -> Any:
    """The bucket's owner, who may do everything."""
    return seaweed_server.client()


@pytest.fixture(scope="module")
def locked(client: Any) -> str:
    """A bucket with Object Lock."""
    client.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    return LOCKED


@pytest.fixture(autouse=True)
def env(seaweed_server: servers.Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in seaweed_server.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def writer(seaweed_server: servers.Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on we are nobody but the writer of docs/stores.md."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", servers.WRITER)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        act()


# --- the writer's policy ----------------------------------------------------------------------


@pytest.mark.usefixtures("writer")
def test_the_policy_is_enough_to_seal_and_to_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MULTIPART", 1024)  # so that some go up in parts, too
    store = open_store(f"s3://{servers.BUCKET}/{uuid4().hex}")
    for run, made in made_runs(tmp_path).items():
        log.seal(store, run, made.folder)
    assert audit(store).faults == ()
    assert log.head(store).seq == len(RUNS)


@pytest.mark.usefixtures("writer")
def test_the_policy_lets_nobody_delete(client: Any) -> None:
    prefix = uuid4().hex
    store = open_store(f"s3://{servers.BUCKET}/{prefix}")
    store.put_if_absent("k", b"content")
    door = s3._client()
    at = {"Bucket": servers.BUCKET, "Key": f"{prefix}/k"}
    refused(lambda: door.delete_object(**at))
    gone = door.delete_objects(Bucket=servers.BUCKET, Delete={"Objects": [{"Key": at["Key"]}]})
    assert [one["Code"] for one in gone["Errors"]] == ["AccessDenied"]
    refused(lambda: door.delete_bucket(Bucket=servers.BUCKET))
    refused(
        lambda: door.put_bucket_versioning(
            Bucket=servers.BUCKET, VersioningConfiguration={"Status": "Suspended"}
        )
    )
    assert client.get_object(**at)["Body"].read() == b"content"


# --- Object Lock ------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [False, True], ids=["whole", "in parts"])
def test_what_is_put_is_retained(
    locked: str, client: Any, monkeypatch: pytest.MonkeyPatch, parts: bool
) -> None:
    if parts:
        monkeypatch.setattr(sizes, "MULTIPART", 1024)
    key, content = uuid4().hex, b"evidence" * 1024
    begun = datetime.now(UTC)
    open_store(f"s3://{locked}", DAYS).put_if_absent(key, content)
    at = {"Bucket": locked, "Key": key}
    about = client.head_object(**at)
    assert about["ObjectLockMode"] == "COMPLIANCE"
    until = about["ObjectLockRetainUntilDate"]
    assert abs(until - begun - timedelta(days=DAYS)) < timedelta(minutes=5)
    version = {**at, "VersionId": about["VersionId"]}
    refused(lambda: client.delete_object(**version))
    refused(lambda: client.delete_object(**version, BypassGovernanceRetention=True))
    for mode, earlier in (("COMPLIANCE", 12), ("GOVERNANCE", 0)):
        less = {"Mode": mode, "RetainUntilDate": until - timedelta(hours=earlier)}
        refused(lambda less=less: client.put_object_retention(**at, Retention=less))
    with pytest.raises(ClientError, match="InvalidBucketState"):
        client.put_bucket_versioning(Bucket=locked, VersioningConfiguration={"Status": "Suspended"})
    client.delete_object(**at)  # a marker over it; its bytes are beneath
    assert client.get_object(**version)["Body"].read() == content


def test_a_bucket_without_object_lock_refuses_what_shall_be_retained() -> None:
    store = open_store(f"s3://{servers.BUCKET}/{uuid4().hex}", DAYS)
    with pytest.raises(Refused, match="object_lock_days"):
        store.put_if_absent("k", b"x")
    assert list(store.list("")) == []


@pytest.fixture
def default_rule(locked: str, client: Any) -> Iterator[None]:
    """The bucket retains by itself."""

    def put(rule: dict[str, Any]) -> None:
        client.put_object_lock_configuration(
            Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"} | rule
        )

    put({"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3}}})
    yield
    put({})


@pytest.mark.usefixtures("default_rule")
def test_the_buckets_own_retention_is_told(locked: str) -> None:
    assert S3Store(f"s3://{locked}").protection() == Protection(True, True, 3, "COMPLIANCE")


# --- doctor -----------------------------------------------------------------------------------


def doctor(monkeypatch: pytest.MonkeyPatch, home: Path, bucket: str, days: int) -> tuple[bool, str]:
    monkeypatch.setenv("COPYTRAIL_HOME", str(home))
    monkeypatch.setenv("COPYTRAIL_STORE", f"s3://{bucket}/doctor")
    monkeypatch.setenv("COPYTRAIL_OBJECT_LOCK_DAYS", str(days))
    assert open_context().settings.object_lock_days == days
    (found,) = [one for one in examine() if one.what == "protection"]
    return found.ok, found.detail


def test_doctor_tells_what_a_bucket_has(
    tmp_path: Path, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = "versioning off, Object Lock off, nothing is retained: whoever may delete can"
    assert doctor(monkeypatch, tmp_path, servers.BUCKET, 0) == (True, plain)
    assert doctor(monkeypatch, tmp_path, servers.BUCKET, DAYS) == (False, plain)
    retained = "versioning on, Object Lock on, sealed objects are retained for 2 days (COMPLIANCE)"
    assert doctor(monkeypatch, tmp_path, locked, DAYS) == (True, retained)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", servers.WRITER)
    assert doctor(monkeypatch, tmp_path, servers.BUCKET, 0) == (True, plain)
