"""What runs may spend on models, and how often services may be asked: kept in the store.

Before a call its most likely cost is *reserved*, in a transaction that sees what is spent and
reserved already; after it, what it cost is *settled* in place of that, once. A call that was cut
off by a crash stays reserved: it may have been paid for. So what is spent under a budget is never
more than the budget by more than the calls under way cost beyond what was reserved for them.

Amounts are whole billionths of a US dollar, so that sums are exact.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from perdure.errors import StepError

NANO = 1_000_000_000

RUN, WORKFLOW = "run", "workflow"
PAUSE, DEGRADE, STOP = "pause", "degrade", "stop"
WHATS = (PAUSE, DEGRADE, STOP)
"""What becomes of a run whose next call would be too much."""
SPANS = ("day", "month", "ever")
"""The time in which the runs of a workflow may spend so much, by UTC."""


class BudgetExceededError(StepError):
    """A call of a model was not made: it would cost more than may be spent, or nobody knows what.

    `exceeded` is what becomes of the run: `pause` (held with the step to be done, it goes on when
    it is resumed), `degrade` (a cheaper model is asked; where there is none it is held, too), or
    `stop` (the step fails).
    """

    kind = "budget_exceeded"
    retryable = False

    def __init__(self, message: str, *, exceeded: str) -> None:
        self.exceeded = exceeded
        super().__init__(message)

    @property
    def pauses(self) -> bool:
        """Whether the run is held."""
        return self.exceeded != STOP


class Cap(NamedTuple):
    """At most so much: by a run (`scope` run, its id), or by all runs of a workflow in a `span`.

    `most` is None where a budget that was declared is lifted.
    """

    scope: str
    name: str
    most: int | None
    span: str
    exceeded: str = PAUSE


class Call(NamedTuple):
    """A call that is to be made: whose it is, of whom, and what it will cost at most, or so."""

    run: str
    workflow: str
    step: str
    visit: int
    attempt: int
    model: str
    amount: int
    at: float


class Reserved(NamedTuple):
    """What came of reserving: the call's number, or the cap that it would exceed, and its standing."""

    number: int | None
    cap: Cap | None = None
    spent: int = 0


class BudgetRow(NamedTuple):
    """A budget that was set, and what is spent or reserved of it in its span now."""

    cap: Cap
    spent: int


class BudgetKeeper(Protocol):
    """The budgets of a store. One that is set holds from the next call on, whoever makes it."""

    def put(self, cap: Cap) -> None:
        """Set a budget, in place of what a definition declares and of what was set before."""

    def drop(self, scope: str, name: str) -> None:
        """Take back a budget that was set: what is declared holds again."""

    def caps(self, run: str, workflow: str) -> list[Cap]:
        """Return what was set for a run, and for its workflow."""

    def reserve(self, call: Call, declared: Sequence[Cap]) -> Reserved:
        """Reserve a call's amount under all caps, or under none and say which one it exceeds.

        Those that were set hold in place of the declared ones of the same scope.
        """

    def settle(self, number: int, amount: int) -> bool:
        """Put what a call cost in place of what was reserved; False if that was done before."""

    def spent(self, cap: Cap, now: float) -> int:
        """Return what is spent or reserved of a cap in its span now."""

    def standing(self, now: float) -> list[BudgetRow]:
        """Return the budgets that were set, by scope and name."""

    def pace(self, name: str, gap: float, now: float) -> float:
        """Take the next turn of those that are `gap` seconds apart; return when it comes."""


def span_key(span: str, at: float) -> str:
    """Return what a span of time is called that a moment is in."""
    if span == "day":
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m") if span == "month" else ""


def counters(run: str, workflow: str, at: float) -> list[tuple[str, str, str]]:
    """Return the counters that a call at a moment goes to: scope, name and span."""
    spans = [(WORKFLOW, workflow, span_key(span, at)) for span in SPANS]
    return [(RUN, run, ""), *spans]


def counter(cap: Cap, now: float) -> tuple[str, str, str]:
    """Return the counter that tells what is spent of a cap."""
    return cap.scope, cap.name, span_key(cap.span, now)


def holding(declared: Sequence[Cap], standing: Sequence[Cap]) -> list[Cap]:
    """Return the caps that hold: those that were set, and the declared ones of other scopes."""
    scopes = {cap.scope for cap in standing}
    both = [*standing, *(cap for cap in declared if cap.scope not in scopes)]
    return [cap for cap in both if cap.most is not None]


def exceeded(cap: Cap, spent: int, amount: int) -> bool:
    """Whether so much more would be more than a cap allows."""
    return cap.most is not None and spent + amount > cap.most
