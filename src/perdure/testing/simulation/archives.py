"""Runs that are forgotten in a history: only those that are long over, and then all of them."""

import random
from collections.abc import Callable, Mapping, Sequence

from perdure.ports.archive import Archive, Long, Over
from perdure.ports.commit import Written
from perdure.ports.store import Store
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World

KEEPS = (None, None, 60.0, 90.0)
"""Longer than any process freezes: who wakes up may tell again what it told before."""
AFTER_SECONDS = 20.0

Forgot = Callable[[Sequence[str]], None]
WasCut = Callable[[str, int], None]


class SimArchive:
    """The archive of a store as one simulated process has it."""

    def __init__(
        self, inner: Archive, write: Callable[[str, Callable[[], list[str]]], list[str]],
        forgot: Forgot, was_cut: WasCut,
    ) -> None:  # fmt: skip
        self._inner = inner
        self._write = write
        self._forgot = forgot
        self._was_cut = was_cut

    def over(self, after: int, most: int) -> list[Over]:
        """Return runs that have ended."""
        return self._inner.over(after, most)

    def forget(self, runs: Sequence[Over]) -> list[str]:
        """Delete runs."""

        def ask() -> list[str]:
            gone = self._inner.forget(runs)
            self._forgot(gone)
            return gone

        return self._write("forget", ask)

    def long(self, after: int, keep: int, most: int) -> list[Long]:
        """Return live runs of code with a long history."""
        return self._inner.long(after, keep, most)

    def cut(self, run: Long, keep: int, most: int) -> int:
        """Delete the oldest part of a live run's history."""

        def ask() -> list[str]:
            gone = self._inner.cut(run, keep, most)
            self._was_cut(run.run, keep)
            return [run.run] * gone

        return len(self._write("cut", ask))


class Forgotten:
    """The runs of a history that are gone, each held to `keep` seconds after its end."""

    def __init__(self, world: World, tracks: Mapping[str, Track]) -> None:
        self._world = world
        self._tracks = tracks
        self.keep: float | None = None
        self.runs: set[str] = set()
        self._left: dict[str, int] = {}  # by run whose history was cut: its first message now

    def draw(self, chance: random.Random) -> None:
        """Decide for how long runs are kept."""
        self.keep = chance.choice(KEEPS)

    def forgot(self, runs: Sequence[str], parents: Mapping[str, str]) -> None:
        """Look at runs that are gone now; `parents` are of children. Raises Violation."""
        for run in runs:
            track = self._tracks[run]
            if track.end is None or track.open_inbox:
                raise track.broken("P1", f"it was forgotten, and is {track.run.status}")
            if self.keep is None or track.written[-1][0].at > self._world.latest - self.keep:
                raise track.broken("P1", f"it was forgotten, and is to be kept for {self.keep} s")
            if self._lives(parents.get(run)):
                raise track.broken("P1", f"it was forgotten, and its parent {parents[run]} lives")
            self.runs.add(run)
            self._world.trace.sometimes("a run was forgotten")

    def was_cut(self, store: Store, run: str, keep: int) -> None:
        """Look at a live run whose history was cut: its newest part is there. Raises Violation."""
        track = self._tracks[run]
        left = len(store.history(run, track.seq - keep, keep))
        if left < min(keep, track.seq):
            raise track.broken("P3", f"its history was cut, and of {keep} messages it has {left}")
        self._left[run] = store.history(run, 0, 1)[0].seq
        self._world.trace.sometimes("a history was cut")

    def cut_off(self, track: Track) -> list[Written]:
        """Return the messages of a run that are not kept any more, as they were."""
        first = self._left.get(track.id, 0)
        return [written for written, _ in track.written if written.seq < first]

    def wait(self) -> None:
        """Let the time pass after which what is over is to be gone."""
        if self.keep is not None:
            self._world.run(self._world.time + self.keep + AFTER_SECONDS)

    def check(self, archive: Archive, parents: Mapping[str, str]) -> None:
        """Hold the store to having nothing that is long over. Raises Violation.

        `parents` are of children. A child may stay while its parent lives, and the newest run.
        """
        until = self._world.latest - (self.keep or 0.0) - AFTER_SECONDS / 2
        old = [run for run in archive.over(0, 10_000) if run.ended_at < until]
        left = [each.run for each in old[:-1] if not self._lives(parents.get(each.run))]
        if self.keep is not None and left:
            raise Violation("P2", f"{left} ended long ago, and are not forgotten")

    def _lives(self, run: str | None) -> bool:
        return run is not None and run in self._tracks and self._tracks[run].end is None
