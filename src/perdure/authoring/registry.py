"""Which workflows this process hosts, and the code behind their steps."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from perdure.authoring import offered
from perdure.authoring.schedules import Schedule
from perdure.errors import DuplicateWorkflowError, UnknownWorkflowError
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.executor import Body
from perdure.ports.outbox import Outbox

ON_LIMIT = ("wait", "refuse")
"""What becomes of a run where as many of its workflow live as may."""

MOST_LIVE = 10**9

BodyMaker = Callable[[Plan, StepPlan], Body]


class StartedBy(NamedTuple):
    """An event has a workflow started, `shift` seconds after its time (before it if negative).

    With `skips` it does not where that time had passed when the event was told.
    """

    event: str
    shift: float
    skips: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What a front-end makes of what was written.

    `bodies` are by step name. `begin` turns the arguments of `start` into the JSON text of the
    first context, or of a graph's inputs; it raises InvalidValueError for wrong ones. `takes` are
    the inputs that it declares, by name. `place` (file and qualified name) tells a reload of the
    same class from another one of that name. `started_by` are the events that start it, `schedule`
    says when its runs begin by themselves.

    `fits` takes a version and the context (JSON text) of one of its runs, and returns what that is
    to this plan; it raises what the context's model does.
    `migrates` are the other versions whose runs go on by this plan. `digests` tells the bodies, by
    step name, from those that stood there before. At most `max_live` runs live at a time, if that
    is said; `on_limit` tells what becomes of others: 'wait' or 'refuse'.

    `opens` makes plan and first context of each run from its inputs, where runs have plans of their
    own; `plan` then has no steps.
    """

    plan: Plan
    bodies: Mapping[str, Body] = field(default_factory=dict)
    begin: Callable[[Mapping[str, Any]], str]
    takes: frozenset[str] = frozenset()
    place: tuple[str, str] = ("", "")
    fits: Callable[[str, str], str] | None = None
    migrates: frozenset[str] = frozenset()
    digests: Callable[[], Mapping[str, str]] = dict
    cls: type | None = None
    started_by: tuple[StartedBy, ...] = ()
    schedule: Schedule | None = None
    max_live: int | None = None
    on_limit: str = "wait"
    opens: Callable[[Mapping[str, Any]], tuple[Plan, str]] | None = None

    def opening(self, inputs: Mapping[str, Any]) -> tuple[Plan, str]:
        """Return the plan and the first context of a run with these inputs.

        Raises InvalidValueError for wrong ones, and what `opens` does.
        """
        if self.opens is not None:
            return self.opens(inputs)
        return self.plan, self.begin(inputs)

    @property
    def name(self) -> str:
        """The workflow's name."""
        return self.plan.workflow


class Registry:
    """The workflows of one process, by name, and its outboxes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workflows: dict[str, Workflow] = {}
        self._makers: dict[str, BodyMaker] = {}
        self._made: dict[tuple[str, str], Body] = {}
        self._additions = 0
        self.outboxes: list[Outbox] = []
        self.sources: list[Callable[[str], Workflow | None]] = []
        """Who is asked, by name or id, for a workflow that is not hosted here."""

    @property
    def generation(self) -> int:
        """A number that grows with everything that this process hosts more."""
        return self._additions + offered.count()

    def add(self, workflow: Workflow) -> None:
        """Host a workflow. The same place declared again replaces itself.

        Raises DuplicateWorkflowError if another one has the name.
        """
        with self._lock:
            known = self._workflows.get(workflow.name)
            if known is workflow:
                return  # nothing is new: a start names it so each time
            if known is not None and known.place != workflow.place:
                raise DuplicateWorkflowError(
                    f"workflow {workflow.name!r} is declared in {_shown(known.place)} and again "
                    f"in {_shown(workflow.place)}. Give one of them another name"
                )
            self._workflows[workflow.name] = workflow
            self._additions += 1

    def add_kind(self, kind: str, maker: BodyMaker) -> None:
        """Host every graph step of this kind; `maker` gives its body from the plan alone."""
        with self._lock:
            self._makers[kind] = maker
            self._additions += 1

    def get(self, name: str) -> Workflow:
        """Return the workflow of this name. Raises UnknownWorkflowError with a suggestion."""
        if found := self._workflows.get(name):
            return found
        for source in self.sources:
            if (found := source(name)) is not None:
                return found
        near = get_close_matches(name, self._workflows, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UnknownWorkflowError(f"no workflow {name!r} is known in this process.{hint}")

    def named(self, workflow: str | type) -> Workflow:
        """Return the workflow of this name or class. Raises UnknownWorkflowError."""
        if isinstance(workflow, type):
            workflow = str(getattr(workflow, "__perdure_workflow__", workflow.__name__))
        return self.get(workflow)

    def find(self, name: str) -> Workflow | None:
        """Return the workflow of this name, or None."""
        return self._workflows.get(name)

    def names(self) -> list[str]:
        """Return the names of the workflows, sorted."""
        return sorted(self._workflows)

    def code(self) -> list[Workflow]:
        """Return the workflows that are code of this process, by name."""
        with self._lock:
            flows = sorted(self._workflows.items())
        return [flow for _, flow in flows if flow.bodies and flow.plan.kind is PlanKind.MACHINE]

    def graph_hosts(self) -> tuple[str, ...]:
        """Return what this process can run of graphs: empty text for their steps, and functions.

        Of functions only those are listed that not every process has.
        """
        return ("", *offered.hosts()) if self._makers else ()

    def has(self, step: StepPlan) -> bool:
        """Whether all is here that the step needs and not every process has."""
        return not step.host or offered.is_offered(step.host)

    def body(self, plan: Plan, step: StepPlan) -> Body | None:
        """Return the code of a step; None if this process does not host it."""
        if plan.kind is PlanKind.GRAPH and step.kind in self._makers:
            key = (plan.hash, step.name)
            if (made := self._made.get(key)) is None:
                made = self._made[key] = self._makers[step.kind](plan, step)
            return made
        flow = self._workflows.get(plan.workflow)
        return flow.bodies.get(step.name) if flow is not None else None


def is_limit(said: object) -> bool:
    """Say whether so many runs of a workflow can be let live."""
    return type(said) is int and 0 < said <= MOST_LIVE


def _shown(place: tuple[str, str]) -> str:
    file, name = place
    return f"{name} ({file})" if file else name
