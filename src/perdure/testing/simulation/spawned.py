"""Steps in processes of their own, simulated: children that die, hang, answer late, or twice.

The talk with a child is the real one (`executors.talks`); its turns are moments of virtual time. A
child is simulated behind the `Spawn` port: it plays scripts, and ends with its process.
"""

import random
import signal
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from perdure.authoring.plans import dump, seal
from perdure.authoring.registry import Registry
from perdure.errors import AttemptStoppedError
from perdure.executors import frames
from perdure.executors.frames import Origin
from perdure.executors.invoke import failure, invoke
from perdure.executors.talks import LOOK_SECONDS, Host, Talk
from perdure.kernel.plan import Plan
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Result, Work
from perdure.ports.spawn import ChildEndedError
from perdure.testing.simulation.executor import (
    BEAT_SECONDS,
    Begins,
    PoisonError,
    SimMailbox,
    marked,
)
from perdure.testing.simulation.world import Life, Violation, World

LANE = "process"
GRACE = 1.0
MANNERS = ("dies", "dies when it has acted", "hangs", "is late", "answers twice")


def with_processes(plan: Plan) -> Plan:
    """Return the plan with some of its steps in processes of their own."""
    own = random.Random(f"{dump(plan)} in processes")  # noqa: S311 - it must come again
    if own.random() < 0.7:
        return plan
    share = own.choice((0.5, 1.0))
    steps = [replace(s, lane=LANE) if own.random() < share else s for s in plan.steps]
    return seal(replace(plan, steps=tuple(steps)))


def process_slots(seed: int, number: int) -> int:
    """Return how many attempts a machine runs in processes at one time."""
    own = random.Random(f"{seed} has processes {number}")  # noqa: S311 - it must come again
    return own.choice((1, 1, 2, 4))


class _ChildDied(BaseException):  # no handler of errors may stop it
    """The child that plays a script is dead."""


@dataclass(slots=True, eq=False)
class Seat:
    """A host, and the attempt that its child runs now."""

    processes: "SimProcesses"
    host: Host = field(init=False)
    child: "SimChild | None" = None
    talk: Talk | None = None
    started_at: float = 0.0
    turns: bool = False  # whether a turn is under way

    def turn(self) -> None:
        """Take a turn for the attempt, unless one is under way."""
        if self.talk is not None and not self.turns:
            self.processes.turn(self)


class SimChild:
    """A child process. What it does with an attempt is drawn by chance."""

    def __init__(
        self, seat: Seat, *, world: World, life: Life, clock: Clock, registry: Registry
    ) -> None:
        self._seat = seat
        self._world = world
        self._life = life
        self._clock = clock
        self._registry = registry
        self._plans: dict[str, Plan] = {}
        self._said: deque[str] = deque()
        self._answers: deque[Mapping[str, str | None]] = deque()
        self._running: int | None = None  # the number of its attempt
        self.status: int | None = None

    # -- the parent's side -------------------------------------------------------------------
    def send(self, frame: str) -> None:
        """Take a frame. Raises ChildEndedError."""
        if self.status is not None:
            raise ChildEndedError("it is dead")
        said = frames.read(frame)
        if "outputs" in said:
            self._answers.append(said["outputs"])
        elif "run" in said:
            if self._running is not None:
                raise Violation("child", "a child was given an attempt while it runs another one")
            self._running = said["number"]
            self._later(0.0, "is at work", lambda: self._run(said))

    def receive(self, seconds: float) -> str | None:  # noqa: ARG002 - time is virtual
        """Return the next frame; None if there is none. Raises ChildEndedError."""
        if self._said:
            return self._said.popleft()
        if self.status is not None:
            raise ChildEndedError("it is dead")
        return None

    def signal(self, number: int) -> None:
        """Die of SIGKILL; of SIGTERM it may end by an error, or take no notice."""
        if number == signal.SIGKILL:
            self._die(-number)
        elif self._running is not None and self._world.chance.random() < 0.6:
            running = self._running
            self._later(0.01, "ends by an error", lambda: self._stopped(running))

    def end(self) -> int:
        """Kill it, and return its exit status."""
        self._die(-signal.SIGKILL)
        assert self.status is not None
        return self.status

    # -- its own side ------------------------------------------------------------------------
    def _later(self, seconds: float, what: str, act: Callable[[], object]) -> None:
        """Do something later, unless the child or its process is dead by then."""
        self._world.after(
            seconds, f"a child {what}", lambda: self.status is None and act(), of=self._life
        )

    def _die(self, status: int) -> None:
        if self.status is None:
            self.status = status
            self._world.trace.sometimes(f"a child ended: {status}")

    def _say(self, frame: str) -> None:
        self._said.append(frame)
        if not self._world.hits(self._world.faults.deaf):  # else it is heard at the next look
            self._world.after(0.0, "hears a child", self._seat.turn, of=self._life)

    def _run(self, order: Mapping[str, Any]) -> None:
        work = self._work(order)
        chance, faults = self._world.chance, self._world.faults
        manner = chance.choice(MANNERS) if self._world.hits(faults.brittle) else ""
        if manner == "hangs" and work.step.timeout is None:
            manner = ""  # nobody would ever end it
        if manner:
            self._world.trace.sometimes(f"a child {manner}")
        if manner == "dies":
            self._die(-signal.SIGSEGV)
            return
        result = self._play(work)
        if result is None or manner == "hangs":
            return
        seconds = 0.03 * chance.random() if chance.random() < 0.7 else chance.random()
        if manner == "is late":
            seconds = 2.0 * faults.lease * chance.random()
        if manner == "dies when it has acted":
            self._later(seconds, "dies", lambda: self._die(-signal.SIGKILL))
            return
        self._beats(work, seconds)
        frame = frames.dump_result(result, order["number"])
        times = 2 if manner == "answers twice" else 1
        self._later(seconds, "answers", lambda: self._report(order["number"], frame, times))

    def _work(self, order: Mapping[str, Any]) -> Work:
        if order["run"]["plan"] is None and order["run"]["hash"] not in self._plans:
            raise Violation("child", "a child was not told the plan of its attempt")
        return frames.load_work(order["run"], self._plans, reader=self._read, pulse=self._beat)

    def _play(self, work: Work) -> Result | None:
        """Run the attempt's script; None if the child has died of it."""
        body = self._registry.body(work.plan, work.step)
        assert body is not None
        try:
            done = invoke(body, work, self._clock)
        except PoisonError:
            self._world.trace.sometimes("a step killed its child")
            self._die(-signal.SIGKILL)
        except _ChildDied:
            pass  # it died in the midst: whoever killed it has told its parent
        else:
            return marked(done).result
        return None

    def _report(self, number: int, frame: str, times: int) -> None:
        if self._running == number:
            self._running = None
            for _ in range(times):
                self._say(frame)

    def _stopped(self, number: int) -> None:
        error = AttemptStoppedError("a step", "drain")
        self._report(number, frames.dump_result(failure(error, None), number), 1)

    def _read(self, _run: str, steps: list[str]) -> Mapping[str, str | None]:
        """Ask the parent for other steps' results, and wait for its answer."""
        self._said.append(frames.message(outputs=steps))
        while not self._answers:
            self._seat.turn()
            if self.status is not None:
                raise _ChildDied
        return self._answers.popleft()

    def _beats(self, work: Work, left: float) -> None:
        body = self._registry.body(work.plan, work.step)
        if getattr(body, "beats", False) and left > BEAT_SECONDS:
            running = self._running

            def beat() -> None:
                if self._running == running:
                    self._beat(work, 1.0 / (1.0 + left), None)
                    self._beats(work, left - BEAT_SECONDS)

            self._later(BEAT_SECONDS, "beats", beat)

    def _beat(self, _work: Work, progress: float | None, detail: str | None) -> None:
        self._say(frames.message(beat=[progress, detail]))


