"""What parents and children write: births, waits, the end that is told, the cancel that is passed on."""

from typing import Protocol

from perdure.ids import child_id
from perdure.kernel import history, messages
from perdure.ports.commit import Born, CalledOff, Mail, TimerMade, WaitMade
from perdure.ports.executor import Done
from perdure.runtime.draft import Draft
from perdure.runtime.envelopes import Birth
from perdure.runtime.hotrun import HotRun
from perdure.runtime.records import dump_message


class Brings(Protocol):
    """What came beside a message; only a report brings children."""

    @property
    def done(self) -> Done | None:
        """The report's values."""


def start_children(
    draft: Draft, hot: HotRun, event: history.ChildrenStarted, cause: Brings
) -> None:
    """Have the children that a report brings borne with its run's move."""
    assert cause.done is not None  # only a report brings children
    parent = hot.run.id
    for number, child in enumerate(cause.done.result.children):
        plan = child.plan
        born = Born(
            run=child_id(parent, event.step, event.visit, number), seq=0, namespace="default",
            workflow=plan.workflow, version=plan.version, plan=plan.hash, status="running",
            cursor=None, marks="", visits="", priority=child.priority, created_at=draft.now,
            ended_at=None, error=None, start_key=None, unique_key=None, deadline=child.deadline,
            parent=parent, of_brood=event.brood, place=event.first + number,
            detached=int(child.detached), fair=hot.fair,
        )  # fmt: skip
        draft.offspring.append(Birth(born, plan, child.body, child.context))


def begin_join(draft: Draft, hot: HotRun, event: history.JoinBegun, _cause: object) -> None:
    """Write a wait for children, and its timeout."""
    run, step, visit = hot.run.id, event.step, event.visit
    need = str(event.need) if event.need is not None else None
    draft.make_wait(
        WaitMade(
            run, step, visit, "children", "", need,
            event.due, event.then, event.on_timeout, hot.plan.workflow,
        )
    )  # fmt: skip
    if event.due is not None:
        made = TimerMade(run, step, visit, "children", event.due, None)
        draft.timers[made[:4]] = made


def tell_parent(draft: Draft, hot: HotRun, *, ok: bool) -> None:
    """Tell the parent of a run that it has ended, if it has one."""
    if (kin := hot.kin) is not None:
        run = hot.run.id
        told = dump_message(messages.ChildEnded(run, kin.brood, kin.place, ok))
        draft.commit.mail.append(Mail(run, kin.parent, told))


def call_off_children(draft: Draft, hot: HotRun, why: str) -> None:
    """Have a run's children told to end, if it has had any."""
    if hot.run.brood.number:
        cancel = messages.Cancel("parent", f"its parent {hot.run.id} {why}")
        draft.commit.called_off.append(CalledOff(hot.run.id, dump_message(cancel)))
