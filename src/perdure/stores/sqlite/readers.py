"""Short reads on connections of their own, so that nobody waits for the writer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

from perdure.stores.sqlite.connection import put_away
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told

MOST_IDLE = 4


class Readers:
    """A pool: as many connections as there are reads at one time, a few kept for the next."""

    def __init__(self, connect: Callable[[], apsw.Connection], guard: Guard) -> None:
        self._connect = connect
        self._guard = guard
        self._idle: list[apsw.Connection] = []
        self._busy: list[apsw.Connection] = []
        self._changed = threading.Condition(threading.RLock())
        self._resting = False

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """Read at one moment: all statements in the block see the same commits."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Read with single statements, each of which sees the newest commit."""
        with told(self._guard):
            connection = self._take()
            try:
                yield connection
            except BaseException:
                self._give(connection, keep=False)
                raise
            self._give(connection, keep=True)

    def _take(self) -> apsw.Connection:
        self._guard.check()
        with self._changed:
            while self._resting:
                self._changed.wait()
            self._guard.check()
            connection = self._idle.pop() if self._idle else self._connect()
            self._busy.append(connection)
            return connection

    def _give(self, connection: apsw.Connection, *, keep: bool) -> None:
        with self._changed:
            self._busy.remove(connection)
            if keep and len(self._idle) < MOST_IDLE and self._guard.is_open:
                self._idle.append(connection)
            else:
                connection.close()
            self._changed.notify_all()

    # -- forks, and the end ---------------------------------------------------------------------

    def rest(self, patience: float) -> bool:
        """Put the connections away until `wake`; False where a read does not end in time."""
        with self._changed:
            self._resting = True
            if not self._changed.wait_for(lambda: not self._busy, timeout=patience):
                self._resting = False
                self._changed.notify_all()
                return False
            self.close()
            return True

    def wake(self) -> None:
        """Go on after `rest`."""
        with self._changed:
            self._resting = False
            self._changed.notify_all()

    def connections(self) -> list[apsw.Connection]:
        """Return the connections that are open."""
        return [*self._idle, *self._busy]

    def close(self) -> None:
        """Close what is idle; a read that is under way closes its own."""
        with self._changed:
            while self._idle:
                put_away(self._idle.pop())
