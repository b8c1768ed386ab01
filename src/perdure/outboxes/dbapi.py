"""An outbox in a database that a driver of PEP 249 opens: the application's own, never perdure's.

    perdure_outbox (id, kind, body, made_at)

A row is inserted in the application's transaction and by its connection, so it is there if that
commits. Nothing else is done there: no row is locked, changed or waited for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.authoring import dbapi
from perdure.authoring.dbapi import Connect, bound, execute
from perdure.errors import OutboxTroubleError, UnusableConnectionError
from perdure.ports.outbox import Posted

TABLE = """\
CREATE TABLE IF NOT EXISTS perdure_outbox (
  id      VARCHAR(64) NOT NULL PRIMARY KEY,
  kind    VARCHAR(16) NOT NULL,
  body    {text} NOT NULL,
  made_at DOUBLE PRECISION NOT NULL
)"""
_INSERT = "INSERT INTO perdure_outbox (id, kind, body, made_at) VALUES ({})"
_READ = "SELECT id, kind, body, made_at FROM perdure_outbox WHERE id > {} ORDER BY id LIMIT {:d}"
_HAS = "SELECT 1 FROM perdure_outbox WHERE id = {}"
_FORGET = "DELETE FROM perdure_outbox WHERE id IN ({})"

_MISUSED = ("InterfaceError", "ProgrammingError")  # PEP 249's names: not the database's trouble


class DbApiOutbox:
    """The outbox of one database. `connect` gives a connection as the application's own does."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._has_table = False

    # -- within the application's transaction ------------------------------------------------
    def add(self, connection: Any, posted: Posted) -> None:
        """Insert a row in the transaction that is open, or that the driver begins before it.

        Raises UnusableConnectionError.
        """
        with _usable(connection):
            self._prepare(connection)
            if not dbapi.will_be_in_transaction(connection):
                raise UnusableConnectionError(
                    "this connection has no open transaction and commits each statement by "
                    "itself, so the start or signal would not belong to anything. Begin a "
                    "transaction first (BEGIN), or give a connection with autocommit off"
                )
            marks, given = bound(connection, *posted)
            execute(connection, _INSERT.format(", ".join(marks)), given)

    def has(self, connection: Any, id_: str) -> bool:
        """Whether this transaction sees a row of this id. Raises UnusableConnectionError."""
        with _usable(connection):
            self._prepare(connection)
            marks, given = bound(connection, id_)
            return bool(execute(connection, _HAS.format(marks[0]), given).fetchall())

    def _prepare(self, connection: Any) -> None:
        """Make the table, unless it is there."""
        if self._has_table:
            return
        if hasattr(connection, "in_transaction"):  # SQLite's: others could not, while it writes
            execute(connection, TABLE.format(text="TEXT"))  # it is gone if that is rolled back
        else:
            self.prepare()

    # -- outside of it -----------------------------------------------------------------------
    def prepare(self) -> None:
        """Make the table on a connection of its own, unless it is there. Raises OutboxTroubleError."""
        with self._opened() as connection:
            self._make(connection)

    def read(self, after: str, most: int) -> list[Posted]:
        """Return committed rows with an id after this one, by id."""
        with self._opened() as connection:
            if not self._has_table:
                self._make(connection)
            marks, given = bound(connection, after)
            rows = execute(connection, _READ.format(marks[0], most), given).fetchall()
            connection.rollback()
            return [Posted(str(id_), kind, body, float(at)) for id_, kind, body, at in rows]

    def forget(self, ids: Sequence[str]) -> None:
        """Delete these rows, and commit."""
        with self._opened() as connection:
            marks, given = bound(connection, *ids)
            execute(connection, _FORGET.format(", ".join(marks)), given)
            dbapi.commit(connection)

    def _make(self, connection: Any) -> None:
        try:
            execute(connection, "SELECT id FROM perdure_outbox WHERE 1 = 0").fetchall()
        except Exception:  # noqa: BLE001 - each driver has errors of its own
            connection.rollback()
            execute(connection, TABLE.format(text=dbapi.long_text(connection)))
            dbapi.commit(connection)
        self._has_table = True

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Have a connection of its own; whatever its driver raises is trouble with the database."""
        try:
            with dbapi.opened(self._connect) as connection:
                yield connection
        except UnusableConnectionError:
            raise
        except Exception as error:
            raise OutboxTroubleError(
                f"the outbox in the application's database cannot be read or written now: {error}"
            ) from error


@contextmanager
def _usable(connection: Any) -> Iterator[None]:
    """Say what is wrong with a connection that cannot be used so; let the database's trouble pass."""
    if not hasattr(connection, "cursor"):
        raise UnusableConnectionError(
            f"{connection!r} is no DB-API 2 connection: it has no cursor(). Give the connection on "
            "which the transaction is open"
        )
    try:
        yield
    except Exception as error:
        if not any(kind.__name__ in _MISUSED for kind in type(error).__mro__):
            raise
        raise UnusableConnectionError(
            f"nothing can be written on this connection: {error}. Give one that is open, in the "
            "thread that opened it"
        ) from error
