"""How a run ends, and how what is open of it is called off."""

from collections.abc import Collection, Iterator
from typing import assert_never

from perdure.kernel import history
from perdure.kernel.run import Attempt, Joining, Run, Sleeping, Unsettled, Waiting

Events = Iterator[history.Event]


def ending(run: Run, end: history.Event, gone: Collection[int] = ()) -> Events:
    """Yield the end of a run, after what it leaves behind: signals nobody took, its timers."""
    yield from drop_kept(run, gone)
    yield from call_off_timers(run)
    yield end


def close(run: Run) -> Events:
    """Call off everything that is open, in an order that no loading changes."""
    for step in sorted(run.open):
        yield from stop(run, step)


def stop(run: Run, step: str) -> Events:
    """Call off an open visit."""
    entry = run.open[step]
    match entry:
        case Attempt(visit, attempt) | Unsettled(visit, attempt):
            yield history.AttemptStopped(step, visit, attempt)
        case Sleeping(visit):
            yield history.TimerEnded(step, visit, "sleep", fired=False)
        case Waiting():
            if entry.due is not None:
                yield history.TimerEnded(step, entry.visit, "wait", fired=False)
            yield history.AttemptStopped(step, entry.visit, 0)
        case Joining():
            if entry.due is not None:
                yield history.TimerEnded(step, entry.visit, "children", fired=False)
            yield history.JoinEnded(step, entry.visit, met=False)
        case _:
            assert_never(entry)


def call_off_timers(run: Run) -> Events:
    """Call off what is the run's own: its start, if that was to come, and its deadline."""
    if run.starts_at is not None:
        yield history.TimerEnded("", 0, "start", fired=False)
    if run.in_line:
        yield history.TimerEnded("", 0, "line", fired=False)
    if run.deadline is not None:
        yield history.TimerEnded("", 0, "deadline", fired=False)


def drop_kept(run: Run, gone: Collection[int] = ()) -> Events:
    """Drop the signals that nobody took, but for those that are `gone` already."""
    for kept in tuple(run.kept):  # each is forgotten as it is dropped
        if kept.signal not in gone:
            yield history.SignalDropped(kept.signal, kept.name)


def drop_broadcasts(run: Run, gone: Collection[int] = ()) -> Events:
    """Drop the broadcasts that were kept: what they were for is not where the run rests."""
    for kept in run.kept:
        if not kept.addressed and kept.signal not in gone:
            yield history.SignalDropped(kept.signal, kept.name)
