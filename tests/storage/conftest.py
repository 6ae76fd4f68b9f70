"""An empty catalog, over SQLite and over a real PostgreSQL; a store in a bucket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from storage import schema
from storage.catalog import Catalog, open_catalog


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    found = str(request.getfixturevalue("postgres_url"))
    engine = create_engine(found)
    schema.META.drop_all(engine)
    engine.dispose()
    return found


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    """An empty catalog."""
    opened = open_catalog(url)
    yield opened
    opened._engine.dispose()


@pytest.fixture
def s3_env(s3_bucket: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a store, with the environment set."""
    url, env = s3_bucket
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return url
