"""A step's writes to the application's own database, and what it came to, in one transaction there.

A table `perdure_done` has a row for each visit whose transaction was committed: its idempotency
key, its run, and the outcome as JSON text. An attempt that finds its visit's row returns what
stands there.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from typing import Any

from perdure.authoring.dbapi import (
    Connect,
    bound,
    commit,
    execute,
    is_in_transaction,
    long_text,
    opened,
)
from perdure.errors import NonRetryableError
from perdure.kernel import directives
from perdure.kernel.ways import Way
from perdure.ports.executor import Result
from perdure.wire.encoding import decode, encode

TABLE = """\
CREATE TABLE IF NOT EXISTS perdure_done (
  visit_key VARCHAR(64) NOT NULL PRIMARY KEY,
  run       VARCHAR(64),
  outcome   {text} NOT NULL
)"""
_FORMER = (  # the table as it was first: `key` is a word that MySQL reserves
    "ALTER TABLE perdure_done RENAME COLUMN key TO visit_key",
    "ALTER TABLE perdure_done ADD COLUMN run VARCHAR(64)",
)
_READ = "SELECT outcome FROM perdure_done WHERE visit_key = {}"
_VISITS = (
    "SELECT visit_key, run FROM perdure_done WHERE visit_key > {} AND run IS NOT NULL "
    "ORDER BY visit_key LIMIT {:d}"
)
_FORGET = "DELETE FROM perdure_done WHERE visit_key IN ({})"
_OPEN = ""  # the outcome of a visit whose transaction has not come to its end
_DIRECTIVES = {kind.__name__: kind for kind in directives.Directive.__args__}


class Application:
    """The application's database. Safe in several threads: each attempt has its own connection."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._has_table = False

    def once(self, key: str, call: Callable[[Any], Result], *, run: str) -> Result:
        """Call something in a transaction, and commit it with what it came to; once for a key.

        If it was committed under this key before, return what it came to then, and call nothing.
        `call` gets the connection; what it raises rolls everything back. `run` is whose visit it
        is.
        """
        with self._opened() as connection:
            self._prepare(connection)
            if (before := self._begin(connection, key, run)) is not None:
                return before
            try:
                result = call(connection)
                self._record(connection, key, dump_result(result))
            except BaseException:
                connection.rollback()
                raise
            try:
                commit(connection)
            except Exception:
                if (found := self._ask(key)) is None:
                    raise
                return found  # it was committed, and only the answer was lost
            return result

    def _ask(self, key: str) -> Result | None:
        """Return what was committed under a key, as a connection of its own sees it."""
        with self._opened() as connection:
            found = self._read(connection, key)
            connection.rollback()
            return found

    def _opened(self) -> AbstractContextManager[Any]:
        return opened(self._connect)

    def _prepare(self, connection: Any) -> None:
        """Make the table, unless it is there."""
        with self._lock:
            if self._has_table:
                return
            if not _has(connection, "visit_key, run"):
                steps = _FORMER if _has(connection, "key") else [TABLE]
                for step in steps:
                    execute(connection, step.format(text=long_text(connection)))
                commit(connection)
            self._has_table = True

    def _begin(self, connection: Any, key: str, run: str) -> Result | None:
        """Take the key, which keeps out any other attempt of the visit; or return its outcome."""
        if getattr(connection, "in_transaction", True) is False:  # sqlite3 begins none by itself
            execute(connection, "BEGIN IMMEDIATE")
        found = self._read(connection, key)
        if found is None:
            try:
                _insert(connection, key, run)
            except Exception:
                connection.rollback()
                if (found := self._read(connection, key)) is None:
                    raise
        if found is not None:
            connection.rollback()
        elif not is_in_transaction(connection):
            raise NonRetryableError(
                "the connection of this transactional step commits each statement by itself. Give "
                "one that does not: autocommit must be off"
            )
        return found

    def _read(self, connection: Any, key: str) -> Result | None:
        mark, given = bound(connection, key)
        rows = execute(connection, _READ.format(*mark), given).fetchall()
        if not rows:
            return None
        if rows[0][0] == _OPEN:
            connection.rollback()
            raise NonRetryableError(
                "this visit's transaction was committed before it had come to its end. A "
                "transactional step must not commit: perdure does"
            )
        return load_result(rows[0][0])

    def _record(self, connection: Any, key: str, outcome: str) -> None:
        if not is_in_transaction(connection):
            raise NonRetryableError(
                "the step has ended its transaction itself. A transactional step must neither "
                "commit nor roll back: perdure does"
            )
        marks, given = bound(connection, outcome, key)
        told = "UPDATE perdure_done SET outcome = {} WHERE visit_key = {}"
        execute(connection, told.format(*marks), given)

    # -- what is not needed any more ---------------------------------------------------------
    def visits(self, after: str, most: int) -> list[tuple[str, str]]:
        """Return the keys and runs of visits with a key after this one, by key.

        Visits that were recorded before their runs were are left out.
        """
        with self._opened() as connection:
            self._prepare(connection)
            marks, given = bound(connection, after)
            rows = execute(connection, _VISITS.format(marks[0], most), given).fetchall()
            connection.rollback()
            return [(str(key), str(run)) for key, run in rows]

    def forget(self, keys: Sequence[str]) -> None:
        """Delete the rows of these visits: no attempt of them may come any more."""
        with self._opened() as connection:
            marks, given = bound(connection, *keys)
            execute(connection, _FORGET.format(", ".join(marks)), given)
            commit(connection)

    @property
    def place(self) -> Connect:
        """How it connects: what tells it from others."""
        return self._connect


def _has(connection: Any, columns: str) -> bool:
    """Whether the table is there and has these columns."""
    try:
        execute(connection, f"SELECT {columns} FROM perdure_done WHERE 1 = 0").fetchall()  # noqa: S608
    except Exception:  # noqa: BLE001 - each driver has errors of its own
        return False
    finally:
        connection.rollback()
    return True


def _insert(connection: Any, key: str, run: str) -> None:
    marks, given = bound(connection, key, run, _OPEN)
    told = "INSERT INTO perdure_done (visit_key, run, outcome) VALUES ({}, {}, {})"
    execute(connection, told.format(*marks), given)


def dump_result(result: Result) -> str:
    """Return a result as JSON text: what was asked for, and the values."""
    asked = result.outcome
    values = {each.name: getattr(asked, each.name) for each in fields(asked)}
    if isinstance(asked, directives.Wait):
        values["also"] = [asdict(way) for way in asked.also]
    return encode([type(asked).__name__, values, result.context, result.output])


def load_result(text: str) -> Result:
    """Return the result of a text that `dump_result` made."""
    kind, values, context, output = decode(text)
    if "also" in values:
        values["also"] = tuple(Way(**way) for way in values["also"])
    return Result(outcome=_DIRECTIVES[kind](**values), context=context, output=output)
