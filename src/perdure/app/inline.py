"""Drives a process in its callers' threads, one attempt after another. For tests."""

from perdure.executors.inline import InlineExecutor
from perdure.runtime.process import Process
from perdure.runtime.timekeeper import MOST_TIMERS


class InlineLoop:
    """Takes the place of `Loop`: what is ready has run when `drive` returns, and time stands still.

    Within a step `drive` only turns the ledger; what comes of it runs when the step has ended.
    """

    def __init__(self, process: Process, executor: InlineExecutor) -> None:
        self._process = process
        self._executor = executor
        self._runs = False

    def drive(self) -> None:
        """Apply what was told, and run every attempt that is ready."""
        self._process.ledger.drive(wait=True)
        if not self._runs:
            self._runs = True
            try:
                self.run_ready()
            finally:
                self._runs = False

    def run_ready(self) -> None:
        """Run every attempt that is ready, also within a step, which then waits for them."""
        while self._executor.run_one():
            self._process.ledger.drive(wait=True)

    def carry(self) -> None:
        """Bring what lies in outboxes."""
        self._process.courier.hint()
        self._process.courier.tick(self._process.clock.now())

    def process_scheduled(self) -> None:
        """Fire what is due now, bring what lies in outboxes, and run what comes of it."""
        self.carry()
        more = True
        while more:
            now = self._process.clock.now()
            more = len(self._process.store.due_timers(now, MOST_TIMERS)) == MOST_TIMERS
            self._process.look_now()
            self._process.tick(now)
            self.drive()
            more = more or self._process.scheduler.wake_at <= now  # there is another time to begin
