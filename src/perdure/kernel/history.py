"""What happened to a run: facts, recorded once and never derived again.

A run's rows and its picture follow from these. Times are seconds since 1970, UTC.
"""

from dataclasses import dataclass

from perdure.kernel import turns
from perdure.kernel.ways import Way


@dataclass(frozen=True, slots=True)
class RunDelayed:
    """The run will begin at `due`, not now."""

    due: float


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run began; it must end before `deadline`, if there is one."""

    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class StepScheduled:
    """An attempt of a visit may begin at `due`. Attempt 1 opens the visit."""

    step: str
    visit: int
    attempt: int
    due: float


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """A visit ended, and its result is kept."""

    step: str
    visit: int
    attempt: int


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt ended with an error. The visit goes on if another attempt follows."""

    step: str
    visit: int
    attempt: int
    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class VerifyScheduled:
    """An attempt may begin at `due` that asks first whether an earlier one has done it."""

    step: str
    visit: int
    attempt: int
    due: float


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """An attempt ended, and nobody knows what it has done. The visit rests until somebody says."""

    step: str
    visit: int
    attempt: int
    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class OutcomeSettled:
    """Somebody said what came of such an attempt: `done`, `not_done` or `failed`."""

    step: str
    visit: int
    attempt: int
    outcome: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A visit ended, with the error of its last attempt."""

    step: str
    visit: int
    attempt: int
    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step of a graph will not run: nothing it needs ran, or what it needs failed."""

    step: str
    broken: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The cursor of a machine is at this step now."""

    step: str


@dataclass(frozen=True, slots=True)
class SleepBegun:
    """A visit ended in a sleep; `then` is entered at `due`."""

    step: str
    visit: int
    due: float
    then: str


@dataclass(frozen=True, slots=True)
class WaitBegun:
    """A visit ended in a wait; the timer of its timeout is due at `due`.

    A signal, or what `kind` is, leads to `then` (None completes the run), the timeout to
    `on_timeout` (None fails it). `also` are the other ways out, where there are several.
    """

    step: str
    visit: int
    name: str
    key: str | None
    due: float | None
    then: str | None
    on_timeout: str | None
    kind: str = "signal"
    match: str = ""
    accepts: str = ""
    also: tuple[Way, ...] = ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """All ways out of the wait, but for its timeout."""
        first = Way(
            name=self.name, key=self.key, then=self.then, kind=self.kind, match=self.match,
            accepts=self.accepts,
        )  # fmt: skip
        return (first, *self.also)


@dataclass(frozen=True, slots=True)
class SignalTaken:
    """A wait ended with this signal, or event; `key` is that of the way out that it took."""

    step: str
    visit: int
    signal: int
    name: str
    kind: str = "signal"
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SignalKept:
    """A signal came before its wait, and is kept for it: to the end if it was addressed.

    `begun` is how many visits had begun by then. `match` is what it wants of the context, again
    when the wait has come.
    """

    signal: int
    name: str
    key: str | None
    addressed: bool
    begun: int = 0
    kind: str = "signal"
    match: str = ""


@dataclass(frozen=True, slots=True)
class SignalDropped:
    """A signal that was kept, or that nobody waits for, is of no use any more; `why`, if it is said."""

    signal: int
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TimerEnded:
    """A timer fired, or what it was for came first."""

    step: str
    visit: int
    kind: str
    fired: bool


@dataclass(frozen=True, slots=True)
class ChildrenStarted:
    """A visit started `count` children; the first has the place `first` in this brood."""

    step: str
    visit: int
    brood: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child ended, `ok` if it completed."""

    child: str
    brood: int
    place: int
    ok: bool


@dataclass(frozen=True, slots=True)
class JoinBegun:
    """A visit ended in a wait for a brood: for `need` to complete, or for all to end if None.

    The timer of its timeout is due at `due`. Where it leads is as in a `WaitBegun`.
    """

    step: str
    visit: int
    brood: int
    need: int | None
    due: float | None
    then: str | None
    on_timeout: str | None


@dataclass(frozen=True, slots=True)
class ChildrenAwaited:
    """A wait that has just begun has one way out that is for children, those of this brood."""

    step: str
    visit: int
    brood: int


@dataclass(frozen=True, slots=True)
class JoinEnded:
    """A wait for children is over: they have ended (`met`), or it was called off."""

    step: str
    visit: int
    met: bool


@dataclass(frozen=True, slots=True)
class AttemptStopped:
    """An open attempt was called off; what it reports is not wanted any more."""

    step: str
    visit: int
    attempt: int


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Someone asked for the run's end."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class CancelForced:
    """Someone asked for the run's end without the clean-up that was to come, or was under way."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class RunPaused:
    """No more attempts begin."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """Attempts begin again."""

    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunRetried:
    """A failed run goes on at what failed, paused or not; it must end before `deadline` now."""

    by: str
    why: str = ""
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class PlanAdopted:
    """The run goes on by another plan, from the attempt on that could begin at `due`."""

    step: str
    visit: int
    attempt: int
    due: float
    plan: str
    version: str


@dataclass(frozen=True, slots=True)
class RunStranded:
    """The run does not fit the plan that is current, and says why; its attempt rests until it does."""

    step: str
    visit: int
    attempt: int
    plan: str
    why: str


@dataclass(frozen=True, slots=True)
class RunCompleted:
    """The run has its result."""


@dataclass(frozen=True, slots=True)
class RunFailed:
    """The run ended with an error; `step` is where, if it was at one."""

    step: str | None
    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """The run was ended on request."""


RunFailing = turns.RunFailing
RunRecovered = turns.RunRecovered
RunRewound = turns.RunRewound
RunForked = turns.RunForked
RunLinedUp = turns.RunLinedUp
ScopeBegun = turns.ScopeBegun
ScopeEnded = turns.ScopeEnded
ScopeStopped = turns.ScopeStopped
StepRested = turns.StepRested

Event = (
    RunDelayed
    | turns.Turn
    | RunStarted
    | StepScheduled
    | StepSucceeded
    | AttemptFailed
    | VerifyScheduled
    | OutcomeUnknown
    | OutcomeSettled
    | StepFailed
    | StepSkipped
    | Moved
    | SleepBegun
    | WaitBegun
    | SignalTaken
    | SignalKept
    | SignalDropped
    | TimerEnded
    | ChildrenStarted
    | ChildEnded
    | JoinBegun
    | ChildrenAwaited
    | JoinEnded
    | AttemptStopped
    | CancelRequested
    | CancelForced
    | RunPaused
    | RunResumed
    | RunRetried
    | PlanAdopted
    | RunStranded
    | RunCompleted
    | RunFailed
    | RunCancelled
)

ENDINGS = (RunCompleted, RunFailed, RunCancelled)
