"""What a store knows of queues: their limits, and how they stand."""

from typing import Protocol

from perdure.ports.claims import Claim
from perdure.ports.rows import QueueRow


class QueueKeeper(Protocol):
    """The queues of a store. A limit holds from the next claim on, whoever makes it."""

    def limit_concurrency(self, queue: str, most: int | None) -> None:
        """Let a queue have so many attempts under way at a time; None is as many as there are."""

    def limit_rate(self, queue: str, most: int | None, seconds: float | None) -> None:
        """Let so many attempts of a queue be begun in any span of seconds; None is any number."""

    def may_give(self, wanted: Claim, now: float) -> bool:
        """Whether a claim could get something; False where no job waits for it.

        It only reads, so that a worker which finds nothing holds up nobody who writes.
        """

    def standing(self, now: float) -> list[QueueRow]:
        """Return the queues that have jobs or limits, by name."""
