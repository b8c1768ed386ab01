"""How an execution stands: a run, told in the API's words."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from math import fsum
from typing import Any

from perdure.app.costs import step_spent
from perdure.app.shown import RunShown, StepShown, show
from perdure.app.views import RunView, moment
from perdure.authoring.graphs.results import hidden_in
from perdure.authoring.graphs.values import results
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.definitions import DEFINITION, REVISION
from perdure.ports.store import Store
from perdure.service.beginning import ASKED
from perdure.wire.encoding import decode
from perdure.wire.executions import (
    ExecutionInfo,
    ExecutionStatus,
    ResourceUsage,
    StepErrorInfo,
    StepInfo,
    StepStatus,
)
from perdure.wire.spans import HOUR

_PREFIX, _RUN = "exec_", "run_"
_STATUS: dict[str, StepStatus] = {
    "queued": "pending",
    "retrying": "waiting",
    "sleeping": "waiting",
    "outcome_unknown": "waiting",
    "stranded": "waiting",
    "stopped": "cancelled",
}
_ENDED = ("completed", "failed", "skipped", "cancelled")


def execution_id(run: str) -> str:
    """Return what a run is called as an execution."""
    return _PREFIX + run.removeprefix(_RUN)


def run_id(execution: str) -> str:
    """Return the run that an execution is."""
    return _RUN + execution.removeprefix(_PREFIX) if execution.startswith(_PREFIX) else execution


def of_run(store: Store, run: str) -> ExecutionInfo:
    """Return how an execution stands, with its steps. Raises RunNotFoundError."""
    shown = show(store, run)
    names = [step.name for step in shown.plan.steps]
    steps = _steps(store, shown, names)
    open_ = tuple(name for name in names if _is_open(shown, name))
    ended = sum(step.status in _ENDED for step in steps)
    info = of_view(shown.view)
    return info.model_copy(
        update={
            "steps": steps,
            "current_steps": open_ if info.completed_at is None else (),
            "current_step": open_[0] if open_ and info.completed_at is None else None,
            "progress": info.progress or (ended / len(names) if names else 0.0),
            "final_result": shown.result,
            "total_cost": shown.cost.total,
            "resource_usage": ResourceUsage(cpu_hours=_cpu_hours(shown)),
        }
    )


def of_view(view: RunView, *, first: tuple[str, ...] = ()) -> ExecutionInfo:
    """Return what a run's view tells of an execution, without its steps.

    `first` are the steps that it begins with, where it has just begun.
    """
    is_over = view.ended_at is not None
    is_new = view.status == "running" and view.current_step in first
    return ExecutionInfo(
        execution_id=execution_id(view.id),
        workflow_id=view.attributes.get(DEFINITION),
        workflow_revision=_number(view.attributes.get(REVISION)),
        status=_status(view),
        started_at=view.created_at,
        completed_at=view.ended_at,
        duration_seconds=_seconds(view.created_at, view.ended_at),
        current_step=None if is_over else view.current_step,
        current_steps=first if is_new else (),
        progress=1.0 if view.status == "completed" else 0.0,
        waiting_for=view.awaits,
        inputs=view.data,
        config=decode(view.attributes.get(ASKED, "{}")),
        error=error_info(view.error) if view.error is not None else None,
    )


def first_steps(plan: Plan) -> tuple[str, ...]:
    """Return the steps that a run of a plan begins with."""
    within = {branch for step in plan.steps for branch in step.branches}
    return tuple(step.name for step in plan.steps if not step.needs and step.name not in within)


def _status(view: RunView) -> ExecutionStatus:
    if view.paused and view.ended_at is None:
        return "paused"
    return view.status  # type: ignore[return-value]  # the engine's words are the wire's


def _steps(store: Store, shown: RunShown, names: list[str]) -> tuple[StepInfo, ...]:
    last = {step.step: step for step in shown.steps}
    status = {name: _step_status(shown, last, name) for name in names}
    done = [name for name in names if status[name] == "completed"]
    found: Mapping[str, Any] = {}
    if done and shown.plan.kind is PlanKind.GRAPH:
        found = results(shown.plan, partial(store.outputs, shown.view.id), done)
        if shown.view.secrets is not None:
            found = {name: hidden_in(value) for name, value in found.items()}
    return tuple(
        _step(last.get(name), name, status[name], found, _cost(shown, name)) for name in names
    )


def _step_status(shown: RunShown, last: Mapping[str, StepShown], name: str) -> StepStatus:
    step = last.get(name)
    if step is None and shown.view.ended_at is not None:
        return "cancelled"
    if (step is None or step.status == "pending") and _is_open(shown, name):
        return "running"  # items of it are under way
    status = step.status if step is not None else "pending"
    return _STATUS.get(status, status)  # type: ignore[arg-type]  # what is left is the wire's


def _is_open(shown: RunShown, name: str) -> bool:
    """Whether an attempt of a step, or of one of its items, is under way or is to come."""
    closed = (*_ENDED, "pending", "stopped")
    return any(step.status not in closed and plan_name(step.step) == name for step in shown.steps)


def _step(
    step: StepShown | None,
    name: str,
    status: StepStatus,
    found: Mapping[str, Any],
    cost: float | None,
) -> StepInfo:
    if step is None:
        return StepInfo(id=name, type="code", status=status)
    started = step.started_at if step.started_at is not None else step.due
    is_begun = status not in ("pending", "skipped")
    return StepInfo(
        id=name,
        type=step.kind,
        status=status,
        started_at=moment(started) if started is not None and is_begun else None,
        completed_at=moment(step.ended_at) if step.ended_at is not None else None,
        attempt=step.attempt,
        result=found.get(name, step.result),
        error=error_info({**step.error, "step": name}) if step.error is not None else None,
        model_used=step.meta.get("model_used"),
        cost=cost,
    )


def _cost(shown: RunShown, name: str) -> float | None:
    """Return what a step and its items have cost: 0 where nothing is billed, null if nobody knows."""
    spent = [
        answer.cost
        for step in shown.steps
        if plan_name(step.step) == name
        for answer in step_spent(step.step, step.meta, step.error)
    ]
    known = [cost for cost in spent if cost is not None]
    return fsum(known) if len(known) == len(spent) else None


def _cpu_hours(shown: RunShown) -> float | None:
    """Return for how long the processor worked, of the attempts for which that was measured."""
    spent = [step.cpu for step in shown.steps]
    spent += [failed.cpu for step in shown.steps for failed in step.failures]
    known = [seconds for seconds in spent if seconds is not None]
    return fsum(known) / HOUR if known else None


def error_info(error: Mapping[str, Any]) -> StepErrorInfo:
    """Return an error of a run or a step as it is sent."""
    return StepErrorInfo(
        kind=str(error.get("kind") or error.get("type")),
        message=str(error.get("message", "")),
        step=error.get("step"),
        attempt=error.get("attempt"),
    )


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return (end - begin).total_seconds() if begin is not None and end is not None else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
