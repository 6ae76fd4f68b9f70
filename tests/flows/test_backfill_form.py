"""What Prefect's form of the backfill offers and refuses, before anything runs."""

from typing import Any

import pytest
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import validate

from flows.backfill import backfill

GOOD: dict[str, Any] = {
    "sources": ["kestrel"],
    "period": {"since": "2020-07-01", "until": "2020-07-31"},
    "via": ["site", "wayback"],
    "split": "week",
    "limit": 10,
}
SCHEMA = parameter_schema(backfill.fn).model_dump_for_openapi()


def test_the_form_knows_dates_sources_routes_and_limits() -> None:
    period = SCHEMA["definitions"]["Period"]["properties"]
    assert period["since"]["format"] == period["until"]["format"] == "date"
    offered = SCHEMA["properties"]
    assert offered["via"]["anyOf"][0]["items"]["enum"] == ["site", "wayback", "commoncrawl"]
    assert offered["split"]["enum"] == ["week", "month", "quarter", "year"]
    assert SCHEMA["required"] == ["sources", "period"]
    assert validate(GOOD, SCHEMA) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sources", []),
        ("sources", ["../etc"]),
        ("via", ["post"]),
        ("split", "decade"),
        ("limit", 0),
        ("period", {"since": "2020-07-01"}),
        ("period", {"since": "soon", "until": "2020-07-31"}),
        ("period", {"since": "2020-07-01", "until": "2020-07-32"}),
        ("period", {"since": "2020-07-01", "until": "2020-07-31", "zone": "UTC"}),
    ],
)
def test_what_the_server_refuses_before_a_run_exists(field: str, value: Any) -> None:
    assert validate(GOOD | {field: value}, SCHEMA) != []


def test_days_in_the_wrong_order_are_refused_before_anything_is_opened() -> None:
    wrong = GOOD | {"period": {"since": "2020-08-01", "until": "2020-07-31"}}
    with pytest.raises(ParameterTypeError, match="is after until"):
        backfill.validate_parameters(wrong)
