"""The bundled articles, arriving in other orders over many runs: the trails are the same."""

import random
from pathlib import Path

import pytest

from config.registry import load_registry
from storage.catalog import open_catalog
from tests.flows.test_comparing import Archive, in_portions
from tests.journeys.bundled import Bundled


@pytest.mark.parametrize("seed", [1, 2])
def test_trails_do_not_depend_on_the_order_of_arrival(
    bundled: Bundled, tmp_path: Path, seed: int
) -> None:
    home = bundled.copytrail.home
    sources = list(load_registry(home / "sources").sources.values())
    articles = list(open_catalog(f"sqlite:///{home / 'catalog.sqlite'}").articles())
    at_once = Archive(open_catalog("sqlite://"))
    at_once.run(articles)
    shuffled = Archive(open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}"))
    for portion in in_portions(articles, random.Random(seed)):
        shuffled.run(portion)
    assert shuffled.matches() == at_once.matches()
    assert shuffled.trails(sources) == at_once.trails(sources)
    assert sum(len(trail.copies) for trail in at_once.trails(sources)) > 5
