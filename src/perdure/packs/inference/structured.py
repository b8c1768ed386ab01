"""Answers in a shape: what a model is told of a JSON Schema, and whether its answer fits it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from perdure.authoring.schemas import validator
from perdure.errors import InvalidOutputError, InvalidValueError
from perdure.wire.encoding import decode

WRAPPED = "value"
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """The schema of an answer. `asked` is what the model is told: services want an object there."""

    schema: Mapping[str, Any]
    asked: Mapping[str, Any]

    @classmethod
    def of(cls, schema: Mapping[str, Any] | None) -> "Shape | None":
        """Return the shape for a schema; raise `InvalidInputError` for one that is none."""
        if schema is None:
            return None
        validator(schema, "parameters.output_schema")
        is_object = schema.get("type") == "object"
        return cls(schema, schema if is_object else _wrapped(schema))

    def read(self, said: Any) -> Any:
        """Return the value that a model gave, as text or as an object; raise `InvalidOutputError`."""
        value = _decoded(said) if isinstance(said, str) else said
        if self.asked is not self.schema:
            if not isinstance(value, dict) or WRAPPED not in value:
                raise InvalidOutputError(f"the model's answer has no {WRAPPED!r}")
            value = value[WRAPPED]
        checks = validator(self.schema, "parameters.output_schema")
        wrong = list(islice(checks.iter_errors(value), MOST_TOLD))
        if wrong:
            told = "; ".join(_told(error) for error in wrong)
            raise InvalidOutputError(f"the model's answer does not fit output_schema: {told}")
        return value


def _wrapped(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {WRAPPED: dict(schema)},
        "required": [WRAPPED],
        "additionalProperties": False,
    }


def _decoded(text: str) -> Any:
    try:
        return decode(text)
    except (ValueError, InvalidValueError) as error:
        raise InvalidOutputError("the model's answer is no JSON") from error


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error.instance_path)
    return f"{place}: {error.message}" if place else str(error.message)
