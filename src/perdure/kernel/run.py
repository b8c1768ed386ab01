"""A run as the kernel sees it: what is open, and what that calls for. No values, no rows.

Only `evolve` changes a run, and it changes the one it is given. Who needs the run as it was
takes a `copy` first; who must not see a change that was not committed drops it and loads again.
"""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from perdure.kernel.brood import NO_BROOD, Brood
from perdure.kernel.keys import Keys
from perdure.kernel.paths import parent, plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.scopes import Scope
from perdure.kernel.ways import CHILDREN, Way


class Status(StrEnum):
    """Where a run is in its life. Paused is a flag beside it.

    `waiting` is how a running run is shown while it rests; the kernel calls both running.
    """

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""
        return self in _ENDED


_ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class Mark(IntEnum):
    """What became of a step of a graph; two bits of the run's row."""

    PENDING = 0
    DONE = 1
    SKIPPED = 2
    BROKEN = 3  # it failed, or cannot run because something it needs failed


@dataclass(frozen=True, slots=True)
class Attempt:
    """An open visit that is on the queue or being worked on.

    With `verify` it asks first whether an earlier attempt, of which nobody knows, has done it.
    """

    visit: int
    attempt: int
    due: float = 0.0
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An open visit whose attempt ended, nobody knows how; it rests until somebody says."""

    visit: int
    attempt: int

    @property
    def due(self) -> None:
        """None: no time ends it."""


@dataclass(frozen=True, slots=True)
class Sleeping:
    """An open visit that has ended its work and sleeps until `due`."""

    visit: int
    due: float
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Way):
    """An open visit that has ended its work and waits for a signal, or for one of those in `also`."""

    visit: int
    due: float | None = None
    on_timeout: str | None = None
    also: tuple[Way, ...] = ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """All ways out of the wait, but for its timeout."""
        return (self, *self.also)

    @property
    def children(self) -> Way | None:
        """The way out that is for children, if there is one."""
        return next((way for way in self.also if way.kind == CHILDREN), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """An open visit that has ended its work and waits for the run's brood."""

    visit: int
    need: int | None = None
    due: float | None = None
    then: str | None = None
    on_timeout: str | None = None


Open = Attempt | Sleeping | Waiting | Unsettled | Joining


@dataclass(frozen=True, slots=True)
class Rest:
    """What a graph's open visit rests for, or rested: since `at`, after this attempt.

    `brood` is that of the child that it waits for, if it does.
    """

    visit: int
    attempt: int
    at: float
    brood: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A signal that came before its wait, when `begun` visits had begun."""

    signal: int
    name: str
    key: str | None = None
    addressed: bool = True
    begun: int = 0
    kind: str = "signal"
    match: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed, or will fail when what is open has ended."""

    step: str | None
    kind: str
    error: str


@dataclass(slots=True, eq=True)
class Run:
    """One execution of a plan. `open` maps a step's path to its open visit.

    `visits` says how often a machine came to each of its steps. A graph comes to a step once, so
    there it has only the visits that ended without a result, for a retry to count on.
    For graphs `marks` and `lacks` say by step number what became of it and how many of its
    needs have not ended; `ready` is the agenda, a heap of steps whose needs have. `scopes` are the
    loops that are open by their paths, `hungry` and `finished` their agenda, in order: those in
    which an item may begin, and those all of whose items have ended. `rests` are the open visits of a
    graph that sleep or wait, or have, by their paths. `keys` are those that visits have which come
    again, where they are not their own.
    `allowance` are the seconds that it has from a start, where that is not the plan's to say;
    like the id no event changes it. `starts_at` is when a pending run will begin; one that is
    `in_line` begins when fewer runs of its workflow live.
    """

    id: str
    status: Status = Status.PENDING
    paused: bool = False
    cursor: str | None = None
    allowance: float | None = None
    starts_at: float | None = None
    in_line: bool = False
    deadline: float | None = None
    failure: Failure | None = None
    visits: dict[str, int] = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    open: dict[str, Open] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    lacks: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    scopes: dict[str, Scope] = field(default_factory=dict)
    hungry: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    rests: dict[str, Rest] = field(default_factory=dict)
    brood: Brood = NO_BROOD
    pending: int = 0
    working: int = 0

    @property
    def ended(self) -> bool:
        """Whether the run has come to its end."""
        return self.status in _ENDED

    def next_visit(self, step: str) -> int:
        """Return the number of the visit that would come next; none is used twice."""
        return self.visits.get(step, 0) + 1

    @property
    def begun(self) -> int:
        """How many visits of a machine have begun."""
        return sum(self.visits.values())

    def attempts(self) -> Iterator[tuple[str, Attempt]]:
        """Yield the open visits that are on the queue or being worked on."""
        for path, entry in self.open.items():
            if type(entry) is Attempt:
                yield path, entry

    def is_resting(self, now: float) -> bool:
        """Whether all that is open waits for time or for a signal."""
        return bool(self.open) and all(
            type(entry) is not Attempt or entry.due > now for entry in self.open.values()
        )

    def copy(self) -> "Run":
        """Return a run that is equal and shares nothing that can change."""
        return Run(
            id=self.id,
            status=self.status,
            paused=self.paused,
            cursor=self.cursor,
            allowance=self.allowance,
            starts_at=self.starts_at,
            in_line=self.in_line,
            deadline=self.deadline,
            failure=self.failure,
            visits=dict(self.visits),
            keys=dict(self.keys),
            open=dict(self.open),
            kept=list(self.kept),
            marks=list(self.marks),
            lacks=list(self.lacks),
            ready=list(self.ready),
            scopes=dict(self.scopes),
            hungry=list(self.hungry),
            finished=list(self.finished),
            rests=dict(self.rests),
            brood=self.brood,
            pending=self.pending,
            working=self.working,
        )


