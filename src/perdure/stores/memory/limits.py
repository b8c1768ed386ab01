"""How many runs of a workflow may live, over dicts: see `ports.limits` for what each method means."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager

from perdure.ports.commit import Born, Commit, InboxMade, WaitMade
from perdure.ports.limits import LimitRow
from perdure.stores.memory.inbox import put
from perdure.stores.memory.tables import Draft, RunTable, Tables, keys_of
from perdure.stores.places import Seating


class MemoryRoom:
    """What a draft knows of places."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def seated(self, runs: Collection[str]) -> Collection[str]:
        """Return those of these runs that have a place already."""
        return {run for run in runs if (table := self._draft.peek(run)) and table.seated}

    def taken(self, births: Collection[Born]) -> Collection[str]:
        """Return those births whose id or keys are taken."""
        return {born.run for born in births if self._is_taken(born)}

    def _is_taken(self, born: Born) -> bool:
        if self._draft.peek(born.run) is not None:
            return True
        holders = [(key[0], self._draft.holder(key)) for key in keys_of(born)]
        return any(
            holder is not None and (kind == "start" or holder.row.ended_at is None)
            for kind, holder in holders
        )

    def busy(self, workflow: str, most: int) -> int:
        """Return how many places are taken or promised to those in line."""
        runs = self._draft.every()
        promised = [table for table in _line(runs, workflow) if not table.row.paused]
        return min(len(_living(runs, workflow)), most) + min(len(promised), most)

    def live(self, workflow: str, most: int) -> tuple[str, ...]:
        """Return some of the runs that have a place, the oldest first."""
        return tuple(table.row.id for table in _living(self._draft.every(), workflow)[:most])


def declare(draft: Draft, commit: Commit) -> None:
    """Keep what classes say; runs that live have their places already."""
    for workflow, most, waits in commit.limits:
        row = draft.limits.get(workflow)
        if (row is None and most is None) or (row is not None and row[1:3] == (most, waits)):
            continue
        row = row or LimitRow(workflow, None, 1, 0, None, 1)
        draft.limits[workflow] = row._replace(declared=most, declared_waits=waits)
        _seat_living(draft, workflow)


def write(commit: Commit, passed: Mapping[str, RunTable], seating: Seating | None) -> None:
    """Enter the places that were given, and those that are left by the runs that have ended."""
    for each in seating.seats if seating is not None else ():
        if table := passed.get(each.run):
            table.seated = table.row.ended_at is None
    for row in commit.moved:
        if row.ended_at is not None and (table := passed.get(row.run)):
            table.seated = False


def admit(tables: Tables, draft: Draft, message: str) -> list[str]:
    """Give what is free to the first in line, and tell them so; return those runs."""
    told: list[str] = []
    for workflow, row in sorted(draft.limits.items()):
        runs = draft.every()
        line = [table for table in _line(runs, workflow) if not table.row.paused]
        line.sort(key=_wait)
        free = len(line) if row.holds is None else row.holds - len(_living(runs, workflow))
        for each in line[: max(free, 0)]:
            if (table := draft.run(each.row.id)) is not None:
                table.seated = True
                told.append(table.row.id)
    put(tables, draft, [InboxMade(run, message, None, None) for run in told])
    return told


def _seat_living(draft: Draft, workflow: str) -> None:
    for each in draft.every():
        row = each.row
        lives = row.ended_at is None and row.status != "pending"
        if row.workflow == workflow and lives and (table := draft.run(row.id)) is not None:
            table.seated = True


def _living(runs: Iterable[RunTable], workflow: str) -> list[RunTable]:
    """Return the runs of a workflow that have a place, in the order of their births."""
    return [
        table
        for table in sorted(runs, key=lambda table: table.n)
        if table.seated and table.row.workflow == workflow and table.row.ended_at is None
    ]


def _line(runs: Iterable[RunTable], workflow: str) -> list[RunTable]:
    """Return the runs that wait for a place of a workflow."""
    return [
        table
        for table in runs
        if not table.seated
        and table.row.workflow == workflow
        and any(wait.kind == "line" for wait in table.waits.values())
    ]


def _wait(table: RunTable) -> tuple[float, int]:
    """Return where a run stands in line."""
    wait: WaitMade = next(wait for wait in table.waits.values() if wait.kind == "line")
    return wait.due or 0.0, table.n


class MemoryLimits:
    """Limits workflows, each time in a transaction of its own, and reads the limits."""

    def __init__(
        self,
        tables: Tables,
        writing: Callable[[], AbstractContextManager[Draft]],
        reading: Callable[[], AbstractContextManager[Tables]],
    ) -> None:
        self._tables = tables
        self._writing = writing
        self._reading = reading

    def put(self, row: LimitRow, admits: str) -> list[str]:
        """Set a workflow's limit; return the runs that may begin now."""
        with self._writing() as draft:
            old = draft.limits.get(row.workflow)
            old = old or LimitRow(row.workflow, None, 1, 0, None, 1)
            draft.limits[row.workflow] = old._replace(
                is_set=row.is_set, most=row.most, waits=row.waits
            )
            _seat_living(draft, row.workflow)
            return admit(self._tables, draft, admits)

    def standing(self) -> list[LimitRow]:
        """Return the limits, by workflow."""
        with self._reading() as tables:
            runs = list(tables.runs.values())
            return [_standing(row, runs) for _, row in sorted(tables.limits.items())]


def _standing(row: LimitRow, runs: list[RunTable]) -> LimitRow:
    line = _line(runs, row.workflow)
    since = min((table.row.created_at for table in line), default=None)
    return row._replace(live=len(_living(runs, row.workflow)), in_line=len(line), since=since)
