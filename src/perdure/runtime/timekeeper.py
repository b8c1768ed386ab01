"""Fires timers that are due: never early, each once, the most overdue first."""

from perdure.kernel.messages import Fire
from perdure.ports.store import Store
from perdure.runtime.crew import Crew
from perdure.runtime.envelopes import Answer, Told
from perdure.runtime.ledger import Ledger

MOST_TIMERS = 1000
POLL_SECONDS = 5.0


class Timekeeper:
    """One duty. `hint` says that something new is due at a time; the store is asked for the rest."""

    def __init__(self, store: Store, ledger: Ledger, crew: Crew) -> None:
        self._store = store
        self._ledger = ledger
        self._crew = crew
        self._next: float = 0.0
        self._flying = 0
        self._fired = False

    def hint(self, due: float) -> None:
        """Look again at this time, at the latest."""
        self._next = min(self._next, due)

    @property
    def wake_at(self) -> float:
        """When there is something to do next."""
        return self._next

    def tick(self, now: float) -> float:
        """Tell the ledger what is due, and return when to look again."""
        if now < self._next:
            return self._next
        self._next = now + POLL_SECONDS
        self._crew.slots.backlog()  # an attempt whose delay is over is claimed like any other
        if self._flying == 0:
            self._fire(now)
        if self._flying == 0 and (due := self._store.next_due(now)) is not None:
            self.hint(due)
        return self._next  # while timers are on their way, their landing says when to look again

    def _fire(self, now: float) -> None:
        due = self._store.due_timers(now, MOST_TIMERS)
        self._flying = len(due)
        self._fired = False
        self._ledger.put_all(
            Told(timer.run, Fire(timer.step, timer.visit, timer.kind), reply=self._landed)
            for timer in due
        )

    def _landed(self, answer: Answer) -> None:
        self._fired = self._fired or bool(answer.events)
        self._flying -= 1
        if self._flying == 0 and self._fired:  # where none meant anything, none will at once
            self._ledger.on_due(0.0)
