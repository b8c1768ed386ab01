"""What a step asks for when it ends: where the run goes, what it waits for, how it failed."""

from dataclasses import dataclass

from perdure.kernel.ways import Way


@dataclass(frozen=True, slots=True)
class Next:
    """The step of a graph is done; what needs it may run."""


@dataclass(frozen=True, slots=True)
class Choose:
    """The step of a graph is done; of its branches only this one may run, or none of them."""

    branch: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The loop of a graph goes over so many items, and `left_out` others that were too many."""

    count: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Goto:
    """The machine goes to this step."""

    step: str


@dataclass(frozen=True, slots=True)
class Sleep:
    """The machine sleeps for these seconds, then enters `then`, or the same step again.

    The step of a graph may sleep `until` a moment instead.
    """

    seconds: float
    then: str | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Way):
    """The machine waits, for at most `timeout` seconds: for this way out, or one of those in `also`.

    A way without `then` leads where the plan says, and completes where the plan says nothing. The
    first is for a signal or an event; one of the others may be for children, which are those of a
    `Join`, as `again` says there.
    """

    timeout: float | None = None
    on_timeout: str | None = None
    also: tuple[Way, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """The machine waits for children: until `need` have completed, or all have ended if None.

    They are those that it has started since it last waited for some, or the same ones once more
    if `again`. The rest is as in a `Wait`.
    """

    need: int | None = None
    again: bool = False
    timeout: float | None = None
    on_timeout: str | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """The run is completed."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The run has failed, and this is why; it is not tried again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An attempt ended with an error. `retry_after` are the least seconds before the next.

    One that `pauses` has done nothing: it is done again when the run, which is held, goes on,
    unless its step is run at most once.
    """

    kind: str
    error: str
    retryable: bool = True
    retry_after: float | None = None
    pauses: bool = False


Directive = Next | Choose | Spread | Goto | Sleep | Wait | Join | Complete | Fail
Outcome = Directive | Failed
