"""Whose incarnations are whose: what lock files tell of real processes."""

from perdure.testing.simulation.world import Life


class Locks:
    """Which incarnations belong to which process, so that a dead one can be seen."""

    def __init__(self) -> None:
        self._lives: dict[int, Life] = {}

    def hold(self, worker: int, life: Life) -> None:
        """Note whose this incarnation is."""
        self._lives[worker] = life

    def is_held(self, worker: int, life: Life) -> bool:
        """Whether an incarnation is this process's."""
        return self._lives.get(worker) is life

    def is_leaving(self, worker: int) -> bool:
        """Whether an incarnation's process leaves in good order."""
        life = self._lives.get(worker)
        return life is not None and life.leaving

    def is_free(self, worker: int) -> bool:
        """Whether the process of an incarnation is dead."""
        return worker not in self._lives or self._lives[worker].dead
