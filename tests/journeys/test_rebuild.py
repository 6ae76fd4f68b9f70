"""The catalog can be thrown away: the archive alone gives the same answers, byte for byte."""

from pathlib import Path

import pytest

from tests.journeys.bundled import Bundled
from tests.journeys.copytrail import Copytrail

READING = (("articles", "--json"), ("trails", "--json"))


def answers(copytrail: Copytrail) -> list[str]:
    return [copytrail.well(*words).stdout for words in READING]


@pytest.fixture
def copied(bundled: Bundled, tmp_path: Path) -> Copytrail:
    """The archive of the bundled outlets, to work on."""
    return bundled.copy_to(tmp_path)


def test_a_rebuilt_catalog_says_the_same(copied: Copytrail) -> None:
    before = answers(copied)
    (rebuilt,) = copied.rows("rebuild")
    assert rebuilt["runs"] == 6
    assert answers(copied) == before


def test_a_catalog_that_is_gone_is_made_from_the_archive(
    bundled: Bundled, copied: Copytrail
) -> None:
    for path in copied.home.glob("catalog.sqlite*"):
        path.unlink()
    copied.well("rebuild")
    assert answers(copied) == answers(bundled.copytrail)
    copied.audit()


def test_postgresql_says_the_same_as_sqlite(
    bundled: Bundled, copied: Copytrail, postgres_catalog: str
) -> None:
    copied.env["COPYTRAIL_CATALOG"] = postgres_catalog
    copied.well("rebuild")
    assert answers(copied) == answers(bundled.copytrail)
    # Once more, over what is there.
    copied.well("rebuild")
    assert answers(copied) == answers(bundled.copytrail)
