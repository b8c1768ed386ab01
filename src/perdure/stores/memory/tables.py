"""What the memory store keeps, and a draft of it that becomes true at once or never."""

from dataclasses import dataclass, field, replace
from itertools import count

from perdure.kernel.ways import EVENT
from perdure.ports.broadcasts import Letter
from perdure.ports.commit import (
    AttemptEnded,
    Beat,
    Born,
    InboxMade,
    JobMade,
    KeptMade,
    Label,
    StepEnded,
    TimerMade,
    WaitMade,
    Written,
)
from perdure.ports.definitions import DefinitionRow
from perdure.ports.limits import LimitRow
from perdure.ports.revisions import STRANDED, Revision
from perdure.ports.rows import (
    Announced,
    InboxRow,
    JobRow,
    KeptRow,
    Loaded,
    RevisionRow,
    RunRow,
    ScheduleRow,
    TimerRow,
    WaitRow,
    WorkerRow,
)
from perdure.ports.vault import DataKey
from perdure.stores.memory.budgets import BudgetTables
from perdure.stores.memory.events import EventTables

Visit = tuple[str, int]


@dataclass(slots=True, kw_only=True)
class RunTable:
    """A run and what is open of it; `n` is its place in the order of births."""

    n: int
    row: RunRow
    context: str = "{}"
    jobs: dict[Visit, JobMade] = field(default_factory=dict)
    beats: dict[Visit, Beat] = field(default_factory=dict)
    waits: dict[tuple[str, int, str, str, int], WaitMade] = field(default_factory=dict)
    timers: dict[tuple[str, int, str], TimerMade] = field(default_factory=dict)
    kept: dict[int, KeptMade] = field(default_factory=dict)
    inbox: dict[int, InboxMade] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    labels: tuple[Label, ...] = ()
    data_key: DataKey | None = None
    seated: bool = False  # it has a place among the live runs of its workflow

    def copy(self) -> "RunTable":
        """Return an equal table that shares nothing that can change."""
        return replace(
            self,
            jobs=dict(self.jobs),
            beats=dict(self.beats),
            waits=dict(self.waits),
            timers=dict(self.timers),
            kept=dict(self.kept),
            inbox=dict(self.inbox),
            keys=set(self.keys),
        )

    def loaded(self) -> Loaded:
        """Return the run as a store gives it back."""
        return Loaded(
            row=self.row,
            context=self.context,
            jobs=tuple(
                JobRow(
                    j.step,
                    j.visit,
                    j.attempt,
                    j.token,
                    j.owner,
                    j.due,
                    j.payload,
                    *(self.beats[visit][5:] if visit in self.beats else ()),
                )._replace(mode=j.mode, stranded=int(j.host.startswith(STRANDED)))
                for visit, j in sorted(self.jobs.items())
            ),
            waits=tuple(WaitRow(*wait[1:9], *wait[10:]) for _, wait in sorted(self.waits.items())),
            timers=tuple(TimerRow(*timer[1:]) for _, timer in sorted(self.timers.items())),
            kept=tuple(KeptRow(*kept[1:]) for _, kept in sorted(self.kept.items())),
            inbox=tuple(
                InboxRow(number, made.message, made.payload)
                for number, made in sorted(self.inbox.items())
            ),
        )


@dataclass(slots=True)
class Ended:
    """What is over: rows that are written once."""

    steps: list[StepEnded] = field(default_factory=list)
    attempts: list[AttemptEnded] = field(default_factory=list)
    history: dict[int, tuple[Written, int]] = field(default_factory=dict)  # by seq, with the batch

    def cut(self, seq: int) -> None:
        """Forget the history up to this message, and what ended before it."""
        at = self.history[seq][0].at
        self.history = {n: row for n, row in self.history.items() if n > seq}
        self.steps = [row for row in self.steps if row.ended_at >= at]
        self.attempts = [row for row in self.attempts if row.ended_at >= at]


@dataclass(slots=True)
class Broadcast:
    """A broadcast on its way to the runs born up to `most`: those up to `place` have been reached."""

    signal: Announced
    most: int
    place: int = 0


