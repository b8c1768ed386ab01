"""What a user says: which runs start, which signals come, what must be true at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that is sent once each run has started: early, on time, late, or twice.

    It goes to every run by its id (`to="run"`), or to whoever waits (`to="all"`). An `optional` one
    sometimes never comes. `once_waiting` keeps it back until somebody waits for it.
    """

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    to: str = "run"
    optional: bool = False
    once_waiting: bool = False


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run at the end of a history, as a `check` gets it. `effects` are names of what was done."""

    id: str
    status: str
    data: Mapping[str, Any]
    error: str | None
    effects: Sequence[str]
    arguments: Mapping[str, Any]


Check = Callable[[RunSeen], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A workflow with everything that happens to it. `starts` are the arguments of each run."""

    flow: Workflow
    starts: Sequence[Mapping[str, Any]] = ({},)
    signals: Sequence[Signal] = ()
    check: Check | None = None


def scenario_of(
    workflow: type | Workflow,
    *,
    start: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    signals: Sequence[Signal | str] | None = None,
    check: Check | None = None,
) -> Scenario:
    """Return the scenario of a workflow class; signals that are not given are those it names."""
    flow = workflow if isinstance(workflow, Workflow) else _flow_of(workflow)
    if signals is None:
        signals = sorted({name for step in flow.plan.steps for name in step.waits})
    starts = (start,) if isinstance(start, Mapping) else tuple(start or ({},))
    sent = tuple(each if isinstance(each, Signal) else Signal(each) for each in signals)
    return Scenario(flow=flow, starts=starts, signals=sent, check=check)


def _flow_of(cls: type) -> Workflow:
    name = getattr(cls, "__perdure_workflow__", None)
    flow = default_registry().find(name) if isinstance(name, str) else None
    if flow is None:
        raise ConfigError(f"{cls!r} is no workflow. Give prove(...) a class under @workflow(...)")
    return flow
