"""Moves the log's pages into the file, on a connection of its own, so that commits need not.

The work is done while commits go on. They outrun it, though: the log starts afresh only after a
moment in which all of it was moved. Once it has grown long, such a moment is made: the rest,
which is short by then, is moved within a turn.
"""

import threading
from collections.abc import Callable

import apsw

from perdure.errors import StoreBusyError
from perdure.stores.sqlite.connection import put_away
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told
from perdure.stores.sqlite.writer import Writer

WORTH_PAGES = 2000
LONG_PAGES = 8000  # 16 MiB
TOO_LONG_PAGES = 32_000  # from here on it waits for other processes, too


class Checkpointer:
    """Told by each commit how long the log is; works when `run` is called and it is worth it.

    `pages` is how many of the log this process's last commit saw used.
    """

    def __init__(self, connect: Callable[[], apsw.Connection], guard: Guard) -> None:
        self._connect = connect
        self._guard = guard
        self._mutex = threading.Lock()
        self._connection: apsw.Connection | None = None
        self.pages = 0
        self._moved = 0

    def watch(self, connection: apsw.Connection) -> apsw.Connection:
        """Have this connection's commits tell how long the log is."""
        connection.set_wal_hook(self._committed)
        return connection

    def _committed(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self.pages = pages
        return apsw.SQLITE_OK

    def run(self, writer: Writer) -> None:
        """Move pages if there are many. Whoever else does so already is left to it."""
        if self.pages < self._moved:
            self._moved = 0  # the log has started afresh
        if self.pages - self._moved < WORTH_PAGES or not self._mutex.acquire(blocking=False):
            return
        try:
            pages, self._moved = self._move()
            if pages > LONG_PAGES:
                with writer.pause(wait=pages > TOO_LONG_PAGES):
                    _, self._moved = self._move()
        except StoreBusyError:
            pass  # another process moves them, or writes now: there is a next time
        finally:
            self._mutex.release()

    def _move(self) -> tuple[int, int]:
        self._guard.check()
        with told(self._guard):
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    # -- forks, and the end ---------------------------------------------------------------------

    def rest(self, patience: float) -> bool:
        """Put the connection away until `wake`; False where a checkpoint does not end in time."""
        if not self._mutex.acquire(timeout=patience):
            return False
        put_away(self._connection)
        self._connection = None
        return True

    def wake(self) -> None:
        """Go on after `rest`."""
        self._mutex.release()

    def connections(self) -> list[apsw.Connection]:
        """Return the connections that are open."""
        return [] if self._connection is None else [self._connection]

    def close(self) -> None:
        """Wait for the work that is under way, if any, and close."""
        with self._mutex:
            put_away(self._connection)
            self._connection = None
