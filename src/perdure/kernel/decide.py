"""What one message means for a run: the events it makes, or nothing if it means nothing.

Edge-triggered: a message is judged by what it finds open. One that comes late, twice, or for
something that is not open makes no event. What follows from the new standing is `follow`'s.
"""

from typing import assert_never

from perdure.kernel import control, history, hooks, messages, rests
from perdure.kernel.adopting import adopt
from perdure.kernel.asked import asked
from perdure.kernel.attempts import Ended, failed, is_open, lost, skip_branches
from perdure.kernel.directives import (
    Choose,
    Complete,
    Fail,
    Failed,
    Goto,
    Join,
    Next,
    Outcome,
    Sleep,
    Spread,
    Wait,
)
from perdure.kernel.ends import Events, drop_broadcasts, ending
from perdure.kernel.joins import awaited, begin_join, child_ended, refuse_children, start_children
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Joining, Run, Sleeping, Unsettled, Waiting
from perdure.kernel.waits import begin_wait, signalled
from perdure.kernel.ways import named


def decide(plan: Plan, run: Run, message: messages.Message, now: float) -> Events:
    """Yield the events that the message makes. A message told twice makes no second event."""
    match message:
        case messages.Report():
            yield from _report(plan, run, message, now)
        case messages.Signal():
            yield from signalled(plan, run, message, now)
        case messages.Fire():
            yield from _fire(plan, run, message, now)
        case messages.ChildEnded():
            yield from child_ended(plan, run, message, now)
        case messages.Start():
            yield from control.start(plan, run, message, now)
        case messages.LineUp():
            yield from control.line_up(run, now)
        case messages.Lost():
            yield from lost(plan, run, message, now)
        case (
            messages.Cancel()
            | messages.CancelNow()
            | messages.Pause()
            | messages.Resume()
            | messages.Retry()
            | messages.Rewind()
            | messages.Fork()
        ):
            yield from asked(plan, run, message, now)
        case messages.Settle():
            yield from _settle(plan, run, message, now)
        case messages.Adopt():
            yield from adopt(plan, run, message)
        case messages.Continue():
            return  # follow has the rest
        case _:
            assert_never(message)


def _report(plan: Plan, run: Run, message: messages.Report, now: float) -> Events:
    if is_open(run, message):  # else a slow worker reports what another one already did
        yield from _ended(plan, run, message, message.outcome, now)


def _ended(plan: Plan, run: Run, message: Ended, outcome: Outcome, now: float) -> Events:
    """Yield what an open attempt's end leads to."""
    if wrong := refuse_children(run, message) or _refusal(plan, run, message.step, outcome):
        outcome = Failed(kind="invalid_output", error=wrong, retryable=False)
    elif isinstance(outcome, Fail) and plan.kind is PlanKind.GRAPH:
        outcome = Failed(kind="failed", error=outcome.reason, retryable=False)
    if isinstance(outcome, Failed):
        yield from failed(plan, run, message, outcome, now)
        return
    if isinstance(outcome, Spread):
        yield history.ScopeBegun(
            message.step, message.visit, message.attempt, outcome.count, now, outcome.left_out
        )
        return
    if plan.kind is PlanKind.GRAPH and isinstance(outcome, Sleep | Wait | Join):
        yield from _rest(plan, run, message, outcome, now)
        return
    if isinstance(outcome, Choose):
        yield from skip_branches(plan, message.step, outcome.branch)
    yield history.StepSucceeded(message.step, message.visit, message.attempt)
    yield from start_children(run, message)
    if hooks.in_hook(plan, run):
        yield from hooks.ended(plan, run, outcome, now)
    elif not isinstance(outcome, Next | Choose):
        yield from _directed(plan, run, message, outcome, now)


def _rest(plan: Plan, run: Run, message: Ended, asked: Sleep | Wait | Join, now: float) -> Events:
    """End an attempt of a graph's step whose visit sleeps or waits."""
    step, visit = message.step, message.visit
    brood = awaited(run, message, again=False).number if isinstance(asked, Join) else 0
    yield history.StepRested(step, visit, message.attempt, now, brood)
    yield from start_children(run, message)
    match asked:
        case Sleep(seconds, _, until):
            due = now + max(seconds, 0.0) if until is None else max(now, until)
            yield history.SleepBegun(step, visit, due, step)
        case Wait():
            yield from begin_wait(plan, run, message, asked, now)
        case Join():
            yield history.JoinBegun(step, visit, brood, None, None, None, None)
        case _:
            assert_never(asked)


def _refusal(plan: Plan, run: Run, step: str, outcome: Outcome) -> str:
    """Say why a step may not ask for this; empty if it may."""
    if plan.kind is PlanKind.GRAPH:
        return _graph_refusal(plan, step, outcome)
    if hooks.in_hook(plan, run):
        return hooks.refuse(plan, run, step, outcome)
    if isinstance(outcome, Next):
        return f"step {step!r} did not say where to go"
    if isinstance(outcome, Choose | Spread):
        return f"step {step!r} cannot ask for {type(outcome).__name__.lower()}"
    for target in _targets(outcome):
        if target not in plan.index:
            return f"step {step!r} leads to unknown step {target!r}"
    return ""


