"""Limits of live runs in a history: what must hold after every transaction.

The judge counts for itself: a run lives from its beginning to its end, as its history tells.
"""

from collections.abc import Callable, Mapping, Sequence

from perdure.errors import LimitReachedError
from perdure.kernel import history
from perdure.kernel.run import Status
from perdure.ports.limits import Full, LimitKeeper, LimitRow
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.runtime.draft import ADMITS
from perdure.runtime.envelopes import Answer, Birth
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import CHILD, Violation, World


class SimLimits:
    """The limits of a store as one simulated process has them."""

    def __init__(
        self, inner: LimitKeeper, write: Callable[..., list[str]], judge: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._write = write
        self._judge = judge

    def put(self, row: LimitRow, admits: str) -> list[str]:
        """Set a workflow's limit."""

        def put() -> list[str]:
            told = self._inner.put(row, admits)
            self._judge()
            return told

        return self._write("put_limit", put, lambda told: told)

    def standing(self) -> list[LimitRow]:
        """Return the limits."""
        return self._inner.standing()


class PlaceJudge:
    """Holds what lives to the limits, and every line to moving when there is room, in order."""

    def __init__(self, store: Store, world: World, tracks: Mapping[str, Track]) -> None:
        self._store = store
        self._world = world
        self._tracks = tracks
        self._lived: dict[str, frozenset[str]] = {}
        self._waited: dict[str, dict[str, float]] = {}
        self._excused: set[str] = set()
        self._refused: set[str] = set()
        self.are_set = False

    def forget(self) -> None:
        """Begin anew: a limit was set, so what lives may be more than may."""
        self._look(judges=False)

    def committed(self, full: Sequence[Full] = ()) -> None:
        """Look at all limits after a commit, and at who found no place. Raises Violation."""
        if self.are_set:
            self._look(judges=True, full=full)

    def answered(self, birth: Birth, answer: Answer) -> None:
        """Hold what is told of a start to what was to become of one without a place."""
        refused = isinstance(answer.error, LimitReachedError)
        if refused and birth.run in self._tracks:
            raise Violation("places", f"{birth.run} was refused, and it is there")
        if answer.in_line and birth.run in self._refused:
            raise Violation("places", f"{birth.run} waits in line, and was to be refused")
        if refused:
            self._world.trace.sometimes("a start was refused")

    def _full(self, full: Sequence[Full], taken: Mapping[str, int]) -> None:
        """Hold those who found no place to there being none."""
        for row in full:
            if CHILD in row.run:
                continue  # it is not there unless all that were started with it are
            if taken.get(row.workflow, row.most) < row.most:
                raise Violation("places", f"{row} found no place, {taken[row.workflow]} are taken")
            (self._refused.discard if row.waits else self._refused.add)(row.run)

    def _look(self, *, judges: bool, full: Sequence[Full] = ()) -> None:
        self.are_set = True
        loaded = self._store.load(
            [run for run, track in self._tracks.items() if not track.run.ended]
        )
        taken: dict[str, int] = {}
        for row in self._store.limits.standing():
            mine = {
                run: found for run, found in loaded.items() if found.row.workflow == row.workflow
            }
            lives = frozenset(run for run in mine if self._begun(run))
            if not judges:  # who has a place by now keeps it
                self._excused.update(run for run in mine.keys() - lives if mine[run].inbox)
            line = {run: due for run, found in mine.items() if (due := _rank(found)) is not None}
            taken[row.workflow] = len(lives) + sum(
                bool(found.inbox) for run, found in mine.items() if run not in lives
            )
            if judges and row.holds is not None:
                self._judge(row, row.holds, lives, line, mine)
            self._lived[row.workflow] = lives
            self._waited[row.workflow] = {
                run: due for run, due in line.items() if not _is_told(mine[run])
            }
        self._full(full, taken)

    def _begun(self, run: str) -> bool:
        track = self._tracks[run]
        if track.run.status is Status.CANCELLING:  # it may be on its way to an end without any life
            return any(isinstance(one, history.RunStarted) for one in track.events())
        return track.run.status is not Status.PENDING

    def _judge(
        self,
        row: LimitRow,
        most: int,
        lives: frozenset[str],
        line: Mapping[str, float],
        mine: Mapping[str, Loaded],
    ) -> None:
        fresh = lives - self._lived.get(row.workflow, frozenset()) - self._excused
        if fresh and len(lives) > most:
            raise Violation("places", f"{sorted(lives)} live, {most} of {row.workflow} may")
        promised = {run for run, found in mine.items() if run not in lives and found.inbox}
        waiting = {
            run: due
            for run, due in line.items()
            if run not in promised and not mine[run].row.paused
        }
        if waiting and len(lives) + len(promised) < most:
            raise Violation("places", f"{sorted(waiting)} wait, and only {sorted(lives)} live")
        if waiting:
            self._world.trace.sometimes("a run waited in line")
        before = self._waited.get(row.workflow, {})
        admitted = [due for run, due in before.items() if run in line and _is_told(mine[run])]
        stayed = [due for run, due in waiting.items() if run in before]
        if stayed and any(due > min(stayed) for due in admitted):
            raise Violation("places", f"{admitted} of {row.workflow} went before {min(stayed)}")


def _is_told(found: Loaded) -> bool:
    return any(row.message == ADMITS for row in found.inbox)


def _rank(found: Loaded) -> float | None:
    """Return where a run stands in line; None if it does not."""
    return next((wait.due for wait in found.waits if wait.kind == "line"), None)
