"""What a store must do: keep what a commit says, all of it or nothing of a run, and give it back.

A store decides nothing. One `commit.Commit` is one transaction: it fences first and writes second.
`rows` are what it gives back.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from perdure.ports.archive import Archive
from perdure.ports.broadcasts import Delivery, Letter, Refuse
from perdure.ports.budgets import BudgetKeeper
from perdure.ports.commit import (
    AttemptEnded,
    Commit,
    Committed,
    InboxMade,
    Label,
    StepEnded,
    Written,
)
from perdure.ports.definitions import DefinitionKeeper
from perdure.ports.events import EventReader, EventWriter
from perdure.ports.limits import LimitKeeper
from perdure.ports.queues import QueueKeeper
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
from perdure.ports.vault import KeyRows


class Transaction(Protocol):
    """An open write transaction: what is read here cannot change before its end."""

    @property
    def events(self) -> EventWriter:
        """What can be done with events."""

    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs under the transaction's lock; unknown ids are left out."""

    def apply(self, commit: Commit) -> Committed:
        """Write a commit. It is durable when the transaction's block has ended without error."""

    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages as `Store.put` does, with all else that the transaction writes."""

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast as `Store.announce` does, with all else."""

    def take(self, keys: Sequence[str], now: float) -> list[str]:
        """Take keys of broadcasts; return those that nobody took in the last 30 days, in order."""

    def holder(self, start_key: str | None, unique_key: str | None) -> str | None:
        """Return the run that has one of these keys; the unique one only while it lives."""


