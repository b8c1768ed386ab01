"""What events mean for loops that are open, and what comes next in them.

`scopes` has the state of one loop; here is what events make of it in a run, and what it calls for.
"""

from dataclasses import replace

from perdure.kernel import history
from perdure.kernel.ends import Events
from perdure.kernel.keys import shift
from perdure.kernel.paths import item, item_index, parent, plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.run import Run, drop_scope, place_scope
from perdure.kernel.scopes import Scope


def item_begun(plan: Plan, run: Run, path: str) -> None:
    """Take note that an item's first attempt was scheduled."""
    loop, number = _place_of(path)
    place_scope(plan, run, loop, run.scopes[loop].with_begun(number))


def item_ended(plan: Plan, run: Run, path: str) -> None:
    """Take note that an item has ended, well or as may be."""
    loop, _ = _place_of(path)
    place_scope(plan, run, loop, run.scopes[loop].with_ended())


def item_stopped(plan: Plan, run: Run, path: str) -> None:
    """Take note that an item was stopped: if its loop goes on, it begins again."""
    loop, number = _place_of(path)
    place_scope(plan, run, loop, run.scopes[loop].with_stopped(number))


def item_failed(plan: Plan, run: Run, event: history.StepFailed | history.ScopeEnded) -> None:
    """Take note that an item failed for good."""
    loop, number = _place_of(event.step)
    scope = run.scopes[loop]
    if plan.step(plan_name(loop)).collects_at(loop):
        place_scope(plan, run, loop, scope.with_ended())
    else:
        place_scope(plan, run, loop, scope.with_failed(number, event.kind, event.error))


def begun(plan: Plan, run: Run, event: history.ScopeBegun) -> None:
    """Put a loop in place."""
    made = Scope(
        visit=event.visit, attempt=event.attempt, count=event.count, at=event.at,
        left_out=event.left_out,
    )  # fmt: skip
    place_scope(plan, run, event.step, made)


def ended(plan: Plan, run: Run, event: history.ScopeEnded) -> None:
    """Forget a loop that has ended; one that failed is kept for a retry, unless the run goes on."""
    if event.kind and not _goes_on(plan, event.step):
        place_scope(plan, run, event.step, replace(run.scopes[event.step], is_over=True))
    else:
        drop_scope(run, event.step)


def inner_ended(plan: Plan, run: Run, event: history.ScopeEnded) -> None:
    """Take note that a loop has ended that is an item of another one."""
    if event.kind:
        item_failed(plan, run, event)
    else:
        item_ended(plan, run, event.step)


def _goes_on(plan: Plan, path: str) -> bool:
    """Whether the run does not fail because of a loop: it may, or one around it collects failures."""
    step = plan.step(plan_name(path))
    around = parent(path)
    return step.continue_on_error or (around is not None and step.collects_at(around))


def reopen(run: Run) -> None:
    """Have the loops go on that failed, or whose items were stopped; the agenda is to be derived.

    The loops around one go on with it: no visit of an item has a larger number than its loop's. An
    item that is a loop itself does not begin again.
    """
    wanted: set[str] = set()
    for path, scope in run.scopes.items():
        if scope.is_over or scope.again or scope.failed:
            here: str | None = path
            while here is not None:
                wanted.add(here)
                here = parent(here)
    for path in sorted(wanted):
        shift(run.keys, path, run.scopes[path].visit)
        scope = run.scopes[path].reopened()
        again = tuple(number for number in scope.again if item(path, number) not in run.scopes)
        run.scopes[path] = replace(scope, again=again)


def stop(run: Run, wanted: frozenset[str] | None = None) -> Events:
    """Give loops up: those that are wanted, or all, in an order that no loading changes."""
    for path in sorted(run.scopes):
        if wanted is None or plan_name(path) in wanted:
            yield history.ScopeStopped(path, run.scopes[path].visit)


def next_item(run: Run, now: float) -> history.StepScheduled:
    """Return the beginning of the item that comes next, of the first loop that has room."""
    loop = run.hungry[0]
    scope = run.scopes[loop]
    return history.StepScheduled(item(loop, scope.next), scope.visit, 1, now)


def next_end(run: Run) -> history.ScopeEnded:
    """Return the end of the first loop all of whose items have ended."""
    loop = run.finished[0]
    scope = run.scopes[loop]
    return history.ScopeEnded(
        loop, scope.visit, scope.attempt, scope.count, scope.at, scope.left_out, scope.kind,
        scope.error,
    )  # fmt: skip


def _place_of(path: str) -> tuple[str, int]:
    loop, number = parent(path), item_index(path)
    assert loop is not None
    assert number is not None
    return loop, number
