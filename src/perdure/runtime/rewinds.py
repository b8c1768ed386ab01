"""What is written when a run goes back, or begins as another one stood."""

from perdure.kernel import history
from perdure.kernel.plan import PlanKind
from perdure.ports.commit import StepEnded
from perdure.runtime.beside import take_beside
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun
from perdure.runtime.kin import call_off_children
from perdure.runtime.traces import REWOUND, whole
from perdure.wire.encoding import decode, encode


def pack_found(context: str, payload: str | None) -> str:
    """Return what comes with a rewind: the context to go on with, and what the visit is given."""
    return encode([context, payload])


def rewound(draft: Draft, hot: HotRun, event: history.RunRewound, brought: str | None) -> None:
    """Put the earlier context in place, and leave a row that says so."""
    if hot.plan.kind is PlanKind.MACHINE:  # in a graph others may wait for theirs
        call_off_children(draft, hot, "was rewound")
    if event.deadline is not None:
        draft.set_timer(hot.run.id, "deadline", event.deadline)
    if hot.beside is not None:
        take_beside(draft, hot)  # it was for what does not come any more
    context, payload = decode(brought) if brought is not None else (hot.context, None)
    hot.context = draft.contexts[hot.run.id] = context
    if payload is not None:
        hot.beside = (-event.visit, payload)
    if hot.plan.kind is PlanKind.MACHINE:
        draft.commit.steps.append(_row(draft, hot, event.step, whole(context, payload)))


def forked(draft: Draft, hot: HotRun, event: history.RunForked, brought: str | None) -> None:
    """Begin with what the visit of the other run began with."""
    if event.deadline is not None:
        draft.set_timer(hot.run.id, "deadline", event.deadline)
    if brought is not None:
        hot.beside = (-event.visit, brought)


def _row(draft: Draft, hot: HotRun, step: str, context: str) -> StepEnded:
    now = draft.now
    return StepEnded(hot.run.id, step, 0, 0, REWOUND, None, now, None, None, None, context)
