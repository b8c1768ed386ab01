"""Virtual time: what is to happen when, and who may run while somebody is at the store.

There are no threads. A process that waits (at the store, mostly) lets everything that is due in
the meantime run on top of it, so processes interleave wherever one waits, and nowhere else. One
may die or freeze there: then it never goes on, or goes on late.
"""

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import replace

from perdure.app.virtual import START
from perdure.authoring.registry import Registry
from perdure.testing.simulation.faults import CALM, Faults
from perdure.testing.simulation.trace import Trace

MOST_DEPTH = 6
MOST_CALLS = 60_000
MOST_CALLS_A_SECOND = 400  # three idle processes look around about 150 times a second
"""More than any history needs that comes to an end."""
CHILD = "_"
"""In the ids of runs that others started, and in no other."""
SLOW_SECONDS = 0.002
FAULTY_SECONDS = 120.0
"""After so long nobody freezes any more: a process that is frozen anew each time that it thaws, or
has more to do by each freeze, keeps the calls that wait for it, and the end of the faults, away."""
SETTLING_LEASES = 4.0  # longer than any process freezes


class Life:
    """What every simulated process has: it hosts code, and can freeze, leave, and be dead."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.leaving = False
        self.frozen_until = 0.0
        self.hosts: Registry | None = None


class Died(BaseException):  # no handler of errors may stop it
    """The process that makes this call is dead: nothing after it happens."""

    def __init__(self, life: Life) -> None:
        self.life = life
        super().__init__(life.name)


class Violation(BaseException):  # it must reach the simulator through every handler
    """Something that must always hold does not. `rule` names it."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(f"{rule}: {message}")


Due = tuple[float, int, Life | None, str, Callable[[], object]]


class World:
    """The time of one history, and everything that is still to happen in it."""

    def __init__(self, chance: random.Random, faults: Faults, trace: Trace) -> None:
        self.chance = chance
        self.faults = faults
        self.trace = trace
        self.time = 0.0  # the seconds since the history began
        self.latest = 0.0  # what any process ever took the time to be
        self._start = START  # what the wall clock showed then, if it had always been as it is now
        self._calls = 0
        self._settled_at = math.inf
        self._due: list[Due] = []
        self._number = 0
        self._depth = 0

    # -- time --------------------------------------------------------------------------------
    def wall(self) -> float:
        """Return what the wall clock shows."""
        return self._start + self.time

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back."""
        self._start += seconds

    def monotonic(self) -> float:
        """Return the seconds since the history began; in a slow world asking takes time."""
        if self.faults.slow:
            self.time += SLOW_SECONDS
        return self.time

    def calm(self) -> None:
        """End all faults: from now on everything works, and the wall clock is right again."""
        self._settled_at = self.time + SETTLING_LEASES * self.faults.lease
        self.jump(max(self.latest - self.wall(), 0.0))
        self.faults = replace(CALM, locked=self.faults.locked, lease=self.faults.lease)

    @property
    def is_calm(self) -> bool:
        """Whether nothing goes wrong any more."""
        return self._settled_at < math.inf

    @property
    def is_settled(self) -> bool:
        """Whether nothing has gone wrong for so long that no process can have missed it."""
        return self.time >= self._settled_at

    # -- what is to happen -------------------------------------------------------------------
    def after(
        self, seconds: float, what: str, act: Callable[[], object], *, of: Life | None = None
    ) -> None:
        """Have something happen later, unless the process that it belongs to is dead by then."""
        self._number += 1
        heapq.heappush(self._due, (self.time + seconds, self._number, of, what, act))

    def run(self, until: float) -> None:
        """Let everything happen that is due until then."""
        due = self._due
        while due and due[0][0] <= until:
            when, _, life, what, act = heapq.heappop(due)
            self._pass(when)
            if life is not None:
                if life.dead:
                    continue
                if life.frozen_until > when:
                    self.after(life.frozen_until - when, what, act, of=life)
                    continue
            self._call(life, what, act)
        self._pass(until)

    def step(self) -> bool:
        """Let the next thing happen; False if there is nothing."""
        if not self._due:
            return False
        self.run(self._due[0][0])
        return True

    def _call(self, life: Life | None, what: str, act: Callable[[], object]) -> None:
        self._count()
        self.trace.add(self.time, life.name if life is not None else "-", what)
        self._depth += 1
        try:
            act()
        except Died:
            pass  # other calls that it has under way below find out when they go on
        finally:
            self._depth -= 1

    def _pass(self, until: float) -> None:
        self.time = max(self.time, until)

    def _count(self) -> None:
        self._calls += 1
        allowed = MOST_CALLS + int(MOST_CALLS_A_SECOND * self.time)
        if self._calls > allowed:
            raise Violation("endless", f"{allowed} things happened within {self.time:.0f} s")

    # -- who runs meanwhile ------------------------------------------------------------------
    def hits(self, rate: float) -> bool:
        """Whether a fault of this rate happens here."""
        return rate > 0 and self.chance.random() < rate

    def wait(self, life: Life) -> None:
        """Let a process wait for a moment: others may run, and it may die or freeze."""
        self._count()
        if life.dead:
            raise Died(life)
        faults = self.faults
        if self._depth >= MOST_DEPTH or not self.hits(faults.interleave):
            return
        seconds = self.chance.choice((0.0, 0.0005, 0.005, 0.03, 0.2))
        if self.hits(faults.stall) and self.time < FAULTY_SECONDS:
            seconds = faults.lease * self.chance.uniform(1.0, 3.0)
            if self.chance.random() < 0.7:  # the whole process, not only this thread of it
                life.frozen_until = self.time + seconds
            self.trace.sometimes("stalled past its lease")
        self.run(self.time + seconds)
        while life.frozen_until > self.time and not life.dead:
            self.run(life.frozen_until)
        if life.dead:
            raise Died(life)
