"""What can be told to a run. A message told twice means nothing the second time."""

from dataclasses import dataclass

from perdure.kernel.directives import Outcome
from perdure.kernel.keys import Keys
from perdure.kernel.plan import Plan
from perdure.kernel.ways import Unfit


@dataclass(frozen=True, slots=True)
class Start:
    """The run begins, or will at `at`, if that is still to come."""

    at: float | None = None


@dataclass(frozen=True, slots=True)
class LineUp:
    """The run was to begin, and as many of its workflow live as may: it waits in line."""


@dataclass(frozen=True, slots=True)
class Report:
    """An attempt ended, and this came of it: an outcome, and so many children to be started.

    `unfit` says which kept signals do not fit the ways of the wait that it asks for.
    """

    step: str
    visit: int
    attempt: int
    outcome: Outcome
    children: int = 0
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker that ran an attempt is gone."""

    step: str
    visit: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Someone says `name` to the run; `id` is its place in the order of arrival.

    An addressed signal (to this run, or by a key) is kept when it comes before its wait. One that
    was taken is not remembered: that its inbox row is there once keeps it from being told again.

    An event (`kind` 'event') ends waits for events alone; its `key` is its entity. `match` (JSON
    text) is what it wants of the run's context, and `unfit` which ways of the run's wait it does
    not fit; who tells it, says so.
    """

    id: int
    name: str
    key: str | None = None
    addressed: bool = True
    kind: str = "signal"
    match: str = ""
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Fire:
    """A timer is due: a visit's (`sleep`, `wait`, `children`), or the run's (`start`, `deadline`)."""

    step: str
    visit: int
    kind: str


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child of the run has ended, `ok` if it completed: the one at this place of this brood."""

    child: str
    brood: int
    place: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """Someone wants the run to end."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CancelNow:
    """Someone wants the run to end at once, without its clean-up."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Running attempts may end, no more begin."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """A paused run goes on."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """A failed run goes on at what failed, in a new visit."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rewind:
    """The run goes back to before this visit of a step, and comes to the step anew.

    `seen` is how many visits the step had when that was asked: it means nothing any more if the
    run has come to the step since. With `keys` the visits that come have the keys of these, counted
    from the first visit that is to come; then it means nothing either if any step that comes again
    was come to since: `begun` is how many visits they had.
    """

    step: str
    visit: int
    seen: int
    by: str = ""
    why: str = ""
    keys: Keys | None = None
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Fork:
    """A run begins as another one, `source`, stood before this visit of a step.

    `marks` is what had become of the steps of a graph, as `pack_marks` writes it.
    """

    source: str
    step: str
    visit: int
    marks: str = ""
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Somebody says what came of an attempt of which nobody knew: None if it was not done."""

    step: str
    visit: int
    attempt: int
    outcome: Outcome | None
    by: str = ""
    why: str = ""
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Adopt:
    """A process that hosts another plan of the workflow is about to begin an attempt by that.

    `wrong` says why the run's context does not fit it; it is empty where it does.
    """

    step: str
    visit: int
    attempt: int
    plan: Plan
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Continue:
    """There is more of the same to do than one advance may."""


Message = (
    Start
    | LineUp
    | Report
    | Lost
    | Signal
    | Fire
    | ChildEnded
    | Cancel
    | CancelNow
    | Pause
    | Resume
    | Retry
    | Rewind
    | Fork
    | Settle
    | Adopt
    | Continue
)
