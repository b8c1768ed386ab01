"""What drivers of PEP 249 (DB-API 2) differ in: marks, transactions, and how one is connected."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from perdure.errors import UnusableConnectionError

Connect = Callable[[], Any]
"""Gives a DB-API 2 connection, which is closed after use, or a context manager of one."""


@contextmanager
def opened(connect: Connect) -> Iterator[Any]:
    """Have a connection for as long as the block lasts. Raises UnusableConnectionError."""
    given = connect()
    if hasattr(given, "cursor"):
        try:
            yield given
        finally:
            given.close()
        return
    if not hasattr(given, "__enter__"):
        raise UnusableConnectionError(
            f"to connect gave {given!r}, which is neither a DB-API 2 connection nor a block "
            "(context manager) that gives one"
        )
    manager: AbstractContextManager[Any] = given
    with manager as connection:
        yield connection


def execute(connection: Any, statement: str, values: Any = ()) -> Any:
    """Execute a statement with a cursor of its own, and return that."""
    cursor = connection.cursor()
    cursor.execute(statement, values)
    return cursor


def bound(connection: Any, *values: object) -> tuple[list[str], Any]:
    """Return the marks for values in a statement, as the driver wants them, and the values.

    Raises UnusableConnectionError where it does not say how.
    """
    match style := _paramstyle(connection):
        case "qmark":
            return ["?"] * len(values), values
        case "format" | "pyformat":
            return ["%s"] * len(values), values
        case "numeric":
            return [f":{number}" for number in range(1, len(values) + 1)], values
        case "named":
            names = [f"v{number}" for number in range(len(values))]
            return [f":{name}" for name in names], dict(zip(names, values, strict=True))
        case _:
            raise UnusableConnectionError(
                f"a connection of type {type(connection).__name__} does not say how its driver "
                f"marks parameters (paramstyle is {style!r}). Set `paramstyle` on it"
            )


def _paramstyle(connection: Any) -> Any:
    """Return how a driver marks parameters: its connection says so, or its module does (PEP 249)."""
    if (said := getattr(connection, "paramstyle", None)) is not None:
        return said
    connection = getattr(connection, "driver_connection", connection)  # in what SQLAlchemy pools
    for kind in type(connection).__mro__:
        parts = kind.__module__.split(".")
        for length in range(len(parts), 0, -1):
            module = sys.modules.get(".".join(parts[:length]))
            if (said := getattr(module, "paramstyle", None)) is not None:
                return said
    return None


def is_in_transaction(connection: Any) -> bool:
    """Whether what is executed now is committed later; true where that cannot be told."""
    if _commits_each(connection):
        return _is_open(connection) is True
    return getattr(connection, "in_transaction", True) is True


def will_be_in_transaction(connection: Any) -> bool:
    """Whether an INSERT is committed later: some drivers begin a transaction before it themselves."""
    if is_in_transaction(connection):
        return True
    begins = getattr(connection, "isolation_level", None) is not None  # sqlite3's, unless None
    return begins and not _commits_each(connection)


def _commits_each(connection: Any) -> bool:
    said = getattr(connection, "autocommit", None)
    if callable(said):  # a method that sets it: of MySQL's drivers
        asked = getattr(connection, "get_autocommit", None)
        said = asked() if asked is not None else None
    return said is True


def _is_open(connection: Any) -> bool | None:
    """Whether a transaction was begun on a connection that begins none itself; None: unknown."""
    if (said := getattr(connection, "in_transaction", None)) is not None:
        return bool(said)
    status = getattr(getattr(connection, "info", None), "transaction_status", None)
    return None if status is None else int(status) != 0  # psycopg's: 0 is idle


def commit(connection: Any) -> None:
    """Commit, also where the driver leaves that to a statement."""
    connection.commit()
    if getattr(connection, "in_transaction", False) is True:  # sqlite3 with autocommit=True
        execute(connection, "COMMIT")


def long_text(connection: Any) -> str:
    """Return the type of a column that holds a text of any length."""
    names = " ".join(kind.__module__ for kind in type(connection).__mro__).lower()
    return "LONGTEXT" if "mysql" in names or "mariadb" in names else "TEXT"
