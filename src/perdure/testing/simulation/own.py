"""An application's database with an outbox in it, and callers' transactions on it.

It outlives every process. Callers and couriers use it by the code that real ones use.
"""

import random
import sqlite3
from typing import Any

from perdure.outboxes.dbapi import DbApiOutbox

ONE_IN = 6
"""Of so many connections one is refused."""


class OwnDatabase:
    """Real SQLite, which is made when it is needed: most histories have no use for it."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._db: sqlite3.Connection | None = None
        self._is_made = False
        self.is_calm = False
        self.outbox = DbApiOutbox(self.connect)

    @property
    def db(self) -> sqlite3.Connection:
        """The database itself."""
        if self._db is None:
            self._db = sqlite3.connect(":memory:", isolation_level=None)
            self.outbox.prepare()
            self._is_made = True
        return self._db

    @property
    def left(self) -> int:
        """How many rows are in the outbox."""
        if self._db is None:
            return 0
        ((left,),) = self._db.execute("SELECT count(*) FROM perdure_outbox")
        return int(left)

    def connect(self) -> "OwnConnection":
        """Return a connection, or fail as a database that is down for a moment."""
        if self._is_made and not self.is_calm and self._chance.randrange(ONE_IN) == 0:
            raise sqlite3.OperationalError("it is down")
        return OwnConnection(self.db)


class OwnConnection:
    """A DB-API connection. What it inserts is there once it commits, all at one moment."""

    paramstyle = "qmark"
    in_transaction = True

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._inserts: list[tuple[str, tuple[Any, ...]]] = []
        self._rows: list[Any] = []

    def cursor(self) -> "OwnConnection":
        """Return what executes statements."""
        return self

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        """Execute a statement, or keep it until the commit."""
        if statement.startswith("INSERT"):
            self._inserts.append((statement, values))
            return
        self._rows = self._db.execute(statement, values).fetchall()
        if statement.startswith("SELECT 1"):  # it sees its own rows
            self._rows += [(1,) for _, inserted in self._inserts if inserted[:1] == values]

    def fetchall(self) -> list[Any]:
        """Return the rows of the last statement."""
        return self._rows

    def commit(self) -> None:
        """Commit what was inserted."""
        self.in_transaction = False
        self._db.execute("BEGIN")
        for statement, values in self._inserts:
            self._db.execute(statement, values)
        self._db.execute("COMMIT")
        self._inserts.clear()

    def rollback(self) -> None:
        """Forget what was inserted."""
        self._inserts.clear()

    def close(self) -> None:
        """Do what closing does to an open transaction."""
        self.rollback()
