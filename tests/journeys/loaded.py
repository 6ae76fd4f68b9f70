"""What `copytrail` imports, for the fork server of `tests.journeys.copytrail` to have it ready."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("without")))

import pyarrow.parquet  # noqa: F401
import pytest  # noqa: F401  # each fork looks for the program of the process that asked for it
import sqlalchemy.dialects.sqlite  # noqa: F401

import flows.auditing
import flows.cataloguing
import flows.cli
import flows.deriving
import flows.pipeline  # noqa: F401
import storage.lookup  # noqa: F401
