"""A step's writes to the application's own database, and what it came to, in one transaction there.

A table `perdure_done` has a row for each visit whose transaction was committed: its idempotency key,
and the outcome as JSON text. An attempt that finds its visit's row returns what stands there.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from typing import Any

from perdure.authoring.dbapi import Connect, bound, commit, execute, is_in_transaction, opened
from perdure.errors import NonRetryableError
from perdure.kernel import directives
from perdure.kernel.ways import Way
from perdure.ports.executor import Result
from perdure.wire.encoding import decode, encode

TABLE = """\
CREATE TABLE IF NOT EXISTS perdure_done (
  key     VARCHAR(64) NOT NULL PRIMARY KEY,
  outcome TEXT NOT NULL
)"""
_OPEN = ""  # the outcome of a visit whose transaction has not come to its end
_DIRECTIVES = {kind.__name__: kind for kind in directives.Directive.__args__}


class Application:
    """The application's database. Safe in several threads: each attempt has its own connection."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._has_table = False

    def once(self, key: str, run: Callable[[Any], Result]) -> Result:
        """Run something in a transaction, and commit it with what it came to; once for a key.

        If it was committed under this key before, return what it came to then, and run nothing.
        `run` gets the connection; what it raises rolls everything back.
        """
        with self._opened() as connection:
            self._prepare(connection)
            if (before := self._begin(connection, key)) is not None:
                return before
            try:
                result = run(connection)
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
            try:
                execute(connection, "SELECT key FROM perdure_done WHERE 1 = 0").fetchall()
            except Exception:  # noqa: BLE001 - each driver has errors of its own
                connection.rollback()
                execute(connection, TABLE)
                commit(connection)
            else:
                connection.rollback()
            self._has_table = True

    def _begin(self, connection: Any, key: str) -> Result | None:
        """Take the key, which keeps out any other attempt of the visit; or return its outcome."""
        if getattr(connection, "in_transaction", True) is False:  # sqlite3 begins none by itself
            execute(connection, "BEGIN IMMEDIATE")
        found = self._read(connection, key)
        if found is None:
            try:
                _insert(connection, key)
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
        asked = f"SELECT outcome FROM perdure_done WHERE key = {mark[0]}"  # noqa: S608 - a mark
        rows = execute(connection, asked, given).fetchall()
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
        told = f"UPDATE perdure_done SET outcome = {marks[0]} WHERE key = {marks[1]}"  # noqa: S608
        execute(connection, told, given)


def _insert(connection: Any, key: str) -> None:
    marks, given = bound(connection, key, _OPEN)
    told = f"INSERT INTO perdure_done (key, outcome) VALUES ({marks[0]}, {marks[1]})"  # noqa: S608
    execute(connection, told, given)


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
