"""Callers who start and signal in one transaction: it takes effect as a whole, or not at all.

It is perdure's own, or one of an application's: that takes effect some time after its commit.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

from perdure.app.addresses import Addressee
from perdure.app.outbox import Enlisted
from perdure.app.transactions import Block, block
from perdure.errors import LimitReachedError, RunNotFoundError, StoreError
from perdure.testing.simulation.callers import AGAIN_SECONDS
from perdure.testing.simulation.clients import Clients, Wanted
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.own import OwnConnection, OwnDatabase
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import Died, Violation, World
from perdure.wire.encoding import encode

KEYS = (None, None, "both-1", "both-2")
"""Two blocks may start under the same key; the first of a block's starts has none."""


class Known(Enum):
    """What its caller knows of a block."""

    OPEN = auto()
    UNDONE = auto()
    DONE = auto()
    DOUBTFUL = auto()
    COMMITTED = auto()


@dataclass(slots=True)
class Asked:
    """What one block has asked for: runs by their start keys, and payloads by the runs signalled."""

    number: int
    known: Known = Known.OPEN
    runs: dict[str, str | None] = field(default_factory=dict)
    payloads: list[tuple[str, str]] = field(default_factory=list)


class _UndoneError(Exception):
    """Raised by a caller in its block, who has thought better of it."""


class Blocks:
    """The blocks of a history, and what became of each. They share the clients' runs."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, workload: Workload,
        clients: Clients, chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._witness = witness
        self._workload = workload
        self._clients = clients
        self._chance = chance
        self._asked: list[Asked] = []
        self._own = OwnDatabase(chance)
        workload.registry.outboxes.append(self._own.outbox)
        self._keyed: set[str] = set()
        self._said = 0
        self._open = 0

    @property
    def open(self) -> int:
        """How many transactions are open, or committed and not brought to the store."""
        self._own.is_calm = self._world.is_calm
        return self._open + self._own.left

    def plan(self, seconds: float) -> None:
        """Decide how many blocks there are in these seconds, and when."""
        for _ in range(self._chance.choice((0, 0, 1, 2, 4))):
            self._open += 1
            self._world.after(seconds * self._chance.random(), "a block", self._begin)

    def check(self) -> None:
        """Hold every block to what its caller knows of it, now that all is over. Raises Violation."""
        for asked in self._asked:
            if asked.known is Known.COMMITTED:
                asked.known = Known.DONE
            self._check(asked)

    def _begin(self) -> None:
        life = self._mates.any()
        if life is None:
            self._world.after(AGAIN_SECONDS, "again: a block", self._begin)
            return
        asked = Asked(len(self._asked))
        self._asked.append(asked)
        transaction = self._application if self._chance.random() < 0.5 else self._block
        with self._fate_of(asked, life), transaction(life, asked) as made:
            for _ in range(self._chance.choice((1, 2, 3))):
                self._ask(life, made, asked)
                self._check(asked)
                self._world.wait(life)
            self._end(life)
        self._check(asked)
        self._open -= 1

    @contextmanager
    def _block(self, life: SimProcess, asked: Asked) -> Iterator[Block]:
        """Have a transaction of perdure's own."""
        with block(life.process.bundles, life.drive) as made:
            yield made
            asked.known = Known.DOUBTFUL
        asked.known = Known.DONE

    @contextmanager
    def _application(self, life: SimProcess, asked: Asked) -> Iterator[Enlisted]:
        """Have a transaction of an application's, which its process may not outlive."""
        connection = OwnConnection(self._own.db)
        made = Enlisted(self._own.outbox, life.process.registry, connection)
        made.join(life.process)
        yield made
        connection.commit()
        asked.known = Known.COMMITTED
        if self._chance.random() < 0.2 and not self._world.is_calm:
            life.die("died after an application's commit")
        if not self._world.hits(self._world.faults.deaf):
            made.committed()

    @contextmanager
    def _fate_of(self, asked: Asked, life: SimProcess) -> Iterator[None]:
        """Note what the caller knows when its block is over, in whatever way."""
        try:
            yield
        except (_UndoneError, RunNotFoundError, LimitReachedError):
            asked.known = Known.UNDONE
        except StoreError:
            self._world.trace.sometimes("a block was refused or in doubt")
        except Died as died:
            if died.life is not life:
                raise
        if asked.known is Known.OPEN:  # its process died in it, before it came to its end
            asked.known = Known.UNDONE
        self._world.trace.sometimes(f"a block was {asked.known.name.lower()}")

    def _ask(self, life: SimProcess, made: Block | Enlisted, asked: Asked) -> None:
        """Ask for a start or a signal; the first is a start without a key."""
        to = self._to(asked)
        if asked.runs and to is not None and self._chance.random() < 0.5:
            self._said += 1
            payload = {f"block-{asked.number}-{self._said}": asked.number}
            narrowed = self._chance.random() < 0.8
            run = to if narrowed else None
            name = self._chance.choice(self._workload.signals or ("go",))
            addressee = Addressee(run)
            made.signal(name, payload, addressee, life.process.clock.now())
            if run is not None:
                asked.payloads.append((run, encode(payload)))
            return
        name, context = self._chance.choice(self._workload.starts)
        key = self._chance.choice(KEYS) if asked.runs else None
        wanted = Wanted(self._workload.registry.get(name), context, key=key)
        birth = self._clients.birth(life, wanted)
        asked.runs[birth.run] = key
        if key is not None:
            self._keyed.add(birth.run)
        made.bear(birth)

    def _to(self, asked: Asked) -> str | None:
        """Return a run to signal: any, or one that this very transaction starts.

        Not one whose start has a key that may be taken: then a signal to it reaches nobody.
        """
        if asked.runs and self._chance.random() < 0.3:
            return next(iter(asked.runs))
        run = self._clients.some_run()
        return None if run in self._keyed else run

    def _end(self, life: SimProcess) -> None:
        """End the block: mostly in good order, else it raises, or its process dies."""
        match self._chance.choice(("well", "well", "well", "raises", "dies")):
            case "raises":
                raise _UndoneError
            case "dies" if not self._world.is_calm:
                life.die("died in a block")
            case _:
                pass

    def _check(self, asked: Asked) -> None:
        tracks = self._witness.tracks
        what = f"block {asked.number}, {asked.known.name.lower()}"
        sure = [run in tracks for run, key in asked.runs.items() if key is None]
        gone = self._witness.forgotten.runs
        signals = [(run, text) for run, text in asked.payloads if run not in gone]
        sure += [run in tracks and text in tracks[run].payloads for run, text in signals]
        there = [run for run in asked.runs if run in tracks]
        whole = all(sure) and all(map(self._is_there, asked.runs.items()))
        match asked.known:
            case Known.OPEN | Known.UNDONE if there or any(sure):
                raise Violation("block", f"{what}: it wrote {there}, {sure}")
            case Known.DONE if not whole:
                raise Violation("block", f"{what}: of {asked.runs} only {there} are there, {sure}")
            case Known.DOUBTFUL if any(sure) != all(sure):
                raise Violation("block", f"{what}: half of it was written: {there}, {sure}")
            case _:
                pass

    def _is_there(self, asked: tuple[str, str | None]) -> bool:
        """Whether a run is there, or another one that has its key."""
        run, key = asked
        if run in self._witness.tracks:
            return True
        taken = key is not None and self._witness.store.by_start_key(key) is not None
        return taken or bool(key is not None and self._witness.forgotten.runs)
