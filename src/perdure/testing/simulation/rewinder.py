"""Who takes runs back and forks them: at any time, twice, or through a process that dies."""

import random
from collections.abc import Mapping

from perdure.app.rewinding import fork_of, point_of, rewind_of, with_keys
from perdure.errors import CannotRewindError
from perdure.kernel.plan import Plan
from perdure.runtime.envelopes import Told
from perdure.testing.simulation.node import Mates
from perdure.testing.simulation.scripts import Script
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.world import World


class Rewinder:
    """Picks a run and a visit now and then, and has the run go back, or another begin there."""

    def __init__(
        self,
        *,
        world: World,
        mates: Mates,
        witness: Witness,
        scripts: Mapping[str, Mapping[str, Script]],
        chance: random.Random,
    ) -> None:
        self._world = world
        self._mates = mates
        self._witness = witness
        self._scripts = scripts
        self._chance = chance
        self._forks = 0

    def plan(self, seconds: float) -> None:
        """Decide how often, and when."""
        for _ in range(self._chance.choice((0, 0, 0, 1, 1, 2, 3))):
            self._world.after(seconds * self._chance.random(), "somebody goes back", self._go_back)

    def _go_back(self) -> None:
        tracks = list(self._witness.tracks.values())
        if not tracks:
            return
        track = self._chance.choice(tracks)
        step = self._chance.choice(track.plan.steps).name
        visit = self._chance.choice((None, None, 1, 2))
        store = self._witness.store
        if (loaded := store.load([track.id]).get(track.id)) is None:
            return  # it has been forgotten
        try:
            point = point_of(store, loaded, track.plan, step, visit)
        except CannotRewindError:
            return
        if self._chance.random() < 0.3:
            self._forks += 1
            run = f"fork-{self._forks}"
            birth = fork_of(store, point, run, self._world.latest, "someone", "")
            if (life := self._mates.any()) is not None:
                self._world.trace.sometimes("somebody forked a run")
                life.process.ledger.put(birth)
                life.drive()
            return
        if self._chance.random() < 0.4 and self._may_keep_keys(track.plan):
            try:
                point = with_keys(store, point)
            except CannotRewindError:
                return  # a fork: that visit was another run's
            self._world.trace.sometimes("somebody took a run back and kept its keys")
        for _ in range(1 if self._chance.random() < 0.8 else 2):
            if (life := self._mates.any()) is not None:
                told = rewind_of(point, "someone", "")
                self._world.trace.sometimes("somebody took a run back")
                life.process.ledger.put(Told(told.run, told.message, payload=told.payload))
                life.drive()

    def _may_keep_keys(self, plan: Plan) -> bool:
        """Whether no step acts, or writes, by its key: it would not do so for what comes again."""
        once = any(step.at_most_once for step in plan.steps)
        scripts = self._scripts.get(plan.workflow, {})
        return not once and not any(script.transactional for script in scripts.values())
