"""How a run's end comes to those who wait for it: told by this process, or looked for."""

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from perdure.ports.clock import Clock
from perdure.runtime.hotrun import HotRun

END_HERE = 0.01  # an end that comes in this process is told: no need to ask the store at once
END_POLL = 1.0


class Ending:
    """Whether a run has ended in this process. All its callers here share one."""

    __slots__ = ("__weakref__", "_flag", "is_here", "last", "listeners")

    def __init__(self) -> None:
        self.is_here = False
        self.last: tuple[HotRun, float] | None = None
        self._flag: threading.Event | None = None
        self.listeners: list[Callable[[], object]] = []

    def tell(self, hot: HotRun, at: float) -> None:
        """Say that the run has ended, and how it stands in memory."""
        if hot.run.failure is None:  # what a failure was is in the rows of its step
            self.last = (hot, at)
        self.is_here = True
        self.ring()

    def ring(self) -> None:
        """Let whoever waits look again."""
        if (flag := self._flag) is not None:
            flag.set()
        for call in tuple(self.listeners):
            call()

    def wait(self, seconds: float) -> None:
        """Wait until the run ends here, or somebody rings, up to so many seconds."""
        flag = self._flag
        if flag is None:
            flag = self._flag = threading.Event()
        if not self.is_here:
            flag.wait(seconds)
            flag.clear()

    def reset(self) -> None:
        """Forget the end: the run was retried."""
        self.is_here = False
        self.last = None


class Watchable(Protocol):
    """A run that a caller holds. All that hold the same one share its `ending`."""

    ending: Ending

    @property
    def id(self) -> str:
        """The run's id."""


class Watched:
    """The runs that callers hold, so that their end can be told without a look at the store."""

    def __init__(self) -> None:
        self._endings: weakref.WeakValueDictionary[str, Ending] = weakref.WeakValueDictionary()
        self._waited_for: set[Ending] = set()

    def add(self, run: Watchable) -> None:
        """Watch a run for as long as somebody holds it."""
        run.ending = self._endings.setdefault(run.id, run.ending)

    def wait(self, run: Watchable, seconds: float) -> None:
        """Wait up to so many seconds until there may be news of a run."""
        self._waited_for.add(run.ending)
        run.ending.wait(seconds)
        self._waited_for.discard(run.ending)

    @contextmanager
    def listening(self, run: Watchable, call: Callable[[], object]) -> Iterator[None]:
        """Have this called when there may be news of a run, while the block lasts."""
        run.ending.listeners.append(call)
        self._waited_for.add(run.ending)
        try:
            yield
        finally:
            run.ending.listeners.remove(call)
            if not run.ending.listeners:
                self._waited_for.discard(run.ending)

    def ended(self, hot: HotRun, at: float) -> None:
        """Tell whoever holds the run that it has ended, and how it stands."""
        if (ending := self._endings.get(hot.run.id)) is not None:
            ending.tell(hot, at)

    def changed(self) -> None:
        """Let whoever waits look for themselves: another process has committed."""
        for ending in list(self._waited_for):
            ending.ring()


def await_end(
    run: Watchable,
    timeout: float | None,
    *,
    watched: Watched,
    clock: Clock,
    has_ended: Callable[[], bool],
) -> bool:
    """Wait for a run's end; False if it did not come within `timeout` seconds.

    `has_ended` asks the store, and raises where there is no use in waiting.
    """
    until = clock.monotonic() + timeout if timeout is not None else float("inf")
    pause = END_HERE
    while not run.ending.is_here:
        left = until - clock.monotonic()
        watched.wait(run, max(min(left, pause), 0.0))
        if run.ending.is_here or has_ended():
            return True
        if left <= 0:
            return False
        pause = END_POLL
    return True
