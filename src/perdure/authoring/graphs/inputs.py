"""The inputs of a run: what a definition declares and reads, and whether it was given.

Of JSON Schema this knows types, enums, objects, lists and plain limits (`_KEYWORDS`); other
keywords are kept, and told as warnings. A bare map of properties is a schema as well.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from perdure.authoring.graphs.findings import Findings, place
from perdure.errors import InvalidValueError
from perdure.kernel.filling import MAX_VALUE
from perdure.kernel.plan import Plan
from perdure.kernel.references import cut
from perdure.wire.encoding import decode, encode, encode_value
from perdure.wire.sealed import VAULT
from perdure.wire.wrappers import is_wrapped

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}
_LIMITS: dict[str, tuple[str, Callable[[Any], Any], bool, str]] = {
    "minimum": ("number", lambda value: value, True, "must be at least {}"),
    "maximum": ("number", lambda value: value, False, "must be at most {}"),
    "minLength": ("string", len, True, "must have at least {} characters"),
    "maxLength": ("string", len, False, "must have at most {} characters"),
    "minItems": ("array", len, True, "must have at least {} items"),
    "maxItems": ("array", len, False, "must have at most {} items"),
}
_KEYWORDS = {"type", "enum", "properties", "required", "items", "additionalProperties", *_LIMITS}
_ANNOTATIONS = {"title", "description", "default", "examples", "$schema", "$id", "$comment"}
_CLEAR = "it would be written in clear"

Wrong = tuple[str, str]
"""The place of something wrong, and what is wrong there."""


def full_schema(declared: Mapping[str, Any] | None, reads: Collection[str]) -> dict[str, Any]:
    """Return the JSON Schema of a run's inputs: what is declared, and what the steps read.

    A name that is read must be given, unless it has a default.
    """
    schema = dict(_unwrapped(declared))
    properties = dict(schema.get("properties", {}))
    needed = [name for name in reads if "default" not in properties.get(name, {})]
    schema["properties"] = {**{name: {} for name in sorted(reads)}, **properties}
    schema["required"] = sorted({*schema.get("required", ()), *needed})
    return {"type": "object", **schema}


def whole_schema(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of an object; of a bare map of properties each is needed."""
    if _unwrapped(declared) is declared:
        return {"type": "object", **declared}
    needed = [name for name, part in declared.items() if not _is_optional(part)]
    return {"type": "object", "properties": dict(declared), "required": needed}


def _is_optional(part: Any) -> bool:
    return isinstance(part, dict) and "default" in part


