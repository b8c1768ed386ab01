"""Records the rows that an engine writes, transaction by transaction, and writes them again raw.

`Recording()` listens to every connection that this process opens through apsw from then on.
`replay` puts the same rows, in the same transactions, into a new file with the same tables and
indexes, by one prepared statement for each kind of row: what the same bytes and rows cost
without an engine around them.
"""
# ruff: noqa: S608 - statements are made from the names of the store's own tables and columns

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import apsw

from benchmarks.harness.raw import connect

Row = tuple[int | float | str | bytes | None, ...]
Write = tuple[str, Row]  # a statement and its parameters


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was inserted (no `old`), updated or deleted (no `new`)."""

    table: str
    rowid: int
    old: Row | None
    new: Row | None


@dataclass(frozen=True, slots=True)
class Table:
    """What a statement on a table needs to know: its columns, and where its key stands."""

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]  # none: the rowid is the key

    def write(self, change: Change) -> Write:
        """Return the plain statement that makes a change."""
        if change.old is None:
            marks = ",".join("?" * len(self.columns))
            return f'INSERT INTO "{self.name}" VALUES ({marks})', change.new or ()
        where, key = self._where(change)
        if change.new is None:
            return f'DELETE FROM "{self.name}" WHERE {where}', key
        pairs = zip(change.old, change.new, strict=True)
        moved = [place for place, (old, new) in enumerate(pairs) if old != new]
        if not moved:
            moved = [len(self.columns) - 1]  # written all the same, so it is here too
        values = ",".join(f'"{self.columns[place]}"=?' for place in moved)
        row = tuple(change.new[place] for place in moved)
        return f'UPDATE "{self.name}" SET {values} WHERE {where}', row + key

    def _where(self, change: Change) -> Write:
        if not self.key:
            return "rowid=?", (change.rowid,)
        assert change.old is not None
        where = " AND ".join(f'"{self.columns[place]}"=?' for place in self.key)
        return where, tuple(change.old[place] for place in self.key)


class Recording:
    """The committed transactions of this process, in order."""

    def __init__(self) -> None:
        self.transactions: list[list[Change]] = []
        apsw.connection_hooks.append(self._listen)

    def _listen(self, connection: apsw.Connection) -> None:
        pending: list[Change] = []

        def changed(update: apsw.PreUpdate) -> None:
            pending.append(Change(update.table_name, update.rowid, old=update.old, new=update.new))

        def committed() -> bool:
            if pending:
                self.transactions.append(pending.copy())
                pending.clear()
            return False  # let the commit go on

        connection.preupdate_hook(changed, id=self)
        connection.set_commit_hook(committed, id=self)
        connection.set_rollback_hook(pending.clear, id=self)


def replay(
    source: Path, target: Path, transactions: Sequence[Sequence[Change]], start: int
) -> float:
    """Write recorded transactions into a new file; return the seconds of those from `start` on.

    `source` is the engine's store, whose tables and indexes are made in `target` first.
    """
    connection = connect(target)
    tables = _copy_schema(source, connection)
    grouped = [list(_groups(changes, tables)) for changes in transactions]
    began = time.perf_counter()
    for number, groups in enumerate(grouped):
        if number == start:
            began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in groups:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _copy_schema(source: Path, connection: apsw.Connection) -> dict[str, Table]:
    store = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
    made = store.execute(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND type IN ('table', 'index') ORDER BY type DESC"
    )
    for (statement,) in made.fetchall():
        connection.execute(str(statement))
    names = store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    tables = {str(name): _table(store, str(name)) for (name,) in names}
    store.close()
    return tables


def _table(store: apsw.Connection, name: str) -> Table:
    columns = store.execute("SELECT name, pk FROM pragma_table_info(?)", (name,)).fetchall()
    ranked = sorted((rank, place) for place, (_, rank) in enumerate(columns) if rank)
    return Table(name, tuple(str(column) for column, _ in columns), key=tuple(p for _, p in ranked))


def _groups(changes: Sequence[Change], tables: dict[str, Table]) -> Iterator[tuple[str, list[Row]]]:
    writes = [tables[change.table].write(change) for change in changes]
    for statement, group in groupby(writes, key=itemgetter(0)):
        yield statement, [row for _, row in group]
