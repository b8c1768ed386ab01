"""How a workflow could take less, with results that stay equal: proposals, each with its evidence.

A change is proposed only if runs that were measured tell that it helps. Steps that act on something
outside (functions of somebody's own, files, the network, whatever is no plain step of a model or of
a function that computes) keep every dependency that their author wrote.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from perdure.app.figures.estimates import Price, StepHistory, by_step, history, no_price, sum_of
from perdure.app.figures.forecasts import forecast
from perdure.app.figures.statistics import NOTHING, Figure, mean
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.graphs.models import AT_A_TIME
from perdure.errors import InvalidValueError
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.store import Store
from perdure.wire.encoding import decode, encode

GOALS = ("speed", "cost", "accuracy")
LIMITS = ("max_cost", "max_duration_seconds")
COMPUTES = frozenset(
    (
        "clean_text",
        "combine_results",
        "deduplicate",
        "filter_items",
        "map_fields",
        "merge_json",
        "relevance_filter",
        "sort_items",
        "split_items",
        "split_text",
        "validate_json",
    )
)
"""Functions of perdure's own that give the same for the same, and touch nothing."""
_APART = ("id", "description", "depends_on", "parallel_group")
"""The fields by which steps may differ that ask the same."""
LEAST_GAIN = 0.01
"""A change that saves a smaller share of the time than this is not worth a proposal."""

