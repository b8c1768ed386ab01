"""Makes room in a young log, so that commits need not lengthen it.

A commit that makes the log's file longer has the file system write down the new length as well,
within the forced write that it waits for: that takes half as long again. So once a log shows that
it is used, a transaction of many pages is written to it and taken back. They stand behind the
log's end, where the next commits overwrite them and no reader looks. It is done by slices, each
before the last one is used up, because all who write wait for it: for a slice a millisecond. What
is written goes into SQLite's own table of sequences, of which any value may be one: a table of our
own would change the schema, and taking that back would have each statement planned anew.
"""

import shutil
from contextlib import suppress
from math import inf
from pathlib import Path

import apsw

from perdure.errors import StoreError
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told

ROOM_BYTES = 16 * 1024 * 1024
SLICE_BYTES = 1024 * 1024
YOUNG_PAGES = 100
"""So much is written before room is made: a script of a few steps need not pay for it."""

ENOUGH_FREE = 16 * ROOM_BYTES
_FRAME_HEAD = (
    24  # bytes before each page of a log: https://sqlite.org/fileformat2.html#the_write_ahead_log
)
_FEW_PAGES = 64  # held in memory, so that pages go to the log before their transaction ends


class Room:
    """Makes room in the log of one file, slice by slice, until it is as long as it need be."""

    def __init__(self, path: Path, guard: Guard) -> None:
        self._log = Path(f"{path}-wal")
        self._guard = guard
        self._next: float = YOUNG_PAGES

    def make(self, connection: apsw.Connection, pages: int) -> None:
        """Make room if so many pages of the log are used that what is there will not last.

        Called within the writing connection's turn, after its commit: raises nothing for what
        was committed. A disk with little left is not filled.
        """
        if pages < self._next:
            return
        self._next = inf  # whatever goes wrong with it, it is tried once
        frame = connection.pragma("page_size") + _FRAME_HEAD
        long, used = self._log.stat().st_size, pages * frame
        if long >= ROOM_BYTES or shutil.disk_usage(self._log.parent).free < ENOUGH_FREE:
            return
        if long - used < SLICE_BYTES // 4:
            with suppress(StoreError), told(self._guard):
                _write_and_take_back(connection, SLICE_BYTES)
                long = used + SLICE_BYTES
        self._next = (long - SLICE_BYTES // 4) / frame


def _write_and_take_back(connection: apsw.Connection, amount: int) -> None:
    cached = connection.pragma("cache_size")
    connection.pragma("cache_size", _FEW_PAGES)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("INSERT INTO sqlite_sequence VALUES ('room', zeroblob(?))", (amount,))
    finally:
        connection.execute("ROLLBACK")
        connection.pragma("cache_size", cached)
