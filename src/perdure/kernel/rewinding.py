"""Rewind and fork: a run goes back to an earlier visit, or another one begins as it stood there.

A machine goes back in its one line of visits. In a graph the step is reset, with all that depends
on it and whatever is broken; the rest stays as it is. Visit numbers are never used again.
"""

from perdure.kernel import history, loops, messages
from perdure.kernel.control import deadline
from perdure.kernel.ends import Events, call_off_timers, close, drop_kept, stop
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Mark, Run, Status


def rewind(plan: Plan, run: Run, message: messages.Rewind, now: float) -> Events:
    """Take a run back, unless it has not begun, is being cancelled, or has moved on since."""
    step = message.step
    if run.status in (Status.PENDING, Status.CANCELLING) or step not in plan.index:
        return
    if visits_of(plan, run, step) != message.seen or not 0 < message.visit <= message.seen:
        return
    if plan.kind is PlanKind.MACHINE:
        yield from close(run)
    else:
        yield from _stop(plan, run, step)
    yield from call_off_timers(run)
    yield from drop_kept(run)
    yield history.RunRewound(step, message.visit, message.by, message.why, deadline(plan, run, now))


def fork(plan: Plan, run: Run, message: messages.Fork, now: float) -> Events:
    """Begin a run where another one stood."""
    if run.status is Status.PENDING and message.step in plan.index:
        yield history.RunForked(
            message.source, message.step, message.visit, message.marks, message.by, message.why,
            deadline(plan, run, now),
        )  # fmt: skip


def visits_of(plan: Plan, run: Run, step: str) -> int:
    """Return how many visits of a step have begun; 0 where a graph is to come to it again."""
    if plan.kind is PlanKind.MACHINE:
        return run.visits.get(step, 0)
    if (entry := run.open.get(step) or run.scopes.get(step)) is not None:
        return entry.visit
    mark = run.marks[plan.index[step]] if run.marks else Mark.PENDING
    if mark in (Mark.PENDING, Mark.SKIPPED):
        return 0
    return run.visits.get(step, int(mark == Mark.DONE))  # a broken one may never have begun


def dependents(plan: Plan, step: str) -> list[int]:
    """Return the numbers of a step and of all that needs it, however far away."""
    todo = [plan.index[step]]
    found = set(todo)
    for number in todo:  # grows on the way
        news = [fed for fed in plan.feeds[number] if fed not in found]
        found.update(news)
        todo += news
    return sorted(found)


def reset_marks(plan: Plan, marks: list[int], step: str) -> list[int]:
    """Return the marks of a graph in which a step is to be come to again."""
    made = [Mark.PENDING if mark == Mark.BROKEN else mark for mark in marks]
    for number in dependents(plan, step):
        made[number] = Mark.PENDING
    return made


def reset(plan: Plan, run: Run, step: str) -> None:
    """Set a graph back in place; what ran of it is closed."""
    for number in dependents(plan, step):
        if run.marks[number] == Mark.DONE:
            run.visits.setdefault(plan.steps[number].name, 1)  # else it would be the first again
    run.marks = reset_marks(plan, run.marks, step)


def _stop(plan: Plan, run: Run, step: str) -> Events:
    """Stop the attempts of the steps that are reset, and give up their loops."""
    names = frozenset(plan.steps[number].name for number in dependents(plan, step))
    for path in sorted(run.open):
        if plan_name(path) in names:
            yield from stop(run, path)
    yield from loops.stop(run, names)
