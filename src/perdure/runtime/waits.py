"""What the life of a wait writes: its ways out, the signals that are kept for it, what ended it."""

from typing import Protocol

from perdure.ids import child_id
from perdure.kernel import history, messages
from perdure.kernel.directives import Wait
from perdure.kernel.plan import PlanKind
from perdure.kernel.run import Status
from perdure.kernel.ways import CHILDREN
from perdure.ports.broadcasts import Call
from perdure.ports.commit import KeptMade, Mail, TimerMade
from perdure.ports.executor import Done
from perdure.ports.woken import Woken, pack_woken
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun
from perdure.runtime.records import dump_message
from perdure.runtime.ways import SIGNAL_ALONE, kinds_of, rows_of


class Brings(Protocol):
    """What came beside a message: a signal's row in the inbox, and its payload."""

    @property
    def inbox(self) -> int | None:
        """The row's id."""

    @property
    def payload(self) -> str | None:
        """Its payload's JSON text."""

    @property
    def done(self) -> Done | None:
        """What an attempt came to, if that is the message."""


def begin_wait(draft: Draft, hot: HotRun, event: history.WaitBegun, cause: Brings) -> None:
    """Write a wait's ways out, and its timeout."""
    run, step, visit = hot.run.id, event.step, event.visit
    for row in rows_of(run, hot.plan.workflow, event):
        draft.make_wait(row)
    _call(draft, hot, event, cause)
    if (kinds := kinds_of(event)) != SIGNAL_ALONE:
        hot.way_kinds[step] = kinds
    if event.due is not None:
        made = TimerMade(run, step, visit, "wait", event.due, None)
        draft.timers[made[:4]] = made


def _call(draft: Draft, hot: HotRun, event: history.WaitBegun, cause: Brings) -> None:
    """Have what is in the mailbox under the wait's keys brought to it.

    A way that is fresh passes over what came before its step's attempt began.
    """
    for number, way in enumerate(event.ways):
        if way.key is None or way.kind != "signal":
            continue
        since = 0.0
        if cause.done is not None and isinstance(asked := cause.done.result.outcome, Wait):
            fresh = (asked, *asked.also)[number].fresh
            since = cause.done.started_at if fresh else 0.0
        call = Call(hot.run.id, way.name, way.key, hot.plan.workflow, since)
        draft.calls.setdefault((hot.run.id, event.step, event.visit), []).append(call)


def end_wait(draft: Draft, hot: HotRun, step: str, visit: int) -> None:
    """Take a wait away with all its ways out: each of them must still be there."""
    for kind in hot.way_kinds.pop(step, SIGNAL_ALONE):
        draft.drop_waits(hot.run.id, step, visit, kind)


def end_join(draft: Draft, hot: HotRun, event: history.JoinEnded, _cause: object) -> None:
    """Take a wait for children away; the step that follows is told where there were other ways."""
    if event.step not in hot.way_kinds:
        draft.drop_waits(hot.run.id, event.step, event.visit, CHILDREN)
        if hot.plan.kind is PlanKind.GRAPH:
            _child_ended(draft, hot, event)
        return
    end_wait(draft, hot, event.step, event.visit)
    if hot.run.status is Status.RUNNING:
        hot.beside = (-event.visit, pack_woken(Woken(CHILDREN), None))


def _child_ended(draft: Draft, hot: HotRun, event: history.JoinEnded) -> None:
    """Have a graph's visit go on with its child's end; one that is given up calls the child off."""
    if event.met:
        _wake(hot, event.step, 0, Woken(CHILDREN))
        return
    run = hot.run.id
    child = child_id(run, event.step, event.visit, 0)
    why = f"its parent {run} does not wait for it any more"
    draft.commit.mail.append(Mail(run, child, dump_message(messages.Cancel("parent", why))))


def end_sleep(hot: HotRun, step: str) -> None:
    """Have a graph's visit go on that has slept long enough."""
    if hot.plan.kind is PlanKind.GRAPH:
        _wake(hot, step, 0, Woken("sleep"))


def _wake(hot: HotRun, step: str, number: int, woken: Woken, payload: str | None = None) -> None:
    """Tell what ended a wait to the attempt that follows: of the visit itself, or of another step."""
    if hot.plan.kind is PlanKind.GRAPH:
        since = hot.run.rests[step].at
        hot.payloads[step] = pack_woken(woken, payload, since)
    else:
        hot.beside = (number, pack_woken(woken, payload))


def take_signal(draft: Draft, hot: HotRun, event: history.SignalTaken, cause: Brings) -> None:
    """End a wait by a signal; the step that follows is told of it, and what it brought."""
    end_wait(draft, hot, event.step, event.visit)
    if event.signal == cause.inbox:
        payload = cause.payload
    else:
        payload = hot.kept_payloads.pop(event.signal, None)
        draft.drop_kept(hot.run.id, event.signal)
    woken = Woken(event.kind, event.name, event.key)
    _wake(hot, event.step, event.signal, woken, payload)


def keep_signal(draft: Draft, hot: HotRun, event: history.SignalKept, cause: Brings) -> None:
    """Keep a signal that came before its wait."""
    hot.kept_payloads[event.signal] = cause.payload
    draft.kept[hot.run.id, event.signal] = KeptMade(
        hot.run.id, event.signal, event.name, event.key, int(event.addressed), cause.payload,
        event.begun, event.kind, event.match or None,
    )  # fmt: skip


def drop_signal(draft: Draft, hot: HotRun, event: history.SignalDropped, _cause: object) -> None:
    """Forget a signal that was kept, if it was."""
    if event.signal in hot.kept_payloads:
        del hot.kept_payloads[event.signal]
        draft.drop_kept(hot.run.id, event.signal)


def time_out(draft: Draft, hot: HotRun, step: str, visit: int) -> None:
    """End a wait whose time is over; the step that follows is told so."""
    end_wait(draft, hot, step, visit)
    if hot.run.status is Status.RUNNING:
        _wake(hot, step, -visit, Woken("timeout"))
