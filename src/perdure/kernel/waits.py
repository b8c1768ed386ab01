"""How a wait for a signal begins, and what a signal means for a run."""

from perdure.kernel import history, messages
from perdure.kernel.attempts import Ended
from perdure.kernel.directives import Wait
from perdure.kernel.ends import Events, drop_broadcasts, ending
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.run import Attempt, Run, Status, Unsettled, Waiting


def begin_wait(plan: Plan, run: Run, message: Ended, wait: Wait, now: float) -> Events:
    """Yield the beginning of a wait, and its end if its signal has come already."""
    due = now + max(wait.timeout, 0.0) if wait.timeout is not None else None
    then = wait.then if wait.then is not None else plan.step(plan_name(message.step)).then
    begun = history.WaitBegun(
        message.step, message.visit, wait.name, wait.key, due, then, wait.on_timeout
    )
    yield begun
    fitting = [kept for kept in run.kept if _fits(kept.name, kept.key, wait.name, wait.key)]
    stale = [kept.signal for kept in fitting if wait.fresh and kept.begun < run.begun]
    for signal in stale:
        yield history.SignalDropped(signal, wait.name)
    first = next((kept.signal for kept in fitting if kept.signal not in stale), None)
    if first is not None:
        yield from _taken(run, message.step, begun, (*stale, first))
    else:
        yield from drop_broadcasts(run, stale)


def _fits(name: str, key: str | None, wanted: str, wanted_key: str | None) -> bool:
    """Whether a signal of this name and key ends a wait; one without a key ends any."""
    return name == wanted and (key is None or key == wanted_key)


def _taken(run: Run, step: str, wait: Waiting | history.WaitBegun, gone: tuple[int, ...]) -> Events:
    """End a wait by the last of the signals that are gone with it, and call off its timeout."""
    yield history.SignalTaken(step, wait.visit, gone[-1], wait.name)
    if wait.due is not None:
        yield history.TimerEnded(step, wait.visit, "wait", fired=False)
    if wait.then is not None:
        yield history.Moved(wait.then)
    else:
        yield from ending(run, history.RunCompleted(), gone)


def signalled(plan: Plan, run: Run, message: messages.Signal) -> Events:
    """Yield what a signal means: it ends a wait, is kept for one, or is nothing to the run."""
    if run.ended or run.status is Status.CANCELLING:
        return
    if any(kept.signal == message.id for kept in run.kept):
        return
    for step, entry in run.open.items():
        if type(entry) is Waiting and _fits(message.name, message.key, entry.name, entry.key):
            yield from _taken(run, step, entry, (message.id,))
            return
    if message.addressed or _is_coming(plan, run, message.name):
        yield history.SignalKept(
            message.id, message.name, message.key, message.addressed, run.begun
        )


def _is_coming(plan: Plan, run: Run, name: str) -> bool:
    """Whether a visit can reach a wait for this name by goto alone.

    It is open, or a pause holds it back.
    """
    steps = [s for s, entry in run.open.items() if type(entry) in (Attempt, Unsettled)]
    if run.cursor is not None and not run.open:
        steps.append(run.cursor)
    return any(name in plan.step(plan_name(step)).coming for step in steps)
