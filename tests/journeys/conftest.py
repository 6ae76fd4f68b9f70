"""The journey that most tests here look back on: the three bundled outlets, visited twice."""

import os
import pickle
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests.journeys.bundled import Bundled, locked, visit
from tests.journeys.copytrail import Copytrail
from tests.outlets.server import Outlets


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Bundled:
    """Two visits to the bundled outlets, and what could be read after each. Leave it as it is."""
    everybodys = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybodys = everybodys.parent
    pickled = everybodys / "bundled.pickle"
    # It takes half a minute: the worker that needs it first makes it, and each has its own copy.
    with locked(everybodys / "bundled.lock"):
        if not pickled.exists():
            pickled.write_bytes(pickle.dumps(_made(everybodys / "bundled")))
    made: Bundled = pickle.loads(pickled.read_bytes())
    return replace(made, copytrail=made.copy_to(tmp_path_factory.mktemp("bundled")))


def _made(folder: Path) -> Bundled:
    copytrail = Copytrail(folder)
    with Outlets() as outlets:
        for url in outlets.urls.values():
            copytrail.well("sources", "add", url)
        seen = {number: visit(copytrail, outlets, number) for number in (1, 2)}
        return Bundled(copytrail, dict(outlets.urls), seen, folder / "turn")


@pytest.fixture
def postgres_catalog(postgres_url: str) -> str:
    """The SQLAlchemy URL of a new database, for one test alone."""
    import psycopg

    name = f"journey_{uuid4().hex}"
    plain = postgres_url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres_url.rpartition("/")[0] + f"/{name}"
