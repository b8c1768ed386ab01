"""What is over, in memory: see `ports.archive` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from perdure.ports.archive import Long, Over
from perdure.stores.memory.tables import Draft, RunTable, Tables


class MemoryArchive:
    """What is over in memory."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Draft]],
        reading: Callable[[], AbstractContextManager[Tables]],
    ) -> None:
        self._writing = writing
        self._reading = reading

    def over(self, after: int, most: int) -> list[Over]:
        """Return runs that have ended, by `n`."""
        with self._reading() as tables:
            found = [_over(table) for table in tables.runs.values()]
        return sorted(each for each in found if each is not None and each.n > after)[:most]

    def forget(self, runs: Sequence[Over]) -> list[str]:
        """Delete runs with everything that is theirs; return which."""
        with self._writing() as draft:
            newest = max((table.n for table in draft.every()), default=0)
            gone = [
                each.run
                for each in sorted(runs)
                if (table := draft.peek(each.run)) is not None
                and _over(table) == each
                and each.n < newest
                and not table.inbox
                and not _lives(draft, table.row.parent)
            ]
            draft.gone.update(gone)
        return gone

    def long(self, after: int, keep: int, most: int) -> list[Long]:
        """Return live runs of code with a long history, by `n`."""
        with self._reading() as tables:
            found = [
                Long(table.n, run)
                for run, table in tables.runs.items()
                if table.row.ended_at is None
                and not table.row.marks
                and (rows := tables.ended.get(run)) is not None
                and len(rows.history) > keep
            ]
        return sorted(each for each in found if each.n > after)[:most]

    def cut(self, run: Long, keep: int, most: int) -> int:
        """Delete the oldest part of a live run's history; return how many messages went."""
        with self._writing() as draft:
            table, rows = draft.peek(run.run), draft.before(run.run)
            if table is None or table.row.ended_at is not None:
                return 0
            gone = sorted(seq for seq in rows.history if seq <= table.row.seq - keep)[:most]
            if gone:
                draft.cuts[run.run] = gone[-1]
        return len(gone)


def _over(table: RunTable) -> Over | None:
    row = table.row
    if row.ended_at is None:
        return None
    return Over(table.n, row.id, row.plan, row.created_at, row.ended_at)


def _lives(draft: Draft, run: str | None) -> bool:
    table = draft.peek(run) if run is not None else None
    return table is not None and table.row.ended_at is None
