"""Records that lie on the disk while a run is at work."""

from pathlib import Path

import pytest

from storage.records import Problem
from storage.spool import Spool


def test_it_is_a_list_of_records(tmp_path: Path) -> None:
    records = [Problem(what=f"{number} ü\0\ud83d"[:-1] * number) for number in range(50)]
    spool = Spool(tmp_path, Problem)
    assert list(spool) == []
    for record in records:
        spool.append(record)
        assert spool[-1] == record  # reading in between does not disturb the writing
    assert list(spool) == records
    assert (len(spool), spool[7], spool[-3], spool[3:6]) == (
        50,
        records[7],
        records[-3],
        records[3:6],
    )
    with pytest.raises(IndexError):
        spool[50]


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with Spool(tmp_path, Problem) as spool:
        spool.append(Problem(what="x"))
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        spool[0]
