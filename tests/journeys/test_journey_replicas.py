"""A second copy, as a person keeps it."""

from pathlib import Path

from tests.journeys.copytrail import Copytrail


def test_what_is_lost_comes_back(tmp_path: Path) -> None:
    copytrail, replica = Copytrail(tmp_path / "mine"), tmp_path / "replica"
    copytrail.well("keys", "new")
    copytrail.well("heartbeat")
    (told,) = copytrail.rows("replicate", str(replica))
    assert (told["objects"], told["troubles"]) == (4, [])
    assert "0 objects" in copytrail.well("replicate", str(replica)).stdout
    entry = copytrail.store / "log/0000000002.json"
    entry.unlink()
    assert copytrail.run("audit").code == 1
    restored = copytrail.well("restore", str(replica))
    assert "created again: log/0000000002.json" in restored.stdout
    assert copytrail.audit()["entries"] == 2
    assert "nothing had to be restored" in copytrail.well("restore", str(replica)).stdout


def test_what_cannot_be_a_copy(tmp_path: Path) -> None:
    copytrail = Copytrail(tmp_path / "mine")
    copytrail.well("heartbeat")
    for command in ("replicate", "restore"):
        itself = copytrail.run(command, str(copytrail.store))
        assert itself.code == 2
        assert "the archive itself" in itself.stderr
        nowhere = copytrail.run(command, "ftp://somewhere")
        assert nowhere.code == 2