def _unwrapped(declared: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if declared is None or declared.get("type") == "object":
        return declared or {}
    if isinstance(declared.get("properties"), dict) and "type" not in declared["properties"]:
        return declared
    return {"properties": declared}


def check_schema(declared: Any, reads: Mapping[str, str], findings: Findings) -> None:
    """Tell what is wrong with a definition's `input_schema`, and what reads past it."""
    if not isinstance(declared, dict):
        return
    schema = _unwrapped(declared)
    base = "input_schema" if schema is declared else ""
    _check_schema(schema, base, findings)
    known = schema.get("properties")
    if isinstance(known, dict) and known:
        for name in reads:
            if name not in known:
                hint = findings.nearest(name, known, f"It declares: {', '.join(known)}"[:200])
                findings.warning(
                    reads[name], f"'input_schema' declares no input {cut(name)!r}", hint
                )


def _check_schema(schema: Any, here: str, findings: Findings) -> None:
    if not isinstance(schema, dict):
        findings.error(here, "must be an object, a JSON Schema", 'Such as {"type": "string"}')
        return
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if not isinstance(kind, str) or kind not in TYPES:
            hint = findings.nearest(str(kind), TYPES, f"There are: {', '.join(TYPES)}")
            findings.error(place(here, "type"), f"{str(kind)[:60]!r} is no type", hint)
    for keyword in schema:
        if keyword not in _KEYWORDS | _ANNOTATIONS:
            findings.warning(place(here, keyword), "is not checked by this version")
    for keyword in _LIMITS:
        limit = schema.get(keyword, 0)
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            findings.error(place(here, keyword), "must be a number")
    _check_parts(schema, here, findings)


def _check_parts(schema: dict[str, Any], here: str, findings: Findings) -> None:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        hint = 'In the object that has the property: "required": ["name"]'
        findings.error(place(here, "required"), "must be a list of names", hint)
    if not isinstance(schema.get("enum", []), list):
        findings.error(place(here, "enum"), "must be a list of values")
    if not isinstance(schema.get("additionalProperties", True), bool):
        findings.error(place(here, "additionalProperties"), "must be true or false")
    if "items" in schema:
        _check_schema(schema["items"], place(here, "items"), findings)
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        findings.error(place(here, "properties"), "must be an object")
        return
    inside = place(here, "properties") if here else "input_schema"
    for name, part in properties.items():
        _check_schema(part, place(inside, name), findings)


def beginning(plan: Plan) -> Callable[[Mapping[str, Any]], str]:
    """Return what turns the inputs given to `start` into the JSON text that the run keeps.

    It fills in declared defaults, and raises InvalidValueError for inputs that are missing or
    wrong, naming all of them. The plan's own schema is enough for it.
    """
    schema = decode(plan.schema)

    def begin(given: Mapping[str, Any]) -> str:
        if not isinstance(given, Mapping):
            raise InvalidValueError("must be an object, values by name", "inputs")
        inputs = {**_defaults(schema), **dict(given)}
        if VAULT in inputs:
            raise InvalidValueError("the name is perdure's own", place("inputs", VAULT))
        text = encode_value(inputs, "inputs")
        if len(text) > MAX_VALUE:
            raise InvalidValueError(f"more than {MAX_VALUE:,} characters of JSON", "inputs")
        _raise_for([*_wrapped(inputs), *_missing(schema, inputs), *_wrong(schema, inputs)])
        return text

    return begin


def declared(plan: Plan) -> frozenset[str]:
    """Return the names of the inputs that a plan declares or reads."""
    return frozenset(decode(plan.schema).get("properties", ()))


def _defaults(schema: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    return {name: part["default"] for name, part in properties.items() if "default" in part}


def _raise_for(wrong: list[Wrong]) -> None:
    if len(wrong) == 1:
        path, message = wrong[0]
        raise InvalidValueError(message, path)
    if wrong:
        lines = "".join(f"\n  {path}: {message}" for path, message in wrong[:50])
        raise InvalidValueError(f"{len(wrong)} things are wrong:{lines}", "inputs")


def _wrapped(inputs: dict[str, Any]) -> Iterator[Wrong]:
    """Refuse what is marked as secret: who starts a run so that it is sealed has taken the mark off."""
    for name, value in inputs.items():
        if is_wrapped(value):
            kind = value["type"]
            yield place("inputs", name), f"{kind} inputs are sealed by `start` alone; here {_CLEAR}"


def _missing(schema: dict[str, Any], inputs: dict[str, Any]) -> Iterator[Wrong]:
    for name in schema.get("required", ()):
        if name not in inputs:
            others = [other for other in inputs if other not in schema.get("properties", {})]
            near = get_close_matches(name, others, n=1)
            listed = ", ".join(repr(cut(other)) for other in list(inputs)[:10]) or "no inputs"
            hint = f"{cut(near[0])!r} was given. Did you mean this?" if near else f"Given: {listed}"
            yield place("inputs", name), f"is needed and was not given. {hint}"


def _wrong(schema: dict[str, Any], inputs: dict[str, Any]) -> Iterator[Wrong]:
    """Yield what is wrong with what was given; what is missing at the top is told by itself."""
    yield from violations({**schema, "required": []}, inputs, "inputs")


def violations(schema: Mapping[str, Any], value: Any, here: str) -> Iterator[Wrong]:
    """Yield where a value breaks a schema, and how; of keywords those in `_KEYWORDS` are looked at."""
    kinds = schema.get("type")
    wanted = kinds if isinstance(kinds, list) else [kinds] if kinds else []
    if wanted and not any(_is(value, kind) for kind in wanted):
        yield here, f"must be {' or '.join(wanted)}, not {_type_name(value)}"
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        listed = ", ".join(encode(one) for one in schema["enum"][:10])
        yield here, f"must be one of {listed}"
    for keyword, (kind, measure, is_least, message) in _LIMITS.items():
        if keyword in schema and _is(value, kind):
            limit, size = schema[keyword], measure(value)
            if size < limit if is_least else size > limit:
                yield here, message.format(limit)
    if isinstance(value, list | tuple) and "items" in schema:
        for number, part in enumerate(value):
            yield from violations(schema["items"], part, place(here, number))
    if isinstance(value, dict):
        yield from _object_violations(schema, value, here)


def _object_violations(
    schema: Mapping[str, Any], value: dict[str, Any], here: str
) -> Iterator[Wrong]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield place(here, name), "is needed"
    for name, part in value.items():
        if name in known:
            yield from violations(known[name], part, place(here, name))
        elif schema.get("additionalProperties") is False:
            listed = ", ".join(list(known)[:10])
            yield place(here, name), f"is not declared; there are: {listed}"


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[kind])


def _same(value: Any, one: Any) -> bool:
    return value == one and isinstance(value, bool) is isinstance(one, bool)


def _type_name(value: Any) -> str:
    return next((kind for kind in TYPES if _is(value, kind)), type(value).__name__)
