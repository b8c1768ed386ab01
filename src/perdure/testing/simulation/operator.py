"""Who settles what nobody knew: late, twice, or through a process that dies; but never wrongly."""

import random
from collections.abc import Iterator

from perdure.kernel import messages
from perdure.kernel.directives import Failed, Outcome
from perdure.kernel.plan import PlanKind
from perdure.kernel.run import Unsettled
from perdure.runtime.envelopes import Told
from perdure.testing.simulation.node import Mates
from perdure.testing.simulation.scripts import result_of
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import World
from perdure.wire.encoding import decode, encode

LOOK_SECONDS = 1.5
PATIENCE = 6
"""After so many attempts a visit is given up."""


class Operator:
    """Looks at the runs from time to time, and asks the services what came of an attempt."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, workload: Workload,
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._witness = witness
        self._workload = workload
        self._services = workload.services
        self._chance = chance

    def look(self) -> None:
        """Settle some of what is unknown, and look again later."""
        for track, step, entry in self._unknown():
            if self._chance.random() < 0.4:
                self._say(self._settlement(track, step, entry))
        self._world.after(LOOK_SECONDS, "an operator looks", self.look)

    def settle_all(self) -> None:
        """Settle everything that is unknown."""
        for track, step, entry in self._unknown():
            self._say(self._settlement(track, step, entry))

    def _unknown(self) -> Iterator[tuple[Track, str, Unsettled]]:
        for track in list(self._witness.tracks.values()):
            for step, entry in list(track.run.open.items()):
                if isinstance(entry, Unsettled):
                    yield track, step, entry

    def _settlement(self, track: Track, step: str, entry: Unsettled) -> Told:
        visit, attempt = entry.visit, entry.attempt
        outcome: Outcome | None = None
        payload = None
        if self._services.has_acted(track.id, step, visit):
            outcome, payload = self._done(track, step, visit)
        elif attempt >= PATIENCE:
            outcome = Failed(kind="failed", error="nobody ever knew", retryable=False)
        else:
            self._services.void(track.id, step, visit, attempt + 1)
        message = messages.Settle(
            step=step, visit=visit, attempt=attempt, outcome=outcome, by="someone"
        )
        return Told(track.id, message, payload=payload)

    def _done(self, track: Track, step: str, visit: int) -> tuple[Outcome, str]:
        script = self._workload.scripts[track.plan.workflow][step]
        outcome = script.act(visit).outcome
        if track.plan.kind is PlanKind.GRAPH:
            results = self._witness.store.outputs(track.id, list(script.needs))
            return outcome, result_of(step, [results.get(need) for need in script.needs])
        context = decode(self._witness.store.load([track.id])[track.id].context)
        return outcome, encode({"trail": [*context.get("trail", ()), [step, visit]]})

    def _say(self, told: Told) -> None:
        """Tell it once or twice, each time to some process that lives."""
        self._world.trace.sometimes("somebody settled what nobody knew")
        for _ in range(1 if self._chance.random() < 0.8 else 2):
            if (life := self._mates.any()) is not None:
                life.process.ledger.put(Told(told.run, told.message, payload=told.payload))
                life.drive()
