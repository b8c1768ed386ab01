"""Runs attempts one after another, in the thread that asks for it. For tests."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from perdure.executors.invoke import failure, invoke, invoke_async
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Work
from perdure.ports.mailbox import Mailbox


class InlineExecutor:
    """An executor without threads: what was submitted runs when `run_one` is called.

    It does not run within `submit`, where the ledger turns: a step may start or signal runs
    itself, and that would wait for a turn that waits for the step.
    """

    def __init__(self, mailbox: Mailbox, clock: Clock) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._waiting: deque[tuple[Work, Body]] = deque()

    @property
    def waiting(self) -> int:
        """How many attempts have not begun."""
        return len(self._waiting)

    def submit(self, work: Work, body: Body) -> None:
        """Line up the attempt."""
        self._waiting.append((work, body))

    def run_one(self) -> bool:
        """Run the attempt that waits longest, and put its report; False if none waits.

        What is no Exception (Ctrl-C, a test that fails within a step) ends the attempt and goes on
        to the caller.
        """
        try:
            work, body = self._waiting.popleft()
        except IndexError:
            return False
        started_at = self._clock.now()
        try:
            done = _awaited(body, work, self._clock) if body.is_async else None
            done = done or invoke(body, work, self._clock)
        except asyncio.CancelledError:
            done = self._stopped(work, body, started_at)
        except BaseException:
            self._mailbox.put(self._stopped(work, body, started_at))
            raise
        self._mailbox.put(done)
        return True

    def stop(self, work: Work, how: str) -> None:  # noqa: ARG002 - for any reason it does not begin
        """End an attempt that has not begun; one that runs in a caller's thread cannot be ended."""
        for entry in self._waiting:
            if entry[0] is work:
                self._waiting.remove(entry)
                self._mailbox.put(self._stopped(*entry, self._clock.now()))
                return

    def close(self, timeout: float) -> None:  # noqa: ARG002 - nothing runs outside of its callers
        """Forget what has not begun."""
        self._waiting.clear()

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