Definition = dict[str, Any]
Edit = Callable[[Definition], Definition]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: what is done where, why it may be done, and what it saves."""

    kind: str
    path: str
    what: str
    why: str
    saves_seconds: float = 0.0
    saves_cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """What a run will take and cost. `accuracy` is None: nobody gave examples with their scores."""

    duration: Figure
    cost: Figure
    accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A constraint that no proposal meets, and what is predicted."""

    constraint: str
    limit: float
    predicted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What could be changed of a definition, and what comes of it; nothing has been changed.

    `infeasible` are the constraints that are not met all the same, the one that is missed most
    first. `samples` is from how many runs the evidence is.
    """

    definition: Definition
    changes: tuple[Change, ...]
    now: Predicted
    predicted: Predicted
    infeasible: tuple[Binding, ...]
    unknown: tuple[str, ...]
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be better, and what must not be exceeded. Raises InvalidValueError."""

    goals: tuple[str, ...] = GOALS
    limits: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse what is not known."""
        for goal in self.goals:
            if goal not in GOALS:
                known = ", ".join(GOALS)
                raise InvalidValueError(f"{goal!r} is no goal. There are: {known}", "goals")
        for name, limit in self.limits.items():
            if name not in LIMITS:
                known = ", ".join(LIMITS)
                raise InvalidValueError(f"there are: {known}", f"constraints.{name}")
            if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
                raise InvalidValueError(f"{limit!r} is no number from 0 on", f"constraints.{name}")


def optimise(
    store: Store, definition: Definition, asked: Asked, now: float, price: Price = no_price
) -> Proposal:
    """Return what could be changed of a definition, as far as its runs tell.

    Raises InvalidDefinitionError.
    """
    plan = _plan(definition)
    steps = by_step(store, plan, history(store, plan.workflow, now))
    best, changes = deepcopy(definition), list[Change]()
    seconds = _seconds(plan, steps)
    if seconds is not None and "speed" in asked.goals:
        for edit, change in _candidates(definition, plan):
            made = _kept_ends(edit(deepcopy(best)), plan)
            took = _seconds(_plan(made), steps) if made is not None else None
            if made is not None and took is not None and seconds - took > LEAST_GAIN * seconds:
                best = made
                changes.append(replace(change, saves_seconds=seconds - took))
                seconds = took
    before = _predicted(plan, steps, price)
    if "cost" in asked.goals and before.cost.value:
        best, merged = _merged(best, steps, price)
        changes += merged
    after = _predicted(_plan(best), steps, price)
    missed, unknown = _missed(after, asked.limits)
    return Proposal(
        definition=best,
        changes=tuple(changes),
        now=before,
        predicted=after,
        infeasible=missed,
        unknown=unknown,
        samples=before.duration.samples,
    )


def _plan(definition: Definition) -> Plan:
    return load_definition(definition)[0].plan


def _predicted(plan: Plan, steps: Mapping[str, StepHistory], price: Price) -> Predicted:
    seconds = _seconds(plan, steps)
    if seconds is None:
        return Predicted(duration=NOTHING, cost=NOTHING)
    known = {step.name: steps[step.name] for step in plan.steps}
    samples = min(len(step.seconds) for step in known.values())
    return Predicted(duration=Figure(seconds, "history", samples), cost=sum_of(known, price))


def _seconds(plan: Plan, steps: Mapping[str, StepHistory]) -> float | None:
    """Return how long a run takes; None if a step was never measured."""
    if not all(step.seconds for step in steps.values()):
        return None
    took = {step.name: _step(step, steps[step.name]) for step in plan.steps}
    return forecast(plan, took)


def _step(step: StepPlan, known: StepHistory) -> float:
    """Return how long a step takes: a loop so long as its items do, so many of them at a time."""
    if not step.window:
        return mean(known.seconds).value or 0.0
    return mean(_side_by_side(items, step.window) for items in known.items).value or 0.0


def _side_by_side(items: Sequence[float], window: int) -> float:
    """Return when the last item ends, each beginning as soon as there is room for it."""
    ends = [0.0] * window
    for seconds in items:
        heapq.heapreplace(ends, ends[0] + seconds)
    return max(ends)


def _missed(
    predicted: Predicted, limits: Mapping[str, float]
) -> tuple[tuple[Binding, ...], tuple[str, ...]]:
    """Return the constraints that are not met, the worst first, and those that nobody can check."""
    figures = {"max_cost": predicted.cost, "max_duration_seconds": predicted.duration}
    missed, unknown = [], []
    for name, limit in limits.items():
        value = figures[name].value
        if value is None:
            unknown.append(name)
        elif value > limit:
            missed.append(Binding(constraint=name, limit=limit, predicted=value))
    missed.sort(key=lambda each: (each.limit / each.predicted, each.constraint))
    return tuple(missed), tuple(unknown)


def _merged(
    definition: Definition, steps: Mapping[str, StepHistory], price: Price
) -> tuple[Definition, list[Change]]:
    """Have models asked once that are asked the same twice, where that costs something."""
    changes = []
    twins = twins_in(definition)
    for twin, first in twins.items():
        saved = sum_of({twin: steps[twin]}, price).value
        if saved and _may_go(definition, twin):
            definition = _without(definition, twin, first)
            changes.append(
                Change(
                    kind="merge",
                    path=f"steps.{twin}",
                    what=f"take the answer of {first!r} for that of {twin!r}",
                    why="both ask the same model the same",
                    saves_cost=saved,
                )
            )
    return definition, changes


def twins_in(definition: Definition) -> dict[str, str]:
    """Return the steps that ask a model what an earlier one asks it as well, each with that one."""
    firsts: dict[str, str] = {}
    found = {}
    for step in definition["steps"]:
        if step.get("type") == "inference":
            asked = {name: said for name, said in step.items() if name not in _APART}
            first = firsts.setdefault(encode(dict(sorted(asked.items()))), step["id"])
            if first != step["id"]:
                found[step["id"]] = first
    return found


def _may_go(definition: Definition, name: str) -> bool:
    """Tell whether a step may be left out: nobody gives its result under its name."""
    plan = _plan(definition)
    if _may_be_skipped(plan, name) or (definition.get("output") is None and name in plan.sinks()):
        return False
    return not any(
        step.get("type") == "aggregation"
        and "inputs" not in step
        and name in step.get("depends_on", ())
        for step in definition["steps"]
    )


def _without(definition: Definition, name: str, first: str) -> Definition:
    """Return the definition without a step, another one standing wherever it was named."""
    rest = {**definition, "steps": [step for step in definition["steps"] if step["id"] != name]}
    made: Definition = decode(encode(rest).replace(f"${{{name}.result", f"${{{first}.result"))
    for step in made["steps"]:
        if name in step.get("depends_on", ()):
            named = (first if other == name else other for other in step["depends_on"])
            step["depends_on"] = [other for other in dict.fromkeys(named) if other != step["id"]]
    return made


# -- what may be changed ------------------------------------------------------------------------
def _candidates(definition: Definition, plan: Plan) -> Iterator[tuple[Edit, Change]]:
    yield from _chains(definition, plan)
    yield from _loops(definition)
    if plan.max_parallel is not None:
        yield (
            lambda made: {k: v for k, v in made.items() if k != "max_parallel_steps"},
            Change(
                kind="widen",
                path="max_parallel_steps",
                what="let all steps that are ready run at a time",
                why=f"steps wait for each other's place: at most {plan.max_parallel} run at a time",
            ),
        )


def _chains(definition: Definition, plan: Plan) -> Iterator[tuple[Edit, Change]]:
    """Yield the dependencies that no data needs, of steps that only compute upon such steps."""
    computing = {step["id"] for step in definition["steps"] if _computes(step)}
    for number, step in enumerate(definition["steps"]):
        after = step.get("depends_on", [])
        if step["id"] not in computing or _may_be_skipped(plan, step["id"]):
            continue
        text = encode({name: value for name, value in step.items() if name != "depends_on"})
        free = [name for name in after if name in computing and f"${{{name}.result" not in text]
        if free:
            kept = [name for name in after if name not in free]
            yield (
                _set(number, "depends_on", kept),
                Change(
                    kind="unchain",
                    path=f"steps[{number}].depends_on",
                    what=f"let {step['id']!r} begin without waiting for {', '.join(map(repr, free))}",
                    why="it reads nothing of theirs, and all of them only compute",
                ),
            )


def _loops(definition: Definition) -> Iterator[tuple[Edit, Change]]:
    """Yield the loops that go over their items one by one, and whose step only computes."""
    for number, step in enumerate(definition["steps"]):
        one_by_one = step.get("type") == "loop" and not step.get("parallel", False)
        one_by_one = one_by_one or (
            step.get("type") == "parallel_processing" and step.get("parallel") is False
        )
        if one_by_one and _computes(step.get("step", {**step, "type": "data_processing"})):
            yield (
                _set(number, "parallel", value=True),
                Change(
                    kind="spread",
                    path=f"steps[{number}].parallel",
                    what=f"let {step['id']!r} do up to {AT_A_TIME} items at a time",
                    why="its items do not read each other, and what is done for each only computes",
                ),
            )


def _set(number: int, field: str, value: Any) -> Edit:
    def edit(made: Definition) -> Definition:
        made["steps"][number][field] = value
        return made

    return edit


def _computes(step: Mapping[str, Any]) -> bool:
    """Tell whether a step does nothing but ask a model or compute with a function of ours.

    An aggregation that names no inputs reads what it depends on, so it is none.
    """
    kind = step.get("type")
    if kind == "aggregation":
        return "inputs" in step and step.get("function", "combine_results") in COMPUTES
    return kind == "inference" or (kind == "data_processing" and step.get("function") in COMPUTES)


def _may_be_skipped(plan: Plan, name: str) -> bool:
    """Tell whether a step, or one that leads to it, is a branch: what it needs may decide on it."""
    trail, seen = [plan.index[name]], set[int]()
    while trail:
        number = trail.pop()
        if plan.steps[number].within is not None or plan.steps[number].branches:
            return True
        if number not in seen:
            seen.add(number)
            trail += plan.needs[number]
    return False


def _kept_ends(made: Definition, plan: Plan) -> Definition | None:
    """Return a definition that gives what the plan gives; None if it would not.

    Without an output of its own it gives the results of the steps that no other needs: where these
    become others, the one that it was is named.
    """
    if made.get("output") is not None or _plan(made).sinks() == plan.sinks():
        return made
    ends = plan.sinks()
    return {**made, "output": f"${{{ends[0]}.result}}"} if len(ends) == 1 else None
