"""The model of a run's context, made from the `Context` that a workflow class declares.

It is a subclass of the user's model, so `isinstance` holds. It also keeps keys that the model does
not declare (unless that forbids them), and refuses attributes that nobody declared, which are
mostly typing mistakes. pydantic is imported when the first one is made.
"""

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache, cached_property
from types import FunctionType
from typing import Any

from perdure.authoring.steps.current import place
from perdure.authoring.steps.methods import functions_of, shown
from perdure.errors import ContextInvalidError, DefinitionError
from perdure.wire.encoding import encode

OPEN_SCHEMA = '{"type":"object","additionalProperties":true}'


def declared_model(cls: type) -> type | None:
    """Return the class's `Context`, complete; None if it has none. Raises DefinitionError."""
    found = getattr(cls, "Context", None)
    if found is None:
        return None
    from pydantic import BaseModel, RootModel  # only for who declares a model

    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise DefinitionError(
            f"{shown(cls)}.Context is no pydantic model. Write class Context(BaseModel):"
        )
    if issubclass(found, RootModel):
        raise DefinitionError(f"{shown(cls)}.Context has no fields. Derive it from BaseModel")
    _complete(cls, found)
    return found


def context_model(declared: type | None) -> Any:
    """Return the model that runs use: the declared one, or an empty one, open for more keys."""
    from pydantic import BaseModel

    base: Any = BaseModel if declared is None else declared
    config = {
        "extra": "forbid" if base.model_config.get("extra") == "forbid" else "allow",
        # Without it NaN would be written as null, and be None at the next step.
        "ser_json_inf_nan": base.model_config.get("ser_json_inf_nan", "constants"),
    }
    name = "Context" if declared is None else base.__name__
    namespace = {
        "__module__": __name__ if declared is None else base.__module__,
        "__qualname__": name if declared is None else base.__qualname__,
        "__doc__": None if declared is None else base.__doc__,
        "__setattr__": _guarded(base, name),
        "model_config": config,
    }
    return type(base)(name, (base,), namespace)


def schema_of(model: Any) -> str:
    """Return the JSON Schema of a context as text, by the fields' own names (not aliases).

    A field whose type has no JSON Schema may be anything there; the model itself still checks it.
    """
    return encode(model.model_json_schema(by_alias=False, schema_generator=lenient_schema()))


@cache
def lenient_schema() -> Any:
    """Return pydantic's maker of schemas, for which a type that has none may be anything."""
    from pydantic.json_schema import GenerateJsonSchema

    class Lenient(GenerateJsonSchema):
        ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}  # noqa: RUF012

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002
            return {}

    return Lenient


def _complete(cls: type, model: Any) -> None:
    """Resolve annotations that were text, also in code that belongs to no module."""
    if model.__pydantic_complete__:
        return
    from pydantic.errors import PydanticUndefinedAnnotation

    known: dict[str, Any] = {}
    for found in vars(cls).values():
        for function in functions_of(found):
            known.update(function.__globals__)
    known.update(vars(cls))
    try:
        model.model_rebuild(_types_namespace=known)
    except PydanticUndefinedAnnotation as error:
        raise DefinitionError(
            f"{shown(cls)}.Context uses {error.name!r}, which is not defined yet. "
            f"Define it above the workflow class"
        ) from error


def _guarded(base: Any, name: str) -> Callable[[Any, str, Any], None]:
    """Return the `__setattr__` of a context: declared names only."""
    settable = frozenset(base.model_fields) | {
        each
        for each in dir(base)
        if isinstance(inspect.getattr_static(base, each, None), property | cached_property)
    }
    set_attribute: FunctionType = base.__setattr__

    def set_declared(self: Any, attribute: str, value: Any) -> None:
        if (
            attribute in settable
            or attribute.startswith("_")
            or attribute in (self.__pydantic_extra__ or ())
        ):
            set_attribute(self, attribute, value)
        else:
            raise ContextInvalidError(_undeclared(base, name, attribute), path=attribute)

    return set_declared


def _undeclared(base: Any, name: str, attribute: str) -> str:
    near = get_close_matches(attribute, base.model_fields, n=1)
    hint = f"Did you mean {near[0]!r}? Else declare" if near else "Declare"
    where = f" ({place()})" if place() else ""
    return f"{name} has no field of this name{where}. {hint} it: {attribute}: TYPE = DEFAULT"
