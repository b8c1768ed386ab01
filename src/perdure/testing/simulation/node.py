"""A simulated machine: the processes that live on it one after the other, and how each is driven.

What `runtime.loop` does with threads is done here with moments of virtual time: a tick of the
duties when they want one, a turn of the ledger after each message, and a turn that waits where
others were writing.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from perdure.app.clock import SystemClock
from perdure.authoring.registry import Registry
from perdure.errors import StoreError
from perdure.ports.executor import Done
from perdure.ports.store import Store
from perdure.runtime.envelopes import Told
from perdure.runtime.process import Process
from perdure.testing.simulation.executor import SimExecutor, SimMailbox
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.releases import Releases
from perdure.testing.simulation.rounds import Rounds
from perdure.testing.simulation.spawned import LANE, SimProcesses
from perdure.testing.simulation.store import SimStore
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.world import FAULTY_SECONDS, Died, Life, World

PAUSE_AFTER_ERROR = 0.5
TICK_SECONDS = 0.0001
"""What a tick takes at least, so that a duty which always wants the next one is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all machines of a history share."""

    world: World
    witness: Witness
    locks: Locks
    registry: Registry
    handle: Callable[[], Store]
    releases: Releases | None = None

    @property
    def hosted(self) -> Registry:
        """What a process hosts that begins now."""
        return self.registry if self.releases is None else self.releases.now


class LifeClock(SystemClock):
    """The clock that real processes have, over virtual time; the witness knows what it has told."""

    def __init__(self, world: World) -> None:
        super().__init__(world.wall, world.monotonic, lambda: 0.0)
        self._world = world

    def now(self) -> float:
        """Return the seconds since 1970, as this process takes them to be."""
        now = super().now()
        self._world.latest = max(self._world.latest, now)
        return now


class SimProcess(Life):
    """One incarnation: a real `Process` over its own handle of the store."""

    def __init__(
        self,
        name: str,
        site: Site,
        *,
        slots: Mapping[str, int],
        mates: "Mates",
        queues: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(name)
        self.ready = False
        self._site = site
        self.registry = self.hosts = site.hosted
        self._world = site.world
        self._mates = mates
        self._tick_number = 0
        self._is_ticking = False
        self._rang = False
        self._tick_at = 0.0
        self.store = SimStore(
            site.handle(), life=self, world=site.world, looks=site.witness, locks=site.locks
        )
        clock = LifeClock(site.world)
        mailbox = SimMailbox(world=site.world, life=self, mail=self, slots=slots)
        executor = SimExecutor(
            world=site.world, life=self, clock=clock, mailbox=mailbox, begins=site.witness
        )
        processes = SimProcesses(
            world=site.world, life=self, clock=clock, mailbox=mailbox, begins=site.witness,
            registry=self.registry,
        )  # fmt: skip
        self.process = Process(
            store=self.store,
            clock=clock,
            registry=self.registry,
            mailbox=mailbox,
            lanes={
                lane: (processes if lane == LANE else executor, count)
                for lane, count in slots.items()
                if count
            },
            lease=site.world.faults.lease,
            queues=queues,
            keep=site.witness.forgotten.keep,
        )
        self.process.crew.slots.accepts = any(slots.values())
        self.process.ledger.on_busy = self._busy
        self.process.ledger.on_due = self._due
        self.process.crew.pulses.on_first = self._beaten
        self._rounds = Rounds(world=site.world, life=self, process=self.process, drive=self.drive)

    @property
    def can_be_called(self) -> bool:
        """Whether a caller in this process gets anywhere now."""
        return self.ready and not self.dead and self.frozen_until <= self._world.time

    def open(self) -> None:
        """Enter the store; a store that cannot be opened now ends the process."""
        try:
            self.process.open(self.name.partition(".")[0], 1)
        except StoreError:
            self.die("could not open the store")
        self.ready = True
        self._tick_in(0.0)
        self._rounds.begin()

    def die(self, why: str) -> None:
        """Stop here and now, whatever is under way."""
        self.dead = True
        self._world.trace.sometimes(why)
        raise Died(self)

    def leave(self) -> None:
        """End in good order: hand back what runs, and be gone."""
        self.ready = False
        self.leaving = True
        try:
            self.process.ledger.drive(wait=True)
            if self.process.leave():
                self._world.trace.sometimes("attempts were handed back at an orderly exit")
        except StoreError:
            pass  # what could not be handed back is rescued
        self.die("left in good order")

    # -- the loop ----------------------------------------------------------------------------
    def drive(self, *, wait: bool = False) -> None:
        """Turn the ledger, or have it turned later where that fails."""
        try:
            self.process.ledger.drive(wait=wait)
        except StoreError:
            self._later(PAUSE_AFTER_ERROR)

    def _later(self, seconds: float) -> None:
        self._world.after(seconds, "waits for the store", lambda: self.drive(wait=True), of=self)

    def _busy(self) -> None:
        self._later(self._world.chance.choice((0.0, 0.01, 0.3)))

    def _due(self, due: float) -> None:
        if self._world.hits(self._world.faults.deaf):
            self._world.trace.sometimes("a hint was lost")
            return
        self.process.timekeeper.hint(due)
        seconds = max(due - self.process.clock.now(), 0.0)
        if self._world.time + seconds < self._tick_at:
            self._tick_in(0.0)

    def _beaten(self) -> None:
        if not self._world.hits(self._world.faults.deaf):
            self._tick_in(0.0)

    def _tick_in(self, seconds: float) -> None:
        self._tick_number += 1
        number = self._tick_number
        self._tick_at = self._world.time + seconds
        self._world.after(seconds, "tick", lambda: self._tick(number), of=self)

    def _tick(self, number: int) -> None:
        if number != self._tick_number:
            return  # a hint has brought another tick
        if self._is_ticking:
            self._rang = True  # one thread has all the duties: it looks again when it has done them
            return
        self._is_ticking = True
        try:
            wake_at = self.process.tick(self.process.clock.now())
            self.drive()
        except StoreError:
            wake_at = self.process.clock.now() + PAUSE_AFTER_ERROR
        self._is_ticking = False
        rang, self._rang = self._rang, False
        if (rang or number == self._tick_number) and self.ready:
            seconds = 0.0 if rang else wake_at - self.process.clock.now()
            self._tick_in(max(seconds, TICK_SECONDS))

    # -- reports -----------------------------------------------------------------------------
    def deliver(self, done: Done) -> None:
        """Take a report from the executor."""
        if (told := self.process.crew.done(done)) is not None:
            self.process.ledger.put(told)
        if not self._world.hits(self._world.faults.deaf):
            self.drive()

    def stray(self, told: Told) -> None:
        """Have any process take a report, which it may have seen before."""
        if (other := self._mates.any()) is not None:
            self._world.trace.sometimes("a report came twice or by another way")
            other.process.ledger.put(told)
            other.drive()


class Mates:
    """The processes of a history that can be called."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.nodes: list[Node] = []

    def all(self) -> list[SimProcess]:
        """Return those that live, have opened the store, and are not frozen."""
        lives = (node.process for node in self.nodes)
        return [life for life in lives if life is not None and life.can_be_called]

    def any(self) -> SimProcess | None:
        """Return one of them by chance; None where all are down."""
        there = self.all()
        return self._chance.choice(there) if there else None


