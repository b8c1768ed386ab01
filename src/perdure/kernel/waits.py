"""How a wait begins, and what a signal or an event means for a run."""

from collections.abc import Collection
from dataclasses import replace

from perdure.kernel import history, messages, rests
from perdure.kernel.attempts import Ended
from perdure.kernel.directives import Wait
from perdure.kernel.ends import Events, drop_broadcasts, ending
from perdure.kernel.joins import awaited, met_beside
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Attempt, Rest, Run, Status, Unsettled, Waiting
from perdure.kernel.ways import Unfit, Way, coming_name


def begin_wait(plan: Plan, run: Run, message: Ended, wait: Wait, now: float) -> Events:
    """Yield the beginning of a wait, and its end if what ends it has come already."""
    onward = plan.step(plan_name(message.step)).then
    waiting = Waiting(
        visit=message.visit,
        name=wait.name,
        key=wait.key,
        then=wait.then if wait.then is not None else onward,
        kind=wait.kind,
        match=wait.match,
        accepts=wait.accepts,
        due=now + max(wait.timeout, 0.0) if wait.timeout is not None else None,
        on_timeout=wait.on_timeout,
        also=tuple(replace(way, then=way.then or onward, fresh=False) for way in wait.also),
    )
    yield history.WaitBegun(
        message.step, message.visit, waiting.name, waiting.key, waiting.due, waiting.then,
        waiting.on_timeout, waiting.kind, waiting.match, waiting.accepts, waiting.also,
    )  # fmt: skip
    children = waiting.children
    brood = awaited(run, message, again=wait.again)
    if children is not None:
        yield history.ChildrenAwaited(message.step, message.visit, brood.number)
    dropped, taken = _offered(run, (wait, *wait.also), _unfit(message))
    yield from dropped
    gone = [event.signal for event in dropped]
    if taken is not None:
        signal, number = taken
        way = waiting.ways[number]
        rest = Rest(message.visit, message.attempt, now)
        goes_on = rests.resumed(plan, message.step, rest, now)
        yield from _taken(run, message.step, waiting, way, (*gone, signal), goes_on)
    elif children is not None and brood.suffices(children.need):
        yield from met_beside(run, message.step, waiting, children, gone)
    elif plan.kind is PlanKind.MACHINE:  # other steps of a graph go on
        yield from drop_broadcasts(run, gone)


def _unfit(message: Ended) -> tuple[Unfit, ...]:
    return () if isinstance(message, messages.Lost) else message.unfit


def _offered(
    run: Run, ways: tuple[Way, ...], unfit: Collection[Unfit]
) -> tuple[list[history.SignalDropped], tuple[int, int] | None]:
    """Offer what was kept to a wait: return what is of no use any more, and what ends it.

    That is the oldest that fits, with the place of the way that it takes. What comes after that one
    is kept, but for what is stale.
    """
    dropped: list[history.SignalDropped] = []
    taken: tuple[int, int] | None = None
    for kept in run.kept:
        named = [n for n, way in enumerate(ways) if way.fits(kept.kind, kept.name, kept.key)]
        fresh = [n for n in named if not (ways[n].fresh and kept.begun < run.begun)]
        if named and not fresh:
            dropped.append(history.SignalDropped(kept.signal, kept.name))
        elif fresh and taken is None:
            why = {each.way: each.why for each in unfit if each.signal == kept.signal}
            fitting = [n for n in fresh if n not in why]
            if fitting:
                taken = kept.signal, fitting[0]
            else:
                dropped.append(history.SignalDropped(kept.signal, kept.name, why[fresh[0]]))
    return dropped, taken


def _taken(
    run: Run,
    step: str,
    wait: Waiting,
    way: Way,
    gone: tuple[int, ...],
    goes_on: history.StepScheduled | None,
) -> Events:
    """End a wait this way by the last of the signals that are gone, and call off its timeout."""
    yield history.SignalTaken(step, wait.visit, gone[-1], way.name, way.kind, way.key)
    if wait.due is not None:
        yield history.TimerEnded(step, wait.visit, "wait", fired=False)
    if goes_on is not None:
        yield goes_on
    elif way.then is not None:
        yield history.Moved(way.then)
    else:
        yield from ending(run, history.RunCompleted(), gone)


def signalled(plan: Plan, run: Run, message: messages.Signal, now: float) -> Events:
    """Yield what a signal means: it ends a wait, is kept for one, or is nothing to the run."""
    if run.ended or run.status is Status.CANCELLING:
        return
    if any(kept.signal == message.id for kept in run.kept):
        return
    if (found := awaited_by(run, message)) is not None:
        step, wait = found
        goes_on = rests.resumed(plan, step, run.rests.get(step), now)
        yield from _answered(run, step, wait, message, goes_on)
        return
    if message.addressed or _is_coming(plan, run, message):
        yield history.SignalKept(
            message.id, message.name, message.key, message.addressed, run.begun, message.kind,
            message.match,
        )  # fmt: skip


def awaited_by(run: Run, message: messages.Signal) -> tuple[str, Waiting] | None:
    """Return the wait that has the signal's name and key, the first by its path; None if none has."""
    found = {
        step: entry
        for step, entry in run.open.items()
        if type(entry) is Waiting and _named(entry, message)
    }
    return min(found.items(), key=lambda each: each[0]) if found else None


def _named(wait: Waiting, message: messages.Signal) -> dict[int, Way]:
    """Return the ways out of a wait that have the signal's name and key, by their places."""
    return {
        number: way
        for number, way in enumerate(wait.ways)
        if way.fits(message.kind, message.name, message.key)
    }


def _answered(
    run: Run,
    step: str,
    wait: Waiting,
    message: messages.Signal,
    goes_on: history.StepScheduled | None,
) -> Events:
    """End the wait by the first way that the signal fits; one that fits none is refused."""
    ways = _named(wait, message)
    why = {each.way: each.why for each in message.unfit}
    for number, way in ways.items():
        if number not in why:
            yield from _taken(run, step, wait, way, (message.id,), goes_on)
            return
    yield history.SignalDropped(message.id, message.name, why[min(ways)])


def _is_coming(plan: Plan, run: Run, message: messages.Signal) -> bool:
    """Whether a visit can reach a wait for this signal or event by goto alone.

    It is open, or a pause holds it back.
    """
    name = coming_name(message.kind, message.name)
    steps = [s for s, entry in run.open.items() if type(entry) in (Attempt, Unsettled)]
    if run.cursor is not None and not run.open:
        steps.append(run.cursor)
    return any(name in plan.step(plan_name(step)).coming for step in steps)
