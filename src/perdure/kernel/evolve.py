"""What an event makes of a run. Nothing else makes or changes one.

Facts only: an event is folded in without asking whether it may happen, so a history gives the
same run today and in ten years.
"""

import bisect
import heapq
from collections.abc import Callable
from typing import Never

from perdure.kernel import history, loops, rests
from perdure.kernel.keys import shift
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.rewinding import keys_after, reset
from perdure.kernel.run import (
    Attempt,
    Failure,
    Kept,
    Mark,
    Run,
    Status,
    Unsettled,
    derive_needs,
    drop_scope,
    is_item,
    unpack_marks,
)

StepEnd = history.StepSucceeded | history.StepFailed | history.StepSkipped | history.ScopeEnded


def evolve(plan: Plan, run: Run, event: history.Event) -> Run:
    """Fold one event into the run, and return that run."""
    _FOLDS[type(event)](plan, run, event)  # type: ignore[arg-type]  # the key is its type
    return run


def _run_delayed(_plan: Plan, run: Run, event: history.RunDelayed) -> None:
    run.starts_at = event.due


def _run_lined_up(_plan: Plan, run: Run, _event: history.RunLinedUp) -> None:
    run.in_line = True


def _run_started(plan: Plan, run: Run, event: history.RunStarted) -> None:
    run.status = Status.RUNNING
    run.deadline = event.deadline
    if plan.kind is PlanKind.MACHINE:
        run.cursor = plan.start
    else:
        _spread(plan, run)


def _spread(plan: Plan, run: Run) -> None:
    """Give a graph its marks."""
    run.marks = [Mark.PENDING] * len(plan.steps)
    derive_needs(plan, run)


def _step_scheduled(plan: Plan, run: Run, event: history.StepScheduled) -> None:
    run.open[event.step] = Attempt(event.visit, event.attempt, event.due)
    run.working += 1
    if event.attempt == 1:
        if plan.kind is PlanKind.MACHINE:
            run.visits[event.step] = event.visit
        elif is_item(event.step):
            loops.item_begun(plan, run, event.step)
        else:
            heapq.heappop(run.ready)  # follow takes from the top


def _verify_scheduled(_plan: Plan, run: Run, event: history.VerifyScheduled) -> None:
    run.open[event.step] = Attempt(event.visit, event.attempt, event.due, verify=True)
    run.working += 1


def _outcome_unknown(_plan: Plan, run: Run, event: history.OutcomeUnknown) -> None:
    run.open[event.step] = Unsettled(event.visit, event.attempt)
    run.working -= 1


def _outcome_settled(_plan: Plan, run: Run, event: history.OutcomeSettled) -> None:
    if event.outcome == "not_done":
        del run.open[event.step]  # the next attempt follows
    else:
        run.open[event.step] = Attempt(event.visit, event.attempt)  # whose end follows
        run.working += 1


def _step_succeeded(plan: Plan, run: Run, event: history.StepSucceeded) -> None:
    del run.open[event.step]
    run.rests.pop(event.step, None)
    run.working -= 1
    if run.status is Status.CANCELLING:
        run.cursor = None
    elif is_item(event.step):
        loops.item_ended(plan, run, event.step)
    elif plan.kind is PlanKind.GRAPH:
        _settle(plan, run, event, Mark.DONE)


def _attempt_failed(_plan: Plan, run: Run, event: history.AttemptFailed) -> None:
    del run.open[event.step]
    run.working -= 1


def _step_failed(plan: Plan, run: Run, event: history.StepFailed) -> None:
    shift(run.keys, event.step, event.visit)
    del run.open[event.step]
    run.rests.pop(event.step, None)
    run.working -= 1
    if run.status is Status.CANCELLING:
        run.cursor = None
    elif is_item(event.step):
        loops.item_failed(plan, run, event)
    elif plan.kind is PlanKind.GRAPH:
        _branch_failed(plan, run, event)


def _branch_failed(plan: Plan, run: Run, event: history.StepFailed | history.ScopeEnded) -> None:
    if plan.step(plan_name(event.step)).continue_on_error:
        _settle(plan, run, event, Mark.DONE)
        return
    run.visits[event.step] = event.visit
    run.failure = run.failure or Failure(event.step, event.kind, event.error)
    _settle(plan, run, event, Mark.BROKEN)


