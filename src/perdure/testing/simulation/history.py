"""One history, from its seed to its verdict."""

import logging
import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from perdure.authoring.registry import Registry
from perdure.errors import StoreError
from perdure.kernel import messages
from perdure.kernel.run import Waiting
from perdure.ports.commit import InboxMade
from perdure.ports.store import Store
from perdure.runtime.envelopes import Poke, Told
from perdure.runtime.records import dump_message
from perdure.stores.sqlite import SqliteStore
from perdure.testing.simulation.batching import Batches
from perdure.testing.simulation.blocks import Blocks
from perdure.testing.simulation.clients import Clients
from perdure.testing.simulation.faults import Faults, draw_faults
from perdure.testing.simulation.happenings import Happenings
from perdure.testing.simulation.limiting import PlaceOperator, QueueOperator
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.node import Mates, Node, SimProcess, Site
from perdure.testing.simulation.operator import Operator
from perdure.testing.simulation.queueing import served
from perdure.testing.simulation.quiet import check_rest, restless
from perdure.testing.simulation.releases import Releases
from perdure.testing.simulation.rewinder import Rewinder
from perdure.testing.simulation.sizes import small_sizes
from perdure.testing.simulation.spawned import LANE, process_slots
from perdure.testing.simulation.timetable import Timetable
from perdure.testing.simulation.trace import Trace
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import KIND, MakeWorkload, Workload, random_workload
from perdure.testing.simulation.world import Violation, World

MOST_CALM_SECONDS = 300.0
MOST_CALM_SECONDS_A_RUN = 200.0  # a poisonous step kills its worker so often, each for a lease
ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one history went. `violation` is None where everything held."""

    seed: int
    digest: str
    violation: str | None
    transactions: int
    seconds: float
    counts: Counter[str]
    lines: list[str]


def simulate(
    seed: int,
    workload: MakeWorkload = random_workload,
    *,
    faults: Faults | None = None,
    trace: bool = False,
) -> Verdict:
    """Live through the history of a seed. The same seed and code give the same `digest`.

    With `trace` the verdict has a line for every call. What goes wrong is drawn from the seed
    unless `faults` are given.
    """
    made = Trace(keep=trace)
    drawn = faults if faults is not None else draw_faults(_stream(seed, "faults"))
    world = World(_stream(seed, "chance"), drawn, made)
    history = History(seed, world, workload(_stream(seed, "workload")))
    violation = None
    with small_sizes(_stream(seed, "sizes")), listening(), history.open():
        try:
            history.live()
        except Violation as broken:
            violation = str(broken)
        except Exception as error:  # noqa: BLE001 - whatever the engine lets out is a finding
            violation = (
                f"error: {error!r} at {traceback.format_tb(error.__traceback__)[-1].strip()}"
            )
    return Verdict(
        seed=seed,
        digest=made.digest,
        violation=violation,
        transactions=history.witness.transactions,
        seconds=world.time,
        counts=made.counts,
        lines=made.lines,
    )


def _stream(seed: int, name: str) -> random.Random:
    """Return a source of chance of its own, so that a change in one place moves no other."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 - it must come again


def _slots(seed: int, number: int, chance: random.Random) -> dict[str, int]:
    """Return a machine's slots by lane: all but the first one may be for callers alone."""
    works = number == 0 or chance.random() < 0.85
    slots = {lane: chance.choice((1, 1, 2, 4)) if works else 0 for lane in ("thread", "async")}
    return {**slots, LANE: process_slots(seed, number) if works else 0}


