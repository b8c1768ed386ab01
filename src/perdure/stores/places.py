"""Who of a commit finds a place, where only so many runs of a workflow may live; the same for every store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from perdure.ports.commit import Born, Commit, Moved
from perdure.ports.limits import Entering, Full, LimitRow

MOST_NAMED = 10
"""So many of the runs that live are named to one that is refused."""


class Room(Protocol):
    """What is asked of a store while a commit is applied."""

    def seated(self, runs: Collection[str]) -> Collection[str]:
        """Return those of these runs that have a place already."""

    def taken(self, births: Collection[Born]) -> Collection[str]:
        """Return those births whose keys are taken: they are not born anyhow."""

    def busy(self, workflow: str, most: int) -> int:
        """Return how many places are taken or promised to those in line; no more are counted."""

    def live(self, workflow: str, most: int) -> tuple[str, ...]:
        """Return some of the runs that have a place, the oldest first."""


@dataclass(slots=True)
class Seating:
    """What a commit asks for: `late` runs are moved when it is known who finds a place.

    `held` are those that do not pass: they found none, or one of their children did not.
    """

    wanted: list[Entering]
    late: set[str]
    held: set[str] = field(default_factory=set)
    seats: list[Entering] = field(default_factory=list)
    full: list[Full] = field(default_factory=list)

    def early(self, commit: Commit) -> list[Moved]:
        """Return the moves that come before places are given: those who end leave theirs."""
        return [row for row in commit.moved if row.run not in self.late]

    def rest(self, commit: Commit) -> list[Moved]:
        """Return the moves that come then."""
        late = self.late - self.held
        return [row for row in commit.moved if row.run in late]


def concerns(commit: Commit) -> bool:
    """Say whether a commit may take or leave places, or change a line."""
    if commit.entering or commit.limits:
        return True
    if any(born.status == "pending" for born in (*commit.born, *commit.offspring)):
        return True
    return any(row.ended_at is not None or row.status == "pending" for row in commit.moved)


def wanted(commit: Commit, limits: Mapping[str, LimitRow]) -> Seating | None:
    """Return what runs of limited workflows ask for; None if no such run is to begin."""
    entering = [
        each
        for each in commit.entering
        if (row := limits.get(each.workflow)) is not None and row.holds is not None
    ]
    if not entering:
        return None
    runs = {each.run for each in entering}
    parents = {born.run: born.parent for born in commit.offspring if born.run in runs}
    entering.sort(
        key=lambda each: each.run in parents
    )  # a child that finds none costs its siblings'
    return Seating(entering, runs.union(filter(None, parents.values())))


def give(seating: Seating, commit: Commit, limits: Mapping[str, LimitRow], room: Room) -> None:
    """Give places in order, as long as there are any; note who found none."""
    births = {born.run: born for born in (*commit.born, *commit.offspring)}
    seated = room.seated([each.run for each in seating.wanted])
    taken = room.taken([births[each.run] for each in seating.wanted if each.run in births])
    left: dict[str, int] = {}
    keys: set[tuple[str, str]] = set()
    for each in seating.wanted:
        born = births.get(each.run)
        mine = _keys(born)
        if each.run in seated or each.run in taken or mine & keys:
            continue
        most = limits[each.workflow].holds or 0
        if each.workflow not in left:
            left[each.workflow] = most - room.busy(each.workflow, most)
        if left[each.workflow] > 0:
            left[each.workflow] -= 1
            seating.seats.append(each)
            keys |= mine
            continue
        live = room.live(each.workflow, MOST_NAMED)
        waits = int(limits[each.workflow].lines_up)
        seating.full.append(Full(each.run, each.workflow, most, waits, live))
        seating.held.add(each.run if born is None or born.parent is None else born.parent)


def _keys(born: Born | None) -> set[tuple[str, str]]:
    """Return a birth's keys, each with its kind: another birth with one of them is none."""
    if born is None:
        return set()
    keys = (("start", born.start_key), ("unique", born.unique_key))
    return {(kind, key) for kind, key in keys if key is not None}
