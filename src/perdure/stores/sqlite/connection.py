"""How a connection is opened, and the settings that durability rests on, set and checked."""

import sys
from ctypes import addressof, c_int
from pathlib import Path
from typing import Literal

import apsw

from perdure.errors import StoreError, StorePlaceError

Durability = Literal["full", "process"]

OLDEST_SQLITE = (3, 51, 3)  # older ones lose data when two connections reset the WAL at once
BUSY_MILLISECONDS = 5000
PAGE_BYTES = 2048
"""Half of SQLite's own choice: a commit of one step touches eight pages and writes each whole."""

_SYNCHRONOUS = {"full": 2, "process": 1}


def open_writer(path: Path, durability: Durability) -> apsw.Connection:
    """Open the writing connection of a file, made if it is not there."""
    check_library()
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = _open(path, flags)
    connection.wal_autocheckpoint(0)  # checkpoints have a connection of their own
    connection.pragma("page_size", PAGE_BYTES)  # of a new file; others keep theirs
    connection.pragma("cache_size", -4096)
    _make_durable(connection, path, durability)
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that cannot write."""
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE)
    connection.pragma("query_only", 1)
    connection.pragma("cache_size", -1024)
    return connection


def open_checkpointer(path: Path, durability: Durability) -> apsw.Connection:
    """Open a connection that moves the WAL's pages into the file."""
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE)
    _synchronise(connection, durability)
    return connection


def open_memory() -> apsw.Connection:
    """Open a database in memory."""
    check_library()
    connection = apsw.Connection(":memory:")
    keep_plans(connection)
    return connection


def check_library() -> None:
    """Refuse a SQLite with the WAL-reset race."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")[:3])
    if version < OLDEST_SQLITE:
        raise StoreError(
            f"apsw uses SQLite {apsw.sqlite_lib_version()}, which can lose data;"
            " 3.51.3 is the oldest that does not. Install apsw from its wheel."
        )


def _open(path: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    keep_wal(connection)
    keep_plans(connection)
    connection.pragma("journal_size_limit", -1)
    connection.pragma("temp_store", 2)
    return connection


def keep_wal(connection: apsw.Connection) -> None:
    """Leave the WAL in place when the last connection closes.

    Were another connection's locks dropped by a stray close of the file, the WAL that it still
    writes to would be unlinked.
    """
    keep = c_int(1)
    connection.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, addressof(keep))


def keep_plans(connection: apsw.Connection) -> None:
    """Plan a statement once, whatever is bound to it later.

    Else SQLite looks at bound values while it plans, and plans again at each new value: most of
    the time that a small commit took.
    """
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)


def put_away(connection: apsw.Connection | None) -> None:
    """Close a connection that is soon opened again: the log is left as it is."""
    if connection is not None:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.close()


def _make_durable(connection: apsw.Connection, path: Path, durability: Durability) -> None:
    mode = connection.pragma("journal_mode", "wal")
    if mode != "wal":
        raise StorePlaceError(
            f"{path}: the file system does not carry a write-ahead log (it is in mode {mode!r})."
            " Put the store on a local disk: set PERDURE_STORE."
        )
    _synchronise(connection, durability)


def _synchronise(connection: apsw.Connection, durability: Durability) -> None:
    wanted = _SYNCHRONOUS[durability]
    connection.pragma("synchronous", wanted)
    if sys.platform == "darwin":
        connection.pragma("fullfsync", 1)
        connection.pragma("checkpoint_fullfsync", 1)
    found = connection.pragma("synchronous")
    if found != wanted:
        raise StoreError(f"SQLite keeps synchronous at {found} where {wanted} was set")
