"""The real store as one simulated process has it, with everything that can go wrong there.

At each call others may run. At each write the process may die before it or after it, or be told
that nobody knows whether it took place; the store may be busy or full. After each write that
took place the witness looks at the runs that it may have touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from perdure.errors import CommitUnknownError, StoreBusyError, StoreFullError
from perdure.ports import commit as rows
from perdure.ports.broadcasts import Delivery, Letter, Refuse
from perdure.ports.commit import Commit, Committed, InboxMade, Label
from perdure.ports.events import EventReader, EventWriter
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
from perdure.ports.store import Store, Transaction
from perdure.testing.simulation.archives import SimArchive
from perdure.testing.simulation.fates import Fate
from perdure.testing.simulation.locks import Locks, Looks
from perdure.testing.simulation.places import SimLimits
from perdure.testing.simulation.queueing import SimQueues
from perdure.testing.simulation.world import Died, Life, World

Answer = TypeVar("Answer")


class _NotDoneError(Exception):
    """Rolls a transaction back."""


def _roll_back_unless(*, done: bool) -> None:
    if not done:
        raise _NotDoneError


class SimTransaction:
    """An open transaction; nobody else runs while it is open, as with a database's own lock."""

    def __init__(self, open_: Transaction, applied: list[tuple[Commit, Committed]]) -> None:
        self._open = open_
        self._applied = applied
        self.put_to: list[str] = []
        self.announced: list[Announced] = []

    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs."""
        return self._open.load(runs)

    def apply(self, commit: Commit) -> Committed:
        """Write a commit."""
        committed = self._open.apply(commit)
        self._applied.append((commit, committed))
        return committed

    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages."""
        self.put_to += [row.run for row in rows]
        return self._open.put(rows)

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        self.announced.append(signal)
        return self._open.announce(signal)

    def take(self, keys: Sequence[str], now: float) -> list[str]:
        """Take keys of broadcasts."""
        return self._open.take(keys, now)

    def holder(self, start_key: str | None, unique_key: str | None) -> str | None:
        """Return the run that has one of these keys."""
        return self._open.holder(start_key, unique_key)

    @property
    def events(self) -> EventWriter:
        """What can be done with events."""
        return self._open.events