@dataclass(slots=True)
class QueueTable:
    """A queue's limits, the fair key served last by kind of worker, and when attempts were begun."""

    concurrency: int | None = None
    most: int | None = None
    seconds: float | None = None
    turns: dict[tuple[str, ...], str] = field(default_factory=dict)  # by hosts
    begun: list[tuple[float, int]] = field(default_factory=list)

    @property
    def is_limited(self) -> bool:
        """Whether anything was said of the queue."""
        return self.concurrency is not None or self.most is not None

    def counting(self, now: float) -> list[tuple[float, int]]:
        """Return what was begun and counts still; what a clock far ahead wrote does not."""
        if self.seconds is None:
            return []
        return [each for each in self.begun if now - self.seconds < each[0] <= now + self.seconds]

    def begin(self, now: float, count: int) -> None:
        """Note that so many attempts were begun."""
        self.begun = [*self.counting(now), (now, count)]


@dataclass(slots=True)
class Tables:
    """Everything that is kept."""

    runs: dict[str, RunTable] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)
    plans: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # workflow version body
    keys: dict[tuple[str, str], str] = field(default_factory=dict)  # run, by kind and key
    addressees: dict[int, str] = field(default_factory=dict)  # of messages, by their ids
    signals: dict[int, Broadcast] = field(default_factory=dict)
    events: EventTables = field(default_factory=EventTables)
    schedules: dict[str, ScheduleRow] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)  # keys of broadcasts, and since when
    queues: dict[str, QueueTable] = field(default_factory=dict)
    mailbox: dict[int, Letter] = field(default_factory=dict)
    limits: dict[str, LimitRow] = field(default_factory=dict)
    definitions: dict[str, tuple[DefinitionRow, ...]] = field(default_factory=dict)
    budgets: BudgetTables = field(default_factory=BudgetTables)
    workers: dict[int, WorkerRow] = field(default_factory=dict)
    revisions: list[RevisionRow] = field(default_factory=list)
    buried: set[int] = field(default_factory=set)
    births: "count[int]" = field(default_factory=lambda: count(1))
    messages: "count[int]" = field(default_factory=lambda: count(1))
    broadcasts: "count[int]" = field(default_factory=lambda: count(1))
    letters: "count[int]" = field(default_factory=lambda: count(1))
    incarnations: "count[int]" = field(default_factory=lambda: count(1))
    announcements: "count[int]" = field(default_factory=lambda: count(1))

    def live_revisions(self) -> list[RevisionRow]:
        """Return what live processes have announced, by rank."""
        live = [row for row in self.revisions if row.worker in self.workers]
        return sorted(live, key=lambda row: (row.rank, row.n))

    def forget_outdated(self) -> None:
        """Forget what dead processes have announced, but for the last of each version."""
        last = {(row.workflow, row.version): row for row in self.revisions}
        self.revisions = [
            row
            for row in self.revisions
            if row.worker in self.workers or row is last[row.workflow, row.version]
        ]


