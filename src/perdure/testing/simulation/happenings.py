"""Callers who tell events: now, for a time to come, for another time, and that they are off.

Each event has one teller, who goes on when he knows that what he said is durable; where nobody can
say whether it is, he says it again.
"""

import random
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from perdure.app.transactions import block
from perdure.errors import StoreError
from perdure.ids import named_id
from perdure.ports.events import Whose
from perdure.runtime.almanac import Emission, Wanted
from perdure.testing.simulation.eventful import Occasion
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.world import Died, Violation, World
from perdure.wire.encoding import encode

AGAIN_SECONDS = 1.0
GAPS = (0.0, 0.2, 1.0, 4.0)
AHEAD = (-6.0, 0.0, 0.3, 2.0, 5.0, 12.0)


class Say(NamedTuple):
    """One thing to say of an event; an announcement may be one of a transaction."""

    what: str
    ahead: float = 0.0
    in_block: bool = False


@dataclass(slots=True, eq=False)
class Tale:
    """All that one teller says of his event.

    `at` is the time that he is announcing it for, since `began`, and `before` are those that he has
    announced it for, which it may come back to. `others` are events of the same entity that were
    told without a time.
    """

    whose: Whose
    says: list[Say]
    said: int = 0
    at: float | None = None
    began: float = 0.0
    before: list[float] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def event(self) -> str:
        """The event's id, as long as it is the one that was announced."""
        return named_id("evt", *self.whose)


class Happenings:
    """All tellers of a history; none where no event starts anything."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, chance: random.Random
    ) -> None:
        self._world = world
        self._mates = mates
        self._witness = witness
        self._rules = witness.events
        self._chance = chance
        self.open = 0

    def plan(self, seconds: float) -> None:
        """Decide who tells what in these seconds."""
        chance = self._chance
        if not self._rules.names:
            return
        for number in range(chance.choice((1, 2, 3, 4, 6))):
            self.open += 1
            whose = Whose(chance.choice(self._rules.names), "Thing", str(number), None)
            tale = Tale(whose, [self._draw() for _ in range(chance.choice((1, 1, 2, 3, 4)))])
            self._rules.occasions[tale.event] = Occasion(whose.name, entity=whose.entity)
            when = seconds * chance.random()
            self._world.after(when, f"tells of {whose}", partial(self._go_on, tale))

    def _draw(self) -> Say:
        chance = self._chance
        what = chance.choice(("announce", "announce", "announce", "happen", "withdraw"))
        return Say(what, chance.choice(AHEAD), in_block=chance.random() < 0.2)

    def _go_on(self, tale: Tale) -> None:
        """Say the next thing, or that which nobody is known to have heard."""
        if tale.said == len(tale.says):
            self.open -= 1
            return
        life = self._mates.any()
        go_on = partial(self._go_on, tale)
        if life is None or not self._has_said(tale, life):
            self._world.after(AGAIN_SECONDS, f"again: {tale.whose}", go_on)
            return
        tale.said += 1
        tale.at = None
        tale.began = 0.0
        gap = self._chance.choice(GAPS)
        self._world.after(gap, f"goes on about {tale.whose}", go_on)

    def _has_said(self, tale: Tale, life: SimProcess) -> bool:
        """Say it in a process; False if that died in it, or the store refused or is in doubt."""
        say = tale.says[tale.said]
        tale.began = tale.began or self._world.time
        try:
            match say.what:
                case "announce":
                    self._announce(tale, say, life)
                case "happen":
                    self._happen(tale, life)
                case _:
                    self._withdraw(tale, life)
        except StoreError:
            self._world.trace.sometimes("an event's teller was refused or in doubt")
            return False
        except Died as died:
            if died.life is not life:
                raise
            return False
        self._world.trace.sometimes(f"an event was told: {say.what}")
        return True

    def _announce(self, tale: Tale, say: Say, life: SimProcess) -> None:
        known, now = self._rules.occasions[tale.event], life.process.clock.now()
        if tale.at is None:
            back = bool(tale.before) and self._chance.random() < 0.3
            tale.at = tale.before[0] if back else now + say.ahead
            tale.before.append(tale.at)
        known.times.add(tale.at)
        wanted = Wanted(tale.whose, tale.at, _body(tale), "evt_unused", None)
        if say.in_block:
            with block(life.process.bundles, life.drive) as made:
                made.emit(wanted)
        else:
            self._started(life.process.almanac.emit(wanted, now))
            life.drive()
        if known.sure != tale.at:
            known.told_at, known.began = now, tale.began
        known.sure = tale.at
        known.times = {tale.at}

    def _happen(self, tale: Tale, life: SimProcess) -> None:
        known = self._rules.occasions[tale.event]
        key = f"{tale.event}-{tale.said}"
        known.is_open = True  # it may be that one, and then happens at a time that nobody knows yet
        wanted = Wanted(tale.whose, None, _body(tale), named_id("evt", key), key)
        made = life.process.almanac.emit(wanted, life.process.clock.now())
        self._started(made)
        life.drive()
        known.is_open = False
        if made.event == tale.event:
            known.times, known.sure, known.told_at = {made.at}, made.at, made.at
            known.began = tale.began
        elif not made.known:
            tale.others.append(made.event)
            self._rules.occasions[made.event] = Occasion(
                tale.whose.name, {made.at}, made.at, made.at,
                began=tale.began, entity=tale.whose.entity,
            )  # fmt: skip

    def _withdraw(self, tale: Tale, life: SimProcess) -> None:
        life.process.almanac.withdraw(tale.whose)
        for event in (tale.event, *tale.others):
            self._rules.occasions[event] = Occasion(tale.whose.name, entity=tale.whose.entity)

    def _started(self, made: Emission) -> None:
        """Hold an answer to what is durable at this moment."""
        for run in made.started:
            if run not in self._witness.tracks:
                raise Violation("E5", f"{made.event} is said to have started {run}")


def _body(tale: Tale) -> str:
    entity = tale.whose.entity
    told = {f"told-{entity}": tale.said + int(entity or 0)}
    return encode({"entity_id": tale.whose.entity, "snapshot": None, "payload": told})
