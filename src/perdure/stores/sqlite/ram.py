"""A database in memory that several handles share, as simulated processes do."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import apsw

from perdure.errors import StoreBusyError
from perdure.stores.sqlite.connection import open_memory
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.migrations import migrate
from perdure.stores.sqlite.trouble import told
from perdure.stores.sqlite.writer import Writer


class Shared:
    """The one connection of all handles, and who has it now."""

    def __init__(self) -> None:
        self.connection = open_memory()
        self._lock = threading.Lock()
        self._thread: int | None = None

    @property
    def is_mine(self) -> bool:
        """Whether this thread has it."""
        return self._thread == threading.get_ident()

    def take(self, *, wait: bool) -> None:
        """Have it to oneself. Raises StoreBusyError where waiting would be for ever."""
        if self.is_mine or not self._lock.acquire(blocking=wait):
            raise StoreBusyError("another handle of the database in memory has it now")
        self._thread = threading.get_ident()

    def give(self) -> None:
        """Let the next one have it."""
        self._thread = None
        self._lock.release()


class RamTurns:
    """One handle's turns; it tells its own changes from those of others."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._before = 0
        self._own = 0

    def enter(self) -> None:
        """Wait for the turn; one thread cannot wait for itself."""
        self._shared.take(wait=True)
        self._before = self._shared.connection.total_changes()

    def try_enter(self) -> None:
        """Take the turn at once, or raise StoreBusyError."""
        self._shared.take(wait=False)
        self._before = self._shared.connection.total_changes()

    def leave(self) -> None:
        """End the turn."""
        self._own += self._shared.connection.total_changes() - self._before
        self._shared.give()

    def foreign_changes(self) -> int:
        """Return how many rows other handles have changed."""
        return self._shared.connection.total_changes() - self._own


class RamDatabase:
    """One handle. What the last handle let go of is gone."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self._guard = Guard("in memory")
        self._turns = RamTurns(shared)
        self.writer = Writer(lambda: shared.connection, self._turns, self._guard)
        with self.writer.writing() as db:
            migrate(db, "the database in memory")

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """Read with several statements at one moment."""
        self._guard.check()
        if self.shared.is_mine:  # within a transaction of this thread
            with told(self._guard):
                yield self.shared.connection
            return
        self.shared.take(wait=True)
        try:
            with told(self._guard):
                yield self.shared.connection
        finally:
            self.shared.give()

    def reading(self) -> AbstractContextManager[apsw.Connection]:
        """Read with one statement."""
        return self.snapshot()

    def change(self) -> int:
        """Return a number that differs when another handle has committed since."""
        self._guard.check()
        return self._turns.foreign_changes()

    def hold_lock(self) -> str | None:
        """Return None: a simulated process is dead when its lease has ended."""
        return None

    def is_free(self, lock: str) -> bool:  # noqa: ARG002
        """Return False: nothing is locked here."""
        return False

    def release_lock(self, lock: str | None) -> None:
        """Do nothing: nothing is locked here."""

    def checkpoint(self) -> None:
        """Do nothing: there is no log."""

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows."""
        with self.reading() as db:
            pages, size = db.pragma("page_count"), db.pragma("page_size")
        return {
            "store": "sqlite",
            "path": ":memory:",
            "durability": "none: in memory",
            "sqlite": apsw.sqlite_lib_version(),
            "bytes": pages * size,
        }

    def close(self) -> None:
        """Use this handle no more; others go on."""
        self._guard.lose("was closed")
