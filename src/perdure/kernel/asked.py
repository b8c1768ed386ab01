"""What people ask of a run, each answered where its rules are."""

from typing import assert_never

from perdure.kernel import control, messages, rewinding
from perdure.kernel.ends import Events
from perdure.kernel.plan import Plan
from perdure.kernel.run import Run

Asked = (
    messages.Cancel
    | messages.CancelNow
    | messages.Pause
    | messages.Resume
    | messages.Retry
    | messages.Rewind
    | messages.Fork
)


def asked(plan: Plan, run: Run, message: Asked, now: float) -> Events:
    """Yield the events that the message makes."""
    match message:
        case messages.Cancel() | messages.CancelNow():
            yield from control.cancel(run, message)
        case messages.Pause() | messages.Resume():
            yield from control.held(run, message)
        case messages.Retry():
            yield from control.retry(plan, run, message, now)
        case messages.Rewind():
            yield from rewinding.rewind(plan, run, message, now)
        case messages.Fork():
            yield from rewinding.fork(plan, run, message, now)
        case _:
            assert_never(message)
