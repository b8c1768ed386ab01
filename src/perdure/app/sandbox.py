"""An engine to try things out with: in memory, under virtual time, in which attempts may last.

A test or a prediction takes no time and leaves nothing behind.
"""

from collections.abc import Callable

from perdure.app.engine import Engine
from perdure.app.virtual import VirtualClock
from perdure.authoring.registry import Registry
from perdure.config import MEMORY
from perdure.executors.inline import InlineExecutor


class Sandbox(Engine):
    """An engine over an empty store in memory, whose `clock` stands still until `go_on`.

    `lasted` is asked after each attempt how many seconds that took; it ends so much later, and
    others are under way meanwhile.
    """

    def __init__(
        self, registry: Registry | None = None, *, lasted: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.clock = VirtualClock()
        super().__init__(
            MEMORY, registry=registry or Registry(), worker=True, inline=True, clock=self.clock
        )
        executor, _ = self.process.lanes["thread"]
        assert isinstance(executor, InlineExecutor)
        self._executor = executor
        executor.lasted = lasted

    def go_on(self, until: float = float("inf")) -> bool:
        """Let time pass to the next moment at which something is due, and do it.

        False, and no time passes, where nothing is due up to `until` (seconds since 1970).
        """
        self.process_scheduled()
        moments = [self.next_due(), self._executor.next_end()]
        if self.process.crew.working():  # their deadlines, and the lease that they are under
            moments.append(self.process.tick(self.clock.now()))
        due = min((at for at in moments if at is not None), default=float("inf"))
        if due > until or due == float("inf"):
            return False
        while self.clock.now() < due:  # two floats may add up to a little less
            self.clock.advance(max(due - self.clock.now(), 1e-6))
        self.process_scheduled()
        return True