class Node:
    """One machine: it opens a process, and another one some time after that died."""

    def __init__(
        self,
        number: int,
        site: Site,
        *,
        slots: Mapping[str, int],
        mates: Mates,
        queues: tuple[str, ...] | None = None,
    ) -> None:
        self._name = f"p{number}"
        self._site = site
        self._slots = slots
        self._mates = mates
        self._queues = queues
        self._started = 0
        self.stays_down = False
        self.process: SimProcess | None = None

    def open(self) -> None:
        """Start a process, unless one lives."""
        if self.process is not None and not self.process.dead:
            return
        self._started += 1
        name = f"{self._name}.{self._started}"
        life = self.process = SimProcess(
            name, self._site, slots=self._slots, mates=self._mates, queues=self._queues
        )
        self._site.world.after(0.0, "opens", life.open, of=life)

    def redeploy(self) -> None:
        """Let the process go, as soon as it can be spoken to, if it hosts older code."""
        life = self.process
        if life is None or life.dead or life.registry is self._site.hosted:
            return
        if life.can_be_called:
            life.leave()
        self._site.world.after(0.5, f"{self._name} is deployed", self.redeploy)

    def watch(self) -> None:
        """Look after the process from time to time: it may go, and one that is gone comes again."""
        world = self._site.world
        life = self.process
        if life is not None and life.dead and not self.stays_down:
            delay = 0.0 if world.is_calm else world.chance.choice((0.0, 0.5, 3.0, 10.0))
            world.after(delay, f"{self._name} starts again", self.open)
            self.process = None
        elif life is not None and life.can_be_called and world.time < FAULTY_SECONDS:
            self._strike(life)
        world.after(0.5, f"{self._name} is looked after", self.watch)

    def _strike(self, life: SimProcess) -> None:
        world, faults = self._site.world, self._site.world.faults
        if world.hits(faults.leaves / 10):
            world.after(0.0, "leaves", life.leave, of=life)
        elif world.hits(faults.crash / 5):
            life.dead = True
            world.trace.sometimes("died between two calls")
        elif world.hits(faults.stall / 3):
            life.frozen_until = world.time + faults.lease * world.chance.uniform(0.5, 3.0)
            world.trace.sometimes("froze between two calls")
