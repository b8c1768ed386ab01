"""Notices what other processes have committed: messages for runs, jobs to claim, runs' ends.

A look is one cheap question to the store, asked often while things change and seldom when not.
A slow look at the rows themselves is enough without any of that.
"""

from collections.abc import Callable

from perdure.ports.store import Store
from perdure.runtime.crew import Crew
from perdure.runtime.envelopes import Poke
from perdure.runtime.ledger import Ledger

QUICK = 0.02
SLOW = 1.0
ROWS = 5.0
MOST_RUNS = 1000


class Watcher:
    """One duty. `on_change` is called when another process has committed something."""

    def __init__(
        self, store: Store, ledger: Ledger, crew: Crew, on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._crew = crew
        self._on_change = on_change
        self._seen = -1
        self._pause = QUICK
        self._next_look = 0.0
        self._next_rows = 0.0

    def tick(self, now: float) -> float:
        """Look if it is time, and return when to look again."""
        if now >= self._next_look:
            changed = self._store.change()
            if changed != self._seen:
                self._seen = changed
                self._pause = QUICK
                self.look()
                self._next_rows = now + ROWS
            elif now >= self._next_rows:
                self.look()
                self._next_rows = now + ROWS
            else:
                self._pause = min(self._pause * 1.5, SLOW)
            self._next_look = now + self._pause
        return self._next_look

    def look(self) -> None:
        """Take up what lies in the store for anybody to take."""
        self._ledger.put_all(Poke(run) for run in self._store.inbox_runs(MOST_RUNS))
        self._crew.slots.look(self._store.revisions())
        self._crew.slots.backlog()
        self._on_change()
