"""What others do to the runs of a proof, beside sending signals: cancel, hold up, tell events."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from perdure.authoring.entities import entity_of
from perdure.authoring.events import dump_body
from perdure.errors import StoreError
from perdure.kernel import messages
from perdure.kernel.run import Sleeping, Waiting
from perdure.ports.events import Whose
from perdure.runtime.almanac import Wanted
from perdure.runtime.envelopes import Answer, Told
from perdure.testing.proving.scenario import Act, Cancel, Event, Pause, payload_of
from perdure.testing.proving.services import Book
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import World

Do = Callable[[SimProcess, dict[str, bool]], None]
"""Does something through a process, and notes when it is known to be done."""

AGAIN_SECONDS = 1.0
BY = "somebody"


class Others:
    """All who do something to runs. Each is asked again until it is known to have been done."""

    def __init__(
        self, *, world: World, mates: Mates, book: Book, tracks: Mapping[str, Track],
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._book = book
        self._tracks = tracks
        self._chance = chance
        self._later: list[tuple[Act, str, Mapping[str, Any]]] = []
        self._number = 0
        self._open = 0

    def plan(self, act: Act, run: str, arguments: Mapping[str, Any], *, moods: bool) -> None:
        """Decide when something is done to a run that has just started: early, soon, or late."""
        if act.optional and self._chance.random() < 0.3:
            return
        mood = self._chance.choice(("early", "soon", "late")) if moods else "late"
        if act.once_waiting or mood == "late":
            self._later.append((act, run, arguments))
        else:
            seconds = self._chance.random() * (0.1 if mood == "early" else 5.0)
            self._do_in(seconds, act, run, arguments)

    def go_on(self) -> bool:
        """Do the first thing that was kept back until its run rests; False if nothing is open."""
        if self._open:
            return True
        for place, (act, run, arguments) in enumerate(self._later):
            entries = self._tracks[run].run.open.values()
            if any(isinstance(entry, Waiting | Sleeping) for entry in entries):
                del self._later[place]
                self._do_in(0.0, act, run, arguments)
                return True
        return False

    def _do_in(self, seconds: float, act: Act, run: str, arguments: Mapping[str, Any]) -> None:
        self._number += 1
        match act:
            case Cancel():
                self._begin(seconds, partial(self._tell, run, messages.Cancel(BY)))
                self._book.mishaps.append(f"{run} was cancelled")
            case Pause():
                resume = partial(self._tell, run, messages.Resume(BY))
                then = partial(self._begin, act.seconds, resume)  # a pause told later would hold
                self._begin(seconds, partial(self._tell, run, messages.Pause(BY)), then)
                self._book.mishaps.append(f"{run} was paused")
            case Event():
                self._begin(seconds, partial(self._emit, act, arguments, self._number))
                self._book.mishaps.append(f"event {act.name!r} happened")

    def _begin(self, seconds: float, do: Do, then: Callable[[], None] = lambda: None) -> None:
        self._open += 1
        self._world.after(seconds, "somebody does something", partial(self._do, do, then))

    def _do(self, do: Do, then: Callable[[], None]) -> None:
        state = {"done": False}

        def look() -> None:
            if state["done"]:
                self._open -= 1
                then()
            else:
                self._do(do, then)

        self._world.after(AGAIN_SECONDS, "looks whether it was done", look)
        if (life := self._mates.any()) is not None:
            do(life, state)

    def _tell(
        self, run: str, message: messages.Message, life: SimProcess, state: dict[str, bool]
    ) -> None:
        def reply(answer: Answer) -> None:
            state["done"] = answer.error is None

        life.process.ledger.put(Told(run, message, reply=reply))
        life.drive()

    def _emit(
        self,
        act: Event,
        arguments: Mapping[str, Any],
        number: int,
        life: SimProcess,
        state: dict[str, bool],
    ) -> None:
        about = entity_of((act.entity, arguments[act.of]) if act.of is not None else None)
        body = dump_body(about, payload_of(act.payload, arguments))
        entity = None if about.id is None else str(about.id)
        whose = Whose(act.name, about.type, entity, None)
        wanted = Wanted(whose, None, body, f"evt_{number}", f"event-{number}")
        try:
            life.process.almanac.emit(wanted, life.process.clock.now())
        except StoreError:
            return
        state["done"] = True
        life.drive()
