"""One history of a scenario: processes, crashes, senders, and time that leaps to what is due."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from perdure.authoring.plans import dump
from perdure.authoring.registry import Registry, Workflow
from perdure.errors import RunNotFoundError, StoreError
from perdure.kernel import messages
from perdure.kernel.run import Attempt, Sleeping, Waiting
from perdure.ports.commit import Born, InboxMade
from perdure.ports.executor import Work
from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.envelopes import Birth, Poke
from perdure.runtime.records import dump_message
from perdure.stores.sqlite import SqliteStore
from perdure.testing.proving.bodies import AsyncProvedBody, ProvedBody, flows_of, module_of
from perdure.testing.proving.guard import Memory
from perdure.testing.proving.others import Others
from perdure.testing.proving.scenario import Scenario, Signal, payload_of
from perdure.testing.proving.services import Book, ServiceError, closed, opened
from perdure.testing.simulation.faults import Faults, draw_faults
from perdure.testing.simulation.history import listening
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.node import Mates, Node, SimProcess, Site
from perdure.testing.simulation.sizes import small_sizes
from perdure.testing.simulation.trace import Trace
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Anything
from perdure.testing.simulation.world import Life, Violation, World
from perdure.wire.encoding import encode_value

AGAIN_SECONDS = 1.0
CALM_AFTER = 12.0
MOST_ROUNDS = 600
QUIET_ROUNDS = 8
"""So many looks in a row that find everything at rest mean that nothing more happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What goes wrong in one history; the shrinker takes away from it."""

    faults: Faults
    down: float
    lost: float
    crash: float
    twice: float
    moods: bool
    nodes: int
    skip: frozenset[int] = frozenset()


def draw_weather(seed: int) -> Weather:
    """Draw what goes wrong in the history of a seed."""
    chance = stream(seed, "weather")
    faults = replace(draw_faults(stream(seed, "faults")), jumps=0.0, full=0.0, slow=False)
    rates = (0.0, 0.1, 0.4)
    return Weather(
        faults=faults,
        down=chance.choice(rates),
        lost=chance.choice(rates),
        crash=chance.choice(rates),
        twice=chance.choice((0.0, 0.0, 0.3)),
        moods=chance.random() < 0.8,
        nodes=chance.choice((1, 2, 2, 3)),
    )


def stream(seed: int, name: str) -> random.Random:
    """Return a source of chance of its own for one part of a history."""
    return random.Random(f"prove/{seed}/{name}")  # noqa: S311 - it must come again


class Seer(Witness):
    """The witness, which also knows which process runs an attempt."""

    def begins(self, work: Work, life: Life) -> None:
        """Note who begins an attempt."""
        super().begins(work, life)
        self.lives[work.run, work.path, work.visit, work.token] = life

    lives: dict[tuple[str, str, int, int], Life]

    def life_of(self, work: Work) -> Life:
        """Return the process that runs an attempt."""
        return self.lives[work.run, work.path, work.visit, work.token]


class Stage:
    """The processes, senders and store of one history."""

    def __init__(self, scenario: Scenario, seed: int, weather: Weather, *, trace: bool) -> None:
        self.scenario = scenario
        self._weather = weather
        self._chance = stream(seed, "stage")
        self._sizes = stream(seed, "sizes")
        self.trace = Trace(keep=trace)
        self.world = World(stream(seed, "chance"), weather.faults, self.trace)
        self.book = Book(
            stream(seed, "services"), down=weather.down, lost=weather.lost, crash=weather.crash,
            skip=weather.skip,
        )  # fmt: skip
        self.memory = Memory(module_of(scenario.flow), scenario.flow.cls)
        self._store: Store = SqliteStore.in_memory()
        locks = Locks()
        self.witness = Seer(self._store, world=self.world, locks=locks, judge=Anything())
        self.witness.lives = {}
        registry = Registry()
        for flow in flows_of(scenario.flow):
            registry.add(self._proved(flow))
        site = Site(
            world=self.world, witness=self.witness, locks=locks, registry=registry,
            handle=self._store.sibling,
        )  # fmt: skip
        self._mates = Mates(stream(seed, "mates"))
        slots = {"thread": 2, "async": 2}
        self._nodes = [Node(n, site, slots=slots, mates=self._mates) for n in range(weather.nodes)]
        self._mates.nodes = self._nodes
        self._others = Others(
            world=self.world, mates=self._mates, book=self.book, tracks=self.witness.tracks,
            chance=stream(seed, "others"),
        )  # fmt: skip
        self.runs: dict[int, str] = {}
        self._later: list[tuple[Signal, int]] = []
        self._unsent = 0
        self._number = 0

    def _proved(self, flow: Workflow) -> Workflow:
        bodies = {
            name: (AsyncProvedBody if body.is_async else ProvedBody)(
                body, book=self.book, lives=self.witness.life_of, memory=self.memory,
                module=module_of(flow),
            )
            for name, body in flow.bodies.items()
        }  # fmt: skip
        return replace(flow, bodies=bodies)

    @property
    def store(self) -> Store:
        """The store, as the witness reads it."""
        return self._store

    # -- the whole history -------------------------------------------------------------------
    def live(self) -> None:
        """Go through the history, faults first. Raises Violation."""
        opened(self.book)
        try:
            with small_sizes(self._sizes), listening():
                self._live()
        finally:
            closed()
            self.memory.restore()

    def _live(self) -> None:
        world = self.world
        for node in self._nodes:
            world.after(0.0, "starts", node.open)
            world.after(0.5, "is looked after", node.watch)
        for number in range(len(self.scenario.starts)):
            at = self._chance.choice((0.0, 0.5, 2.0))
            world.after(at, "start", partial(self._start, number))
        quiet = 0
        for _ in range(MOST_ROUNDS):
            if not world.is_calm and world.time > CALM_AFTER:
                self._calm()
            world.run(world.time + 0.5)
            quiet = quiet + 1 if not self._goes_on() else 0
            if quiet >= (QUIET_ROUNDS if not self._over() else 1):
                return
        raise Violation("never ends", f"something is still going on: {self._standing()}")

    def _calm(self) -> None:
        self.world.calm()
        self.book.down = self.book.lost = self.book.crash = 0.0
        for node in self._nodes:
            self.world.after(0.0, "starts at last", node.open)

    def _over(self) -> bool:
        tracks = self.witness.tracks
        started = len(self.runs) == len(self.scenario.starts)
        return started and all(track.run.ended for track in tracks.values())

    def _standing(self) -> str:
        return ", ".join(
            f"{track.id} at {list(track.run.open)}"
            for track in self.witness.tracks.values()
            if not track.run.ended
        )

    def _goes_on(self) -> bool:
        """Let time leap to what is due, or a late signal go; False if nothing more will happen."""
        tracks = [track for track in self.witness.tracks.values() if not track.run.ended]
        if len(self.runs) < len(self.scenario.starts) or self._unsent or self._others.go_on():
            return True
        rests = [entry for track in tracks for entry in track.run.open.values()]
        if any(track.open_inbox or not track.run.open for track in tracks):
            return True
        now = self.world.wall()
        if any(isinstance(e, Attempt) and e.due <= now + 1.0 for e in rests):
            return True
        dues = [
            entry.due
            for entry in rests
            if isinstance(entry, Attempt | Sleeping | Waiting) and entry.due is not None
        ]
        due = min(dues, default=math.inf)
        if self._release(due - now):
            return True
        if due == math.inf:
            return not self.world.is_calm
        if due > now + 2.0:
            self.world.jump(due - now - 1.0)
        return True

    # -- starts ------------------------------------------------------------------------------
    def _start(self, number: int) -> None:
        """Start a run, again and again under one key until it is known to be there."""
        key = f"start-{number}"
        found = self._store.by_start_key(key)
        if found is not None:
            self.runs[number] = found
            for signal in self.scenario.signals:
                self._plan(signal, number)
            for act in self.scenario.acts:
                given = self.scenario.starts[number]
                self._others.plan(act, found, given, moods=self._weather.moods)
            return
        self.world.after(AGAIN_SECONDS, "start", lambda: self._start(number))
        if (life := self._mates.any()) is None:
            return
        flow = self.scenario.flow
        born = Born(
            run=f"run-{number + 1}.{self._next()}", seq=0, namespace="default",
            workflow=flow.plan.workflow, version=flow.plan.version, plan=flow.plan.hash,
            status="running", cursor=None, marks="", visits="", priority=0,
            created_at=life.process.clock.now(), ended_at=None, error=None, start_key=key,
            unique_key=None, deadline=None,
        )  # fmt: skip
        context = self._beginning(self.scenario.starts[number])
        life.process.ledger.put(Birth(born, flow.plan, dump(flow.plan), context))
        life.drive()

    def _beginning(self, given: Mapping[str, Any]) -> str:
        """Return the first context; what is done to make it is done again with each start."""
        try:
            return self.scenario.flow.begin(given)
        except ServiceError as error:
            message = f"{error}, in create_context"
            self.book.forbidden.insert(0, ("effect outside", message))
            raise Violation("effect outside", message) from error

    # -- signals -----------------------------------------------------------------------------
    def _plan(self, signal: Signal, number: int) -> None:
        """Decide when a signal goes to a run that has just started: early, soon, or late."""
        if signal.optional and self._chance.random() < 0.3:
            self.book.mishaps.append(f"signal {signal.name!r} was never sent")
            return
        if signal.to == "all" and number:
            return
        mood = self._chance.choice(("early", "soon", "late")) if self._weather.moods else "late"
        copies = 2 if self._chance.random() < self._weather.twice else 1
        if copies == 2:
            self.book.mishaps.append(f"signal {signal.name!r} was sent twice")
        for _ in range(copies):
            if signal.once_waiting or mood == "late":
                self._later.append((signal, number))
                continue
            self.book.mishaps.append(f"signal {signal.name!r} came {mood}")
            seconds = self._chance.random() * (0.1 if mood == "early" else 5.0)
            self._send_in(seconds, signal, number)

    def _release(self, left: float) -> bool:
        """Send one late signal: to who waits for it, around the timeout; or as nothing else is."""
        for place, (signal, number) in enumerate(self._later):
            waits = any(
                isinstance(entry, Waiting) and entry.name == signal.name
                for entry in self.witness.tracks[self.runs[number]].run.open.values()
            )
            if not waits and left < math.inf:
                continue
            if waits and left < math.inf and self._chance.random() < 0.5:
                self.world.jump(max(left - 0.5, 0.0))
                self.book.mishaps.append(f"signal {signal.name!r} raced a timer")
                self._send_in(self._chance.random(), signal, number)
            else:
                self._send_in(0.0, signal, number)
            del self._later[place]
            return True
        return False

    def _send_in(self, seconds: float, signal: Signal, number: int) -> None:
        self._unsent += 1
        serial = self._next()
        what = f"signal {signal.name}"
        self.world.after(seconds, what, lambda: self._send(signal, number, serial))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _send(self, signal: Signal, number: int, serial: int) -> None:
        """Send a signal, and again where nobody can say that it was accepted."""
        state = {"sent": False}

        def look() -> None:
            if state["sent"]:
                self._unsent -= 1
            else:
                by_id = signal.to != "all" and signal.key is None
                again = serial if by_id else self._next()
                self._send(signal, number, again)

        self.world.after(AGAIN_SECONDS, "looks whether it was sent", look)
        if (life := self._mates.any()) is None:
            return
        try:
            self._deliver(life, signal, number, serial)
        except RunNotFoundError:
            pass  # it has ended, and nobody is told
        except StoreError:
            return
        state["sent"] = True
        life.drive()

    def _deliver(self, life: SimProcess, signal: Signal, number: int, serial: int) -> None:
        arguments = self.scenario.starts[number]
        payload = encode_value(payload_of(signal.payload, arguments))
        payload += " " * serial  # no two rows are the same
        key = None if signal.key is None else str(arguments[signal.key])
        addressed = signal.to != "all" or key is not None
        told = messages.Signal(id=0, name=signal.name, key=key, addressed=addressed)
        message = dump_message(told)
        if signal.to == "all" or key is not None:
            now = life.process.clock.now()
            life.process.herald.proclaim(Announced(signal.name, message, payload, None, key, now))
            return
        run = self.runs[number]
        life.store.put([InboxMade(run, message, payload, f"signal-{serial}")])
        life.process.ledger.put(Poke(run))
