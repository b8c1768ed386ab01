"""Whose incarnations are whose, and who is told of writes: what real processes have from others."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from perdure.ports.commit import Commit, Committed
from perdure.ports.rows import Announced
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


class Looks(Protocol):
    """Who is told of every write that took place."""

    def wrote(self, runs: Iterable[str]) -> None:
        """Look at these runs, all of which may have changed."""

    def committed(self, commit: Commit, committed: Committed) -> None:
        """Look at what a commit wrote."""

    def announced(self, signals: Iterable[Announced]) -> None:
        """Look at broadcasts that were accepted with other things."""

    def limited(self) -> None:
        """Note that another number of runs may live from now on."""

    def forgot(self, runs: Sequence[str]) -> None:
        """Look at runs that are gone."""

    def was_cut(self, run: str, keep: int) -> None:
        """Look at a run whose history was cut but for so many messages."""
