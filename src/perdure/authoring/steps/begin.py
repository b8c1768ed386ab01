"""From the arguments of `start` to the first context: `create_context`, or `Context(**arguments)`."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from perdure.authoring.steps.codec import Codec, explained
from perdure.authoring.steps.methods import shown
from perdure.errors import DefinitionError, InvalidValueError

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def beginner(
    cls: type, declared: type | None, codec: Callable[[], Codec]
) -> Callable[[Mapping[str, Any]], str]:
    """Return what makes the JSON text of a run's first context. It raises InvalidValueError."""
    create = creator(cls)
    if create is not None:
        return lambda arguments: codec().begin(created(cls, create, arguments, codec()))
    return lambda arguments: _constructed(cls, declared, arguments, codec())


def taken(cls: type, declared: type | None) -> frozenset[str]:
    """Return the names of the arguments that `start` passes on, as far as the class says them."""
    names: set[str] = set()
    for name, field in getattr(declared, "model_fields", {}).items():
        names |= {name, field.alias or name}
    create = creator(cls)
    if create is None:
        return frozenset(names)
    parameters = inspect.signature(create).parameters.values()
    if not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters):
        names.clear()
    return frozenset(names | {each.name for each in parameters if each.kind in _NAMED})


def lacking(cls: type, declared: type | None, given: Collection[str]) -> list[str]:
    """Return the arguments that a start needs beside those given, as far as the class says them."""
    create = creator(cls)
    if create is not None:
        parameters = inspect.signature(create).parameters.values()
        needed = [p.name for p in parameters if p.kind in _NAMED and p.default is p.empty]
        return [name for name in needed if name not in given]
    if declared is None or declared.__pydantic_decorators__.model_validators:  # type: ignore[attr-defined]
        return []  # they may bring what is not given
    fields = declared.model_fields.items()  # type: ignore[attr-defined]
    return [
        name
        for name, field in fields
        if field.is_required() and not {name, field.alias} & set(given)
    ]


def unknown(cls: type, declared: type | None, given: Iterable[str]) -> list[str]:
    """Return those of the given arguments that no start takes, as far as the class says them."""
    create = creator(cls)
    if create is not None:
        parameters = inspect.signature(create).parameters.values()
        takes_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
    else:
        takes_any = declared is None or declared.model_config.get("extra") is not None  # type: ignore[attr-defined]
    return [] if takes_any else [name for name in given if name not in taken(cls, declared)]


def creator(cls: type) -> Callable[..., Any] | None:
    """Return the class's `create_context`, ready to be called; None if it has none."""
    found = inspect.getattr_static(cls, "create_context", None)
    if found is None:
        return None
    if not isinstance(found, classmethod | staticmethod):
        raise DefinitionError(
            f"{shown(cls)}.create_context is called before there is an instance. "
            f"Write @classmethod above it"
        )
    create: Callable[..., Any] = cls.create_context  # type: ignore[attr-defined]
    if inspect.iscoroutinefunction(create):
        raise DefinitionError(
            f"{shown(cls)}.create_context is async, and a run starts before anything is awaited. "
            f"Make it a plain method, and await in the first step"
        )
    return create


def created(
    cls: type, create: Callable[..., Any], arguments: Mapping[str, Any], codec: Codec
) -> Any:
    """Return the context that the user's function makes; what it raises itself goes through.

    Raises InvalidValueError for arguments that it does not take, and for what is no context.
    """
    signature = inspect.signature(create)
    try:
        signature.bind(**arguments)
    except TypeError as error:
        takes = f"{shown(cls)}.create_context{signature}"
        wrong = _wrong_argument(signature, arguments)
        raise InvalidValueError(f"{error} of {takes}", wrong) from error
    try:
        made = create(**arguments)
        if isinstance(made, Mapping):
            return codec.made_of(made)
    except codec.invalid as error:
        raise InvalidValueError(*explained(error)) from error
    if not isinstance(made, codec.accepted):
        kind = type(made).__name__
        raise InvalidValueError(
            f"{shown(cls)}.create_context returned {kind} {made!r}. Write return cls.Context(...)"
        )
    return made


def _constructed(
    cls: type, declared: type | None, arguments: Mapping[str, Any], codec: Codec
) -> str:
    if declared is not None and declared.model_config.get("extra") is None:  # type: ignore[attr-defined]
        for name in arguments:
            if not codec.has(name):
                near = get_close_matches(name, codec.names, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(codec.names)}"
                raise InvalidValueError(f"{shown(cls)}.Context has no such field. {hint}", name)
    return validated(arguments, codec)


def validated(values: Mapping[str, Any], codec: Codec) -> str:
    """Return the JSON text of a context of these values. Raises InvalidValueError."""
    try:
        return codec.begin(codec.made_of(values))
    except codec.invalid as error:
        raise InvalidValueError(*explained(error)) from error


def _wrong_argument(signature: inspect.Signature, arguments: Mapping[str, Any]) -> str:
    """Return the argument that is unknown or missing; empty if it is neither."""
    takes = {
        each.name: each.default for each in signature.parameters.values() if each.kind in _NAMED
    }
    unknown = [name for name in arguments if name not in takes]
    needed = [name for name, default in takes.items() if default is inspect.Parameter.empty]
    missing = [name for name in needed if name not in arguments]
    return next(iter([*missing, *unknown]), "")
