"""JSON Schemas that somebody brings: read without fetching anything, in time that is bounded."""

from collections.abc import Mapping
from typing import Any

from perdure.errors import InvalidInputError


def validator(schema: Mapping[str, Any], place: str) -> Any:
    """Return the schema's validator (of jsonschema-rs); raise `InvalidInputError` for no schema.

    A `$ref` leads to a place in the schema itself, never elsewhere.
    """
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(
            dict(schema),
            retriever=_refuse,
            pattern_options=jsonschema_rs.RegexOptions(),  # the engine whose time is linear
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        told = str(error).partition("\n")[0]
        raise InvalidInputError(f"is no JSON Schema: {told}", path=place) from error


def _refuse(place: str) -> Any:
    raise ValueError(f"{place[:200]} is outside of the schema, and is not fetched")
