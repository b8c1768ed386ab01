"""Heartbeats that wait to be committed: of each attempt the last one wins.

They are told at most once a second, however often attempts beat, and ride in a batch of the ledger.
What a crash loses is a second's progress.
"""

import threading
from collections.abc import Callable, Iterable

from perdure.ports.clock import Clock
from perdure.ports.commit import Beat

TELL_SECONDS = 1.0


class Pulses:
    """Gathers heartbeats from the threads of attempts. `on_first` is called when none waited."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str, int], Beat] = {}
        self._tell_at = 0.0
        self.on_first: Callable[[], None] = lambda: None

    def add(self, beat: Beat) -> None:
        """Take a heartbeat; what it leaves unsaid is as the one before it said, if that waits."""
        key = beat[:3]
        with self._lock:
            first = not self._waiting
            before = self._waiting.get(key)
            if before is not None and before.token == beat.token:
                beat = beat._replace(
                    progress=before.progress if beat.progress is None else beat.progress,
                    detail=before.detail if beat.detail is None else beat.detail,
                )
            self._waiting[key] = beat
        if first:
            self.on_first()

    def drop(self, visit: tuple[str, str, int]) -> None:
        """Forget what an attempt said: it has ended."""
        if self._waiting:
            with self._lock:
                self._waiting.pop(visit, None)

    def are_due(self) -> bool:
        """Whether heartbeats wait, and it is time to tell them."""
        return bool(self._waiting) and self._clock.monotonic() >= self._tell_at

    def next_due(self) -> float | None:
        """Return when heartbeats that wait are to be told, on the monotonic clock."""
        return self._tell_at if self._waiting else None

    def take(self) -> list[Beat]:
        """Return what is to be told now. It waits on until it has been `told`."""
        if not self.are_due():
            return []
        self._tell_at = self._clock.monotonic() + TELL_SECONDS
        with self._lock:
            return list(self._waiting.values())

    def told(self, beats: Iterable[Beat]) -> None:
        """Forget what has been committed, unless something newer was said meanwhile."""
        with self._lock:
            for beat in beats:
                if self._waiting.get(beat[:3]) is beat:
                    del self._waiting[beat[:3]]
