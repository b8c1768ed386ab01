"""What a JSON Schema of a parameter says, in words that fit on a line."""

from collections.abc import Mapping
from typing import Any

from perdure.wire.encoding import encode


def words_of(part: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return a part of a schema in words; what it refers to stands in the schema's `$defs`."""
    if "$ref" in part:
        return words_of(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "enum" in part:
        return ", ".join(encode(value) for value in part["enum"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(words_of(one, schema) for one in part["anyOf"]))
    kind = str(part.get("type", "any"))
    if kind == "array":
        return f"list of {words_of(part.get('items', {}), schema)}"
    if kind == "object":
        return _object(part, schema)
    return f"{kind}{_bounds(part)}"


def default_of(name: str, schema: Mapping[str, Any]) -> str:
    """Return what a parameter is where it is not given; empty for one that is needed."""
    return "" if name in schema["required"] else encode(schema["properties"][name]["default"])


def _object(part: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "properties" in part:
        inside = (f"{name}: {words_of(one, schema)}" for name, one in part["properties"].items())
        return f"object of {'; '.join(inside)}"
    values = part.get("additionalProperties")
    return f"object, each {words_of(values, schema)}" if isinstance(values, Mapping) else "object"


def _bounds(part: Mapping[str, Any]) -> str:
    above = part.get("exclusiveMinimum")
    least = part.get("minimum", part.get("minLength")) if above is None else f"above {above}"
    most = part.get("maximum", part.get("maxLength"))
    if least is None and most is None:
        return ""
    if most is None:
        return f", {least}" if above is not None else f", {least} or more"
    if least == most:
        return f", exactly {least}"
    return f", {least} to {most}" if least is not None else f", at most {most}"
