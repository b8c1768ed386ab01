"""Definitions in memory: see `ports.definitions` for what each method means."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from perdure.errors import StoreRefusedError
from perdure.ports.definitions import DEFINITION, DefinitionQuery, DefinitionRow, status_of
from perdure.stores.memory.tables import Draft, RunTable, Tables


class MemoryDefinitions:
    """The definitions in memory: for each its revisions, the newest at the end."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Draft]],
        reading: Callable[[], AbstractContextManager[Tables]],
    ) -> None:
        self._writing = writing
        self._reading = reading

    def add(self, row: DefinitionRow) -> str:
        """Keep a new definition; return its id, or that of the one that has its key."""
        with self._writing() as draft:
            for rows in draft.definitions.values():
                if row.key is not None and rows[-1].key == row.key:
                    return rows[-1].id
            if row.id in draft.definitions:
                raise StoreRefusedError(f"there is a definition {row.id!r} already")
            draft.definitions[row.id] = (row,)
        return row.id

    def revise(self, row: DefinitionRow, old: int) -> bool:
        """Add a revision, where the newest one is `old` and nothing is archived."""
        with self._writing() as draft:
            before = draft.definitions.get(row.id)
            if before is None or before[-1].revision != old or before[-1].archived_at is not None:
                return False
            last = before[-1]
            made = row._replace(made_at=last.made_at, key=last.key, said=last.said, kind=last.kind)
            draft.definitions[row.id] = (*before, made)
        return True

    def say(self, definition: str, said: str, old: str) -> bool:
        """Write what is said of a definition beside its revisions, where `old` stands there."""
        with self._writing() as draft:
            rows = draft.definitions.get(definition)
            if rows is None or rows[-1].archived_at is not None or rows[-1].said != old:
                return False
            draft.definitions[definition] = (*rows[:-1], rows[-1]._replace(said=said))
        return True

    def archive(self, definition: str, at: float) -> bool:
        """Archive a definition; False if there is none that is not archived."""
        with self._writing() as draft:
            rows = draft.definitions.get(definition)
            if rows is None or rows[-1].archived_at is not None:
                return False
            draft.definitions[definition] = (*rows[:-1], rows[-1]._replace(archived_at=at))
        return True

    def get(self, definition: str, revision: int | None = None) -> DefinitionRow | None:
        """Return a definition at its newest revision, or at this one."""
        with self._reading() as tables:
            rows = tables.definitions.get(definition, ())
            for row in reversed(rows):
                if revision in (None, row.revision):
                    return _shown(tables, rows[-1], row)
        return None

    def revisions(self, definition: str) -> list[tuple[int, str, float]]:
        """Return number, version and time of all revisions, the newest first."""
        with self._reading() as tables:
            rows = tables.definitions.get(definition, ())
            return [(row.revision, row.version, row.changed_at) for row in reversed(rows)]

    def find(self, query: DefinitionQuery) -> list[DefinitionRow]:
        """Return definitions at their newest revisions."""
        return self._all(query)[query.offset : query.offset + query.limit]

    def count(self, query: DefinitionQuery) -> int:
        """Return how many there are, whatever the query's limit and offset."""
        return len(self._all(query))

    def runs(self, definition: str, status: str | None = None) -> int:
        """Return how many runs a definition began that have this status."""
        with self._reading() as tables:
            rows = [table.row for table in _begun(tables, definition)]
        if status == "live":
            return sum(row.ended_at is None for row in rows)
        return sum(status in (None, row.status) for row in rows)

    def _all(self, query: DefinitionQuery) -> list[DefinitionRow]:
        with self._reading() as tables:
            rows = [_shown(tables, rows[-1], rows[-1]) for rows in tables.definitions.values()]
        found = [row for row in reversed(rows) if _is_wanted(row, query)]
        if query.sort == "created_at":
            return found[::-1] if query.backwards else found
        return sorted(found, key=_key(query.sort), reverse=query.backwards)


def _key(sort: str) -> Callable[[DefinitionRow], str]:
    return lambda row: row.name if sort == "name" else _status(row)


def _is_wanted(row: DefinitionRow, query: DefinitionQuery) -> bool:
    status = _status(row)
    is_there = status != "archived" if query.status is None else status == query.status
    return is_there and row.kind in query.kinds and query.name in (None, row.name)


def _status(row: DefinitionRow) -> str:
    return status_of(row.archived_at is not None, row.latest)


def _shown(tables: Tables, newest: DefinitionRow, row: DefinitionRow) -> DefinitionRow:
    """Return a revision with all else as it stands now."""
    last = max(_begun(tables, row.id), key=lambda table: table.n, default=None)
    return newest._replace(
        revision=row.revision, version=row.version, body=row.body,
        latest=last.row.status if last is not None else None,
    )  # fmt: skip


def _begun(tables: Tables, definition: str) -> list[RunTable]:
    return [
        table
        for table in tables.runs.values()
        if any((label.name, label.value) == (DEFINITION, definition) for label in table.labels)
    ]
