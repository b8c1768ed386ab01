"""Schedules over dicts: their rows, and the births that they go on with."""

from collections.abc import Sequence

from perdure.ports.commit import Born, Commit
from perdure.ports.rows import ScheduleRow
from perdure.stores.memory.oddities import refuse_odd
from perdure.stores.memory.tables import Draft, Tables


def in_time(draft: Draft, commit: Commit) -> Sequence[Born]:
    """Return the births of a commit without those whose schedules do not stand as they did."""
    late = {
        row.run
        for row in commit.scheduled
        if (found := draft.schedules.get(row.name)) is None or found.seq != row.old
    }
    return [born for born in commit.born if born.run not in late]


def go_on(draft: Draft, commit: Commit, born: frozenset[str]) -> None:
    """Let the schedules go on whose runs were born."""
    for row in commit.scheduled:
        if row.run in born:
            draft.schedules[row.name] = draft.schedules[row.name]._replace(
                seq=row.seq, next_at=row.next_at, last_at=row.last_at, last_run=row.run,
                error=None,
            )  # fmt: skip


def put(draft: Draft, row: ScheduleRow, old: int) -> bool:
    """Write a schedule, if the one of its name stands at `old`; 0 if there is to be none."""
    refuse_odd([row])
    found = draft.schedules.get(row.name)
    if (found.seq if found is not None else 0) != old:
        return False
    draft.schedules[row.name] = row
    return True


def drop(draft: Draft, name: str) -> bool:
    """Remove a schedule."""
    return draft.schedules.pop(name, None) is not None


def due(tables: Tables, now: float) -> list[ScheduleRow]:
    """Return what is due, the most overdue first."""
    found = [
        (row.next_at, row.name, row)
        for row in tables.schedules.values()
        if row.next_at is not None and row.next_at <= now
    ]
    return [row for _, _, row in sorted(found)]


def next_due(tables: Tables, now: float) -> float | None:
    """Return when the next schedule after now is due."""
    times = (row.next_at for row in tables.schedules.values())
    return min((at for at in times if at is not None and at > now), default=None)
