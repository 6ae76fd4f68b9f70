"""docs/records.md describes every field of every table, nested ones too, and no other."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from flows.exports.records import KINDS, RunRow
from storage.records import Run
from storage.tables import schema_of

PAGE = Path(__file__).parents[2] / "docs/records.md"
TYPES = {pa.string(): "text", pa.int64(): "integer", pa.float64(): "double"}


def test_a_run_is_exported_with_every_field() -> None:
    assert set(RunRow.__struct_fields__) == {"seq", *Run.__struct_fields__}


def rows(section: str) -> dict[str, str]:
    """Field → the rest of its row."""
    text = PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            names, rest = line.strip("| ").split(" | ", 1)
            for name in re.findall(r"`(\w+)`", names):
                assert name not in found
                found[name] = rest
    return found


def nested(kind: pa.DataType) -> set[str]:
    """Names of all fields below."""
    if pa.types.is_struct(kind):
        fields = [kind.field(number) for number in range(kind.num_fields)]
        return {one.name for one in fields}.union(*(nested(one.type) for one in fields))
    return nested(kind.value_type) if pa.types.is_list(kind) else set()


@pytest.mark.parametrize("section", KINDS)
def test_every_field_is_described(section: str) -> None:
    schema, described = schema_of(KINDS[section][0]), rows(section)
    assert list(described) == schema.names
    for field in schema:
        meaning = described[field.name]
        if word := TYPES.get(field.type):
            assert word in meaning.partition(" | ")[0]
        as_elsewhere = "as in captures" in meaning
        assert as_elsewhere or nested(field.type) <= set(re.findall(r"`(\w+)`", meaning))
