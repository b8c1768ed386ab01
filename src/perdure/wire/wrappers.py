"""Inputs that are marked as secret: `{"type": "secret", "value": ...}`, or `"encrypted"`.

They count only at the top level of a run's inputs.
"""

from typing import Any

from perdure.errors import InvalidValueError

KINDS = ("secret", "encrypted")


def is_wrapped(value: object) -> bool:
    """Whether an input is marked as secret."""
    return type(value) is dict and "value" in value and value.get("type") in KINDS


def unwrapped(name: str, value: Any) -> Any:
    """Return what an input is without its mark. Raises InvalidValueError.

    What is `encrypted` is opaque to us: who has made it can open it, and it is passed on unchanged.
    """
    if not is_wrapped(value):
        return value
    here = f"inputs.{name}"
    if "key_id" in value:
        raise InvalidValueError(
            "no keys of clients can be registered in an engine within a process, so that none opens "
            "it. Without 'key_id' it is sealed and passed on as it is",
            f"{here}.key_id",
        )
    if len(value) != 2:
        others = ", ".join(sorted(value.keys() - {"type", "value"}))
        raise InvalidValueError(
            f"marked as {value['type']} it has 'type' and 'value', and not also: {others}", here
        )
    return value["value"]
