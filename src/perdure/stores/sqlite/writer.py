"""The one writing connection of a process: who may use it, when, and how a transaction ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import apsw

from perdure.errors import StoreBusyError
from perdure.stores.sqlite.connection import BUSY_MILLISECONDS, put_away
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told


class Turns(Protocol):
    """What the processes of one store take turns by."""

    def enter(self) -> None:
        """Wait for the turn."""

    def try_enter(self) -> None:
        """Take the turn at once, or raise StoreBusyError."""

    def leave(self) -> None:
        """End the turn."""


class _Turn:
    """A block within a turn."""

    __slots__ = ("_turns", "_wait")

    def __init__(self, turns: Turns, *, wait: bool) -> None:
        self._turns = turns
        self._wait = wait

    def __enter__(self) -> None:
        if self._wait:
            self._turns.enter()
        else:
            self._turns.try_enter()

    def __exit__(self, *_: object) -> None:
        self._turns.leave()


class Writer:
    """One connection, one mutex, one turnstile. A transaction is done wholly or not at all.

    `on_committed` is called after each one, within its turn; what it does must not fail for it.
    """

    def __init__(self, connect: Callable[[], apsw.Connection], turns: Turns, guard: Guard) -> None:
        self.turns = turns
        self.guard = guard
        self.on_committed: Callable[[apsw.Connection], None] = lambda _connection: None
        self._connect = connect
        self._connection: apsw.Connection | None = None
        self._mutex = threading.Lock()
        self._thread: int | None = None

    @contextmanager
    def mine(self, *, wait: bool = True) -> Iterator[apsw.Connection]:
        """Have the connection to oneself among this process's threads, without a turn.

        Without `wait` it raises StoreBusyError where another thread has it.
        """
        self.guard.check()
        if not self._mutex.acquire(blocking=wait):
            raise StoreBusyError("another thread writes to the store now")
        self._thread = threading.get_ident()
        try:
            self.guard.check()
            if self._connection is None:
                with told(self.guard):
                    self._connection = self._connect()
            yield self._connection
        finally:
            self._thread = None
            self._mutex.release()

    @contextmanager
    def pause(self, *, wait: bool) -> Iterator[apsw.Connection]:
        """Let nobody write, once this process's transaction has ended.

        Without `wait` it raises StoreBusyError where another process is writing.
        """
        with self.mine() as connection, _Turn(self.turns, wait=wait):
            yield connection

    @contextmanager
    def transaction(self, *, wait: bool = True) -> Iterator[apsw.Connection]:
        """Write within one transaction: committed when the block ends, rolled back if it raises.

        What the block raises passes through; `told` says what an error of the database means.
        Raises StoreBusyError and StoreFullError (nothing was done), StoreLostError (nobody knows).
        """
        with self.mine(wait=wait) as connection, _Turn(self.turns, wait=wait):
            with told(self.guard):
                self._begin(connection, wait=wait)
            try:
                yield connection
                with told(self.guard):
                    connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise
            self.on_committed(connection)

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """Write within one transaction, for the store's own statements: their errors are told."""
        with self.transaction() as connection, told(self.guard):
            yield connection

    def _begin(self, connection: apsw.Connection, *, wait: bool) -> None:
        if wait:
            connection.execute("BEGIN IMMEDIATE")
            return
        connection.set_busy_timeout(0)
        try:
            connection.execute("BEGIN IMMEDIATE")
        finally:
            connection.set_busy_timeout(BUSY_MILLISECONDS)

    def _roll_back(self, connection: apsw.Connection) -> None:
        if not self.guard.is_open or not connection.in_transaction:
            return
        try:
            connection.execute("ROLLBACK")
        except apsw.Error as error:
            self.guard.lose(f"was lost: a rollback failed ({error}). Open it again.")

    # -- forks, and the end ---------------------------------------------------------------------

    def rest(self, patience: float) -> bool:
        """Put the connection away until `wake`; False where this thread itself is writing."""
        if self._thread == threading.get_ident() or not self._mutex.acquire(timeout=patience):
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
        """Wait for the transaction that is under way, if any, and close the connection."""
        with self._mutex:
            if self._connection is not None and self.guard.is_open:
                self._connection.close()  # the last one to close moves the log into the file
            else:
                put_away(self._connection)
            self.guard.lose("was closed")
            self._connection = None
