"""Brings broadcasts into the inboxes of the runs that wait for them, a slice at a time."""

from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.envelopes import Poke
from perdure.runtime.ledger import Ledger

SLICE = 1000
LOOK_SECONDS = 5.0


class Herald:
    """One duty. A broadcast whose process died, or lost its store, between two slices goes on."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._under_way: set[int] = set()
        self._left: set[int] = set()
        self._next = 0.0

    def proclaim(self, signal: Announced) -> list[tuple[str, str]]:
        """Accept a broadcast and deliver it; return (run, kind of wait) of those it was put to."""
        return self.deliver(self._store.announce(signal))

    def recover(self) -> int:
        """Go on with broadcasts that were half delivered; return how many there were."""
        left = self._store.undelivered()
        for number in left:
            self.deliver(number)
        return len(left)

    def tick(self, now: float) -> float:
        """Go on with broadcasts that nobody brings to their end; return when to look again.

        One that was there at the last look already is taken to be left.
        """
        if now >= self._next:
            self._next = now + LOOK_SECONDS
            there = set(self._store.undelivered()) - self._under_way
            for number in sorted(there & self._left):
                self.deliver(number)
            self._left = there
        return self._next

    def deliver(self, number: int) -> list[tuple[str, str]]:
        """Bring an accepted broadcast to its end; return whom it was put to."""
        reached: list[tuple[str, str]] = []
        more = True
        self._under_way.add(number)
        try:
            while more:
                runs, more = self._store.deliver(number, SLICE)
                self._ledger.put_all(Poke(run) for run, _ in runs)
                reached.extend(runs)
        finally:
            self._under_way.discard(number)
        return reached
