"""A simulated process's courier, driven as its own thread drives a real one."""

from collections.abc import Callable

from perdure.errors import StoreError
from perdure.runtime.process import Process
from perdure.testing.simulation.world import Life, World

PAUSE_AFTER_ERROR = 0.5
SHORTEST = 0.0001


class Rounds:
    """Goes when it is time to, or somebody hints that it is; never twice at once."""

    def __init__(
        self, *, world: World, life: Life, process: Process, drive: Callable[[], None]
    ) -> None:
        self._world = world
        self._life = life
        self._process = process
        self._drive = drive
        self._number = 0
        self._is_out = False
        self._rang = False
        process.courier.on_hint = self._hinted

    def begin(self) -> None:
        """Go for the first time, if there is an outbox."""
        if self._process.courier.is_wanted:
            self._go_in(0.0)

    def _hinted(self) -> None:
        if not self._world.hits(self._world.faults.deaf):
            self._go_in(0.0)

    def _go_in(self, seconds: float) -> None:
        self._number += 1
        number = self._number
        self._world.after(seconds, "courier", lambda: self._go(number), of=self._life)

    def _go(self, number: int) -> None:
        if number != self._number:
            return  # a hint has sent it before
        if self._is_out:
            self._rang = True  # it has one thread: it goes again when it is back
            return
        self._is_out = True
        now = self._process.clock.now
        try:
            wake_at = self._process.courier.tick(now())
            self._drive()
        except StoreError:
            wake_at = now() + PAUSE_AFTER_ERROR
        self._is_out = False
        rang, self._rang = self._rang, False
        if rang or number == self._number:
            self._go_in(SHORTEST if rang else max(wake_at - now(), SHORTEST))
