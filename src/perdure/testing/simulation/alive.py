"""When each attempt was last seen alive: by its beginning, or by a heartbeat that was accepted."""

from collections.abc import Sequence

from perdure.kernel import history
from perdure.kernel.paths import plan_name
from perdure.ports.executor import Work
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import World

SOON = 4.0
"""So many seconds after its first heartbeat, the store shows one."""
MOMENT = 0.1
"""What it takes at most to note a time, where every look at the clock takes time."""

Attempt = tuple[str, str, int, int]


class Alive:
    """No attempt's time is up while it says that it lives."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[Attempt, float] = {}
        self._first: dict[tuple[Attempt, int], float] = {}

    def begins(self, work: Work) -> None:
        """Note that an attempt begins."""
        self._seen[_attempt(work)] = self._world.time

    def beats(self, work: Work, *, calmly: bool) -> bool:
        """Note a heartbeat; return whether the attempt has beaten for long where all is calm."""
        self._seen[_attempt(work)] = self._world.time
        if not calmly:
            return False
        first = self._first.setdefault((_attempt(work), work.token), self._world.time)
        return self._world.time - first > SOON

    def check(self, track: Track, events: Sequence[history.Event]) -> None:
        """Hold an attempt that took too long to having been silent for so long."""
        for event in events:
            if not isinstance(event, history.AttemptFailed | history.StepFailed):
                continue
            seen = self._seen.get((track.id, event.step, event.visit, event.attempt))
            allowed = track.plan.step(plan_name(event.step)).timeout
            if event.kind != "timeout" or seen is None or allowed is None:
                continue
            if (silent := self._world.time - seen) < allowed - MOMENT:
                raise track.broken("timeout", f"{event} after {silent} s of silence")


def _attempt(work: Work) -> Attempt:
    return work.run, work.path, work.visit, work.attempt
