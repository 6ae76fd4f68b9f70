"""A sealed archive of two runs."""

from pathlib import Path

import pytest

from tests.flows.checks_made import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)
