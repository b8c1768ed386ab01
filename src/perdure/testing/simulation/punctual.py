"""Holds schedules to the rules: `S1` not early, `S2` once, `S3` alone, `S4` at its times, `S5` none lost.

And `S6`: where nothing goes wrong any more, nothing stays due.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import floor

from perdure.authoring.schedules import Schedule, load
from perdure.ports.rows import ScheduleRow
from perdure.ports.store import Store
from perdure.runtime.scheduler import LATE_SECONDS
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World

SOON = 10.0
"""What is due for longer than this, where all is calm, is forgotten."""
NO_PLACE = "may live"
"""Says the error of a schedule whose run was refused, for as many of its workflow lived as may."""


@dataclass(frozen=True, slots=True)
class Night:
    """A night in Berlin on which the clocks are changed, and when an expression comes on it."""

    cron: str
    first: float
    times: tuple[float, ...]


_AUTUMN = 1_761_436_800.0  # 2025-10-26, 02:00 for the first time; an hour later it is 02:00 again
_SPRING = 1_774_746_000.0  # 2026-03-29, 03:00, which is 02:00 as well
AUTUMN = Night("0,3,6 0 2 * * *", _AUTUMN, (_AUTUMN, _AUTUMN + 3.0, _AUTUMN + 6.0))
SPRING = Night("0,3 30 2 * * *", _SPRING, (_SPRING,))
NIGHTS = {night.cron: night for night in (AUTUMN, SPRING)}


def times_between(row: ScheduleRow, after: float, until: float) -> Iterator[float]:
    """Yield the times of a schedule after a moment, up to another one and with it."""
    said = load(row.said)
    if said.cron in NIGHTS:
        yield from (at for at in NIGHTS[said.cron].times if after < at <= until)
        return
    seconds, anchor = _rhythm(said, row)
    number = max(floor((after - anchor) / seconds), 0 if said.cron else 1)
    while (at := anchor + number * seconds) <= until:
        if at > after:
            yield at
        number += 1


def _rhythm(said: Schedule, row: ScheduleRow) -> tuple[float, float]:
    if said.cron is None:
        assert isinstance(said.every, float)
        return said.every, row.made_at
    return float(said.cron.split()[0].removeprefix("*/")), 0.0


def _next(row: ScheduleRow, after: float) -> float | None:
    """Return the time after a moment; None where that is another day."""
    return next(times_between(row, after, after + 600.0), None)


class Punctual:
    """Every schedule of a history as the store has it, and the runs that they have begun."""

    def __init__(self, store: Store, world: World, tracks: Mapping[str, Track]) -> None:
        self._store = store
        self._world = world
        self._tracks = tracks
        self._rows: dict[str, ScheduleRow] = {}
        self._runs: dict[tuple[str, float], str] = {}
        self._alone: dict[str, str] = {}  # by run: the schedule of which it is the only one
        self.watches = False

    def look(self, born: Iterable[str]) -> None:
        """Look at what a transaction has made of schedules. Raises Violation."""
        if not self.watches:
            return
        rows = {row.name: row for row in self._store.schedules()}
        for run in born:
            self._born(run, rows)
        for name, row in rows.items():
            before = self._rows.get(name)
            if before is not None and before.seq != row.seq:
                self._moved(before, row)
        self._rows = rows

    def check_nothing_is_due(self) -> None:
        """Hold the schedules to what must be where nothing goes wrong any more. Raises Violation."""
        latest = self._world.latest - SOON
        for row in self._store.schedules():
            if row.next_at is None or max(row.next_at, self._freed_at(row)) >= latest:
                continue
            if not self._holder(row.name):
                raise Violation("S6", f"{row} is due and nobody has it begin")

    def _freed_at(self, row: ScheduleRow) -> float:
        """Return when the run ended that the schedule's next one may have had to wait for."""
        found = self._store.load([row.last_run]) if row.last_run is not None else {}
        return max((loaded.row.ended_at or 0.0 for loaded in found.values()), default=0.0)

    # -- runs --------------------------------------------------------------------------------
    def _born(self, run: str, rows: Mapping[str, ScheduleRow]) -> None:
        labels = {label.name: label for label in self._store.labels([run])}
        if "schedule" not in labels:
            return
        name, at = labels["schedule"].value, labels["scheduled_for"].number
        assert at is not None
        row = rows.get(name)
        if at > self._world.latest:
            raise Violation("S1", f"{run} of {name} began {at - self._world.latest} s too early")
        if self._runs.setdefault((name, at), run) != run:
            raise Violation("S2", f"{run} and {self._runs[name, at]} are both of {name} at {at}")
        if row is None or row.last_run != run:
            raise Violation("S5", f"{run} was born, and its schedule did not go on: {row}")
        if row.paused:
            raise Violation("S5", f"{run} was born of a schedule that is paused: {row}")
        if at not in times_between(row, at - 0.5, at + 0.5):
            raise Violation("S4", f"{run} is of {at}, which is no time of {row}")
        self._world.trace.sometimes("a schedule began a run")
        if load(row.said).overlap != "allow":
            if (other := self._holder(name)) is not None:
                raise Violation("S3", f"{run} began beside {other} of {row}")
            self._alone[run] = name

    def _holder(self, name: str) -> str | None:
        """Return the live run that no other one of the schedule may overlap."""
        live = (run for run, of in self._alone.items() if of == name)
        return next((run for run in live if not self._tracks[run].run.ended), None)

    # -- rows --------------------------------------------------------------------------------
    def _moved(self, before: ScheduleRow, row: ScheduleRow) -> None:
        """Hold a change of a row to a cause: somebody's wish, a run, or a policy."""
        if (row.paused, row.said, row.made_at) != (before.paused, before.said, before.made_at):
            self._world.trace.sometimes("a schedule was changed")
            return
        if row.error is not None and NO_PLACE not in row.error:
            raise Violation("S5", f"{row.error}: {row}")
        if row.next_at == before.next_at:
            return
        if row.last_run != before.last_run:
            self._began(before, row)
        else:
            self._dropped(before, row)

    def _began(self, before: ScheduleRow, row: ScheduleRow) -> None:
        assert row.last_at is not None
        assert before.next_at is not None
        if self._runs.get((row.name, row.last_at)) != row.last_run:
            raise Violation("S5", f"{row} has no such run")
        wanted = _next(row, row.last_at)
        if wanted is not None and row.next_at != wanted:
            raise Violation("S5", f"after {row.last_at} comes {wanted}: {row}")
        lost = list(times_between(row, before.next_at - 0.5, row.last_at - 0.5))
        said = load(row.said)
        if lost and said.catch_up == "all":
            due = list(times_between(row, row.last_at - 0.5, self._world.latest))
            if len(due) < said.catch_up_limit:
                raise Violation("S5", f"{lost} have no run though all are caught up: {row}")
        if lost:
            self._world.trace.sometimes("times of a schedule were not caught up")

    def _dropped(self, before: ScheduleRow, row: ScheduleRow) -> None:
        """Hold a schedule that goes on without a run to a policy that says so."""
        said = load(row.said)
        assert before.next_at is not None
        beyond = _next(row, self._world.latest)
        if row.next_at is not None and beyond is not None and row.next_at > beyond:
            raise Violation("S5", f"{row} has gone on beyond {beyond}, from {before.next_at}")
        if row.error is not None:
            self._world.trace.sometimes("a schedule's run found no place")
        elif row.skipped > before.skipped and said.overlap == "skip":
            self._world.trace.sometimes("a time of a schedule was skipped")
        elif said.catch_up == "skip" and before.next_at + LATE_SECONDS < self._world.latest:
            self._world.trace.sometimes("a time of a schedule came too late")
        else:
            raise Violation("S5", f"{before.next_at} has no run, for no reason: {row}")