class SimProcesses:
    """Runs attempts in children of one simulated process, as the executor of processes does."""

    def __init__(
        self,
        *,
        world: World,
        life: Life,
        clock: Clock,
        mailbox: SimMailbox,
        begins: Begins,
        registry: Registry,
    ) -> None:
        self._world = world
        self._life = life
        self._clock = clock
        self._mailbox = mailbox
        self._begins = begins
        self._registry = registry
        self._idle: list[Seat] = []
        self._talks: dict[Work, Talk] = {}
        self._stopped: dict[Talk, float] = {}

    def submit(self, work: Work, body: Body) -> None:
        """Begin an attempt, soon, in a child that is idle, or in a new one."""
        self._mailbox.fill(LANE)
        self._begins.begins(work, self._life)
        talk = Talk(work, body, clock=self._clock, locate=lambda _: Origin(), grace=GRACE)
        self._talks[work] = talk
        what = f"begins in a child {work.run} {work.path} {work.visit}.{work.attempt}"
        self._world.after(0.0, what, lambda: self._begin(talk), of=self._life)

    def stop(self, work: Work, how: str) -> None:
        """Have an attempt end, also one that takes no notice."""
        if (talk := self._talks.get(work)) is not None:
            self._world.trace.sometimes(f"a child's attempt was stopped: {how}")
            self._stopped.setdefault(talk, self._clock.monotonic())
            talk.stop(how)

    def close(self, timeout: float) -> None:
        """There is nothing to wait for."""

    def _begin(self, talk: Talk) -> None:
        seat = self._idle.pop() if self._idle else self._new_seat()
        seat.talk, seat.started_at = talk, self._clock.now()
        self._heard(seat, talk.begin(seat.host))
        self._look(seat, talk)

    def _new_seat(self) -> Seat:
        seat = Seat(self)

        def spawn() -> SimChild:
            seat.child = SimChild(
                seat, world=self._world, life=self._life, clock=self._clock, registry=self._registry
            )
            return seat.child

        seat.host = Host(spawn)
        return seat

    def _look(self, seat: Seat, talk: Talk) -> None:
        """Look up from a child from time to time, for as long as its attempt goes on."""
        if seat.talk is talk:
            seat.turn()
            self._world.after(
                LOOK_SECONDS, "looks up", lambda: self._look(seat, talk), of=self._life
            )

    def turn(self, seat: Seat) -> None:
        """Hear a child out, and see to it that one that was called off comes to an end."""
        talk = seat.talk
        assert talk is not None
        seat.turns = True
        try:
            result = talk.turn(0.0)
        finally:
            seat.turns = False
        if result is None and seat.child is not None and seat.child.status is None:
            self._ends(talk)
        self._heard(seat, result)

    def _ends(self, talk: Talk) -> None:
        """Hold a child that lives to ending some time after its attempt was called off."""
        now = self._clock.monotonic()
        since = now - self._stopped.get(talk, now)
        if since > 2 * GRACE + 2 * LOOK_SECONDS + 0.5:
            raise Violation("child", f"{talk.work.path} was called off {since:.1f} s ago, and runs")

    def _heard(self, seat: Seat, result: Result | None) -> None:
        if result is None or seat.talk is None:
            return
        work = seat.talk.work
        self._stopped.pop(self._talks.pop(work), None)
        seat.talk = None
        self._idle.append(seat)
        self._mailbox.put(Done(work, result, seat.started_at, self._clock.now()))
