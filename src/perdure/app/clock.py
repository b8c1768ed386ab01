"""The clock of real processes."""

import time
from collections.abc import Callable

BACK_SECONDS = 1.0


class SystemClock:
    """The wall clock, which never runs backwards here, the monotonic one, and a thread's own.

    Where the wall clock is set back, time goes on from where it was for as long as the process
    lives: if it stood still instead, no lease would be renewed and no timer fire for so long.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,  # noqa: TID251
        monotonic: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.thread_time,
    ) -> None:
        self._wall = wall
        self.monotonic = monotonic
        self.cpu = cpu
        self._latest = 0.0
        self._ahead = 0.0

    def now(self) -> float:
        """Return the seconds since 1970, UTC; never less than before, whatever the wall says."""
        wall = self._wall()
        if wall >= self._latest:
            self._ahead = 0.0
        elif wall + self._ahead < self._latest - BACK_SECONDS:
            self._ahead = self._latest - wall
        self._latest = max(self._latest, wall + self._ahead)
        return self._latest
