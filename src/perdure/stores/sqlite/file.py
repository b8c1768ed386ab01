"""A store's file, and what lies beside it: its log, its turnstile, its processes' locks."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import apsw

from perdure.errors import StoreBusyError
from perdure.stores.sqlite import forks
from perdure.stores.sqlite.checkpointer import Checkpointer
from perdure.stores.sqlite.connection import (
    Durability,
    open_checkpointer,
    open_reader,
    open_writer,
)
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.incarnations import Incarnations
from perdure.stores.sqlite.migrations import is_current, migrate
from perdure.stores.sqlite.place import check_place, file_system
from perdure.stores.sqlite.readers import Readers
from perdure.stores.sqlite.room import Room
from perdure.stores.sqlite.trouble import told
from perdure.stores.sqlite.turnstile import Turnstile
from perdure.stores.sqlite.writer import Writer


class FileDatabase:
    """One process's access to a file: it is checked, and brought to today's tables, at once."""

    def __init__(self, path: Path, durability: Durability, *, create: bool) -> None:
        check_place(path, create=create)
        forks.check(path)
        self._path = path
        self._durability: Durability = durability
        self._guard = guard = Guard(str(path))
        self._turnstile = Turnstile(path)
        self._locks = Incarnations(path)
        self._seen = 0
        self._is_resting = False
        self._is_forsaken = False
        self._readers = Readers(lambda: open_reader(path), guard)
        self._checkpointer = Checkpointer(lambda: open_checkpointer(path, durability), guard)
        self._room = Room(path, guard)
        self.writer = Writer(self._connect, self._turnstile, guard)
        self.writer.on_committed = self._committed
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise
        forks.join(self)

    def _connect(self) -> apsw.Connection:
        return self._checkpointer.watch(open_writer(self._path, self._durability))

    def _committed(self, connection: apsw.Connection) -> None:
        self._room.make(connection, self._checkpointer.pages)

    def _migrate(self) -> None:
        with self._turnstile.turn(), self.writer.mine() as db, told(self._guard):
            if not is_current(db):
                with db:
                    migrate(db, str(self._path))

    # -- what the store asks ----------------------------------------------------------------------

    def snapshot(self) -> AbstractContextManager[apsw.Connection]:
        """Read with several statements at one moment."""
        return self._readers.snapshot()

    def reading(self) -> AbstractContextManager[apsw.Connection]:
        """Read with one statement."""
        return self._readers.reading()

    def change(self) -> int:
        """Return a number that differs when another process has committed since.

        While this process itself is writing it is the number seen last.
        """
        try:
            with self.writer.mine(wait=False) as connection, told(self._guard):
                self._seen = int(connection.pragma("data_version"))
        except StoreBusyError:
            pass  # who writes now looks again later
        return self._seen

    def hold_lock(self) -> str | None:
        """Hold a lock file until the process ends."""
        return self._locks.hold()

    def is_free(self, lock: str) -> bool:
        """Whether nobody holds this lock file."""
        return self._locks.is_free(lock)

    def release_lock(self, lock: str | None) -> None:
        """Let go of a lock file and remove it."""
        self._locks.release(lock)

    def checkpoint(self) -> None:
        """Keep the write-ahead log short."""
        self._checkpointer.run(self.writer)

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows."""
        with self.reading() as db:
            tables = db.pragma("user_version")
        log = Path(f"{self._path}-wal")
        return {
            "store": "sqlite",
            "path": str(self._path),
            "durability": "full" if self._durability == "full" else "relaxed: process",
            "sqlite": apsw.sqlite_lib_version(),
            "tables": tables,
            "file_system": file_system(self._path.parent),
            "bytes": self._path.stat().st_size,
            "log_bytes": log.stat().st_size if log.exists() else 0,
            "writer": self._turnstile.holder(),
        }

    def close(self) -> None:
        """Wait for who writes now, then close every connection and let go of every lock."""
        if not self._is_forsaken:
            self._checkpointer.close()
            self._readers.close()
            self.writer.close()
        self._turnstile.close()
        self._locks.close()

    # -- forks ------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Put every connection away before a fork, if nobody of this process is at work."""
        parts = (self._checkpointer, self.writer, self._readers)  # none waits for one before it
        rested = []
        for part in parts:
            if not part.rest(forks.PATIENCE_SECONDS):
                break
            rested.append(part)
        self._is_resting = len(rested) == len(parts)
        if not self._is_resting:
            for part in rested:
                part.wake()

    def wake(self) -> None:
        """Go on in the parent; what is needed is opened again."""
        if self._is_resting:
            self._is_resting = False
            for part in (self._checkpointer, self.writer, self._readers):
                part.wake()

    def forsake(self) -> None:
        """Let go of everything in the child, and touch nothing that could not be put away."""
        self._is_forsaken = True
        self._guard.lose("belongs to the process that opened it. Open it again in this one.")
        if not self._is_resting:
            forks.taint(self._path)
            for part in (self._checkpointer, self.writer, self._readers):
                for connection in part.connections():
                    forks.never_close(connection)
        self._turnstile.close()
        self._locks.close()