class History:
    """The machines, callers and store of one history."""

    def __init__(self, seed: int, world: World, workload: Workload) -> None:
        self._world = world
        self._chance = _stream(seed, "history")
        self._store: Store = (store := SqliteStore.in_memory())
        locks = Locks()
        self.witness = Witness(
            self._store, world=world, locks=locks, judge=workload.judge,
            registry=workload.registry, scripts=workload.scripts,
        )  # fmt: skip
        if workload.prunes:
            self.witness.forgotten.draw(_stream(seed, "archive"))
        self._releases = Releases(seed, world, workload.registry, KIND)
        self.witness.revisions.have_releases = self._releases.are_drawn
        self._mates = Mates(_stream(seed, "mates"))
        self._nodes = self._make_nodes(seed, locks, workload.registry, store.sibling)
        self._mates.nodes = self._nodes
        self._clients = Clients(
            world=world, mates=self._mates, witness=self.witness, workload=workload,
            chance=_stream(seed, "clients"),
        )  # fmt: skip
        self._blocks = Blocks(
            world=world, mates=self._mates, witness=self.witness, workload=workload,
            clients=self._clients, chance=_stream(seed, "blocks"),
        )  # fmt: skip
        self._happenings = Happenings(
            world=world, mates=self._mates, witness=self.witness,
            chance=_stream(seed, "happenings"),
        )  # fmt: skip
        self._limits = QueueOperator(world=world, mates=self._mates, chance=_stream(seed, "limits"))
        self._places = PlaceOperator(
            world=world, mates=self._mates, names=workload.registry.names(),
            chance=_stream(seed, "places"),
        )  # fmt: skip
        self._timetable = Timetable(
            world=world, mates=self._mates, witness=self.witness, workload=workload,
            chance=_stream(seed, "timetable"),
        )  # fmt: skip
        self._rewinder = Rewinder(
            world=world, mates=self._mates, witness=self.witness, scripts=workload.scripts,
            chance=_stream(seed, "rewinder"),
        )  # fmt: skip
        self._batches = Batches(
            world=world, mates=self._mates, witness=self.witness,
            names=workload.registry.names(), chance=_stream(seed, "batches"),
        )  # fmt: skip
        self._operator = Operator(
            world=world, mates=self._mates, witness=self.witness, workload=workload,
            chance=_stream(seed, "operator"),
        )  # fmt: skip

    def _make_nodes(
        self, seed: int, locks: Locks, registry: Registry, handle: Callable[[], Store]
    ) -> list[Node]:
        site = Site(
            world=self._world,
            witness=self.witness,
            locks=locks,
            registry=registry,
            handle=handle,
            releases=self._releases,
        )
        chance = self._chance
        return [
            Node(
                number, site, slots=_slots(seed, number, chance), mates=self._mates,
                queues=served(seed, number),
            )
            for number in range(chance.choice((1, 2, 2, 3)))
        ]  # fmt: skip

    @contextmanager
    def open(self) -> Iterator[None]:
        """Have the store for as long as the block lasts."""
        yield
        self._store.close()

    def live(self) -> None:
        """Go through both phases: with faults, where nothing may break; without, where all ends."""
        world, chance = self._world, self._chance
        for node in self._nodes:
            world.after(chance.choice((0.0, 0.0, 2.0)), "starts", node.open)
            world.after(0.5, "is looked after", node.watch)
        if world.hits(world.faults.jumps):
            seconds = chance.choice((-7200.0, -1.0, 1.0, 3600.0))
            world.after(10.0 * chance.random(), f"clock {seconds}", lambda: world.jump(seconds))
        seconds = chance.choice((2.0, 8.0, 20.0))
        self._clients.plan(seconds)
        self._blocks.plan(seconds)
        self._happenings.plan(seconds)
        self._limits.plan(seconds)
        self._places.plan(seconds)
        self._timetable.plan(seconds)
        self._rewinder.plan(seconds)
        self._batches.plan(seconds)
        self._releases.plan(self._nodes)
        world.after(0.0, "an operator looks", self._operator.look)
        until = chance.choice((8.0, 16.0, 32.0))
        while world.time < until and not self._is_over():
            world.run(world.time + 1.0)
        self._recover()
        self._timetable.close()
        for _ in range(ROUNDS):
            self._come_to_rest()
            self.witness.events.check_waits(self.witness.tracks)
            if not self._wake():
                break
        check_rest(self._store)
        self._blocks.check()
        self.witness.events.check()
        self.witness.end()
        self.witness.forgotten.wait()
        self.witness.forgotten.check(self._store.archive, self.witness.kinship.parents)

    @property
    def _open(self) -> int:
        asked = self._clients.open + self._blocks.open + self._happenings.open
        return asked + self._timetable.open + self._batches.open

    def _is_over(self) -> bool:
        return self._open == 0 and not restless(self._store, self.witness)

    def _recover(self) -> None:
        """End the faults. Some machines stay down for ever, but not all."""
        self._world.calm()
        for node in self._nodes[1:]:
            node.stays_down = self._chance.random() < 0.5
        for node in self._nodes:
            if not node.stays_down:
                self._world.after(0.0, "starts at last", node.open)
        self._releases.end()
        self._limits.let_go()
        self._places.let_go()

    def _come_to_rest(self) -> None:
        began = self._world.time
        most = 0.0
        why = ["it has just begun"]
        while why:
            live = sum(not track.run.ended for track in self.witness.tracks.values())
            most = max(most, MOST_CALM_SECONDS + live * MOST_CALM_SECONDS_A_RUN)
            self._world.run(self._world.time + 1.0)
            why = restless(self._store, self.witness)
            if self._open:
                why.append(f"{self._open} callers have no answer")
            if why and self._world.time > began + most:
                raise Violation("L1", f"nothing ends: {why}")

    def _somebody(self) -> SimProcess:
        until = self._world.time + MOST_CALM_SECONDS
        while (life := self._mates.any()) is None:
            self._world.run(self._world.time + 1.0)
            if self._world.time > until:
                raise Violation("L1", "no process lives though nothing goes wrong")
        return life

    def _wake(self) -> bool:
        """Tell the runs that rest what they wait for; False if none rests."""
        life = self._somebody()
        told = False
        for run, track in self.witness.tracks.items():
            if track.run.ended:
                continue
            told = True
            if track.run.paused:
                life.process.ledger.put(Told(run, messages.Resume()))
            for entry in track.run.open.values():
                if isinstance(entry, Waiting):
                    signal = messages.Signal(
                        id=0, name=entry.name, key=entry.key, addressed=True, kind=entry.kind
                    )
                    life.store.put([InboxMade(run, dump_message(signal), None, None)])
                    life.process.ledger.put(Poke(run))
            life.drive()
        self._operator.settle_all()
        return told


@contextmanager
def listening() -> Iterator[None]:
    """Take every error that the engine logs and outlives for what it is: a violation."""
    logger = logging.getLogger("perdure")
    ear = _Ear(level=logging.ERROR)
    propagates, level = logger.propagate, logger.level
    logger.addHandler(ear)
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.removeHandler(ear)
        logger.propagate = propagates
        logger.setLevel(level)


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, StoreError):
            raise Violation("error", f"{record.getMessage()}: {error!r}") from error