class Draft:
    """A transaction: what it changes are copies until `keep`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._runs: dict[str, RunTable] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._plans: dict[str, tuple[str, str, str]] = {}
        self._ended: dict[str, Ended] = {}
        self._queues: dict[str, QueueTable] = {}
        self.signals: dict[int, Broadcast] = {}  # announced in it
        self._events: EventTables | None = None
        self.schedules = dict(tables.schedules)
        self.revisions: list[RevisionRow] = []
        self.taken: dict[str, float] = {}
        self.mailbox = dict(tables.mailbox)
        self.limits = dict(tables.limits)
        self.definitions = dict(tables.definitions)
        self.gone: set[str] = set()
        self.cuts: dict[str, int] = {}  # runs whose history goes up to a message

    def run(self, run: str) -> RunTable | None:
        """Return a run to be changed; None if there is none."""
        if run not in self._runs:
            if run not in self._tables.runs:
                return None
            self._runs[run] = self._tables.runs[run].copy()
        return self._runs[run]

    def peek(self, run: str) -> RunTable | None:
        """Return a run to be read."""
        return self._runs.get(run) or self._tables.runs.get(run)

    def bear(self, table: RunTable) -> None:
        """Add a run, which has its keys from now on."""
        self._runs[table.row.id] = table
        for key in keys_of(table.row):
            self.take(key, table.row.id)

    def take(self, key: tuple[str, str], run: str) -> None:
        """Let a run have this key."""
        self._keys[key] = run

    def holder(self, key: tuple[str, str]) -> RunTable | None:
        """Return the run that has this key, or had it last."""
        run = self._keys.get(key) or self._tables.keys.get(key)
        return self.peek(run) if run else None

    def has_key(self, start_key: str | None, unique_key: str | None) -> str | None:
        """Return the run that has one of these keys; the unique one only while it lives."""
        found = self.holder(("start", start_key)) if start_key is not None else None
        if found is None and unique_key is not None:
            found = self.holder(("unique", unique_key))
            if found is not None and found.row.ended_at is not None:
                return None
        return found.row.id if found is not None else None

    def every(self) -> list[RunTable]:
        """Return all runs to be read, in the order of their births."""
        return list((self._tables.runs | self._runs).values())

    def peek_queue(self, name: str) -> QueueTable:
        """Return a queue to be read."""
        return self._queues.get(name) or self._tables.queues.get(name) or QueueTable()

    def queue(self, name: str) -> QueueTable:
        """Return a queue to be changed."""
        if name not in self._queues:
            before = self.peek_queue(name)
            self._queues[name] = replace(before, turns=dict(before.turns))
        return self._queues[name]

    def plan(self, hash_: str, plan: tuple[str, str, str]) -> None:
        """Add a plan, unless its hash is known."""
        self._plans.setdefault(hash_, plan)

    def announce(self, made: Revision) -> int:
        """Add a revision that a process has announced; return its number."""
        n = next(self._tables.announcements)
        rank = n if made.rank is None else made.rank
        row = RevisionRow(n, rank, made.worker, made.workflow, made.version, made.plan, made.bodies)
        self.revisions.append(row)
        return n

    def before(self, run: str) -> Ended:
        """Return the rows of a run that were over before."""
        return self._tables.ended.get(run, Ended())

    def ended(self, run: str) -> Ended:
        """Return where rows that are over are added."""
        return self._ended.setdefault(run, Ended())

    def awaited(self) -> set[str]:
        """Return the names of the events that runs wait for, or may come to wait for."""
        waits = [wait for table in self.every() for wait in table.waits.values()]
        coming = {wait.name for wait in waits if wait.kind == "coming"}
        now = {wait.name for wait in waits if wait.kind == "event"}
        return now | {name.removeprefix(EVENT) for name in coming if name.startswith(EVENT)}

    def events(self) -> EventTables:
        """Return the events, to be changed."""
        if self._events is None:
            self._events = self._tables.events.copy()
        return self._events

    def keep(self) -> None:
        """Make everything true."""
        tables = self._tables
        tables.events = self._events or tables.events
        tables.runs.update(self._runs)
        tables.signals.update(self.signals)
        tables.schedules = self.schedules
        tables.revisions.extend(self.revisions)
        tables.taken.update(self.taken)
        tables.mailbox = self.mailbox
        tables.limits = self.limits
        tables.definitions = self.definitions
        if self.gone:
            self._forget()
        for run, seq in self.cuts.items():
            tables.ended[run].cut(seq)
        tables.keys.update(self._keys)
        tables.queues.update(self._queues)
        tables.plans |= {hash_: p for hash_, p in self._plans.items() if hash_ not in tables.plans}
        for run, added in self._ended.items():
            ended = tables.ended.setdefault(run, Ended())
            ended.steps.extend(added.steps)
            ended.attempts.extend(added.attempts)
            ended.history.update(added.history)

    def _forget(self) -> None:
        tables = self._tables
        tables.budgets.forget(self.gone)
        for run in self.gone:
            for key in keys_of(tables.runs[run].row):
                if tables.keys.get(key) == run:
                    del tables.keys[key]
            del tables.runs[run]
            tables.ended.pop(run, None)


def keys_of(row: RunRow | Born) -> list[tuple[str, str]]:
    """Return a run's keys, each with its kind."""
    keys = (("start", row.start_key), ("unique", row.unique_key))
    return [(kind, key) for kind, key in keys if key is not None]
