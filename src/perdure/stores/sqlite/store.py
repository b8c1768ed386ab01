"""The port's methods over a SQLite database: what each asks, and within which transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import apsw

from perdure.errors import StoreError
from perdure.ports.broadcasts import Delivery, Letter, Refuse
from perdure.ports.commit import (
    AttemptEnded,
    Commit,
    Committed,
    InboxMade,
    Label,
    StepEnded,
    Written,
)
from perdure.ports.rows import (
    Announced,
    DueTimer,
    Loaded,
    OwnedJob,
    RevisionRow,
    RunFilter,
    RunRow,
    ScheduleRow,
    Trace,
    WorkerRow,
)
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite import commit, inbox, reading, schedules
from perdure.stores.sqlite.connection import Durability
from perdure.stores.sqlite.events import SqliteEventReader, SqliteEventWriter
from perdure.stores.sqlite.file import FileDatabase
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.keepers import Keepers
from perdure.stores.sqlite.ram import RamDatabase, Shared
from perdure.stores.sqlite.statements import fetch
from perdure.stores.sqlite.trouble import meaning
from perdure.wire.encoding import encode

T = TypeVar("T")


class SqliteTransaction:
    """An open transaction. After an error it can only be rolled back."""

    def __init__(self, db: apsw.Connection, guard: Guard) -> None:
        self._db = db
        self._guard = guard
        self.failed: StoreError | None = None
        self.events = SqliteEventWriter(self._told)

    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs under the transaction's lock."""
        with self._told():
            return reading.load(self._db, runs)

    def apply(self, commit_: Commit) -> Committed:
        """Write a commit."""
        with self._told():
            return commit.apply(self._db, commit_)

    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages. Raises RunNotFoundError."""
        with self._told():
            return inbox.put(self._db, rows) if rows else []

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        with self._told():
            return inbox.announce(self._db, signal)

    def take(self, keys: Sequence[str], now: float) -> list[str]:
        """Take keys of broadcasts; return those that nobody had taken."""
        with self._told():
            return inbox.take(self._db, keys, now)

    def holder(self, start_key: str | None, unique_key: str | None) -> str | None:
        """Return the run that has one of these keys; the unique one only while it lives."""
        with self._told():
            found = fetch(self._db, "read/by_start_key", key=start_key)
            found = found or fetch(self._db, "read/by_unique_key", key=unique_key)
        return found[0][0] if found else None

    def _told(self) -> "_Told":
        return _Told(self, self._db, self._guard)


class _Told:
    """A block within a transaction that fails with it, and gives the connection."""

    __slots__ = ("_db", "_guard", "_open")

    def __init__(self, open_: SqliteTransaction, db: apsw.Connection, guard: Guard) -> None:
        self._open = open_
        self._db = db
        self._guard = guard

    def __enter__(self) -> apsw.Connection:
        return self._db

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        if kind is None:
            return
        if isinstance(error, StoreError):
            self._open.failed = error
        elif (meant := meaning(error, self._guard)) is not None:
            self._open.failed = meant
            raise meant from error


class SqliteStore(Keepers):
    """A store in a SQLite file that only perdure opens.

    `durability` 'full' survives power loss, 'process' only the death of processes. Raises
    StoreMissingError (without `create`, nothing is made), StorePlaceError, StoreNewerError.
    """

    def __init__(
        self, path: str | Path, *, durability: Durability = "full", create: bool = True
    ) -> None:
        self._use(FileDatabase(Path(path).absolute(), durability, create=create))

    def _use(self, database: FileDatabase | RamDatabase) -> None:
        self._database = database
        self._writer = database.writer
        self.events = SqliteEventReader(database.reading)
        super().__init__(database.writer.writing, database.reading)

    @classmethod
    def open(
        cls, path: str | Path, *, durability: Durability = "full", create: bool = True
    ) -> "SqliteStore":
        """Open the store of a file."""
        return cls(path, durability=durability, create=create)

    @classmethod
    def in_memory(cls) -> "SqliteStore":
        """Return a store that is gone with its last handle."""
        store = cls.__new__(cls)
        store._use(RamDatabase(Shared()))  # noqa: SLF001
        return store

    def sibling(self) -> "SqliteStore":
        """Return another handle on the same database in memory, as another process would have."""
        if not isinstance(self._database, RamDatabase):
            raise StoreError("only a store in memory has siblings; open the file again")
        store = type(self).__new__(type(self))
        store._use(RamDatabase(self._database.shared))  # noqa: SLF001
        return store

    # -- the ledger's -----------------------------------------------------------------------
    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs at one moment."""
        with self._database.snapshot() as db:
            return reading.load(db, runs)

    @contextmanager
    def transaction(self, *, wait: bool = True) -> Iterator[SqliteTransaction]:
        """Begin to write."""
        with self._writer.transaction(wait=wait) as db:
            open_ = SqliteTransaction(db, self._writer.guard)
            yield open_
            if open_.failed is not None:
                raise open_.failed  # who caught it must not commit the half of it

    def outcome(self, run: str, seq: int) -> int | None:
        """Return the batch that wrote this sequence of a run."""
        return self._value(int, "read/outcome", run=run, seq=seq)

    # -- messages from outside the ledger ----------------------------------------------------
    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages, all or none. Raises RunNotFoundError."""
        with self._writer.writing() as db:
            return inbox.put(db, rows)

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        with self._writer.writing() as db:
            return inbox.announce(db, signal)

    def deliver(self, number: int, most: int, refuse: Refuse | None = None) -> Delivery:
        """Put one slice of a broadcast into inboxes."""
        with self._writer.writing() as db:
            return inbox.deliver(db, number, most, refuse)

    def letters(self, most: int) -> list[Letter]:
        """Return what is in the mailbox, the oldest first."""
        return [Letter(*row) for row in self._all("mailbox/letters", most=most)]

    def undelivered(self) -> list[int]:
        """Return the broadcasts that are not wholly delivered."""
        return [number for (number,) in self._all("inbox/undelivered")]

    def inbox_runs(self, most: int) -> list[str]:
        """Return runs that have messages, the oldest message first."""
        return [run for (run,) in self._all("inbox/runs", most=most)]

    # -- the duties' -------------------------------------------------------------------------

    def due_timers(self, now: float, most: int) -> list[DueTimer]:
        """Return timers that are due, the most overdue first."""
        return [DueTimer(*row) for row in self._all("duty/due_timers", now=now, most=most)]

    def next_due(self, now: float) -> float | None:
        """Return when the next timer, or the next unclaimed job after now, is due."""
        return self._value(float, "duty/next_due", now=now)

    def due_schedules(self, now: float) -> list[ScheduleRow]:
        """Return schedules that are due, the most overdue first."""
        return [ScheduleRow(*row) for row in self._all("schedules/due", now=now)]

    def next_schedule(self, now: float) -> float | None:
        """Return when the next schedule after now is due."""
        return self._value(float, "schedules/next", now=now)

    def put_schedule(self, row: ScheduleRow, old: int) -> bool:
        """Write a schedule where it stands at this sequence."""
        with self._writer.writing() as db:
            return schedules.put(db, row, old)

    def drop_schedule(self, name: str) -> bool:
        """Remove a schedule."""
        with self._writer.writing() as db:
            fetch(db, "schedules/drop", name=name)
            return db.changes() == 1

    def join(
        self, host: str, pid: int, now: float, lease: float, queues: str | None = None
    ) -> WorkerRow:
        """Enter a new incarnation, which holds a lock file for its life."""
        lock = self._database.hold_lock()
        asked = {"host": host, "pid": pid, "now": now, "lease": lease, "queues": queues}
        try:
            with self._writer.writing() as db:
                fetch(db, "duty/decayed")
                fetch(db, "duty/outdated")
                (row,) = fetch(db, "duty/join", lock=lock, **asked)
                return WorkerRow(*row)
        except BaseException:
            self._database.release_lock(lock)
            raise

    def renew(self, worker: int, now: float, lease: float) -> bool:
        """Renew an incarnation's lease."""
        with self._writer.writing() as db:
            fetch(db, "duty/renew", worker=worker, now=now, lease=lease)
            return db.changes() == 1

    def leave(self, worker: int) -> None:
        """End an incarnation; its jobs are handed back."""
        with self._writer.writing() as db:
            fetch(db, "duty/unclaim_all", worker=worker)
            gone = fetch(db, "duty/leave", worker=worker)
        for (lock,) in gone:
            self._database.release_lock(lock)

    def workers(self) -> list[WorkerRow]:
        """Return the incarnations that have not left and were not buried."""
        return [WorkerRow(*row) for row in self._all("duty/workers")]

    def is_dead(self, worker: WorkerRow) -> bool:
        """Whether an incarnation's process is surely gone."""
        return worker.lock is not None and self._database.is_free(worker.lock)

    def bury(self, worker: int, now: float, *, forced: bool) -> bool:
        """Take away an incarnation. Its jobs stay."""
        with self._writer.writing() as db:
            buried = fetch(db, "duty/bury", worker=worker, now=now, forced=int(forced))
        for (lock,) in buried:
            self._database.release_lock(lock)
        return bool(buried)

    def orphans(self, most: int) -> list[OwnedJob]:
        """Return jobs whose incarnation has been buried."""
        return [OwnedJob(*row) for row in self._all("duty/orphans", most=most)]

    def owned(self, worker: int) -> list[OwnedJob]:
        """Return the jobs claimed in this incarnation's name."""
        return [OwnedJob(*row) for row in self._all("duty/owned", worker=worker)]

    def hand_back(self, jobs: Iterable[OwnedJob]) -> int:
        """Unclaim jobs where their token and owner still hold."""
        rows = encode_rows(list(jobs))
        with self._writer.writing() as db:
            fetch(db, "duty/hand_back", rows=rows)
            return db.changes()

    def revisions(self) -> list[RevisionRow]:
        """Return what live processes have announced, by rank."""
        return [RevisionRow(*row) for row in self._all("duty/revisions")]

    # -- readers -----------------------------------------------------------------------------

    def schedules(self) -> list[ScheduleRow]:
        """Return all schedules, by name."""
        return [ScheduleRow(*row) for row in self._all("schedules/all")]

    def plan(self, hash: str) -> str | None:  # noqa: A002
        """Return a plan's body as JSON text."""
        return self._value(str, "read/plan", hash=hash)

    def latest_plan(self, workflow: str) -> tuple[str, str] | None:
        """Return (hash, body) of the plan by which a workflow's runs begin now."""
        found = self._all("read/latest_plan", workflow=workflow)
        return (found[0][0], found[0][1]) if found else None

    def current_revisions(self, workflow: str) -> list[RevisionRow]:
        """Return each version's revision that was announced last by a live process, else by any."""
        rows = map(RevisionRow._make, self._all("read/current_revisions", workflow=workflow))
        return [row for _, row in sorted({row.version: row for row in rows}.items())]

    def outputs(self, run: str, steps: Sequence[str]) -> dict[str, str | None]:
        """Return the output of the last ended visit of these steps."""
        return dict(self._all("read/outputs", run=run, steps=encode(steps)))

    def find(self, query: RunFilter) -> list[RunRow]:
        """Return runs, newest first."""
        with self._database.snapshot() as db:
            return reading.find(db, query)

    def children(self, run: str, brood: int | None = None) -> list[RunRow]:
        """Return a run's children, or those of one brood, in the order they were started."""
        with self._database.snapshot() as db:
            return reading.children(db, run, brood)

    def by_start_key(self, key: str) -> str | None:
        """Return the run that was started with this key."""
        return self._value(str, "read/by_start_key", key=key)

    def by_unique_key(self, key: str) -> str | None:
        """Return the live run that has this unique key."""
        return self._value(str, "read/by_unique_key", key=key)

    def labels(self, runs: Sequence[str]) -> list[Label]:
        """Return the tags and search attributes of these runs."""
        return [Label(*row) for row in self._all("read/labels", runs=encode(runs))]

    def steps(self, run: str) -> list[StepEnded]:
        """Return the ended visits of a run, in the order they ended."""
        return [StepEnded(*row) for row in self._all("read/steps", run=run)]

    def traces(self, run: str, step: str, visit: int, most: int) -> list[Trace]:
        """Return what visits left of the context, from this ended one backwards."""
        asked = {"run": run, "step": step, "visit": visit, "most": most}
        return [Trace(*row) for row in self._all("read/traces", **asked)]

    def attempts(self, run: str) -> list[AttemptEnded]:
        """Return the attempts that failed and were followed by another."""
        return [AttemptEnded(*row) for row in self._all("read/attempts", run=run)]

    def history(self, run: str, after: int = 0, most: int = 1000) -> list[Written]:
        """Return the applied messages of a run with a sequence above `after`."""
        return [Written(*row) for row in self._all("read/history", run=run, after=after, most=most)]

    def _all(self, name: str, **asked: Any) -> list[tuple[Any, ...]]:
        with self._database.reading() as db:
            return fetch(db, name, **asked)

    def _value(self, _kind: type[T], name: str, **asked: Any) -> T | None:
        found = self._all(name, **asked)
        return found[0][0] if found else None

    # -- the database ------------------------------------------------------------------------

    def change(self) -> int:
        """Return a number that differs when another process has committed since."""
        return self._database.change()

    def checkpoint(self) -> None:
        """Keep the write-ahead log short; cheap where it is."""
        self._database.checkpoint()

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows."""
        return self._database.info()

    def close(self) -> None:
        """Release everything."""
        self._database.close()