def _step_skipped(plan: Plan, run: Run, event: history.StepSkipped) -> None:
    if run.ready and run.ready[0] == plan.index[event.step]:
        heapq.heappop(run.ready)  # else it is a branch that was not chosen, before it was ready
    _settle(plan, run, event, Mark.BROKEN if event.broken else Mark.SKIPPED)


def _settle(plan: Plan, run: Run, event: StepEnd, mark: Mark) -> None:
    """Mark a step of a graph as ended: those that need it lack one thing less."""
    if mark is Mark.DONE and not isinstance(event, history.StepSkipped):
        if event.visit > 1:
            run.visits[event.step] = event.visit
        else:
            run.visits.pop(event.step, None)  # where nothing is said it was the first one
    number = plan.index[plan_name(event.step)]
    run.marks[number] = mark
    run.pending -= 1
    lacks = run.lacks
    for fed in plan.feeds[number]:
        lacks[fed] -= 1
        if lacks[fed] == 0 and run.marks[fed] == Mark.PENDING:
            heapq.heappush(run.ready, fed)


def _moved(_plan: Plan, run: Run, event: history.Moved) -> None:
    run.cursor = event.step


def _signal_taken(_plan: Plan, run: Run, event: history.SignalTaken) -> None:
    del run.open[event.step]
    _forget(run, event.signal)


def _signal_kept(_plan: Plan, run: Run, event: history.SignalKept) -> None:
    kept = Kept(
        event.signal, event.name, event.key, event.addressed, event.begun, event.kind, event.match
    )
    bisect.insort(run.kept, kept, key=lambda other: other.signal)  # the order they arrived in


def _signal_dropped(_plan: Plan, run: Run, event: history.SignalDropped) -> None:
    _forget(run, event.signal)


def _forget(run: Run, signal: int) -> None:
    for place, kept in enumerate(run.kept):
        if kept.signal == signal:
            del run.kept[place]
            return


def _timer_ended(plan: Plan, run: Run, event: history.TimerEnded) -> None:
    if event.kind == "deadline":
        run.deadline = None
    elif event.kind == "start":
        run.starts_at = None
    elif event.kind == "line":
        run.in_line = False
    elif event.fired or event.kind == "sleep":
        del run.open[event.step]
        if not event.fired:
            rests.stopped(plan, run, event.step, event.visit)


def _children_started(_plan: Plan, run: Run, event: history.ChildrenStarted) -> None:
    run.brood = run.brood.as_number(event.brood).with_more(event.count)


def _child_ended(plan: Plan, run: Run, event: history.ChildEnded) -> None:
    if plan.kind is PlanKind.MACHINE:  # in a graph each child has a visit of its own
        run.brood = run.brood.after(event.place, ok=event.ok)


def _children_awaited(_plan: Plan, run: Run, event: history.ChildrenAwaited) -> None:
    run.brood = run.brood.as_number(event.brood).as_joined()


def _join_ended(plan: Plan, run: Run, event: history.JoinEnded) -> None:
    del run.open[event.step]
    if not event.met:
        rests.stopped(plan, run, event.step, event.visit)


def _attempt_stopped(plan: Plan, run: Run, event: history.AttemptStopped) -> None:
    shift(run.keys, event.step, event.visit)
    if type(run.open.pop(event.step)) is Attempt:
        run.working -= 1
    rests.stopped(plan, run, event.step, event.visit)


def _scope_begun(plan: Plan, run: Run, event: history.ScopeBegun) -> None:
    del run.open[event.step]
    run.working -= 1
    loops.begun(plan, run, event)


def _scope_ended(plan: Plan, run: Run, event: history.ScopeEnded) -> None:
    loops.ended(plan, run, event)
    if is_item(event.step):
        loops.inner_ended(plan, run, event)
    elif event.kind:
        _branch_failed(plan, run, event)
    else:
        _settle(plan, run, event, Mark.DONE)


def _scope_stopped(_plan: Plan, run: Run, event: history.ScopeStopped) -> None:
    drop_scope(run, event.step)
    if not is_item(event.step):
        run.visits[event.step] = event.visit


def _cancel_requested(plan: Plan, run: Run, _event: history.CancelRequested) -> None:
    if run.status is not Status.PENDING:
        run.cursor = plan.on_cancel
    elif plan.kind is PlanKind.GRAPH:
        _spread(plan, run)
    run.status = Status.CANCELLING
    run.brood = run.brood.given_up()


def _cancel_forced(_plan: Plan, run: Run, _event: history.CancelForced) -> None:
    run.cursor = None


def _run_paused(_plan: Plan, run: Run, _event: history.RunPaused) -> None:
    run.paused = True