def _graph_refusal(plan: Plan, step: str, outcome: Outcome) -> str:
    known = plan.step(plan_name(step))
    is_loop = known.window_at(step) > 0
    match outcome:
        case Fail() | Failed():
            wrong = ""
        case Next() if is_loop:
            wrong = f"step {step!r} did not say over how many items it goes"
        case Next():
            wrong = f"step {step!r} did not say which branch to run" if known.branches else ""
        case Choose(branch):
            fits = bool(known.branches) and (branch is None or branch in known.branches)
            wrong = "" if fits else f"step {step!r} has no branch {branch!r}"
        case Spread(count):
            fits = is_loop and count >= 0
            wrong = "" if fits else f"step {step!r} is no loop over {count} items"
        case Sleep() | Wait() | Join() if known.rests and not is_loop:
            wrong = ""
        case _:
            wrong = f"step {step!r} of a graph cannot ask for {type(outcome).__name__.lower()}"
    return wrong


def _targets(outcome: Outcome) -> tuple[str, ...]:
    match outcome:
        case Goto(step):
            return (step,)
        case Sleep(_, then) if then is not None:
            return (then,)
        case Wait() | Join():
            also = outcome.also if isinstance(outcome, Wait) else ()
            ways = (outcome.then, outcome.on_timeout, *(way.then for way in also))
            return tuple(target for target in ways if target is not None)
        case _:
            return ()


def _directed(
    plan: Plan,
    run: Run,
    message: Ended,
    asked: Goto | Sleep | Wait | Join | Complete | Fail,
    now: float,
) -> Events:
    """Yield what a step of a machine asked for."""
    match asked:
        case Goto(step):
            yield history.Moved(step)
        case Sleep(seconds, then):
            yield from drop_broadcasts(run)
            due = now + max(seconds, 0.0)
            yield history.SleepBegun(message.step, message.visit, due, then or message.step)
        case Wait():
            yield from begin_wait(plan, run, message, asked, now)
        case Join():
            yield from begin_join(plan, run, message, asked, now)
        case Complete():
            yield from ending(run, history.RunCompleted())
        case Fail(reason):
            yield from hooks.fail(plan, run, history.RunFailed(message.step, "failed", reason))
        case _:
            assert_never(asked)


def _settle(plan: Plan, run: Run, message: messages.Settle, now: float) -> Events:
    step, visit, attempt = message.step, message.visit, message.attempt
    if run.open.get(step) != Unsettled(visit, attempt):
        return
    outcome = message.outcome
    if outcome is None:
        said = "not_done"
    else:
        said = "failed" if isinstance(outcome, Fail | Failed) else "done"
    yield history.OutcomeSettled(step, visit, attempt, said, message.by, message.why)
    if outcome is None:
        yield history.StepScheduled(step, visit, attempt + 1, now)
    else:
        yield from _ended(plan, run, message, outcome, now)


def _fire(plan: Plan, run: Run, message: messages.Fire, now: float) -> Events:
    if message.kind == "deadline":
        yield from hooks.overdue(plan, run, now)
        return
    if message.kind == "start":
        yield from _due(plan, run, now)
        return
    entry = run.open.get(message.step)
    if not isinstance(entry, Sleeping | Waiting | Joining) or entry.visit != message.visit:
        return
    if entry.due is None or now < entry.due or message.kind != _TIMERS[type(entry)]:
        return
    yield history.TimerEnded(message.step, entry.visit, message.kind, fired=True)
    goes_on = rests.resumed(plan, message.step, run.rests.get(message.step), now)
    if goes_on is not None:
        yield goes_on
    elif isinstance(entry, Sleeping):
        yield history.Moved(entry.then)
    elif isinstance(entry, Waiting):
        yield from _timed_out(plan, run, message, entry, f"no {named(entry.ways)} came in time")
    else:
        yield from _timed_out(plan, run, message, entry, "the children did not end in time")


_TIMERS: dict[type, str] = {Sleeping: "sleep", Waiting: "wait", Joining: "children"}


def _timed_out(
    plan: Plan, run: Run, fire: messages.Fire, wait: Waiting | Joining, error: str
) -> Events:
    if wait.on_timeout is not None:
        yield history.Moved(wait.on_timeout)
    else:
        yield from hooks.fail(plan, run, history.RunFailed(fire.step, "wait_timeout", error))


def _due(plan: Plan, run: Run, now: float) -> Events:
    if run.starts_at is not None and now >= run.starts_at:
        yield history.TimerEnded("", 0, "start", fired=True)
        yield control.begun(plan, run, now)
