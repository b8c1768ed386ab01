"""What must hold of events: what they start is born at its time, once, and of no time that is past.

The rules know events from what their tellers were answered. Of one that somebody is telling at the
moment, or was never answered about, both the old and the new time may be.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from perdure.authoring.plans import dump
from perdure.authoring.registry import Registry, StartedBy
from perdure.kernel.plan import Plan
from perdure.ports.events import SIGN
from perdure.ports.rows import Loaded
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from perdure.wire.encoding import decode

NAMES = ("due", "placed")
MARKS = ("event_id", "event_name", "entity_id")
SHIFTS = (-3.0, -0.5, 0.0, 0.0, 2.0)


def draw_triggers(plan: Plan) -> tuple[StartedBy, ...]:
    """Return what starts a workflow; nothing for most. It hangs on the plan alone."""
    own = random.Random(f"{dump(plan)} by events")  # noqa: S311 - it must come again
    if own.random() < 0.6:
        return ()
    found = {
        (own.choice(NAMES), own.choice(SHIFTS)): own.random() < 0.3
        for _ in range(own.choice((1, 1, 2, 3)))
    }
    return tuple(StartedBy(*of, skips=skips) for of, skips in found.items())


@dataclass(slots=True)
class Occasion:
    """An event as its teller knows it: `times` are those that it may have, any while it `is_open`.

    `sure` is the one that it has, and `told_at` when it got that.
    """

    name: str
    times: set[float] = field(default_factory=set)
    sure: float | None = None
    told_at: float = 0.0
    is_open: bool = False


class EventRules:
    """Holds what events start to the rules: `E1` not early, `E2` once, `E3` not of an old time.

    And `E4`: at the end all that was to come has come.
    """

    def __init__(self, world: World, registry: Registry) -> None:
        self._world = world
        self._triggers = [(flow.name, by) for flow in registry.code() for by in flow.started_by]
        self._born: Counter[tuple[str, str, float]] = Counter()
        self.occasions: dict[str, Occasion] = {}

    @property
    def names(self) -> list[str]:
        """The names of the events that start something."""
        return sorted({by.event for _, by in self._triggers})

    def saw(self, track: Track, loaded: Loaded) -> None:
        """Look at a run that was not there before: an event may have started it."""
        brought = [row for row in loaded.inbox if (row.payload or "").startswith(SIGN)]
        if not brought:
            return
        _, event, name, _, at, _ = decode(brought[0].payload or "")
        workflow = loaded.row.workflow
        shifts = [by.shift for flow, by in self._triggers if (flow, by.event) == (workflow, name)]
        self._world.trace.sometimes("an event started a run")
        self._born[event, workflow, at] += 1
        if self._born[event, workflow, at] > len(shifts):
            raise track.broken("E2", f"{name} {event} of {at} started {workflow} again")
        due = _due(loaded.row.start_key, at, shifts)
        if due is None or due > self._world.latest:
            key = loaded.row.start_key
            raise track.broken("E1", f"{name} {event} of {at} started it under {key}, {shifts}")
        known = self.occasions.get(event)
        if known is not None and not known.is_open and at not in known.times:
            raise track.broken("E3", f"{name} {event} started it for {at}, and is at {known.times}")

    def check(self) -> None:
        """Hold the end of a history to what was to come of its events. Raises Violation."""
        for event, known in self.occasions.items():
            if known.sure is not None:
                self._check(event, known, known.sure)

    def _check(self, event: str, known: Occasion, at: float) -> None:
        wanted = Counter(
            flow
            for flow, by in self._triggers
            if by.event == known.name and not (by.skips and at + by.shift < known.told_at)
        )
        for workflow, count in wanted.items():
            if self._born[event, workflow, at] < count:
                born = self._born[event, workflow, at]
                raise Violation("E4", f"{known.name} {event} of {at}: {workflow} {born} of {count}")


def _due(key: str | None, at: float, shifts: list[float]) -> float | None:
    """Return when a start was due, by its key; None if that is none of its event's."""
    *_, shift, due = (key or "0:0").split(":")
    return float(due) if float(shift) in shifts and float(due) == at + float(shift) else None


def brought_by(track: Track) -> Iterable[str]:
    """Return the keys that the event which started a run has brought to its context, if it began."""
    for row in track.inbox.values():
        if (row.payload or "").startswith(SIGN):
            brought = decode(row.payload or "")[0]
            begun = any(written.message.startswith('["Start"') for written, _ in track.written)
            yield from brought if begun else (key for key in brought if key in MARKS)
