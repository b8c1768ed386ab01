"""Turns that a run's life may take: it waits in line, would fail, goes back, is forked; loops and rests.

They are events like the others in `history`, which has them, too.
"""

from dataclasses import dataclass

from perdure.kernel.keys import Keys


@dataclass(frozen=True, slots=True)
class RunLinedUp:
    """The run waits in line until fewer of its workflow live; then it begins."""


@dataclass(frozen=True, slots=True)
class RunFailing:
    """The run will fail, with this, when its hook has ended, unless that takes it back."""

    step: str | None
    kind: str
    error: str


@dataclass(frozen=True, slots=True)
class RunRecovered:
    """The hook of a run that would fail lets it go on; it must end before `deadline` now."""

    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class RunRewound:
    """The run is where it was before this visit of a step; it must end before `deadline` now.

    What comes again has these `keys`, if they were to be kept.
    """

    step: str
    visit: int
    by: str
    why: str
    deadline: float | None = None
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class RunForked:
    """The run began as another one, `source`, stood before this visit of a step.

    `marks` is what had become of the steps of a graph, as `pack_marks` writes it.
    """

    source: str
    step: str
    visit: int
    marks: str
    by: str
    why: str
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class ScopeBegun:
    """A loop's attempt ended, and opened `count` items of it, without those that were too many."""

    step: str
    visit: int
    attempt: int
    count: int
    at: float
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ScopeEnded:
    """A loop ended that had begun `at` this time: `kind` and `error` say why it failed, if it did."""

    step: str
    visit: int
    attempt: int
    count: int
    at: float
    left_out: int = 0
    kind: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class StepRested:
    """An attempt of a graph's step ended, and its visit sleeps or waits; `brood` is its child's."""

    step: str
    visit: int
    attempt: int
    at: float
    brood: int = 0


@dataclass(frozen=True, slots=True)
class ScopeStopped:
    """A loop was given up: nothing more comes of this visit of it."""

    step: str
    visit: int


Turn = (
    RunLinedUp
    | RunFailing
    | RunRecovered
    | RunRewound
    | RunForked
    | ScopeBegun
    | ScopeEnded
    | ScopeStopped
    | StepRested
)
