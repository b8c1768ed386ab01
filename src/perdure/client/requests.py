"""What callers give, as it is sent: parsed by the wire's models, errors told by path. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from perdure.authoring.places import within
from perdure.errors import InvalidValueError

M = TypeVar("M", bound=BaseModel)


def parsed(model: type[M], /, **given: Any) -> M:
    """Return a model of what was given. Raises InvalidValueError with everything that is wrong."""
    try:
        return model(**given)
    except ValidationError as error:
        told = [(within("", given, part["loc"]), _message(part)) for part in error.errors()]
    if len(told) == 1:
        raise InvalidValueError(told[0][1], told[0][0])
    lines = "".join(f"\n  {path}: {message}" for path, message in dict.fromkeys(told))
    raise InvalidValueError(f"{len(told)} things are wrong:{lines}")


def _message(part: Any) -> str:
    if part["type"] == "extra_forbidden":
        return "there is no such setting"
    text: str = part["msg"]
    return text[:1].lower() + text[1:]


def body_of(definition: Mapping[str, Any] | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition that was given whole, or by its fields; those that are None were not.

    Raises InvalidValueError for both.
    """
    fields = {name: value for name, value in said.items() if value is not None}
    if definition is None:
        return fields
    if fields:
        told = ", ".join(fields)
        raise InvalidValueError(
            f"it says all there is, so {told} cannot be beside it", "definition"
        )
    return dict(definition)