class SimStore:
    """A store like any other, over the handle `inner` of the one database of the history."""

    def __init__(
        self, inner: Store, *, life: Life, world: World, looks: Looks, locks: Locks
    ) -> None:
        self._inner = inner
        self._life = life
        self._world = world
        self._looks = looks
        self._locks = locks
        self.queues = SimQueues(inner.queues, self._write, self._read)
        self.limits = SimLimits(inner.limits, self._write, looks.limited)
        self.budgets = inner.budgets  # no simulated step asks a model that costs something
        self.archive = SimArchive(inner.archive, self._write, looks.forgot, looks.was_cut)
        self.data_keys = inner.data_keys  # no run of a history has secrets
        self.definitions = inner.definitions  # no history has any

    # -- what can go wrong -------------------------------------------------------------------
    def _draw(self, *, wait: bool = True) -> Fate:
        hits, faults = self._world.hits, self._world.faults
        if not wait and hits(faults.busy):
            return Fate.BUSY
        if hits(faults.full):
            return Fate.FULL
        done = self._world.chance.random() < 0.5
        if hits(faults.crash):
            return Fate.DONE_AND_DIES if done else Fate.NOT_DONE_AND_DIES
        if hits(faults.unknown):
            return Fate.DONE_AND_UNKNOWN if done else Fate.NOT_DONE_AND_UNKNOWN
        return Fate.DONE

    def _meet(self, fate: Fate, what: str) -> None:
        """Have the caller meet its fate, after the write took place or not."""
        world = self._world
        if fate is Fate.DONE:
            return
        world.trace.add(world.time, self._life.name, f"{what}: {fate.name}")
        world.trace.sometimes(f"a write was {fate.name.lower().replace('_', ' ')}")
        match fate:
            case Fate.NOT_DONE_AND_DIES | Fate.DONE_AND_DIES:
                self._life.dead = True
                raise Died(self._life)
            case Fate.NOT_DONE_AND_UNKNOWN | Fate.DONE_AND_UNKNOWN:
                raise CommitUnknownError(f"{what}: simulated")
            case Fate.BUSY:
                raise StoreBusyError(f"{what}: simulated")
            case Fate.FULL:
                raise StoreFullError(f"{what}: simulated")

    def _read(self, what: str, ask: Callable[[], Answer]) -> Answer:
        self._world.wait(self._life)
        answer = ask()
        self._told(what, answer)
        self._world.wait(self._life)
        return answer

    def _write(
        self,
        what: str,
        ask: Callable[[], Answer],
        runs: Callable[[Answer], Iterable[str]] = lambda _: (),
    ) -> Answer:
        self._world.wait(self._life)
        fate = self._draw()
        if not fate.is_done:
            self._meet(fate, what)
        answer = ask()
        self._told(what, answer)
        self._looks.wrote(runs(answer))
        self._meet(fate, what)
        self._world.wait(self._life)
        return answer

    def _told(self, what: str, answer: object) -> None:
        self._world.trace.add(self._world.time, self._life.name, f"{what} {answer}")

    # -- the ledger's ------------------------------------------------------------------------
    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs."""
        self._world.wait(self._life)
        found = self._inner.load(runs)
        self._told("load", sorted((run, loaded.row.seq) for run, loaded in found.items()))
        self._world.wait(self._life)
        return found

    @contextmanager
    def transaction(self, *, wait: bool = True) -> Iterator[SimTransaction]:
        """Begin to write."""
        self._world.wait(self._life)
        fate = self._draw(wait=wait)
        if fate in (Fate.BUSY, Fate.FULL):
            self._meet(fate, "transaction")
        applied: list[tuple[Commit, Committed]] = []
        put_to: list[str] = []
        announced: list[Announced] = []
        with suppress(_NotDoneError), self._inner.transaction(wait=wait) as open_:
            made = SimTransaction(open_, applied)
            yield made
            _roll_back_unless(done=fate.is_done)
            put_to, announced = made.put_to, made.announced
        for commit, committed in applied if fate.is_done else ():
            claimed = [(job.run, job.step, job.token) for job in committed.claimed]
            done = sorted(committed.moved | committed.born)
            self._told("commit", (commit.batch & 0xFFFF, done, claimed))
            self._looks.committed(commit, committed)
        if put_to:
            self._looks.wrote(put_to)
        if announced:
            self._looks.announced(announced)
        self._meet(fate, "commit")
        self._world.wait(self._life)

    def outcome(self, run: str, seq: int) -> int | None:
        """Return the batch that wrote this sequence of a run."""
        return self._read("outcome", lambda: self._inner.outcome(run, seq))

    # -- messages from outside the ledger ----------------------------------------------------
    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages."""
        return self._write("put", lambda: self._inner.put(rows), lambda _: [r.run for r in rows])

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast."""
        return self._write("announce", lambda: self._inner.announce(signal))

    def deliver(self, number: int, most: int, refuse: Refuse | None = None) -> Delivery:
        """Put one slice of a broadcast into inboxes."""
        return self._write(
            "deliver", lambda: self._inner.deliver(number, most, refuse), lambda it: dict(it.runs)
        )

    def letters(self, most: int) -> list[Letter]:
        """Return what is in the mailbox, the oldest first."""
        return self._inner.letters(most)

    def undelivered(self) -> list[int]:
        """Return the broadcasts that a crash left half delivered."""
        return self._read("undelivered", self._inner.undelivered)

    def inbox_runs(self, most: int) -> list[str]:
        """Return runs that have messages in their inbox."""
        return self._read("inbox_runs", lambda: self._inner.inbox_runs(most))

    def due_timers(self, now: float, most: int) -> list[DueTimer]:
        """Return timers that are due."""
        return self._read("due_timers", lambda: self._inner.due_timers(now, most))

    def next_due(self, now: float) -> float | None:
        """Return when something is due next."""
        return self._inner.next_due(now)

    def due_schedules(self, now: float) -> list[ScheduleRow]:
        """Return schedules that are due."""
        return self._read("due_schedules", lambda: self._inner.due_schedules(now))

    def next_schedule(self, now: float) -> float | None:
        """Return when the next schedule after now is due."""
        return self._inner.next_schedule(now)

    def put_schedule(self, row: ScheduleRow, old: int) -> bool:
        """Write a schedule where it stands at this sequence."""
        return self._write("put_schedule", lambda: self._inner.put_schedule(row, old))

    def drop_schedule(self, name: str) -> bool:
        """Remove a schedule."""
        return self._write("drop_schedule", lambda: self._inner.drop_schedule(name))

    def join(
        self, host: str, pid: int, now: float, lease: float, queues: str | None = None
    ) -> WorkerRow:
        """Enter a new incarnation, which the simulated process's life is the lock of."""

        def enter() -> WorkerRow:
            row = self._inner.join(host, pid, now, lease, queues)
            self._locks.hold(row.id, self._life)
            return row

        return self._locked(self._write("join", enter))

    def renew(self, worker: int, now: float, lease: float) -> bool:
        """Renew an incarnation's lease."""
        return self._write("renew", lambda: self._inner.renew(worker, now, lease))

    def leave(self, worker: int) -> None:
        """End an incarnation."""
        jobs = self._inner.owned(worker)
        self._write("leave", lambda: self._inner.leave(worker), lambda _: [j.run for j in jobs])

    def workers(self) -> list[WorkerRow]:
        """Return the incarnations that have not left."""
        self._world.wait(self._life)
        rows = self._inner.workers()
        self._told("workers", [row.id for row in rows])
        self._world.wait(self._life)
        return [self._locked(row) for row in rows]

    def is_dead(self, worker: WorkerRow) -> bool:
        """Whether an incarnation's process is seen to be gone."""
        return worker.lock is not None and self._locks.is_free(worker.id)

    def bury(self, worker: int, now: float, *, forced: bool) -> bool:
        """Take away an incarnation."""
        return self._write("bury", lambda: self._inner.bury(worker, now, forced=forced))

    def orphans(self, most: int) -> list[OwnedJob]:
        """Return jobs whose incarnation has been buried."""
        return self._read("orphans", lambda: self._inner.orphans(most))

    def owned(self, worker: int) -> list[OwnedJob]:
        """Return the jobs claimed in this incarnation's name."""
        return self._read("owned", lambda: self._inner.owned(worker))

    def hand_back(self, jobs: Iterable[OwnedJob]) -> int:
        """Unclaim jobs that have not begun."""
        given = list(jobs)
        return self._write(
            "hand_back", lambda: self._inner.hand_back(given), lambda _: [j.run for j in given]
        )

    def revisions(self) -> list[RevisionRow]:
        """Return what live processes have announced."""
        return self._read("revisions", self._inner.revisions)

    def _locked(self, row: WorkerRow) -> WorkerRow:
        return row._replace(lock=f"lock-{row.id}") if self._world.faults.locked else row

    @property
    def events(self) -> EventReader:
        """What can be read of events; others may run before."""
        self._world.wait(self._life)
        return self._inner.events

    # -- readers, at which nothing goes wrong ------------------------------------------------
    def schedules(self) -> list[ScheduleRow]:
        """Return all schedules."""
        return self._inner.schedules()

    def plan(self, hash: str) -> str | None:  # noqa: A002
        """Return a plan's body."""
        return self._inner.plan(hash)

    def latest_plan(self, workflow: str) -> tuple[str, str] | None:
        """Return (hash, body) of the plan by which a workflow's runs begin now."""
        return self._inner.latest_plan(workflow)

    def current_revisions(self, workflow: str) -> list[RevisionRow]:
        """Return what was announced last of each version."""
        return self._inner.current_revisions(workflow)

    def outputs(self, run: str, steps: Sequence[str]) -> dict[str, str | None]:
        """Return the output of the last ended visit of these steps."""
        return self._read("outputs", lambda: self._inner.outputs(run, steps))

    def find(self, query: RunFilter) -> list[RunRow]:
        """Return runs, newest first."""
        return self._inner.find(query)

    def children(self, run: str, brood: int | None = None) -> list[RunRow]:
        """Return a run's children."""
        return self._read("children", lambda: self._inner.children(run, brood))

    def by_start_key(self, key: str) -> str | None:
        """Return the run that was started with this key."""
        return self._read("by_start_key", lambda: self._inner.by_start_key(key))

    def by_unique_key(self, key: str) -> str | None:
        """Return the live run that has this unique key."""
        return self._read("by_unique_key", lambda: self._inner.by_unique_key(key))

    def labels(self, runs: Sequence[str]) -> list[Label]:
        """Return the tags and search attributes of these runs."""
        return self._inner.labels(runs)

    def steps(self, run: str) -> list[rows.StepEnded]:
        """Return the ended visits of a run."""
        return self._inner.steps(run)

    def traces(self, run: str, step: str, visit: int, most: int) -> list[Trace]:
        """Return what visits left of the context, from this ended one backwards."""
        return self._read("traces", lambda: self._inner.traces(run, step, visit, most))

    def attempts(self, run: str) -> list[rows.AttemptEnded]:
        """Return the attempts that failed and were followed by another."""
        return self._inner.attempts(run)

    def history(self, run: str, after: int = 0, most: int = 1000) -> list[rows.Written]:
        """Return the applied messages of a run."""
        self._world.wait(self._life)
        return self._inner.history(run, after, most)

    def change(self) -> int:
        """Return a number that differs when another process has committed since."""
        return self._inner.change()

    def checkpoint(self) -> None:
        """Keep the store's log short."""
        self._inner.checkpoint()

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows."""
        return self._inner.info()

    def close(self) -> None:
        """Release the handle."""
        self._inner.close()
