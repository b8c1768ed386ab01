"""`@event_workflow`: a class whose runs are started by an event, at its time or beside it."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Registry, StartedBy, Workflow
from perdure.authoring.steps.compiler import place_of
from perdure.authoring.steps.decorators import declaring
from perdure.authoring.steps.retry import Retry
from perdure.errors import DefinitionError

C = TypeVar("C", bound=type)
Missed = Literal["run", "skip"]


def event_workflow(  # noqa: PLR0913 - what may be said of it
    event: str,
    *,
    offset_minutes: float = 0,
    name: str | None = None,
    version: str = "1",
    default_retry: Retry | None = None,
    missed: Missed = "run",
    registry: Registry | None = None,
) -> Callable[[C], C]:
    """Make a class a workflow that each event of this name starts: see `engine.emit`.

    It is started `offset_minutes` after the event's time, before it if that is negative. Where
    that had passed already when the event was told, it is started at once, or not at all with
    `missed="skip"`. Its first attempt calls `create_context(event=...)`; without that, the
    payload's keys are the context's fields. `name` is the workflow's name, else the class's own.

    Above a class that is a workflow already it adds one more event that starts it.
    """
    return triggering(
        event, offset_minutes=offset_minutes, name=name, version=version,
        default_retry=default_retry, missed=missed, registry=registry,
    )  # fmt: skip


def triggering(  # noqa: PLR0913 - as above
    event: str,
    *,
    offset_minutes: float,
    name: str | None,
    version: str,
    default_retry: Retry | None,
    missed: Missed = "run",
    registry: Registry | None = None,
    lenient: bool = False,
) -> Callable[[C], C]:
    """Return what `event_workflow` is: the decorator; `lenient` as `compile_class` has it."""
    _check(event, offset_minutes, missed)
    by = StartedBy(event, float(offset_minutes) * 60.0, skips=missed == "skip")

    def declare(cls: C) -> C:
        if not isinstance(cls, type):
            raise DefinitionError(
                f"@event_workflow({event!r}) stands above {cls!r}. Write it above a class"
            )
        hosts = default_registry() if registry is None else registry
        if (known := _declared(cls, name, hosts)) is None:
            called = cls.__name__ if name is None else name
            declaring(
                called,
                version=version,
                default_retry=default_retry,
                registry=hosts,
                lenient=lenient,
            )(cls)
            known = hosts.get(called)
        others = tuple(each for each in known.started_by if each[:2] != by[:2])
        hosts.add(replace(known, started_by=(*others, by)))
        return cls

    return declare


def _declared(cls: type, name: str | None, hosts: Registry) -> Workflow | None:
    """Return the workflow that this very class is already, under this name or any."""
    known = hosts.find(str(vars(cls).get("__perdure_workflow__", "")))
    if known is None or known.place != place_of(cls) or name not in (None, known.name):
        return None
    return known


def _check(event: object, offset_minutes: object, missed: object) -> None:
    if isinstance(event, type):
        raise DefinitionError(
            f'@event_workflow needs an event\'s name. Write @event_workflow("...") above '
            f"{event.__name__}"
        )
    if not isinstance(event, str) or not event.strip():
        raise DefinitionError(f"@event_workflow({event!r}): the event's name is text")
    if not isinstance(offset_minutes, int | float) or not math.isfinite(offset_minutes):
        raise DefinitionError(
            f"@event_workflow({event!r}, offset_minutes={offset_minutes!r}): it is a number of "
            f"minutes after the event, or before it if negative"
        )
    if missed not in ("run", "skip"):
        raise DefinitionError(
            f'@event_workflow({event!r}, missed={missed!r}): it is "run" or "skip"'
        )
