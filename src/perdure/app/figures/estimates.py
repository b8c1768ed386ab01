"""What a run of a workflow will take and cost, from what runs have taken. S004-08, A004-24.

Runs of the same plan tell how long a run takes. Where there are none, runs of the same workflow by
other plans tell it step by step, as far as the steps are still the same. Costs are tokens that were
measured at prices that hold now; where nobody has prices, what was paid.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from perdure.app.figures.forecasts import forecast
from perdure.app.figures.frames import frame_of
from perdure.app.figures.gathering import Call, RunFigures, Try, gather
from perdure.app.figures.statistics import NOTHING, Figure, mean, percentile, total
from perdure.authoring import plans
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.rows import RunFilter
from perdure.ports.store import Store

MOST_RUNS = 200
"""So many runs are looked at, the newest ones."""
FRAME = "last_90_days"

Price = Callable[[str, Mapping[str, Any]], float | None]
"""What a model's answer costs that is billed by these counts, in US dollars; None if nobody knows."""


def no_price(_model: str, _usage: Mapping[str, Any]) -> None:
    """Know no price."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, in seconds, and cost, in US dollars."""

    seconds: Figure = NOTHING
    cost: Figure = NOTHING


@dataclass(slots=True)
class StepHistory:
    """A step of a plan over the runs in which it ended well or was skipped.

    `seconds` are from its first attempt's beginning to its last one's end, 0 where it was skipped;
    `calls` are the answers that it was given, in each run, and `items` what each of a loop's took.
    """

    seconds: list[float] = field(default_factory=list)
    calls: list[list[Call]] = field(default_factory=list)
    items: list[list[float]] = field(default_factory=list)


def estimate(store: Store, plan: Plan, now: float, price: Price = no_price) -> Estimate:
    """Return what a run of a plan will take and cost, as far as runs of its workflow tell."""
    runs = history(store, plan.workflow, now)
    same = [run for run in runs if run.plan == plan.hash]
    if same:
        took = [run.seconds for run in same if run.seconds is not None]
        calls = [[each.call for each in run.tries if each.call is not None] for run in same]
        return Estimate(percentile(took, 50), paid(calls, price))
    steps = by_step(store, plan, runs)
    if plan.kind is not PlanKind.GRAPH or not all(step.seconds for step in steps.values()):
        return Estimate()
    return Estimate(foretold(plan, steps), sum_of(steps, price))


def history(store: Store, workflow: str, now: float) -> list[RunFigures]:
    """Return the newest runs of a workflow that have completed."""
    query = RunFilter(workflow=workflow, status="completed")
    return list(islice(gather(store, frame_of(FRAME, now), query), MOST_RUNS))


def by_step(store: Store, plan: Plan, runs: Iterable[RunFigures]) -> dict[str, StepHistory]:
    """Return what runs tell of the steps of a plan: of those that do now what they did then."""
    found = {step.name: StepHistory() for step in plan.steps}
    same: dict[str, set[str]] = {}
    for run in runs:
        if run.plan not in same:
            same[run.plan] = _same(store, plan, run.plan)
        for name, tries in _tries(run).items():
            if name in same[run.plan]:
                _add(found[name], tries)
    return found


def _same(store: Store, plan: Plan, other: str) -> set[str]:
    """Return the steps of a plan that another one has as well."""
    if other == plan.hash:
        return {step.name for step in plan.steps}
    body = store.plan(other)
    then = {step.name: step for step in plans.load(body, other).steps} if body is not None else {}
    return {step.name for step in plan.steps if _does(step) == _does(then.get(step.name))}


def _does(step: StepPlan | None) -> tuple[str, str, int] | None:
    """Return what tells whether two steps do the same: kind, config, and how many at a time."""
    return (step.kind, step.config, step.window) if step is not None else None


def _tries(run: RunFigures) -> dict[str, list[Try]]:
    found: dict[str, list[Try]] = defaultdict(list)
    for each in run.tries:
        found[each.step.partition("[")[0]].append(each)
    return found


def _add(history: StepHistory, tries: list[Try]) -> None:
    own = [each for each in tries if "[" not in each.path]
    if not own or own[-1].status not in ("completed", "skipped"):
        return
    begun = [each.begun for each in own if each.begun is not None]
    history.seconds.append(own[-1].ended - min(begun) if begun else 0.0)
    items: dict[str, float] = defaultdict(float)
    for each in tries:
        if each.path.count("[") == 1:
            items[each.path] += each.seconds or 0.0
    history.items.append(list(items.values()))
    history.calls.append([each.call for each in tries if each.call is not None])


def foretold(plan: Plan, steps: Mapping[str, StepHistory]) -> Figure:
    """Return how long a graph will take, all of whose steps are known one by one."""
    took = {name: mean(step.seconds).value or 0.0 for name, step in steps.items()}
    return Figure(forecast(plan, took), "history", _samples(steps))


def sum_of(steps: Mapping[str, StepHistory], price: Price) -> Figure:
    """Return what the answers given to all steps will cost; nothing if one is not known."""
    figures = [paid(step.calls, price) for step in steps.values()]
    cost = total(figure.value for figure in figures)
    if cost is None:
        return NOTHING
    is_priced = any(figure.basis == "prices" for figure in figures)
    return Figure(cost, "prices" if is_priced else "history", _samples(steps))


def paid(runs: Sequence[Sequence[Call]], price: Price) -> Figure:
    """Return what the answers of a run cost on the mean, at prices that hold now where they are known."""
    is_priced = False
    costs = []
    for calls in runs:
        now = [price(call.model, call.usage) for call in calls]
        is_priced = is_priced or any(cost is not None for cost in now)
        pairs = zip(now, calls, strict=True)
        cost = total(new if new is not None else call.cost for new, call in pairs)
        if cost is None:
            return NOTHING
        costs.append(cost)
    figure = mean(costs)
    return replace(figure, basis="prices") if is_priced else figure


def _samples(steps: Mapping[str, StepHistory]) -> int:
    return min((len(step.seconds) for step in steps.values()), default=0)
