"""Whether a payload fits a JSON Schema: of the context that it is to be merged into, or of a wait.

It brings some of a context's fields, so none is required of it; a wait says what it accepts as a
whole.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from perdure.authoring.events import MARKS
from perdure.wire.encoding import decode, encode

Check = Callable[[Any], str]


def payload_refusal(schema: str, payload: str | None) -> str:
    """Say why a payload (JSON text) cannot be merged into a context of this schema; empty if it can.

    Only the declared fields that it brings are looked at, and that no others are brought where
    the schema forbids them. What is wrong is named with its path.
    """
    return _refusal(schema, payload or "{}") if schema else ""


@lru_cache(maxsize=256)  # one event often goes to many runs
def event_refusal(schema: str, payload: str) -> str:
    """Say why what `dump_event` made cannot be merged into a context of this schema.

    The marks of an event are left out where the schema forbids fields that it has not.
    """
    if not schema:
        return ""
    body, brought = decode(schema), decode(payload)[0]
    if body.get("additionalProperties") is False:
        declared = body.get("properties", {})
        brought = {
            name: it for name, it in brought.items() if name in declared or name not in MARKS
        }
    return _refusal(schema, encode(brought))


def schema_flaw(schema: Mapping[str, Any]) -> str:
    """Say why this cannot be used as a JSON Schema; empty if it can.

    It refers to nothing outside of itself: what is behind an address would be asked for.
    """
    if (outside := _outside(schema)) is not None:
        return f"it refers to {outside[:60]!r}, which is not within it"
    import jsonschema_rs  # not needed to import a workflow

    try:
        jsonschema_rs.validator_for(dict(schema))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return " ".join(str(error).split())[:200]
    return ""


_OWN = ("#", "https://json-schema.org/", "http://json-schema.org/")


def _outside(schema: Any) -> str | None:
    """Return the first reference to something that is not in the schema, nor of the language."""
    parts: list[Any] = schema if isinstance(schema, list) else []
    if isinstance(schema, Mapping):
        for key in ("$ref", "$dynamicRef", "$schema"):
            to = schema.get(key)
            if isinstance(to, str) and not to.startswith(_OWN):
                return to
        parts = list(schema.values())
    return next((found for part in parts if (found := _outside(part)) is not None), None)


def accepts_refusal(schema: str, payload: str | None) -> str:
    """Say why a payload (JSON text) is not what a wait accepts, all that is required with it."""
    return _refusal(schema, payload or "{}", whole=True)


@lru_cache(maxsize=256)  # one payload often goes to many runs
def _refusal(schema: str, payload: str, *, whole: bool = False) -> str:
    return _checker(schema, whole=whole)(decode(payload))


@lru_cache(maxsize=256)
def _checker(schema: str, *, whole: bool) -> Check:
    import jsonschema_rs  # not needed to import a workflow

    body = decode(schema)
    if not whole:
        body.pop("required", None)
    check = jsonschema_rs.validator_for(body, validate_formats=True, formats=_FORMATS)

    def refusal(value: Any) -> str:
        error = next(check.iter_errors(value), None)
        return "" if error is None else _told(body, value, error)

    return refusal


def _told(body: Mapping[str, Any], value: Any, error: Any) -> str:
    path = list(error.instance_path)
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    found = value
    for part in path:
        found = found[part]
    node: Any = body
    for part in list(error.schema_path)[:-1]:
        node = node[part]
    kinds = " or ".join(dict.fromkeys(_kinds(node, body)))
    if "anyOf" in node and kinds:
        return f"{where.removeprefix('.') or 'it'}: {_shown(found)} is not of type {kinds}"
    return f"{where.removeprefix('.')}: {error.message}".removeprefix(": ")


def _kinds(node: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of what a node of a schema allows, as far as they have any."""
    for choice in node.get("anyOf", ()):
        yield from _kinds(choice, body)
    if "$ref" in node:
        yield str(node["$ref"]).rpartition("/")[2]
    elif "anyOf" not in node and "type" in node:
        yield str(node.get("format", node["type"]))


def _shown(value: Any) -> str:
    text = encode(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def can_read(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return can_read


# As the models read them: a time without a zone is one.
_FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": _reads(datetime.fromisoformat),
    "date": _reads(date.fromisoformat),
    "time": _reads(time.fromisoformat),
    "uuid": _reads(UUID),
    "duration": lambda _text: True,
}
