"""What must hold of events: what they start is born at its time, once, and of no time that is past.

The rules know events from what their tellers were answered. Of one that somebody is telling at the
moment, or was never answered about, both the old and the new time may be.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from perdure.authoring.events import MARKS
from perdure.authoring.payloads import event_refusal
from perdure.authoring.plans import dump, seal
from perdure.authoring.registry import Registry, StartedBy
from perdure.kernel.directives import Wait
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Waiting
from perdure.kernel.ways import EVENT
from perdure.ports.events import SIGN
from perdure.ports.rows import InboxRow, Loaded
from perdure.testing.simulation.offspring import Made
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from perdure.wire.encoding import decode

NAMES = ("due", "placed")
PICKY = '{"patternProperties":{"^told-":{"multipleOf":2}}}'
"""The schema of contexts that take every other thing that is told of an entity, and no more."""

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


def with_event_waits(flow: Made, coming: Callable[[str, dict[str, Script]], set[str]]) -> Made:
    """Return a machine some of whose waits are for events. What is drawn hangs on the plan alone."""
    plan, bodies = flow
    own = random.Random(f"{dump(plan)} for events")  # noqa: S311 - it must come again
    if plan.kind is not PlanKind.MACHINE or own.random() < 0.35:
        return flow
    scripts = {
        step: replace(script, acts=tuple(_for_event(act, own) for act in script.acts))
        for step, script in bodies.items()
    }
    steps = (replace(step, coming=tuple(sorted(coming(step.name, scripts)))) for step in plan.steps)
    schema = own.choice(("", PICKY, PICKY))
    return seal(replace(plan, steps=tuple(steps), schema=schema)), scripts


def _for_event(act: Act, own: random.Random) -> Act:
    if not isinstance(act.outcome, Wait) or own.random() < 0.15:
        return act
    key = own.choice((None, None, None, None, "0", "1"))
    outcome = replace(act.outcome, kind="event", name=own.choice(NAMES), key=key, fresh=False)
    if own.random() < 0.5:
        outcome = replace(outcome, timeout=None, on_timeout=None)
    return replace(act, outcome=outcome)


@dataclass(slots=True)
class Occasion:
    """An event as its teller knows it: `times` are those that it may have, any while it `is_open`.

    `sure` is the one that it has, `told_at` when it got that, and `began` (of the world's time)
    when its teller began to say so.
    """

    name: str
    times: set[float] = field(default_factory=set)
    sure: float | None = None
    told_at: float = 0.0
    is_open: bool = False
    began: float = 0.0
    entity: str | None = None


class EventRules:
    """Holds what events start to the rules: `E1` not early, `E2` once, `E3` not of an old time.

    And `E4`: at the end all that was to come has come. `E7` and `E8`: what is brought fits the
    run's context, and is about the entity that is waited for.
    """

    def __init__(
        self, world: World, registry: Registry, forgotten: Collection[str] = frozenset()
    ) -> None:
        self._world = world
        self._forgotten = forgotten
        self._triggers = [(flow.name, by) for flow in registry.code() for by in flow.started_by]
        self._awaited = {
            name.removeprefix(EVENT)
            for flow in registry.code()
            for step in flow.plan.steps
            for name in step.coming
            if name.startswith(EVENT)
        }
        self._born: Counter[tuple[str, str, float]] = Counter()
        self._started: dict[str, tuple[str, str, float]] = {}
        self._waits: dict[tuple[str, str, int], float] = {}
        self.occasions: dict[str, Occasion] = {}

    @property
    def names(self) -> list[str]:
        """The names of the events that start something, or are waited for."""
        return sorted({by.event for _, by in self._triggers} | self._awaited)

    def saw(self, track: Track, loaded: Loaded) -> None:
        """Look at a run that was not there before: an event may have started it."""
        brought = [row for row in loaded.inbox if (row.payload or "").startswith(SIGN)]
        if not brought:
            return
        _, event, name, _, at, body = decode(brought[0].payload or "")
        workflow = loaded.row.workflow
        shifts = [by.shift for flow, by in self._triggers if (flow, by.event) == (workflow, name)]
        self._world.trace.sometimes("an event started a run")
        self._born[event, workflow, at] += 1
        self._started[track.id] = event, workflow, at
        kept = [run for run in self._started if run not in self._forgotten]  # the key goes with it
        if [self._started[run] for run in kept].count((event, workflow, at)) > len(shifts):
            raise track.broken("E2", f"{name} {event} of {at} started {workflow} again")
        due = _due(loaded.row.start_key, at, shifts)
        if due is None or due > self._world.latest:
            key = loaded.row.start_key
            raise track.broken("E1", f"{name} {event} of {at} started it under {key}, {shifts}")
        known = self.occasions.get(event)
        if known is not None and str(decode(body)["entity_id"]) != known.entity:
            raise track.broken("E8", f"{name} {event} of {known.entity} started it with {body}")
        if known is not None and not known.is_open and at not in known.times:
            raise track.broken("E3", f"{name} {event} started it for {at}, and is at {known.times}")

    def accepted(self, track: Track, row: InboxRow) -> None:
        """Hold what a run is told to its time, where that is an event."""
        payload = row.payload or ""
        if payload.startswith(SIGN) and row.message.startswith('["Signal"'):
            _, event, name, _, at, body = decode(payload)
            self._world.trace.sometimes("an event was brought to a run")
            if at > self._world.latest:
                raise track.broken("E1", f"{name} {event} of {at} was brought before that")
            if why := event_refusal(track.plan.schema, payload):
                raise track.broken("E7", f"{name} {event} was brought, and does not fit it: {why}")
            entity = str(decode(body)["entity_id"])
            for entry in track.run.open.values():
                if isinstance(entry, Waiting) and not _awaits(entry, name, entity):
                    raise track.broken("E8", f"{name} of {entity} was brought to {entry.ways}")

    def waits(self, track: Track) -> None:
        """Note since when a run waits for events."""
        for step, entry in track.run.open.items():
            if isinstance(entry, Waiting) and any(way.kind == "event" for way in entry.ways):
                self._waits.setdefault((track.id, step, entry.visit), self._world.time)

    def check_waits(self, tracks: Mapping[str, Track]) -> None:
        """Hold those who wait still to that nothing has come that they wait for (`E6`)."""
        for (run, step, visit), since in self._waits.items():
            entry = tracks[run].run.open.get(step)
            if not isinstance(entry, Waiting) or entry.visit != visit:
                continue
            for event, known in self.occasions.items():
                came = known.sure is not None and known.began > since
                if tracks[run].plan.schema:
                    continue  # it may have refused it
                if came and any(way.fits("event", known.name, known.entity) for way in entry.ways):
                    raise tracks[run].broken("E6", f"{step} waits, and {known.name} {event} came")

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


def _awaits(wait: Waiting, name: str, entity: str) -> bool:
    """Whether an event of this name about this entity is what one of the ways is for."""
    return any(
        way.kind == "event" and way.name == name and way.key in (None, entity) for way in wait.ways
    )


def _due(key: str | None, at: float, shifts: list[float]) -> float | None:
    """Return when a start was due, by its key; None if that is none of its event's."""
    *_, shift, due = (key or "0:0").split(":")
    return float(due) if float(shift) in shifts and float(due) == at + float(shift) else None


def brought_by(track: Track) -> Iterable[str]:
    """Return the keys that the event which started a run has brought to its context, if it began."""
    for row in track.inbox.values():
        if (row.payload or "").startswith(SIGN) and row.message.startswith('["Start"'):
            brought = decode(row.payload or "")[0]
            begun = any(written.message.startswith('["Start"') for written, _ in track.written)
            yield from brought if begun else (key for key in brought if key in MARKS)


def told_by(row: InboxRow) -> Iterable[str]:
    """Return the keys that a signal or an event which a run has taken brings to its context."""
    brought = decode(row.payload or "{}")
    yield from brought[0] if isinstance(brought, list) else brought
