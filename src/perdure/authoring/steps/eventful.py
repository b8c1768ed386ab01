"""The context that an event leads to: the first one of a run that it starts, or with its marks."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from perdure.authoring.events import MARKS, Event, load_event
from perdure.authoring.steps.begin import created, creator, validated
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.methods import shown
from perdure.errors import ContextInvalidError, InvalidValueError, NonRetryableError
from perdure.ports.executor import Work
from perdure.wire.encoding import decode, encode


def context_of(cls: type, codec: Codec, work: Work) -> Any:
    """Return the context of an attempt that an event has led to: it started the run, or woke it."""
    assert work.brought is not None
    if work.woken is None:
        return first_context(cls, codec, work.brought)
    brought, _ = load_event(work.brought)
    return codec.load_merged(work.context, encode(_allowed(codec, brought)))


def first_context(cls: type, codec: Codec, payload: str) -> Any:
    """Return the context that a class makes of an event: by `create_context`, else of its fields.

    Raises what a loader of entities raised, so that it is tried again, and NonRetryableError or
    ContextInvalidError for what is wrong in the class or the event.
    """
    brought, event = load_event(payload)
    create = creator(cls)
    if create is None:
        return _of_fields(codec, brought)
    made = _created(cls, create, event, codec)
    marks = {name: brought[name] for name in MARKS if name not in made.model_fields_set}
    text = encode({**decode(codec.begin(made)), **_allowed(codec, marks)})
    return codec.load(text, f"{shown(cls)}.create_context made it of event {event.name!r}")


def _of_fields(codec: Codec, brought: Mapping[str, Any]) -> Any:
    try:
        return codec.load(validated(_allowed(codec, brought), codec))
    except InvalidValueError as error:
        raise ContextInvalidError(f"the event does not make a context: {error}") from error


def _created(cls: type, create: Callable[..., Any], event: Event, codec: Codec) -> Any:
    try:
        return created(cls, create, _arguments(create, event), codec)
    except Exception as error:
        if error is event.trouble:
            raise
        raise NonRetryableError(
            f"{shown(cls)}.create_context raised {type(error).__name__}: {error}"
        ) from error


def _arguments(create: Callable[..., Any], event: Event) -> dict[str, Any]:
    """Return what the function takes of an event: the event itself, and keys of its payload."""
    parameters = inspect.signature(create).parameters.values()
    names = {each.name for each in parameters}
    found = {name: value for name, value in event.payload.items() if name in names}
    spread = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
    return {**found, "event": event} if spread or "event" in names else found


def _allowed(codec: Codec, brought: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the model takes: one that forbids undeclared fields has not asked for marks."""
    if codec.model.model_config.get("extra") != "forbid":
        return dict(brought)
    return {name: it for name, it in brought.items() if name not in MARKS or codec.has(name)}
