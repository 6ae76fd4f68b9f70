"""Types of flow parameters whose JSON schema says enough for Prefect's server to refuse a form.

The server does not look at `format`: without a pattern, any text is a date to it (measured).
"""

from datetime import date
from typing import Annotated

from pydantic import Field, WithJsonSchema

Day = Annotated[
    date,
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-[01]\d-[0-3]\d$"}),
]
"""A day, `2020-07-19`."""
SourceId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Id of a source; whether there is such a source, only the flow run can tell."""
