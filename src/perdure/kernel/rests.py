"""Visits that rest: they have ended their work for now, and sleep, or wait for somebody.

In a machine the run goes on elsewhere. In a graph the visit itself goes on, with its next attempt,
which is told what ended the rest; `Run.rests` says which attempt that follows, and since when.
"""

from perdure.kernel import history, loops
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Joining, Rest, Run, Sleeping, Waiting, is_item


def resumed(plan: Plan, step: str, rest: Rest | None, now: float) -> history.StepScheduled | None:
    """Return how the visit of a graph goes on whose rest has ended; None in a machine."""
    if plan.kind is PlanKind.MACHINE or rest is None:
        return None
    return history.StepScheduled(step, rest.visit, rest.attempt + 1, now)


# -- what events make of a run ---------------------------------------------------------------
def rested(_plan: Plan, run: Run, event: history.StepRested) -> None:
    """Have the attempt ended, and its visit rest."""
    del run.open[event.step]
    run.working -= 1
    run.rests[event.step] = Rest(event.visit, event.attempt, event.at, event.brood)


def sleep_begun(_plan: Plan, run: Run, event: history.SleepBegun) -> None:
    """Let a visit sleep."""
    run.open[event.step] = Sleeping(event.visit, event.due, event.then)


def wait_begun(_plan: Plan, run: Run, event: history.WaitBegun) -> None:
    """Let a visit wait for signals or events."""
    run.open[event.step] = Waiting(
        visit=event.visit,
        name=event.name,
        key=event.key,
        due=event.due,
        then=event.then,
        on_timeout=event.on_timeout,
        kind=event.kind,
        match=event.match,
        accepts=event.accepts,
        also=event.also,
    )


def join_begun(_plan: Plan, run: Run, event: history.JoinBegun) -> None:
    """Let a visit wait for children."""
    run.brood = run.brood.as_number(event.brood).as_joined()
    run.open[event.step] = Joining(
        visit=event.visit,
        need=event.need,
        due=event.due,
        then=event.then,
        on_timeout=event.on_timeout,
    )


def stopped(plan: Plan, run: Run, step: str, visit: int) -> None:
    """Take note that an open visit was called off: in a graph the step may be come to again."""
    run.rests.pop(step, None)
    if is_item(step):
        loops.item_stopped(plan, run, step)
    elif plan.kind is PlanKind.GRAPH:
        run.visits[step] = visit
