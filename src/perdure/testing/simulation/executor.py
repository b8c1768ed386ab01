"""Runs bodies under virtual time, and brings their reports: late, twice, or through others."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from perdure.errors import AttemptStoppedError
from perdure.executors.invoke import invoke, invoke_async
from perdure.kernel.directives import Failed
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Work
from perdure.runtime.envelopes import Told, report_of
from perdure.runtime.trials import TrialBody
from perdure.testing.simulation.world import Died, Life, Violation, World
from perdure.wire.encoding import decode, encode


class PoisonError(BaseException):
    """Raised by a body that takes its whole process with it."""


class Mail(Protocol):
    """What an executor needs of the process that it works for, and of the others."""

    def deliver(self, done: Done) -> None:
        """Bring a report to the process whose attempt it is of."""

    def stray(self, told: Told) -> None:
        """Bring a report to the ledger of any process, whoever ran the attempt."""


BEAT_SECONDS = 1.5


class Begins(Protocol):
    """Who is told that an attempt begins, and each time that it may go on."""

    def begins(self, work: Work, life: Life) -> None:
        """Note that this process begins an attempt."""

    def tries(self, work: Work, life: Life) -> None:
        """Note that this process tries whether a run fits other code."""

    def beats(self, work: Work) -> None:
        """Note that a heartbeat of an attempt was accepted."""


class SimExecutor:
    """Begins attempts in one process. An attempt takes its time, and dies with its process."""

    def __init__(
        self, *, world: World, life: Life, clock: Clock, mailbox: "SimMailbox", begins: Begins
    ) -> None:
        self._world = world
        self._life = life
        self._clock = clock
        self._mailbox = mailbox
        self._begins = begins

    def submit(self, work: Work, body: Body) -> None:
        """Begin an attempt, soon."""
        self._mailbox.fill(work.step.lane)
        if isinstance(body, TrialBody):
            self._begins.tries(work, self._life)
        else:
            self._begins.begins(work, self._life)
        what = f"runs {work.run} {work.path} {work.visit}.{work.attempt} token {work.token}"
        self._world.after(0.0, what, lambda: self._run(work, body), of=self._life)

    def stop(self, work: Work, how: str) -> None:
        """Count it; the attempt goes on to its end, as a thread would."""
        assert how in ("cancel", "timeout", "drain", "lease", "lost"), work
        self._world.trace.sometimes(f"an attempt was stopped: {how}")

    def close(self, timeout: float) -> None:
        """There is nothing to wait for."""

    def _run(self, work: Work, body: Body) -> None:
        world = self._world
        try:
            if body.is_async:
                done = asyncio.run(invoke_async(body, work, self._clock))
            else:
                done = invoke(body, work, self._clock)
        except PoisonError:
            world.trace.sometimes("a step killed its process")
            self._life.dead = True
            raise Died(self._life) from None
        done = marked(done)
        roll = world.chance.random()
        if roll < 0.7:
            seconds = 0.03 * world.chance.random()
        elif roll < 0.93:
            seconds = world.chance.random()
        else:
            seconds = world.chance.uniform(0.0, 2.0 * world.faults.lease)
        if getattr(body, "beats", False):
            self._beat(work, seconds)
        what = f"ends {work.run} {work.path} {work.visit}.{work.attempt}"
        world.after(seconds, what, lambda: self._mailbox.put(done), of=self._life)
        if not isinstance(body, TrialBody) and world.hits(world.faults.twice):
            self._stray(done, seconds)

    def _beat(self, work: Work, left: float) -> None:
        """Say that an attempt lives which goes on for so many seconds, and again after some."""
        try:
            work.pulse(work, 1.0 / (1.0 + left), None)
        except AttemptStoppedError as error:
            self._world.trace.sometimes(f"an attempt learned that it was stopped: {error.why}")
            return
        self._begins.beats(work)
        if left > BEAT_SECONDS:
            what = f"beats {work.run} {work.path} {work.visit}.{work.attempt}"
            left -= BEAT_SECONDS
            self._world.after(BEAT_SECONDS, what, lambda: self._beat(work, left), of=self._life)

    def _stray(self, done: Done, seconds: float) -> None:
        """Have the report also come by another way, even if this process is dead by then."""
        work = done.work
        told = Told(work.run, report_of(done), done, work.token)
        delay = self._world.chance.choice((0.0, 0.1, 1.0, 2.0 * self._world.faults.lease))
        what = f"stray of {self._life.name}"
        self._world.after(seconds + delay, what, lambda: self._mailbox.stray(told))


def marked(done: Done) -> Done:
    """Return the report with the token of its attempt on it, for the witness to compare."""
    result = done.result
    mark = {"token": done.work.token}
    if isinstance(result.outcome, Failed):
        shown = decode(result.error) if result.error else {"message": result.outcome.error}
        result = replace(result, error=encode(shown | mark))
    result = replace(result, meta={**(result.meta or {}), **mark})
    return replace(done, result=result)


class SimMailbox:
    """Where reports go; `slots` is how many attempts of each lane may be under way at one time."""

    def __init__(self, *, world: World, life: Life, mail: Mail, slots: Mapping[str, int]) -> None:
        self._world = world
        self._life = life
        self._mail = mail
        self._slots = slots
        self._filled = dict.fromkeys(slots, 0)

    def fill(self, lane: str) -> None:
        """Take a slot for an attempt. Raises Violation if there is none."""
        self._filled[lane] += 1
        if self._filled[lane] > self._slots[lane]:
            name = self._life.name
            raise Violation("slots", f"{name} began more attempts than {lane} has slots")

    def put(self, done: Done) -> None:
        """Leave a report; it comes at once, or takes its time."""
        world = self._world
        if world.hits(world.faults.late):
            seconds = world.chance.choice((0.0, 0.05, 0.5, 1.5 * world.faults.lease))
            world.after(seconds, "report", lambda: self._deliver(done), of=self._life)
        else:
            self._deliver(done)

    def stray(self, told: Told) -> None:
        """Leave a report where any process may take it."""
        self._mail.stray(told)

    def idle(self) -> None:
        """Say that nothing else is ready: each report is followed by a turn here."""

    def _deliver(self, done: Done) -> None:
        self._filled[done.work.step.lane] -= 1
        self._mail.deliver(done)
