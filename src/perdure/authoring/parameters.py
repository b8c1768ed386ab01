"""The parameters of a typed callable: their check, their problems, their JSON Schema.

Keyword-only arguments are parameters; what is positional is the input. Types are read once, when
they are first needed, so declaring a function costs no import of the validator.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, get_type_hints

from perdure.authoring.places import place, within
from perdure.errors import InvalidInputError, Problem

_QUOTED = re.compile(r"'([^']*)'")


def checked(call: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the callable takes them.

    Raise `InvalidInputError` for the first problem, naming the parameter.
    """
    for problem in problems(call, values):
        text = f"{problem.message}. {problem.suggestion}".rstrip()
        raise InvalidInputError(text, path=problem.path)
    adapters = _adapters(call)
    return {
        name: adapters[name].validate_python(value, strict=True) for name, value in values.items()
    }


def problems(
    call: Callable[..., Any], values: Mapping[str, Any], *, unknown_yet: Collection[str] = ()
) -> list[Problem]:
    """List what is wrong with the values: unknown and missing names, wrong types.

    The types of the names in `unknown_yet` are not looked at (their values are references, which
    are known only when a step begins). Paths begin with `parameters.NAME`.
    """
    known = names(call)
    found = [_unknown(name, known) for name in values if name not in known]
    for name, parameter in known.items():
        if name not in values:
            if parameter.default is inspect.Parameter.empty:
                found.append(Problem(f"parameters.{name}", "is needed and was not given"))
        elif name not in unknown_yet:
            found += _type_problems(call, name, values[name])
    return found


def known_only(call: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values whose names the callable has, leaving the others out."""
    known = names(call)
    return {name: value for name, value in values.items() if name in known}


def schema(call: Callable[..., Any]) -> dict[str, Any]:
    """Return the JSON Schema of the parameters: one object, other names refused."""
    from pydantic import TypeAdapter

    known = names(call)
    parts, shared = TypeAdapter.json_schemas(
        [(name, "validation", _adapters(call)[name]) for name in known]
    )
    properties = {name: dict(parts[name, "validation"]) for name in known}
    required = []
    for name, parameter in known.items():
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        else:
            properties[name]["default"] = parameter.default
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **shared,
    }


def check_input(call: Callable[..., Any], value: Any, *, what: str) -> Any:
    """Return the value as the callable's first argument takes it; `what` names it in errors."""
    name = input_name(call)
    message = _type_error(call, name, value)
    if message:
        raise InvalidInputError(message, path=what)
    return _adapters(call)[name].validate_python(value, strict=True)


def input_error(call: Callable[..., Any], value: Any) -> str:
    """Return why the callable's first argument cannot be this value; empty if it can.

    What is wrong deeper within a value is not looked at: parts of it may be known only later.
    """
    wrong = _type_errors(call, input_name(call), value)
    whole = [each for each in wrong if within("", value, each["loc"]) == ""]
    if not whole or len(whole) < len(wrong):
        return ""
    return " or ".join(dict.fromkeys(_lower(each["msg"]) for each in whole))


def names(call: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters by name: the keyword-only arguments of the callable."""
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    return {p.name: p for p in _signature(call).parameters.values() if p.kind is keyword_only}


def input_name(call: Callable[..., Any]) -> str:
    """Return the name of the first positional argument; raise `TypeError` where there is none."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for parameter in _signature(call).parameters.values():
        if parameter.kind in positional:
            return parameter.name
    raise TypeError(
        f"{getattr(call, '__qualname__', call)} takes no input. "
        "Give it a first argument, `input` (or `inputs` for what an aggregation collects)."
    )


@cache
def _signature(call: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(call)


@cache
def _adapters(call: Callable[..., Any]) -> dict[str, Any]:
    from pydantic import TypeAdapter

    hints = get_type_hints(call, include_extras=True)
    return {name: TypeAdapter(hints.get(name, Any)) for name in (input_name(call), *names(call))}


def _type_problems(call: Callable[..., Any], name: str, value: Any) -> list[Problem]:
    """List what is wrong with one value, a place once; the branches of a union come together."""
    wrong = _type_errors(call, name, value)
    absent = [str(each["loc"][-1]) for each in wrong if each["type"] == "missing"]
    found: dict[str, Problem] = {}
    for each in wrong:
        here = within(
            place("parameters", name), value, each["loc"], is_missing=each["type"] == "missing"
        )
        message, hint = _told(each, absent)
        there = found.get(here)
        if there is None:
            found[here] = Problem(here, message, hint)
        elif message not in there.message:
            wanted, got, given = there.message.partition(", got ")
            also = message.partition(", got ")[0]
            found[here] = Problem(here, f"{wanted} or {also}{got}{given}", there.suggestion)
    return list(found.values())


def _told(wrong: Mapping[str, Any], absent: list[str]) -> tuple[str, str]:
    """Return a validator's finding in our words; `absent` are names that are needed nearby."""
    if wrong["type"] == "missing":
        return "is needed and was not given", ""
    if wrong["type"] == "extra_forbidden":
        close = get_close_matches(str(wrong["loc"][-1])[:60], absent, n=1)
        return "is no field of this object", f"Did you mean '{close[0]}'?" if close else ""
    return f"{_lower(wrong['msg'])}, got {_shown(wrong['input'])}", _nearest(wrong)


def _type_error(call: Callable[..., Any], name: str, value: Any) -> str:
    wrong = _type_errors(call, name, value)
    return f"{_lower(wrong[0]['msg'])}, got {_shown(value)}" if wrong else ""


def _type_errors(call: Callable[..., Any], name: str, value: Any) -> list[Any]:
    from pydantic import ValidationError

    try:
        _adapters(call)[name].validate_python(value, strict=True)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []


def _nearest(wrong: Mapping[str, Any]) -> str:
    """Return which of the words that may stand there was meant, if one is near."""
    kind, given = wrong["type"], wrong["input"]
    if kind != "literal_error" or not isinstance(given, str):
        return ""
    names = _QUOTED.findall(str(wrong["ctx"]["expected"]))
    close = get_close_matches(given[:60], names, n=1)
    return f"Did you mean '{close[0]}'?" if close else ""


def _unknown(name: str, known: Mapping[str, Any]) -> Problem:
    close = get_close_matches(name, known, n=1)
    if close:
        hint = f"Did you mean '{close[0]}'?"
    else:
        hint = f"It takes: {', '.join(known)}" if known else "It takes no parameters"
    return Problem(place("parameters", name), "is no parameter of this function", hint)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"
