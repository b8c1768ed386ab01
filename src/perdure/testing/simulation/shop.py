"""The application's own database in a history: real SQLite, at whose commits processes die.

It outlives every process. Transactional steps write to it by the code that real ones use.
"""

import sqlite3
import zlib
from typing import Any

from perdure.authoring.steps.done import Application
from perdure.ports.executor import Result, Work
from perdure.testing.simulation.executor import PoisonError

ONE_IN = 12
"""At so many commits one process dies before it, and one after it."""


class Shop:
    """Writes by the key of the visit that they are of, and what died at their commits."""

    def __init__(self) -> None:
        self._db: sqlite3.Connection | None = None
        self._fate = ""
        self.application = Application(lambda: ShopConnection(self))

    @property
    def db(self) -> sqlite3.Connection:
        """The database, made when it is needed: most histories have no use for it."""
        if self._db is None:
            self._db = sqlite3.connect(":memory:", isolation_level=None)
            self._db.execute("CREATE TABLE writes (key TEXT NOT NULL)")
        return self._db

    def once(self, work: Work, come_to: Result) -> Result:
        """Write for a visit, once, and return what it came to then."""
        roll = zlib.crc32(f"{work.key}/{work.attempt}/{work.token}".encode()) % ONE_IN
        self._fate = {0: "before", 1: "after"}.get(roll, "")

        def run(connection: Any) -> Result:
            connection.cursor().execute("INSERT INTO writes (key) VALUES (?)", (work.key,))
            return come_to

        return self.application.once(work.key, run, run=work.run)

    def commit(self, *, wrote: bool) -> None:
        """Commit; the process that does so may die before it, or after it."""
        fate = self._fate if wrote else ""
        if fate == "before":
            raise PoisonError("before the application's commit")
        self.db.execute("COMMIT")
        if fate == "after":
            raise PoisonError("after the application's commit")

    def writes(self, key: str) -> int:
        """Return how often a visit has written."""
        ((count,),) = self.db.execute("SELECT count(*) FROM writes WHERE key = ?", (key,))
        return int(count)


class ShopConnection:
    """A DB-API connection: all that attempts use of one."""

    paramstyle = "qmark"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._wrote = False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._shop.db.in_transaction

    def cursor(self) -> "ShopConnection":
        """Return what executes statements."""
        return self

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        """Execute a statement."""
        self._wrote = self._wrote or "INTO writes" in statement
        self._rows = self._shop.db.execute(statement, values).fetchall()

    def fetchall(self) -> list[Any]:
        """Return the rows of the last statement."""
        return self._rows

    def commit(self) -> None:
        """Commit, if there is something to commit."""
        if self.in_transaction:
            self._shop.commit(wrote=self._wrote)

    def rollback(self) -> None:
        """Roll back, as a database does when a process is gone."""
        if self.in_transaction:
            self._shop.db.execute("ROLLBACK")

    def close(self) -> None:
        """Roll back what is open."""
        self.rollback()
