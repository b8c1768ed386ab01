"""What a wait accepts: a model's JSON Schema, which goes with the wait to whoever sends the signal."""

from functools import lru_cache
from typing import Any

from perdure.authoring.steps.models import lenient_schema
from perdure.wire.encoding import encode

MOST_BYTES = 16_384
"""Of a schema: it stands in the row of each wait."""


@lru_cache(maxsize=256)
def schema_accepted(model: Any) -> str:
    """Return the JSON Schema of a type as text: a pydantic model, a dataclass, a TypedDict ...

    Raises ValueError that says what is wrong with it.
    """
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

    try:
        schema = TypeAdapter(model).json_schema(by_alias=False, schema_generator=lenient_schema())
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise ValueError(f"needs a model, not {model!r}") from error
    if schema.get("type") != "object" and "$ref" not in schema and "anyOf" not in schema:
        raise ValueError(
            f"needs a model: a payload is an object of names and values, not {model!r}"
        )
    text = encode(schema)
    if len(text) > MOST_BYTES:
        raise ValueError(f"has a schema of {len(text)} characters, more than {MOST_BYTES}")
    return text
