"""Whether a context comes back from its JSON text as it went in.

What a type declares comes back exactly (Decimal, datetime, UUID, enums, models). What stands where
no type is declared (`dict`, `list`, an undeclared key) comes back as plain JSON: a Decimal there
would be text at the next step. That is refused, never done in silence.
"""

import math
from collections.abc import Mapping
from typing import Any

_IDENTITY: Any = object.__eq__
_PLAIN = (str, int, float, bool, type(None), dict, list)


Lost = tuple[str, Any] | None


def lost(before: Any, after: Any, path: str = "") -> Lost:
    """Return the path and value of something that came back as another kind of thing, or None.

    Only for values whose JSON texts are the same: a validator may change what it is given.
    """
    if _same(before, after):
        return None
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _lost_member(before, after, path)
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        pairs = enumerate(zip(before, after, strict=False))
        found = (lost(one, two, f"{path}[{number}]") for number, (one, two) in pairs)
        return next(filter(None, found), None)
    if type(before) is type(after) and hasattr(before, "model_fields_set"):
        return _lost_member(fields_of(before), fields_of(after), path)
    return (path, before) if _is_loss(before, after) else None


def fields_of(model: Any) -> dict[str, Any]:
    """Return a model's values by name, with undeclared ones, without what is never kept."""
    hidden = {name for name, field in type(model).model_fields.items() if field.exclude}
    values = {**model.__dict__, **(model.__pydantic_extra__ or {})}
    return {name: value for name, value in values.items() if name not in hidden}


def _lost_member(before: Mapping[Any, Any], after: Mapping[Any, Any], path: str) -> Lost:
    for name, value in before.items():
        here = f"{path}.{name}" if path else str(name)
        if name not in after:
            return here, name  # the key became text
        if found := lost(value, after[name], here):
            return found
    return None


def _is_loss(before: Any, after: Any) -> bool:
    if isinstance(before, float) and not math.isfinite(before):
        return True
    if type(before) in _PLAIN:
        return False  # a declared type made something of it, as it would of any input
    if type(before) is type(after):
        return type(before).__eq__ is not _IDENTITY  # without one, nothing is ever equal
    return type(after) in _PLAIN or isinstance(before, type(after))


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float) and math.isnan(before):
        return math.isnan(after)
    return bool(before is after or before == after)
