"""Runs attempts one after another, in the thread that asks for it. For tests."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from perdure.executors.invoke import failure, invoke, invoke_async
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Work
from perdure.ports.mailbox import Mailbox


class InlineExecutor:
    """An executor without threads: what was submitted runs when `run_one` is called.

    It does not run within `submit`, where the ledger turns: a step may start or signal runs
    itself, and that would wait for a turn that waits for the step. Attempts take no time, unless
    `lasted` says so of the one that has just run: then it is under way until that has passed.
    """

    def __init__(self, mailbox: Mailbox, clock: Clock) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._waiting: deque[tuple[Work, Body]] = deque()
        self._lasting: list[tuple[float, int, Done]] = []
        self._count = 0
        self.lasted: Callable[[], float] = lambda: 0.0

    @property
    def waiting(self) -> int:
        """How many attempts have not begun."""
        return len(self._waiting)

    def submit(self, work: Work, body: Body) -> None:
        """Line up the attempt."""
        self._waiting.append((work, body))

    def run_one(self) -> bool:
        """Run the attempt that waits longest, or end one that has lasted; False if there is none.

        What is no Exception (Ctrl-C, a test that fails within a step) ends the attempt and goes on
        to the caller.
        """
        try:
            work, body = self._waiting.popleft()
        except IndexError:
            return self._end_one()
        started_at = self._clock.now()
        try:
            done = _awaited(body, work, self._clock) if body.is_async else None
            done = done or invoke(body, work, self._clock)
        except asyncio.CancelledError:
            done = self._stopped(work, body, started_at)
        except BaseException:
            self._mailbox.put(self._stopped(work, body, started_at))
            raise
        self._report(done, self.lasted())
        return True

    def _report(self, done: Done, seconds: float) -> None:
        if seconds <= 0:
            self._mailbox.put(done)
            return
        self._count += 1
        done = replace(done, ended_at=done.started_at + seconds)
        heapq.heappush(self._lasting, (done.ended_at, self._count, done))

    def _end_one(self) -> bool:
        if not self._lasting or self._lasting[0][0] > self._clock.now():
            return False
        self._mailbox.put(heapq.heappop(self._lasting)[2])
        return True

    def next_end(self) -> float | None:
        """Return when the next attempt will have lasted, in seconds since 1970; None if none lasts."""
        return self._lasting[0][0] if self._lasting else None

    def stop(self, work: Work, how: str) -> None:  # noqa: ARG002 - for any reason it does not begin
        """End an attempt that has not begun; one that runs in a caller's thread cannot be ended."""
        for entry in self._waiting:
            if entry[0] is work:
                self._waiting.remove(entry)
                self._mailbox.put(self._stopped(*entry, self._clock.now()))
                return
        for lasting in self._lasting:
            if lasting[2].work is work:
                self._lasting.remove(lasting)
                heapq.heapify(self._lasting)
                self._mailbox.put(replace(lasting[2], ended_at=self._clock.now()))
                return

    def close(self, timeout: float) -> None:  # noqa: ARG002 - nothing runs outside of its callers
        """Forget what has not begun, and what lasts."""
        self._waiting.clear()
        self._lasting.clear()

    def _stopped(self, work: Work, body: Body, started_at: float) -> Done:
        stopped = failure(RuntimeError("the attempt was stopped"), body)
        return Done(work, stopped, started_at, self._clock.now())


def _awaited(body: Body, work: Work, clock: Clock) -> Done:
    """Run a coroutine on a loop of its own: in a thread of its own where this one has a loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(invoke_async(body, work, clock))
    with ThreadPoolExecutor(1, "perdure-step") as pool:
        return pool.submit(asyncio.run, invoke_async(body, work, clock)).result()
