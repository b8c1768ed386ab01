"""Runs that are over, in memory: see `ports.archive` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from perdure.ports.archive import Over
from perdure.stores.memory.tables import Draft, RunTable, Tables


class MemoryArchive:
    """The runs in memory that are over."""

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


def _over(table: RunTable) -> Over | None:
    row = table.row
    if row.ended_at is None:
        return None
    return Over(table.n, row.id, row.plan, row.created_at, row.ended_at)


def _lives(draft: Draft, run: str | None) -> bool:
    table = draft.peek(run) if run is not None else None
    return table is not None and table.row.ended_at is None
