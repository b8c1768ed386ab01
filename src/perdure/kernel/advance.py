"""The kernel's door: one message into one run, and the events that come of it."""

from dataclasses import dataclass

from perdure.kernel import history, messages
from perdure.kernel.decide import decide
from perdure.kernel.evolve import evolve
from perdure.kernel.follow import follow
from perdure.kernel.plan import Plan
from perdure.kernel.run import Run

MOST_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a message came to. `more` asks for a `Continue`; no events: it meant nothing."""

    events: list[history.Event]
    more: bool = False


def advance(
    plan: Plan, run: Run, message: messages.Message, now: float, *, most: int = MOST_EVENTS
) -> Advanced:
    """Decide, fold, and follow until quiet or until `most` events. The run is changed in place."""
    events = list(decide(plan, run, message, now))
    for event in events:
        evolve(plan, run, event)
    if not events and not isinstance(message, messages.Continue):
        return Advanced(events)
    for event in follow(plan, run, now):
        evolve(plan, run, event)
        events.append(event)
        if len(events) >= most and not run.ended:
            return Advanced(events, more=True)
    return Advanced(events)
