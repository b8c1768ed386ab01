"""Thirty events, announced, moved and some withdrawn, for a process that is killed at it."""

import sys
from datetime import UTC, datetime, timedelta

from perdure import Engine, complete, event_workflow, step
from tests.crash.patience import PATIENT

EVENTS = 30
AHEAD = timedelta(seconds=60)
FAR = timedelta(hours=1)


@event_workflow("due", offset_minutes=-1)
class Before:
    @step(retry=PATIENT)
    def run(self):
        return complete()


@event_workflow("due", offset_minutes=-1, name="beside")
class Beside:
    @step(retry=PATIENT)
    def run(self):
        return complete()


def moment(base, number):
    """Return the time that an event has in the end."""
    return base + AHEAD + timedelta(milliseconds=20 * number)


def is_withdrawn(number):
    return number % 3 == 1


def tell(engine, base):
    """Announce each event for a time that is far, then for its own, or withdraw it."""
    for number in range(EVENTS):
        entity = ("Thing", number)
        engine.emit("due", entity, base + FAR)
        if is_withdrawn(number):
            engine.withdraw("due", entity)
        else:
            engine.emit("due", entity, moment(base, number))


if __name__ == "__main__":
    with Engine(sys.argv[1]) as engine:
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        base = datetime.fromtimestamp(float(sys.argv[2]), UTC)
        tell(engine, base)
        while any(event.scheduled for event in engine.events()) or engine.runs(live=True):
            engine.process_scheduled()
