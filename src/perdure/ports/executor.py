"""How attempts are run: what an executor gets, and what it reports."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from perdure.kernel.directives import Outcome
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.budgets import Cap
from perdure.ports.rows import RunRow
from perdure.ports.vault import Vault
from perdure.ports.woken import Woken, rested_since, unpack_woken

MOST_STARTED = 1000
"""Children that one visit may start: all are born in one transaction."""

OutputReader = Callable[[str, list[str]], Mapping[str, str | None]]

Pulse = Callable[["Work", float | None, str | None], None]
"""Takes a heartbeat: how far the attempt is (0 to 1) and a detail's JSON text, or None for either.

Raises AttemptStoppedError if the attempt was called off. From any thread.
"""


def no_pulse(work: "Work", progress: float | None, detail: str | None) -> None:
    """Take no notice of a heartbeat: nobody holds this attempt to a time."""


IsCalledOff = Callable[["Work"], bool]
"""Whether an attempt was called off. From any thread."""


def never(_work: "Work") -> bool:
    """Call nothing off: nobody else knows of this attempt."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildWanted:
    """A child that a step starts, when it ends well. `body` is its plan's JSON text.

    One that is `detached` goes on when its parent ends or is cancelled. `deadline` are the seconds
    that it has, where its plan does not say so.
    """

    plan: Plan
    body: str
    context: str
    priority: int = 0
    detached: bool = False
    deadline: float | None = None


class Family(Protocol):
    """What a step may ask of a run's children."""

    def wanted(
        self, workflow: str | type, inputs: Mapping[str, Any], *, priority: int, detached: bool
    ) -> ChildWanted:
        """Return a child to be started. Raises UnknownWorkflowError, InvalidValueError."""

    def children(self, run: str) -> Sequence[RunRow]:
        """Return the children that the run waits for, or waited for last, in their order."""

    def child(self, run: str) -> RunRow | None:
        """Return a run by its id; None if there is none."""

    def result(self, row: RunRow) -> Any:
        """Return what a completed child came to."""

    def error(self, run: str) -> str | None:
        """Return why this run fails, as the JSON text of step, kind and message."""


class Purse(Protocol):
    """What a step may ask of budgets and rates, which are kept in the store."""

    def reserve(
        self, work: "Work", model: str, dollars: float | None, declared: Sequence[Cap]
    ) -> int | None:
        """Reserve what a call may cost, under what was declared or set; None where nothing is.

        `dollars` is None where nobody knows. Raises BudgetExceededError.
        """

    def settle(self, number: int, dollars: float) -> None:
        """Put what a call cost in place of what was reserved, once."""

    def turn(self, name: str, most: int, seconds: float) -> float:
        """Take the next turn to ask a service; return in how many seconds it comes.

        At most `most` turns come in any span of so many seconds, in all processes together.
        """


@dataclass(slots=True, eq=False)
class Work:
    """One attempt, with everything its body may read. Nobody changes it once it is made.

    But for `started`, in which the body gathers the children that it starts.

    `context` is the JSON text of a machine's context, or of a graph's inputs. `payload` is what
    woke the run, as one text: `brought` and `woken` are its parts. With `verify` an earlier attempt
    may have done it already, and is to be asked after first. `keyed` is the number of the visit
    whose key it has, where that is not its own.
    """

    run: str
    plan: Plan
    step: StepPlan
    path: str
    visit: int
    attempt: int
    token: int
    context: str
    payload: str | None
    reader: OutputReader = field(repr=False)
    pulse: Pulse = field(default=no_pulse, repr=False)
    verify: bool = False
    family: Family | None = field(default=None, repr=False)
    started: list[ChildWanted] = field(default_factory=list, repr=False)
    called_off: IsCalledOff = field(default=never, repr=False)
    keyed: int | None = None
    vault: Vault | None = field(default=None, repr=False)
    purse: Purse | None = field(default=None, repr=False)

    @property
    def workflow(self) -> str:
        """The workflow's name."""
        return self.plan.workflow

    @property
    def version(self) -> str:
        """The workflow's version."""
        return self.plan.version

    @property
    def key(self) -> str:
        """The idempotency key: the same for every attempt of a visit, and for no other visit.

        But for one that came again when its run went back and kept its keys.
        """
        return visit_key(self.run, self.path, self.keyed or self.visit)

    @property
    def brought(self) -> str | None:
        """The JSON text of what a signal or an event brought."""
        return unpack_woken(self.payload)[1]

    @property
    def woken(self) -> Woken | None:
        """What ended the wait that led here; None if none did."""
        return unpack_woken(self.payload)[0]

    @property
    def since(self) -> float | None:
        """When this visit of a graph began to rest, if it has."""
        return rested_since(self.payload)

    def outputs(self, steps: list[str]) -> Mapping[str, str | None]:
        """Return the results of other steps of this run as JSON texts; None where skipped."""
        return self.reader(self.run, steps)


def visit_key(run: str, path: str, visit: int) -> str:
    """Return the idempotency key of a visit."""
    digest = hashlib.sha256(f"{run}/{path}/{visit}".encode()).digest()
    return base64.b32encode(digest[:20]).decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a body came to: the directive, and the values that stay outside the kernel.

    `context` is the new context's JSON text if it changed, `output` the step's result. `error`
    is the JSON text of type, message and traceback. `meta` is kept with the step, and `children`
    are started with its end. `since` is when its visit began, where that was not with the attempt.
    """

    outcome: Outcome
    context: str | None = None
    output: str | None = None
    error: str | None = None
    meta: Mapping[str, Any] | None = None
    children: Sequence[ChildWanted] = ()
    since: float | None = None


class Judgement(NamedTuple):
    """Whether another try may follow a failure, and after how many seconds at least."""

    retryable: bool
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An executor's report: which work it was, what came of it, and when it ran.

    `cpu` are the seconds for which the processor worked for it, None where they cannot be measured.
    """

    work: Work
    result: Result
    started_at: float
    ended_at: float
    cpu: float | None = None


class Body(Protocol):
    """A step's code, looked up by workflow, version and step."""

    is_async: bool

    def __call__(self, work: Work) -> "Result | Awaitable[Result]":
        """Run the step once. Errors are raised; `executors.invoke` turns them into results."""


class Executor(Protocol):
    """Runs bodies and reports to the mailbox it was made with. Never touches the store."""

    def submit(self, work: Work, body: Body) -> None:
        """Begin at once. Exactly one `Done` follows, unless the process dies. From any thread."""

    def stop(self, work: Work, how: str) -> None:
        """Ask an attempt to end, and let it report; from any thread.

        `how` is why: 'cancel', 'timeout', 'lease', 'lost' or 'drain'.
        """

    def close(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for what runs, then let go."""
