"""Who limits the queues and the live runs of a history, and lets them go in the end."""

import random
from collections.abc import Callable
from functools import partial

from perdure.errors import StoreError
from perdure.ports.limits import LimitRow
from perdure.runtime.draft import ADMITS
from perdure.runtime.envelopes import Poke
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.queueing import QUEUES
from perdure.testing.simulation.world import Died, World

AGAIN_SECONDS = 0.2
RATES = ((1, 1.0), (1, 3.0), (2, 0.5), (3, 10.0), (None, None))

Act = Callable[[SimProcess], None]


class _Setter:
    """Does something through any process, once that is known to be written."""

    what = ""
    """What the trace counts it as."""

    def __init__(self, *, world: World, mates: Mates, chance: random.Random) -> None:
        self._world = world
        self._mates = mates
        self._chance = chance
        self._is_over = False

    def _later(self, seconds: float, act: Act, *, last: bool = False) -> None:
        self._world.after(seconds, "a limit is set", lambda: self._set(act, last=last))

    def _set(self, act: Act, *, last: bool) -> None:
        """Set a limit through some process; where that fails, through another one later."""
        if self._is_over and not last:
            return
        life = self._mates.any()
        try:
            if life is not None:
                act(life)
                life.drive()
                self._world.trace.sometimes(self.what)
                return
        except StoreError:
            pass  # whether it was written is not known: it is asked again below
        except Died as died:
            if died.life is not life:
                raise
        self._later(AGAIN_SECONDS, act, last=last)


class QueueOperator(_Setter):
    """Sets limits from time to time; in the end no queue is held."""

    what = "a queue was limited"

    def plan(self, seconds: float) -> None:
        """Decide which limits are set in these seconds, and when."""
        chance = self._chance
        for _ in range(chance.choice((0, 1, 2, 4))):
            at = chance.choice((0.0, 0.0, seconds * chance.random()))
            self._later(at, self._limit())

    def let_go(self) -> None:
        """Let no queue be held, or be slow, any more; what was to be set before is not set now."""
        self._is_over = True
        for queue in QUEUES:
            most = self._chance.choice((1, 2, None))
            self._later(0.0, partial(_limit_concurrency, queue, most), last=True)
            self._later(0.0, partial(_limit_rate, queue, 9, 1.0), last=True)

    def _limit(self) -> Act:
        queue = self._chance.choice(QUEUES)
        if self._chance.random() < 0.6:
            most = self._chance.choice((0, 1, 1, 1, 2, None))
            return partial(_limit_concurrency, queue, most)
        return partial(_limit_rate, queue, *self._chance.choice(RATES))


def _limit_concurrency(queue: str, most: int | None, life: SimProcess) -> None:
    life.store.queues.limit_concurrency(queue, most)
    life.process.crew.slots.backlog()


def _limit_rate(queue: str, most: int | None, seconds: float | None, life: SimProcess) -> None:
    life.store.queues.limit_rate(queue, most, seconds)
    life.process.crew.slots.backlog()


class PlaceOperator(_Setter):
    """Limits workflows now and then, through any process; in the end any number may live."""

    what = "live runs were limited"

    def __init__(
        self, *, world: World, mates: Mates, names: list[str], chance: random.Random
    ) -> None:
        super().__init__(world=world, mates=mates, chance=chance)
        self._names = names
        self._limited: set[str] = set()

    def plan(self, seconds: float) -> None:
        """Decide which limits are set in these seconds, and when."""
        chance = self._chance
        for _ in range(chance.choice((0, 0, 0, 1, 1, 3))):
            at = chance.choice((0.0, 0.0, seconds * chance.random()))
            name, most = chance.choice(self._names), chance.choice((1, 1, 2, 3, None))
            waits = chance.choice((1, 1, 0))
            self._limited.add(name)
            self._later(at, partial(_limit_live, LimitRow(name, None, 1, 1, most, waits)))

    def let_go(self) -> None:
        """Let any number live; what was to be set before is not set now."""
        self._is_over = True
        for name in sorted(self._limited):
            self._later(0.0, partial(_limit_live, LimitRow(name, None, 1, 1, None, 1)), last=True)


def _limit_live(row: LimitRow, life: SimProcess) -> None:
    told = life.store.limits.put(row, ADMITS)
    life.process.ledger.put_all(Poke(run) for run in told)