def derive_needs(plan: Plan, run: Run) -> None:
    """Work out, from marks and what is open, a run's counts and the agenda of a graph.

    The agenda of a run that was loaded is everything open, so what a crash left undone is done.
    """
    run.working = sum(1 for _ in run.attempts())
    if plan.kind is PlanKind.MACHINE:
        return
    marks = run.marks
    run.lacks = [sum(marks[need] == Mark.PENDING for need in needs) for needs in plan.needs]
    run.pending = sum(mark == Mark.PENDING for mark in marks)
    _derive_scopes(plan, run)
    busy = {plan.index[path] for path in (*run.open, *run.scopes) if path in plan.index}
    run.ready = [
        number
        for number, lack in enumerate(run.lacks)
        if lack == 0 and marks[number] == Mark.PENDING and number not in busy
    ]  # in order, so it is a heap


def is_item(path: str) -> bool:
    """Whether a path is that of a loop's item."""
    return path.endswith("]")


def place_scope(plan: Plan, run: Run, path: str, scope: Scope) -> None:
    """Put a loop in place as it stands now; it is on the agenda if something is to be done."""
    run.scopes[path] = scope
    room = scope.open < plan.step(plan_name(path)).window_at(path)
    _enter(run.hungry, path, wanted=scope.has_more and not scope.is_over and room)
    _enter(run.finished, path, wanted=scope.is_done)


def drop_scope(run: Run, path: str) -> None:
    """Forget a loop."""
    del run.scopes[path]
    _enter(run.hungry, path, wanted=False)
    _enter(run.finished, path, wanted=False)


def _enter(agenda: list[str], path: str, *, wanted: bool) -> None:
    """Have a path in an agenda, which is in order, or not."""
    at = bisect.bisect_left(agenda, path)
    is_there = at < len(agenda) and agenda[at] == path
    if wanted and not is_there:
        agenda.insert(at, path)
    elif is_there and not wanted:
        del agenda[at]


def _derive_scopes(plan: Plan, run: Run) -> None:
    """Work out how many items of each loop are open, and which loops are on the agenda."""
    counted = dict.fromkeys(run.scopes, 0)
    inner = (path for path, scope in run.scopes.items() if not scope.is_over)
    for path in (*run.open, *inner):
        if is_item(path):
            counted[parent(path) or ""] += 1
    run.hungry, run.finished = [], []
    for path, count in counted.items():
        place_scope(plan, run, path, replace(run.scopes[path], open=count))


_DIGITS = bytes.maketrans(bytes(range(4)), b"0123")


def pack_marks(marks: Sequence[int]) -> str:
    """Return the marks as hexadecimal text, two bits a step, the first step lowest."""
    digits = bytes(marks)[::-1].translate(_DIGITS)  # a long run writes this often, so in C
    return format(int(digits, 4), "x") if digits else ""


def unpack_marks(text: str, count: int) -> list[int]:
    """Return the marks of `count` steps from their text."""
    marks: list[int] = []
    for digit in reversed(text):
        marks += reversed(divmod(int(digit, 16), 4))
    return [*marks, *[0] * count][:count]


def broken_steps(plan: Plan, marks: Iterable[int]) -> list[str]:
    """Return the steps that failed or could not run because something they need failed."""
    return [plan.steps[number].name for number, mark in enumerate(marks) if mark == Mark.BROKEN]
