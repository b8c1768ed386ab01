"""A workflow in its compiled form: immutable data, the same for every way of writing one.

A *machine* has a cursor that directives move. A *graph* has steps that run when what they need
has ended. Both are lists of steps; what a step does is looked up by name elsewhere.
"""

import math
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from perdure.errors import InvalidPlanError

DEFAULT_QUEUE = "default"
"""The queue of a step that names none. Nothing limits it."""

MIN_LOST_ATTEMPTS = 3
"""How often an attempt may be lost with its worker before that counts as poison, at least."""


def is_queue(name: object) -> bool:
    """Say whether this can be a queue's name: text in which no comma or space tells two apart."""
    return isinstance(name, str) and name != "" and "," not in name and name == name.strip()


class PlanKind(StrEnum):
    """The two ways a run may go through its steps."""

    MACHINE = "machine"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a visit is tried, and how long to wait between tries (seconds).

    `on_timeout` says whether an attempt that took too long is tried again like any other.
    """

    max_attempts: int = 3
    base_delay: float = 1.0
    max_delay: float = 300.0
    backoff_factor: float = 2.0
    jitter: float = 0.0
    on_timeout: bool = True

    def allows(self, attempt: int, *, lost: bool = False) -> bool:
        """Say whether another attempt may follow attempt number `attempt` (from 1).

        A lost attempt counts, but a worker's death is not the step's fault, so at least
        `MIN_LOST_ATTEMPTS` are allowed before a step is taken for poison.
        """
        most = max(self.max_attempts, MIN_LOST_ATTEMPTS) if lost else self.max_attempts
        return attempt < most

    def delay(self, attempt: int, seed: str) -> float:
        """Return the seconds to wait after attempt number `attempt` failed.

        Jitter takes away up to its share, by a hash of `seed`: the same text, the same delay.
        """
        try:
            growth = math.pow(self.backoff_factor, attempt - 1)
        except OverflowError:
            growth = sys.float_info.max
        full = min(self.base_delay * growth, self.max_delay)
        return full * (1.0 - self.jitter * (zlib.crc32(seed.encode()) / 0xFFFFFFFF))


NO_RETRY = RetryPolicy(max_attempts=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step: its name, what it needs, how often and how long it is tried.

    `kind` names what runs the step and `config` is its JSON text; `lane` is the sort of slot an
    attempt needs: `thread`, `async` or `process`; `queue` limits how many are under way; `host` is
    what only some processes have and the step needs (`function:NAME`), else empty. The kernel reads
    none of these. `waits` are the signals that a visit may wait for, `coming` those and the events
    (by their `ways.coming_name`) that it can still reach by `goto` alone, itself included; `then`
    is where a wait that names no other step goes on. `formerly` are names that it had in older
    plans of the workflow: runs that came from one of those may still call it so. A step
    `at_most_once` is not run again where nobody knows what came of it, unless it is said that it
    was not done; with `verify` its code can be asked. Of the `branches` of a graph's step the one
    that it chooses is run and the others are skipped; each is `within` it. A step with a `window` is a loop: so many of its items
    are open at a time, and with `collects` one that fails does not fail it. One that `rests` may sleep
    or wait, and then goes on with its next attempt. `windows` and `collecting` say the same of the
    loops that its items are, and so on inwards.
    """

    name: str
    kind: str = "code"
    needs: tuple[str, ...] = ()
    retry: RetryPolicy = RetryPolicy()
    timeout: float | None = None
    queue: str = DEFAULT_QUEUE
    lane: str = "thread"
    waits: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    then: str | None = None
    targets: tuple[str, ...] = ()
    continue_on_error: bool = False
    group: str | None = None
    config: str = ""
    host: str = ""
    at_most_once: bool = False
    verify: bool = False
    formerly: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    within: str | None = None
    window: int = 0
    collects: bool = False
    rests: bool = False
    windows: tuple[int, ...] = ()
    collecting: tuple[bool, ...] = ()

    def window_at(self, path: str) -> int:
        """Return how many items of the loop at a path are open at a time; 0 if there is none."""
        depth = path.count("[")
        if depth == 0:
            return self.window
        return self.windows[depth - 1] if depth <= len(self.windows) else 0

    def collects_at(self, path: str) -> bool:
        """Whether an item that fails does not fail the loop at a path."""
        depth = path.count("[")
        return self.collects if depth == 0 else self.collecting[depth - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A workflow that can be run; wrong references are refused when it is made.

    `host` is what a process must have to run steps that name nothing else: the code of this version
    of the workflow; nothing for a graph. `schema` is the JSON Schema (as text) of the run's context
    or inputs, `output` the JSON text of what a graph gives back in place of its sinks. `deadline`
    is in seconds after the start, `keep` for how many an ended run is kept, where that is not the
    settings' to say. `on_fail` and `on_cancel` are the hooks of a machine: steps that it ends with,
    if it must. `max_parallel` is how many visits of a graph may be at work where another begins;
    one that has rested, or was settled as not done, goes on at once.
    """

    workflow: str
    version: str = "1"
    kind: PlanKind = PlanKind.MACHINE
    steps: tuple[StepPlan, ...] = ()
    start: str | None = None
    on_fail: str | None = None
    on_cancel: str | None = None
    max_parallel: int | None = None
    deadline: float | None = None
    schema: str = ""
    output: str = ""
    keep: float | None = None
    hash: str = ""
    host: str = field(init=False, repr=False, compare=False)
    index: dict[str, int] = field(init=False, repr=False, compare=False)
    needs: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    feeds: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Turn names into numbers, and what is needed into what is fed."""
        index = {step.name: number for number, step in enumerate(self.steps)}
        if len(index) != len(self.steps):
            raise InvalidPlanError(f"plan {self.workflow!r}: two steps have the same name")
        needs = tuple(tuple(self._numbers(step, index)) for step in self.steps)
        feeds: list[list[int]] = [[] for _ in self.steps]
        for number, wanted in enumerate(needs):
            for need in wanted:
                feeds[need].append(number)
        machine = self.kind is PlanKind.MACHINE
        index |= self._former(index)
        object.__setattr__(self, "host", host_of(self.workflow, self.version) if machine else "")
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "needs", needs)
        object.__setattr__(self, "feeds", tuple(map(tuple, feeds)))
        self._check(index)

    def step(self, name: str) -> StepPlan:
        """Return the step of this name; KeyError if there is none."""
        return self.steps[self.index[name]]

    def sinks(self) -> list[str]:
        """Return the steps that no other step needs, in the order of the plan.

        A step stands for its branches: it is a sink if nothing but those needs it or one of them.
        """
        outer = [self._outermost(step) for step in self.steps]
        needed = {
            outer[number]
            for number, fed in enumerate(self.feeds)
            if any(outer[other] != outer[number] for other in fed)
        }
        return [step.name for step in self.steps if not step.within and step.name not in needed]

    def _outermost(self, step: StepPlan) -> str:
        while step.within is not None:
            step = self.step(step.within)
        return step.name

    def _numbers(self, step: StepPlan, index: dict[str, int]) -> list[int]:
        for need in step.needs:
            if need not in index:
                raise InvalidPlanError(
                    f"plan {self.workflow!r}: step {step.name!r} needs unknown step {need!r}"
                )
        return sorted({index[need] for need in step.needs})

    def _former(self, index: dict[str, int]) -> dict[str, int]:
        """Return the numbers of steps by the names that they had before."""
        former: dict[str, int] = {}
        for number, step in enumerate(self.steps):
            for name in step.formerly:
                if name in index or name in former:
                    raise InvalidPlanError(
                        f"plan {self.workflow!r}: step {step.name!r} was formerly {name!r}, which is "
                        "a name of another step"
                    )
                former[name] = number
        return former

    def _check(self, index: dict[str, int]) -> None:
        if self.kind is PlanKind.MACHINE and (self.start is None or self.start not in index):
            raise InvalidPlanError(f"plan {self.workflow!r}: no start step {self.start!r}")
        for step in self.steps:
            for target in (*step.targets, *((step.then,) if step.then else ())):
                if target not in index:
                    raise InvalidPlanError(
                        f"plan {self.workflow!r}: step {step.name!r} leads to unknown step "
                        f"{target!r}"
                    )
            self._check_branches(step, index)
        for hook in (self.on_fail, self.on_cancel):
            if hook is not None and hook not in index:
                raise InvalidPlanError(f"plan {self.workflow!r}: no step {hook!r}")
            if hook is not None and self.kind is PlanKind.GRAPH:
                raise InvalidPlanError(f"plan {self.workflow!r}: only a machine can have a hook")
        if self.max_parallel is not None and self.max_parallel < 1:
            raise InvalidPlanError(f"plan {self.workflow!r}: max_parallel must be at least 1")
        if ring := find_cycle(self.needs):
            names = " -> ".join(self.steps[number].name for number in (*ring, ring[0]))
            raise InvalidPlanError(f"plan {self.workflow!r}: steps need each other: {names}")

    def _check_branches(self, step: StepPlan, index: dict[str, int]) -> None:
        for branch in step.branches:
            inner = self.steps[index[branch]] if branch in index else None
            if inner is None or inner.within != step.name or step.name not in inner.needs:
                raise InvalidPlanError(
                    f"plan {self.workflow!r}: {branch!r} is a branch of step {step.name!r}, so it "
                    "must be a step within it that needs it"
                )
        if step.within is not None and step.within not in index:
            raise InvalidPlanError(
                f"plan {self.workflow!r}: step {step.name!r} is within unknown step {step.within!r}"
            )


def host_of(workflow: str, version: str) -> str:
    """Return what a process has that hosts the code of this version of a workflow."""
    return f"{workflow}@{version}"


def find_cycle(needs: Sequence[Sequence[int]]) -> list[int]:
    """Return the numbers of steps that need each other in a ring, or an empty list."""
    state = [0] * len(needs)  # 0 unseen, 1 on the way down, 2 done
    for root in range(len(needs)):
        trail: list[tuple[int, int]] = [(root, 0)] if state[root] == 0 else []
        while trail:
            number, at = trail.pop()
            state[number] = 1
            if at == len(needs[number]):
                state[number] = 2
                continue
            trail.append((number, at + 1))
            below = needs[number][at]
            if state[below] == 1:
                ring = [step for step, _ in trail]
                return ring[ring.index(below) :]
            if state[below] == 0:
                trail.append((below, 0))
    return []
