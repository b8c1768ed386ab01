"""Definitions in SQLite: see `ports.definitions` for what each method means."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import apsw

from perdure.errors import StoreRefusedError
from perdure.ports.definitions import DefinitionQuery, DefinitionRow
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Open = Callable[[], AbstractContextManager[apsw.Connection]]


class SqliteDefinitions:
    """The definitions of a database, each written in a transaction of its own."""

    def __init__(self, writing: Open, reading: Open) -> None:
        self._writing = writing
        self._reading = reading

    def add(self, row: DefinitionRow) -> str:
        """Keep a new definition; return its id, or that of the one that has its key."""
        asked = row._asdict()
        with self._writing() as db:
            fetch(db, "definitions/add", **asked)
            if db.changes():
                fetch(db, "definitions/revision", **asked)
                return row.id
            taken = fetch(db, "definitions/of_key", key=row.key)
        if not taken:
            raise StoreRefusedError(f"there is a definition {row.id!r} already")
        return str(taken[0][0])

    def revise(self, row: DefinitionRow, old: int) -> bool:
        """Add a revision, where the newest one is `old` and nothing is archived."""
        asked = row._asdict()
        with self._writing() as db:
            fetch(db, "definitions/revise", old=old, **asked)
            if db.changes() == 0:
                return False
            fetch(db, "definitions/revision", **asked)
        return True

    def say(self, definition: str, said: str, old: str) -> bool:
        """Write what is said of a definition beside its revisions, where `old` stands there."""
        with self._writing() as db:
            fetch(db, "definitions/say", id=definition, said=said, old=old)
            return db.changes() == 1

    def archive(self, definition: str, at: float) -> bool:
        """Archive a definition; False if there is none that is not archived."""
        with self._writing() as db:
            fetch(db, "definitions/archive", id=definition, at=at)
            return db.changes() == 1

    def get(self, definition: str, revision: int | None = None) -> DefinitionRow | None:
        """Return a definition at its newest revision, or at this one."""
        found = self._all("get", id=definition, revision=revision)
        return DefinitionRow(*found[0]) if found else None

    def revisions(self, definition: str) -> list[tuple[int, str, float]]:
        """Return number, version and time of all revisions, the newest first."""
        return [(row[0], row[1], row[2]) for row in self._all("revisions", id=definition)]

    def find(self, query: DefinitionQuery) -> list[DefinitionRow]:
        """Return definitions at their newest revisions."""
        asked = query._asdict() | {"kinds": encode(query.kinds), "backwards": int(query.backwards)}
        return [DefinitionRow(*row) for row in self._all("find", **asked)]

    def count(self, query: DefinitionQuery) -> int:
        """Return how many there are, whatever the query's limit and offset."""
        asked = {"kinds": encode(query.kinds), "status": query.status, "name": query.name}
        ((count,),) = self._all("count", **asked)
        return int(count)

    def runs(self, definition: str, status: str | None = None) -> int:
        """Return how many runs a definition began that have this status."""
        ((count,),) = self._all("runs", id=definition, status=status)
        return int(count)

    def _all(self, statement: str, /, **asked: Any) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            return fetch(db, f"definitions/{statement}", **asked)
