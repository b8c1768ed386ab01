"""The JSON Schema of a definition, for editors and other programs: made of the models, and checked in.

It tells shapes: fields, types, limits. What else a definition must be (`validation`) it cannot tell.
"""

from typing import Any

from perdure.authoring.graphs.models import MAX_STEPS, Definition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def definition_schema() -> dict[str, Any]:
    """Return the JSON Schema of a definition."""
    schema = Definition.model_json_schema()
    items = schema["properties"]["steps"]["items"]
    named = {"required": ["id"], "properties": {"id": {"type": "string"}}}
    schema["properties"]["steps"]["items"] = {"allOf": [items, named]}  # a branch needs no id
    schema["properties"]["steps"]["maxItems"] = MAX_STEPS
    return {"$schema": DIALECT, "title": "A workflow definition of perdure", **_described(schema)}


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without the names that its models and fields have in code."""
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        found[key] = _part(value)
    return found


def _part(value: Any) -> Any:
    if isinstance(value, dict):
        return _described(value)
    return [_part(part) for part in value] if isinstance(value, list) else value
