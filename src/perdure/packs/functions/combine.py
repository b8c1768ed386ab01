"""`combine_results` and `merge_json`: the results of several steps, made one."""

from collections.abc import Mapping
from typing import Any

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError

DEPTH = 64
"""How deep objects may be nested in each other."""


@function("combine_results", returns="object")
def combine_results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs as one object, each under its name."""
    return dict(inputs)


@function("merge_json", returns="json")
def merge_json(inputs: Mapping[str, Any]) -> Any:
    """Merge the inputs, in the order in which they are written.

    Objects merge at every depth, where the later input wins, and lists in them are joined. Inputs
    that are all lists give one list. Beside objects, an input that is none is kept under its
    name. Null (the result of a skipped branch) adds nothing.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    if given and all(isinstance(value, list) for value in given.values()):
        return [item for value in given.values() for item in value]
    merged: dict[str, Any] = {}
    for name, value in given.items():
        merged = merge(merged, value if isinstance(value, Mapping) else {name: value})
    return merged


def merge(
    first: Mapping[str, Any], second: Mapping[str, Any], *, depth: int = DEPTH
) -> dict[str, Any]:
    """Return both objects as one, changing neither; raise `InvalidInputError` past the depth."""
    if depth == 0:
        raise InvalidInputError(f"objects are nested deeper than {DEPTH}", path="inputs")
    made = dict(first)
    for name, value in second.items():
        there = made.get(name)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            made[name] = merge(there, value, depth=depth - 1)
        elif isinstance(there, list) and isinstance(value, list):
            made[name] = [*there, *value]
        else:
            made[name] = value
    return made
