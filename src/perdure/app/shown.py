"""A run's full picture, as the rows have it: steps with times, attempts, results and errors.

Read from a store alone, so a run can be shown by a process that takes no part in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from perdure.app.costs import NOTHING, RunCost, cost_of
from perdure.app.sealing import key_of
from perdure.app.views import RunView, error_of, view_of
from perdure.authoring import plans
from perdure.errors import RunNotFoundError
from perdure.kernel.paths import parent, plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Rest
from perdure.kernel.scopes import Scope
from perdure.kernel.ways import CHILDREN, Way, named
from perdure.ports.commit import UNSETTLED, AttemptEnded, StepEnded
from perdure.ports.rows import JobRow, Loaded, RunRow
from perdure.ports.store import Store
from perdure.runtime.packing import load_scopes
from perdure.runtime.ways import WAYS, waiting_of
from perdure.wire import sealed
from perdure.wire.encoding import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """An attempt that failed and was followed by another. Times are seconds since 1970, UTC.

    `cpu` are the seconds for which the processor worked for it, None where nobody measured them.
    """

    attempt: int
    started_at: float | None
    ended_at: float
    error: dict[str, Any]
    cpu: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """A visit of a step, or a step of a graph that nobody has come to (`visit` 0).

    `status` is pending, queued, retrying, running, sleeping, waiting, completed, failed, skipped,
    stopped, stranded (the run does not fit the code that is there), or outcome_unknown: somebody
    has to settle it. `error` has kind, type, message and
    traceback; `meta` what else is known, such as the model that answered. `cpu` is as of an attempt. `due` is when it goes on
    by itself, `signal` what it waits for, or `children`; `ways` are all that may end the wait, and
    `awaits` says so in words. `pid` is the process that runs it. `beat_at`, `progress` and `detail` are of its last heartbeat.
    """

    step: str
    visit: int = 0
    kind: str = "code"
    status: str = "pending"
    attempt: int = 0
    started_at: float | None = None
    ended_at: float | None = None
    due: float | None = None
    signal: str | None = None
    awaits: str | None = None
    ways: tuple[Way, ...] = ()
    children: bool = False
    pid: int | None = None
    beat_at: float | None = None
    progress: float | None = None
    detail: Any = None
    result: Any = None
    error: dict[str, Any] | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    cpu: float | None = None
    failures: tuple[FailedAttempt, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long its last attempt took, if it has ended."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(self.ended_at - self.started_at, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """A run, its plan and its visits. `result` is what a completed run came to, else None.

    `children` are the runs that it has started, in their order; what they cost is not in `cost`.
    """

    view: RunView
    plan: Plan
    steps: tuple[StepShown, ...]
    result: Any = None
    children: tuple[RunRow, ...] = ()
    cost: RunCost = NOTHING

    def states(self) -> dict[str, str]:
        """Return the status of each step's last visit, by name."""
        return {plan_name(step.step): step.status for step in self.steps}


def show(store: Store, run: str) -> RunShown:
    """Return the picture of a run. Raises RunNotFoundError."""
    loaded = store.load([run]).get(run)
    if loaded is None:
        raise RunNotFoundError(run, "The runs of this store are listed by: perdure runs")
    ended = store.steps(run)
    plan = plan_of(store, loaded)
    pids = {worker.id: worker.pid for worker in store.workers()}
    attempts = store.attempts(run)
    visits = list(_visits(plan, loaded, ended, attempts, pids))
    children = tuple(store.children(run)) if loaded.row.brood is not None else ()
    labels = store.labels([run])
    view = view_of(loaded, error_of(loaded.row, ended), labels, key_of(store, loaded))
    result = _result(store, loaded, plan) if view.status == "completed" else None
    cost = cost_of(ended, attempts)
    return RunShown(
        view=view, plan=plan, steps=tuple(visits), result=result, children=children, cost=cost
    )


def plan_of(store: Store, loaded: Loaded) -> Plan:
    """Return the plan that a run has."""
    body = store.plan(loaded.row.plan)
    assert body is not None  # it is written in the transaction that makes the run
    return plans.load(body, loaded.row.plan)


def _result(store: Store, loaded: Loaded, plan: Plan) -> Any:
    if plan.kind is PlanKind.MACHINE:
        return decode(loaded.context)
    from perdure.authoring.graphs.results import final_result

    return final_result(plan, partial(store.outputs, loaded.row.id), decode(loaded.context))


def _visits(
    plan: Plan,
    loaded: Loaded,
    ended: Iterable[StepEnded],
    attempts: Iterable[AttemptEnded],
    pids: dict[int, int],
) -> Iterator[StepShown]:
    failures = _failures(attempts)
    seen = set()
    for row in ended:
        seen.add(row.step)
        yield _ended(plan, loaded, row, failures.get((row.step, row.visit), ()))
    for job in sorted(loaded.jobs, key=lambda job: job.due):
        seen.add(job.step)
        yield _open(plan, job, failures.get((job.step, job.visit), ()), pids)
    scopes, rests = load_scopes(loaded.row.scopes)
    for path, rest in rests.items():
        if path not in seen:
            seen.add(path)
            yield _resting(plan, loaded, path, rest)
    for path, scope in scopes.items():
        if not scope.is_over and path not in seen:
            seen.add(path)
            yield _looping(plan, loaded, path, scope)
    if plan.kind is PlanKind.GRAPH and loaded.row.ended_at is None:
        for step in plan.steps:
            if step.name not in seen:
                yield StepShown(step=step.name, kind=step.kind)


