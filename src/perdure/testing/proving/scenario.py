"""What a user says: which runs start, which signals come, what must be true at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.errors import ConfigError

Payload = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


def payload_of(payload: Payload, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent to the run of these arguments."""
    return dict(payload(arguments) if callable(payload) else payload)


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that is sent once each run has started: early, on time, late, or twice.

    It goes to every run by its id (`to="run"`), to whoever waits (`to="all"`), or to whoever waits
    with a correlation key: `key` names the argument of `start` that has it. An `optional` one
    sometimes never comes. `once_waiting` keeps it back until somebody waits for it. `payload` may
    be a function of the run's arguments.
    """

    name: str
    payload: Payload = field(default_factory=dict)
    to: str = "run"
    optional: bool = False
    once_waiting: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Somebody cancels each run, once: at any moment, or `once_waiting`, while it waits or sleeps."""

    optional: bool = False
    once_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody pauses each run at some moment, and lets it go on after so many `seconds`."""

    seconds: float = 3.0
    optional: bool = True
    once_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An event happens, once for each run: about the entity whose id is the argument `of` of `start`.

    It is told early or late, as signals are, or `once_waiting`. `payload` may be a function of the
    run's arguments.
    """

    name: str
    payload: Payload = field(default_factory=dict)
    entity: str = ""
    of: str | None = None
    optional: bool = False
    once_waiting: bool = False


Act = Cancel | Pause | Event


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
    """A workflow with everything that happens to it. `starts` are the arguments of each run.

    `acts` are what others do beside sending signals.
    """

    flow: Workflow
    starts: Sequence[Mapping[str, Any]] = ({},)
    signals: Sequence[Signal] = ()
    acts: Sequence[Act] = ()
    check: Check | None = None


def scenario_of(
    workflow: type | Workflow,
    *,
    start: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    signals: Sequence[Signal | str] | None = None,
    acts: Sequence[Act] = (),
    check: Check | None = None,
) -> Scenario:
    """Return the scenario of a workflow class; signals that are not given are those it names."""
    flow = workflow if isinstance(workflow, Workflow) else _flow_of(workflow)
    if signals is None:
        signals = sorted({name for step in flow.plan.steps for name in step.waits})
    starts = (start,) if isinstance(start, Mapping) else tuple(start or ({},))
    sent = tuple(each if isinstance(each, Signal) else Signal(each) for each in signals)
    return Scenario(flow=flow, starts=starts, signals=sent, acts=tuple(acts), check=check)


def _flow_of(cls: type) -> Workflow:
    name = getattr(cls, "__perdure_workflow__", None)
    flow = default_registry().find(name) if isinstance(name, str) else None
    if flow is None:
        raise ConfigError(f"{cls!r} is no workflow. Give prove(...) a class under @workflow(...)")
    return flow
