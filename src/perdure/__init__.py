"""Durable workflows: write a class or a JSON graph, run it; a crash is a pause.

    from perdure import complete, engine, get_context, goto, step, workflow

Each name is imported from its home when it is first used, so `import perdure` costs nothing, and
a module that only declares workflows loads neither the engine nor a store.
"""

from importlib import import_module  # noqa: TID251 - this is the lazy door
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the only place that may: type checkers cannot see through `__getattr__` below
    from perdure import errors as errors
    from perdure.app.default import engine as engine
    from perdure.app.engine import Engine as Engine
    from perdure.app.outbox import Outbox as Outbox
    from perdure.authoring.entities import entity_loader as entity_loader
    from perdure.authoring.functions import function as function
    from perdure.authoring.generators import generator as generator
    from perdure.authoring.heartbeats import cancel_requested as cancel_requested
    from perdure.authoring.heartbeats import heartbeat as heartbeat
    from perdure.authoring.schedules import Schedule as Schedule
    from perdure.authoring.steps.children import Child as Child
    from perdure.authoring.steps.children import children as children
    from perdure.authoring.steps.children import start_child as start_child
    from perdure.authoring.steps.current import current_step as current_step
    from perdure.authoring.steps.current import get_context as get_context
    from perdure.authoring.steps.current import idempotency_key as idempotency_key
    from perdure.authoring.steps.current import woken_by as woken_by
    from perdure.authoring.steps.decorators import step as step
    from perdure.authoring.steps.decorators import workflow as workflow
    from perdure.authoring.steps.directives import Directive as Directive
    from perdure.authoring.steps.directives import complete as complete
    from perdure.authoring.steps.directives import fail as fail
    from perdure.authoring.steps.directives import goto as goto
    from perdure.authoring.steps.directives import sleep as sleep
    from perdure.authoring.steps.directives import wait as wait
    from perdure.authoring.steps.directives import wait_for_event as wait_for_event
    from perdure.authoring.steps.hooks import RunFailure as RunFailure
    from perdure.authoring.steps.hooks import get_failure as get_failure
    from perdure.authoring.steps.outcomes import outcome as outcome
    from perdure.authoring.steps.retry import NonRetryable as NonRetryable
    from perdure.authoring.steps.retry import OutcomeUnknown as OutcomeUnknown
    from perdure.authoring.steps.retry import Retry as Retry
    from perdure.authoring.steps.retry import RetryAfter as RetryAfter
    from perdure.authoring.steps.transactional import connection as connection
    from perdure.authoring.steps.triggering import event_workflow as event_workflow
    from perdure.client.aclient import AsyncClient as AsyncClient
    from perdure.client.client import Client as Client

__all__ = [
    "AsyncClient",
    "Child",
    "Client",
    "Directive",
    "Engine",
    "NonRetryable",
    "Outbox",
    "OutcomeUnknown",
    "Retry",
    "RetryAfter",
    "RunFailure",
    "Schedule",
    "cancel_requested",
    "children",
    "complete",
    "connection",
    "current_step",
    "engine",
    "entity_loader",
    "errors",
    "event_workflow",
    "fail",
    "function",
    "generator",
    "get_context",
    "get_failure",
    "goto",
    "heartbeat",
    "idempotency_key",
    "outcome",
    "sleep",
    "start_child",
    "step",
    "wait",
    "wait_for_event",
    "woken_by",
    "workflow",
]

_NAMES = {
    "perdure.app.default": ("engine",),
    "perdure.app.engine": ("Engine",),
    "perdure.authoring.entities": ("entity_loader",),
    "perdure.app.outbox": ("Outbox",),
    "perdure.authoring.functions": ("function",),
    "perdure.authoring.generators": ("generator",),
    "perdure.authoring.heartbeats": ("cancel_requested", "heartbeat"),
    "perdure.authoring.schedules": ("Schedule",),
    "perdure.authoring.steps.children": ("Child", "children", "start_child"),
    "perdure.authoring.steps.current": (
        *("current_step", "get_context", "idempotency_key", "woken_by"),
    ),
    "perdure.authoring.steps.decorators": ("step", "workflow"),
    "perdure.authoring.steps.directives": (
        *("Directive", "complete", "fail", "goto", "sleep", "wait", "wait_for_event"),
    ),
    "perdure.authoring.steps.hooks": ("RunFailure", "get_failure"),
    "perdure.authoring.steps.outcomes": ("outcome",),
    "perdure.authoring.steps.retry": ("NonRetryable", "OutcomeUnknown", "Retry", "RetryAfter"),
    "perdure.authoring.steps.transactional": ("connection",),
    "perdure.authoring.steps.triggering": ("event_workflow",),
    "perdure.client.aclient": ("AsyncClient",),
    "perdure.client.client": ("Client",),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from its home, once."""
    if name == "errors":
        return import_module("perdure.errors")
    if name not in _HOMES:
        raise AttributeError(f"module 'perdure' has no attribute {name!r}", name=name, obj=None)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, also those that were not used yet."""
    return sorted({*globals(), *__all__})