def _failures(attempts: Iterable[AttemptEnded]) -> dict[tuple[str, int], tuple[FailedAttempt, ...]]:
    found: dict[tuple[str, int], tuple[FailedAttempt, ...]] = {}
    for row in attempts:
        failed = FailedAttempt(
            attempt=row.attempt,
            started_at=row.started_at,
            ended_at=row.ended_at,
            error=decode(row.error),
            cpu=row.cpu,
        )
        key = (row.step, row.visit)
        found[key] = (*found.get(key, ()), failed)
    return found


def _ended(
    plan: Plan, loaded: Loaded, row: StepEnded, failures: tuple[FailedAttempt, ...]
) -> StepShown:
    """Return a visit whose work has ended; it may sleep or wait now for what comes next."""
    made = StepShown(
        step=row.step,
        visit=row.visit,
        kind=_kind(plan, row.step),
        status=row.status,
        attempt=row.attempt,
        started_at=row.started_at,
        ended_at=row.ended_at,
        result=_shown_result(loaded, row.output),
        error=decode(row.error) if row.error is not None else None,
        meta=decode(row.meta) if row.meta is not None else {},
        cpu=row.cpu,
        failures=failures,
    )
    return _with_rest(loaded, made)


def _resting(plan: Plan, loaded: Loaded, path: str, rest: Rest) -> StepShown:
    """Return a visit of a graph that sleeps or waits, and goes on then."""
    made = StepShown(
        step=path,
        visit=rest.visit,
        kind=_kind(plan, path),
        status="waiting",
        attempt=rest.attempt,
        started_at=rest.at,
    )
    return _with_rest(loaded, made)


def _with_rest(loaded: Loaded, shown: StepShown) -> StepShown:
    """Return a visit with what it sleeps or waits for, if it does."""
    here = (shown.step, shown.visit)
    for timer in loaded.timers:
        if timer.kind == "sleep" and (timer.step, timer.visit) == here:
            return replace(shown, status="sleeping", due=timer.due)
    waits = [wait for wait in loaded.waits if (wait.step, wait.visit) == here]
    ways = [wait for wait in waits if wait.kind in (*WAYS, CHILDREN)]
    if not ways:
        return shown
    children = [wait.kind for wait in ways] == [CHILDREN]
    waiting = None if children else waiting_of(ways)
    return replace(
        shown,
        status="waiting",
        due=ways[0].due,
        signal=waiting.name if waiting else None,
        awaits=named(waiting.ways) if waiting else None,
        ways=waiting.ways if waiting else (),
        children=children,
    )


def _shown_result(loaded: Loaded, output: str | None) -> Any:
    """Return a step's result as it is shown: what is sealed is not."""
    value = decode(output) if output is not None else None
    return sealed.shown(value) if sealed.has_vault(loaded.context) else value


def _open(
    plan: Plan, job: JobRow, failures: tuple[FailedAttempt, ...], pids: dict[int, int]
) -> StepShown:
    unclaimed = "retrying" if job.attempt > 1 else "queued"
    if job.stranded:
        unclaimed = "stranded"
    if job.mode == UNSETTLED:
        last = failures[-1] if failures else None
        return StepShown(
            step=job.step,
            visit=job.visit,
            kind=_kind(plan, job.step),
            status="outcome_unknown",
            attempt=job.attempt,
            started_at=last.started_at if last else None,
            ended_at=last.ended_at if last else None,
            error=last.error if last else None,
            failures=failures[:-1],
        )
    return StepShown(
        step=job.step,
        visit=job.visit,
        kind=_kind(plan, job.step),
        status="running" if job.owner is not None else unclaimed,
        attempt=job.attempt,
        due=job.due,
        pid=pids.get(job.owner) if job.owner is not None else None,
        beat_at=job.beat_at,
        progress=job.progress,
        detail=decode(job.detail) if job.detail is not None else None,
        failures=failures,
    )


def _looping(plan: Plan, loaded: Loaded, path: str, scope: Scope) -> StepShown:
    """Return a loop that has counted its items and goes over them, or did when its run ended."""
    going = sum(parent(job.step) == path for job in loaded.jobs)
    return StepShown(
        step=path,
        visit=scope.visit,
        kind=_kind(plan, path),
        status="running" if loaded.row.ended_at is None else "stopped",
        attempt=scope.attempt,
        due=scope.at,
        progress=(scope.begun - going) / scope.count if scope.count else None,
        meta={"items": scope.count},
    )


def _kind(plan: Plan, path: str) -> str:
    number = plan.index.get(plan_name(path))
    return plan.steps[number].kind if number is not None else "code"
