"""Rewind and fork: a run goes back to an earlier visit, or another one begins as it stood there.

A machine goes back in its one line of visits. In a graph the step is reset, with all that depends
on it and whatever is broken; the rest stays as it is. Visit numbers are never used again, but for
the keys of visits that are to have those that they had.
"""

from perdure.kernel import history, loops, messages
from perdure.kernel.control import deadline
from perdure.kernel.ends import Events, call_off_timers, close, drop_kept, stop
from perdure.kernel.keys import Keys, moved
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
    if message.keys is not None and message.begun != begun(plan, run, step):
        return
    if plan.kind is PlanKind.MACHINE:
        yield from close(run)
    else:
        yield from _stop(plan, run, step)
    yield from call_off_timers(run)
    yield from drop_kept(run)
    yield history.RunRewound(
        step, message.visit, message.by, message.why, deadline(plan, run, now),
        _kept_keys(plan, run, message.keys),
    )  # fmt: skip


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


def begun(plan: Plan, run: Run, step: str) -> int:
    """Return how many visits have begun of the steps that come again when a run goes back to one."""
    return sum(_coming(plan, run, name) - 1 for name in _again(plan, step))


def keys_after(plan: Plan, run: Run, event: history.RunRewound) -> Keys:
    """Return the keys that a run has kept when it has gone back."""
    again = _again(plan, event.step)
    rest = {path: spans for path, spans in run.keys.items() if plan_name(path) not in again}
    return rest | (event.keys or {})


def _kept_keys(plan: Plan, run: Run, keys: Keys | None) -> Keys | None:
    """Return the keys for the visits as they are counted now."""
    if keys is None:
        return None
    return {
        path: moved(spans, _coming(plan, run, plan_name(path)) - 1) for path, spans in keys.items()
    }


def _again(plan: Plan, step: str) -> frozenset[str]:
    """Return the steps that come again when a run goes back to this one."""
    if plan.kind is PlanKind.MACHINE:
        return frozenset(plan.index)
    return frozenset(plan.steps[number].name for number in dependents(plan, step))


def _coming(plan: Plan, run: Run, step: str) -> int:
    """Return the number of the visit of a step that comes next once the run has gone back."""
    return max(visits_of(plan, run, step), run.visits.get(step, 0)) + 1


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
    """Return the marks of a graph in which a step is to be come to again.

    A branch that was not chosen stays so, unless what chose is reset as well.
    """
    made = [Mark.PENDING if mark == Mark.BROKEN else mark for mark in marks]
    again = dependents(plan, step)
    for number in again:
        within = plan.steps[number].within
        chooses_again = within is None or plan.index[within] in again
        if chooses_again or marks[number] != Mark.SKIPPED:
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
    names = _again(plan, step)
    for path in sorted(run.open):
        if plan_name(path) in names:
            yield from stop(run, path)
    yield from loops.stop(run, names)
