"""An engine to test workflows with: in memory, each step in the test's own thread, virtual time.

What is ready has run when a call returns. What sleeps, waits with a timeout or is tried again later
goes on when the clock is told to: `clock.advance(days=3)` takes no time.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from perdure.app.engine import Engine
from perdure.app.virtual import START, VirtualClock
from perdure.authoring.registry import Registry
from perdure.authoring.steps.spans import Span, seconds_of
from perdure.config import MEMORY
from perdure.errors import PerdureError

MOST_AT_ONCE = 10_000


class EndlessError(PerdureError):
    """Runs make timers that are due at once, without end, so time cannot pass."""


class Driven(Protocol):
    """What a clock drives: an engine whose steps run inline."""

    @property
    def closed(self) -> bool:
        """Whether it is of no use any more."""

    def next_due(self) -> float | None:
        """Return when something is due next."""

    def process_scheduled(self) -> None:
        """Fire what is due."""


class Clock(VirtualClock):
    """Virtual time, which stands still between two calls. It drives the engines made over it."""

    def __init__(self, now: float = START) -> None:
        super().__init__(now)
        self._engines: list[Driven] = []

    @property
    def utc(self) -> datetime:
        """What time it is, in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def drive(self, engine: Driven) -> None:
        """Fire what is due in this engine as time passes, until it is closed."""
        self._engines.append(engine)

    def advance(
        self,
        seconds: Span = 0.0,
        *,
        weeks: float = 0.0,
        days: float = 0.0,
        hours: float = 0.0,
        minutes: float = 0.0,
    ) -> None:
        """Let time pass: everything that becomes due fires at its own time, in order.

        Sleeps, timeouts, retries, and what comes of them. `seconds` may be a timedelta. Raises
        ValueError for less than nothing, EndlessError where a run never lets time pass.
        """
        rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes).total_seconds()
        self.advance_to(self.now() + _signed(seconds) + rest)

    def advance_to(self, moment: datetime | float) -> None:
        """Let time pass until a moment, as `advance` does. One that has passed is a ValueError."""
        until = moment.timestamp() if isinstance(moment, datetime) else moment
        self._check_not_past(until)
        self._fire()  # a workflow that was declared meanwhile may have a schedule
        self._fire_due(until)
        if until > self.now():
            super().advance(until - self.now())
        self._fire()

    def skip(self) -> bool:
        """Go on to the next moment at which something is due, and fire it; False if nothing is."""
        self._fire()
        if (due := self._next_due()) is None:
            return False
        self._pass_until(due)
        self._fire()
        return True

    def _check_not_past(self, until: float) -> None:
        if until < self.now():
            raise ValueError(f"time cannot pass by {until - self.now()} seconds")

    def _fire_due(self, until: float) -> None:
        at_once = 0
        while (due := self._next_due()) is not None and due <= until:
            at_once = 0 if due > self.now() else at_once + 1
            if at_once > MOST_AT_ONCE:
                raise EndlessError(
                    f"after {MOST_AT_ONCE:,} timers of one moment there is still one that is due. "
                    f"Does a step sleep for no time and enter itself again?"
                )
            self._pass_until(due)
            self._fire()

    def _pass_until(self, due: float) -> None:
        while self.now() < due:  # two floats may add up to a little less
            super().advance(max(due - self.now(), 1e-6))

    def _next_due(self) -> float | None:
        return min(
            (due for each in self._live() if (due := each.next_due()) is not None), default=None
        )

    def _fire(self) -> None:
        for engine in self._live():
            engine.process_scheduled()

    def _live(self) -> Iterator[Driven]:
        self._engines = [engine for engine in self._engines if not engine.closed]
        yield from self._engines


class Sandbox(Engine):
    """An engine for tests: an empty store in memory, steps run at once, and a `clock` to advance.

    It hosts the workflows of this process, unless `registry` names others. Several engines may
    share a clock.
    """

    def __init__(self, *, registry: Registry | None = None, clock: Clock | None = None) -> None:
        self.clock = clock if clock is not None else Clock()
        super().__init__(MEMORY, registry=registry, worker=True, inline=True, clock=self.clock)
        self.clock.drive(self)


@dataclass(frozen=True, slots=True)
class SynchronousExecutor:
    """Has the shared engine run each step at once: `engine.set_executor(SynchronousExecutor())`.

    Its store is in memory and new, unless PERDURE_STORE names one. With a `clock` it is in memory
    in any case, and goes by that clock.
    """

    clock: Clock | None = None

    def open_engine(self) -> Engine:
        """Return an engine that runs steps in its callers' threads."""
        if self.clock is not None:
            return Sandbox(clock=self.clock)
        return Engine(os.environ.get("PERDURE_STORE") or MEMORY, worker=True, inline=True)


def _signed(span: Span) -> float:
    """Return a span in seconds; one below zero stays so, to be refused."""
    if isinstance(span, timedelta):
        return span.total_seconds()
    return span if span < 0 else seconds_of(span)
