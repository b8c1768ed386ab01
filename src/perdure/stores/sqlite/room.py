"""Makes room in a young log, so that commits need not lengthen it.

A commit that makes the log's file longer has the file system write down the new length as well,
within the forced write that it waits for: that takes half as long again. So once a log shows that
it is used, a transaction of many pages is written to it and taken back. They stand behind the
log's end, where the next commits overwrite them and no reader looks.
"""

import shutil
from contextlib import suppress
from pathlib import Path

import apsw

from perdure.errors import StoreError
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told

ROOM_BYTES = 16 * 1024 * 1024
YOUNG_PAGES = 100
"""So much is written before room is made: a script of a few steps need not pay for it."""

ENOUGH_FREE = 16 * ROOM_BYTES
_FEW_PAGES = 64  # held in memory, so that pages go to the log before their transaction ends


class Room:
    """Makes room in the log of one file, once."""

    def __init__(self, path: Path, guard: Guard) -> None:
        self._log = Path(f"{path}-wal")
        self._guard = guard
        self._is_made = False

    def make(self, connection: apsw.Connection, pages: int) -> None:
        """Make room if so many pages of the log are used and it is short still.

        Called within the writing connection's turn, after its commit: raises nothing for what
        was committed. A disk with little left is not filled.
        """
        if self._is_made or pages < YOUNG_PAGES:
            return
        self._is_made = True
        free = shutil.disk_usage(self._log.parent).free
        if self._log.stat().st_size < ROOM_BYTES and free > ENOUGH_FREE:
            with suppress(StoreError), told(self._guard):
                _write_and_take_back(connection, ROOM_BYTES)


def _write_and_take_back(connection: apsw.Connection, amount: int) -> None:
    cached = connection.pragma("cache_size")
    connection.pragma("cache_size", _FEW_PAGES)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE room (bytes BLOB)")
        connection.execute("INSERT INTO room VALUES (zeroblob(?))", (amount,))
    finally:
        connection.execute("ROLLBACK")
        connection.pragma("cache_size", cached)
