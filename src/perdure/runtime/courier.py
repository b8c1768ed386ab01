"""Brings what applications have committed to their outboxes into the store, and deletes it there.

A row is written into the store under its own id as the key, and deleted when that is durable. So
it may be brought twice, by two processes or after a crash, and takes effect once. Applications'
databases may be slow: this duty has a thread of its own, and no other waits for it.
"""

import logging
from collections.abc import Callable, Sequence

from perdure.errors import (
    OutboxTroubleError,
    RunNotFoundError,
    StoreError,
    StoreRefusedError,
    UnusableConnectionError,
)
from perdure.ports.outbox import Outbox, Posted
from perdure.runtime.bundles import Bundle, Bundles
from perdure.runtime.plans import Plans
from perdure.runtime.posts import unpack

log = logging.getLogger("perdure.courier")

SLICE = 100
SOON_SECONDS = 0.01
LOOK_SECONDS = 2.0


class Courier:
    """One duty. `outboxes` are those that this process knows now."""

    def __init__(
        self, *, outboxes: Callable[[], Sequence[Outbox]], bundles: Bundles, plans: Plans
    ) -> None:
        self._outboxes = outboxes
        self._bundles = bundles
        self._plans = plans
        self._pace = LOOK_SECONDS
        self._next = 0.0
        self._told: set[str] = set()
        self.on_hint: Callable[[], None] = lambda: None

    @property
    def is_wanted(self) -> bool:
        """Whether there is an outbox to look into."""
        return bool(self._outboxes())

    def expect(self) -> None:
        """Look soon and often: a transaction is open, and nobody says when it is committed."""
        self._pace = SOON_SECONDS
        self.hint()

    def hint(self) -> None:
        """Look now: a transaction was committed."""
        self._next = 0.0
        self.on_hint()

    def tick(self, now: float) -> float:
        """Deliver what is there, and return when to look again: the longer nothing comes, the later."""
        if now < self._next:
            return self._next
        self._next = now + self._pace
        self._pace = min(self._pace * 2, LOOK_SECONDS)
        try:
            for outbox in self._outboxes():
                self._visit(outbox)
        except StoreError:
            self._next = 0.0  # whoever drives this says when it can be tried again
            raise
        return self._next

    def _visit(self, outbox: Outbox) -> None:
        try:
            self._empty(outbox)
        except (OutboxTroubleError, UnusableConnectionError) as error:
            self._tell(str(error))

    def _empty(self, outbox: Outbox) -> None:
        """Deliver all rows, a slice at a time, each of which is deleted before the next is read."""
        after = ""
        while rows := outbox.read(after, SLICE):
            after = rows[-1].id
            if done := self._deliver(rows):
                outbox.forget(done)
            if len(rows) < SLICE:
                return

    def _deliver(self, rows: Sequence[Posted]) -> list[str]:
        """Write rows into the store, together; return the ids of those that can be deleted."""
        try:
            bundle = Bundle()
            for row in rows:
                unpack(row, self._plans, bundle)
            numbers = self._bundles.write(bundle)
        except (RunNotFoundError, StoreRefusedError) as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                return [*self._deliver(rows[:middle]), *self._deliver(rows[middle:])]
            return self._undeliverable(rows[0], error)
        self._bundles.take_up(bundle, numbers)
        return [row.id for row in rows]

    def _undeliverable(self, row: Posted, error: RunNotFoundError | StoreRefusedError) -> list[str]:
        """Give up a signal whose run is gone, or was not born because its key was taken.

        What this process cannot read stays for another.
        """
        if isinstance(error, RunNotFoundError):
            log.error("signal %s of an outbox is dropped: %s", row.id, error)
            return [row.id]
        self._tell(f"{row.id} stays in its outbox: {error}")
        return []

    def _tell(self, trouble: str) -> None:
        """Tell a trouble once, not each time that it is met again."""
        if trouble not in self._told:
            self._told.add(trouble)
            log.warning("%s. It is tried again", trouble)
