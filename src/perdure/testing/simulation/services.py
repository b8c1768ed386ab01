"""What the steps of a history act upon: a service that remembers every effect, and can be asked.

It is outside of the engine and outlives every process. An effect done twice is a violation at once.
"""

import zlib
from collections import Counter

from perdure.ports.executor import Work, visit_key
from perdure.testing.simulation.world import Violation

ONE_IN = 4
"""Of so many answers one is that nobody knows."""


class Services:
    """Effects by the key of the visit that they are of."""

    def __init__(self) -> None:
        self._done: Counter[str] = Counter()
        self._voided: dict[str, int] = {}

    def act(self, work: Work) -> bool:
        """Do what a visit is there for; False for an attempt of which was said that it is void."""
        key = work.key
        if work.attempt < self._voided.get(key, 0):
            return False
        self._done[key] += 1
        if self._done[key] > 1:
            raise Violation("once", f"{work.path}#{work.visit} of run {work.run} acted twice")
        return True

    def has_acted(self, run: str, step: str, visit: int) -> bool:
        """Whether the effect of this visit was done."""
        return self._done[visit_key(run, step, visit)] == 1

    def void(self, run: str, step: str, visit: int, attempt: int) -> None:
        """Let no attempt before this one act any more: who says `not done` says that as well."""
        self._voided[visit_key(run, step, visit)] = attempt

    def answer(self, work: Work) -> bool | None:
        """Say whether the visit has acted before this attempt; None where that cannot be told.

        It depends on the attempt alone. Who hears that it has not also hears that it will not.
        """
        if zlib.crc32(f"{work.key}/{work.attempt}".encode()) % ONE_IN == 0:
            return None
        if self._done[work.key]:
            return True
        self.void(work.run, work.path, work.visit, work.attempt)
        return False
