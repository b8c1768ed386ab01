"""Waits with several ways out, and what they accept: drawn for some machines, and judged apart.

A wait that accepts only some payloads takes those that say an even number.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from perdure.authoring.plans import dump, seal
from perdure.kernel import history
from perdure.kernel.directives import Wait
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.ways import Way
from perdure.ports.rows import Loaded
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.track import News, Track
from perdure.wire.encoding import decode

EVEN = '{"patternProperties":{"^said":{"multipleOf":2}}}'


def widen(
    plan: Plan, scripts: Mapping[str, Script], signals: Sequence[str], keys: Sequence[str | None]
) -> tuple[Plan, dict[str, Script]]:
    """Return a workflow some of whose waits have more ways out, or accept less.

    What is drawn for that hangs on the plan, so that it moves no other draw.
    """
    own = random.Random(f"{dump(plan)} at crossroads")  # noqa: S311 - it must come again
    if plan.kind is not PlanKind.MACHINE or own.random() < 0.5:
        return plan, dict(scripts)
    names = plan.steps[0].targets  # all but the hooks

    def wider(act: Act) -> Act:
        if not isinstance(act.outcome, Wait):
            return act
        ways = tuple(
            Way(
                name=own.choice(signals),
                key=own.choice(keys),
                then=own.choice((None, *names)),
                accepts=own.choice(("", EVEN)),
                fresh=own.random() < 0.1,
            )
            for _ in range(own.choice((0, 1, 2)))
        )
        accepts = own.choice(("", "", EVEN))
        return replace(act, outcome=replace(act.outcome, also=ways, accepts=accepts))

    made = {
        name: replace(script, acts=tuple(map(wider, script.acts)))
        for name, script in scripts.items()
    }
    steps = tuple(
        replace(step, coming=tuple(sorted({*step.coming, *_added(made, signals)})))
        for step in plan.steps
    )
    return seal(replace(plan, steps=steps)), made


def _added(scripts: Mapping[str, Script], signals: Sequence[str]) -> set[str]:
    """Return the names that new ways wait for; whatever is reached may come to wait for them."""
    waits = [a.outcome for s in scripts.values() for a in s.acts if isinstance(a.outcome, Wait)]
    return {way.name for wait in waits for way in wait.also if way.name in signals}


class Crossroads:
    """Holds each wait's end to the way that it had to take."""

    def __init__(self) -> None:
        self._waits: dict[tuple[str, str, int], history.WaitBegun] = {}

    def look(self, track: Track, loaded: Loaded, news: News) -> None:
        """Look at what has just happened to a run. Raises Violation."""
        for _, events in news:
            begun = False
            for number, event in enumerate(events):
                if isinstance(event, history.WaitBegun):
                    self._waits[track.id, event.step, event.visit] = event
                    begun = True
                elif isinstance(event, history.SignalTaken):
                    self._taken(track, event, events[number + 1 :], kept=begun)
                    _check_match(track, event, decode(loaded.context))

    def _taken(
        self, track: Track, event: history.SignalTaken, rest: Sequence[history.Event], *, kept: bool
    ) -> None:
        """Hold a wait's end to the first way that its signal fits.

        One that was kept passes over ways that want a fresh one, which no history tells: it may
        take any that it fits.
        """
        row = track.inbox[event.signal]
        _, _, name, key, _, *more = decode(row.message)
        said = decode(row.payload or "{}")
        if not isinstance(said, dict) or (more and more[0] == "event"):
            return  # events have a judge of their own
        wait = self._waits[track.id, event.step, event.visit]
        ways = [way for way in wait.ways if _takes(way, name, key, said)]
        ways = [
            w for w in (ways if kept else ways[:1]) if (w.name, w.key) == (event.name, event.key)
        ]
        if not ways:
            raise track.broken("W1", f"{event} by {row}, of {wait}")
        leads = next((e.step for e in rest if isinstance(e, history.Moved)), None)
        if leads not in [way.then for way in ways]:
            raise track.broken("W2", f"{event} led to {leads}, by none of {ways}: {wait}")


def _check_match(track: Track, event: history.SignalTaken, has: Mapping[str, object]) -> None:
    """Hold a signal that was taken to what it wants of the context. Raises Violation."""
    _, _, _, _, _, *more = decode(track.inbox[event.signal].message)
    wanted = decode(more[1]) if len(more) > 1 and more[1] else {}
    if more[:1] != ["event"] and any(has.get(each) != value for each, value in wanted.items()):
        raise track.broken("W3", f"{event} wants {wanted} of the context, which is {has}")


def _takes(way: Way, name: str, key: str | None, said: Mapping[str, object]) -> bool:
    """Whether a way is taken by a signal of this name and key that says this."""
    if way.kind != "signal" or way.name != name or key not in (None, way.key):
        return False
    numbers = [value for each, value in said.items() if each.startswith("said")]
    return not way.accepts or all(isinstance(n, int) and n % 2 == 0 for n in numbers)
