"""What children mean for their parent: they are started with a visit's end, counted, waited for."""

from collections.abc import Collection, Iterator

from perdure.kernel import history, messages, rests
from perdure.kernel.brood import MOST_CHILDREN, Brood
from perdure.kernel.directives import Join
from perdure.kernel.ends import drop_broadcasts, ending
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Joining, Run, Status, Waiting
from perdure.kernel.ways import Way

Events = Iterator[history.Event]
Ended = messages.Report | messages.Lost | messages.Settle
"""What tells of an attempt's end; only a report brings children."""


def start_children(run: Run, message: Ended) -> Events:
    """Let the children that a report brings be started, as part of a brood."""
    if count := _count(message):
        brood = run.brood.next_number()
        first = run.brood.as_number(brood).total
        yield history.ChildrenStarted(message.step, message.visit, brood, first, count)


def refuse_children(run: Run, message: Ended) -> str:
    """Say why a report may not start so many children; empty if it may."""
    count = _count(message)
    if not count:
        return ""
    there = run.brood.as_number(run.brood.next_number()).total
    if there + count > MOST_CHILDREN:
        return f"step {message.step!r} would make more than {MOST_CHILDREN} children to wait for"
    return ""


def begin_join(plan: Plan, run: Run, message: Ended, join: Join, now: float) -> Events:
    """Wait for the brood that a report asks for; one that has ended already is not waited for."""
    due = now + max(join.timeout, 0.0) if join.timeout is not None else None
    then = join.then if join.then is not None else plan.step(plan_name(message.step)).then
    brood = awaited(run, message, again=join.again)
    begun = history.JoinBegun(
        message.step, message.visit, brood.number, join.need, due, then, join.on_timeout
    )
    yield begun
    if brood.suffices(join.need):
        yield from _met(run, message.step, begun)
    else:
        yield from drop_broadcasts(run)


def awaited(run: Run, message: Ended, *, again: bool) -> Brood:
    """Return the brood that a wait is for, with the children that its report brings."""
    started = _count(message)
    number = run.brood.next_number(again=again and not started)
    return run.brood.as_number(number).with_more(started)


def child_ended(plan: Plan, run: Run, message: messages.ChildEnded, now: float) -> Events:
    """Count a child that has ended, and end the wait that it was the last one for."""
    over = run.ended or run.status is Status.CANCELLING
    if plan.kind is PlanKind.GRAPH and not over:
        yield from _child_of_graph(plan, run, message, now)
        return
    if over or not run.brood.awaits(message.brood, message.place):
        return  # it was told before, or nobody will wait for this child any more
    yield history.ChildEnded(message.child, message.brood, message.place, message.ok)
    brood = run.brood.after(message.place, ok=message.ok)
    for step, entry in run.open.items():
        if type(entry) is Joining and brood.suffices(entry.need):
            yield from _met(run, step, entry)
            return
        if type(entry) is Waiting and (way := entry.children) and brood.suffices(way.need):
            yield from met_beside(run, step, entry, way)
            return


def _child_of_graph(plan: Plan, run: Run, message: messages.ChildEnded, now: float) -> Events:
    """Have the visit go on that waits for a child; none does if it was told before."""
    for step, rest in run.rests.items():
        if rest.brood == message.brood and type(run.open[step]) is Joining:
            yield history.ChildEnded(message.child, message.brood, message.place, message.ok)
            yield history.JoinEnded(step, rest.visit, met=True)
            goes_on = rests.resumed(plan, step, rest, now)
            assert goes_on is not None
            yield goes_on
            return


def met_beside(run: Run, step: str, wait: Waiting, way: Way, gone: Collection[int] = ()) -> Events:
    """End a wait with other ways out by its children, and call off its timeout.

    `gone` are the signals that have been dropped at its beginning.
    """
    yield history.JoinEnded(step, wait.visit, met=True)
    if wait.due is not None:
        yield history.TimerEnded(step, wait.visit, "wait", fired=False)
    if way.then is not None:
        yield history.Moved(way.then)
    else:
        yield from ending(run, history.RunCompleted(), gone)


def _met(run: Run, step: str, join: Joining | history.JoinBegun) -> Events:
    """End a wait for children, and call off its timeout."""
    yield history.JoinEnded(step, join.visit, met=True)
    if join.due is not None:
        yield history.TimerEnded(step, join.visit, "children", fired=False)
    if join.then is not None:
        yield history.Moved(join.then)
    else:
        yield from ending(run, history.RunCompleted())


def _count(message: Ended) -> int:
    return message.children if isinstance(message, messages.Report) else 0
