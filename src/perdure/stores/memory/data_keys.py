"""The data keys of runs, over dicts: see `ports.vault` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from perdure.ports.commit import Commit
from perdure.ports.vault import DataKey, KeyGone
from perdure.stores.memory.tables import Draft, RunTable, Tables


def write(passed: dict[str, RunTable], commit: Commit) -> None:
    """Enter the keys of runs that are born, and empty those of runs that want it."""
    for key in commit.data_keys:
        if table := passed.get(key.run):
            table.data_key = key
    for gone in commit.data_keys_gone:
        if table := passed.get(gone.run):
            _destroy(table, gone)


class MemoryKeys:
    """The data keys in memory."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Draft]],
        reading: Callable[[], AbstractContextManager[Tables]],
    ) -> None:
        self._writing = writing
        self._reading = reading

    def get(self, run: str) -> DataKey | None:
        """Return the data key of a run."""
        with self._reading() as tables:
            table = tables.runs.get(run)
            return table.data_key if table is not None else None

    def masters(self) -> dict[str, int]:
        """Return how many data keys each master key wraps."""
        counts: dict[str, int] = {}
        for key in self._all():
            counts[key.master] = counts.get(key.master, 0) + 1
        return counts

    def under(self, master: str, most: int) -> list[DataKey]:
        """Return data keys that this master key wraps."""
        return [key for key in self._all() if key.master == master][:most]

    def rewrap(self, rows: Sequence[DataKey], old: str) -> int:
        """Wrap keys anew, where they still are under the old master key."""
        count = 0
        with self._writing() as draft:
            for row in rows:
                table = draft.run(row.run)
                key = table.data_key if table is not None else None
                if table and key and key.wrapped is not None and key.master == old:
                    table.data_key = row
                    count += 1
        return count

    def destroy(self, rows: Sequence[KeyGone]) -> list[str]:
        """Empty the rows of these keys."""
        with self._writing() as draft:
            tables = [(row, draft.run(row.run)) for row in rows]
            return [row.run for row, table in tables if table is not None and _destroy(table, row)]

    def _all(self) -> list[DataKey]:
        """Return the keys that are there still, in the order of their runs' births."""
        with self._reading() as tables:
            runs = sorted(tables.runs.values(), key=lambda table: table.n)
            keys = [table.data_key for table in runs]
        return [key for key in keys if key is not None and key.wrapped is not None]


def _destroy(table: RunTable, gone: KeyGone) -> bool:
    key = table.data_key
    if key is None or key.wrapped is None:
        return False
    table.data_key = key._replace(wrapped=None, gone_at=gone.at, gone_by=gone.by)
    return True
