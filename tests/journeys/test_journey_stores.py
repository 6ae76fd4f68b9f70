"""The same journey with the archive in S3 and the catalog in PostgreSQL."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import servers
from tests.journeys.bundled import Bundled, Visit, timeless, visit, what_was_read
from tests.journeys.copytrail import Copytrail


@dataclass(frozen=True, repr=False)
class Elsewhere:
    """The first visit, kept on servers."""

    copytrail: Copytrail
    store: str
    visit: Visit


@pytest.fixture
def elsewhere(
    bundled: Bundled, tmp_path: Path, s3_bucket: tuple[str, dict[str, str]], postgres_catalog: str
) -> Elsewhere:
    """The same outlets at the same addresses, crawled into S3 and PostgreSQL."""
    store, env = s3_bucket
    copytrail = Copytrail(
        tmp_path, COPYTRAIL_STORE=store, COPYTRAIL_CATALOG=postgres_catalog, **env
    )
    shutil.copytree(bundled.copytrail.home / "sources", copytrail.home / "sources")
    with bundled.again() as outlets:
        return Elsewhere(copytrail, store, visit(copytrail, outlets, 1))


def test_s3_and_postgresql_say_what_a_folder_and_sqlite_say(
    bundled: Bundled, elsewhere: Elsewhere, seaweed_server: servers.Seaweed
) -> None:
    assert what_was_read(elsewhere.visit.articles) == what_was_read(bundled.visits[1].articles)
    assert timeless(elsewhere.visit.trails) == timeless(bundled.visits[1].trails)

    copytrail = elsewhere.copytrail
    report = copytrail.audit()
    assert (report["runs"], report["entries"]) == (3, 3)
    prefix = elsewhere.store.removeprefix(f"s3://{servers.BUCKET}/")
    there = seaweed_server.client().list_objects_v2(Bucket=servers.BUCKET, Prefix=prefix)
    # Beside what SHA256SUMS lists: that file itself, and the log entry, of each run.
    assert there["KeyCount"] == report["objects"] + 2 * report["runs"]
    # Nothing of the archive, and no catalog, is left in the home folder; only the log's heads.
    left = sorted(path.name for path in copytrail.home.iterdir())
    assert left == ["audits", "heads", "locks", "sources", "work"]
    assert not list((copytrail.home / "work").iterdir())

    settings = {row["name"]: row for row in copytrail.rows("config")}
    assert settings["store"]["value"] == elsewhere.store
    assert settings["catalog"]["from"] == "environment COPYTRAIL_CATALOG"

    # Another catalog from what lies in S3 alone.
    sqlite = f"sqlite:///{copytrail.folder / 'again.sqlite'}"
    copytrail.well("rebuild", COPYTRAIL_CATALOG=sqlite)
    for words in (("articles", "--json"), ("trails", "--json")):
        again = copytrail.well(*words, COPYTRAIL_CATALOG=sqlite)
        assert again.stdout == copytrail.well(*words).stdout


def test_a_wrong_bucket_is_told_before_anything_is_lost(
    bundled: Bundled, tmp_path: Path, seaweed_server: servers.Seaweed
) -> None:
    copytrail = bundled.copy_to(tmp_path)
    copytrail.env |= seaweed_server.env
    before = copytrail.well("articles", "--json").stdout
    ended = copytrail.run("rebuild", COPYTRAIL_STORE="s3://no-such-bucket/here")
    assert ended.code == 2
    assert "no-such-bucket" in ended.stderr
    assert copytrail.well("articles", "--json").stdout == before
    ended = copytrail.run("audit", COPYTRAIL_STORE="s3://no-such-bucket/here")
    assert ended.code == 2
    assert "no-such-bucket" in ended.stderr + ended.stdout
