"""How the run of a machine comes to fail: at once, or when its hook has ended, which may prevent it.

While the hook runs, the failure is known and the run goes on.
"""

from perdure.kernel import history
from perdure.kernel.control import deadline
from perdure.kernel.directives import Complete, Directive, Fail, Failed, Goto, Next, Outcome
from perdure.kernel.ends import Events, call_off_timers, close, drop_kept, ending
from perdure.kernel.plan import Plan
from perdure.kernel.run import Failure, Run, Status


def fail(plan: Plan, run: Run, end: history.RunFailed) -> Events:
    """End a run as failed, or have its hook run first. A hook that fails changes nothing."""
    if plan.on_fail is None:
        yield from ending(run, end)
    elif run.failure is not None:
        yield from ending(run, _end(run.failure))
    else:
        yield from call_off_timers(run)
        yield history.RunFailing(end.step, end.kind, end.error)


def overdue(plan: Plan, run: Run, now: float) -> Events:
    """Fail a run whose time is up, whatever it does."""
    if run.deadline is None or now < run.deadline:
        return
    yield from close(run)
    yield history.TimerEnded("", 0, "deadline", fired=True)
    why = "the run did not end in its time"
    if plan.on_fail is not None:
        yield history.RunFailing(run.cursor, "deadline", why)
    else:
        yield from drop_kept(run)
        yield history.RunFailed(run.cursor, "deadline", why)


def in_hook(plan: Plan, run: Run) -> bool:
    """Whether what is open is a hook."""
    return run.status is Status.CANCELLING or (plan.on_fail is not None and run.failure is not None)


def refuse(plan: Plan, run: Run, step: str, outcome: Outcome) -> str:
    """Say why a hook may not ask for this; empty if it may."""
    if run.status is Status.CANCELLING or isinstance(outcome, Next | Complete | Fail | Failed):
        return ""
    if not isinstance(outcome, Goto):
        return f"step {step!r} is a hook and cannot ask for {type(outcome).__name__.lower()}"
    return (
        ""
        if outcome.step in plan.index
        else f"step {step!r} leads to unknown step {outcome.step!r}"
    )


def ended(plan: Plan, run: Run, outcome: Directive, now: float) -> Events:
    """Yield what a hook leads to that ended well: the end that it was for, or another."""
    failure = run.failure
    if run.status is Status.CANCELLING or failure is None:
        return  # follow knows that it was the last
    match outcome:
        case Goto(step):
            yield history.RunRecovered(deadline(plan, run, now))
            yield history.Moved(step)
        case Complete():
            yield history.RunRecovered()
            yield from ending(run, history.RunCompleted())
        case Fail(reason):
            yield from ending(run, history.RunFailed(failure.step, "failed", reason))
        case _:
            yield from ending(run, _end(failure))


def _end(failure: Failure) -> history.RunFailed:
    return history.RunFailed(failure.step, failure.kind, failure.error)
