"""Whether data have the shape of a definition: fields, types and limits, in our words."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.models import (
    INNER,
    LATER_TYPES,
    MAX_STEPS,
    PART_MODELS,
    STEP_MODELS,
    Definition,
    RetryKind,
)

Location = tuple[str | int, ...]

_TYPES = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
_LIMITS = {
    "greater_than": "must be more than {gt:,.12g}",
    "greater_than_equal": "must be at least {ge:,.12g}",
    "less_than_equal": "must be at most {le:,.12g}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length:,} characters",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length:,} entries",
    "literal_error": "must be one of {expected}",
}


_KINDS = get_args(RetryKind)


def check_shape(data: dict[str, Any], findings: Findings) -> Definition | None:
    """Return the definition, or None after adding all that is wrong with its shape."""
    steps = data.get("steps")
    if isinstance(steps, list) and len(steps) > MAX_STEPS:
        findings.error(
            "steps",
            f"has {len(steps):,} steps, more than {MAX_STEPS:,}",
            "Split the workflow, or let a function handle many items",
        )
        data = {**data, "steps": steps[:MAX_STEPS]}
    lacking = list(_without_id(steps))
    for here in lacking:
        findings.error(place(here, "id"), "is needed")
    try:
        definition = Definition.model_validate(data)
    except ValidationError as error:
        for wrong in error.errors(include_url=False):
            _add(wrong, findings)
        return None
    if not definition.name.strip() or not definition.name.isprintable():
        findings.error("name", "must be readable: no blank name, no control characters")
        return None
    return None if lacking else definition


def _without_id(steps: Any) -> Iterator[str]:
    """Yield the places of steps that need an id and have none; a branch needs none."""
    for number, step in enumerate(steps[:MAX_STEPS] if isinstance(steps, list) else ()):
        if isinstance(step, dict) and step.get("id") is None and _is_known(step.get("type")):
            yield place("steps", number)


def _is_known(kind: Any) -> bool:
    return isinstance(kind, str) and kind in STEP_MODELS


def _add(wrong: Any, findings: Findings) -> None:
    kind, location, context = wrong["type"], tuple(wrong["loc"]), wrong.get("ctx", {})
    model = _model_at(location)
    path = _shown(location)
    if kind == "missing":
        findings.error(path, "is needed", _why_needed(location, model))
    elif kind == "extra_forbidden":
        findings.error(path, *_unknown_field(location, model, findings))
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        findings.error(place(path, "type"), *_unknown_type(wrong["input"], findings))
    elif kind == "string_pattern_mismatch":
        hint = "Use letters, digits, '_' and '-', and begin with a letter or '_'"
        findings.error(path, f"{_value(wrong['input'])} is no id", hint)
    elif kind in _TYPES:
        hint = _conversion(kind, wrong["input"], path)
        findings.error(path, f"{_TYPES[kind]}, not {_value(wrong['input'])}", hint)
    elif kind in _LIMITS:
        message = _LIMITS[kind].format(**context)
        near = kind == "literal_error" and findings.nearest(str(wrong["input"]), _KINDS)
        findings.error(path, f"{message}, not {_value(wrong['input'])}", near or "")
    else:
        findings.error(path, f"{wrong['msg']}, not {_value(wrong['input'])}")


def _model_at(location: Location) -> type[BaseModel]:
    """Return the model whose field the last part of a location is."""
    for number, part in reversed(list(enumerate(location[:-1]))):
        if isinstance(part, str) and part in PART_MODELS:
            return PART_MODELS[part]
        if _is_tag(location, number):
            return STEP_MODELS[str(part)]
    return Definition


def _is_tag(location: Location, number: int) -> bool:
    """Whether a part of a location is the type of the step that the part before it holds."""
    if number < 1 or location[0] != "steps" or not _is_known(location[number]):
        return False
    return number == 2 or (location[number - 1] in INNER and _is_tag(location, number - 2))


def _shown(location: Location) -> str:
    """Return a location as a path in the document (a step's type is no part of it)."""
    path = ""
    for number, part in enumerate(location):
        if part != "[key]" and not _is_tag(location, number):
            path = place(path, part)
    return path


def _why_needed(location: Location, model: type[BaseModel]) -> str:
    field = location[-1]
    if model is Definition and field == "steps":
        return 'Write "steps": [{"id": ..., "type": ...}, ...]'
    if field == "input":
        return 'Write "input": "${workflow.input.NAME}" or "${STEP.result}"'
    return ""


def _unknown_field(
    location: Location, model: type[BaseModel], findings: Findings
) -> tuple[str, str]:
    field = str(location[-1])
    what = "a definition"
    if model in STEP_MODELS.values():
        kind = next(name for name, step in STEP_MODELS.items() if step is model)
        what = f"a step of type {kind!r}"
    elif model is not Definition:
        what = f"{next(name for name, part in PART_MODELS.items() if part is model)!r}"
    known = list(model.model_fields)
    owners = [kind for kind, step in STEP_MODELS.items() if field in step.model_fields]
    listed = f"It has: {', '.join(known)}"
    if what.startswith("a step") and owners:
        return f"is no field of {what}", f"It belongs to the type {' or '.join(owners)}"
    return f"is no field of {what}", findings.nearest(field, known, listed)


def _unknown_type(step: Any, findings: Findings) -> tuple[str, str]:
    listed = f"There are: {', '.join(STEP_MODELS)}"
    if "type" not in step:
        return "is needed", listed
    kind = step["type"]
    if kind in LATER_TYPES:
        return f"steps of type {kind!r} cannot be run by this version", listed
    near = findings.nearest(kind, STEP_MODELS, listed) if isinstance(kind, str) else listed
    return f"{_value(kind)} is no type of step", near


def _conversion(kind: str, value: Any, path: str) -> str:
    if kind == "string_type" and type(value) in (int, float):
        return f'Put it in quotes: "{value}"' if len(str(value)) < 20 else ""
    if kind == "list_type" and isinstance(value, str):
        return f"Write [{_value(value)}]"
    if kind == "float_type" and isinstance(value, str) and path.endswith(("timeout", "seconds")):
        return "Write seconds, as a number without quotes, such as 300"
    return ""


def _value(value: Any) -> str:
    """Return a value for a message, short and on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = str(value)
    return text if len(text) <= 30 else f"{text[:27]}..."
