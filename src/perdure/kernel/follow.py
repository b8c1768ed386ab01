"""What a run's standing calls for: attempts to schedule, steps to skip, an end to declare.

Level-triggered, and at the cost of what changed: only the agenda is looked at. The caller folds
each event into the run before it asks for the next one, so the agenda empties as it is followed.
"""

from collections.abc import Iterator

from perdure.kernel import history, loops
from perdure.kernel.ends import ending
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.kernel.run import Mark, Run, Status


def follow(plan: Plan, run: Run, now: float) -> Iterator[history.Event]:
    """Yield what follows from the run as it stands, until it is quiet."""
    if run.status is Status.CANCELLING:
        yield from _cancelling(run, now)  # a cancel is not held up by a pause
    elif run.paused or run.status is not Status.RUNNING:
        return
    elif plan.kind is PlanKind.MACHINE:
        if run.cursor is not None and not run.open:
            yield history.StepScheduled(run.cursor, run.next_visit(run.cursor), 1, now)
    else:
        yield from _graph(plan, run, now)


def _cancelling(run: Run, now: float) -> Iterator[history.Event]:
    """Schedule the clean-up step, if there is one; then the run is cancelled."""
    if run.open:
        return
    if run.cursor is not None:
        yield history.StepScheduled(run.cursor, run.next_visit(run.cursor), 1, now)
    else:
        yield from ending(run, history.RunCancelled())


def _graph(plan: Plan, run: Run, now: float) -> Iterator[history.Event]:
    while (event := _next(plan, run, now)) is not None:
        yield event
    if run.pending == 0 and not run.open:
        yield from ending(run, _verdict(run))


def _next(plan: Plan, run: Run, now: float) -> history.Event | None:
    """Return what comes first on the agenda and needs no place, or finds one; None if nothing does."""
    if run.finished:
        return loops.next_end(run)
    has_room = plan.max_parallel is None or run.working < plan.max_parallel
    event = _step(plan, run, now, has_room=has_room) if run.ready else None
    if event is None and run.hungry and has_room:
        return loops.next_item(run, now)
    return event


def _step(plan: Plan, run: Run, now: float, *, has_room: bool) -> history.Event | None:
    """Return what becomes of the first step whose needs have ended."""
    number = run.ready[0]
    step = plan.steps[number]
    marks = [run.marks[need] for need in plan.needs[number]]
    if Mark.BROKEN in marks:
        return history.StepSkipped(step.name, broken=True)
    if (marks and all(mark == Mark.SKIPPED for mark in marks)) or _is_passed_by(plan, run, step):
        return history.StepSkipped(step.name, broken=False)
    if has_room:
        return history.StepScheduled(step.name, run.next_visit(step.name), 1, now)
    return None


def _is_passed_by(plan: Plan, run: Run, step: StepPlan) -> bool:
    """Whether the step that this one is a branch of was skipped, whatever else it needs."""
    return step.within is not None and run.marks[plan.index[step.within]] == Mark.SKIPPED


def _verdict(run: Run) -> history.Event:
    if run.failure is None:
        return history.RunCompleted()
    return history.RunFailed(run.failure.step, run.failure.kind, run.failure.error)