class Store(Protocol):
    """Everything the engine asks of a database. Methods may be called from several threads."""

    @property
    def events(self) -> EventReader:
        """What can be read of events."""

    @property
    def definitions(self) -> DefinitionKeeper:
        """The definitions that are kept by ids."""

    @property
    def archive(self) -> Archive:
        """The runs that are over."""

    @property
    def queues(self) -> QueueKeeper:
        """The queues, and their limits."""

    @property
    def limits(self) -> LimitKeeper:
        """How many runs of a workflow may live, and who waits in line."""

    @property
    def data_keys(self) -> KeyRows:
        """The data keys of runs that have secrets."""

    @property
    def budgets(self) -> BudgetKeeper:
        """What runs may spend on models, and have spent."""

    # -- the ledger's -----------------------------------------------------------------------
    def load(self, runs: Sequence[str]) -> dict[str, Loaded]:
        """Read these runs, without a lock; unknown ids are left out."""

    def transaction(self, *, wait: bool = True) -> AbstractContextManager[Transaction]:
        """Begin to write, when the others that do have ended.

        With `wait` false, StoreBusyError is raised at once where somebody else writes.
        """

    def outcome(self, run: str, seq: int) -> int | None:
        """Return the batch that wrote this sequence of a run; None if none did."""

    # -- messages from outside the ledger ----------------------------------------------------
    def put(self, rows: Sequence[InboxMade]) -> list[int | None]:
        """Accept messages; return their ids, None where the key was used before."""

    def announce(self, signal: Announced) -> int:
        """Accept a broadcast, durably, and return its number. Nobody has it yet."""

    def deliver(self, number: int, most: int, refuse: Refuse | None = None) -> Delivery:
        """Put one slice of a broadcast into inboxes, but not of those runs that refuse it.

        One transaction: inbox rows for the next `most` runs by id that have a wait of that name,
        and the place to go on at. Waits made after the announcement may or may not be reached, runs
        born after it are not. When nobody is left the broadcast is forgotten, or goes to the
        mailbox. `refuse` is asked of each run, and may only read.
        """

    def letters(self, most: int) -> list[Letter]:
        """Return what is in the mailbox, the oldest first."""

    def undelivered(self) -> list[int]:
        """Return the broadcasts that a crash left half delivered, oldest first."""

    def inbox_runs(self, most: int) -> list[str]:
        """Return runs that have messages in their inbox, oldest first."""

    # -- the duties' -------------------------------------------------------------------------
    def due_timers(self, now: float, most: int) -> list[DueTimer]:
        """Return timers that are due, the most overdue first."""

    def next_due(self, now: float) -> float | None:
        """Return when the next timer is due, or the next unclaimed job that is not due yet."""

    def due_schedules(self, now: float) -> list[ScheduleRow]:
        """Return schedules that are due, the most overdue first."""

    def next_schedule(self, now: float) -> float | None:
        """Return when the next schedule is due that is not due yet."""

    def put_schedule(self, row: ScheduleRow, old: int) -> bool:
        """Write a schedule over the one of its name at the sequence `old`; 0 if there must be none.

        False, and nothing is written, where it stands otherwise.
        """

    def drop_schedule(self, name: str) -> bool:
        """Remove a schedule; False if there is none."""

    def join(
        self, host: str, pid: int, now: float, lease: float, queues: str | None = None
    ) -> WorkerRow:
        """Enter a new incarnation, whose number was never used, and return it."""

    def renew(self, worker: int, now: float, lease: float) -> bool:
        """Renew an incarnation's lease; False if it has been taken away."""

    def leave(self, worker: int) -> None:
        """End an incarnation; jobs it still has are handed back uncounted."""

    def workers(self) -> list[WorkerRow]:
        """Return the incarnations that have not left."""

    def is_dead(self, worker: WorkerRow) -> bool:
        """Whether an incarnation's process is seen to be gone: its lock on this host is free."""

    def bury(self, worker: int, now: float, *, forced: bool) -> bool:
        """Take away an incarnation whose lease has ended, or any if `forced`. Its jobs stay."""

    def orphans(self, most: int) -> list[OwnedJob]:
        """Return jobs whose incarnation has been buried, or is not there at all."""

    def owned(self, worker: int) -> list[OwnedJob]:
        """Return the jobs claimed in this incarnation's name."""

    def hand_back(self, jobs: Iterable[OwnedJob]) -> int:
        """Unclaim jobs that have not begun, where their token still holds; return how many."""

    def revisions(self) -> list[RevisionRow]:
        """Return what live processes have announced, by rank: the last of a version is current."""

    # -- readers -----------------------------------------------------------------------------
    def schedules(self) -> list[ScheduleRow]:
        """Return all schedules, by name."""

    def plan(self, hash: str) -> str | None:  # noqa: A002
        """Return a plan's body as JSON text."""

    def latest_plan(self, workflow: str) -> tuple[str, str] | None:
        """Return (hash, body) of the plan by which a workflow's runs begin now.

        It is the one that was announced last by a live process, else by any, else the newest.
        """

    def current_revisions(self, workflow: str) -> list[RevisionRow]:
        """Return each version's revision that was announced last by a live process, else by any."""

    def outputs(self, run: str, steps: Sequence[str]) -> dict[str, str | None]:
        """Return the output of the last ended visit of these steps."""

    def find(self, query: RunFilter) -> list[RunRow]:
        """Return runs, newest first."""

    def children(self, run: str, brood: int | None = None) -> list[RunRow]:
        """Return a run's children, or those of one brood, in the order they were started."""

    def by_start_key(self, key: str) -> str | None:
        """Return the run that was started with this key."""

    def by_unique_key(self, key: str) -> str | None:
        """Return the live run that has this unique key."""

    def labels(self, runs: Sequence[str]) -> list[Label]:
        """Return the tags and search attributes of these runs, by run, name and value."""

    def steps(self, run: str) -> list[StepEnded]:
        """Return the ended visits of a run, in the order they ended."""

    def traces(self, run: str, step: str, visit: int, most: int) -> list[Trace]:
        """Return what visits left of the context, from this ended one backwards, the newest first.

        From the run's last one backwards where this has not ended.
        """

    def attempts(self, run: str) -> list[AttemptEnded]:
        """Return the attempts that failed and were followed by another."""

    def history(self, run: str, after: int = 0, most: int = 1000) -> list[Written]:
        """Return the applied messages of a run with a sequence above `after`."""

    def change(self) -> int:
        """Return a number that differs when another process has committed since."""

    def checkpoint(self) -> None:
        """Keep the store's log short; to be called now and then, cheap where it is short."""

    def info(self) -> dict[str, Any]:
        """Return what `doctor` shows: path, versions, durability, sizes."""

    def close(self) -> None:
        """Release everything. The store is not used again."""
