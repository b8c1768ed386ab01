"""What people ask of a run: that it begins, now or later, ends, is held, or goes on."""

from perdure.kernel import history, loops, messages
from perdure.kernel.ends import Events, call_off_timers, close
from perdure.kernel.plan import Plan
from perdure.kernel.run import Run, Status


def start(plan: Plan, run: Run, message: messages.Start, now: float) -> Events:
    """Begin the run, or set the timer of a start that is to come later."""
    if run.status is not Status.PENDING or run.starts_at is not None:
        return
    if message.at is not None and message.at > now and not run.in_line:
        yield history.RunDelayed(message.at)
        return
    if run.in_line:
        yield history.TimerEnded("", 0, "line", fired=True)
    yield begun(plan, run, now)


def line_up(run: Run, now: float) -> Events:
    """Have a run that was to begin by now wait in line."""
    if run.status is not Status.PENDING or run.in_line:
        return
    if run.starts_at is not None:
        if now < run.starts_at:
            return
        yield history.TimerEnded("", 0, "start", fired=True)
    yield history.RunLinedUp()


def begun(plan: Plan, run: Run, now: float) -> history.RunStarted:
    """Return the beginning of a run; its time counts from now."""
    return history.RunStarted(deadline(plan, run, now))


def deadline(plan: Plan, run: Run, now: float) -> float | None:
    """Return when a run must have ended that has its whole time from now on; None if never."""
    allowance = plan.deadline if run.allowance is None else run.allowance
    return now + allowance if allowance is not None else None


def cancel(run: Run, message: messages.Cancel | messages.CancelNow) -> Events:
    """Call off what is open; the clean-up step follows, if there is one.

    A second cancel means nothing, unless it is to end the clean-up, too.
    """
    again = run.status is Status.CANCELLING
    at_once = isinstance(message, messages.CancelNow)
    if run.ended or (again and not at_once):
        return
    if not again:
        yield history.CancelRequested(message.by, message.why)
    yield from close(run)
    yield from loops.stop(run)
    yield from call_off_timers(run)
    if at_once:
        yield history.CancelForced(message.by, message.why)


def held(run: Run, message: messages.Pause | messages.Resume) -> Events:
    """Let no more attempts begin, or let them begin again."""
    pauses = isinstance(message, messages.Pause)
    if run.ended or run.paused is pauses:
        return
    event = history.RunPaused if pauses else history.RunResumed
    yield event(message.by, message.why)


def retry(plan: Plan, run: Run, message: messages.Retry, now: float) -> Events:
    """Let a failed run go on at what failed, with the time that it had from its start."""
    if run.status is Status.FAILED:
        yield history.RunRetried(message.by, message.why, deadline(plan, run, now))