def _run_resumed(_plan: Plan, run: Run, _event: history.RunResumed) -> None:
    run.paused = False


def _run_retried(plan: Plan, run: Run, event: history.RunRetried) -> None:
    run.status = Status.RUNNING
    run.paused = False
    run.deadline = event.deadline
    run.failure = None
    run.marks = [Mark.PENDING if mark == Mark.BROKEN else mark for mark in run.marks]
    loops.reopen(run)
    derive_needs(plan, run)


def _nothing(_plan: Plan, _run: Run, _event: history.Event) -> None:
    """Change nothing: which plan a run goes by is not the run's to know."""


def _run_rewound(plan: Plan, run: Run, event: history.RunRewound) -> None:
    run.status = Status.RUNNING
    run.paused = False
    run.deadline = event.deadline
    run.failure = None
    run.brood = run.brood.given_up()
    run.keys = keys_after(plan, run, event)
    if plan.kind is PlanKind.MACHINE:
        run.cursor = event.step
    else:
        reset(plan, run, event.step)
        loops.reopen(run)
        derive_needs(plan, run)


def _run_forked(plan: Plan, run: Run, event: history.RunForked) -> None:
    run.status = Status.RUNNING
    run.deadline = event.deadline
    if plan.kind is PlanKind.MACHINE:
        run.cursor = event.step
    else:
        run.marks = unpack_marks(event.marks, len(plan.steps))
        derive_needs(plan, run)


def _run_completed(_plan: Plan, run: Run, _event: history.RunCompleted) -> None:
    run.status = Status.COMPLETED
    run.brood = run.brood.given_up()


def _run_failing(plan: Plan, run: Run, event: history.RunFailing) -> None:
    run.failure = Failure(event.step, event.kind, event.error)
    run.cursor = plan.on_fail


def _run_recovered(_plan: Plan, run: Run, event: history.RunRecovered) -> None:
    run.failure = None
    run.deadline = event.deadline


def _run_failed(plan: Plan, run: Run, event: history.RunFailed) -> None:
    if plan.on_fail is not None:
        run.cursor = event.step  # a retry goes on there, and not at the hook
    run.status = Status.FAILED
    run.brood = run.brood.given_up()
    run.failure = Failure(event.step, event.kind, event.error)


def _run_cancelled(_plan: Plan, run: Run, _event: history.RunCancelled) -> None:
    run.status = Status.CANCELLED
    run.brood = run.brood.given_up()


_FOLDS: dict[type, Callable[[Plan, Run, Never], None]] = {
    history.RunDelayed: _run_delayed,
    history.RunLinedUp: _run_lined_up,
    history.RunStarted: _run_started,
    history.StepScheduled: _step_scheduled,
    history.StepSucceeded: _step_succeeded,
    history.AttemptFailed: _attempt_failed,
    history.VerifyScheduled: _verify_scheduled,
    history.OutcomeUnknown: _outcome_unknown,
    history.OutcomeSettled: _outcome_settled,
    history.StepFailed: _step_failed,
    history.StepSkipped: _step_skipped,
    history.Moved: _moved,
    history.StepRested: rests.rested,
    history.SleepBegun: rests.sleep_begun,
    history.WaitBegun: rests.wait_begun,
    history.SignalTaken: _signal_taken,
    history.SignalKept: _signal_kept,
    history.SignalDropped: _signal_dropped,
    history.TimerEnded: _timer_ended,
    history.ChildrenStarted: _children_started,
    history.ChildEnded: _child_ended,
    history.JoinBegun: rests.join_begun,
    history.ChildrenAwaited: _children_awaited,
    history.JoinEnded: _join_ended,
    history.AttemptStopped: _attempt_stopped,
    history.CancelRequested: _cancel_requested,
    history.CancelForced: _cancel_forced,
    history.RunPaused: _run_paused,
    history.RunResumed: _run_resumed,
    history.RunRetried: _run_retried,
    history.RunRewound: _run_rewound,
    history.RunForked: _run_forked,
    history.ScopeBegun: _scope_begun,
    history.ScopeEnded: _scope_ended,
    history.ScopeStopped: _scope_stopped,
    history.RunFailing: _run_failing,
    history.RunRecovered: _run_recovered,
    history.PlanAdopted: _nothing,
    history.RunStranded: _nothing,
    history.RunCompleted: _run_completed,
    history.RunFailed: _run_failed,
    history.RunCancelled: _run_cancelled,
}
