"""The port's methods over dicts, under one lock."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perdure.errors import StoreBusyError, StoreError, StoreLostError
from perdure.ports import commit as ports
from perdure.ports.broadcasts import Delivery, Letter, Refuse
from perdure.ports.commit import Commit, Committed, InboxMade, Label, StepEnded, Written
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
from perdure.stores.memory import budgets, commit, finding, inbox, limits, queues, schedules
from perdure.stores.memory.archive import MemoryArchive
from perdure.stores.memory.data_keys import MemoryKeys
from perdure.stores.memory.definitions import MemoryDefinitions
from perdure.stores.memory.events import EventTables, MemoryEventReader, MemoryEventWriter
from perdure.stores.memory.tables import Draft, Ended, RunTable, Tables


class MemoryTransaction:
    """An open transaction. After an error it can only be rolled back."""

    def __init__(self, tables: Tables, draft: Draft) -> None:
        self._tables = tables
        self._draft = draft
        self.failed: StoreError | None = None
        self.events = MemoryEventWriter(draft.events, draft.awaited)
        self.holder = draft.has_key

    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs as the transaction sees them."""
        return _load(self._draft.peek(run) for run in runs)

    def apply(self, commit_: Commit) -> Committed:
        """Write a commit."""
        try:
            return commit.apply(self._tables, self._draft, commit_)
        except StoreError as error:
            self.failed = error
            raise

    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages. Raises RunNotFoundError."""
        return inbox.put(self._tables, self._draft, rows)

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        return inbox.announce(self._tables, self._draft, signal)

    def take(self, keys: Sequence[str], now: float) -> list[str]:
        """Take keys of broadcasts; return those that nobody had taken."""
        return inbox.take(self._tables, self._draft, keys, now)


class MemoryStore:
    """A store that ends with the process."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._lock = threading.RLock()
        self._writing = False
        self._closed = False
        self.events = MemoryEventReader(self._reading_events)
        self.archive = MemoryArchive(self._draft, self._reading)
        self.queues = queues.MemoryQueues(self._draft, self._reading)
        self.limits = limits.MemoryLimits(self._tables, self._draft, self._reading)
        self.data_keys = MemoryKeys(self._draft, self._reading)
        self.definitions = MemoryDefinitions(self._draft, self._reading)
        self.budgets = budgets.MemoryBudgets(self._tables.budgets, self._draft, self._reading)

    # -- the ledger's -----------------------------------------------------------------------
    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs at one moment."""
        with self._reading() as tables:
            return _load(tables.runs.get(run) for run in runs)

    @contextmanager
    def transaction(self, *, wait: bool = True) -> Iterator[MemoryTransaction]:
        """Begin to write."""
        with self._draft(wait=wait) as draft:
            open_ = MemoryTransaction(self._tables, draft)
            yield open_
            if open_.failed is not None:
                raise open_.failed  # who caught it must not commit the half of it

    def outcome(self, run: str, seq: int) -> int | None:
        """Return the batch that wrote this sequence of a run."""
        with self._reading():
            return (self._ended(run).history.get(seq) or (None, None))[1]

    @contextmanager
    def _reading(self) -> Iterator[Tables]:
        with self._lock:
            if self._closed:
                raise StoreLostError("the store in memory was closed")
            yield self._tables

    @contextmanager
    def _reading_events(self) -> Iterator[EventTables]:
        with self._reading() as tables:
            yield tables.events

    @contextmanager
    def _draft(self, *, wait: bool = True) -> Iterator[Draft]:
        """Change what is kept: all of it when the block ends, nothing if it raises."""
        if not self._lock.acquire(blocking=wait):
            raise StoreBusyError("another thread writes to the store now")
        try:
            if self._writing:
                raise StoreBusyError("this thread has a transaction open")
            self._writing = True
            try:
                with self._reading():
                    draft = Draft(self._tables)
                    yield draft
                    draft.keep()
            finally:
                self._writing = False
        finally:
            self._lock.release()

    def _ended(self, run: str) -> Ended:
        return self._tables.ended.get(run) or Ended()

    # -- messages from outside the ledger ----------------------------------------------------
    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages, all or none. Raises RunNotFoundError."""
        with self._draft() as draft:
            return inbox.put(self._tables, draft, rows)

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        with self._draft() as draft:
            return inbox.announce(self._tables, draft, signal)

    def deliver(self, number: int, most: int, refuse: Refuse | None = None) -> Delivery:
        """Put one slice of a broadcast into inboxes."""
        with self._draft() as draft:
            return inbox.deliver(self._tables, draft, number, most, refuse)

    def letters(self, most: int) -> list[Letter]:
        """Return what is in the mailbox, the oldest first."""
        with self._reading() as tables:
            return [tables.mailbox[n] for n in sorted(tables.mailbox)[:most]]

    def undelivered(self) -> list[int]:
        """Return the broadcasts that are not wholly delivered."""
        with self._reading() as tables:
            return sorted(tables.signals)

    def inbox_runs(self, most: int) -> list[str]:
        """Return runs that have messages, the oldest message first."""
        with self._reading() as tables:
            oldest = sorted((min(t.inbox), t.row.id) for t in tables.runs.values() if t.inbox)
            return [run for _, run in oldest[:most]]

    def due_timers(self, now: float, most: int) -> list[DueTimer]:
        """Return timers that are due, the most overdue first."""
        with self._reading() as tables:
            due = sorted(
                (timer.due, table.n, timer.step, timer.visit, timer.kind, timer.run)
                for table in tables.runs.values()
                for timer in table.timers.values()
                if timer.due <= now
            )
        return [
            DueTimer(run, step, visit, kind, at) for at, _, step, visit, kind, run in due[:most]
        ]

    def next_due(self, now: float) -> float | None:
        """Return when the next timer, or the next unclaimed job after now, is due."""
        with self._reading() as tables:
            found = [
                *(timer.due for table in tables.runs.values() for timer in table.timers.values()),
                *(
                    job.due
                    for table in tables.runs.values()
                    for job in table.jobs.values()
                    if job.owner is None and job.due > now
                ),
            ]
        return min(found, default=None)

    def due_schedules(self, now: float) -> list[ScheduleRow]:
        """Return schedules that are due, the most overdue first."""
        with self._reading() as tables:
            return schedules.due(tables, now)

    def next_schedule(self, now: float) -> float | None:
        """Return when the next schedule after now is due."""
        with self._reading() as tables:
            return schedules.next_due(tables, now)

    def put_schedule(self, row: ScheduleRow, old: int) -> bool:
        """Write a schedule where it stands at this sequence."""
        with self._draft() as draft:
            return schedules.put(draft, row, old)

    def drop_schedule(self, name: str) -> bool:
        """Remove a schedule."""
        with self._draft() as draft:
            return schedules.drop(draft, name)

    def join(
        self, host: str, pid: int, now: float, lease: float, queues: str | None = None
    ) -> WorkerRow:
        """Enter a new incarnation; there are no lock files in memory."""
        with self._draft():
            number = next(self._tables.incarnations)
            row = WorkerRow(number, host, pid, now, now + lease, None, queues)
            self._tables.workers[number] = row
            self._tables.forget_outdated()
            return row

    def renew(self, worker: int, now: float, lease: float) -> bool:
        """Renew an incarnation's lease."""
        with self._draft():
            row = self._tables.workers.get(worker)
            if row is not None:
                self._tables.workers[worker] = row._replace(lease_until=now + lease)
            return row is not None

    def leave(self, worker: int) -> None:
        """End an incarnation; its jobs are handed back."""
        with self._draft() as draft:
            _unclaim(draft, _owned(draft.every(), {worker}))
            self._tables.workers.pop(worker, None)
            self._tables.buried.discard(worker)

    def workers(self) -> list[WorkerRow]:
        """Return the incarnations that have not left and were not buried."""
        with self._reading() as tables:
            return sorted(tables.workers.values())

    def is_dead(self, worker: WorkerRow) -> bool:  # noqa: ARG002
        """Return False: nobody holds a lock here."""
        return False

    def bury(self, worker: int, now: float, *, forced: bool) -> bool:
        """Take away an incarnation. Its jobs stay."""
        with self._draft():
            row = self._tables.workers.get(worker)
            if row is None or not (forced or row.lease_until <= now):
                return False
            del self._tables.workers[worker]
            self._tables.buried.add(worker)
            return True

    def orphans(self, most: int) -> list[OwnedJob]:
        """Return jobs whose incarnation has been buried, or is not there at all."""
        with self._reading() as tables:
            jobs = [job for table in tables.runs.values() for job in table.jobs.values()]
            gone = {job.owner for job in jobs if job.owner is not None} - tables.workers.keys()
            return _owned(tables.runs.values(), gone)[:most]

    def owned(self, worker: int) -> list[OwnedJob]:
        """Return the jobs claimed in this incarnation's name."""
        with self._reading() as tables:
            return _owned(tables.runs.values(), {worker})

    def hand_back(self, jobs: Iterable[OwnedJob]) -> int:
        """Unclaim jobs where their token and owner still hold."""
        with self._draft() as draft:
            return _unclaim(draft, jobs)

    def revisions(self) -> list[RevisionRow]:
        """Return what live processes have announced, by rank."""
        with self._reading() as tables:
            return tables.live_revisions()

    # -- readers -----------------------------------------------------------------------------
    def schedules(self) -> list[ScheduleRow]:
        """Return all schedules, by name."""
        with self._reading() as tables:
            return sorted(tables.schedules.values())

    def plan(self, hash: str) -> str | None:  # noqa: A002
        """Return a plan's body as JSON text."""
        with self._reading() as tables:
            found = tables.plans.get(hash)
            return found[-1] if found else None

    def latest_plan(self, workflow: str) -> tuple[str, str] | None:
        """Return (hash, body) of the plan by which a workflow's runs begin now."""
        with self._reading() as tables:
            return finding.latest_plan(tables, workflow)

    def current_revisions(self, workflow: str) -> list[RevisionRow]:
        """Return each version's revision that was announced last by a live process, else by any."""
        with self._reading() as tables:
            return finding.current_revisions(tables, workflow)

    def outputs(self, run: str, steps: Sequence[str]) -> dict[str, str | None]:
        """Return the output of the last ended visit of these steps."""
        with self._reading():
            return finding.outputs(self._ended(run).steps, steps)

    def find(self, query: RunFilter) -> list[RunRow]:
        """Return runs, newest first."""
        with self._reading() as tables:
            return finding.find(tables, query)

    def children(self, run: str, brood: int | None = None) -> list[RunRow]:
        """Return a run's children, or those of one brood, in the order they were started."""
        with self._reading() as tables:
            return finding.children(tables, run, brood)

    def by_start_key(self, key: str) -> str | None:
        """Return the run that was started with this key."""
        with self._reading() as tables:
            return tables.keys.get(("start", key))

    def by_unique_key(self, key: str) -> str | None:
        """Return the live run that has this unique key."""
        with self._reading() as tables:
            found = tables.runs.get(tables.keys.get(("unique", key), ""))
            return found.row.id if found is not None and found.row.ended_at is None else None

    def labels(self, runs: Sequence[str]) -> list[Label]:
        """Return the tags and search attributes of these runs."""
        with self._reading() as tables:
            return finding.labels(tables, runs)

    def steps(self, run: str) -> list[StepEnded]:
        """Return the ended visits of a run, in the order they ended."""
        with self._reading():
            return [row._replace(context=None) for row in self._ended(run).steps]

    def traces(self, run: str, step: str, visit: int, most: int) -> list[Trace]:
        """Return what visits left of the context, from this ended one backwards."""
        with self._reading():
            return finding.traces(self._ended(run).steps, (step, visit), most)

    def attempts(self, run: str) -> list[ports.AttemptEnded]:
        """Return the attempts that failed and were followed by another."""
        with self._reading():
            return list(self._ended(run).attempts)

    def history(self, run: str, after: int = 0, most: int = 1000) -> list[Written]:
        """Return the applied messages of a run with a sequence above `after`."""
        with self._reading():
            rows = self._ended(run).history
            return [rows[seq][0] for seq in sorted(rows) if seq > after][:most]

    def change(self) -> int:
        """Return 0: no other process can have committed."""
        return 0

    def checkpoint(self) -> None:
        """Do nothing: there is no log."""

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows."""
        with self._reading() as tables:
            count = len(tables.runs)
        kept = "none: in memory"
        return {"store": "memory", "path": None, "durability": kept, "runs": count}

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._closed = True
            self._tables = Tables()


def _load(tables: Iterable[RunTable | None]) -> dict[str, Loaded]:
    return {table.row.id: table.loaded() for table in tables if table is not None}


def _owned(tables: Iterable[RunTable], owners: set[int]) -> list[OwnedJob]:
    return [
        OwnedJob(job.run, job.step, job.visit, job.attempt, job.token, job.owner)
        for table in sorted(tables, key=lambda table: table.n)
        for _, job in sorted(table.jobs.items())
        if job.owner is not None and job.owner in owners
    ]


def _unclaim(draft: Draft, jobs: Iterable[OwnedJob]) -> int:
    count = 0
    for job in jobs:
        table = draft.run(job.run)
        found = table and table.jobs.get((job.step, job.visit))
        if table and found and (found.token, found.owner) == (job.token, job.owner):
            table.jobs[job.step, job.visit] = found._replace(owner=None)
            count += 1
    return count
